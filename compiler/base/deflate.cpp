// Compression by zlib; the only file that sees it.
#include "base/deflate.hpp"

#include <zlib.h>

namespace guard {
namespace {

constexpr int kLevel = 3;  // Excerpts are short lines that repeat each other: higher levels gain a few percent.

const Bytef* data_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

}  // namespace

std::string deflate(std::string_view text) {
  std::string bytes(compressBound(text.size()), '\0');
  uLongf size = bytes.size();
  const int status = compress2(reinterpret_cast<Bytef*>(bytes.data()), &size, data_of(text), text.size(), kLevel);
  GUARD_CHECK(status == Z_OK, "zlib does not compress");
  bytes.resize(size);
  return bytes;
}

Result<std::string> inflate(std::string_view bytes, size_t size) {
  std::string text(size, '\0');
  uLongf inflated = size;
  const int status = uncompress(reinterpret_cast<Bytef*>(text.data()), &inflated, data_of(bytes), bytes.size());
  if (status != Z_OK || inflated != size) return Failure{"the compressed text is damaged"};
  return text;
}

}  // namespace guard
