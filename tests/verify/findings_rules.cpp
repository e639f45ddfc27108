// Findings about rules: what they say together, and what each of them adds.
#include <algorithm>
#include <map>
#include <set>

#include "findings.hpp"

namespace guard::oracle {
namespace {

using check::Effect;
using syntax::Mode;

// Every admissible row of every kind.
template <typename Visit>
void each_row(const Table& table, const Visit& visit) {
  for (const KindTable& kind : table.kinds())
    for (const Row& row : kind.rows)
      if (row.admissible) visit(kind, row);
}

const std::string& id_of(const Table& table, size_t rule) { return table.set().rules[rule].id; }

// Removing the rule changes no decision, and whether rules (not the default) decide wherever it matches.
struct Removal {
  Bits changes = 0;     // rules whose removal changes a decision
  Bits to_default = 0;  // rules that match somewhere where without them the default decides
};
Removal removals(const Table& table) {
  Removal out;
  each_row(table, [&](const KindTable& kind, const Row& row) {
    for (size_t r = 0; r < table.set().rules.size(); ++r) {
      // A rule that does not match an action has no say in it.
      if (!(row.fired & table.deciding() & bit(r))) continue;
      const Decided less = table.without(kind, row, bit(r));
      if (less.outcome != row.outcome) out.changes |= bit(r);
      if (less.by_default) out.to_default |= bit(r);
    }
  });
  return out;
}

}  // namespace

Bits never_matching(const Table& table) {
  Bits fired = 0;
  each_row(table, [&](const KindTable&, const Row& row) { fired |= row.fired; });
  return ~fired;
}

bool stand_both(const Row& row, size_t allow, size_t deny) {
  return (row.applied & bit(allow)) && (row.applied & ~row.degraded & bit(deny));
}

// conflict: an allow rule and a deny rule both stand on one action, neither overrides the other, and the set does not
// declare that blocking wins.
// READING: to stand is to be applied (enforced, fired, neither excepted nor overridden by any rule). A deny that is
// degraded to a hold by a signal is no deny there. An allow whose requirement is unmet stands. One finding for each
// pair, whatever the number of kinds: a warning when one of the kinds on which they meet allows by default.
std::vector<Finding> find_conflict(const Table& table) {
  if (table.set().blocking_wins) return {};
  const auto& rules = table.set().rules;
  std::map<std::pair<size_t, size_t>, bool> pairs;
  each_row(table, [&](const KindTable& kind, const Row& row) {
    const bool allows = table.kind(kind).default_outcome == syntax::OutcomeWord::Allow;
    for (size_t a = 0; a < rules.size(); ++a) {
      if (rules[a].effect != Effect::Allow) continue;
      for (size_t d = 0; d < rules.size(); ++d)
        if (rules[d].effect == Effect::Deny && stand_both(row, a, d)) {
          bool& warning = pairs[{a, d}];
          warning = warning || allows;
        }
    }
  });
  std::vector<Finding> out;
  for (const auto& [pair, warning] : pairs)
    out.push_back({"conflict", {id_of(table, pair.first), id_of(table, pair.second)}, warning ? "warning" : "note"});
  return out;
}

// contradictory-obligations: two rules that match one action demand different values of one obligation.
// READING: two enforced rules, whether or not one of them is lifted on the action; warning rules are left out (they get
// findings about their condition only), obligations of break-glasses too (they are no rules).
std::vector<Finding> find_contradictory_obligations(const Table& table) {
  const auto& rules = table.set().rules;
  std::set<std::pair<size_t, size_t>> pairs;
  const auto differ = [&](size_t a, size_t b) {
    for (const check::Obligation& first : rules[a].obligations)
      for (const check::Obligation& second : rules[b].obligations)
        if (first.name == second.name &&
            (first.value.type.kind != second.value.type.kind || first.value.number != second.value.number ||
             first.value.text != second.value.text))
          return true;
    return false;
  };
  for (size_t a = 0; a < rules.size(); ++a)
    for (size_t b = a + 1; b < rules.size(); ++b) {
      if (rules[a].effect == Effect::Warn || rules[b].effect == Effect::Warn || !differ(a, b)) continue;
      if (!(table.enforced() & bit(a)) || !(table.enforced() & bit(b))) continue;
      each_row(table, [&](const KindTable&, const Row& row) {
        if ((row.fired & bit(a)) && (row.fired & bit(b))) pairs.insert({a, b});
      });
    }
  std::vector<Finding> out;
  for (const auto& [a, b] : pairs) out.push_back({"contradictory-obligations", {id_of(table, a), id_of(table, b)}, ""});
  return out;
}

namespace {
// Rules that match nothing from `as_of` on, split by whether they matched something before.
std::vector<Finding> silent_rules(const Table& table, bool before) {
  std::vector<Finding> out;
  const Bits never = never_matching(table);
  for (size_t r = 0; r < table.set().rules.size(); ++r) {
    if (!(never & bit(r)) || table.set().rules[r].mode == Mode::Off) continue;
    if (table.fired_before(r, table.set().horizon_from_ns) == before)
      out.push_back({before ? "never-active-again" : "never-matches", {id_of(table, r)}, ""});
  }
  return out;
}
}  // namespace

// never-matches: no admissible action matches the rule.
// READING: on none of its kinds. A rule in any mode but `off` counts. A rule that only time has ended, which matched
// actions before `--as-of`, is never-active-again and not this.
std::vector<Finding> find_never_matches(const Table& table) { return silent_rules(table, false); }

// never-active-again: after the stated instant no admissible time matches.
// READING: the rule matched some action before `--as-of` (from the beginning of the horizon on), and matches none at
// any instant from `--as-of` to the horizon's end. A rule that is still to end some day is no finding: every dated
// freeze would be one.
std::vector<Finding> find_never_active_again(const Table& table) { return silent_rules(table, true); }

// always-matches: a rule with a condition matches every admissible action of its kinds.
// READING: every one of all its kinds; in any mode but `off`.
std::vector<Finding> find_always_matches(const Table& table) {
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r) {
    const check::Rule& rule = table.set().rules[r];
    if (!rule.has_condition || rule.mode == Mode::Off) continue;
    bool always = true, any = false;
    each_row(table, [&](const KindTable& kind, const Row& row) {
      if (!reference::rule_on_kind(rule, kind.kind)) return;
      any = true;
      always = always && (row.fired & bit(r));
    });
    if (any && always) out.push_back({"always-matches", {rule.id}, ""});
  }
  return out;
}

