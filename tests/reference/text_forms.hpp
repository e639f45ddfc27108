// The text forms of values: timestamps, durations, decimals and versions, read and written.
//
// Everything is plain arithmetic over the text; nothing here is shared with the compiler or the runtime.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guard::reference {

using Wide = __int128;  // sums and products of instants never overflow it

inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kDay = 24 * 60 * kMinute;

// 1678-01-01T00:00:00Z and 2261-12-31T23:59:59.999999999Z.
[[nodiscard]] int64_t first_instant();
[[nodiscard]] int64_t last_instant();

[[nodiscard]] int64_t days_from_civil(int64_t year, int64_t month, int64_t day);

enum class Fit : uint8_t { Good, Bad, Range };  // Range: well formed, but outside what the type holds

// RFC 3339 with `T`, `Z` or an offset, up to nine fraction digits, no leap second.
[[nodiscard]] Fit parse_timestamp(std::string_view text, int64_t& ns);
[[nodiscard]] std::string timestamp_text(int64_t ns);

// "1d12h", "-1h30m", "0s": each unit at most once, largest first.
[[nodiscard]] Fit parse_duration(std::string_view text, int64_t& ns);
[[nodiscard]] std::string duration_text(int64_t ns);

// A JSON number without exponent, scaled by 10^scale. Bad: an exponent. Range: digits beyond the scale that are not
// zero.
[[nodiscard]] Fit parse_decimal(std::string_view text, unsigned scale, int64_t& scaled);
[[nodiscard]] std::string decimal_text(int64_t scaled, unsigned scale);

// Semantic versioning 2.0.0.
struct Version {
  std::string major, minor, patch;      // digits without leading zeros
  std::vector<std::string> prerelease;  // empty: a release
};
[[nodiscard]] std::optional<Version> parse_version(std::string_view text);
[[nodiscard]] int compare_versions(const Version& a, const Version& b);  // precedence: <0, 0, >0
// REQUIRES: both are versions.
[[nodiscard]] int compare_version_texts(std::string_view a, std::string_view b);

// Code points of valid UTF-8.
[[nodiscard]] std::vector<char32_t> code_points(std::string_view text);
// Offset of the first byte that is not part of valid UTF-8, or npos.
[[nodiscard]] size_t first_invalid_utf8(std::string_view text);

// A JSON string literal with its quotes.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace guard::reference
