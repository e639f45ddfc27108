// Splitting of code point ranges; see utf8_ranges.hpp.
#include "partition/utf8_ranges.hpp"

#include <algorithm>

namespace guard::partition {
namespace {

uint32_t encode(char32_t c, std::array<uint8_t, 4>& out) {
  const auto tail = [&](uint32_t shift) { return static_cast<uint8_t>(0x80u | ((c >> shift) & 0x3Fu)); };
  if (c < 0x80) {
    out[0] = static_cast<uint8_t>(c);
    return 1;
  }
  if (c < 0x800) {
    out = {static_cast<uint8_t>(0xC0u | (c >> 6)), tail(0), 0, 0};
    return 2;
  }
  if (c < 0x10000) {
    out = {static_cast<uint8_t>(0xE0u | (c >> 12)), tail(6), tail(0), 0};
    return 3;
  }
  out = {static_cast<uint8_t>(0xF0u | (c >> 18)), tail(12), tail(6), tail(0)};
  return 4;
}

// Both ends encode to the same number of bytes and no surrogate lies between.
void split(char32_t low, char32_t high, std::vector<ByteSequence>& out) {
  for (uint32_t i = 1; i < 4; ++i) {
    const char32_t mask = (char32_t{1} << (6 * i)) - 1;
    if (high < 0x80 || (low & ~mask) == (high & ~mask)) continue;
    if ((low & mask) != 0) {
      split(low, low | mask, out);
      split((low | mask) + 1, high, out);
      return;
    }
    if ((high & mask) != mask) {
      split(low, (high & ~mask) - 1, out);
      split(high & ~mask, high, out);
      return;
    }
  }
  std::array<uint8_t, 4> first{}, last{};
  ByteSequence sequence;
  sequence.size = encode(low, first);
  encode(high, last);
  for (uint32_t i = 0; i < sequence.size; ++i) sequence.bytes[i] = {first[i], last[i]};
  out.push_back(sequence);
}

}  // namespace

void append_utf8_ranges(char32_t low, char32_t high, std::vector<ByteSequence>& out) {
  constexpr char32_t kBlocks[][2] = {{0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xD7FF}, {0xE000, 0xFFFF}, {0x10000, 0x10FFFF}};
  for (const auto& block : kBlocks) {
    const char32_t first = std::max(low, block[0]), last = std::min(high, block[1]);
    if (first <= last) split(first, last, out);
  }
}

}  // namespace guard::partition
