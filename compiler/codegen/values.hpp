// Constants as text: JSON strings, decimals with their fixed digits, durations.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace guard::codegen {

[[nodiscard]] std::string json_string(std::string_view text);
[[nodiscard]] std::string decimal_text(int64_t number, uint32_t scale);
// "1h30m": days, hours, minutes, seconds, then smaller units; parts that are zero are left out.
[[nodiscard]] std::string duration_text(int64_t ns);

}  // namespace guard::codegen
