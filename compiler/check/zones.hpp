// Time zones, from the system's data through the `date` library. The only file that sees that library is zones.cpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/context.hpp"

namespace guard::check {

// Whether the zone exists; reports when it does not. Remembers that it is used.
[[nodiscard]] bool use_zone(Context& context, const syntax::Text& zone);

// The instant of a local time (seconds since 1970-01-01T00:00 on the local clock): the first of two at a fold, the
// transition at a gap. REQUIRES: use_zone(zone) was true.
[[nodiscard]] int64_t instant_of_local(const std::string& zone, int64_t local_seconds);

// Fills set.zones with the offset tables of the zones in use, and set.tzdata_version.
void build_zones(Context& context);

}  // namespace guard::check
