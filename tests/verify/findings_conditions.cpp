// dead-condition: atoms that make no difference.
#include <algorithm>
#include <set>

#include "findings.hpp"
#include "tests/reference/evaluate.hpp"

namespace guard::oracle {
namespace {

using check::Condition;
using reference::Truth;
using Path = std::vector<size_t>;

// The atoms as the author wrote them. A comparison that is spelled out (`a != b`) is one atom, and so is a quantifier
// with its body.
void atoms_of(const Condition& c, Path& at, std::vector<Path>& out) {
  const bool connective = reference::is_connective(c) && c.text.empty();
  if (c.kind != Condition::Kind::Constant && !connective) out.push_back(at);
  if (!connective) return;
  for (size_t i = 0; i < c.children.size(); ++i) {
    at.push_back(i);
    atoms_of(c.children[i], at, out);
    at.pop_back();
  }
}

Condition& at_path(Condition& c, const Path& path) {
  Condition* at = &c;
  for (const size_t i : path) at = &at->children[i];
  return *at;
}

bool tests_presence(const Condition& atom) {
  const Condition* c = &atom;
  while (c->kind == Condition::Kind::Not) c = &c->children[0];
  return c->kind == Condition::Kind::Present;
}

// Whether and how a rule with this truth of its condition matches: 0 not, 1 it does, 2 degraded to a hold.
int match(const check::Rule& rule, Truth truth) {
  if (rule.effect == check::Effect::Allow) return truth == Truth::True;
  if (!check::is_blocking(rule.effect)) return truth != Truth::False;
  if (truth == Truth::Unknown && rule.if_missing == syntax::MissingPolicy::Ignore) return 0;
  if (truth == Truth::Unknown && rule.if_missing == syntax::MissingPolicy::Hold) return 2;
  return truth != Truth::False;
}

struct Trial {
  size_t atom = 0;
  std::vector<Condition> on{};  // by kind of the rule: the condition with the atom replaced
  bool alive = true;
};

std::vector<Trial> trials_of(const check::Rule& rule, const std::vector<Path>& atoms) {
  std::vector<Trial> out;
  for (size_t a = 0; a < atoms.size(); ++a)
    for (const bool value : {false, true}) {
      Trial trial{a, {}};
      for (const check::RuleOnKind& on : rule.on) {
        trial.on.push_back(on.condition);
        Condition& atom = at_path(trial.on.back(), atoms[a]);
        if (tests_presence(atom)) trial.alive = false;
        atom = Condition{};
        atom.value = value;
      }
      if (trial.alive) out.push_back(std::move(trial));
    }
  return out;
}

}  // namespace

// dead-condition: replacing one atom by true or false changes the match on no action.
// READING: of rules in any mode but `off`, their `when` and `unless` only (not `hold until`, exceptions, invariants).
// An atom is a comparison as written or a quantifier with its body; of a `define` each use is one. The match is whether
// the rule fires and whether it is degraded to a hold. On all kinds of the rule. A test of presence is a guard, whether
// or not something reads what it guards. A rule that always matches
// has dead conditions too: the contract takes out only rules that never match. One finding for each
// atom, named by its text; atoms of one rule with one text are one here.
std::vector<Finding> find_dead_condition(const Table& table) {
  std::vector<Finding> out;
  const Bits never = never_matching(table);
  for (size_t r = 0; r < table.set().rules.size(); ++r) {
    const check::Rule& rule = table.set().rules[r];
    if (rule.mode == syntax::Mode::Off || (never & bit(r))) continue;
    std::vector<Path> atoms;
    Path root;
    atoms_of(rule.on[0].condition, root, atoms);
    std::vector<Trial> trials = trials_of(rule, atoms);
    for (const KindTable& kind : table.kinds())
      for (size_t i = 0; i < kind.rows.size() && !trials.empty(); ++i) {
        const check::RuleOnKind* on = reference::rule_on_kind(rule, kind.kind);
        if (!on) break;
        if (!kind.rows[i].admissible) continue;
        const Action action = kind.space->at(i);
        const reference::Evaluation evaluation = evaluation_of(table.set(), kind.kind, action);
        const int now = match(rule, evaluation.truth(on->condition));
        std::erase_if(trials, [&](const Trial& trial) {
          return match(rule, evaluation.truth(trial.on[static_cast<size_t>(on - rule.on.data())])) != now;
        });
      }
    std::set<std::string> dead;
    for (const Trial& trial : trials) {
      check::Condition condition = rule.on[0].condition;
      dead.insert(at_path(condition, atoms[trial.atom]).text);
    }
    for (const std::string& text : dead) out.push_back({"dead-condition", {rule.id, "`" + text + "`"}, ""});
  }
  return out;
}

}  // namespace guard::oracle
