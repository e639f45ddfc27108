// See writer.hpp. LOG.md, "Appending", gives the steps and why a crash between any two of them does no harm.
#include "log/writer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "log/files.hpp"
#include "log/key.hpp"
#include "log/record.hpp"
#include "log/segments.hpp"
#include "log/tail.hpp"
#include "read/values.hpp"

namespace guardvm::log {

namespace {

constexpr mode_t kLogMode = 0640;
constexpr size_t kDayCharacters = 10;  // 2026-03-02

// Gives the lock of the file back at its end: that of whatever file is open then, since a rotation passes it on.
class Lock {
 public:
  explicit Lock(const Descriptor& file) : file_(&file) {}
  Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    if (file_ != nullptr && file_->open()) ::flock(file_->number(), LOCK_UN);
  }

 private:
  const Descriptor* file_;
};

std::string day_of(int64_t time_ns) {
  std::string text;
  append_timestamp(text, time_ns);
  return text.substr(0, kDayCharacters);
}

}  // namespace

struct Writer::Impl final : KeySource {
  Impl(std::string log, Options given) : path(std::move(log)), options(std::move(given)) {}

  std::string path;
  Options options;
  Descriptor file;
  uint64_t known_size = 0;  // of the file when this writer last wrote to it; 0: not yet
  Tail tail;                // its end then
  std::optional<Key> key_;
  std::optional<LoadError> broken;  // a sync failed: what is on disk is not known
  RecordWriter records;
  std::string line;

  Loaded<const Key*> key() override;
  Loaded<bool> open();
  Loaded<Lock> lock();
  Loaded<uint64_t> find_end();
  [[nodiscard]] bool must_rotate(uint64_t size, int64_t time_ns) const;
  Loaded<bool> write_line(uint64_t size);
  Loaded<std::string> rotate();
};

Loaded<const Key*> Writer::Impl::key() {
  if (key_) return &*key_;
  const bool own = options.key_file.empty();
  const std::string name = own ? path + ".key" : options.key_file;
  struct stat status {};
  // The log is locked, so no other process makes it at the same time.
  const bool make = own && ::lstat(name.c_str(), &status) != 0 && errno == ENOENT;
  const Loaded<Key> found = make ? make_key(name) : read_key(name);
  if (!found.ok()) return LoadError{"no key for the digests of sensitive values: " + found.error().message};
  key_ = found.value();
  return &*key_;
}

Loaded<bool> Writer::Impl::open() {
  file = Descriptor(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, kLogMode));
  if (!file.open()) return io_error("open the decision log", path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return io_error("open the decision log", path);
  if (!S_ISREG(status.st_mode)) return LoadError{"the decision log `" + path + "` is not a regular file"};
  known_size = 0;
  tail = {};
  return true;
}

// Locks the file that has the log's name now: another process may have put a new one there.
Loaded<Lock> Writer::Impl::lock() {
  while (true) {
    if (!file.open())
      if (Loaded<bool> opened = open(); !opened.ok()) return opened.error();
    int locked = -1;
    do {
      locked = ::flock(file.number(), LOCK_EX);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0) return io_error("lock the decision log", path);
    Lock held(file);
    struct stat ours {
    }, named{};
    if (::fstat(file.number(), &ours) != 0) return io_error("open the decision log", path);
    if (::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) return held;
    file.close();
  }
}

// Brings `tail` up to date; gives the size of the file.
Loaded<uint64_t> Writer::Impl::find_end() {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return io_error("read", path);
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size == known_size && size != 0) return size;
  Loaded<Tail> found = read_tail(file.number(), size, path);
  if (!found.ok()) return found.error();
  tail = std::move(found.value());
  if (tail.any) return size;
  // A new file goes on from the last closed one, if there is one.
  const Loaded<std::vector<Segment>> closed = closed_segments(path);
  if (!closed.ok()) return closed.error();
  if (closed.value().empty()) return size;
  const Loaded<Tail> last = tail_of(closed.value().back());
  if (!last.ok()) return last.error();
  tail.head = last.value().head;
  return size;
}

