// What needs SHA-256 and signatures, in a build without libsodium or libzstd: it fails, so the caller blocks.
#include "gate/approval.hpp"
#include "gate/digest.hpp"

namespace guardvm::gate {

namespace {
LoadError absent() {
  return {"this guardvm was built without libsodium or libzstd, so it has no approvals and no digests of actions"};
}
}  // namespace

Loaded<std::string> action_digest(const Bundle&, const Action&) { return absent(); }
std::string approval_line(const Approval&, const log::Key*) { return {}; }
Loaded<Keyring> read_keyring(const std::string&) { return absent(); }
Loaded<Approvals> read_approvals(const std::string&, const Keyring*, std::string_view, std::string_view, int64_t) {
  return absent();
}

}  // namespace guardvm::gate
