// What the commands share: how they write and how they complain.
#include <cstdio>

#include "driver/commands.hpp"

namespace guard::driver {

guardvm::Exit usage_error(const std::string& message) {
  std::fprintf(stderr, "guardc: %s\n", message.c_str());
  return guardvm::Exit::Usage;
}

bool write_output(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) std::fputs("guardc: cannot write to standard output\n", stderr);
  return written;
}

}  // namespace guard::driver
