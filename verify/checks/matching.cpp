// empty-scope: holds of an invariant or a cover exactly when no admissible action of any of its kinds satisfies its
//   condition (a warning); of the assumptions on a kind exactly when no action satisfies them all (an error; then
//   nothing else is said of the kind).
// never-matches: holds of a rule exactly when no admissible action of any of its kinds fires it.
// never-active-again: instead of never-matches, exactly when the rule fires for some action at an earlier instant of
// the
//   bundle's horizon, that satisfies the assumptions, and for none from `as_of` on: its time is over.
// always-matches: holds of a rule with a condition exactly when every admissible action of its kinds fires it.
// dead-condition: holds of an atom exactly when replacing it by true, or by false, changes for no admissible action
//   whether the rule fires, nor whether it does so degraded (`if missing: hold`). A quantifier is one atom. An atom
//   that tests presence only is a guard and never dead.
//
// SOUND: "fires" is the bundle's own match code; the condition's tree gives the same with one atom replaced. A rule on
//   several kinds has a finding only where it holds on all of them.
// COST: one question per rule and kind, two per atom.
#include "verify/checks/all.hpp"
#include "verify/checks/conditions.hpp"

namespace guard::verify {
namespace {

struct OnKind {
  KindState* kind;
  size_t at;
};

// Per rule, the kinds that can be asked about it.
std::vector<std::vector<OnKind>> by_rule(Checker& checker) {
  std::vector<std::vector<OnKind>> list(checker.view().Rules.size());
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty() || kind->contradictory) continue;
    for (size_t i = 0; i < kind->decision.rules.size(); ++i) {
      list[kind->decision.rules[i].rule].push_back({kind.get(), i});
    }
  }
  return list;
}

// The fewest of the rule's conjuncts and the kind's assumptions that contradict each other.
std::vector<std::string> contradiction(Checker& checker, const OnKind& on) {
  ConditionReader reader(checker, *on.kind);
  DecisionModel& decision = on.kind->decision;
  const RuleOnKind& rule = decision.rules[on.at];
  std::vector<std::pair<Formula, std::string>> parts;
  for (const uint32_t node : reader.conjuncts(decision.entry(rule).node)) {
    parts.emplace_back(reader.formula(node, truth_of(decision.row(rule))), reader.text(node));
  }
  for (const AssumptionOnKind& own : decision.assumptions) {
    const std::string_view text = checker.bundle().text(checker.view().Assumptions[own.assumption].text);
    parts.emplace_back(decision.model.formulas.negation(own.broken), "assume " + std::string(text));
  }
  for (size_t i = 0; i < parts.size();) {
    std::vector<Formula> others;
    for (size_t j = 0; j < parts.size(); ++j) {
      if (j != i) others.push_back(parts[j].first);
    }
    if (checker.ask_alone(*on.kind, others).verdict == Verdict::Impossible) {
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  std::vector<std::string> texts;
  for (auto& [formula, text] : parts) texts.push_back(std::move(text));
  return texts;
}

// The rule fired before `as_of`; reports so and says true.
bool over(Checker& checker, uint32_t rule, const std::vector<OnKind>& on) {
  int64_t last = INT64_MIN;
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    const Answer answer = checker.ask_alone(*one.kind, {decision.holds, decision.rules[one.at].fires});
    if (answer.verdict != Verdict::Possible) continue;
    Domain& instants = decision.model.domain(decision.model.now_site());
    for (uint32_t cls = 0; cls < instants.classes(); ++cls) {
      const std::vector<Interval> parts = instants.intervals(cls);
      if (parts.back().high >= checker.world().as_of || parts.back().high <= last) continue;
      // Some action fires the rule at an instant of this class.
      if (checker.fires_in_class(*one.kind, one.at, cls)) last = parts.back().high;
    }
  }
  if (last == INT64_MIN) return false;
  Finding finding;
  finding.check = CheckId::NeverActiveAgain;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule)};
  finding.message = "`" + finding.rules[0] + "` can match no action after " + checker.instant_text(last);
  finding.places = {checker.place(rule, "its time is over")};
  finding.notes = {"delete it, or give it a new time"};
  checker.report(std::move(finding));
  return true;
}

