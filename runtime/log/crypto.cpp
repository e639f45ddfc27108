// See crypto.hpp. Nothing here needs sodium_init: the functions used have no state, and random bytes come from the
// system.
#include "log/crypto.hpp"

#include <sodium.h>
#include <sys/random.h>

#include <cerrno>
#include <new>

namespace guardvm::log {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

struct KeyPair {
  Key open;
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;
};
KeyPair pair_of(const Key& seed) {
  KeyPair pair{};
  crypto_sign_seed_keypair(pair.open.data(), pair.secret.data(), seed.data());
  return pair;
}

}  // namespace

std::string hex(std::span<const uint8_t> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

bool from_hex(std::string_view digits, std::span<uint8_t> out) {
  if (digits.size() != out.size() * 2) return false;
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  for (size_t i = 0; i < out.size(); ++i) {
    const int high = value(digits[2 * i]), low = value(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

Sha256::Sha256() {
  static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(state_));
  crypto_hash_sha256_init(new (state_.data()) crypto_hash_sha256_state);
}

void Sha256::update(std::string_view bytes) {
  crypto_hash_sha256_update(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), bytes_of(bytes), bytes.size());
}

std::string Sha256::finish() {
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), hash.data());
  return hex(hash);
}

std::string sha256(std::string_view bytes) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), bytes_of(bytes), bytes.size());
  return hex(hash);
}

std::string keyed_digest(const Key& key, std::string_view domain, std::string_view text) {
  crypto_generichash_state state;
  std::array<uint8_t, 32> digest{};
  crypto_generichash_init(&state, key.data(), key.size(), digest.size());
  crypto_generichash_update(&state, bytes_of(domain), domain.size());
  const unsigned char zero = 0;
  crypto_generichash_update(&state, &zero, 1);
  crypto_generichash_update(&state, bytes_of(text), text.size());
  crypto_generichash_final(&state, digest.data(), digest.size());
  return hex(digest);
}

bool fill_random(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) return false;
    if (got > 0) out = out.subspan(static_cast<size_t>(got));
  }
  return true;
}

Key public_key(const Key& secret) { return pair_of(secret).open; }

std::string sign(const Key& secret, std::string_view text) {
  KeyPair pair = pair_of(secret);
  std::array<uint8_t, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(text), text.size(), pair.secret.data());
  sodium_memzero(pair.secret.data(), pair.secret.size());
  return hex(signature);
}

bool signed_by(const Key& public_key, std::string_view text, std::string_view signature) {
  std::array<uint8_t, crypto_sign_BYTES> bytes{};
  return from_hex(signature, bytes) &&
         crypto_sign_verify_detached(bytes.data(), bytes_of(text), text.size(), public_key.data()) == 0;
}

}  // namespace guardvm::log
