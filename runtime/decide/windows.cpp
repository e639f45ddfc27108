// Windows: `steps` add or remove instants in order; local times come from the zone's offset rows.
#include "decide/windows.hpp"

#include <algorithm>

namespace guardvm {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinuteSeconds = 60;
constexpr int64_t kDaySeconds = 86'400;
constexpr uint32_t kWeekMinutes = 7 * 1440;
constexpr int64_t kNever = INT64_MAX;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0); }

struct Local {
  int64_t seconds;  // local seconds since 1970-01-01T00:00 local
  int64_t offset_s;
  int64_t until_ns;  // the offset holds before this instant
};

ZoneOffsetSpan offset_at(const format::View& view, uint32_t zone, int64_t instant_ns) {
  const format::Range range = view.Zones[zone].offsets;
  const format::ZoneOffset* first = view.ZoneOffsets.data() + range.first;
  // The last row that does not start later, or the first one. The halves are chosen without a jump.
  const format::ZoneOffset* row = first;
  for (uint32_t left = range.count; left > 1;) {
    const uint32_t half = left / 2;
    row += half & (uint32_t{0} - static_cast<uint32_t>(row[half].from_ns <= instant_ns));
    left -= half;
  }
  if (instant_ns < row->from_ns) return {INT64_MIN, row->from_ns, row->offset_s};
  const format::ZoneOffset* next = row + 1;
  return {row->from_ns, next == first + range.count ? kNever : next->from_ns, row->offset_s};
}

int64_t local_seconds(const ZoneOffsetSpan& offset, int64_t instant_ns) {
  return floor_div(instant_ns, kSecond) + offset.offset_s;
}

Local local_at(const format::View& view, uint32_t zone, int64_t instant_ns) {
  const ZoneOffsetSpan offset = offset_at(view, zone, instant_ns);
  return {local_seconds(offset, instant_ns), offset.offset_s, offset.until_ns};
}

int64_t minute_of_week(int64_t local_seconds) {
  // From a Monday more than 292 years before 1970, which was the fourth day of its week: so nothing is negative.
  constexpr int64_t kWeekSeconds = kWeekMinutes * kMinuteSeconds;
  constexpr int64_t kBefore = 20'000 * kWeekSeconds + 3 * kDaySeconds;
  return static_cast<int64_t>(static_cast<uint64_t>(local_seconds + kBefore) % kWeekSeconds / kMinuteSeconds);
}

ZoneTime zone_time(const ZoneOffsetSpan& offset, int64_t instant_ns) {
  const int64_t local = local_seconds(offset, instant_ns);
  return {instant_ns, floor_div(local, kDaySeconds), static_cast<uint32_t>(minute_of_week(local))};
}

// `time_in` tells what the clocks of a zone show, `inside` whether another window has the instant.
template <typename TimeIn, typename Inside>
[[gnu::always_inline]] inline bool step_holds(const format::View& view, const format::WindowStepRow& step,
                                              int64_t instant_ns, TimeIn time_in, Inside inside) {
  switch (step.kind) {
    case format::StepKind::Interval:
      return step.from <= instant_ns && instant_ns < step.to;
    case format::StepKind::Window:
      return inside(step.window);
    case format::StepKind::LocalDay:
      return time_in(step.zone).day == step.from;
    case format::StepKind::Weekly:
      break;
  }
  // All ranges are looked at: which one has it, nobody could foresee. What lies before a range is far behind it, too.
  const uint32_t minute = time_in(step.zone).minute_of_week;
  bool holds = false;
  for (uint32_t i = 0; i < step.minutes.count; ++i) {
    const format::MinuteRange range = view.MinuteRanges[step.minutes.first + i];
    const uint32_t size = range.end - range.begin;
    holds |= (minute - range.begin < size) | (minute + kWeekMinutes - range.begin < size);
  }
  return holds;
}

