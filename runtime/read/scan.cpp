// The fixed form of a timestamp; see scan.hpp.
#include "read/scan.hpp"

#include <array>

#include "read/values.hpp"

namespace guardvm::scan {
namespace {

constexpr int64_t kFirstYear = 1678, kLastYear = 2261;

// Days from 1970 to the first of January, and whether the year has 366 days, as day * 2 + leap.
constexpr auto kYears = [] {
  std::array<int32_t, kLastYear - kFirstYear + 1> years{};
  for (int64_t year = kFirstYear; year <= kLastYear; ++year) {
    const int64_t first = days_from_civil(year, 1, 1), leap = days_from_civil(year + 1, 1, 1) - first - 365;
    years[static_cast<size_t>(year - kFirstYear)] = static_cast<int32_t>(first * 2 + leap);
  }
  return years;
}();

// Days before a month of 1..12 and its length; rows of 16, first of a common year, then of a leap year. Others have no
// days.
struct Month {
  int16_t before = 0, days = 0;
};
constexpr auto kMonths = [] {
  std::array<Month, 128> months{};
  for (int64_t leap = 0; leap < 2; ++leap)
    for (int64_t month = 1; month <= 12; ++month) {
      const int64_t year = leap == 1 ? 2000 : 2001;
      const int64_t first = days_from_civil(year, month, 1);
      const int64_t next = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
      Month& row = months[static_cast<size_t>(month * 2 + leap)];
      row.before = static_cast<int16_t>(first - days_from_civil(year, 1, 1));
      row.days = static_cast<int16_t>(next - first);
    }
  return months;
}();

}  // namespace

int64_t timestamp20(const char* p) {
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
  const __m128i sums = _mm_packs_epi32(date, rest);  // year, year; month, month; day; hour, hour; minute
  const auto at = [&sums]<int i>() { return static_cast<int64_t>(_mm_extract_epi16(sums, i)); };
  const int64_t year = at.template operator()<0>() + at.template operator()<1>() - kFirstYear;
  const int64_t month = at.template operator()<2>() + at.template operator()<3>(), day = at.template operator()<4>();
  const int64_t hour = at.template operator()<5>() + at.template operator()<6>(), minute = at.template operator()<7>();
  if (static_cast<uint64_t>(year) > static_cast<uint64_t>(kLastYear - kFirstYear)) return kNoTimestamp;
  const int64_t first = kYears[static_cast<size_t>(year)];
  const Month of = kMonths[static_cast<size_t>(month * 2 + (first & 1))];
  if (static_cast<uint64_t>(day - 1) >= static_cast<uint64_t>(of.days) || hour > 23) return kNoTimestamp;
  const int64_t days = (first >> 1) + of.before + day - 1;
  return days * 86'400 + hour * 3'600 + minute * 60 + static_cast<int64_t>(tens * 10 + ones);
#else
  int64_t ns = 0;
  if (p[0] != '"' || std::memchr(p + 1, '"', 21) != p + 21 || !parse_timestamp({p + 1, 20}, ns)) return kNoTimestamp;
  return ns / kSecond_ns;
#endif
}

}  // namespace guardvm::scan