// A file with a torn end is not closed, nor one that lacks its last line end: what mends it stands behind it.
bool Writer::Impl::must_rotate(uint64_t size, int64_t time_ns) const {
  if (!tail.any || tail.torn.bytes > 0 || !tail.line_ended) return false;
  if (options.rotate_bytes > 0 && size >= options.rotate_bytes) return true;
  return options.rotate_daily && tail.last_time.substr(0, kDayCharacters) < day_of(time_ns);
}

// Appends `line` to the file; on failure takes back what of it was written. The name of an empty file is made safe
// first, so a file that is not empty needs no more than its own sync.
Loaded<bool> Writer::Impl::write_line(uint64_t size) {
  if (size == 0 && !sync_folder_of(path)) return io_error("sync the folder of the decision log", path);
  if (!write_all(file.number(), line)) {
    LoadError error = io_error("write to the decision log", path, ": make room, then run the action again");
    if (::ftruncate(file.number(), static_cast<off_t>(size)) != 0) known_size = 0;
    return error;
  }
  if (::fdatasync(file.number()) != 0) {
    broken = io_error("sync the decision log", path, ": what is on disk is not known");
    return *broken;
  }
  return true;
}

// Gives the log's name to a new, empty file, which is then open and locked; the old one has its closed name from before
// that on. Gives the closed name.
Loaded<std::string> Writer::Impl::rotate() {
  struct stat status {
  }, there{};
  if (::fstat(file.number(), &status) != 0) return io_error("read", path);
  const Loaded<uint64_t> first = first_sequence(file.number(), path);
  if (!first.ok()) return first.error();
  std::string closed = closed_name(path, first.value());
  if (::link(path.c_str(), closed.c_str()) != 0 &&
      (errno != EEXIST || ::stat(closed.c_str(), &there) != 0 || there.st_ino != status.st_ino))
    return io_error("close the decision log as", closed);
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  Descriptor next(::open(fresh.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777));
  const bool good = next.open() && ::flock(next.number(), LOCK_EX) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0;
  if (!good) {
    LoadError error = io_error("make a new file for the decision log", path, ": make room, then run the action again");
    ::unlink(fresh.c_str());
    return error;
  }
  file = std::move(next);
  known_size = 0;
  return closed;
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer::~Writer() = default;

Loaded<Writer> Writer::open(const std::string& path, const Options& options) {
  auto impl = std::make_unique<Impl>(path, options);
  {
    const Loaded<Lock> held = impl->lock();
    if (!held.ok()) return held.error();
    if (const Loaded<uint64_t> end = impl->find_end(); !end.ok()) return end.error();
  }
  return Writer(std::move(impl));
}

Loaded<Appended> Writer::append(const Entry& entry) {
  Impl& self = *impl_;
  if (self.broken) return *self.broken;
  std::array<uint8_t, 16> random{};
  if (!fill_random(random)) return LoadError{"the system gives no random bytes for the record's id"};
  Appended appended;
  appended.id = hex(random);
  std::string closed;
  {
    const Loaded<Lock> held = self.lock();
    if (!held.ok()) return held.error();
    const Loaded<uint64_t> size = self.find_end();
    if (!size.ok()) return size.error();

    std::string& line = self.line;
    line.clear();
    const Loaded<bool> written =
        self.records.append(line, self.tail.head.sequence + 1, appended.id, entry, self.tail.torn, self);
    if (!written.ok()) return written.error();
    const Head head = seal(line, self.tail.head);
    if (!self.tail.line_ended) line.insert(0, 1, '\n');
    line += '\n';

    uint64_t end = size.value();
    if (self.must_rotate(end, entry.time_ns)) {
      Loaded<std::string> rotated = self.rotate();
      if (!rotated.ok()) return rotated.error();
      closed = std::move(rotated.value());
      end = 0;
    }
    if (const Loaded<bool> wrote = self.write_line(end); !wrote.ok()) return wrote.error();
    self.known_size = end + line.size();
    self.tail = {.any = true, .head = head, .last_time = {}, .end = self.known_size, .torn = {}, .line_ended = true};
    append_timestamp(self.tail.last_time, entry.time_ns);
    appended.sequence = head.sequence;
    appended.hash = head.hash;
  }
  // The record is safe; a file that could not be compressed stays as it is.
  if (!closed.empty() && self.options.compress) (void)compress_segment(closed);
  return appended;
}

}  // namespace guardvm::log
