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
#include <set>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

struct OnKind {
  KindState* kind;
  size_t at;
  std::vector<size_t> others;  // rules that can fire where it does, ascending
  std::set<size_t> instead;    // those of them that an action showed to decide in its place, or that it overrides
  [[nodiscard]] bool add(size_t other) {
    return std::binary_search(others.begin(), others.end(), other) && instead.insert(other).second;
  }
  [[nodiscard]] std::vector<size_t> some() const { return {instead.begin(), instead.end()}; }
};

// The default is to allow, and the rule denies all that it matches: neither lifted nor degraded anywhere.
bool always_denies(DecisionModel& decision, size_t at) {
  const RuleOnKind& rule = decision.rules[at];
  return decision.model.row().default_outcome == 0 && decision.row(rule).effect == format::Effect::Deny &&
         rule.surely == kTrue && decision.stands(at) == rule.fires;
}

// The decision is another one without the rule, where it fires.
// SOUND: where the default is to allow, a rule that overrides none changes the outcome just where nothing denies beside
//   it, and it denies, or it holds and nothing else does.
Formula differs(DecisionModel& decision, size_t at, const std::vector<size_t>& others) {
  Formulas& f = decision.model.formulas;
  const RuleOnKind& rule = decision.rules[at];
  const format::Effect effect = decision.row(rule).effect;
  if (decision.model.row().default_outcome != 0 || effect == format::Effect::Allow) {
    std::vector<size_t> with = others;
    with.push_back(at);
    const Outcomes x = decision.outcomes(with), y = decision.outcomes(others, at);
    return f.either(f.differ(x.deny, y.deny), f.differ(x.hold, y.hold));
  }
  const auto parts = [&](size_t i) {  // where it denies, where it holds
    const RuleOnKind& own = decision.rules[i];
    const Formula stands = decision.stands(i);
    if (decision.row(own).effect != format::Effect::Deny) {
      return std::pair(kFalse, f.both(stands, f.negation(own.met)));
    }
    return std::pair(f.both(stands, own.surely), f.both(stands, f.negation(own.surely)));
  };
  const auto [denies, holds] = parts(at);
  std::vector<Formula> silent;  // what denies beside it, and holds
  std::vector<Formula> waits;
  for (const size_t other : others) {
    const auto [deny, hold] = parts(other);
    silent.push_back(f.negation(deny));
    if (holds != kFalse) waits.push_back(hold);
  }
  silent.push_back(f.either(denies, f.both(holds, f.negation(f.any(waits)))));
  return f.all(silent);
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
  Formula shows = differs(decision, on.at, others);
  if (!always_denies(decision, on.at)) {  // else the default decides otherwise
    shows = decision.model.formulas.either(shows, decision.outcomes(others, on.at).by_default);
  }
  return {decision.rules[on.at].fires, shows};
}

// What an action shows of a rule that fires on it. Rules that apply weigh 3 (deny), 2 (hold it) or 1 (allow); the
// heaviest decide.
struct Shown {
  bool matters = false;           // without the rule it is decided otherwise
  bool left_to_default = false;   // without the rule no rule decides
  std::vector<uint32_t> instead;  // rules without which it would show more: those that weigh as much
};

Shown shown_by(const guardvm::Decision& decision, uint32_t rule, bool default_allow) {
  const auto weight = [](const guardvm::FiredRule& fired) {
    if (fired.status != guardvm::Status::Applied) return 0;
    if (fired.effect == format::Effect::Deny) return 3;
    if (!fired.met) return 2;
    return fired.effect == format::Effect::Allow ? 1 : 0;
  };
  const auto outcome = [&](int heaviest) { return heaviest == 0 ? (default_allow ? 1 : 3) : heaviest; };
  Shown shown;
  int own = 0, others = 0;
  bool fires = false, lifts = false;  // lifts: something stands without it
  for (const guardvm::FiredRule& fired : decision.rules) {
    const bool overridden = fired.by_what == guardvm::FiredRule::By::Rule;
    if (fired.rule == rule) {
      fires = true;
      own = weight(fired);
      if (overridden) shown.instead.push_back(fired.by);
    } else {
      others = std::max(others, weight(fired));
      lifts = lifts || (overridden && fired.by == rule);
    }
  }
  for (const guardvm::FiredRule& fired : decision.rules) {
    const bool lifted = fired.by_what == guardvm::FiredRule::By::Rule && fired.by == rule;
    if (fired.rule != rule && (lifted || (weight(fired) > 0 && weight(fired) >= own))) {
      shown.instead.push_back(fired.rule);
    }
  }
  shown.matters = fires && !lifts && outcome(std::max(own, others)) != outcome(others);
  shown.left_to_default = fires && !lifts && others == 0;
  return shown;
}

