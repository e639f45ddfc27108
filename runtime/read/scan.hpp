// Primitives over JSON text that is followed by a NUL and more readable bytes: the reader's own copy
// (string_index.hpp).
//
// The NUL ends every loop here, since it fits nowhere in JSON; so nothing checks for the end byte by byte. On x86-64,
// 16 bytes are looked at in one step (SSE2, part of the architecture's baseline); elsewhere, one.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "read/plan.hpp"
#include "read/values.hpp"

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

// The same for 32 bytes.
inline bool starts_with_lead(const char* p, const char* lead, uint32_t mask) {
#if defined(__SSE2__)
  const auto equal = [p, lead](int i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    const __m128i wanted = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lead + i));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
  };
  return ((equal(0) | equal(16) << 16) & mask) == mask;
#else
  return mask == 0 || std::memcmp(p, lead, 32 - static_cast<size_t>(__builtin_clz(mask))) == 0;
#endif
}

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

// Up to 8 digits at p: their number, and how many there are.
inline unsigned digits8(const char* p, uint64_t& value) {
  uint64_t bytes;
  std::memcpy(&bytes, p, 8);
  // A byte is a digit when its upper half is 3, also with 6 added; a carry can only come from a byte that is none.
  constexpr uint64_t kUpper = 0xf0f0f0f0f0f0f0f0, kThrees = 0x3030303030303030, kSixes = 0x0606060606060606;
  const uint64_t others = ((bytes & kUpper) ^ kThrees) | (((bytes + kSixes) & kUpper) ^ kThrees);
  const unsigned count = others == 0 ? 8 : static_cast<unsigned>(__builtin_ctzll(others)) / 8;
  if (count == 0) {
    value = 0;
    return 0;
  }
  // Zeros in front of the digits, then pairs, fours and all eight are put together.
  bytes = (bytes - kThrees) << (8 * (8 - count));
  bytes = bytes * 10 + (bytes >> 8);
  constexpr uint64_t kPairs = 0x000000ff000000ff;
  value = ((bytes & kPairs) * 0x000f424000000064 + (bytes >> 16 & kPairs) * 0x0000271000000001) >> 32;
  return count;
}

// The number at p with `scale` decimals, when it has at most 18 digits, with those: its end. Else null. REQUIRES: the
// caller makes sure that it does not go on with `.`, `e` or `E`.
inline const char* quick_number(const char* p, unsigned scale, int64_t& number) {
  const bool negative = *p == '-';
  if (negative) ++p;
  const char* const first = p;
  uint64_t value = 0;
  unsigned digits = digits8(p, value);
  p += digits;
  if (digits == 0 || (*first == '0' && digits > 1)) return nullptr;
  if (digits == 8) [[unlikely]]
    for (; is_digit(*p) && digits <= 18; ++p, ++digits) value = value * 10 + static_cast<uint64_t>(*p - '0');
  if (digits + scale > 18) return nullptr;
  if (*p == '.' && scale > 0 && is_digit(p[1])) {
    for (++p; scale > 0 && is_digit(*p); ++p, --scale) value = value * 10 + static_cast<uint64_t>(*p - '0');
    if (is_digit(*p)) return nullptr;
  }
  for (; scale > 0; --scale) value *= 10;
  number = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return p;
}

// Whether the text is three numbers with dots between them, none with a leading zero, in at most 16 bytes: a version
// for sure, found without a branch for each digit.
inline bool is_plain_version([[maybe_unused]] const char* p, [[maybe_unused]] size_t size) {
#if defined(__SSE2__)
  if (size > 16) return false;
  const auto mask_of = [](__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); };
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const uint32_t all = (uint32_t{1} << size) - 1;
  const uint32_t digits = mask_of(_mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values)) & all;
  const uint32_t zeros = mask_of(_mm_cmpeq_epi8(values, _mm_setzero_si128()));
  const uint32_t dots = mask_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))) & all;
  const uint32_t starts = dots << 1 | 1, second_dot = dots & (dots - 1);
  const bool two_dots = second_dot != 0 && (second_dot & (second_dot - 1)) == 0;
  return two_dots && (digits | dots) == all && (starts & ~digits) == 0 && (starts & zeros & digits >> 1) == 0;
