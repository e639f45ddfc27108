// Answers "are these bytes of section Bytes valid UTF-8?" for any number of texts in constant time each, after one
// scan.
//
// The section also holds byte tables of automata, so it need not be valid as a whole. The scan notes the positions at
// which decoding fails; a text is valid when it starts at a character, ends at one, and holds no such position.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace guardvm::load {

class Utf8Map {
 public:
  void scan(std::span<const uint8_t> bytes);

  // REQUIRES: offset + size <= the number of bytes scanned.
  [[nodiscard]] bool valid(size_t offset, size_t size) const {
    if (size == 0) return true;
    if (plain_ends(offset, size)) return bad_.empty() || rank(offset) == rank(offset + size);
    if (is_continuation(bytes_[offset]) || !ends_whole(offset, size)) return false;
    return bad_.empty() || rank(offset) == rank(offset + size);
  }

 private:
  // Whether the text's first and last block are ASCII: then the text starts and ends at characters, and the bytes
  // themselves, which are seldom in the cache, need not be looked at.
  [[nodiscard]] bool plain_ends(size_t offset, size_t size) const {
    const size_t first = offset / kBlock, last = (offset + size - 1) / kBlock;
    return ((other_[first / 64] >> (first % 64)) & 1) == 0 && ((other_[last / 64] >> (last % 64)) & 1) == 0;
  }
  static bool is_continuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }
  // Whether the last character of the text does not go on after its end.
  [[nodiscard]] bool ends_whole(size_t offset, size_t size) const {
    if (bytes_[offset + size - 1] < 0x80) return true;
    for (size_t back = 1; back <= size && back <= 4; ++back) {
      const uint8_t byte = bytes_[offset + size - back];
      if (is_continuation(byte)) continue;
      const size_t wanted = byte < 0xe0 ? 2 : (byte < 0xf0 ? 3 : 4);
      return wanted == back;
    }
    return false;
  }
  void note_bad(size_t position);
  // Bad positions before `position`.
  [[nodiscard]] size_t rank(size_t position) const {
    const uint64_t below = (uint64_t{1} << (position % 64)) - 1;
    return before_[position / 64] + static_cast<size_t>(std::popcount(bad_[position / 64] & below));
  }

  static constexpr size_t kBlock = 64;
  std::span<const uint8_t> bytes_;
  std::vector<uint64_t> other_;   // a bit per block of bytes: not all ASCII
  std::vector<uint64_t> bad_;     // empty when there is none; else a bit per byte
  std::vector<uint32_t> before_;  // bad positions before each word of bad_
};

}  // namespace guardvm::load
