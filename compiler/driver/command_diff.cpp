// guardc diff: what a change of a policy set newly allows, denies or holds.
#include <string>

#include "driver/commands.hpp"
#include "driver/set_bundle.hpp"

namespace guard::driver {

guardvm::Exit run_diff(const DiffOptions& options) {
  const std::variant<LoadedSet, guardvm::Exit> before = load_set({options.before}, {});
  if (const auto* refused = std::get_if<guardvm::Exit>(&before)) return *refused;
  const std::variant<LoadedSet, guardvm::Exit> after = load_set({options.after}, {});
  if (const auto* refused = std::get_if<guardvm::Exit>(&after)) return *refused;
  const std::optional<int64_t> as_of = instant_of(options.as_of);
  if (!as_of) return usage_error("`--as-of " + options.as_of + "` is no date and no timestamp");
  for (const auto* side : {&before, &after}) {
    const std::string why = cannot_verify(std::get<LoadedSet>(*side).bundle, *as_of);
    if (!why.empty()) return usage_error(why);
  }
  const verify::DiffReport report =
      verify::diff(std::get<LoadedSet>(before).bundle, std::get<LoadedSet>(after).bundle, {*as_of, options.engine, {}});
  if (!write_output(verify::render(report, options.format))) return guardvm::Exit::Usage;
  if (!report.inconclusive.empty()) return guardvm::Exit::Hold;
  return report.changes.empty() && report.schema.empty() ? guardvm::Exit::Ok : guardvm::Exit::Deny;
}

}  // namespace guard::driver
