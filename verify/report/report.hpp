// The renderings of a report. Pure: no I/O. Internal to verify; everybody else calls guard::verify::render.
#pragma once
#include <string>

#include "verify/diff/diff.hpp"
#include "verify/verify.hpp"

namespace guard::verify::rendering {

[[nodiscard]] std::string text(const Report& report, const guardvm::Bundle& bundle, bool stats);
[[nodiscard]] std::string json(const Report& report, const guardvm::Bundle& bundle, bool stats);
[[nodiscard]] std::string diff_text(const DiffReport& report);
[[nodiscard]] std::string diff_json(const DiffReport& report);

}  // namespace guard::verify::rendering
