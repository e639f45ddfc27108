// The list of checks, and what the set itself says about findings; see findings.hpp.
#include "findings.hpp"

#include <algorithm>

namespace guard::oracle {

const std::vector<Check>& checks() {
  static const std::vector<Check> list = {
      {"conflict", "warning", false, find_conflict},
      {"contradictory-obligations", "error", false, find_contradictory_obligations},
      {"never-matches", "error", true, find_never_matches},
      {"always-matches", "note", true, find_always_matches},
      {"dead-condition", "warning", true, find_dead_condition},
      {"unreachable", "warning", true, find_unreachable},
      {"redundant", "note", true, find_redundant},
      {"gap", "error", true, find_gap},
      {"dead-end", "error", true, find_dead_end},
      {"self-release", "error", true, find_self_release},
      {"invariant-violated", "error", true, find_invariant_violated},
      {"override-unused", "warning", true, find_override_unused},
      {"exception-expired", "warning", true, find_exception_expired},
      {"exception-too-broad", "warning", true, find_exception_too_broad},
      {"break-glass-too-broad", "warning", true, find_break_glass_too_broad},
      {"never-active-again", "warning", true, find_never_active_again},
      {"signal-fails-open", "warning", true, find_signal_fails_open},
      {"empty-scope", "warning", true, find_empty_scope},
  };
  return list;
}

const Check* find_check(const std::string& id) {
  for (const Check& check : checks())
    if (id == check.id) return &check;
  return nullptr;
}

namespace {

// Acceptances of findings that are there go; of the others, each is a finding itself. `found` is not filtered yet.
// READING: nothing is said of rules that match nothing, and of checks that are off or look for no accepted finding.
std::vector<Finding> unused_acceptances(const Table& table, const std::vector<Finding>& found) {
  std::vector<Finding> out;
  const check::PolicySet& set = table.set();
  const Bits never = never_matching(table);
  for (size_t r = 0; r < set.rules.size(); ++r) {
    const check::Rule& rule = set.rules[r];
    for (const check::Acceptance& accepted : rule.accepted) {
      const bool off = std::any_of(set.severities.begin(), set.severities.end(), [&](const auto& given) {
        return given.first == accepted.check && given.second == "off";
      });
      const bool needed = std::any_of(found.begin(), found.end(), [&](const Finding& finding) {
        return finding.id == accepted.check &&
               std::find(finding.names.begin(), finding.names.end(), rule.id) != finding.names.end();
      });
      if (off || needed || accepted.check == "dead-end" || (never & bit(r)) != 0) continue;
      out.push_back({"acceptance-unused", {rule.id}, "warning"});
    }
  }
  return out;
}

}  // namespace

std::vector<Finding> all_findings(const Table& table, const std::string& only) {
  std::vector<Finding> out;
  // Where no action is admissible, everything would be proved: only that is said.
  const std::vector<Finding> empty = find_empty_scope(table);
  const bool contradiction =
      std::any_of(empty.begin(), empty.end(), [](const Finding& finding) { return finding.severity == "error"; });
  for (const Check& check : checks()) {
    if (!only.empty() && only != check.id) continue;
    if (contradiction && std::string(check.id) != "empty-scope") continue;
    for (Finding finding : check.run(table)) {
      if (finding.severity.empty()) finding.severity = check.severity;
      for (const auto& [id, severity] : table.set().severities)
        if (id == finding.id) finding.severity = severity;
      if (finding.severity == "off") continue;
      if (!check.ordered) std::sort(finding.names.begin(), finding.names.end());
      out.push_back(std::move(finding));
    }
  }
  const std::vector<Finding> unused =
      only.empty() && !contradiction ? unused_acceptances(table, out) : std::vector<Finding>();
  std::erase_if(out, [&](const Finding& finding) {
    return std::any_of(table.set().rules.begin(), table.set().rules.end(), [&](const check::Rule& rule) {
      return std::find(finding.names.begin(), finding.names.end(), rule.id) != finding.names.end() &&
             std::any_of(rule.accepted.begin(), rule.accepted.end(),
                         [&](const auto& accepted) { return accepted.check == finding.id; });
    });
  });
  out.insert(out.end(), unused.begin(), unused.end());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace guard::oracle
