// The files of a log: the open one, `LOG`, and the closed ones beside it, `LOG.<first sequence>` or, compressed,
// `LOG.<first sequence>.zst`. LOG.md, "Rotation".
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "guardvm/error.hpp"
#include "log/files.hpp"
#include "log/tail.hpp"

namespace guardvm::log {

struct Segment {
  std::string path;
  uint64_t first_sequence = 0;  // by its name; the open file: 0
  bool compressed = false;
};

// The closed files of a log by sequence; of one that is there twice (compressing it was cut short), the plain one.
// Failure: the folder cannot be read.
[[nodiscard]] Loaded<std::vector<Segment>> closed_segments(const std::string& log);
// "decisions.ndjson.000000000001": the name of a closed file. The digits are 12, more when they must be.
[[nodiscard]] std::string closed_name(const std::string& log, uint64_t first_sequence);
// The log that a closed file belongs to, by its name; the path itself when it is no name of a closed file.
[[nodiscard]] std::string log_of(const std::string& path);

// A file to read. The open file of a log is read as far as it went when it was looked at, from the descriptor that was
// opened then: other processes may be adding to it, or closing it.
struct LogFile {
  std::string path;
  Descriptor open;     // of the open file
  uint64_t bytes = 0;  // of it
};
struct Log {
  std::string name;
  std::vector<LogFile> files;  // in order
};
// All files of a log: the closed ones, then the open one if it is there. Failure: one that cannot be read.
[[nodiscard]] Loaded<Log> log_named(const std::string& name);
// The logs that names on a command line stand for: of a log all its files; of closed files those alone, by sequence.
// Failure: as log_named; or a log of which no file is there.
[[nodiscard]] Loaded<std::vector<Log>> logs_named(const std::vector<std::string>& names);

// The tail of a closed file. Failure: as read_tail; or it is torn, which no closed file is.
[[nodiscard]] Loaded<Tail> tail_of(const Segment& segment);

// Compresses a closed file beside it, reads that back and compares, then removes the plain one. Another process that is
// at it is left alone. Failure: a sentence; the plain file is then still there.
[[nodiscard]] Loaded<bool> compress_segment(const std::string& path);

}  // namespace guardvm::log