void report_never(Checker& checker, uint32_t rule, const std::vector<OnKind>& on) {
  Finding finding;
  finding.check = CheckId::NeverMatches;
  finding.severity = check_info(finding.check).severity;
  finding.rules = {checker.rule_id(rule)};
  finding.message = "no admissible action matches `" + finding.rules[0] + "`";
  const std::vector<std::string> why = contradiction(checker, on[0]);
  finding.places = {checker.place(rule, "never matches")};
  if (why.size() == 1) finding.notes.push_back(enumerated(why, "and", "`") + " cannot hold");
  if (why.size() > 1) finding.notes.push_back(enumerated(why, "and", "`") + " cannot hold together");
  checker.report(std::move(finding));
}

// The match with the atom replaced is another one.
Formula match_differs(ConditionReader& reader, DecisionModel& decision, const RuleOnKind& rule, uint32_t atom,
                      bool by) {
  Formulas& f = decision.model.formulas;
  const format::RuleRow& row = decision.row(rule);
  const uint32_t node = decision.entry(rule).node;
  const Formula differs = f.differ(rule.fires, reader.formula(node, truth_of(row), atom, by));
  if (!is_blocking(row.effect) || row.if_missing != format::IfMissing::Hold) return differs;
  return f.either(differs, f.differ(rule.surely, reader.formula(node, Truth::Surely, atom, by)));
}

// Whether the atom can be replaced on every kind of the rule.
bool dead(Checker& checker, const std::vector<OnKind>& on, uint32_t atom, bool by, bool& unknown) {
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    const RuleOnKind& rule = decision.rules[one.at];
    ConditionReader reader(checker, *one.kind);
    if (atom >= reader.atoms(decision.entry(rule).node).size()) return false;
    if (!checker.impossible(*one.kind, {match_differs(reader, decision, rule, atom, by)}, unknown)) return false;
  }
  for (const OnKind& one : on) {
    DecisionModel& decision = one.kind->decision;
    ConditionReader reader(checker, *one.kind);
    const RuleOnKind& rule = decision.rules[one.at];
    const Formula differs = match_differs(reader, decision, rule, atom, by);
    if (!checker.confirmed_impossible(*one.kind, {differs}, unknown)) return false;
  }
  return true;
}

void check_atoms(Checker& checker, uint32_t rule, const std::vector<OnKind>& on) {
  DecisionModel& first = on[0].kind->decision;
  ConditionReader reader(checker, *on[0].kind);
  const std::vector<uint32_t> atoms = reader.atoms(first.entry(first.rules[on[0].at]).node);
  for (uint32_t a = 0; a < atoms.size(); ++a) {
    const format::ConditionNode& node = checker.view().ConditionNodes[atoms[a]];
    if (node.guard != 0) continue;
    bool unknown = false;
    const bool as_true = dead(checker, on, a, true, unknown);
    const bool as_false = !as_true && dead(checker, on, a, false, unknown);
    const std::string text = reader.text(atoms[a]);
    if (unknown && !as_true && !as_false) {
      checker.inconclusive(CheckId::DeadCondition, {rule}, "`" + text + "`");
    }
    if (!as_true && !as_false) continue;
    Finding finding;
    finding.check = CheckId::DeadCondition;
    finding.severity = check_info(finding.check).severity;
    finding.rules = {checker.rule_id(rule)};
    finding.region = text;
    finding.message = "`" + text + "` makes no difference to when `" + finding.rules[0] + "` matches";
    finding.places = {{node.span, as_true ? "could as well be true" : "could as well be false"}};
    if (node.span.file == format::kNoFile) finding.places = {checker.place(rule)};
    checker.report(std::move(finding));
  }
}

}  // namespace

