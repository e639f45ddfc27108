// Primitives over JSON text that is followed by a NUL and more readable bytes: the reader's own copy
// (string_index.hpp).
//
// The NUL ends every loop here, since it fits nowhere in JSON; so nothing checks for the end byte by byte. On x86-64,
// 16 bytes are looked at in one step (SSE2, part of the architecture's baseline); elsewhere, one.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#include "read/plan.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace guardvm::scan {

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }
inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

inline const char* skip_space(const char* p) {
  while (is_space(*p)) ++p;
  return p;
}

// The first `"`, `\`, control character or byte outside ASCII at or after p.
inline const char* find_special(const char* p) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
  while (true) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed: bytes outside ASCII are negative, so one comparison finds them and the control characters.
    const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmplt_epi8(bytes, space));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return p + __builtin_ctz(mask);
    p += 16;
  }
#else
  while (*p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20 && static_cast<unsigned char>(*p) < 0x80)
    ++p;
  return p;
#endif
}

// Whether the text goes on with the 16 bytes, as far as the mask says.
inline bool starts_with(const char* p, const char* quoted, uint32_t mask) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i wanted = _mm_loadu_si128(reinterpret_cast<const __m128i*>(quoted));
  return (static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted))) & mask) == mask;
#else
  if (mask == QuotedWord::kNever) return false;
  return std::memcmp(p, quoted, 32 - static_cast<size_t>(__builtin_clz(mask))) == 0;
#endif
}
inline bool starts_with(const char* p, const QuotedWord& word) { return starts_with(p, word.quoted, word.mask); }

// The word of a list that the text goes on with, found by its perfect hash; null when there is none or the list has no
// such hash.
inline const QuotedWord* match_word(const char* p, const WordList& list) {
  uint64_t bytes;
  std::memcpy(&bytes, p + 1, 8);
  const QuotedWord& word = list.words[list.table[((bytes & list.byte_mask) * list.multiplier) >> 58]];
  return list.byte_mask != 0 && starts_with(p, word) ? &word : nullptr;
}

// The length of the UTF-8 sequence at p, 2 to 4, or 0: not UTF-8 (RFC 3629: nothing overlong, no surrogates, at most
// U+10FFFF).
inline unsigned utf8_sequence(const char* p) {
  const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const auto continues = [&byte](int i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (!continues(1)) return 0;
  if (lead < 0xe0) return 2;
  if (!continues(2)) return 0;
  const unsigned second = byte(1);
  if (lead < 0xf0) return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ? 0 : 3;
  if (!continues(3)) return 0;
  return (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f) ? 0 : 4;
}

// Whether a number or word that ends at `p` goes on ("01x", "nullx"): then it is no JSON value at all. The NUL behind
// the record ends it as well.
inline bool goes_on(const char* p) {
  return *p != ' ' && *p != '\t' && *p != '\r' && *p != '\n' && *p != ',' && *p != ']' && *p != '}' && *p != '\0';
}

// The end of the JSON number at p, or null with `bad` at the byte that does not fit.
inline const char* skip_number(const char* p, const char*& bad) {
  const auto digits = [&p, &bad] {
    if (!is_digit(*p)) {
      bad = p;
      return false;
    }
    while (is_digit(*p)) ++p;
    return true;
  };
  if (*p == '-') ++p;
  if (*p == '0')
    ++p;
  else if (!digits())
    return nullptr;
  if (*p == '.') {
    ++p;
    if (!digits()) return nullptr;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    if (!digits()) return nullptr;
  }
  if (is_digit(*p)) {  // after a leading zero
    bad = p;
    return nullptr;
  }
  return p;
}

// The 4 hexadecimal digits at p, or -1.
inline int hex4(const char* p) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = p[i];
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// The timestamp of exactly the form "2026-03-02T09:30:00Z", with its quotes, in seconds since 1970. kNoTimestamp:
// another form, or not between 1678 and 2261; then parse_timestamp decides.
inline constexpr int64_t kNoTimestamp = INT64_MIN;
int64_t timestamp20(const char* p);

}  // namespace guardvm::scan
