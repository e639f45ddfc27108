// Windows at an instant, from the bundle's offset tables and weekly patterns.
#pragma once
#include <cstdint>
#include <vector>

#include "guardvm/bundle.hpp"

namespace guardvm {

// Whether the instant is in the window. REQUIRES: the instant is inside the horizon (the decision is an error
// otherwise).
[[nodiscard]] bool in_window(const format::View& view, uint32_t window, int64_t instant_ns);

// An instant later than `instant_ns` before which the window's answer cannot change, or INT64_MAX. It may be earlier
// than the next real change, never later.
[[nodiscard]] int64_t next_window_edge(const format::View& view, uint32_t window, int64_t instant_ns);

// How far a zone's clocks are ahead of UTC, from an instant on and before another; empty: not asked yet.
struct ZoneOffsetSpan {
  int64_t from_ns = 0, until_ns = 0;
  int64_t offset_s = 0;
};

// What the clocks of a zone show.
struct ZoneTime {
  int64_t instant_ns = INT64_MIN;  // at which they show it; INT64_MIN: not asked yet
  int64_t day = 0;                 // local, since 1970-01-01
  uint32_t minute_of_week = 0;     // local, since Monday
};

// The same answers as `in_window`, each found once for an instant: windows share zones, and many rules one window. A
// zone's offset is looked up anew only when an instant lies outside the last one's span, which is months long. For one
// thread.
class WindowMemory {
 public:
  // REQUIRES: the view outlives it.
  explicit WindowMemory(const format::View& view);
  [[nodiscard]] bool inside(uint32_t window, int64_t instant_ns);

 private:
  struct Answer {
    int64_t instant_ns = INT64_MIN;
    bool inside = false;
  };
  const format::View& view_;
  std::vector<Answer> windows_;
  struct Zone {
    ZoneTime time;
    ZoneOffsetSpan offset;
  };
  std::vector<Zone> zones_;
};

}  // namespace guardvm
