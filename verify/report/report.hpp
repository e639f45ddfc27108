// The renderings of a report, and what they share. Pure: no I/O. Internal to verify; everybody else calls
// guard::verify::render.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "verify/diff/diff.hpp"
#include "verify/verify.hpp"

namespace guard::verify::rendering {

#define GUARD_REPORT_FORMAT(Name, word, whom) \
  [[nodiscard]] std::string word(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options);
#include "verify/report/formats.def"
#undef GUARD_REPORT_FORMAT

// What a report calls a source. REQUIRES: the bundle has it.
[[nodiscard]] std::string source_path(const guardvm::Bundle& bundle, const RenderOptions& options, uint32_t file);
// "2 errors, 1 note, 1 inconclusive answer, 1 accepted"; "no findings".
[[nodiscard]] std::string summary(const Report& report);
// Whether the region says something that the message does not.
[[nodiscard]] bool names_region(const Finding& finding);
// "accepted: the reason (owner ops, until 2026-01-01T00:00:00Z)"; REQUIRES: finding.acceptance
[[nodiscard]] std::string acceptance_text(const Finding& finding);
// Its `changes` and `schema` into a document.
void add_changes(nlohmann::ordered_json& out, const DiffReport& report);
[[nodiscard]] std::string diff_text(const DiffReport& report);
[[nodiscard]] std::string diff_json(const DiffReport& report);

}  // namespace guard::verify::rendering
