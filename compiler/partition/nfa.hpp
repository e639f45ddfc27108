// Nondeterministic automata over bytes, made from patterns. Internal to the partition library.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "partition/pattern.hpp"

namespace guard::partition {

struct Nfa {
  struct Edge {
    uint8_t low, high;
    uint32_t to;
  };
  static constexpr uint32_t kNoPattern = 0xffffffffu;
  struct State {
    std::vector<Edge> edges;
    std::vector<uint32_t> empty;  // moves without a byte
    uint32_t accepts = kNoPattern;
  };
  std::vector<State> states;
  std::vector<uint32_t> starts;  // per pattern
};

// How strings outside UTF-8 are treated. Anything: the caller only asks about valid strings, so a run of any characters
// may be a run of any bytes, which needs fewer states. OnlyValid: nothing but valid UTF-8 is accepted.
enum class Utf8 : uint8_t { Anything, OnlyValid };

// Nothing when more than `max_states` states would be needed.
[[nodiscard]] std::optional<Nfa> make_nfa(const std::vector<const Pattern*>& patterns, Utf8 utf8, size_t max_states);

}  // namespace guard::partition
