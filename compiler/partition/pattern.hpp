// Regular languages over code points: what globs, affixes and regular expressions become before automata are made of
// them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guard::partition {

struct CodeRange {
  char32_t low = 0, high = 0;  // inclusive
  bool operator==(const CodeRange&) const = default;
};

struct Pattern {
  enum class Kind : uint8_t {
    Literal,    // exactly the bytes of `text`; empty: the empty string
    AnyRun,     // every string
    Class,      // one code point of `ranges` (sorted, disjoint)
    Concat,     // children in a row
    Alternate,  // one of children
    Repeat      // children[0], min to max times
  };
  static constexpr uint32_t kUnbounded = 0xffffffffu;
  Kind kind = Kind::Literal;
  std::string text;
  std::vector<CodeRange> ranges;
  std::vector<Pattern> children;
  uint32_t min = 0, max = 0;
};

[[nodiscard]] Pattern literal(std::string_view text);
[[nodiscard]] Pattern any_run();
[[nodiscard]] Pattern any_one();
[[nodiscard]] Pattern one_of(std::vector<CodeRange> ranges);
[[nodiscard]] Pattern sequence(std::vector<Pattern> children);
[[nodiscard]] Pattern choice(std::vector<Pattern> children);
[[nodiscard]] Pattern repeat(Pattern child, uint32_t min, uint32_t max);

}  // namespace guard::partition
