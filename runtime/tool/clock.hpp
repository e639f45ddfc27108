// The clocks of the system, in nanoseconds.
#pragma once
#include <time.h>

#include <cstdint>

namespace guardvm::tool {

// CLOCK_REALTIME: since 1970; CLOCK_MONOTONIC: for differences only.
inline int64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace guardvm::tool
