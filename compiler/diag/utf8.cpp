// UTF-8 decoding and encoding after RFC 3629; display widths after the East Asian wide blocks of Unicode.
#include "diag/utf8.hpp"

namespace guard::utf8 {

namespace {

uint32_t byte(std::string_view text, size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; }

bool in(char32_t code, char32_t low, char32_t high) { return code >= low && code <= high; }

}  // namespace

Decoded decode(std::string_view text, size_t at) {
  const uint32_t first = byte(text, at);
  if (first < 0x80) return {static_cast<char32_t>(first), 1, true};
  uint32_t bytes = 0;
  char32_t code = 0, lowest = 0;
  if ((first & 0xE0u) == 0xC0u) {
    bytes = 2, code = first & 0x1Fu, lowest = 0x80;
  } else if ((first & 0xF0u) == 0xE0u) {
    bytes = 3, code = first & 0x0Fu, lowest = 0x800;
  } else if ((first & 0xF8u) == 0xF0u) {
    bytes = 4, code = first & 0x07u, lowest = 0x10000;
  } else {
    return {};
  }
  for (uint32_t i = 1; i < bytes; ++i) {
    const uint32_t next = byte(text, at + i);
    if ((next & 0xC0u) != 0x80u) return {};
    code = (code << 6u) | (next & 0x3Fu);
  }
  if (code < lowest || code > 0x10FFFF || in(code, 0xD800, 0xDFFF)) return {};
  return {code, bytes, true};
}

void append(std::string& out, char32_t code) {
  const auto put = [&out](char32_t bits) { out.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
  const auto tail = [&put](char32_t bits) { put(0x80u | (bits & 0x3Fu)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0u | (code >> 6u)), tail(code);
  } else if (code < 0x10000) {
    put(0xE0u | (code >> 12u)), tail(code >> 6u), tail(code);
  } else {
    put(0xF0u | (code >> 18u)), tail(code >> 12u), tail(code >> 6u), tail(code);
  }
}

size_t find_invalid(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (byte(text, at) < 0x80) {
      ++at;
      continue;
    }
    const Decoded next = decode(text, at);
    if (!next.valid) return at;
    at += next.bytes;
  }
  return std::string_view::npos;
}

bool is_direction_control(char32_t code) { return in(code, 0x202A, 0x202E) || in(code, 0x2066, 0x2069); }

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    at += next.bytes;
    const bool control = (next.code < 0x20 && next.code != '\t' && next.code != '\n') || in(next.code, 0x7F, 0x9F);
    append(out, control || is_direction_control(next.code) ? kReplacement : next.code);
  }
  return out;
}

uint32_t width(char32_t code) {
  if (in(code, 0x300, 0x36F) || in(code, 0x200B, 0x200F) || in(code, 0xFE00, 0xFE0F)) return 0;
  const bool wide = in(code, 0x1100, 0x115F) || in(code, 0x2E80, 0xA4CF) || in(code, 0xAC00, 0xD7A3) ||
                    in(code, 0xF900, 0xFAFF) || in(code, 0xFE30, 0xFE6F) || in(code, 0xFF00, 0xFF60) ||
                    in(code, 0xFFE0, 0xFFE6) || in(code, 0x1F300, 0x1FAFF) || in(code, 0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace guard::utf8
