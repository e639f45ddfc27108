// Bytes in and out of the process: whole files, lines of a stream, and a buffered standard output. Plain POSIX reads
// and writes: iostreams would double the start-up time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "guardvm/error.hpp"

namespace guardvm::tool {

// A file to read from; "-" is standard input, which is not closed. One that is compressed (zstd) is read as what it
// holds, when this build has the decision log, whose closed files are.
class Input {
 public:
  static Loaded<Input> open(const std::string& path);
  // The first `bytes` bytes of a descriptor, which stays the caller's.
  static Input borrow(int descriptor, size_t bytes);
  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  ~Input();

  // At most `limit` bytes to the end of the input. Failure: the reason.
  Loaded<std::string> all(size_t limit);
  // Appends up to `want` bytes to `out`; gives how many, 0 at the end, -1 on failure (errno says why; EBADMSG: what is
  // compressed is damaged).
  long more(std::string& out, size_t want);
  [[nodiscard]] size_t size() const { return size_; }  // of a regular file that is not compressed, else 0

 private:
  Input(int descriptor, size_t size);
  long read(std::string& out, size_t want);
  long decompress(std::string& out, size_t want);
  struct Compressed;
  int descriptor_;
  size_t size_;
  size_t left_ = SIZE_MAX;  // to read
  bool owned_ = true;
  [[maybe_unused]] bool started_ = false;
  std::unique_ptr<Compressed> compressed_;
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
  [[nodiscard]] bool ended() const { return ended_; }          // whether the last line had a line end

 private:
  bool fill();
  bool skip_rest_of_line();
  Input& input_;
  size_t limit_;
  std::string buffer_;
  size_t begin_ = 0;    // first byte of the next line
  size_t scanned_ = 0;  // no line end in [begin_, scanned_)
  size_t consumed_ = 0;
  bool end_ = false, failed_ = false, ended_ = true;
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
