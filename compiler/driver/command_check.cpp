// guardc check: the diagnostics of a set and nothing else. Text goes to standard error, the formats for tools to
// standard output.
#include <cstdio>

#include "driver/commands.hpp"
#include "driver/compile.hpp"

namespace guard::driver {

guardvm::Exit run_check(const CheckCommandOptions& options) {
  // The set is emitted too: budgets of the bundle are the author's to know before the build.
  const Result<Compiled> result = compile_paths(options.paths, options.baseline, {});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  const std::string text = render(compiled.diagnostics, compiled.sources, options.format);
  if (options.format == DiagFormat::Text) {
    std::fputs(text.c_str(), stderr);
  } else if (!write_output(text)) {
    return guardvm::Exit::Usage;
  }
  return compiled.ok() ? guardvm::Exit::Ok : guardvm::Exit::Refused;
}

}  // namespace guard::driver
