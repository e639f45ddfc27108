// What a change of a policy set does: every action that two bundles decide differently, as complete lists of regions.
//
//   auto report = guard::verify::diff(before, after, {as_of_ns, EngineMode::Auto});
//
// Each change belongs to one class, by its outcome before and after: `allow`, `deny`, `hold`, or `error` for what does
// not fit a schema or breaks an assumption. Where the outcome is the same, what is missing (`requirements`) or the
// obligations of the decision may differ: classes of their own. A class's regions are an exact, irredundant cover of
// its actions by maximal boxes, largest first; each comes with an action that both bundles decided as claimed (exit
// code 70 otherwise). Bundles that decide everything alike give no change, whatever their texts say.
//
// COST: by kind, over the rules whose meaning differs and those that can fire together with them; equal rules are seen
// without a question. REQUIRES: `as_of_ns` lies inside the horizon of both.
#pragma once
#include <string>
#include <vector>

#include "guardvm/bundle.hpp"
#include "verify/checks/checker.hpp"
#include "verify/diff/join.hpp"

namespace guard::verify {

enum class ChangeOf : uint8_t { Outcome, Requirements, Obligations };

struct Change {
  ChangeOf what = ChangeOf::Outcome;
  std::string from, to;  // outcomes; equal unless `what` is Outcome
  std::string kind;
  std::string region;              // a condition of the language
  std::string action;              // JSON, one line
  std::string before, after;       // the two decisions on it, JSON
  std::vector<std::string> rules;  // `policy.rule`: those whose meaning changed among what fired, else all applied
};

struct DiffReport {
  int64_t as_of_ns = 0;
  std::vector<Change> changes;            // by kind; what is newly allowed first
  std::vector<SchemaChange> schema;       // attributes and kinds
  std::vector<std::string> inconclusive;  // what could not be compared, and why
  EngineStats engines;
};

[[nodiscard]] DiffReport diff(const guardvm::Bundle& before, const guardvm::Bundle& after, const Options& options);

enum class DiffFormat : uint8_t { Text, Json };
[[nodiscard]] std::string render(const DiffReport& report, DiffFormat format);

}  // namespace guard::verify