constexpr size_t kMaxActions = 30;
constexpr size_t kMaxRounds = 100;

// Whether some action that satisfies `required`, and so fires the rule, shows what is `wanted` of it. The runtime says
// which rules fire on an action; those that stand in the way are excluded from the next one. Most rules need one or
// two, and no formula of all the others. No proves nothing.
template <typename Wanted>
bool some_action_shows(Checker& checker, OnKind& on, std::vector<Formula> required, const Wanted& wanted) {
  DecisionModel& decision = on.kind->decision;
  const uint32_t rule = decision.rules[on.at].rule;
  for (size_t turn = 0; turn < kMaxActions; ++turn) {
    const Answer answer = checker.search(*on.kind, required);
    if (answer.verdict != Verdict::Possible) return false;
    const Shown shown = shown_by(checker.decide(*on.kind, answer), rule, decision.model.row().default_outcome == 0);
    if (wanted(shown)) return true;
    if (shown.instead.empty()) return false;
    for (const uint32_t other : shown.instead) {
      const size_t at = decision.find(other);
      required.push_back(decision.model.formulas.negation(decision.rules[at].fires));
      (void)on.add(at);
    }
  }
  return false;
}

// Whether some action satisfies what `question` asks of the rule beside the rules of `on.instead`, to which those are
// added that the runtime names on the actions that seem to; `wanted`: that one of them does in truth. Impossible: none
// does beside these rules, which are enough. Unknown: they do not tell.
template <typename Question, typename Wanted>
Verdict ask_beside_few(Checker& checker, OnKind& on, const Question& question, const Wanted& wanted) {
  const DecisionModel& decision = on.kind->decision;
  const bool default_allow = decision.model.row().default_outcome == 0;
  for (size_t turn = 0; turn < kMaxRounds; ++turn) {
    const Answer answer = checker.ask(*on.kind, question(on.some()));
    if (answer.verdict != Verdict::Possible) return answer.verdict;
    const Shown shown = shown_by(checker.decide(*on.kind, answer), decision.rules[on.at].rule, default_allow);
    if (wanted(shown)) return Verdict::Possible;
    bool more = false;
    for (const uint32_t other : shown.instead) more = on.add(decision.find(other)) || more;
    if (!more) break;
  }
  return Verdict::Unknown;
}

bool same_without(Checker& checker, OnKind& on, bool confirm, bool& unknown) {
  DecisionModel& decision = on.kind->decision;
  const Formula fires = decision.rules[on.at].fires;
  const auto question = [&](const std::vector<size_t>& others) {
    return std::vector<Formula>{fires, differs(decision, on.at, others)};
  };
  std::vector<size_t> others = on.others;
  // SOUND: where the default is to allow, or the rule does, it makes a difference beside more rules at most where it
  //   does beside few, of which those are that it overrides: the others weigh the same with it and without it.
  if (decision.model.row().default_outcome == 0 ||
      decision.row(decision.rules[on.at]).effect == format::Effect::Allow) {
    for (const size_t other : on.others) {
      const std::vector<size_t>& by = decision.rules[other].overriders;
      if (std::find(by.begin(), by.end(), on.at) != by.end()) (void)on.add(other);
    }
    const Verdict few = ask_beside_few(checker, on, question, [](const Shown& shown) { return shown.matters; });
    if (few == Verdict::Possible || (few == Verdict::Impossible && !confirm)) return few == Verdict::Impossible;
    if (few == Verdict::Impossible) others = on.some();
  }
  return confirm ? checker.confirmed_impossible(*on.kind, question(others), unknown)
                 : checker.impossible(*on.kind, question(others), unknown);
}

