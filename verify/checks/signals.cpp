// signal-fails-open: holds of an enforced blocking rule that says `if missing: ignore` exactly when some admissible
//   action is allowed, its condition is possibly but not surely true, and the action would not be allowed if the rule
//   matched (`if missing: block`).
// rollout-over: holds of a rule in shadow or advisory mode exactly when the end it states lies at `as_of` or before.
//
// COST: one question per such rule and kind.
#include "verify/checks/all.hpp"
#include "verify/checks/conditions.hpp"

namespace guard::verify {
namespace {

// The outcomes if the rule fired wherever its condition is possibly true.
Outcomes outcomes_if_blocking(DecisionModel& decision, size_t at, Formula possibly, const std::vector<size_t>& among) {
  const Formula fires = decision.rules[at].fires;
  decision.rules[at].fires = possibly;
  const Outcomes result = decision.outcomes(among);
  decision.rules[at].fires = fires;
  return result;
}

bool check_rule(Checker& checker, KindState& kind, size_t at) {
  DecisionModel& decision = kind.decision;
  const RuleOnKind& rule = decision.rules[at];
  ConditionReader reader(checker, kind);
  const Formula possibly = reader.formula(decision.entry(rule).node, Truth::Possibly);
  std::vector<size_t> among = checker.candidates(kind, possibly);
  const Outcomes now = decision.outcomes(among), blocked = outcomes_if_blocking(decision, at, possibly, among);
  Answer answer = checker.ask(kind, {possibly, decision.model.formulas.negation(rule.fires), now.allow,
                                     decision.model.formulas.negation(blocked.allow)});
  if (answer.verdict == Verdict::Unknown) {
    checker.inconclusive(CheckId::SignalFailsOpen, {rule.rule}, "what passes without its signals");
  }
  if (answer.verdict != Verdict::Possible) return false;
  Finding finding;
  finding.check = CheckId::SignalFailsOpen;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule.rule)};
  finding.kind = checker.kind_name(decision.model.kind());
  finding.message =
      "an action passes only because `" + finding.rules[0] + "` ignores a signal that is missing or stale";
  finding.places = {checker.place(rule.rule, "ignores it")};
  finding.notes = {"`if missing: block` or `hold` would stop it"};
  finding.witness = checker.show(kind, answer, {{{Claim::What::Silent, rule.rule}}, true, {guardvm::Outcome::Allow}});
  checker.report(std::move(finding));
  return true;
}

}  // namespace

void check_signals(Checker& checker) {
  std::vector<bool> reported(checker.view().Rules.size());
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory) continue;
    for (size_t i = 0; i < kind->decision.rules.size(); ++i) {
      const RuleOnKind& rule = kind->decision.rules[i];
      const format::RuleRow& row = kind->decision.row(rule);
      if (!checker.is_mine(rule.rule) || !rule.enforced || !is_blocking(row.effect) ||
          row.if_missing != format::IfMissing::Ignore)
        continue;
      if (kind->decision.entry(rule).signals.count == 0 || reported[rule.rule] || checker.never[rule.rule]) continue;
      reported[rule.rule] = check_rule(checker, *kind, i);
    }
  }
}

void check_rollout(Checker& checker) {
  for (uint32_t rule = 0; rule < checker.view().Rules.size(); ++rule) {
    const format::RuleRow& row = checker.view().Rules[rule];
    if (!checker.is_mine(rule)) continue;
    if (row.mode != format::Mode::Shadow && row.mode != format::Mode::Advisory) continue;
    if (row.mode_until_ns > checker.world().as_of) continue;
    Finding finding;
    finding.check = CheckId::RolloutOver;
    finding.severity = check_info(finding.check).severity;
    finding.rules = {checker.rule_id(rule)};
    finding.message =
        "`" + finding.rules[0] + "` was to be in its mode until " + Checker::instant_text(row.mode_until_ns);
    finding.places = {checker.place(rule, "still not enforced")};
    checker.report(std::move(finding));
  }
}

}  // namespace guard::verify
