// See files.hpp.
#include "tool/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#ifdef GUARDVM_HAS_LOG
#include "log/zstd_stream.hpp"
#endif

namespace guardvm::tool {

namespace {

constexpr size_t kChunkBytes = size_t{256} << 10;
constexpr size_t kFirstBytes = 4096;

std::string reason(const std::string& path) { return "cannot read `" + path + "`: " + std::strerror(errno); }

}  // namespace

Loaded<Input> Input::open(const std::string& path) {
  if (path == "-") return Input(STDIN_FILENO, 0);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return LoadError{reason(path)};
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || S_ISDIR(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) errno = EISDIR;
    LoadError error{reason(path)};
    ::close(descriptor);
    return error;
  }
  return Input(descriptor, S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0);
}

#ifdef GUARDVM_HAS_LOG
struct Input::Compressed {
  log::Decompressor decompressor;
  std::string bytes;
  std::string_view left;  // of `bytes`
};
#else
struct Input::Compressed {};
#endif

Input::Input(int descriptor, size_t size) : descriptor_(descriptor), size_(size) {}
Input::Input(Input&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      left_(other.left_),
      owned_(other.owned_),
      started_(other.started_),
      compressed_(std::move(other.compressed_)) {}
Input::~Input() {
  if (descriptor_ > STDIN_FILENO && owned_) ::close(descriptor_);
}

Input Input::borrow(int descriptor, size_t bytes) {
  Input input(descriptor, bytes);
  input.left_ = bytes;
  input.owned_ = false;
  return input;
}

long Input::read(std::string& out, size_t want) {
  const size_t before = out.size();
  want = std::min(want, left_);
  if (want == 0) return 0;
  out.resize(before + want);
  ssize_t got = -1;
  do {
    got = ::read(descriptor_, out.data() + before, want);
  } while (got < 0 && errno == EINTR);
  out.resize(before + (got > 0 ? static_cast<size_t>(got) : 0));
  if (got > 0 && left_ != SIZE_MAX) left_ -= static_cast<size_t>(got);
  return got;
}

#ifdef GUARDVM_HAS_LOG
long Input::more(std::string& out, size_t want) {
  if (compressed_) return decompress(out, want);
  if (started_) return read(out, want);
  started_ = true;
  // The first bytes tell whether the input is compressed.
  const size_t before = out.size();
  while (out.size() - before < log::kZstdMagic.size()) {
    const long got = read(out, want);
    if (got < 0) return got;
    if (got == 0) break;
  }
  if (!std::string_view(out).substr(before).starts_with(log::kZstdMagic)) return static_cast<long>(out.size() - before);
  size_ = 0;
  compressed_ = std::make_unique<Compressed>();
  compressed_->bytes = out.substr(before);
  compressed_->left = compressed_->bytes;
  out.resize(before);
  return decompress(out, want);
}

long Input::decompress(std::string& out, size_t want) {
  Compressed& self = *compressed_;
  const size_t before = out.size();
  while (true) {
    const bool good = self.decompressor.feed(self.left, out, want);
    if (out.size() > before) return static_cast<long>(out.size() - before);
    errno = EBADMSG;
    if (!good) return -1;
    if (!self.left.empty()) continue;
    self.bytes.clear();
    const long got = read(self.bytes, kChunkBytes);
    self.left = self.bytes;
    if (got < 0) return -1;
    if (got == 0) {
      errno = EBADMSG;
      return self.decompressor.at_frame_end() ? 0 : -1;
    }
  }
}
#else
long Input::more(std::string& out, size_t want) { return read(out, want); }
#endif

Loaded<std::string> Input::all(size_t limit) {
  std::string text;
  size_t chunk = size_ > 0 ? size_ + 1 : kFirstBytes;  // A small record costs few pages.
  while (text.size() < limit) {
    const long got = more(text, std::min(chunk, limit - text.size()));
    chunk = std::clamp(text.size(), kFirstBytes, kChunkBytes);
    if (got < 0) return LoadError{std::string("cannot read the action: ") + std::strerror(errno)};
    if (got == 0) break;
  }
  return text;
}

bool Lines::fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
  }
  const long got = input_.more(buffer_, kChunkBytes);
  if (got > 0) consumed_ += static_cast<size_t>(got);
  if (got <= 0) end_ = true;
  if (got < 0) failed_ = true;
  return got > 0;
}

// The line at begin_ is longer than the limit: keeps its first bytes and drops the rest up to its line end.
bool Lines::skip_rest_of_line() {
  const size_t keep = begin_ + limit_ + 1;
  while (true) {
    const size_t found = buffer_.find('\n', keep);
    if (found != std::string::npos) {
      buffer_.erase(keep, found - keep);
      return true;
    }
    buffer_.resize(keep);
    const long got = input_.more(buffer_, kChunkBytes);
    if (got > 0) consumed_ += static_cast<size_t>(got);
    if (got <= 0) {
      end_ = true;
      failed_ = got < 0;
      return false;
    }
  }
}

bool Lines::next(std::string_view& line) {
  while (true) {
    const char* from = buffer_.data() + scanned_;
    const auto* found = static_cast<const char*>(std::memchr(from, '\n', buffer_.size() - scanned_));
    if (found != nullptr) {
      const auto end = static_cast<size_t>(found - buffer_.data());
      line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = scanned_ = end + 1;
      ended_ = true;
      return true;
    }
    scanned_ = buffer_.size();
    if (scanned_ - begin_ > limit_ && !end_ && skip_rest_of_line()) {
      scanned_ = begin_ + limit_ + 1;
      continue;
    }
    if (!end_ && fill()) continue;
    if (failed_ || begin_ == buffer_.size()) return false;
    line = std::string_view(buffer_).substr(begin_);  // the last line has no line end
    begin_ = scanned_ = buffer_.size();
    ended_ = false;
    return true;
  }
}

void Output::flush_when_full() {
  if (buffer_.size() >= kChunkBytes) flush();
}

bool Output::flush() {
  size_t done = 0;
  while (ok_ && done < buffer_.size()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, buffer_.data() + done, buffer_.size() - done);
    if (wrote > 0) done += static_cast<size_t>(wrote);
    if (wrote < 0 && errno != EINTR) ok_ = false;
  }
  buffer_.clear();
  return ok_;
}

}  // namespace guardvm::tool
