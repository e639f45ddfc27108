// guardvm log, in a build without libsodium or libzstd.
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

int run_log(const std::vector<std::string>&) {
  return usage_error("this guardvm was built without libsodium or libzstd, so it has no decision logs");
}

}  // namespace guardvm::tool
