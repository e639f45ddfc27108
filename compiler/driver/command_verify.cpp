// guardc verify: proves what is wrong with a policy set before it is enforced. Sources are compiled in memory; what is
// verified is always the bundle, read by the runtime's loader.
#include <string>

#include "driver/commands.hpp"
#include "driver/set_bundle.hpp"
#include "driver/verify_report.hpp"

namespace guard::driver {

guardvm::Exit run_verify(const VerifyOptions& options) {
  const std::variant<guardvm::Bundle, guardvm::Exit> loaded = load_set(options.paths, options.baseline);
  if (const auto* refused = std::get_if<guardvm::Exit>(&loaded)) return *refused;
  const guardvm::Bundle& bundle = std::get<guardvm::Bundle>(loaded);
  const std::optional<int64_t> as_of = instant_of(options.as_of);
  if (!as_of) return usage_error("`--as-of " + options.as_of + "` is no date and no timestamp");
  if (const std::string why = cannot_verify(bundle, *as_of); !why.empty()) return usage_error(why);
  const auto severities = read_severities(options.severities);
  if (!severities.ok()) return usage_error(severities.error());
  const verify::Report report = verify::run(bundle, {*as_of, options.engine, severities.value()});
  if (!write_reports(report, bundle, options)) return guardvm::Exit::Usage;
  if (!report.inconclusive.empty()) return guardvm::Exit::Hold;
  return verify::fails(report, options.fail_on) ? guardvm::Exit::Deny : guardvm::Exit::Ok;
}

}  // namespace guard::driver
