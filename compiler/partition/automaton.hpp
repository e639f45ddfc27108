// Deterministic automata over the bytes of UTF-8 that tell which of several patterns a string matches.
//
//   auto dfa = determinise({&glob_a, &glob_b}, Utf8::Anything, 4000);
//   dfa->accept[dfa->run("web-prod")]      // {0}: the first of the two
//
// State 0 is dead, state 1 the start. COST: subset construction; states * byte classes * moves.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partition/nfa.hpp"
#include "partition/pattern.hpp"

namespace guard::partition {

struct Dfa {
  uint32_t states = 0, classes = 0;
  std::array<uint8_t, 256> class_of{};        // byte -> class
  std::vector<uint32_t> table;                // states * classes
  std::vector<std::vector<uint32_t>> accept;  // per state: patterns, ascending

  [[nodiscard]] uint32_t run(std::string_view text) const {
    uint32_t state = 1;
    for (const char c : text) state = table[state * classes + class_of[static_cast<uint8_t>(c)]];
    return state;
  }
};

// Nothing when it would have more than `max_states` states (or its construction would need memory out of proportion to
// that).
[[nodiscard]] std::optional<Dfa> determinise(const std::vector<const Pattern*>& patterns, Utf8 utf8, size_t max_states);

// The fewest states with the same answers.
[[nodiscard]] Dfa minimise(const Dfa& dfa);

// A product automaton over some of the patterns: `members[i]` is what its atom i stands for.
struct Group {
  std::vector<uint32_t> members;
  Dfa dfa;
};
// At most `max_groups` groups of neighbours, each of at most `max_states` states where that is possible at all. Named
// in `refused` and left out: a pattern that alone needs more than `max_single`, and what comes after the last group.
struct GroupLimits {
  size_t max_states = 4000, max_single = 4000, max_groups = SIZE_MAX;
};
[[nodiscard]] std::vector<Group> group(const std::vector<const Pattern*>& patterns, const GroupLimits& limits,
                                       std::vector<uint32_t>& refused);

// Which of `texts` occur in a string: an atom counts at every state that is passed, the start included. Never dead.
[[nodiscard]] Dfa find_any(const std::vector<std::string>& texts);

// Per state a shortest string that leads there (letters preferred), or nothing where none does.
[[nodiscard]] std::vector<std::optional<std::string>> shortest_texts(const Dfa& dfa);

}  // namespace guard::partition
