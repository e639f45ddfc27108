// The SHA-256 of an action, by libsodium.
#include "gate/digest.hpp"

#include "log/crypto.hpp"

namespace guardvm::gate {

Loaded<std::string> action_digest(const Bundle& bundle, const Action& action) {
  return "sha256:" + log::sha256(canonical_action(bundle, action));
}

}  // namespace guardvm::gate
