// gap: holds of a declared cover exactly when some admissible action surely inside it fires no enforced deny, require,
//   hold or allow rule. One finding per region of such actions: together exactly all of them, none needless, each as
//   large as can be.
// invariant-violated: holds of an invariant exactly when some admissible action that surely satisfies its condition
// gets
//   an outcome that it forbids.
//
// COST: one question per invariant (or cover) and kind, over the rules that can fire inside its scope.
#include <algorithm>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

constexpr uint8_t kAllow = 1, kDeny = 2, kHold = 4;

std::string outcome_words(uint8_t outcomes) {
  std::string out;
  for (const auto& [bit, word] : {std::pair{kAllow, "allow"}, std::pair{kDeny, "deny"}, std::pair{kHold, "hold"}}) {
    if ((outcomes & bit) == 0) continue;
    out += std::string(out.empty() ? "" : " or ") + word;
  }
  return out;
}

void report_violation(Checker& checker, KindState& kind, uint32_t invariant, uint8_t forbidden, Answer& answer) {
  const format::InvariantRow& row = checker.view().Invariants[invariant];
  Finding finding;
  finding.check = CheckId::InvariantViolated;
  finding.severity = check_info(finding.check).severity;
  finding.subject = std::string(checker.bundle().text(row.id));
  finding.kind = checker.kind_name(kind.decision.model.kind());
  finding.places = {{row.span, "promised here"}};
  Claims claims;
  claims.outcome_given = true;
  if ((forbidden & kAllow) != 0) claims.outcomes.push_back(guardvm::Outcome::Allow);
  if ((forbidden & kDeny) != 0) claims.outcomes.push_back(guardvm::Outcome::Deny);
  if ((forbidden & kHold) != 0) claims.outcomes.push_back(guardvm::Outcome::Hold);
  finding.witness = checker.show(kind, answer, claims);
  for (const uint32_t rule : checker.last_applied()) {
    finding.rules.push_back(checker.rule_id(rule));
    finding.places.push_back(checker.place(rule, "applies to the example"));
  }
  // What would have stopped it, and what lifts that.
  for (const guardvm::FiredRule& fired : checker.decide(kind, answer).rules) {
    const std::string by = checker.lifter(fired);
    if (by.empty()) continue;
    finding.rules.push_back(checker.rule_id(fired.rule));
    finding.places.push_back(checker.place(fired.rule, "lifted by `" + by + "`"));
  }
  finding.message = "an action gets `" + finding.witness.outcome + "` although `" + finding.subject + "` says never " +
                    outcome_words(forbidden);
  checker.report(std::move(finding));
}

void report_gap(Checker& checker, KindState& kind, uint32_t cover, Formula silent, const Region& region,
                const Claims& claims) {
  const format::CoverRow& row = checker.view().Covers[cover];
  Finding finding;
  finding.check = CheckId::Gap;
  finding.severity = check_info(finding.check).severity;
  finding.subject = std::string(checker.bundle().text(row.text));
  finding.kind = checker.kind_name(kind.decision.model.kind());
  finding.region = region.condition;
  finding.message = "an action of kind `" + finding.kind + "` inside the cover is spoken to by no rule";
  finding.places = {{row.span, "declared here"}};
  finding.notes = {"a rule that closes this gap: `rule NAME on " + finding.kind +
                   (region.condition == "true" ? "" : " when " + region.condition) + " deny`"};
  Answer answer = checker.ask(kind, {silent, region.formula});
  if (answer.verdict == Verdict::Unknown) return checker.inconclusive(CheckId::Gap, {}, "`" + finding.subject + "`");
  GUARD_CHECK(answer.verdict == Verdict::Possible, "a region of a gap that has no action");
  finding.witness = checker.show(kind, answer, claims);
  checker.report(std::move(finding));
}

}  // namespace

void check_invariants(Checker& checker) {
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory) continue;
    DecisionModel& decision = kind->decision;
    for (const KindState::Scope& scope : kind->invariants) {
      if (!checker.is_mine(scope.object)) continue;
      const format::InvariantRow& row = checker.view().Invariants[scope.object];
      const auto forbidden = static_cast<uint8_t>((row.never != 0 ? row.outcomes : ~row.outcomes) & 7);
      const Outcomes outcomes = decision.outcomes(checker.candidates(*kind, scope.surely));
      std::vector<Formula> bad;
      if ((forbidden & kAllow) != 0) bad.push_back(outcomes.allow);
      if ((forbidden & kDeny) != 0) bad.push_back(outcomes.deny);
      if ((forbidden & kHold) != 0) bad.push_back(outcomes.hold);
      Answer answer = checker.ask(*kind, {scope.surely, decision.model.formulas.any(bad)});
      if (answer.verdict == Verdict::Unknown) {
        checker.inconclusive(CheckId::InvariantViolated, {}, "`" + std::string(checker.bundle().text(row.id)) + "`");
      }
      if (answer.verdict == Verdict::Possible) report_violation(checker, *kind, scope.object, forbidden, answer);
    }
  }
}

void check_gap(Checker& checker) {
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory) continue;
    DecisionModel& decision = kind->decision;
    for (const KindState::Scope& scope : kind->covers) {
      if (!checker.is_mine(scope.object)) continue;
      const format::CoverRow& row = checker.view().Covers[scope.object];
      std::vector<Formula> required{scope.surely};
      Claims claims;
      for (const size_t at : checker.candidates(*kind, scope.surely)) {
        required.push_back(decision.model.formulas.negation(decision.rules[at].fires));
        claims.rules.push_back({Claim::What::Silent, decision.rules[at].rule});
      }
      const std::string text(checker.bundle().text(row.text));
      const Verdict verdict = checker.ask(*kind, required).verdict;
      if (verdict == Verdict::Impossible) continue;
      const Formula silent = decision.model.formulas.all(required);
      const RegionList list = checker.regions(*kind, silent, Checker::Others::Reported);
      if (verdict == Verdict::Unknown || !list.complete) {
        checker.inconclusive(CheckId::Gap, {}, "`" + text + "`");
        continue;
      }
      for (const Region& region : list.regions) report_gap(checker, *kind, scope.object, silent, region, claims);
    }
  }
}

}  // namespace guard::verify
