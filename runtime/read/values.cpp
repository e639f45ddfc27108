// The text forms of values; see values.hpp.
#include "read/values.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace guardvm {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the two characters are digits; their number.
bool two_digits(const char* p, int64_t& value) {
  if (!is_digit(p[0]) || !is_digit(p[1])) return false;
  value = (p[0] - '0') * 10 + (p[1] - '0');
  return true;
}

constexpr bool is_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

constexpr int64_t days_in_month(int64_t year, int64_t month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

void append_padded(std::string& out, int64_t value, int digits) {
  char text[20];
  for (int i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<size_t>(digits));
}

void append_unsigned(std::string& out, uint64_t value) {
  char text[20];
  size_t first = sizeof text;
  do {
    text[--first] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  out.append(text + first, sizeof text - first);
}

// |value|, also of the least value.
constexpr uint64_t magnitude(int64_t value) {
  return value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

// The signed number of a magnitude, when 64 bits hold it.
bool with_sign(uint64_t magnitude, bool negative, int64_t& value) {
  const uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) + (negative ? 1 : 0);
  if (magnitude > most) return false;
  value = static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude);
  return true;
}

// The time zone part: seconds to subtract from the local time.
bool parse_offset(std::string_view text, int64_t& seconds) {
  if (text == "Z") {
    seconds = 0;
    return true;
  }
  int64_t hours = 0, minutes = 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  if (!two_digits(&text[1], hours) || !two_digits(&text[4], minutes) || hours > 23 || minutes > 59) return false;
  seconds = (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
  return true;
}

}  // namespace

// ---- timestamps ----

bool parse_timestamp(std::string_view text, int64_t& ns) {
  if (text.size() < 20) return false;
  const char* p = text.data();
  int64_t century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!two_digits(p, century) || !two_digits(p + 2, year) || !two_digits(p + 5, month) || !two_digits(p + 8, day) ||
      !two_digits(p + 11, hour) || !two_digits(p + 14, minute) || !two_digits(p + 17, second))
    return false;
  if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':') return false;
  year += century * 100;
  if (year < 1677 || year > 2262 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  size_t at = 19;
  int64_t fraction = 0;
  if (text[at] == '.') {
    int64_t unit = kSecond_ns;
    for (++at; at < text.size() && is_digit(text[at]); ++at) {
      if (unit == 1) return false;  // a tenth digit
      unit /= 10;
      fraction += (text[at] - '0') * unit;
    }
    if (unit == kSecond_ns) return false;
  }
  int64_t offset = 0;
  if (!parse_offset(text.substr(at), offset)) return false;
  const int64_t seconds = days_from_civil(year, month, day) * 86'400 + hour * 3'600 + minute * 60 + second - offset;
  if (seconds < kFirstInstant_ns / kSecond_ns || seconds > kLastInstant_ns / kSecond_ns) return false;
  ns = seconds * kSecond_ns + fraction;
  return true;
}

void append_timestamp(std::string& out, int64_t ns) {
  int64_t days = ns / kDay_ns, rest = ns % kDay_ns;
  if (rest < 0) {
    rest += kDay_ns;
    days -= 1;
  }
  // The inverse of days_from_civil; every int64 instant is after 0000-03-01, so nothing here is negative.
  const int64_t z = days + 719'468;
  const int64_t era = z / 146'097, day_of_era = z % 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  append_padded(out, era * 400 + year_of_era + (month <= 2 ? 1 : 0), 4);
  out += '-';
  append_padded(out, month, 2);
  out += '-';
  append_padded(out, day_of_year - (153 * shifted_month + 2) / 5 + 1, 2);
  const int64_t seconds = rest / kSecond_ns, fraction = rest % kSecond_ns;
  out += 'T';
  append_padded(out, seconds / 3'600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  if (fraction != 0) {
    out += '.';
    if (fraction % 1'000'000 == 0)
      append_padded(out, fraction / 1'000'000, 3);
    else if (fraction % 1'000 == 0)
      append_padded(out, fraction / 1'000, 6);
    else
      append_padded(out, fraction, 9);
  }
  out += 'Z';
}

// ---- durations ----

namespace {
struct Unit {
  std::string_view name;
  uint64_t ns;
};
constexpr std::array<Unit, 7> kUnits = {{{"d", 86'400'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};
}  // namespace

bool parse_duration(std::string_view text, int64_t& ns) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return false;
  uint64_t total = 0;
  size_t next_unit = 0;
  while (!text.empty()) {
    uint64_t amount = 0;
    size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits)
      if (__builtin_mul_overflow(amount, uint64_t{10}, &amount) ||
          __builtin_add_overflow(amount, static_cast<uint64_t>(text[digits] - '0'), &amount))
        return false;
    size_t end = digits;
    while (end < text.size() && !is_digit(text[end])) ++end;
    const std::string_view name = text.substr(digits, end - digits);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (digits == 0 || next_unit == kUnits.size()) return false;
    if (__builtin_mul_overflow(amount, kUnits[next_unit++].ns, &amount) ||
        __builtin_add_overflow(total, amount, &total))
      return false;
    text.remove_prefix(end);
  }
  return with_sign(total, negative, ns);
}

void append_duration(std::string& out, int64_t ns) {
  if (ns == 0) {
    out += "0s";
    return;
  }
  if (ns < 0) out += '-';
  uint64_t rest = magnitude(ns);
  for (const Unit& unit : kUnits) {
    if (rest < unit.ns) continue;
    append_unsigned(out, rest / unit.ns);
    out += unit.name;
    rest %= unit.ns;
  }
}

// ---- decimals ----

DecimalFit parse_decimal(std::string_view text, unsigned scale, int64_t& scaled) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point), fraction;
  if (whole.empty()) return DecimalFit::BadForm;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (fraction.empty()) return DecimalFit::BadForm;
  }
  for (const std::string_view part : {whole, fraction})
    for (const char c : part)
      if (!is_digit(c)) return DecimalFit::BadForm;
  while (fraction.size() > scale && fraction.back() == '0') fraction.remove_suffix(1);
  if (fraction.size() > scale) return DecimalFit::OutOfRange;
  uint64_t value = 0;
  const auto push = [&value](char c) {
    return !__builtin_mul_overflow(value, uint64_t{10}, &value) &&
           !__builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value);
  };
  for (const std::string_view part : {whole, fraction})
    for (const char c : part)
      if (!push(c)) return DecimalFit::OutOfRange;
  for (size_t i = fraction.size(); i < scale && value != 0; ++i)
    if (!push('0')) return DecimalFit::OutOfRange;
  return with_sign(value, negative, scaled) ? DecimalFit::Fits : DecimalFit::OutOfRange;
}

