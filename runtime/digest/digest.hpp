// Checks the SHA-256 that names a bundle. Not part of loading: hashing 1 MB costs more than deciding with it.
#pragma once
#include "guardvm/bundle.hpp"

namespace guardvm {

enum class DigestCheck : uint8_t { Matches, Differs, NotBuiltIn };

// Recomputes SHA-256 over the bytes that Header::sha256 covers. NotBuiltIn: this build has no SHA-256 (no libsodium).
[[nodiscard]] DigestCheck check_digest(const Bundle& bundle);

}  // namespace guardvm
