// Source files and the way from a byte offset to a line and a column.
//
// A line ends at "\n", "\r\n" or a lone "\r". A byte order mark belongs to no line, so that columns count what is seen.
#include "base/span.hpp"

#include <algorithm>
#include <utility>

namespace guard {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }

std::vector<uint32_t> find_lines(std::string_view text) {
  std::vector<uint32_t> starts{text.starts_with(kByteOrderMark) ? static_cast<uint32_t>(kByteOrderMark.size()) : 0u};
  for (size_t i = starts[0]; i < text.size(); ++i) {
    const bool carriage_return = text[i] == '\r' && !(i + 1 < text.size() && text[i + 1] == '\n');
    if (text[i] == '\n' || carriage_return) starts.push_back(static_cast<uint32_t>(i + 1));
  }
  return starts;
}

}  // namespace

FileId Sources::add(std::string path, std::string text) {
  SourceFile file{std::move(path), std::move(text), {}};
  file.line_starts = find_lines(file.text);
  files_.push_back(std::move(file));
  return FileId{static_cast<uint32_t>(files_.size() - 1)};
}

LineColumn Sources::locate(FileId id, uint32_t offset) const {
  const SourceFile& source = file(id);
  const auto& starts = source.line_starts;
  offset = std::clamp(offset, starts[0], std::max(starts[0], static_cast<uint32_t>(source.text.size())));
  const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  const auto line = static_cast<uint32_t>(after - starts.begin());
  const auto first = source.text.begin() + static_cast<std::ptrdiff_t>(starts[line - 1]);
  const auto last = source.text.begin() + static_cast<std::ptrdiff_t>(offset);
  return {line, 1 + static_cast<uint32_t>(std::count_if(first, last, starts_code_point))};
}

std::string_view Sources::line_text(FileId id, uint32_t line) const {
  const SourceFile& source = file(id);
  if (line == 0 || line > source.line_starts.size()) return {};
  const size_t begin = source.line_starts[line - 1];
  const size_t end = line < source.line_starts.size() ? source.line_starts[line] : source.text.size();
  std::string_view text = std::string_view(source.text).substr(begin, end - begin);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string_view Sources::text(Span span) const {
  if (span.file == kNoFile || static_cast<uint32_t>(span.file) >= files_.size()) return {};
  const std::string_view all = file(span.file).text;
  const size_t end = std::min<size_t>(span.end, all.size());
  return span.begin < end ? all.substr(span.begin, end - span.begin) : std::string_view{};
}

}  // namespace guard
