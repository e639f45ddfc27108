// guardc build: sources to a bundle file. Nothing is written unless the set compiles.
#include <cstdio>
#include <string>

#include "driver/commands.hpp"
#include "driver/compile.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

guardvm::Exit run_build(const BuildOptions& options) {
  Result<Compiled> result = compile_paths(options.paths, options.baseline, {true, options.strip, {}});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  std::fputs(render(compiled.diagnostics, compiled.sources, DiagFormat::Text).c_str(), stderr);
  if (!compiled.ok()) return guardvm::Exit::Refused;

  // What ships must load: the runtime's own validator has the last word on what the emitter made.
  const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  if (!bundle.ok()) internal_error(bundle.error().message.c_str(), __FILE__, __LINE__);
  const Result<bool> written = write_file(options.output, compiled.bundle);
  if (!written.ok()) return usage_error(written.error());
  if (options.stats && !write_output(codegen::to_text(compiled.stats))) return guardvm::Exit::Usage;
  return guardvm::Exit::Ok;
}

}  // namespace guard::driver
