// See segments.hpp.
#include "log/segments.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "log/files.hpp"
#include "log/zstd_stream.hpp"
#include "read/json_value.hpp"

namespace guardvm::log {

namespace {

constexpr size_t kSequenceDigits = 12;
constexpr size_t kPiece = size_t{1} << 20;
constexpr std::string_view kCompressed = ".zst";

// The sequence in `.000000000012` or `.000000000012.zst`.
std::optional<Segment> parse_suffix(std::string_view suffix) {
  Segment segment;
  if (suffix.ends_with(kCompressed)) {
    segment.compressed = true;
    suffix.remove_suffix(kCompressed.size());
  }
  if (suffix.size() < kSequenceDigits + 1 || suffix.size() > 20 || suffix[0] != '.') return std::nullopt;
  for (const char c : suffix.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    segment.first_sequence = segment.first_sequence * 10 + static_cast<uint64_t>(c - '0');
  }
  return segment;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_ino == b.st_ino && a.st_dev == b.st_dev; }

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Calls `use` with one piece after another of a file, decompressed when `compressed`. False: errno, or damaged
// (EILSEQ).
template <typename Use>
bool read_pieces(int descriptor, bool compressed, Use use) {
  Decompressor decompressor;
  std::string in(kPiece, '\0'), out;
  while (true) {
    const ssize_t got = ::read(descriptor, in.data(), in.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    std::string_view piece(in.data(), static_cast<size_t>(got));
    if (!compressed) {
      if (!use(piece)) return false;
      continue;
    }
    do {
      out.clear();
      errno = EILSEQ;
      if (!decompressor.feed(piece, out, kPiece)) return false;
      if (!use(std::string_view(out))) return false;
    } while (!piece.empty() || out.size() == kPiece);
  }
  errno = EILSEQ;
  return decompressor.at_frame_end();
}

}  // namespace

std::string closed_name(const std::string& log, uint64_t first_sequence) {
  const std::string digits = std::to_string(first_sequence);
  return log + '.' + std::string(kSequenceDigits - std::min(kSequenceDigits, digits.size()), '0') + digits;
}

std::string log_of(const std::string& path) {
  std::string_view name = path;
  if (name.ends_with(kCompressed)) name.remove_suffix(kCompressed.size());
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || !parse_suffix(name.substr(dot))) return path;
  return std::string(name.substr(0, dot));
}

Loaded<std::vector<Segment>> closed_segments(const std::string& log) {
  const size_t slash = log.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : log.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? log : log.substr(slash + 1);
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (!open) return io_error("read the folder", folder);
  std::vector<Segment> found;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view file = entry->d_name;
    if (!file.starts_with(name)) continue;
    if (std::optional<Segment> segment = parse_suffix(file.substr(name.size()))) {
      segment->path = log.substr(0, slash == std::string::npos ? 0 : slash + 1) + std::string(file);
      found.push_back(std::move(*segment));
    }
  }
  std::sort(found.begin(), found.end(), [](const Segment& a, const Segment& b) {
    return std::pair(a.first_sequence, a.compressed) < std::pair(b.first_sequence, b.compressed);
  });
  const auto same = [](const Segment& a, const Segment& b) { return a.first_sequence == b.first_sequence; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

Loaded<Log> log_named(const std::string& name) {
  while (true) {
    LogFile open{name, Descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), 0};
    struct stat ours {
    }, other{};
    if (open.open.open()) {
      // Under the lock nothing is half written, and no file is being closed.
      if (::flock(open.open.number(), LOCK_SH) != 0) return io_error("lock the decision log", name);
      if (::fstat(open.open.number(), &ours) != 0) return io_error("read", name);
      if (::stat(name.c_str(), &other) != 0 || !same_file(ours, other)) continue;
      open.bytes = static_cast<uint64_t>(ours.st_size);
    } else if (errno != ENOENT) {
      return io_error("read the decision log", name);
    }
    const Loaded<std::vector<Segment>> closed = closed_segments(name);
    if (open.open.open()) ::flock(open.open.number(), LOCK_UN);
    if (!closed.ok()) return closed.error();
    Log log{name, {}};
    for (const Segment& segment : closed.value()) {
      // Closing it was cut short: it has both names.
      const bool both = open.open.open() && ::stat(segment.path.c_str(), &other) == 0 && same_file(ours, other);
      if (!both) log.files.push_back({segment.path, {}, 0});
    }
    if (open.open.open()) log.files.push_back(std::move(open));
    return log;
  }
}

Loaded<std::vector<Log>> logs_named(const std::vector<std::string>& names) {
  std::vector<Log> logs;
  std::vector<bool> whole;
  for (const std::string& name : names) {
    const std::string log = log_of(name);
    const auto same = std::find_if(logs.begin(), logs.end(), [&log](const Log& each) { return each.name == log; });
    const auto at = static_cast<size_t>(same - logs.begin());
    if (same == logs.end()) {
      logs.push_back({log, {}});
      whole.push_back(false);
    }
    if (log == name)
      whole[at] = true;
    else
      logs[at].files.push_back({name, {}, 0});
  }
  for (size_t i = 0; i < logs.size(); ++i) {
    const size_t name_size = logs[i].name.size();
    const auto sequence = [name_size](const LogFile& file) {
      return parse_suffix(std::string_view(file.path).substr(name_size))->first_sequence;
    };
    std::sort(logs[i].files.begin(), logs[i].files.end(),
              [&](const LogFile& a, const LogFile& b) { return sequence(a) < sequence(b); });
    if (!whole[i]) continue;
    Loaded<Log> log = log_named(logs[i].name);
    if (!log.ok()) return log.error();
    if (log.value().files.empty()) {
      errno = ENOENT;
      return io_error("read the decision log", logs[i].name);
    }
    logs[i] = std::move(log.value());
  }
  return logs;
}

Loaded<Tail> tail_of(const Segment& segment) {
  const Descriptor descriptor(::open(segment.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!descriptor.open() || ::fstat(descriptor.number(), &status) != 0) return io_error("read", segment.path);
  if (!segment.compressed) return read_tail(descriptor.number(), static_cast<uint64_t>(status.st_size), segment.path);
  // A file of its own for the last line: a compressed file is not torn, it was compared before it took its place.
  std::string last;
  const bool read = read_pieces(descriptor.number(), true, [&last](std::string_view piece) {
    last += piece;
    if (last.size() < 2) return true;
    const size_t begin = last.rfind('\n', last.size() - 2);
    if (begin != std::string::npos) last.erase(0, begin + 1);
    return true;
  });
  if (!read) return io_error("decompress", segment.path);
  Tail tail;
  Frame frame;
  if (last.empty() || last.back() != '\n' || !parse_frame({last.data(), last.size() - 1}, frame) || !frame.holds())
    return LoadError{"`" + segment.path + "` does not end in a record: `guardvm log verify` says more"};
  tail.any = true;
  tail.head = {frame.sequence, std::string(frame.hash)};
  last.append(32, '\0');
  tail.last_time = JsonValue::at(last.data()).member("time").plain_text();
  return tail;
}

Loaded<bool> compress_segment(const std::string& path) {
  const Descriptor plain(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!plain.open() && errno == ENOENT) return true;  // another process was faster
  if (!plain.open()) return io_error("read", path);
  if (::flock(plain.number(), LOCK_EX | LOCK_NB) != 0) return true;
  struct stat status {};
  if (::fstat(plain.number(), &status) != 0) return io_error("read", path);
  const std::string target = path + std::string(kCompressed), fresh = target + ".new";
  ::unlink(fresh.c_str());
  const Descriptor out(
      ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(status.st_mode & 0777)));
  if (!out.open()) return io_error("write", fresh);
  Sha256 before, after;
  Compressor compressor;
  std::string frame;
  const auto compress = [&](std::string_view piece, bool last) {
    frame.clear();
    errno = ENOMEM;
    return compressor.feed(piece, last, frame) && write_all(out.number(), frame);
  };
  bool good = read_pieces(plain.number(), false, [&](std::string_view piece) {
    before.update(piece);
    return compress(piece, false);
  });
  good = good && compress({}, true) && ::fsync(out.number()) == 0 && ::lseek(out.number(), 0, SEEK_SET) == 0 &&
         read_pieces(out.number(), true, [&after](std::string_view piece) {
           after.update(piece);
           return true;
         });
  if (good && before.finish() != after.finish()) {
    errno = EILSEQ;
    good = false;
  }
  good = good && ::rename(fresh.c_str(), target.c_str()) == 0 && sync_folder_of(path) && ::unlink(path.c_str()) == 0;
  if (good) return true;
  LoadError error = io_error("compress", path, ": it stays as it is");
  ::unlink(fresh.c_str());
  return error;
}

}  // namespace guardvm::log
