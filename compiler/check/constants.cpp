// Parsing and printing of constants. Every parser refuses what it cannot represent exactly.
#include "check/constants.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>

namespace guard::check {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// number * 10 + digit, downwards when negative, so that the smallest int64 can be written.
bool push_digit(int64_t& number, char digit, bool negative) {
  const int64_t d = digit - '0';
  return !__builtin_mul_overflow(number, int64_t{10}, &number) &&
         !__builtin_add_overflow(number, negative ? -d : d, &number);
}

// Exactly two digits at text[at].
std::optional<uint32_t> two_digits(std::string_view text, size_t at) {
  if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) return std::nullopt;
  return static_cast<uint32_t>((text[at] - '0') * 10 + (text[at + 1] - '0'));
}

struct Unit {
  std::string_view name;
  int64_t ns;
};
constexpr std::array<Unit, 7> kUnits = {{{"d", kNsPerDay},
                                         {"h", 3600 * kNsPerSecond},
                                         {"m", 60 * kNsPerSecond},
                                         {"s", kNsPerSecond},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

// The nanoseconds of a fraction such as "25" (one to nine digits).
std::optional<int64_t> fraction_ns(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  int64_t ns = 0;
  for (size_t i = 0; i < 9; ++i) ns = ns * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return ns;
}

// "Z" or "+01:00" as seconds.
std::optional<int64_t> offset_seconds(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = two_digits(text, 1), minutes = two_digits(text, 4);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int64_t seconds = int64_t{*hours} * 3600 + int64_t{*minutes} * 60;
  return text[0] == '-' ? -seconds : seconds;
}

// Dot-separated identifiers of a pre-release (numeric ones without leading zeros) or of build metadata.
bool identifiers(std::string_view text, bool pre_release) {
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty()) return false;
    bool numeric = true;
    for (char c : part) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
      if (!letter && !is_digit(c)) return false;
      numeric = numeric && is_digit(c);
    }
    if (pre_release && numeric && part.size() > 1 && part[0] == '0') return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool numeric_identifier(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  for (char c : text) {
    if (!is_digit(c)) return false;
  }
  return true;
}

}  // namespace

std::optional<int64_t> parse_int(std::string_view digits, bool negative) {
  int64_t number = 0;
  bool any = false;
  for (char c : digits) {
    if (c == '_') continue;
    if (!is_digit(c) || !push_digit(number, c, negative)) return std::nullopt;
    any = true;
  }
  if (!any) return std::nullopt;
  return number;
}

std::optional<Fixed> parse_fixed(std::string_view text, bool negative) {
  Fixed fixed;
  bool point = false;
  bool any = false;
  for (char c : text) {
    if (c == '_' && !point) continue;
    if (c == '.' && !point && any) {
      point = true;
      continue;
    }
    if (!is_digit(c) || !push_digit(fixed.number, c, negative)) return std::nullopt;
    any = true;
    if (point && ++fixed.scale > 18) return std::nullopt;
  }
  if (!any || (point && fixed.scale == 0)) return std::nullopt;
  return fixed;
}

std::optional<int64_t> rescale(Fixed fixed, uint8_t scale) {
  for (; fixed.scale < scale; ++fixed.scale) {
    if (__builtin_mul_overflow(fixed.number, int64_t{10}, &fixed.number)) return std::nullopt;
  }
  for (; fixed.scale > scale; --fixed.scale) {
    if (fixed.number % 10 != 0) return std::nullopt;
    fixed.number /= 10;
  }
  return fixed.number;
}

std::optional<int64_t> parse_duration(std::string_view text, bool negative) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  size_t unit = 0;
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    const auto count = parse_int(text.substr(0, digits), negative);
    if (!count) return std::nullopt;
    text.remove_prefix(digits);
    size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    while (unit < kUnits.size() && kUnits[unit].name != text.substr(0, letters)) ++unit;
    if (unit == kUnits.size()) return std::nullopt;
    int64_t part = 0;
    if (__builtin_mul_overflow(*count, kUnits[unit].ns, &part) || __builtin_add_overflow(total, part, &total)) {
      return std::nullopt;
    }
    ++unit;
    text.remove_prefix(letters);
  }
  return total;
}

