// UTF-8 as needed to check and to show source text: decode one code point, find the first fault, make text printable.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace guard::utf8 {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t code = kReplacement;
  uint32_t bytes = 1;  // how many bytes it takes; 1 when they are no UTF-8
  bool valid = false;
};
// The code point at text[at]; REQUIRES: at < text.size(). Refuses overlong forms, surrogates and values past U+10FFFF.
[[nodiscard]] Decoded decode(std::string_view text, size_t at);
void append(std::string& out, char32_t code);

// The offset of the first byte that is not UTF-8, or npos.
[[nodiscard]] size_t find_invalid(std::string_view text);

// Characters that change the direction of the text around them, so that it reads differently from what it says.
[[nodiscard]] bool is_direction_control(char32_t code);

// Text that is safe to show: invalid bytes, control characters (but tab and newline) and direction controls become
// U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

// Terminal columns of one code point: 0, 1 or 2.
[[nodiscard]] uint32_t width(char32_t code);

}  // namespace guard::utf8
