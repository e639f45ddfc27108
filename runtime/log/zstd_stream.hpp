// Compressing and decompressing piece by piece, on libzstd.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace guardvm::log {

inline constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// The frames of a file, decompressed as they are asked for.
class Decompressor {
 public:
  Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;
  ~Decompressor();
  // Takes bytes from the front of `in` and appends what they hold to `out`, at most `most` bytes; what is left of both
  // is for the next call, also when `in` is empty by then. False: it is no zstd data, or damaged.
  bool feed(std::string_view& in, std::string& out, size_t most);
  [[nodiscard]] bool at_frame_end() const { return at_frame_end_; }  // else the data was cut short

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  bool at_frame_end_ = true;
};

// One frame at level 3, with a checksum.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  // False: out of memory. `last` ends the frame.
  bool feed(std::string_view in, bool last, std::string& out);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace guardvm::log
