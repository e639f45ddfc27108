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
  uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, p, left);
  return mix(state ^ tail, 0xe7037ed1a0b428dbu);
}

// What a slot of a table keeps of the hash, never 0.
[[nodiscard]] inline uint32_t hash_tag(uint64_t hash) { return static_cast<uint32_t>(hash >> 32) | 1; }

}  // namespace guardvm
