// unreachable: holds of an enforced rule that denies, requires, holds or allows exactly when it fires for some
// admissible
//   action, the set without it decides every action the same (allow, deny or hold), and wherever it fires the outcome
//   of the set without it is given by rules, not by the default. Twins are both reported.
// redundant: holds of such a rule exactly when it fires for some admissible action, is not unreachable, the set without
//   it decides every action the same, and no action inside a declared cover is left to no rule by its removal.
//
// SOUND: an action that does not fire the rule is decided the same without it (the rule overrides nothing there), so
//   only its own region is asked about; rules that are apart from the region by their bounds cannot fire in it.
// COST: one question per rule and kind for most rules (an action that is decided differently is found at once).
#include <algorithm>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

struct OnKind {
  KindState* kind;
  size_t at;
  std::vector<size_t> others;  // rules that can fire where it does
};

Formula differs(DecisionModel& decision, const Outcomes& x, const Outcomes& y) {
  Formulas& f = decision.model.formulas;
  return f.either(f.differ(x.deny, y.deny), f.differ(x.hold, y.hold));
}

std::vector<size_t> without(const std::vector<size_t>& list, size_t at) {
  std::vector<size_t> out;
  for (const size_t i : list) {
    if (i != at) out.push_back(i);
  }
  return out;
}

// What an action must satisfy to show that the rules `others` do not make `on` unreachable.
std::vector<Formula> shows_reach(const OnKind& on, const std::vector<size_t>& others) {
  DecisionModel& decision = on.kind->decision;
  std::vector<size_t> with = others;
  with.push_back(on.at);
  const Outcomes all = decision.outcomes(with), less = decision.outcomes(others, on.at);
  return {decision.rules[on.at].fires, decision.model.formulas.either(differs(decision, all, less), less.by_default)};
}

bool same_without(Checker& checker, const OnKind& on, bool confirm, bool& unknown) {
  DecisionModel& decision = on.kind->decision;
  std::vector<size_t> with = on.others;
  with.push_back(on.at);
  const std::vector<Formula> question{decision.rules[on.at].fires,
                                      differs(decision, decision.outcomes(with), decision.outcomes(on.others, on.at))};
  return confirm ? checker.confirmed_impossible(*on.kind, question, unknown)
                 : checker.impossible(*on.kind, question, unknown);
}

bool given_by_rules(Checker& checker, const OnKind& on, bool& unknown) {
  DecisionModel& decision = on.kind->decision;
  return checker.confirmed_impossible(
      *on.kind, {decision.rules[on.at].fires, decision.outcomes(on.others, on.at).by_default}, unknown);
}

bool opens_gap(Checker& checker, const OnKind& on, bool& unknown) {
  DecisionModel& decision = on.kind->decision;
  std::vector<Formula> fires;
  for (const size_t other : on.others) fires.push_back(decision.rules[other].fires);
  const Formula silent = decision.model.formulas.negation(decision.model.formulas.any(fires));
  return std::any_of(on.kind->covers.begin(), on.kind->covers.end(), [&](const KindState::Scope& cover) {
    return !checker.impossible(*on.kind, {decision.rules[on.at].fires, cover.surely, silent}, unknown);
  });
}

// The fewest rules that are enough; those with the rule's own effect are tried to be left out first.
std::vector<size_t> blockers(Checker& checker, const OnKind& on) {
  DecisionModel& decision = on.kind->decision;
  const format::Effect effect = decision.row(decision.rules[on.at]).effect;
  std::vector<size_t> order = on.others;
  std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) {
    return (decision.row(decision.rules[x]).effect == effect) > (decision.row(decision.rules[y]).effect == effect);
  });
  std::vector<size_t> kept = on.others;
  bool unknown = false;
  for (size_t step = std::max<size_t>(1, order.size() / 2); step > 0; step /= 2) {
    for (size_t first = 0; first < order.size(); first += step) {
      std::vector<size_t> fewer = kept;
      for (size_t i = first; i < std::min(order.size(), first + step); ++i) fewer = without(fewer, order[i]);
      if (fewer.size() == kept.size()) continue;
      if (checker.impossible(*on.kind, shows_reach(on, fewer), unknown)) kept = std::move(fewer);
    }
  }
  return kept;
}

std::string list_text(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += "`" + names[i] + "`";
  }
  return out;
}

