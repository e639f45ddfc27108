// Windows at an instant, from the bundle's offset tables and weekly patterns.
#pragma once
#include <cstdint>

#include "guardvm/bundle.hpp"

namespace guardvm {

// Whether the instant is in the window. REQUIRES: the instant is inside the horizon (the decision is an error
// otherwise).
[[nodiscard]] bool in_window(const format::View& view, uint32_t window, int64_t instant_ns);

// An instant later than `instant_ns` before which the window's answer cannot change, or INT64_MAX. It may be earlier
// than the next real change, never later.
[[nodiscard]] int64_t next_window_edge(const format::View& view, uint32_t window, int64_t instant_ns);

}  // namespace guardvm
