// The frame of a record: what stands around its content and chains it to the record before. LOG.md, "The chain".
//
//   {"seq":12,…,"prev":"<64 digits>","hash":"<64 digits>"}
//
// `hash` is SHA-256 over all bytes of the line before `,"hash":`; `prev` is the `hash` of the record before.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "log/crypto.hpp"

namespace guardvm::log {

// The last record of a chain; the chain goes on from it.
struct Head {
  uint64_t sequence = 0;                             // 0: there is no record yet
  std::string hash = std::string(kHashDigits, '0');  // of the record; zeros before the first
  bool operator==(const Head&) const = default;
};

// What every record starts with, and the first record of all.
inline constexpr std::string_view kRecordStart = "{\"seq\":";
// The digits of a hash when the text is exactly that; else empty.
[[nodiscard]] bool is_hash(std::string_view text);

// Closes a record: `line` holds `{"seq":N,…` up to its last member; gives the head that it makes.
// The line end is part of the file, not of the line.
Head seal(std::string& line, const Head& before);

struct Frame {
  uint64_t sequence = 0;
  std::string_view previous, hash;  // 64 digits each
  std::string_view hashed;          // the bytes that `hash` covers
  [[nodiscard]] bool holds() const { return sha256(hashed) == hash; }
};
// The frame of a line (without its line end). False: it has no such form. Does not look between `seq` and `prev`, and
// does not check the hash.
[[nodiscard]] bool parse_frame(std::string_view line, Frame& frame);

// What a record says of bytes before it that are no record: a write was cut short there (LOG.md, "Torn lines").
struct Torn {
  uint64_t bytes = 0;  // 0: nothing
  std::string sha256;  // of them
};
// What a record says in its last member before `prev`; nothing when it has no `torn`.
[[nodiscard]] Torn torn_before(const Frame& frame);

}  // namespace guardvm::log
