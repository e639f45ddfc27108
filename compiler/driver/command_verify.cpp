// guardc verify: proves what is wrong with a policy set before it is enforced. Sources are compiled in memory; what is
// verified is always the bundle, read by the runtime's loader.
#include <algorithm>
#include <optional>
#include <string>

#include "driver/commands.hpp"
#include "driver/evidence.hpp"
#include "driver/git.hpp"
#include "driver/progress.hpp"
#include "driver/set_bundle.hpp"
#include "driver/verify_report.hpp"

namespace guard::driver {
namespace {

constexpr unsigned kMaxJobs = 64;

std::variant<LoadedSet, guardvm::Exit> load_base(const VerifyOptions& options) {
  if (options.base_ref.empty()) return load_set({options.base}, options.baseline);
  const Result<Checkout> checkout = Checkout::of(options.paths, options.base_ref);
  if (!checkout.ok()) return usage_error(checkout.error());
  return load_set(checkout.value().paths(), options.baseline);
}

}  // namespace

guardvm::Exit run_verify(const VerifyOptions& options) {
  if (!options.base.empty() && !options.base_ref.empty()) return usage_error("give `--base` or `--base-ref`, not both");
  const bool has_base = !options.base.empty() || !options.base_ref.empty();
  if (!has_base && (options.new_only || !options.evidence.empty())) {
    return usage_error(std::string(options.new_only ? "`--new-only`" : "`--evidence`") +
                       " needs a base: add `--base OLD` or `--base-ref GITREF`");
  }
  const std::variant<LoadedSet, guardvm::Exit> loaded = load_set(options.paths, options.baseline);
  if (const auto* refused = std::get_if<guardvm::Exit>(&loaded)) return *refused;
  const LoadedSet& set = std::get<LoadedSet>(loaded);
  const guardvm::Bundle& bundle = set.bundle;
  const std::optional<int64_t> as_of = instant_of(options.as_of);
  if (!as_of) return usage_error("`--as-of " + options.as_of + "` is no date and no timestamp");
  if (const std::string why = cannot_verify(bundle, *as_of); !why.empty()) return usage_error(why);
  const auto severities = read_severities(options.severities);
  if (!severities.ok()) return usage_error(severities.error());
  const Result<ReportFiles> files = read_outputs(options.outputs);
  if (!files.ok()) return usage_error(files.error());
  verify::Options asked;
  asked.as_of_ns = *as_of;
  asked.engine = options.engine;
  asked.severities = severities.value();
  asked.jobs = std::min(options.jobs, kMaxJobs);
  std::optional<guardvm::Bundle> before;
  if (has_base) {
    std::variant<LoadedSet, guardvm::Exit> base = load_base(options);
    if (const auto* refused = std::get_if<guardvm::Exit>(&base)) return *refused;
    before = std::move(std::get<LoadedSet>(base).bundle);
    if (const std::string why = cannot_verify(*before, *as_of); !why.empty()) return usage_error("the base: " + why);
  }
  if (!options.evidence.empty()) {
    auto rules = unproven(options.evidence, *before, bundle, *as_of);
    if (!rules.ok()) return usage_error(rules.error());
    asked.unproven = std::move(rules.value());
  }
  Progress progress("verify");
  if (progress.shown()) asked.progress = [&](double share) { progress.show(share); };
  verify::Report report = verify::run(bundle, asked);
  if (before) {
    asked.unproven.clear();  // The base has no change of its own.
    if (options.new_only) verify::keep_new(report, verify::run(*before, asked));
    report.changes = verify::diff(*before, bundle, asked);
  }
  progress.clear();
  if (!write_reports(report, set, options, files.value())) return guardvm::Exit::Usage;
  if (!report.inconclusive.empty() || (report.changes && !report.changes->inconclusive.empty()))
    return guardvm::Exit::Hold;
  return verify::fails(report, options.fail_on) ? guardvm::Exit::Deny : guardvm::Exit::Ok;
}

}  // namespace guard::driver
