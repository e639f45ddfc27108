// Verification of a loaded bundle: every check over every kind, each finding with an action that the runtime confirmed.
//
//   auto report = guard::verify::run(bundle, {as_of_ns, EngineMode::Auto});
//   std::string text = guard::verify::render(report, bundle, ReportFormat::Text);
//
// REQUIRES: `as_of_ns` lies inside the bundle's horizon. Deterministic: the same bundle and options give the same
// report, whichever engines answer. A contradiction of ours (a witness that does not replay, engines that disagree)
// ends the process with exit code 70.
#pragma once
#include <optional>
#include <string>
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
  EngineStats engines;
  size_t classes = 0;
  std::vector<CheckTime> times;
  std::optional<DiffReport> changes;  // against a base
};
[[nodiscard]] Report run(const guardvm::Bundle& bundle, const Options& options);

enum class ReportFormat : uint8_t { Text, Json };
[[nodiscard]] std::string render(const Report& report, const guardvm::Bundle& bundle, ReportFormat format, bool stats);
// Leaves only the findings that the base does not have. A finding is known by its check, rules, subject, kind and
// region, and the words of its message, so moving its lines does not make it new.
void keep_new(Report& report, const Report& base);
// Whether some finding is at least that severe.
[[nodiscard]] bool fails(const Report& report, Severity least);

}  // namespace guard::verify