void append_decimal(std::string& out, int64_t scaled, unsigned scale) {
  if (scaled < 0) out += '-';
  const size_t first = out.size();
  append_unsigned(out, magnitude(scaled));
  if (scale == 0) return;
  const size_t digits = out.size() - first;
  if (digits <= scale) out.insert(first, scale + 1 - digits, '0');
  out.insert(out.size() - scale, 1, '.');
}

// ---- versions ----

namespace {

constexpr bool is_identifier(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// Skips a number without leading zeros. Null: there is none.
const char* skip_number(const char* p, const char* end) {
  const char* first = p;
  while (p != end && is_digit(*p)) ++p;
  return p == first || (*first == '0' && p - first > 1) ? nullptr : p;
}

// Skips dot-separated identifiers. Null: one is empty, or a number with a leading zero where those are not allowed.
const char* skip_identifiers(const char* p, const char* end, bool leading_zeros) {
  while (true) {
    const char* first = p;
    bool number = true;
    for (; p != end && is_identifier(*p); ++p) number = number && is_digit(*p);
    if (p == first || (!leading_zeros && number && *first == '0' && p - first > 1)) return nullptr;
    if (p == end || *p != '.') return p;
    ++p;
  }
}

int compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

// Cuts the text up to the next `.` off.
std::string_view cut_part(std::string_view& text) {
  const size_t dot = text.find('.');
  const std::string_view part = text.substr(0, dot);
  text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  return part;
}

bool all_digits(std::string_view text) {
  for (const char c : text)
    if (!is_digit(c)) return false;
  return true;
}

int compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_number = all_digits(a), b_number = all_digits(b);
  if (a_number != b_number) return a_number ? -1 : 1;
  return a_number ? compare_numbers(a, b) : a.compare(b);
}

// Cuts build metadata and the pre-release off; returns the latter.
std::string_view split_prerelease(std::string_view& version) {
  version = version.substr(0, version.find('+'));
  const size_t minus = version.find('-');
  if (minus == std::string_view::npos) return {};
  const std::string_view prerelease = version.substr(minus + 1);
  version = version.substr(0, minus);
  return prerelease;
}

}  // namespace

bool is_version(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && (p == end || *p++ != '.')) return false;
    p = skip_number(p, end);
    if (p == nullptr) return false;
  }
  if (p != end && *p == '-') {
    p = skip_identifiers(p + 1, end, false);
    if (p == nullptr) return false;
  }
  if (p != end && *p == '+') p = skip_identifiers(p + 1, end, true);
  return p == end;
}

int compare_versions(std::string_view a, std::string_view b) {
  std::string_view a_tail = split_prerelease(a), b_tail = split_prerelease(b);
  for (int part = 0; part < 3; ++part)
    if (const int order = compare_numbers(cut_part(a), cut_part(b)); order != 0) return order;
  if (a_tail.empty() || b_tail.empty()) return static_cast<int>(a_tail.empty()) - static_cast<int>(b_tail.empty());
  while (!a_tail.empty() && !b_tail.empty())
    if (const int order = compare_identifiers(cut_part(a_tail), cut_part(b_tail)); order != 0) return order;
  return static_cast<int>(b_tail.empty()) - static_cast<int>(a_tail.empty());
}

void append_pointer_step(std::string& out, std::string_view key) {
  out += '/';
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
}

}  // namespace guardvm
