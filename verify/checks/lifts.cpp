// override-unused: holds of an allow rule and a rule that it overrides exactly when no admissible action fires both.
// exception-expired: holds of an exception exactly when it expires at `as_of` or before.
// exception-too-broad: holds of an exception that has not expired and a rule of it exactly when the rule fires for some
//   admissible action before the exception expires, and the exception's condition holds for every such action.
// break-glass-too-broad: holds of a break-glass exactly when its conditions hold for every admissible action of its
//   kinds.
// self-release: holds of an enforced rule exactly when some admissible action that fires it has no approvals but the
//   actor's own, and these meet one of its requirement clauses. Two approvals including the actor need somebody else.
//
// COST: one question per pair of rule and override, exception or requirement, and kind.
#include <algorithm>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

bool usable(const KindState& kind) { return kind.failure.empty() && !kind.contradictory; }

Finding make(CheckId check) {
  Finding finding;
  finding.check = check;
  finding.severity = check_info(check).severity;
  return finding;
}

// Whether the exception's condition holds wherever the rule fires before it expires, on all kinds of the rule.
bool covers_rule(Checker& checker, uint32_t exception, uint32_t rule, bool& unknown) {
  bool fires = false;
  for (auto& kind : checker.kinds()) {
    if (!usable(*kind)) continue;
    DecisionModel& decision = kind->decision;
    const size_t at = decision.find(rule);
    if (at == decision.rules.size()) continue;
    Formula matches = kFalse;
    for (const ExceptionOnKind& own : decision.exceptions) {
      if (own.exception == exception) matches = own.matches;
    }
    const Formula running = decision.model.at_instant(Compare::Lt, checker.view().Exceptions[exception].expires_ns);
    const Formula matched = decision.model.formulas.both(running, decision.rules[at].fires);
    const Formula outside = decision.model.formulas.both(matched, decision.model.formulas.negation(matches));
    if (!checker.confirmed_impossible(*kind, {outside}, unknown)) return false;
    fires = fires || checker.ask(*kind, {matched}).verdict == Verdict::Possible;
  }
  return fires;
}

void check_self(Checker& checker, KindState& kind, const RuleOnKind& rule, const format::RequirementRow& row) {
  DecisionModel& decision = kind.decision;
  Answer answer = checker.ask(kind, {rule.fires, decision.model.approver_is_actor(row), decision.model.actor_alone()});
  if (answer.verdict == Verdict::Unknown) {
    checker.inconclusive(CheckId::SelfRelease, {rule.rule}, "whether the actor can approve");
  }
  if (answer.verdict != Verdict::Possible) return;
  Finding finding = make(CheckId::SelfRelease);
  finding.rules = {checker.rule_id(rule.rule)};
  finding.kind = checker.kind_name(decision.model.kind());
  finding.message = "who acts can alone give the approval that `" + finding.rules[0] + "` asks for";
  finding.places = {checker.place(rule.rule, "asks for `" + std::string(checker.bundle().text(row.text)) + "`")};
  finding.witness = checker.show(kind, answer, {{{Claim::What::Fires, rule.rule}}, false, {}});
  checker.report(std::move(finding));
}

}  // namespace

void check_override_unused(Checker& checker) {
  const format::View& view = checker.view();
  for (uint32_t rule = 0; rule < view.Rules.size(); ++rule) {
    if (!checker.is_mine(rule) || checker.never[rule] || view.Rules[rule].mode == format::Mode::Off) continue;
    for (uint32_t i = 0; i < view.Rules[rule].overrides.count; ++i) {
      const uint32_t other = view.Indices[view.Rules[rule].overrides.first + i];
      if (checker.never[other] || view.Rules[other].mode == format::Mode::Off) continue;
      bool used = false, unknown = false, asked = false;
      for (auto& kind : checker.kinds()) {
        if (!usable(*kind)) continue;
        const size_t a = kind->decision.find(rule), b = kind->decision.find(other);
        if (a == kind->decision.rules.size() || b == kind->decision.rules.size()) continue;
        asked = true;
        used = used || !checker.confirmed_impossible(
                           *kind, {kind->decision.rules[a].fires, kind->decision.rules[b].fires}, unknown);
      }
      if (unknown) checker.inconclusive(CheckId::OverrideUnused, {rule, other}, "whether the two match one action");
      if (used || unknown || !asked) continue;
      Finding finding = make(CheckId::OverrideUnused);
      finding.rules = {checker.rule_id(rule), checker.rule_id(other)};
      finding.message =
          "`" + finding.rules[0] + "` overrides `" + finding.rules[1] + "`, but they never match one action";
      finding.places = {checker.place(rule, "overrides"), checker.place(other, "is never overridden by it")};
      checker.report(std::move(finding));
    }
  }
}

