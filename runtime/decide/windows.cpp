// Windows: `steps` add or remove instants in order; local times come from the zone's offset rows.
#include "decide/windows.hpp"

#include <algorithm>

namespace guardvm {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinuteSeconds = 60;
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kWeekMinutes = 7 * 1440;
constexpr int64_t kNever = INT64_MAX;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0); }

struct Local {
  int64_t seconds;  // local seconds since 1970-01-01T00:00 local
  int64_t offset_s;
  int64_t until_ns;  // the offset holds before this instant
};

Local local_at(const format::View& view, uint32_t zone, int64_t instant_ns) {
  const format::Range range = view.Zones[zone].offsets;
  const format::ZoneOffset* first = view.ZoneOffsets.data() + range.first;
  const format::ZoneOffset* last = first + range.count;
  const format::ZoneOffset* next = std::upper_bound(
      first, last, instant_ns, [](int64_t t, const format::ZoneOffset& row) { return t < row.from_ns; });
  const format::ZoneOffset& row = next == first ? *first : *(next - 1);
  return {floor_div(instant_ns, kSecond) + row.offset_s, row.offset_s, next == last ? kNever : next->from_ns};
}

int64_t minute_of_week(int64_t local_seconds) {
  const int64_t day = floor_div(local_seconds, kDaySeconds);
  const int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; Monday is 0.
  return weekday * 1440 + (local_seconds - day * kDaySeconds) / kMinuteSeconds;
}

bool step_holds(const format::View& view, const format::WindowStepRow& step, int64_t instant_ns) {
  switch (step.kind) {
    case format::StepKind::Interval:
      return step.from <= instant_ns && instant_ns < step.to;
    case format::StepKind::Window:
      return in_window(view, step.window, instant_ns);
    case format::StepKind::LocalDay:
      return floor_div(local_at(view, step.zone, instant_ns).seconds, kDaySeconds) == step.from;
    case format::StepKind::Weekly:
      break;
  }
  const int64_t minute = minute_of_week(local_at(view, step.zone, instant_ns).seconds);
  for (uint32_t i = 0; i < step.minutes.count; ++i) {
    const format::MinuteRange range = view.MinuteRanges[step.minutes.first + i];
    if (range.begin <= minute && minute < range.end) return true;
    if (minute + kWeekMinutes < range.end && range.begin <= minute + kWeekMinutes) return true;
  }
  return false;
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
  const format::Range steps = view.Windows[window].steps;
  bool inside = false;
  for (uint32_t i = 0; i < steps.count; ++i) {
    const format::WindowStepRow& step = view.WindowSteps[steps.first + i];
    if (inside == (step.exclude != 0) && step_holds(view, step, instant_ns)) inside = step.exclude == 0;
  }
  return inside;
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
