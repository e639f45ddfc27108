// guardc test: compiles a set and runs the tests its authors wrote, through the runtime. Emptiness is loud: no test is
// an error, and so is a rule that no test reaches.
#include <cstdio>
#include <string>

#include "driver/commands.hpp"
#include "driver/compile.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

guardvm::Exit run_test(const TestCommandOptions& options) {
  Result<Compiled> result = compile_paths(options.paths, options.baseline, {});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  std::fputs(render(compiled.diagnostics, compiled.sources, DiagFormat::Text).c_str(), stderr);
  if (!compiled.ok()) return guardvm::Exit::Refused;
  const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  if (!bundle.ok()) internal_error(bundle.error().message.c_str(), __FILE__, __LINE__);

  const TestReport report = run_tests(*compiled.set, bundle.value(), {options.filter});
  if (report.tests.empty()) {
    return usage_error(options.filter.empty() ? "the set has no test" : "no test matches `" + options.filter + "`");
  }
  const bool coverage = options.coverage || options.min_coverage.has_value();
  if (!write_output(render(report, compiled.sources, {options.format, coverage}))) return guardvm::Exit::Usage;
  const bool too_little = options.min_coverage && percent_complete(report.coverage) < *options.min_coverage;
  if (too_little) {
    std::fprintf(stderr, "guardc: coverage is %u %%, at least %u %% is asked for\n", percent_complete(report.coverage),
                 *options.min_coverage);
  }
  const bool clean = report.failed() == 0 && report.unreached.empty() && !too_little;
  return clean ? guardvm::Exit::Ok : guardvm::Exit::Deny;
}

}  // namespace guard::driver
