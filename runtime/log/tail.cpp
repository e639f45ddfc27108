// See tail.hpp.
#include "log/tail.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "read/json_value.hpp"

namespace guardvm::log {

namespace {

constexpr uint64_t kBlock = 64 << 10;
// What one write can leave: a record and the line end before it.
constexpr uint64_t kMostTorn = kLimitLogRecordBytes + 2;
constexpr size_t kPadding = 32;  // for JsonValue

LoadError no_log(const std::string& path) {
  return {"`" + path + "` does not hold a decision log: give another file, or move this one away"};
}

LoadError changed(const std::string& path) {
  return {"the last record of `" + path +
          "` does not match its hash: it was changed; `guardvm log verify` says more, and moving the file away starts "
          "another log"};
}

// The bytes from `from` on, with what was read before behind them.
bool extend(int descriptor, uint64_t& from, std::string& bytes) {
  const uint64_t step = std::min(from, std::max<uint64_t>(kBlock, bytes.size()));
  std::string more(step, '\0');
  if (!read_at(descriptor, from - step, more.data(), step)) return false;
  bytes.insert(0, more);
  from -= step;
  return true;
}

// Where the line that ends at `end` (at its line end) begins, in bytes that start at `from`; false: before them.
bool line_begin(const std::string& bytes, uint64_t from, size_t end, size_t& begin) {
  const size_t found = end == 0 ? std::string::npos : bytes.rfind('\n', end - 1);
  begin = found == std::string::npos ? 0 : found + 1;
  return found != std::string::npos || from == 0;
}

// Takes a line for the last record when it is a whole one. False: it is none, or `holds` says that it was changed.
bool take(std::string_view line, Tail& tail, bool& holds) {
  Frame frame;
  if (!parse_frame(line, frame)) return false;
  holds = frame.holds();
  if (!holds) return false;
  const std::string padded = std::string(line) + std::string(kPadding, '\0');
  tail.any = true;
  tail.head = {frame.sequence, std::string(frame.hash)};
  tail.last_time = JsonValue::at(padded.data()).member("time").plain_text();
  return true;
}

}  // namespace

Loaded<Tail> read_tail(int descriptor, uint64_t size, const std::string& path) {
  Tail tail;
  if (size == 0) return tail;
  uint64_t from = size;
  std::string bytes;
  const auto cannot_read = [&path] { return io_error("read", path); };
  if (!extend(descriptor, from, bytes)) return cannot_read();
  tail.line_ended = bytes.back() == '\n';
  size_t end = bytes.size();  // of what was not looked at; lines are looked at from the last one on
  while (true) {
    size_t line_end = end == 0 ? std::string::npos : bytes.rfind('\n', end - 1);
    size_t begin = 0;
    while (line_end == std::string::npos || !line_begin(bytes, from, line_end, begin)) {
      if (from == 0) break;
      if (size - from > 2 * kMostTorn) return no_log(path);
      const size_t before = bytes.size();
      if (!extend(descriptor, from, bytes)) return cannot_read();
      end += bytes.size() - before;
      line_end = bytes.rfind('\n', end - 1);
    }
    if (line_end == std::string::npos) {  // one line, not ended
      if (bool holds = true; take(bytes, tail, holds)) tail.end = size;
      break;
    }
    const std::string_view line = std::string_view(bytes).substr(begin, line_end - begin);
    bool holds = true;
    if (take(line, tail, holds)) {
      tail.end = from + line_end + 1;
      // What follows may lack no more than its line end.
      if (take(std::string_view(bytes).substr(line_end + 1), tail, holds)) tail.end = size;
      break;
    }
    if (!holds) return changed(path);
    if (from == 0 && begin == 0) break;
    end = begin;  // torn: the line before it is looked at
  }
  if (tail.end == size) return tail;
  if (!tail.any) {
    // A first record that was cut short starts as a record does.
    const std::string_view start = std::string_view(bytes).substr(0, kRecordStart.size());
    if (!kRecordStart.starts_with(start)) return no_log(path);
  }
  const std::string_view torn = std::string_view(bytes).substr(static_cast<size_t>(tail.end - from));
  Sha256 hash;
  hash.update(torn);
  if (!tail.line_ended) hash.update("\n");
  tail.torn = {torn.size() + (tail.line_ended ? 0 : 1), hash.finish()};
  return tail;
}

Loaded<uint64_t> first_sequence(int descriptor, const std::string& path) {
  std::string bytes, block(kBlock, '\0');
  size_t begin = 0, scanned = 0;
  while (bytes.size() <= 2 * kMostTorn) {
    const ssize_t got = ::pread(descriptor, block.data(), block.size(), static_cast<off_t>(bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    bytes.append(block.data(), static_cast<size_t>(got));
    for (size_t end; (end = bytes.find('\n', scanned)) != std::string::npos; begin = scanned = end + 1)
      if (Frame frame; parse_frame(std::string_view(bytes).substr(begin, end - begin), frame)) return frame.sequence;
    scanned = bytes.size();
  }
  return no_log(path);
}

}  // namespace guardvm::log
