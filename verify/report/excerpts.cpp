// Excerpts are compressed together; see runtime/FORMAT.md.
#include "verify/report/excerpts.hpp"

#include <algorithm>

#include "base/deflate.hpp"
#include "guardvm/limits.hpp"

namespace guard::verify {

Excerpts::Excerpts(const guardvm::Bundle& bundle) : bundle_(bundle) {
  uint64_t size = 0;
  for (const guardvm::format::ExcerptRow& row : bundle.view().Excerpts) {
    size = std::max<uint64_t>(size, uint64_t{row.offset} + row.size);
  }
  if (size == 0 || size > guardvm::kLimitBundleBytes) return;
  const auto& bytes = bundle.view().ExcerptBytes;
  Result<std::string> text = inflate({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, size);
  if (text.ok()) text_ = std::move(text).value();
}

std::string_view Excerpts::line(uint32_t source, uint32_t line) const {
  const auto& rows = bundle_.view().Excerpts;
  for (size_t i = 0; i < rows.size(); ++i) {
    const guardvm::format::ExcerptRow& row = rows[i];
    if (row.source != source || line < row.line || uint64_t{row.offset} + row.size > text_.size()) continue;
    const std::string_view text = std::string_view(text_).substr(row.offset, row.size);
    const std::vector<size_t>& starts = starts_of(i, text);
    const size_t at = line - row.line;
    if (at + 1 < starts.size()) return text.substr(starts[at], starts[at + 1] - starts[at] - 1);
  }
  return {};
}

// Where each line starts, and where one behind the last would.
const std::vector<size_t>& Excerpts::starts_of(size_t row, std::string_view text) const {
  starts_.resize(bundle_.view().Excerpts.size());
  std::vector<size_t>& starts = starts_[row];
  if (!starts.empty() || text.empty()) return starts;
  starts.push_back(0);
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    starts.push_back(end + 1);
  }
  if (starts.back() < text.size()) starts.push_back(text.size() + 1);
  return starts;
}

}  // namespace guard::verify
