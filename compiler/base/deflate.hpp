// Compression of texts, in zlib's format (RFC 1950), by zlib.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace guard {

// The same bytes for the same text wherever the same version of zlib is.
[[nodiscard]] std::string deflate(std::string_view text);
// The text; `size` is how long it has to be. Failure: the bytes are hostile, or not whole. COST: O(size), which the
// caller bounds.
[[nodiscard]] Result<std::string> inflate(std::string_view bytes, size_t size);

}  // namespace guard