void check_empty_scope(Checker& checker) {
  std::vector<bool> invariant_seen(checker.view().Invariants.size()), cover_seen(checker.view().Covers.size());
  for (auto& kind : checker.kinds()) {
    if (!kind->failure.empty()) {
      for (const auto& scope : kind->invariants) invariant_seen[scope.object] = true;
      for (const auto& scope : kind->covers) cover_seen[scope.object] = true;
      continue;
    }
    bool unknown = false;
    kind->contradictory = !kind->decision.assumptions.empty() && checker.confirmed_impossible(*kind, {}, unknown);
    for (const auto& scope : kind->invariants) {
      if (kind->contradictory || checker.ask(*kind, {scope.surely}).verdict != Verdict::Impossible) {
        invariant_seen[scope.object] = true;
      }
    }
    for (const auto& scope : kind->covers) {
      if (kind->contradictory || checker.ask(*kind, {scope.surely}).verdict != Verdict::Impossible) {
        cover_seen[scope.object] = true;
      }
    }
    if (!kind->contradictory || !checker.is_mine(kind->decision.model.kind())) continue;
    Finding finding;
    finding.check = CheckId::EmptyScope;
    finding.severity = Severity::Error;  // Anything could be proved of such a kind.
    finding.subject = checker.kind_name(kind->decision.model.kind());
    finding.message = "no action of kind `" + finding.subject + "` satisfies the assumptions";
    for (const AssumptionOnKind& own : kind->decision.assumptions) {
      finding.places.push_back({checker.view().Assumptions[own.assumption].span, "assumed"});
    }
    checker.report(std::move(finding));
  }
  const auto report = [&](std::string subject, const std::string& what, const format::SpanRow& span) {
    Finding finding;
    finding.check = CheckId::EmptyScope;
    finding.severity = check_info(finding.check).severity;
    finding.message = "no admissible action lies in the scope of " + what;
    finding.subject = std::move(subject);
    finding.places = {{span, "speaks of nothing"}};
    checker.report(std::move(finding));
  };
  for (size_t i = 0; i < invariant_seen.size(); ++i) {
    const format::InvariantRow& row = checker.view().Invariants[i];
    const std::string id(checker.bundle().text(row.id));
    if (!invariant_seen[i] && checker.is_mine(static_cast<uint32_t>(i))) report(id, "invariant `" + id + "`", row.span);
  }
  for (size_t i = 0; i < cover_seen.size(); ++i) {
    const format::CoverRow& row = checker.view().Covers[i];
    const std::string text(checker.bundle().text(row.text));
    if (!cover_seen[i] && checker.is_mine(static_cast<uint32_t>(i))) report(text, "`" + text + "`", row.span);
  }
}

void check_never_matches(Checker& checker) {
  const auto rules = by_rule(checker);
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (!checker.is_mine(rule)) continue;
    bool matches = rules[rule].empty(), unknown = false;
    for (const OnKind& on : rules[rule]) {
      const Verdict verdict = checker.ask(*on.kind, {on.kind->decision.rules[on.at].fires}).verdict;
      unknown = unknown || verdict == Verdict::Unknown;
      matches = verdict == Verdict::Possible;
      if (matches) break;
    }
    if (matches) continue;
    for (const OnKind& on : rules[rule]) {
      if (!unknown) (void)checker.confirmed_impossible(*on.kind, {on.kind->decision.rules[on.at].fires}, unknown);
    }
    if (unknown) {
      checker.inconclusive(CheckId::NeverMatches, {rule}, "whether `" + checker.rule_id(rule) + "` can match");
      continue;
    }
    checker.never[rule] = true;
    if (!over(checker, rule, rules[rule])) report_never(checker, rule, rules[rule]);
  }
}

void check_always_matches(Checker& checker) {
  const auto rules = by_rule(checker);
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (!checker.is_mine(rule)) continue;
    if (checker.view().Rules[rule].has_condition == 0 || checker.never[rule] || rules[rule].empty()) continue;
    bool always = true, unknown = false;
    for (const OnKind& on : rules[rule]) {
      DecisionModel& decision = on.kind->decision;
      const Formula silent = decision.model.formulas.negation(decision.rules[on.at].fires);
      always = always && checker.impossible(*on.kind, {silent}, unknown) &&
               checker.confirmed_impossible(*on.kind, {silent}, unknown);
    }
    if (unknown) {
      checker.inconclusive(CheckId::AlwaysMatches, {rule}, "whether `" + checker.rule_id(rule) + "` always matches");
      continue;
    }
    if (!always) continue;
    Finding finding;
    finding.check = CheckId::AlwaysMatches;
    finding.severity = check_info(finding.check).severity;
    finding.rules = {checker.rule_id(rule)};
    finding.message = "the condition of `" + finding.rules[0] + "` holds for every admissible action";
    finding.places = {checker.place(rule, "always matches")};
    checker.report(std::move(finding));
  }
}

void check_dead_condition(Checker& checker) {
  const auto rules = by_rule(checker);
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (checker.is_mine(rule) && !checker.never[rule] && !rules[rule].empty()) check_atoms(checker, rule, rules[rule]);
  }
}

}  // namespace guard::verify
