// The worst case of a piece of code: the sum over its instructions of the steps of the instruction times the rows or
// elements of every quantifier around it, each at the limit of a record; jumps are ignored. The loader recomputes it.
#pragma once
#include <cstdint>

#include "codegen/pools.hpp"

namespace guard::codegen {

inline constexpr uint64_t kManySteps = uint64_t{1} << 62;  // saturates here
[[nodiscard]] uint64_t add_steps(uint64_t a, uint64_t b);
[[nodiscard]] uint64_t steps_of(const Sections& sections, format::Range code);

}  // namespace guard::codegen