void report_unreachable(Checker& checker, uint32_t rule, const std::vector<OnKind>& on) {
  Finding finding;
  finding.check = CheckId::Unreachable;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule)};
  finding.places = {checker.place(rule, "never has a say")};
  bool overridden = true, unknown = false;
  std::vector<uint32_t> by;
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    overridden = overridden && checker.impossible(*one.kind, {decision.stands(one.at)}, unknown);
    for (const size_t other : blockers(checker, one)) by.push_back(decision.rules[other].rule);
  }
  const format::Effect effect = checker.view().Rules[rule].effect;
  std::sort(by.begin(), by.end(), [&](uint32_t x, uint32_t y) {
    const bool a = checker.view().Rules[x].effect == effect, b = checker.view().Rules[y].effect == effect;
    return a != b ? b : x < y;
  });
  by.erase(std::unique(by.begin(), by.end()), by.end());
  bool other_effect = false;
  for (const uint32_t other : by) {
    finding.rules.push_back(checker.rule_id(other));
    finding.places.push_back(checker.place(other, "decides in its place"));
    other_effect = other_effect || checker.view().Rules[other].effect != effect;
  }
  const std::string how = overridden ? "overridden" : (other_effect ? "outranked" : "covered");
  finding.message = "`" + finding.rules[0] + "` never has a say: it is " + how + " by " +
                    list_text({finding.rules.begin() + 1, finding.rules.end()});
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    Answer answer = checker.ask(*one.kind, {decision.rules[one.at].fires});
    if (answer.verdict != Verdict::Possible) continue;
    finding.kind = checker.kind_name(decision.model.kind());
    finding.witness = checker.show(*one.kind, answer, {{{Claim::What::Fires, rule}}, false, {}});
    break;
  }
  checker.unreachable[rule] = true;
  checker.report(std::move(finding));
}

void report_redundant(Checker& checker, uint32_t rule) {
  Finding finding;
  finding.check = CheckId::Redundant;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule)};
  finding.message = "without `" + finding.rules[0] + "` every action is decided the same";
  finding.places = {checker.place(rule, "changes no decision")};
  checker.report(std::move(finding));
}

// An action that the rule alone speaks to, and decides otherwise than the default: it has a say. Most rules have one,
// and it is found without looking at what the outcome of all the others is.
bool alone_matters(Checker& checker, const OnKind& on) {
  DecisionModel& decision = on.kind->decision;
  Formulas& f = decision.model.formulas;
  const RuleOnKind& rule = decision.rules[on.at];
  const format::Effect effect = decision.row(rule).effect;
  const bool default_allow = decision.model.row().default_outcome == 0;
  if (default_allow != is_blocking(effect)) return false;
  std::vector<Formula> question{rule.fires, f.negation(rule.excepted)};
  // A deny surely, or degraded to a hold; an unmet requirement or hold; a met allow.
  if (effect == format::Effect::Allow) question.push_back(rule.met);
  if (is_blocking(effect) && effect != format::Effect::Deny) question.push_back(f.negation(rule.met));
  for (const size_t other : on.others) question.push_back(f.negation(decision.rules[other].fires));
  return checker.search(*on.kind, std::move(question)) == Verdict::Possible;
}

void check_rule(Checker& checker, uint32_t rule, std::vector<OnKind>& on) {
  bool unknown = false;
  for (OnKind& one : on) {
    one.others = without(checker.candidates(*one.kind, one.kind->decision.rules[one.at].fires), one.at);
    if (alone_matters(checker, one) || !same_without(checker, one, false, unknown)) break;
    if (&one == &on.back()) {
      bool same = true, rules_only = true, gap = false;
      for (const OnKind& each : on) same = same && same_without(checker, each, true, unknown);
      for (const OnKind& each : on) rules_only = rules_only && given_by_rules(checker, each, unknown);
      if (same && rules_only) return report_unreachable(checker, rule, on);
      for (const OnKind& each : on) gap = gap || opens_gap(checker, each, unknown);
      if (same && !gap && !unknown) return report_redundant(checker, rule);
    }
  }
  if (unknown) {
    checker.inconclusive(CheckId::Unreachable, {rule}, "whether `" + checker.rule_id(rule) + "` ever has a say");
  }
}

}  // namespace

void check_unreachable(Checker& checker) {
  std::vector<std::vector<OnKind>> rules(checker.view().Rules.size());
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory) continue;
    for (size_t i = 0; i < kind->decision.rules.size(); ++i) {
      const RuleOnKind& rule = kind->decision.rules[i];
      if (!rule.enforced || checker.never[rule.rule] || !decides(kind->decision.row(rule).effect)) continue;
      rules[rule.rule].push_back({kind.get(), i, {}});
    }
  }
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (checker.is_mine(rule) && !rules[rule].empty()) check_rule(checker, rule, rules[rule]);
  }
}

}  // namespace guard::verify
