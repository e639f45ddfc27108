// Regular expressions that are regular: literals, `.`, classes, groups, alternation, `*` `+` `?` `{m,n}`. Nothing else.
//
// A pattern always matches the whole string, over Unicode code points. Pure and reusable: the checker validates with
// it, the code generator builds automata from it, the reference evaluator may interpret it.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guard::check {

struct CodeRange {
  char32_t low = 0, high = 0;  // inclusive
  bool operator==(const CodeRange&) const = default;
};

struct RegexNode {
  enum class Kind : uint8_t {
    Empty,      // the empty string
    Class,      // one code point of `ranges` (sorted, disjoint, not adjacent; without surrogates; may be empty: matches
                // nothing)
    Concat,     // children in a row (two or more)
    Alternate,  // one of children (two or more)
    Repeat      // children[0], min to max times
  };
  static constexpr uint32_t kUnbounded = 0xffffffffu;
  Kind kind = Kind::Empty;
  std::vector<CodeRange> ranges;
  std::vector<RegexNode> children;
  uint32_t min = 0, max = 0;
};

struct RegexAst {
  RegexNode root;
  uint64_t positions = 0;  // Class nodes when every bounded repetition is written out: the size of its automaton
};

// `pattern` is what stands between the slashes. The failure says what is refused and what to write instead.
[[nodiscard]] Result<RegexAst> parse_regex(std::string_view pattern);

}  // namespace guard::check
