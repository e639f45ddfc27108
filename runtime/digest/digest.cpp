// SHA-256 by libsodium, when it was there at build time.
#include "digest/digest.hpp"

#ifdef GUARDVM_HAS_SODIUM
#include <sodium.h>

#include <cstddef>
#include <cstring>
#endif

namespace guardvm {

DigestCheck check_digest([[maybe_unused]] const Bundle& bundle) {
#ifdef GUARDVM_HAS_SODIUM
  const std::string_view covered =
      bundle.bytes().substr(offsetof(format::Header, sha256) + sizeof(format::Header::sha256));
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(covered.data()), covered.size());
  const bool same = std::memcmp(hash, bundle.header().sha256, sizeof hash) == 0;
  return same ? DigestCheck::Matches : DigestCheck::Differs;
#else
  return DigestCheck::NotBuiltIn;
#endif
}

}  // namespace guardvm
