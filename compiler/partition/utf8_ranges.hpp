// A range of code points as sequences of byte ranges: the UTF-8 encodings of exactly those code points, surrogates left
// out.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace guard::partition {

struct ByteRange {
  uint8_t low = 0, high = 0;  // inclusive
};
struct ByteSequence {
  std::array<ByteRange, 4> bytes;
  uint32_t size = 0;
};

// Appends the sequences of [low, high]. The method is the one of RE2 and of Rust's utf8-ranges: split at the borders of
// encoded lengths, then wherever a trailing byte would not run over its whole range.
void append_utf8_ranges(char32_t low, char32_t high, std::vector<ByteSequence>& out);

}  // namespace guard::partition
