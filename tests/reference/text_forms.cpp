// The text forms of values; see text_forms.hpp.
#include "text_forms.hpp"

#include <array>
#include <limits>

namespace guard::reference {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `count` digits at `at`; -1 when they are not there.
int64_t fixed_digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int64_t value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (!digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int64_t days_in_month(int64_t year, int64_t month) {
  constexpr std::array<int64_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap(year) ? 1 : 0);
}

bool fits_int64(Wide value) {
  return value >= std::numeric_limits<int64_t>::min() && value <= std::numeric_limits<int64_t>::max();
}

std::string padded(int64_t value, size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() >= width ? digits : std::string(width - digits.size(), '0') + digits;
}

}  // namespace

int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  // Days of the whole years since 0000-03-01, as in the proleptic Gregorian calendar; years are positive here.
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t m = month <= 2 ? month + 9 : month - 3;
  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + (day - 1) - 719468;
}

int64_t first_instant() { return days_from_civil(1678, 1, 1) * kDay; }
int64_t last_instant() { return days_from_civil(2262, 1, 1) * kDay - 1; }

Fit parse_timestamp(std::string_view text, int64_t& ns) {
  const int64_t year = fixed_digits(text, 0, 4), month = fixed_digits(text, 5, 2), day = fixed_digits(text, 8, 2);
  const int64_t hour = fixed_digits(text, 11, 2), minute = fixed_digits(text, 14, 2),
                second = fixed_digits(text, 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 59)
    return Fit::Bad;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return Fit::Bad;
  if (day > days_in_month(year, month)) return Fit::Bad;
  size_t at = 19;
  int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    const size_t begin = ++at;
    while (at < text.size() && digit(text[at])) ++at;
    const size_t count = at - begin;
    if (count < 1 || count > 9) return Fit::Bad;
    fraction = fixed_digits(text, begin, count);
    for (size_t i = count; i < 9; ++i) fraction *= 10;
  }
  int64_t offset_minutes = 0;
  if (at < text.size() && text[at] == 'Z') {
    at += 1;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int64_t h = fixed_digits(text, at + 1, 2), m = fixed_digits(text, at + 4, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59 || text[at + 3] != ':') return Fit::Bad;
    offset_minutes = (text[at] == '-' ? -1 : 1) * (h * 60 + m);
    at += 6;
  } else {
    return Fit::Bad;
  }
  if (at != text.size()) return Fit::Bad;
  const Wide days = days_from_civil(year == 0 ? 1 : year, month, day);
  const Wide instant = days * kDay + Wide((hour * 60 + minute - offset_minutes) * 60 + second) * kSecond + fraction;
  if (year == 0 || instant < first_instant() || instant > last_instant()) return Fit::Range;
  ns = static_cast<int64_t>(instant);
  return Fit::Good;
}

std::string timestamp_text(int64_t ns) {
  int64_t day = ns / kDay, rest = ns % kDay;
  if (rest < 0) rest += kDay, day -= 1;
  // Step from a year that is surely not later than the day.
  int64_t year = 1600;
  while (days_from_civil(year + 1, 1, 1) <= day) ++year;
  int64_t month = 1;
  while (month < 12 && days_from_civil(year, month + 1, 1) <= day) ++month;
  const int64_t date = day - days_from_civil(year, month, 1) + 1;
  const int64_t seconds = rest / kSecond, fraction = rest % kSecond;
  std::string out = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(date, 2) + "T" + padded(seconds / 3600, 2) +
                    ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  if (fraction != 0) {
    if (fraction % 1'000'000 == 0)
      out += "." + padded(fraction / 1'000'000, 3);
    else if (fraction % 1'000 == 0)
      out += "." + padded(fraction / 1'000, 6);
    else
      out += "." + padded(fraction, 9);
  }
  return out + "Z";
}

namespace {
struct Unit {
  const char* name;
  int64_t ns;
};
constexpr std::array<Unit, 7> kUnits = {
    {{"d", kDay}, {"h", 60 * kMinute}, {"m", kMinute}, {"s", kSecond}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
}  // namespace

Fit parse_duration(std::string_view text, int64_t& ns) {
  const bool negative = !text.empty() && text[0] == '-';
  size_t at = negative ? 1 : 0;
  if (at == text.size()) return Fit::Bad;
  size_t next_unit = 0;
  Wide total = 0;
  bool huge = false;
  while (at < text.size()) {
    if (!digit(text[at])) return Fit::Bad;
    Wide amount = 0;
    while (at < text.size() && digit(text[at])) {
      amount = amount * 10 + (text[at++] - '0');
      if (amount > std::numeric_limits<int64_t>::max()) huge = true, amount = std::numeric_limits<int64_t>::max();
    }
    size_t end = at;
    while (end < text.size() && !digit(text[end])) ++end;
    const std::string_view name = text.substr(at, end - at);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kUnits.size()) return Fit::Bad;
    total += amount * kUnits[next_unit++].ns;
    at = end;
  }
  if (negative) total = -total;
  if (huge || !fits_int64(total)) return Fit::Range;
  ns = static_cast<int64_t>(total);
  return Fit::Good;
}

std::string duration_text(int64_t ns) {
  if (ns == 0) return "0s";
  Wide rest = ns < 0 ? -Wide(ns) : Wide(ns);
  std::string out = ns < 0 ? "-" : "";
  for (const Unit& unit : kUnits) {
    const int64_t amount = static_cast<int64_t>(rest / unit.ns);
    rest %= unit.ns;
    if (amount != 0) out += std::to_string(amount) + unit.name;
  }
  return out;
}

Fit parse_decimal(std::string_view text, unsigned scale, int64_t& scaled) {
  size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) at = 1;
  std::string digits;
  while (at < text.size() && digit(text[at])) digits += text[at++];
  if (digits.empty()) return Fit::Bad;
  std::string fraction;
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && digit(text[at])) fraction += text[at++];
    if (fraction.empty()) return Fit::Bad;
  }
  if (at != text.size()) return Fit::Bad;  // an exponent
  while (fraction.size() > scale && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > scale) return Fit::Range;
  digits += fraction + std::string(scale - fraction.size(), '0');
  Wide value = 0;
  for (char c : digits) {
    value = value * 10 + (c - '0');
    if (value > Wide(std::numeric_limits<int64_t>::max()) + 1) return Fit::Range;
  }
  if (negative) value = -value;
  if (!fits_int64(value)) return Fit::Range;
  scaled = static_cast<int64_t>(value);
  return Fit::Good;
}

