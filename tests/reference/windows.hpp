// Windows: whether an instant is inside one, and all the instants at which that may change.
#pragma once
#include <cstdint>
#include <vector>

#include "check/model.hpp"

namespace guard::reference {

// REQUIRES: the instant is inside the set's horizon.
[[nodiscard]] bool in_window(const check::PolicySet& set, check::WindowId window, int64_t instant);

// Ascending, distinct, inside the horizon: between two neighbours the membership does not change. May hold instants at
// which nothing changes.
[[nodiscard]] std::vector<int64_t> window_boundaries(const check::PolicySet& set, check::WindowId window);

// Seconds to add to the instant for the zone's local time.
[[nodiscard]] int64_t zone_offset_s(const check::PolicySet& set, const std::string& zone, int64_t instant);

}  // namespace guard::reference