std::optional<int64_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto century = two_digits(text, 0), year = two_digits(text, 2), month = two_digits(text, 5),
             day = two_digits(text, 8);
  if (!century || !year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*century * 100 + *year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<uint32_t> parse_time(std::string_view text, bool end) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = two_digits(text, 0), minutes = two_digits(text, 3);
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  if (*hours > 23 && !(end && *hours == 24 && *minutes == 0)) return std::nullopt;
  return *hours * 60 + *minutes;
}

std::optional<int64_t> parse_timestamp(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  const auto hours = two_digits(text, 11), minutes = two_digits(text, 14), seconds = two_digits(text, 17);
  if (!day || !hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  text.remove_prefix(19);
  int64_t ns = 0;
  if (text[0] == '.') {
    size_t digits = 1;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    const auto fraction = fraction_ns(text.substr(1, digits - 1));
    if (!fraction) return std::nullopt;
    ns = *fraction;
    text.remove_prefix(digits);
  }
  const auto offset = offset_seconds(text);
  // A day beyond the range by more than one cannot come back into it through its offset; it would overflow below.
  if (!offset || *day < kFirstInstantNs / kNsPerDay - 1 || *day > kLastInstantNs / kNsPerDay + 1) return std::nullopt;
  const int64_t of_day = int64_t{*hours} * 3600 + int64_t{*minutes} * 60 + int64_t{*seconds};
  int64_t instant = (*day * kSecondsPerDay + of_day - *offset);
  if (__builtin_mul_overflow(instant, kNsPerSecond, &instant) || __builtin_add_overflow(instant, ns, &instant)) {
    return std::nullopt;
  }
  if (instant < kFirstInstantNs || instant > kLastInstantNs) return std::nullopt;
  return instant;
}

bool is_version(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus != std::string_view::npos && !identifiers(text.substr(plus + 1), false)) return false;
  text = text.substr(0, plus);
  const size_t dash = text.find('-');
  if (dash != std::string_view::npos && !identifiers(text.substr(dash + 1), true)) return false;
  text = text.substr(0, dash);
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  return numeric_identifier(text.substr(0, first)) && numeric_identifier(text.substr(first + 1, second - first - 1)) &&
         numeric_identifier(text.substr(second + 1));
}

std::string duration_text(int64_t ns) {
  if (ns == 0) return "0s";
  std::string out = ns < 0 ? "-" : "";
  uint64_t rest = ns < 0 ? uint64_t{0} - static_cast<uint64_t>(ns) : static_cast<uint64_t>(ns);
  for (const Unit& unit : kUnits) {
    const uint64_t count = rest / static_cast<uint64_t>(unit.ns);
    rest %= static_cast<uint64_t>(unit.ns);
    if (count > 0) out.append(std::to_string(count)).append(unit.name);
  }
  return out;
}

std::string timestamp_text(int64_t ns) {
  int64_t day = ns / kNsPerDay;
  int64_t rest = ns % kNsPerDay;
  if (rest < 0) {
    rest += kNsPerDay;
    --day;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  const int64_t seconds = rest / kNsPerSecond, fraction = rest % kNsPerSecond;
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string out = buffer.data();
  if (fraction != 0) {
    std::snprintf(buffer.data(), buffer.size(), ".%09d", static_cast<int>(fraction));
    std::string digits = buffer.data();
    while (digits.size() > 4 && digits.ends_with("000")) digits.resize(digits.size() - 3);
    out += digits;
  }
  return out + "Z";
}

std::string decimal_text(int64_t number, uint8_t scale) {
  std::string digits = std::to_string(number);
  if (scale == 0) return digits;
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1u - digits.size(), '0');
  digits.insert(digits.size() - scale, 1, '.');
  return negative ? "-" + digits : digits;
}

std::string json_string(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace guard::check
