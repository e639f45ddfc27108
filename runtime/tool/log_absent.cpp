// guardvm log, replay and report, in a build without libsodium or libzstd.
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

int run_log(const std::vector<std::string>&) {
  return usage_error("this guardvm was built without libsodium or libzstd, so it has no decision logs");
}

int run_replay(const std::vector<std::string>&) {
  return usage_error(
      "this guardvm was built without libsodium or libzstd, so it has no replay; `batch` decides actions");
}

int run_report(const std::vector<std::string>&) {
  return usage_error("this guardvm was built without libsodium or libzstd, so it has no decision logs to report on");
}

}  // namespace guardvm::tool
