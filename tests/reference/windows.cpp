// Windows, straight from their steps and the zone rows; see windows.hpp.
#include "windows.hpp"

#include <algorithm>
#include <iterator>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

constexpr int64_t kWeekMinutes = 7 * 1440;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0); }

const check::Zone* zone_named(const check::PolicySet& set, const std::string& name) {
  for (const check::Zone& zone : set.zones)
    if (zone.name == name) return &zone;
  return nullptr;
}

bool in_step(const check::PolicySet& set, const check::WindowStep& step, int64_t instant) {
  using Kind = check::WindowStep::Kind;
  if (step.kind == Kind::Interval) return instant >= step.from_ns && instant < step.to_ns;
  if (step.kind == Kind::Window) return in_window(set, step.window, instant);
  const int64_t local_s = floor_div(instant, kSecond) + zone_offset_s(set, step.zone, instant);
  const int64_t day = floor_div(local_s, 86400);
  if (step.kind == Kind::LocalDay) return day == step.day;
  // 1970-01-01 was a Thursday: day 0 is weekday 3 of a week that begins on Monday.
  const int64_t weekday = ((day + 3) % 7 + 7) % 7;
  const int64_t minute = weekday * 1440 + (local_s - day * 86400) / 60;
  for (const auto& [begin, end] : step.minutes)
    if ((minute >= begin && minute < end) || minute + kWeekMinutes < end) return true;
  return false;
}

// The instants at which the local times `local_s` (seconds since 1970) are reached within one zone row.
void add_local(std::vector<int64_t>& out, int64_t local_s, const check::ZoneRow& row, int64_t row_end) {
  const Wide instant = Wide(local_s - row.offset_s) * kSecond;
  if (instant > row.from_ns && instant < row_end) out.push_back(static_cast<int64_t>(instant));
}

void add_zone_step(const check::PolicySet& set, const check::WindowStep& step, std::vector<int64_t>& out) {
  const check::Zone* zone = zone_named(set, step.zone);
  if (!zone) return;
  for (size_t i = 0; i < zone->rows.size(); ++i) {
    const check::ZoneRow& row = zone->rows[i];
    const int64_t row_end = i + 1 < zone->rows.size() ? zone->rows[i + 1].from_ns : set.horizon_to_ns;
    out.push_back(row.from_ns);
    if (step.kind == check::WindowStep::Kind::LocalDay) {
      add_local(out, step.day * 86400, row, row_end);
      add_local(out, (step.day + 1) * 86400, row, row_end);
      continue;
    }
    const int64_t first_day = floor_div(floor_div(row.from_ns, kSecond) + row.offset_s, 86400);
    const int64_t last_day = floor_div(floor_div(row_end, kSecond) + row.offset_s, 86400);
    const int64_t first_monday = first_day - ((first_day + 3) % 7 + 7) % 7;
    // An end may lie in the week after its beginning's.
    for (int64_t monday = first_monday - 7; monday <= last_day; monday += 7)
      for (const auto& [begin, end] : step.minutes) {
        add_local(out, monday * 86400 + int64_t(begin) * 60, row, row_end);
        add_local(out, monday * 86400 + int64_t(end) * 60, row, row_end);
      }
  }
}

}  // namespace

int64_t zone_offset_s(const check::PolicySet& set, const std::string& zone, int64_t instant) {
  const check::Zone* found = zone_named(set, zone);
  if (!found || found->rows.empty()) return 0;
  const auto after = std::upper_bound(found->rows.begin(), found->rows.end(), instant,
                                      [](int64_t at, const check::ZoneRow& row) { return at < row.from_ns; });
  return after == found->rows.begin() ? found->rows.front().offset_s : std::prev(after)->offset_s;
}

bool in_window(const check::PolicySet& set, check::WindowId window, int64_t instant) {
  bool inside = false;
  for (const check::WindowStep& step : set.windows[static_cast<uint32_t>(window)].steps)
    if (in_step(set, step, instant)) inside = !step.exclude;
  return inside;
}

std::vector<int64_t> window_boundaries(const check::PolicySet& set, check::WindowId window) {
  using Kind = check::WindowStep::Kind;
  std::vector<int64_t> out;
  for (const check::WindowStep& step : set.windows[static_cast<uint32_t>(window)].steps) {
    if (step.kind == Kind::Interval) {
      out.push_back(step.from_ns);
      out.push_back(step.to_ns);
    } else if (step.kind == Kind::Window) {
      const std::vector<int64_t> inner = window_boundaries(set, step.window);
      out.insert(out.end(), inner.begin(), inner.end());
    } else {
      add_zone_step(set, step, out);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  std::erase_if(out, [&](int64_t at) { return at < set.horizon_from_ns || at >= set.horizon_to_ns; });
  return out;
}

}  // namespace guard::reference
