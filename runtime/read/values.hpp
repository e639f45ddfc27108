// The text forms of values, read and written: timestamps, durations, decimals, versions.
//
// The reader, the printer and `--at` share these, so a value that was printed reads back as itself:
//
//   int64_t ns = 0;
//   if (guardvm::parse_timestamp("2026-03-02T09:30:00+01:00", ns)) guardvm::append_timestamp(out, ns);  //
//   2026-03-02T08:30:00Z
//
// Nothing here reads past its argument, throws or depends on the locale; parsing and comparing do not allocate. A
// parser that refuses leaves its output alone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace guardvm {

inline constexpr int64_t kSecond_ns = 1'000'000'000;
inline constexpr int64_t kDay_ns = 86'400 * kSecond_ns;

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
// algorithms"). REQUIRES: year >= 1, month 1..12.
[[nodiscard]] constexpr int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = y / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

// The instants of the language: 1678-01-01T00:00:00Z to 2261-12-31T23:59:59.999999999Z.
inline constexpr int64_t kFirstInstant_ns = days_from_civil(1678, 1, 1) * kDay_ns;
inline constexpr int64_t kLastInstant_ns = days_from_civil(2262, 1, 1) * kDay_ns - 1;

// RFC 3339 with a capital `T`, and `Z` or any offset; up to 9 fraction digits; no leap second. False: another form, or
// an instant outside [kFirstInstant_ns, kLastInstant_ns].
[[nodiscard]] bool parse_timestamp(std::string_view text, int64_t& ns);
// In UTC, with `Z`; a fraction only when it is not zero, of 3, 6 or 9 digits, the fewest that are exact.
void append_timestamp(std::string& out, int64_t ns);

// Amounts of d, h, m, s, ms, us, ns, each at most once, largest unit first, at least one: "1d12h", "0s", "-1h30m". An
// amount may exceed the next unit ("90m"). False: another form, or more nanoseconds than 64 bits hold.
[[nodiscard]] bool parse_duration(std::string_view text, int64_t& ns);
// Zero parts are left out; zero itself is "0s".
void append_duration(std::string& out, int64_t ns);

// A decimal is its digits as an integer: 0.50 at scale 2 is 50.
enum class DecimalFit : uint8_t {
  Fits,
  BadForm,    // not digits with an optional sign and fraction (so: an exponent)
  OutOfRange  // more fraction digits than the scale, trailing zeros aside, or more than 64 bits hold
};
[[nodiscard]] DecimalFit parse_decimal(std::string_view text, unsigned scale, int64_t& scaled);
// Exactly `scale` fraction digits, "-0.05"; scale 0: no point.
void append_decimal(std::string& out, int64_t scaled, unsigned scale);

// Whether the text is a semantic version 2.0.0 (semver.org, no leading `v`). Numbers may have any length.
[[nodiscard]] bool is_version(std::string_view text);
// Precedence of two versions (semver.org, item 11; build metadata is ignored): negative, zero or positive.
// REQUIRES: is_version of both; for other texts the result means nothing, but nothing else goes wrong.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

// One more key of a JSON pointer (RFC 6901): "/" and the key.
void append_pointer_step(std::string& out, std::string_view key);

}  // namespace guardvm
