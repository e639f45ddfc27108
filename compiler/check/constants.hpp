// Constants as text and as numbers: integers, decimals, durations, timestamps, dates, versions.
//
// Pure functions, shared by the checker's literals, data files and records. Numbers are scaled as in model.hpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guard::check {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kNsPerDay = kSecondsPerDay * kNsPerSecond;
// The timestamps of the language: 1678-01-01T00:00:00Z to 2261-12-31T23:59:59.999999999Z.
inline constexpr int64_t kFirstInstantNs = -106'650 * kNsPerDay;
inline constexpr int64_t kLastInstantNs = 106'651 * kNsPerDay - 1;

// Digits with `_` between them.
[[nodiscard]] std::optional<int64_t> parse_int(std::string_view digits, bool negative);

struct Fixed {  // number / 10^scale
  int64_t number = 0;
  uint8_t scale = 0;
};
// "12" or "0.50"; at most 18 fraction digits.
[[nodiscard]] std::optional<Fixed> parse_fixed(std::string_view text, bool negative);
// `number` at another scale; nothing when digits would be lost or it leaves int64.
[[nodiscard]] std::optional<int64_t> rescale(Fixed fixed, uint8_t scale);

// "1h30m", each unit (d h m s ms us ns) once, largest first.
[[nodiscard]] std::optional<int64_t> parse_duration(std::string_view text, bool negative);

// RFC 3339 with `T`, at most nine fraction digits, no leap second.
[[nodiscard]] std::optional<int64_t> parse_timestamp(std::string_view text);

// "2026-12-31" as days since 1970-01-01; nothing when there is no such day.
[[nodiscard]] std::optional<int64_t> parse_date(std::string_view text);
// "18:00" as minutes; "24:00" only when `end`.
[[nodiscard]] std::optional<uint32_t> parse_time(std::string_view text, bool end);

// Semantic versioning 2.0.0, strict.
[[nodiscard]] bool is_version(std::string_view text);

[[nodiscard]] std::string duration_text(int64_t ns);                    // "1d12h", "0s", "-1h30m"
[[nodiscard]] std::string timestamp_text(int64_t ns);                   // "2026-12-18T18:00:00Z"
[[nodiscard]] std::string decimal_text(int64_t number, uint8_t scale);  // "0.50"
[[nodiscard]] std::string json_string(std::string_view text);           // as a JSON string

}  // namespace guard::check
