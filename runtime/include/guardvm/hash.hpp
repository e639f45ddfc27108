// The hash of the bundle's string tables. On disk: compiler and runtime must agree, and it never changes within a
// format version.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace guardvm {

// 64-bit multiply-xor over 8-byte blocks (the mixing step of wyhash); unkeyed: the tables hold the author's constants
// only, so an input cannot make them degenerate. Cost: about 1 ns per 8 bytes.
[[nodiscard]] inline uint64_t hash_text(std::string_view text) {
  const auto mix = [](uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  uint64_t state = 0x9e3779b97f4a7c15u ^ text.size();
  const char* p = text.data();
  size_t left = text.size();
  while (left >= 8) {
    uint64_t block;
    std::memcpy(&block, p, 8);
    state = mix(state ^ block, 0xa0761d6478bd642fu);
    p += 8;
    left -= 8;
  }
  // The last bytes, from the lowest on: by loads of fixed sizes, which a copy of unknown size is not.
  uint64_t tail = 0;
  if (left > 0 && text.size() >= 8) {
    std::memcpy(&tail, p + left - 8, 8);
    tail >>= 8 * (8 - left);
  } else if (left >= 4) {
    uint32_t low, high;
    std::memcpy(&low, p, 4);
    std::memcpy(&high, p + left - 4, 4);
    tail = low | static_cast<uint64_t>(high) << (8 * (left - 4));
  } else if (left > 0) {
    const auto byte = [p](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i); };
    tail = byte(0) | byte(left / 2) | byte(left - 1);
  }
  return mix(state ^ tail, 0xe7037ed1a0b428dbu);
}

// Whether two texts are the same bytes; faster than a call of memcmp on the short texts that tables hold.
[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto differ = [&a, &b](size_t at) {
    uint64_t x, y;
    std::memcpy(&x, a.data() + at, 8);
    std::memcpy(&y, b.data() + at, 8);
    return (x ^ y) != 0;
  };
  if (a.size() < 8) {
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  for (size_t at = 0; at + 8 < a.size(); at += 8) {
    if (differ(at)) return false;
  }
  return !differ(a.size() - 8);
}

// What a slot of a table keeps of the hash, never 0.
[[nodiscard]] inline uint32_t hash_tag(uint64_t hash) { return static_cast<uint32_t>(hash >> 32) | 1; }

}  // namespace guardvm
