// acceptance-expired: an acceptance beside a rule whose `until` has passed. It accepts nothing any more.
//   Holds exactly when `until` is not after --as-of.
// acceptance-unused: an acceptance beside a rule that nothing needs.
//   Holds exactly when it has not expired and names no finding of verification, or one that is not off and that the set
//   without the acceptance does not give about the rule. Of a rule that is off or never matches nothing is said (one
//   cause, one finding); nor of `dead-end`, whose actions are left out where they are looked for; nor where a question
//   about the same finding and rule stayed open, or the assumptions contradict each other.
#include <algorithm>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

Finding make(const Checker& checker, CheckId check, const Acceptance& acceptance) {
  Finding finding;
  finding.check = check;
  finding.severity = check_info(check).severity;
  finding.rules = {checker.rule_id(acceptance.rule)};
  finding.subject = acceptance.check;
  return finding;
}

void report_expired(Checker& checker, const Acceptance& acceptance) {
  Finding finding = make(checker, CheckId::AcceptanceExpired, acceptance);
  const std::string rule = checker.rule_id(acceptance.rule);
  finding.message =
      "`" + rule + "` accepted `" + acceptance.check + "` until " + Checker::instant_text(*acceptance.until_ns);
  finding.places = {checker.place(acceptance.rule, "accepts it no more")};
  finding.notes.push_back(acceptance.owner.empty()
                              ? "mend what it accepted, or decide again"
                              : "mend what it accepted, or let " + acceptance.owner + " decide again");
  checker.report(std::move(finding));
}

void report_unused(Checker& checker, const Acceptance& acceptance, bool known) {
  Finding finding = make(checker, CheckId::AcceptanceUnused, acceptance);
  const std::string rule = checker.rule_id(acceptance.rule);
  if (known) {
    finding.message = "`" + rule + "` accepts `" + acceptance.check + "`, which is not found about it";
    finding.places = {checker.place(acceptance.rule, "has nothing to accept")};
    finding.notes.emplace_back("delete the acceptance, before it hides something new");
  } else {
    finding.message = "`" + rule + "` accepts `" + acceptance.check + "`, which is no finding of verification";
    finding.places = {checker.place(acceptance.rule, "accepts nothing")};
    std::vector<std::string> ids;
    for (size_t i = 0; i < check_count(); ++i) ids.emplace_back(check_info(static_cast<CheckId>(i)).id);
    const std::string near = nearest(acceptance.check, ids);
    finding.notes.push_back(near.empty() ? "`--format sarif` lists every finding as a rule"
                                         : "did you mean `" + near + "`?");
  }
  checker.report(std::move(finding));
}

// A rule that gives no finding of its own: it matches nothing, or is off.
bool silent(const Checker& checker, uint32_t rule) {
  return checker.never[rule] || checker.view().Rules[rule].mode == format::Mode::Off;
}

bool mentioned(const Checker& checker, const Acceptance& acceptance, CheckId check) {
  const std::string rule = checker.rule_id(acceptance.rule);
  const std::vector<Finding>& findings = checker.findings();
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.check == check && (finding.acceptance || finding.inconclusive) &&
           std::find(finding.rules.begin(), finding.rules.end(), rule) != finding.rules.end();
  });
}

}  // namespace

void check_acceptances(Checker& checker) {
  const auto& kinds = checker.kinds();
  const bool doubtful = std::any_of(kinds.begin(), kinds.end(),
                                    [](const auto& kind) { return kind->contradictory || !kind->failure.empty(); });
  for (const Acceptance& acceptance : checker.acceptances()) {
    if (checker.expired(acceptance)) {
      report_expired(checker, acceptance);
      continue;
    }
    const std::optional<CheckId> check = find_check(acceptance.check);
    if (!check) {
      report_unused(checker, acceptance, false);
    } else if (!doubtful && *check != CheckId::DeadEnd && !silent(checker, acceptance.rule) &&
               checker.severity_of(*check, check_info(*check).severity) && !mentioned(checker, acceptance, *check)) {
      report_unused(checker, acceptance, true);
    }
  }
}

}  // namespace guard::verify
