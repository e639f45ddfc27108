// What the log needs of cryptography, on libsodium: SHA-256, keyed BLAKE2b, Ed25519, and random bytes of the system.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace guardvm::log {

using Key = std::array<uint8_t, 32>;

inline constexpr size_t kHashDigits = 64;  // of SHA-256, in lower-case hexadecimal

[[nodiscard]] std::string hex(std::span<const uint8_t> bytes);
// Lower or upper case. False: other characters, or another number of digits than `out` has room for.
[[nodiscard]] bool from_hex(std::string_view digits, std::span<uint8_t> out);

// SHA-256 of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  [[nodiscard]] std::string finish();  // 64 hexadecimal digits; once

 private:
  alignas(16) std::array<unsigned char, 256> state_;
};
[[nodiscard]] std::string sha256(std::string_view bytes);

// BLAKE2b-256 with a key, of `domain`, a zero byte and `text`: 64 hexadecimal digits.
[[nodiscard]] std::string keyed_digest(const Key& key, std::string_view domain, std::string_view text);

// Fills with random bytes of the system (getrandom). False: it has none.
[[nodiscard]] bool fill_random(std::span<uint8_t> out);

// Ed25519 (RFC 8032). A secret key is its 32 bytes of seed.
[[nodiscard]] Key public_key(const Key& secret);
[[nodiscard]] std::string sign(const Key& secret, std::string_view text);  // 128 hexadecimal digits
[[nodiscard]] bool signed_by(const Key& public_key, std::string_view text, std::string_view signature);

}  // namespace guardvm::log
