// Verification of a loaded bundle: every check over every kind, each finding with an action that the runtime confirmed.
//
//   auto report = guard::verify::run(bundle, {as_of_ns, EngineMode::Auto});
//   std::string text = guard::verify::render(report, bundle, ReportFormat::Text, {});
//
// REQUIRES: `as_of_ns` lies inside the bundle's horizon. Deterministic: the same bundle and options give the same
// report, whichever engines answer. A contradiction of ours (a witness that does not replay, engines that disagree)
// ends the process with exit code 70.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "verify/checks/checker.hpp"
#include "verify/diff/diff.hpp"

namespace guard::verify {

struct CheckTime {
  std::string_view check;
  int64_t ns = 0;
};
struct Report {
  int64_t as_of_ns = 0;
  std::vector<Finding> findings;      // by place, then check
  std::vector<Finding> inconclusive;  // what no engine could answer
  std::vector<Finding> accepted;      // what a rule says is known and meant
  EngineStats engines;
  size_t classes = 0;
  std::vector<CheckTime> times;
  std::optional<DiffReport> changes;  // against a base
};
[[nodiscard]] Report run(const guardvm::Bundle& bundle, const Options& options);

enum class ReportFormat : uint8_t {
#define GUARD_REPORT_FORMAT(Name, word, whom) Name,
#include "verify/report/formats.def"
#undef GUARD_REPORT_FORMAT
};
[[nodiscard]] std::optional<ReportFormat> find_format(std::string_view word);
struct RenderOptions {
  bool stats = false;                    // queries, times: text and JSON
  Severity fail_on = Severity::Warning;  // what JUnit shows as failed
  std::vector<std::string> sources;      // what to call each source of the bundle; empty: as the bundle does
};
[[nodiscard]] std::string render(const Report& report, const guardvm::Bundle& bundle, ReportFormat format,
                                 const RenderOptions& options);
// Leaves only the findings that the base does not have. A finding is known by its check, rules, subject, kind and
// region, and the words of its message, so moving its lines does not make it new.
void keep_new(Report& report, const Report& base);
// Whether some finding is at least that severe.
[[nodiscard]] bool fails(const Report& report, Severity least);

}  // namespace guard::verify
