// Small random policy sets for verify, as text: few attributes of every type with small domains, few rules that share
// their conditions, so that all actions can be enumerated and every finding comes up by itself.
//
//   property::GeneratedSet set = write_set(seed);
#pragma once
#include <cstdint>

#include "tests/property/generate.hpp"

namespace guard::oracle {

// Every set compiles: one that does not is a bug of this generator.
[[nodiscard]] property::GeneratedSet write_set(uint64_t seed);

// The set after a small change: a rule more or less, a word or a number in a condition, a default, an effect, a wider
// enum or range; one in eight is not changed but for the order of its rules.
[[nodiscard]] property::GeneratedSet change_set(const property::GeneratedSet& set, uint64_t seed);

}  // namespace guard::oracle
