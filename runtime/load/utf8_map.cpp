// One scan by the table of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#include "load/utf8_map.hpp"

#include <cstring>

namespace guardvm::load {
namespace {

// Bytes of the well-formed character at bytes[at], or 0.
size_t character_bytes(std::span<const uint8_t> bytes, size_t at) {
  const uint8_t lead = bytes[at];
  if (lead < 0x80) return 1;
  const size_t wanted = lead < 0xc2 ? 0 : (lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : (lead < 0xf5 ? 4 : 0)));
  if (wanted == 0 || bytes.size() - at < wanted) return 0;
  const uint8_t second = bytes[at + 1];
  const uint8_t low = lead == 0xe0 ? 0xa0 : (lead == 0xf0 ? 0x90 : 0x80);
  const uint8_t high = lead == 0xed ? 0x9f : (lead == 0xf4 ? 0x8f : 0xbf);
  if (second < low || second > high) return 0;
  for (size_t i = 2; i < wanted; ++i) {
    if ((bytes[at + i] & 0xc0) != 0x80) return 0;
  }
  return wanted;
}

// The first position at or after `at` that is not ASCII, or the end.
size_t skip_ascii(std::span<const uint8_t> bytes, size_t at) {
  constexpr uint64_t kHigh = 0x8080808080808080u;
  while (bytes.size() - at >= 32) {
    uint64_t words[4];
    std::memcpy(words, bytes.data() + at, 32);
    if (((words[0] | words[1] | words[2] | words[3]) & kHigh) != 0) break;
    at += 32;
  }
  while (at < bytes.size() && bytes[at] < 0x80) ++at;
  return at;
}

}  // namespace

void Utf8Map::note_bad(size_t position) {
  if (bad_.empty()) bad_.resize(bytes_.size() / 64 + 1);
  bad_[position / 64] |= uint64_t{1} << (position % 64);
}

void Utf8Map::scan(std::span<const uint8_t> bytes) {
  bytes_ = bytes;
  bad_.clear();
  before_.clear();
  other_.assign(bytes.size() / kBlock / 64 + 1, 0);
  for (size_t at = skip_ascii(bytes, 0); at < bytes.size(); at = skip_ascii(bytes, at)) {
    const size_t size = character_bytes(bytes, at);
    for (const size_t byte : {at, at + (size == 0 ? 0 : size - 1)})
      other_[byte / kBlock / 64] |= uint64_t{1} << (byte / kBlock % 64);
    if (size == 0) note_bad(at);
    at += size == 0 ? 1 : size;
  }
  if (bad_.empty()) return;
  before_.resize(bad_.size());
  uint32_t sum = 0;
  for (size_t i = 0; i < bad_.size(); ++i) {
    before_[i] = sum;
    sum += static_cast<uint32_t>(std::popcount(bad_[i]));
  }
}

}  // namespace guardvm::load
