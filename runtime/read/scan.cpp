// The fixed form of a timestamp; see scan.hpp.
#include "read/scan.hpp"

#include "read/values.hpp"

namespace guardvm::scan {

bool timestamp20(const char* p, int64_t& ns) {
#if defined(__SSE2__)
  if (p[0] != '"' || std::memcmp(p + 20, "Z\"", 2) != 0 || p[17] != ':') return false;
  // Subtracting the form's characters leaves digits 0..9 and zeros where the separators stand.
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 1));
  const __m128i form = _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0');
  const __m128i most = _mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9);
  const __m128i digits = _mm_sub_epi8(text, form);
  if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, most), most)) != 0xffff) return false;
  const __m128i zero = _mm_setzero_si128();
  alignas(16) int32_t date[4], rest[4];
  // "YYYY-MM-" and "DDThh:mm", 16 bits a character; each pair is multiplied and added.
  _mm_store_si128(reinterpret_cast<__m128i*>(date),
                  _mm_madd_epi16(_mm_unpacklo_epi8(digits, zero), _mm_setr_epi16(1000, 100, 10, 1, 0, 10, 1, 0)));
  _mm_store_si128(reinterpret_cast<__m128i*>(rest),
                  _mm_madd_epi16(_mm_unpackhi_epi8(digits, zero), _mm_setr_epi16(10, 1, 0, 10, 1, 0, 10, 1)));
  if (!is_digit(p[18]) || !is_digit(p[19])) return false;
  const int64_t year = date[0] + date[1], month = date[2] + date[3], day = rest[0], hour = rest[1] + rest[2], minute = rest[3];
  const int64_t second = (p[18] - '0') * 10 + (p[19] - '0');
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int64_t days = month == 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  if (day > days) return false;
  ns = (days_from_civil(year, month, day) * 86'400 + hour * 3'600 + minute * 60 + second) * kSecond_ns;
  return true;
#else
  return p[0] == '"' && std::memchr(p + 1, '"', 21) == p + 21 && parse_timestamp({p + 1, 20}, ns);
#endif
}

}  // namespace guardvm::scan
