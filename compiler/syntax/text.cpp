// Escapes of string literals: \" \\ \n \t \r \u{HEX}.
#include "syntax/text.hpp"

#include "diag/utf8.hpp"

namespace guard::syntax {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads `{HEX}` at `at`; gives the number of bytes read, or 0 when it is no code point.
size_t read_code_point(std::string_view text, size_t at, char32_t& code) {
  if (at >= text.size() || text[at] != '{') return 0;
  code = 0;
  size_t digits = 0;
  for (size_t i = at + 1; i < text.size() && digits <= 6; ++i, ++digits) {
    if (text[i] == '}') {
      const bool scalar = digits > 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
      return scalar ? i + 1 - at : 0;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return 0;
    code = code * 16 + static_cast<char32_t>(digit);
  }
  return 0;
}

bool invisible(char32_t code) {
  const auto in = [code](char32_t low, char32_t high) { return code >= low && code <= high; };
  return in(0, 0x1F) || in(0x7F, 0x9F) || code == 0xAD || in(0x200B, 0x200F) || in(0x2028, 0x202E) ||
         in(0x2060, 0x206F) || code == 0xFEFF;
}

}  // namespace

Unescaped unescape(std::string_view spelling) {
  Unescaped out;
  out.value.reserve(spelling.size());
  for (size_t at = 0; at < spelling.size();) {
    if (spelling[at] != '\\') {
      out.value += spelling[at++];
      continue;
    }
    const auto fault = [&](size_t bytes, std::string message) {
      out.faults.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + bytes), std::move(message)});
      at += bytes;
    };
    if (at + 1 == spelling.size()) {
      fault(1, "`\\` escapes nothing here");
      continue;
    }
    const size_t plain = std::string_view("\"\\ntr").find(spelling[at + 1]);
    char32_t code = 0;
    if (plain != std::string_view::npos) {
      out.value += "\"\\\n\t\r"[plain];
      at += 2;
    } else if (spelling[at + 1] != 'u') {
      const size_t bytes = 1 + utf8::decode(spelling, at + 1).bytes;
      fault(bytes, "`" + utf8::printable(spelling.substr(at, bytes)) + "` is no escape");
    } else if (const size_t bytes = read_code_point(spelling, at + 2, code); bytes > 0) {
      utf8::append(out.value, code);
      at += 2 + bytes;
    } else {
      fault(2, "`\\u` must be followed by a code point, as in `\\u{E9}`");
    }
  }
  return out;
}

std::string quote(std::string_view value) {
  std::string out = "\"";
  for (size_t at = 0; at < value.size();) {
    const utf8::Decoded next = utf8::decode(value, at);
    const size_t plain = next.bytes == 1 ? std::string_view("\"\\\n\t\r").find(value[at]) : std::string_view::npos;
    if (plain != std::string_view::npos) {
      out += {'\\', "\"\\ntr"[plain]};
    } else if (next.valid && invisible(next.code)) {
      std::string digits;
      for (char32_t rest = next.code; digits.empty() || rest > 0; rest >>= 4u) {
        digits.insert(digits.begin(), "0123456789ABCDEF"[rest & 15u]);
      }
      out += "\\u{" + digits + "}";
    } else {
      out += value.substr(at, next.bytes);
    }
    at += next.bytes;
  }
  return out + "\"";
}

}  // namespace guard::syntax
