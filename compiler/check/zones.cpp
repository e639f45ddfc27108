// Zone data: names, local times, offset tables.
#include "check/zones.hpp"

#include <date/tz.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "check/constants.hpp"

namespace guard::check {

// The library's types differ with it; CMake's target sets it.
static_assert(USE_OS_TZDB == 1, "zone data is the system's");

namespace {

// Null when there is no such zone; the library throws, which must not leave this file.
const date::time_zone* locate(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// The names of all zones; empty when the system's data cannot be read.
std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

// The release of the data, as its own first line says; the library does not tell.
std::string data_version() {
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  constexpr std::string_view kBegin = "# version ";
  if (!std::getline(file, line) || !line.starts_with(kBegin)) return "unknown";
  return line.substr(kBegin.size());
}

date::sys_seconds at(int64_t ns) { return date::sys_seconds(std::chrono::seconds(ns / kNsPerSecond)); }

}  // namespace

bool use_zone(Context& context, const syntax::Text& zone) {
  if (context.zones.contains(zone.value)) return true;
  if (locate(zone.value) == nullptr) {
    const std::vector<std::string> known = zone_names();
    Diagnostic& diagnostic =
        context.report(DiagId::UnknownZone, zone.span, "there is no time zone `" + zone.value + "`");
    if (known.empty()) diagnostic.help("the system's time zone data cannot be read");
    suggest(diagnostic, zone.value, known);
    return false;
  }
  context.zones.insert(zone.value);
  return true;
}

int64_t instant_of_local(const std::string& zone, int64_t local_seconds) {
  const date::time_zone* const found = locate(zone);
  GUARD_CHECK(found != nullptr, "a local time is asked of an unknown zone");
  const date::local_seconds local{std::chrono::seconds(local_seconds)};
  const date::local_info info = found->get_info(local);
  if (info.result == date::local_info::nonexistent) return info.first.end.time_since_epoch().count() * kNsPerSecond;
  return (local_seconds - info.first.offset.count()) * kNsPerSecond;
}

void build_zones(Context& context) {
  if (context.zones.empty()) return;
  context.set.tzdata_version = data_version();
  const date::sys_seconds begin = at(context.set.horizon_from_ns), end = at(context.set.horizon_to_ns);
  for (const std::string& name : context.zones) {
    const date::time_zone* const zone = locate(name);
    GUARD_CHECK(zone != nullptr, "a zone vanished");
    Zone rows;
    rows.name = name;
    for (date::sys_seconds t = begin; t < end;) {
      const date::sys_info info = zone->get_info(t);
      const auto offset = static_cast<int32_t>(info.offset.count());
      if (rows.rows.empty() || rows.rows.back().offset_s != offset) {
        rows.rows.push_back({t.time_since_epoch().count() * kNsPerSecond, offset});
      }
      if (info.end <= t) break;
      t = info.end;
    }
    context.set.zones.push_back(std::move(rows));
  }
}

}  // namespace guard::check
