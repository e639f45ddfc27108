// A whole file to text: items one by one, the comments and empty lines between them. See print.hpp.
#include "syntax/print.hpp"

#include <utility>
#include <vector>

#include "syntax/printer.hpp"

namespace guard::syntax {

namespace {

constexpr uint32_t kWidth = 110;

class FilePrinter {
 public:
  FilePrinter(const File& file, const Sources& sources) : sources_(sources), comments_{&file.comments, 0} {}

  std::string print(const File& file) {
    std::vector<Part> parts;
    for (const Section& section : file.sections) {
      parts.push_back({section.span, &section, nullptr});
      for (const Item& item : section.items) parts.push_back({item.span, nullptr, &item});
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      while (const Comment* comment = comments_.before(begin_of(part.span))) own_line(*comment);
      empty_line(part.span);
      Layout layout;
      Printer printer(layout, comments_, sources_);
      if (part.section != nullptr) printer.section_head(*part.section);
      if (part.item != nullptr) printer.item(*part.item);
      out_ += layout.draw(kWidth);
      behind(i + 1 < parts.size() ? begin_of(parts[i + 1].span) : UINT32_MAX);
      out_ += "\n";
    }
    while (const Comment* comment = comments_.before(UINT32_MAX)) own_line(*comment);
    return std::move(out_);
  }

 private:
  struct Part {
    Span span;
    const Section* section;  // one of these
    const Item* item;
  };
  static uint32_t begin_of(Span span) { return span.file == kNoFile ? 0 : span.begin; }

  void own_line(const Comment& comment) {
    empty_line(comment.span);
    out_ += comment.text + "\n";
    ++comments_.next;
  }

  // A tree without a source gets an empty line before everything.
  void empty_line(Span span) {
    if (!out_.empty() && (span.file == kNoFile || empty_line_before(span))) out_ += "\n";
  }

  [[nodiscard]] bool empty_line_before(Span span) const {
    const std::string_view before = std::string_view(sources_.file(span.file).text).substr(0, span.begin);
    size_t line_ends = 0;
    for (size_t i = before.size(); i > 0; --i) {
      const char c = before[i - 1];
      if (c == '\n' || (c == '\r' && !(i < before.size() && before[i] == '\n'))) ++line_ends;
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') return line_ends > 1;
    }
    return false;
  }

  // A comment behind an item stays there: no item ends with a comment of its own, since comments precede leaves.
  void behind(uint32_t next) {
    const Comment* comment = comments_.before(next);
    if (comment == nullptr || comment->own_line) return;
    out_ += " " + comment->text;
    ++comments_.next;
  }

  const Sources& sources_;
  CommentCursor comments_;
  std::string out_;
};

}  // namespace

std::string print(const File& file, const Sources& sources) { return FilePrinter(file, sources).print(file); }

std::string print_condition(const Condition& condition) {
  const Sources none;
  CommentCursor comments;
  Layout layout;
  layout.begin();
  Printer(layout, comments, none).condition(condition);
  layout.end();
  return layout.draw(UINT32_MAX);
}

}  // namespace guard::syntax
