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
  for (const guardvm::format::ExcerptRow& row : bundle_.view().Excerpts) {
    if (row.source != source || line < row.line || uint64_t{row.offset} + row.size > text_.size()) continue;
    std::string_view text = std::string_view(text_).substr(row.offset, row.size);
    for (uint32_t at = row.line; !text.empty(); ++at) {
      const size_t end = std::min(text.find('\n'), text.size());
      if (at == line) return text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return {};
}

}  // namespace guard::verify
