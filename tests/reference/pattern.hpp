// Globs and regular expressions over code points, matched in the most literal way.
//
// Both match the whole string. A glob knows `*`, `?` and `\`. A regular expression knows literals, `.`, classes,
// groups,
// `|`, `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}` and the escapes \d \w \s \D \W \S \n \r \t \u{HEX}.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guard::reference {

[[nodiscard]] bool glob_matches(std::string_view glob, std::string_view text);

struct RegexNode {
  enum class Kind : uint8_t { Class, Sequence, Choice, Repeat };
  Kind kind = Kind::Sequence;
  std::vector<std::pair<char32_t, char32_t>> ranges;  // Class: inclusive
  bool negated = false;                               // Class
  std::vector<RegexNode> children;
  uint32_t min = 0;
  std::optional<uint32_t> max;  // Repeat; none: without end
};

// nullopt: not a regular expression of this subset.
[[nodiscard]] std::optional<RegexNode> parse_regex(std::string_view pattern);
[[nodiscard]] bool regex_matches(const RegexNode& regex, std::string_view text);

}  // namespace guard::reference
