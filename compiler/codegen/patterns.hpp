// Patterns of the language as automata in the bundle's tables.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "check/model.hpp"
#include "codegen/pools.hpp"
#include "partition/automaton.hpp"

namespace guard::codegen {

// REQUIRES: text was validated by the checker (Glob, Regex); affixes and Contains are bytes.
[[nodiscard]] partition::Pattern to_pattern(check::Match match, std::string_view text);

// What a pattern needs of the index: the cheapest test that is the same.
struct Shape {
  enum class Kind : uint8_t { Equal, Prefix, Suffix, Infix, General };
  Kind kind = Kind::General;
  std::string text;  // all but General
};
[[nodiscard]] Shape shape_of(check::Match match, std::string_view text);

// A necessary literal part of a pattern, for when its automaton is too large to index: everything that matches starts
// with, ends with or contains it. General and empty: none is known.
[[nodiscard]] Shape weakened(check::Match match, std::string_view text);

// Appends the automaton; per state the atoms `atom_of[pattern]`. Returns the row's index in Dfas.
uint32_t append_dfa(Pools& pools, const partition::Dfa& dfa, const std::vector<uint32_t>& atom_of, bool scan);

}  // namespace guard::codegen