void check_exceptions(Checker& checker) {
  const format::View& view = checker.view();
  for (uint32_t e = 0; e < view.Exceptions.size(); ++e) {
    if (!checker.is_mine(e)) continue;
    const format::ExceptionRow& row = view.Exceptions[e];
    const std::string id(checker.bundle().text(row.id));
    if (row.expires_ns <= checker.world().as_of) {
      Finding finding = make(CheckId::ExceptionExpired);
      finding.subject = id;
      for (uint32_t i = 0; i < row.rules.count; ++i) {
        finding.rules.push_back(checker.rule_id(view.Indices[row.rules.first + i]));
      }
      finding.message = "exception `" + id + "` expired at " + Checker::instant_text(row.expires_ns);
      finding.places = {{row.span, "over"}};
      finding.notes = {"delete it, or renew it with its owner"};
      checker.report(std::move(finding));
      continue;
    }
    for (uint32_t i = 0; i < row.rules.count; ++i) {
      const uint32_t rule = view.Indices[row.rules.first + i];
      bool unknown = false;
      if (checker.never[rule] || !covers_rule(checker, e, rule, unknown)) {
        if (unknown) checker.inconclusive(CheckId::ExceptionTooBroad, {rule}, "exception `" + id + "`");
        continue;
      }
      Finding finding = make(CheckId::ExceptionTooBroad);
      finding.subject = id;
      finding.rules = {checker.rule_id(rule)};
      finding.message = "exception `" + id + "` covers everything that `" + finding.rules[0] + "` matches";
      finding.places = {{row.span, "covers all of it"}, checker.place(rule, "off in disguise")};
      checker.report(std::move(finding));
    }
  }
}

void check_break_glass(Checker& checker) {
  const format::View& view = checker.view();
  for (uint32_t g = 0; g < view.BreakGlasses.size(); ++g) {
    if (!checker.is_mine(g)) continue;
    bool always = true, unknown = false, asked = false;
    for (auto& kind : checker.kinds()) {
      if (!usable(*kind)) continue;
      for (const GlassOnKind& own : kind->decision.glasses) {
        if (own.glass != g) continue;
        asked = true;
        always = always &&
                 checker.confirmed_impossible(*kind, {kind->decision.model.formulas.negation(own.matches)}, unknown);
      }
    }
    const std::string id(checker.bundle().text(view.BreakGlasses[g].id));
    if (unknown) checker.inconclusive(CheckId::BreakGlassTooBroad, {}, "break-glass `" + id + "`");
    if (!always || !asked || unknown) continue;
    Finding finding = make(CheckId::BreakGlassTooBroad);
    finding.subject = id;
    finding.message = "break-glass `" + id + "` can be used by anyone at any time";
    finding.places = {{view.BreakGlasses[g].span, "asks for nothing"}};
    checker.report(std::move(finding));
  }
}

void check_self_release(Checker& checker) {
  std::vector<bool> reported(checker.view().Rules.size());
  for (auto& kind : checker.kinds()) {
    if (!usable(*kind) || kind->decision.model.row().actor == format::kNone) continue;
    for (const RuleOnKind& rule : kind->decision.rules) {
      if (!checker.is_mine(rule.rule) || !rule.enforced || checker.never[rule.rule]) continue;
      const format::Range groups = kind->decision.entry(rule).groups;
      for (uint32_t g = 0; g < groups.count; ++g) {
        const format::Range any = checker.view().RequirementGroups[groups.first + g].alternatives;
        for (uint32_t a = 0; a < any.count && !reported[rule.rule]; ++a) {
          const auto& row = checker.view().Requirements[checker.view().Indices[any.first + a]];
          if (row.including_actor == 0 || row.count > 1) continue;
          const size_t before = checker.findings().size();
          check_self(checker, *kind, rule, row);
          reported[rule.rule] = checker.findings().size() > before;
        }
      }
    }
  }
}

}  // namespace guard::verify
