// Text in columns, for reports that people read in a terminal.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace guardvm {

[[nodiscard]] inline std::string right(uint64_t number, size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), ' ') + digits;
}

inline void pad_to(std::string& out, std::string_view text, size_t width) {
  out += text;
  out.append(text.size() < width ? width - text.size() : 1, ' ');
}

// Control characters of a value would move what follows.
inline void append_plain(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

}  // namespace guardvm