// REQUIRES: `same_without`.
bool given_by_rules(Checker& checker, OnKind& on, bool& unknown) {
  DecisionModel& decision = on.kind->decision;
  if (always_denies(decision, on.at)) return true;  // by what denies too
  const auto question = [&](const std::vector<size_t>& others) {
    return std::vector<Formula>{decision.rules[on.at].fires, decision.outcomes(others, on.at).by_default};
  };
  const Verdict few = ask_beside_few(checker, on, question, [](const Shown& shown) { return shown.left_to_default; });
  if (few == Verdict::Possible) return false;
  return checker.confirmed_impossible(*on.kind, question(few == Verdict::Impossible ? on.some() : on.others), unknown);
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
// REQUIRES: it is unreachable.
std::vector<size_t> blockers(Checker& checker, OnKind& on) {
  DecisionModel& decision = on.kind->decision;
  const format::Effect effect = decision.row(decision.rules[on.at]).effect;
  const auto question = [&](const std::vector<size_t>& others) { return shows_reach(on, others); };
  const auto never = [](const Shown&) { return false; };
  std::vector<size_t> kept =
      ask_beside_few(checker, on, question, never) == Verdict::Impossible ? on.some() : on.others;
  std::vector<size_t> order = kept;
  std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) {
    return (decision.row(decision.rules[x]).effect == effect) > (decision.row(decision.rules[y]).effect == effect);
  });
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

void report_unreachable(Checker& checker, uint32_t rule, std::vector<OnKind>& on) {
  Finding finding;
  finding.check = CheckId::Unreachable;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule)};
  finding.places = {checker.place(rule, "never has a say")};
  bool overridden = true, unknown = false;
  std::vector<uint32_t> by;
  for (OnKind& one : on) {
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
                    enumerated({finding.rules.begin() + 1, finding.rules.end()}, "and", "`");
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    Answer answer = checker.ask(*one.kind, {decision.rules[one.at].fires});
    if (answer.verdict != Verdict::Possible) continue;
    finding.kind = checker.kind_name(decision.model.kind());
    finding.witness = checker.show(*one.kind, answer, {{{Claim::What::Fires, rule}}, false, {}});
    break;
  }
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

// An action that the rule decides: it has a say.
bool has_a_say(Checker& checker, OnKind& on) {
  DecisionModel& decision = on.kind->decision;
  Formulas& f = decision.model.formulas;
  const RuleOnKind& rule = decision.rules[on.at];
  const format::Effect effect = decision.row(rule).effect;
  std::vector<Formula> required{rule.fires, f.negation(rule.excepted)};
  // A deny surely, or degraded to a hold; an unmet requirement or hold; a met allow.
  if (effect == format::Effect::Allow) required.push_back(rule.met);
  if (is_blocking(effect) && effect != format::Effect::Deny) required.push_back(f.negation(rule.met));
  return some_action_shows(checker, on, std::move(required), [](const Shown& shown) { return shown.matters; });
}

void check_rule(Checker& checker, uint32_t rule, std::vector<OnKind>& on) {
  bool unknown = false;
  for (OnKind& one : on) {
    one.others = without(checker.candidates(*one.kind, one.kind->decision.rules[one.at].fires), one.at);
    if (has_a_say(checker, one) || !same_without(checker, one, false, unknown)) break;
    if (&one == &on.back()) {
      bool same = true, rules_only = true, gap = false;
      for (OnKind& each : on) same = same && same_without(checker, each, true, unknown);
      for (OnKind& each : on) rules_only = rules_only && given_by_rules(checker, each, unknown);
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
      rules[rule.rule].push_back({kind.get(), i, {}, {}});
    }
  }
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (checker.is_mine(rule) && !rules[rule].empty()) check_rule(checker, rule, rules[rule]);
  }
}

}  // namespace guard::verify