std::string decimal_text(int64_t scaled, unsigned scale) {
  std::string digits = std::to_string(scaled);
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return (negative ? "-" : "") + digits;
}

namespace {

std::vector<std::string> split_dots(std::string_view text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

bool numeric(const std::string& text) {
  if (text.empty()) return false;
  for (char c : text)
    if (!digit(c)) return false;
  return true;
}

bool identifier(const std::string& text) {
  if (text.empty()) return false;
  for (char c : text)
    if (!digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-') return false;
  return true;
}

bool number_without_leading_zero(const std::string& text) { return numeric(text) && (text == "0" || text[0] != '0'); }

int compare_numbers(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    for (const std::string& part : split_dots(text.substr(plus + 1)))
      if (!identifier(part)) return std::nullopt;
    text = text.substr(0, plus);
  }
  Version out;
  const size_t minus = text.find('-');
  if (minus != std::string_view::npos) {
    out.prerelease = split_dots(text.substr(minus + 1));
    for (const std::string& part : out.prerelease)
      if (!identifier(part) || (numeric(part) && !number_without_leading_zero(part))) return std::nullopt;
    text = text.substr(0, minus);
  }
  const std::vector<std::string> core = split_dots(text);
  if (core.size() != 3) return std::nullopt;
  for (const std::string& part : core)
    if (!number_without_leading_zero(part)) return std::nullopt;
  out.major = core[0], out.minor = core[1], out.patch = core[2];
  return out;
}

int compare_versions(const Version& a, const Version& b) {
  if (const int c = compare_numbers(a.major, b.major); c != 0) return c;
  if (const int c = compare_numbers(a.minor, b.minor); c != 0) return c;
  if (const int c = compare_numbers(a.patch, b.patch); c != 0) return c;
  if (a.prerelease.empty() || b.prerelease.empty()) return int(a.prerelease.empty()) - int(b.prerelease.empty());
  for (size_t i = 0; i < a.prerelease.size() && i < b.prerelease.size(); ++i) {
    const std::string &x = a.prerelease[i], &y = b.prerelease[i];
    if (numeric(x) != numeric(y)) return numeric(x) ? -1 : 1;
    const int c = numeric(x) ? compare_numbers(x, y) : x.compare(y);
    if (c != 0) return c;
  }
  if (a.prerelease.size() == b.prerelease.size()) return 0;
  return a.prerelease.size() < b.prerelease.size() ? -1 : 1;
}

int compare_version_texts(std::string_view a, std::string_view b) {
  const auto x = parse_version(a), y = parse_version(b);
  return x && y ? compare_versions(*x, *y) : 0;
}

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> out;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? byte : static_cast<char32_t>(byte & (0xFFu >> (length + 1)));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    out.push_back(point);
    i += length;
  }
  return out;
}

size_t first_invalid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      ++i;
      continue;
    }
    const size_t length = byte >= 0xC2 && byte <= 0xDF   ? 2
                          : byte >= 0xE0 && byte <= 0xEF ? 3
                          : byte >= 0xF0 && byte <= 0xF4 ? 4
                                                         : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0u) != 0x80u) return i;
    const char32_t point = code_points(text.substr(i, length))[0];
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::string json_string(std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += '\\', out += c;
    else if (c == '\b')
      out += "\\b";
    else if (c == '\f')
      out += "\\f";
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20)
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace guard::reference
