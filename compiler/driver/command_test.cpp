// guardc test: compiles a set and runs the tests its authors wrote, through the runtime. Emptiness is loud: no test is
// an error, and so is a rule that no test reaches.
#include <cstdio>
#include <filesystem>
#include <string>

#include "driver/commands.hpp"
#include "driver/compile.hpp"
#include "driver/sources.hpp"
#include "driver/write_missing.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

namespace {

guardvm::Exit write_missing(const TestCommandOptions& options, const Compiled& compiled, const guardvm::Bundle& bundle,
                            const TestReport& report) {
  const std::string& path = options.write_missing;
  if (!options.filter.empty()) return usage_error("`--write-missing` looks at all tests: leave out `--filter`");
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored))
    return usage_error("`" + path + "` is there already; `--write-missing` only writes a new file");
  if (!report.tests.empty() && !write_output(render(report, compiled.sources, {options.format, options.coverage})))
    return guardvm::Exit::Usage;
  const MissingTests missing = missing_tests(*compiled.set, bundle, report.coverage);
  if (missing.tests > 0) {
    const Result<bool> written = write_file(path, missing.text);
    if (!written.ok()) return usage_error(written.error());
  }
  for (const std::string& side : missing.impossible)
    std::fprintf(stderr, "guardc: no action shows that %s\n", side.c_str());
  for (const std::string& side : missing.unsettled)
    std::fprintf(stderr, "guardc: not settled within the budget: %s\n", side.c_str());
  if (missing.tests == 0) {
    std::fputs("guardc: no test was written\n", stderr);
  } else {
    std::fprintf(stderr, "guardc: %zu %s written to `%s`; coverage is %u %% with them\n", missing.tests,
                 missing.tests == 1 ? "test" : "tests", path.c_str(), percent_complete(missing.coverage));
  }
  if (report.failed() > 0 || !missing.impossible.empty()) return guardvm::Exit::Deny;
  return missing.unsettled.empty() ? guardvm::Exit::Ok : guardvm::Exit::Hold;
}

}  // namespace

guardvm::Exit run_test(const TestCommandOptions& options) {
  Result<Compiled> result = compile_paths(options.paths, options.baseline, {});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  std::fputs(render(compiled.diagnostics, compiled.sources, DiagFormat::Text).c_str(), stderr);
  if (!compiled.ok()) return guardvm::Exit::Refused;
  const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  if (!bundle.ok()) internal_error(bundle.error().message.c_str(), __FILE__, __LINE__);

  const TestReport report = run_tests(*compiled.set, bundle.value(), {options.filter, compiled.source_paths()});
  if (!options.write_missing.empty()) return write_missing(options, compiled, bundle.value(), report);
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