#else
  return false;
#endif
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

// Writes what the escape at p, at its backslash, stands for: 1 to 4 bytes of UTF-8, never more than the escape has.
// Gives the position behind it; null: `bad` is where JSON wants `wanted`.
const char* decode_escape(const char* p, char*& out, const char*& bad, std::string_view& wanted);

// The timestamp of exactly the form "2026-03-02T09:30:00Z", with its quotes, in seconds since 1970. kNoTimestamp:
// another form, or not between 1678 and 2261; then parse_timestamp decides.
inline constexpr int64_t kNoTimestamp = INT64_MIN;
inline constexpr int64_t kFirstYear = 1678, kLastYear = 2261;
// Days from 1970 to the first of January, and whether the year has 366 days, as day * 2 + leap.
extern const std::array<int32_t, kLastYear - kFirstYear + 1> kYears;
// Days before a month of 1..12 and its length; rows of 20, first of a common year, then of a leap year. Others have no
// days.
struct Month {
  int16_t before = 0, days = 0;
};
extern const std::array<Month, 40> kMonths;

inline int64_t timestamp20(const char* p) {
#if defined(__SSE2__)
  // Subtracting the form's characters leaves digits 0..9, and zeros where the separators stand.
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 1));
  const __m128i form = _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0');
  const __m128i most = _mm_setr_epi8(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, 0, 2, 9, 0, 5, 9);
  const __m128i digits = _mm_sub_epi8(text, form);
  if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, most), most)) != 0xffff) return kNoTimestamp;
  uint64_t tail;  // `:ss` `Z` `"`
  std::memcpy(&tail, p + 17, 8);
  constexpr uint64_t kTailMask = 0xffff0000ff, kTail = 0x225a00003a;
  const uint64_t tens = (tail >> 8 & 0xff) - '0', ones = (tail >> 16 & 0xff) - '0';
  if (*p != '"' || (tail & kTailMask) != kTail || tens > 5 || ones > 9) return kNoTimestamp;
  const __m128i zero = _mm_setzero_si128();
  // "YYYY-MM-" and "DDThh:mm", 16 bits a character; pairs are multiplied and added, then pairs of those.
  const __m128i date = _mm_madd_epi16(_mm_unpacklo_epi8(digits, zero), _mm_setr_epi16(1000, 100, 10, 1, 0, 10, 1, 0));
  const __m128i rest = _mm_madd_epi16(_mm_unpackhi_epi8(digits, zero), _mm_setr_epi16(10, 1, 0, 10, 1, 0, 10, 1));
  const __m128i parts = _mm_packs_epi32(date, rest);  // year, year; month, month; day; hour, hour; minute
  const __m128i sums = _mm_madd_epi16(parts, _mm_setr_epi16(1, 1, 1, 1, 0, 3600, 3600, 60));
  const auto year_month = static_cast<uint64_t>(_mm_cvtsi128_si64(sums));
  const auto seconds = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));  // in two halves
  const uint64_t year = (year_month & 0xffffffff) - static_cast<uint64_t>(kFirstYear), month = year_month >> 32;
  const uint64_t day = static_cast<uint64_t>(_mm_extract_epi16(parts, 4));
  const uint64_t second = (seconds & 0xffffffff) + (seconds >> 32) + tens * 10 + ones;
  if (year >= kYears.size() || second >= 86'400) return kNoTimestamp;
  const int64_t first = kYears[year];
  const Month of = kMonths[(first & 1) * 20 + month];
  if (day - 1 >= static_cast<uint64_t>(of.days)) return kNoTimestamp;
  return ((first >> 1) + of.before + static_cast<int64_t>(day) - 1) * 86'400 + static_cast<int64_t>(second);
#else
  int64_t ns = 0;
  if (p[0] != '"' || std::memchr(p + 1, '"', 21) != p + 21 || !parse_timestamp({p + 1, 20}, ns)) return kNoTimestamp;
  return ns / kSecond_ns;
#endif
}

}  // namespace guardvm::scan
