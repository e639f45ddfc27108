// guardc verify: proves what is wrong with a policy set before it is enforced. Sources are compiled in memory; what is
// verified is always the bundle, read by the runtime's loader.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "driver/commands.hpp"
#include "driver/compile.hpp"
#include "driver/progress.hpp"
#include "guardvm/bundle.hpp"
#include "read/values.hpp"

namespace guard::driver {
namespace {

constexpr unsigned kMaxJobs = 64;
constexpr int64_t kDay_ns = 86'400'000'000'000;

// A timestamp, or a date (its first instant in UTC); without one, the first instant of today.
std::optional<int64_t> instant_of(const std::string& text) {
  if (text.empty()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const int64_t ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    return ns - ns % kDay_ns;
  }
  int64_t ns = 0;
  const bool date_only = text.find('T') == std::string::npos;
  if (!guardvm::parse_timestamp(date_only ? text + "T00:00:00Z" : text, ns)) return std::nullopt;
  return ns;
}

bool is_bundle(const std::vector<std::string>& paths) {
  std::error_code ignored;
  return paths.size() == 1 && !paths[0].ends_with(".guard") && std::filesystem::is_regular_file(paths[0], ignored);
}

guardvm::Exit verify_bundle(const guardvm::Bundle& bundle, const VerifyOptions& options) {
  const std::optional<int64_t> as_of = instant_of(options.as_of);
  if (!as_of) return usage_error("`--as-of " + options.as_of + "` is no date and no timestamp");
  const guardvm::format::MetaRow& meta = bundle.view().Meta[0];
  if (*as_of < meta.horizon_from_ns || *as_of >= meta.horizon_to_ns) {
    return usage_error("`--as-of` lies outside the zone data of the bundle");
  }
  if (bundle.view().Meta[0].stripped != 0) {
    return usage_error("the bundle was built with --strip: what verification reads was left out");
  }
  Progress progress("verify");
  verify::Options run_options{*as_of, options.engine, std::min(options.jobs, kMaxJobs), {}};
  if (progress.shown()) run_options.progress = [&](double share) { progress.show(share); };
  const verify::Report report = verify::run(bundle, run_options);
  progress.clear();
  if (!write_output(verify::render(report, bundle, options.format, options.stats))) return guardvm::Exit::Usage;
  if (!report.inconclusive.empty()) return guardvm::Exit::Hold;
  return verify::fails(report, options.fail_on) ? guardvm::Exit::Deny : guardvm::Exit::Ok;
}

}  // namespace

guardvm::Exit run_verify(const VerifyOptions& options) {
  if (is_bundle(options.paths)) {
    const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::load(options.paths[0]);
    if (bundle.ok()) return verify_bundle(bundle.value(), options);
    std::fprintf(stderr, "guardc: %s: %s\n", options.paths[0].c_str(), bundle.error().message.c_str());
    return guardvm::Exit::Refused;
  }
  Result<Compiled> result = compile_paths(options.paths, options.baseline, {});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  std::fputs(render(compiled.diagnostics, compiled.sources, DiagFormat::Text).c_str(), stderr);
  if (!compiled.ok()) return guardvm::Exit::Refused;
  const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  if (!bundle.ok()) internal_error(bundle.error().message.c_str(), __FILE__, __LINE__);
  return verify_bundle(bundle.value(), options);
}

}  // namespace guard::driver
