// Checkpoints: signed lines that pin a record, so that cutting off the end of a log, or writing it anew, is found.
//
//   {"seq":12,"hash":"<64 digits>","time":"2026-03-02T09:30:00Z","key":"<64 digits>","signature":"<128 digits>"}
//
// The signature (Ed25519) covers `guard checkpoint`, a line end, and the bytes of the line before `,"signature":`. The
// key in the line only says which one it was: who verifies brings the public key along. LOG.md, "Checkpoints".
#pragma once
#include <string>
#include <string_view>

#include "guardvm/error.hpp"
#include "log/crypto.hpp"
#include "log/frame.hpp"

namespace guardvm::log {

struct Checkpoint {
  Head head;
};

// The line, without a line end.
[[nodiscard]] std::string make_checkpoint(const Head& head, int64_t time_ns, const Key& secret);
// Failure: a sentence; it is no checkpoint, or not signed with the key.
[[nodiscard]] Loaded<Checkpoint> read_checkpoint(std::string_view line, const Key& public_key);

}  // namespace guardvm::log
