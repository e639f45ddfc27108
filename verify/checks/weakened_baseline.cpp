// weakened-baseline: holds of a kind exactly when the set allows an admissible action that the rules of the
//   organisation's set (--baseline), alone, deny or hold: with the kind's default, its own break-glasses, and mandatory
//   only those of its rules that say so themselves. One finding per region; the regions are complete.
//
// SOUND: the organisation's exceptions and overrides need no look: merged, its blocking rules are mandatory, so the
//   compiler refuses what excepts or overrides one.
// COST: nothing without a baseline; else one question per kind, over all of its rules.
#include <algorithm>
#include <numeric>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

// The organisation's rules of a kind as they are alone, and what they decide.
struct Alone {
  std::vector<RuleOnKind> rules;
  Outcomes outcomes;
};

std::vector<size_t> positions(size_t count) {
  std::vector<size_t> all(count);
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

Alone alone(DecisionModel& decision) {
  const format::View& view = decision.model.world().bundle.view();
  Formulas& f = decision.model.formulas;
  Alone out;
  for (const RuleOnKind& merged : decision.rules) {
    const format::RuleRow& row = decision.row(merged);
    if (row.baseline == 0) continue;
    RuleOnKind& rule = out.rules.emplace_back(merged);
    rule.overriders.clear();
    rule.excepted = kFalse;
    for (const GlassOnKind& glass : decision.glasses) {
      const format::BreakGlassRow& own = view.BreakGlasses[glass.glass];
      if (own.baseline == 0 || !lifts(view, own, rule.rule, row.mandatory_said != 0)) continue;
      rule.excepted = f.either(decision.runs(glass), rule.excepted);
    }
  }
  const bool default_allow = decision.model.row().default_outcome == 0;
  out.outcomes = outcomes_of(f, out.rules, default_allow, positions(out.rules.size()), kNothing);
  return out;
}

// What lets the actions of a region pass: the rules that apply to the example, the organisation's rules that alone
// would not let it, and the break-glasses that lift those.
void name_causes(Checker& checker, KindState& kind, const Alone& organisation, Formula where, Finding& finding) {
  DecisionModel& decision = kind.decision;
  Formulas& f = decision.model.formulas;
  const auto name = [&](uint32_t rule, const std::string& what) {
    finding.rules.push_back(checker.rule_id(rule));
    finding.places.push_back(checker.place(rule, what));
  };
  for (const uint32_t rule : checker.last_applied()) name(rule, "applies to the example");
  for (size_t i = 0; i < organisation.rules.size(); ++i) {
    const RuleOnKind& rule = organisation.rules[i];
    if (!rule.enforced || !is_blocking(rule.effect)) continue;
    const Formula stands = stands_of(f, organisation.rules, i, kNothing);
    const Formula blocks = rule.effect == format::Effect::Deny ? stands : f.both(stands, f.negation(rule.met));
    if (checker.search(kind, {where, blocks}).verdict == Verdict::Possible)
      name(rule.rule, "does not let it pass alone");
  }
  for (const GlassOnKind& glass : decision.glasses) {
    const format::BreakGlassRow& row = checker.view().BreakGlasses[glass.glass];
    if (row.even_mandatory == 0 || checker.search(kind, {where, decision.runs(glass)}).verdict != Verdict::Possible)
      continue;
    finding.notes.push_back("`" + std::string(checker.bundle().text(row.id)) +
                            "` lifts rules of the organisation: leave out `even mandatory`, or name what it may lift");
  }
}

void check_kind(Checker& checker, KindState& kind) {
  DecisionModel& decision = kind.decision;
  Formulas& f = decision.model.formulas;
  const Alone organisation = alone(decision);
  const Outcomes together = decision.outcomes(positions(decision.rules.size()));
  const Formula weaker = f.both(together.allow, f.negation(organisation.outcomes.allow));
  const std::string name = checker.kind_name(decision.model.kind());
  const Verdict verdict = checker.ask(kind, {weaker}).verdict;
  if (verdict == Verdict::Impossible) return;
  const RegionList list = checker.regions(kind, weaker, Checker::Others::Reported);
  if (verdict == Verdict::Unknown || !list.complete) {
    return checker.inconclusive(CheckId::WeakenedBaseline, {}, "actions of kind `" + name + "`");
  }
  for (const Region& region : list.regions) {
    Finding finding;
    finding.check = CheckId::WeakenedBaseline;
    finding.severity = check_info(finding.check).severity;
    finding.kind = name;
    finding.region = region.condition;
    finding.message = "actions of kind `" + name + "` are allowed that the organisation's set alone denies or holds";
    Answer answer = checker.ask(kind, {weaker, region.formula});
    GUARD_CHECK(answer.verdict == Verdict::Possible, "a region of a weakened baseline that has no action");
    Claims claims;
    claims.outcome_given = true;
    claims.outcomes = {guardvm::Outcome::Allow};
    finding.witness = checker.show(kind, answer, claims);
    name_causes(checker, kind, organisation, f.both(weaker, region.formula), finding);
    checker.report(std::move(finding));
  }
}

}  // namespace

void check_weakened_baseline(Checker& checker) {
  const auto& rules = checker.view().Rules;
  if (std::none_of(rules.begin(), rules.end(), [](const format::RuleRow& row) { return row.baseline != 0; })) return;
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory || !checker.is_mine(kind->decision.model.kind())) continue;
    check_kind(checker, *kind);
  }
}

}  // namespace guard::verify
