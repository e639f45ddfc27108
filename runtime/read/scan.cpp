// Tables for the fixed form of a timestamp; see scan.hpp.
#include "read/scan.hpp"

namespace guardvm::scan {

constexpr std::array<int32_t, kLastYear - kFirstYear + 1> kYears = [] {
  std::array<int32_t, kLastYear - kFirstYear + 1> years{};
  for (int64_t year = kFirstYear; year <= kLastYear; ++year) {
    const int64_t first = days_from_civil(year, 1, 1), leap = days_from_civil(year + 1, 1, 1) - first - 365;
    years[static_cast<size_t>(year - kFirstYear)] = static_cast<int32_t>(first * 2 + leap);
  }
  return years;
}();

constexpr std::array<Month, 40> kMonths = [] {
  std::array<Month, 40> months{};
  for (int64_t leap = 0; leap < 2; ++leap)
    for (int64_t month = 1; month <= 12; ++month) {
      const int64_t year = leap == 1 ? 2000 : 2001;
      const int64_t first = days_from_civil(year, month, 1);
      const int64_t next = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
      Month& row = months[static_cast<size_t>(leap * 20 + month)];
      row.before = static_cast<int16_t>(first - days_from_civil(year, 1, 1));
      row.days = static_cast<int16_t>(next - first);
    }
  return months;
}();

}  // namespace guardvm::scan
