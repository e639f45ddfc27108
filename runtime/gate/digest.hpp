// Names an action by what it is about, whenever it is decided and whoever approves it: the SHA-256 to which approvals
// and kept decisions bind. GATE.md, "The digest of an action", says the bytes.
#pragma once
#include <string>
#include <string_view>

#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"

namespace guardvm::gate {

// The bytes that the digest is of: kind and attributes, without the instant, approvals and signals.
// REQUIRES: a reader of this bundle has read the action.
[[nodiscard]] std::string canonical_action(const Bundle& bundle, const Action& action);

// "sha256:<64 digits>". Failure: this build has no SHA-256 (no libsodium).
[[nodiscard]] Loaded<std::string> action_digest(const Bundle& bundle, const Action& action);

}  // namespace guardvm::gate
