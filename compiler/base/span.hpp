// Source files and spans: where in the author's text something stands.
//
// A `SourceFile` owns the text; a `Span` names a byte range of it by the file's id, so it stays valid for as long as
// the `Sources` it came from. Lines and columns count from 1; columns count bytes of UTF-8 code points (one per code
// point).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guard {

enum class FileId : uint32_t {};
inline constexpr FileId kNoFile = FileId{0xffffffffu};

struct Span {
  FileId file = kNoFile;
  uint32_t begin = 0;  // byte offset
  uint32_t end = 0;    // one past the last byte
  bool operator==(const Span&) const = default;
};

// The smallest span that contains both; REQUIRES: same file.
inline Span join(Span a, Span b) {
  return {a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

struct SourceFile {
  std::string path;  // as the user named it, or relative to the argument directory; never absolute unless given so
  std::string text;
  std::vector<uint32_t> line_starts;
};

class Sources {
 public:
  FileId add(std::string path, std::string text);
  [[nodiscard]] const SourceFile& file(FileId id) const { return files_[static_cast<uint32_t>(id)]; }
  [[nodiscard]] size_t size() const { return files_.size(); }
  [[nodiscard]] LineColumn locate(FileId id, uint32_t offset) const;
  [[nodiscard]] std::string_view line_text(FileId id, uint32_t line) const;  // without its line end
  [[nodiscard]] std::string_view text(Span span) const;

 private:
  std::vector<SourceFile> files_;
};

}  // namespace guard
