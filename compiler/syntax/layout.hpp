// Where lines break: a document of texts, possible breaks, groups and comments, and its drawing within a width.
//
//   layout.begin(); layout.text("{"); layout.indent(); layout.line(); … layout.dedent(); layout.line(); layout.end();
//
// A group is drawn on one line if that fits, else every `line` of it becomes a line break, and each `fill` that must. A
// comment breaks all groups around it. After Wadler, "A prettier printer" (1998), and Oppen, "Prettyprinting" (1980).
// Cost: linear.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guard::syntax {

class Layout {
 public:
  void text(std::string_view text);
  void line() { add(Kind::Line, 1); }  // a space, or a line break
  void soft() { add(Kind::Line, 0); }  // nothing, or a line break
  void fill() { add(Kind::Fill, 1); }  // a space, or a line break if what follows does not fit
  void hard() { add(Kind::Hard, 0); }  // a line break
  void indent() { add(Kind::Indent, 0); }
  void dedent() { add(Kind::Dedent, 0); }
  void begin() { add(Kind::Begin, 0); }
  void end() { add(Kind::End, 0); }
  // With its `//`. One that is not `own_line` is put behind what is on the last line that holds anything.
  void comment(std::string_view text, bool own_line);

  // Without a line end after the last line.
  [[nodiscard]] std::string draw(uint32_t width) const;

 private:
  enum class Kind : uint8_t { Text, Line, Fill, Hard, Indent, Dedent, Begin, End, Comment, OwnLineComment };
  struct Op {
    Kind kind;
    uint32_t width;  // when drawn on one line
    std::string text;
  };
  class Artist;

  void add(Kind kind, uint32_t width) { ops_.push_back({kind, width, {}}); }
  [[nodiscard]] std::vector<uint64_t> measure() const;

  std::vector<Op> ops_;
};

}  // namespace guard::syntax
