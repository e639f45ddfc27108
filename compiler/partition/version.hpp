// Semantic versions 2.0.0 by precedence. REQUIRES everywhere: valid versions (the checker and the reader see to that).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace guard::partition {

// Negative, zero or positive; build metadata does not count.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

// Some version strictly between; an absent end is open. Nothing when there is none (as between 1.2.3-0 and 1.2.3-0.0).
[[nodiscard]] std::optional<std::string> version_between(const std::optional<std::string>& low,
                                                         const std::optional<std::string>& high);

}  // namespace guard::partition
