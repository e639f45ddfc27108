// Escapes of strings, and tables for the fixed form of a timestamp; see scan.hpp.
#include "read/scan.hpp"

namespace guardvm::scan {

const char* decode_escape(const char* p, char*& out, const char*& bad, std::string_view& wanted) {
  static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  const auto refuse = [&](const char* position, std::string_view what) {
    bad = position;
    wanted = what;
    return nullptr;
  };
  if (const size_t found = p[1] == '\0' ? std::string_view::npos : kNames.find(p[1]); found != std::string_view::npos) {
    *out++ = kMeanings[found];
    return p + 2;
  }
  if (p[1] != 'u') return refuse(p + 1, "one of `\"\\/bfnrtu` behind `\\`");
  const int unit = hex4(p + 2);
  if (unit < 0) return refuse(p, "4 hexadecimal digits behind `\\u`");
  auto point = static_cast<uint32_t>(unit);
  const char* behind = p + 6;
  if (point >= 0xd800 && point <= 0xdfff) {
    const int low = point < 0xdc00 && behind[0] == '\\' && behind[1] == 'u' ? hex4(behind + 2) : -1;
    if (low < 0xdc00 || low > 0xdfff) return refuse(p, "both halves of a surrogate pair");
    point = 0x10000 + ((point - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
    behind += 6;
  }
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
  return behind;
}

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
