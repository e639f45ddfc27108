// Constants as text; see values.hpp.
#include "codegen/values.hpp"

#include <utility>

namespace guard::codegen {

std::string json_string(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += c == '\n'   ? "\\n"
             : c == '\t' ? "\\t"
             : c == '\r' ? "\\r"
                         : std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string decimal_text(int64_t number, uint32_t scale) {
  const bool negative = number < 0;
  std::string digits = std::to_string(negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number));
  if (scale > 0) {
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  return (negative ? "-" : "") + digits;
}

std::string duration_text(int64_t ns) {
  constexpr std::pair<int64_t, const char*> kUnits[] = {{86'400'000'000'000, "d"},
                                                        {3'600'000'000'000, "h"},
                                                        {60'000'000'000, "m"},
                                                        {1'000'000'000, "s"},
                                                        {1'000'000, "ms"},
                                                        {1'000, "us"},
                                                        {1, "ns"}};
  if (ns == 0) return "0s";
  std::string out = ns < 0 ? "-" : "";
  uint64_t left = ns < 0 ? 0 - static_cast<uint64_t>(ns) : static_cast<uint64_t>(ns);
  for (const auto& [size, unit] : kUnits) {
    const auto size_ns = static_cast<uint64_t>(size);
    if (left >= size_ns) out += std::to_string(left / size_ns) + unit;
    left %= size_ns;
  }
  return out;
}

}  // namespace guard::codegen