// unreachable: the rule matches something, the set without it decides every action the same, and wherever it matches
// the outcome of the set without it is given by rules, not by the default.
// READING: of enforced deny, require, hold and allow rules only: others have no part in the outcome. Deciding the same
// is having the same outcome. Without an allow, what it overrides stands again.
std::vector<Finding> find_unreachable(const Table& table) {
  const Removal removal = removals(table);
  const Bits found = table.deciding() & ~never_matching(table) & ~removal.changes & ~removal.to_default;
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r)
    if (found & bit(r)) out.push_back({"unreachable", {id_of(table, r)}, ""});
  return out;
}

// redundant: not unreachable, but removing it changes no decision and opens no gap in a declared cover.
// READING: a gap is opened where an action of a cover is spoken to by this rule alone; so a rule that keeps a cover
// closed is not redundant. Rules as in `unreachable`.
std::vector<Finding> find_redundant(const Table& table) {
  const Removal removal = removals(table);
  Bits needed = 0;
  each_row(table, [&](const KindTable&, const Row& row) {
    const Bits speaking = row.fired & table.deciding();
    if (row.covers && speaking && !(speaking & (speaking - 1))) needed |= speaking;
  });
  const Bits found = table.deciding() & ~never_matching(table) & ~removal.changes & removal.to_default & ~needed;
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r)
    if (found & bit(r)) out.push_back({"redundant", {id_of(table, r)}, ""});
  return out;
}

// override-unused: overriding and overridden rule never match one action.
// READING: of rules in any mode but `off`, since a shadow rule is meant to be enforced one day; not when one of the two
// never matches at all, which is its only finding.
std::vector<Finding> find_override_unused(const Table& table) {
  const auto& rules = table.set().rules;
  const Bits never = never_matching(table);
  std::vector<Finding> out;
  for (size_t a = 0; a < rules.size(); ++a) {
    if (rules[a].mode == Mode::Off || (never & bit(a))) continue;
    for (const check::RuleId id : rules[a].overrides) {
      const size_t b = static_cast<uint32_t>(id);
      if ((never & bit(b)) || rules[b].mode == Mode::Off) continue;
      bool meet = false;
      each_row(table, [&](const KindTable&, const Row& row) {
        meet = meet || ((row.fired & bit(a)) && (row.fired & bit(b)));
      });
      if (!meet) out.push_back({"override-unused", {id_of(table, a), id_of(table, b)}, ""});
    }
  }
  return out;
}

}  // namespace guard::oracle