template <typename TimeIn, typename Inside>
[[gnu::always_inline]] inline bool window_holds(const format::View& view, uint32_t window, int64_t instant_ns,
                                                TimeIn time_in, Inside inside) {
  const format::Range steps = view.Windows[window].steps;
  bool holds = false;
  for (uint32_t i = 0; i < steps.count; ++i) {
    const format::WindowStepRow& step = view.WindowSteps[steps.first + i];
    if (holds == (step.exclude != 0) && step_holds(view, step, instant_ns, time_in, inside)) holds = step.exclude == 0;
  }
  return holds;
}

// The instant at which the local clock of `local` shows `local_seconds`, or the end of the offset if that comes first.
int64_t edge_at(const Local& local, int64_t local_seconds) {
  const int64_t seconds = local_seconds - local.offset_s;
  if (seconds > kNever / kSecond) return local.until_ns;
  return std::min(seconds * kSecond, local.until_ns);
}

int64_t next_weekly_edge(const format::View& view, const format::WindowStepRow& step, const Local& local) {
  const int64_t minute = minute_of_week(local.seconds);
  const int64_t week_start = (floor_div(local.seconds, kMinuteSeconds) - minute) * kMinuteSeconds;
  int64_t next = 2 * kWeekMinutes;  // Minutes from the start of this local week.
  const auto consider = [&](int64_t edge) {
    edge %= kWeekMinutes;
    next = std::min(next, edge > minute ? edge : edge + kWeekMinutes);
  };
  for (uint32_t i = 0; i < step.minutes.count; ++i) {
    const format::MinuteRange range = view.MinuteRanges[step.minutes.first + i];
    consider(range.begin);
    consider(range.end);
  }
  return edge_at(local, week_start + next * kMinuteSeconds);
}

int64_t next_step_edge(const format::View& view, const format::WindowStepRow& step, int64_t instant_ns) {
  switch (step.kind) {
    case format::StepKind::Interval:
      return instant_ns < step.from ? step.from : (instant_ns < step.to ? step.to : kNever);
    case format::StepKind::Window:
      return next_window_edge(view, step.window, instant_ns);
    case format::StepKind::Weekly:
      return next_weekly_edge(view, step, local_at(view, step.zone, instant_ns));
    case format::StepKind::LocalDay:
      break;
  }
  const Local local = local_at(view, step.zone, instant_ns);
  if (local.seconds < step.from * kDaySeconds) return edge_at(local, step.from * kDaySeconds);
  if (local.seconds < (step.from + 1) * kDaySeconds) return edge_at(local, (step.from + 1) * kDaySeconds);
  return local.until_ns;
}

}  // namespace

bool in_window(const format::View& view, uint32_t window, int64_t instant_ns) {
  return window_holds(
      view, window, instant_ns, [&](uint32_t zone) { return zone_time(offset_at(view, zone, instant_ns), instant_ns); },
      [&](uint32_t other) { return in_window(view, other, instant_ns); });
}

WindowMemory::WindowMemory(const format::View& view)
    : view_(view), windows_(view.Windows.size()), zones_(view.Zones.size()) {}

bool WindowMemory::inside(uint32_t window, int64_t instant_ns) {
  Answer& answer = windows_[window];
  if (answer.instant_ns != instant_ns) {
    const auto time_in = [&](uint32_t zone) {
      Zone& known = zones_[zone];
      if (known.time.instant_ns != instant_ns) {
        const bool same_offset = known.offset.from_ns <= instant_ns && instant_ns < known.offset.until_ns;
        if (!same_offset) known.offset = offset_at(view_, zone, instant_ns);
        known.time = zone_time(known.offset, instant_ns);
      }
      return known.time;
    };
    answer.inside =
        window_holds(view_, window, instant_ns, time_in, [&](uint32_t other) { return inside(other, instant_ns); });
    answer.instant_ns = instant_ns;
  }
  return answer.inside;
}

int64_t next_window_edge(const format::View& view, uint32_t window, int64_t instant_ns) {
  const format::Range steps = view.Windows[window].steps;
  int64_t next = kNever;
  for (uint32_t i = 0; i < steps.count; ++i) {
    next = std::min(next, next_step_edge(view, view.WindowSteps[steps.first + i], instant_ns));
  }
  return next;
}

}  // namespace guardvm
