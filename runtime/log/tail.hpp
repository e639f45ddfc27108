// The end of a log file: the last record, and what stands behind it.
#pragma once
#include <cstdint>
#include <string>

#include "guardvm/error.hpp"
#include "log/frame.hpp"

namespace guardvm::log {

struct Tail {
  bool any = false;        // the file holds a record
  Head head;               // of the last one
  std::string last_time;   // its `time`, as written: RFC 3339
  uint64_t end = 0;        // offset behind its line end: what follows is torn
  Torn torn;               // that, up to the end of the file
  bool line_ended = true;  // whether the file ends with a line end
};

// Reads backwards from the end of the file, which is `size` bytes long. Failure, as a sentence: it cannot be read, is
// no decision log, or ends in a whole record whose hash is not its own: somebody changed it, so nothing may be added.
// COST: O(the last record and what is torn).
[[nodiscard]] Loaded<Tail> read_tail(int descriptor, uint64_t size, const std::string& path);

// The sequence of the first record of a file that holds one. Failure: a sentence.
[[nodiscard]] Loaded<uint64_t> first_sequence(int descriptor, const std::string& path);

}  // namespace guardvm::log
