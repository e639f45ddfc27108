// guardc dump: a bundle as text. The bundle is loaded by the runtime's loader, so only what it accepts is shown.
#include <cstdio>

#include "codegen/dump.hpp"
#include "driver/commands.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

guardvm::Exit run_dump(const DumpOptions& options) {
  const guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::load(options.bundle);
  if (!bundle.ok()) {
    if (bundle.error().unread) return usage_error("cannot read the bundle " + bundle.error().message);
    std::fprintf(stderr, "guardc: the bundle is refused: %s\n", bundle.error().message.c_str());
    return guardvm::Exit::Refused;
  }
  const Result<std::string> text = codegen::dump(bundle.value(), {options.rule, options.kind});
  if (!text.ok()) return usage_error(text.error());
  return write_output(text.value()) ? guardvm::Exit::Ok : guardvm::Exit::Usage;
}

}  // namespace guard::driver
