// Windows and moments: local dates and times in named zones.
#pragma once
#include <optional>

#include "check/context.hpp"

namespace guard::check {

// Sets the horizon that moments and windows must lie in.
void set_horizon(Context& context);

// Builds every declared window, bases first.
void build_windows(Context& context);

// The instant of a timestamp or of a local date and time (without a time: its beginning); reports what is wrong with
// it.
[[nodiscard]] std::optional<int64_t> resolve_moment(Context& context, const syntax::Moment& moment);

}  // namespace guard::check
