// The four renderings of diagnostics and what they share. Internal to diag/; everybody else calls guard::render.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "diag/diagnostic.hpp"

namespace guard::rendering {

[[nodiscard]] std::string text(const Diagnostics& diagnostics, const Sources& sources);
[[nodiscard]] std::string json(const Diagnostics& diagnostics, const Sources& sources);
[[nodiscard]] std::string sarif(const Diagnostics& diagnostics, const Sources& sources);
[[nodiscard]] std::string github(const Diagnostics& diagnostics, const Sources& sources);

[[nodiscard]] size_t count(const Diagnostics& diagnostics, Severity severity);
[[nodiscard]] bool has_place(Span span, const Sources& sources);

// The place of a span: 1-based, the end exclusive.
struct Region {
  LineColumn begin, end;
};
[[nodiscard]] Region region(Span span, const Sources& sources);

}  // namespace guard::rendering
