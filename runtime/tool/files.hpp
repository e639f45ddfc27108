// Bytes in and out of the process: whole files, lines of a stream, and a buffered standard output. Plain POSIX reads
// and writes: iostreams would double the start-up time.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "guardvm/error.hpp"

namespace guardvm::tool {

// A file descriptor to read from; "-" is standard input, which is not closed.
class Input {
 public:
  static Loaded<Input> open(const std::string& path);
  Input(Input&& other) noexcept : descriptor_(other.descriptor_), size_(other.size_) { other.descriptor_ = -1; }
  Input& operator=(Input&&) = delete;
  ~Input();

  // At most `limit` bytes to the end of the input. Failure: the reason.
  Loaded<std::string> all(size_t limit);
  // Appends up to `want` bytes to `out`; gives how many, 0 at the end, -1 on failure (errno says why).
  long more(std::string& out, size_t want);
  [[nodiscard]] size_t size() const { return size_; }  // of a regular file, else 0

 private:
  Input(int descriptor, size_t size) : descriptor_(descriptor), size_(size) {}
  int descriptor_;
  size_t size_;
};

// The lines of an input, one at a time, without their line ends. A line longer than `limit` is cut to `limit` + 1
// bytes, which the reader refuses as too large; so memory stays bounded whatever comes.
class Lines {
 public:
  Lines(Input& input, size_t limit) : input_(input), limit_(limit) {}
  // The next line, valid until the next call; false at the end or on failure.
  bool next(std::string_view& line);
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] size_t consumed() const { return consumed_; }  // bytes read from the input

 private:
  bool fill();
  bool skip_rest_of_line();
  Input& input_;
  size_t limit_;
  std::string buffer_;
  size_t begin_ = 0;    // first byte of the next line
  size_t scanned_ = 0;  // no line end in [begin_, scanned_)
  size_t consumed_ = 0;
  bool end_ = false, failed_ = false;
};

// Standard output, buffered; `ok` turns false when a write fails and stays so.
class Output {
 public:
  ~Output() { flush(); }
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void flush_when_full();
  bool flush();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string buffer_;
  bool ok_ = true;
};

}  // namespace guardvm::tool
