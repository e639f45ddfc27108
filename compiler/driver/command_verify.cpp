// guardc verify: proves what is wrong with a policy set before it is enforced. Sources are compiled in memory; what is
// verified is always the bundle, read by the runtime's loader.
#include <algorithm>
#include <string>

#include "driver/commands.hpp"
#include "driver/progress.hpp"
#include "driver/set_bundle.hpp"

namespace guard::driver {

constexpr unsigned kMaxJobs = 64;

guardvm::Exit run_verify(const VerifyOptions& options) {
  const std::variant<guardvm::Bundle, guardvm::Exit> loaded = load_set(options.paths, options.baseline);
  if (const auto* refused = std::get_if<guardvm::Exit>(&loaded)) return *refused;
  const guardvm::Bundle& bundle = std::get<guardvm::Bundle>(loaded);
  const std::optional<int64_t> as_of = instant_of(options.as_of);
  if (!as_of) return usage_error("`--as-of " + options.as_of + "` is no date and no timestamp");
  if (const std::string why = cannot_verify(bundle, *as_of); !why.empty()) return usage_error(why);
  Progress progress("verify");
  verify::Options run_options{*as_of, options.engine, std::min(options.jobs, kMaxJobs), {}};
  if (progress.shown()) run_options.progress = [&](double share) { progress.show(share); };
  const verify::Report report = verify::run(bundle, run_options);
  progress.clear();
  if (!write_output(verify::render(report, bundle, options.format, options.stats))) return guardvm::Exit::Usage;
  if (!report.inconclusive.empty()) return guardvm::Exit::Hold;
  return verify::fails(report, options.fail_on) ? guardvm::Exit::Deny : guardvm::Exit::Ok;
}

}  // namespace guard::driver
