// Every relevant action, decided; see table.hpp.
#include "table.hpp"

#include <algorithm>

#include "tests/reference/evaluate.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {

using reference::Outcome;
using reference::Status;
using reference::Truth;

reference::Evaluation evaluation_of(const check::PolicySet& set, check::KindId kind, const Action& action) {
  return {set, set.kinds[static_cast<uint32_t>(kind)], action.values, action.now};
}

int64_t horizon_end(const check::PolicySet& set) {
  return set.horizon_to_ns > 0 ? set.horizon_to_ns : reference::days_from_civil(2038, 1, 1) * reference::kDay;
}

Table::Table(const check::PolicySet& set, int64_t as_of_ns)
    : set_(set), as_of_ns_(as_of_ns), overriders_(set.rules.size()) {
  if (std::max({set.rules.size(), set.exceptions.size(), set.break_glass.size(), set.invariants.size(),
                set.covers.size()}) > 32)
    throw Unsupported("more than 32 rules");
  for (size_t r = 0; r < set.rules.size(); ++r) {
    const check::Rule& rule = set.rules[r];
    if (rule.mode != syntax::Mode::Enforce) continue;
    enforced_ |= bit(r);
    if (rule.effect != check::Effect::Warn && rule.effect != check::Effect::Oblige) deciding_ |= bit(r);
    for (const check::RuleId id : rule.overrides) overriders_[static_cast<uint32_t>(id)] |= bit(r);
  }
  for (uint32_t k = 0; k < set.kinds.size(); ++k) {
    KindTable table{check::KindId{k}, std::make_unique<Space>(set, check::KindId{k}, as_of_ns, horizon_end(set)), {}};
    table.rows.reserve(table.space->size());
    for (size_t i = 0; i < table.space->size(); ++i) table.rows.push_back(decide(table.kind, table.space->at(i)));
    kinds_.push_back(std::move(table));
  }
}

Row Table::decide(check::KindId kind, const Action& action) const {
  const reference::Evaluation evaluation = evaluation_of(set_, kind, action);
  const reference::Ruling ruling = reference::make_ruling(evaluation);
  Row out;
  const auto sure = [&](const auto& items) {
    Bits bits = 0;
    for (size_t i = 0; i < items.size(); ++i)
      if (const check::Condition* c = reference::condition_on_kind(items[i].on, kind))
        if (evaluation.truth(*c) == Truth::True) bits |= bit(i);
    return bits;
  };
  out.admissible = !ruling.error;
  if (!out.admissible) return out;
  out.invariants = sure(set_.invariants);
  out.covers = sure(set_.covers);
  out.exceptions = sure(set_.exceptions);
  out.glasses = sure(set_.break_glass);
  out.outcome = ruling.outcome;
  out.by_default = ruling.by_default;
  for (const reference::Fired& fired : ruling.fired) {
    const Bits rule = bit(static_cast<size_t>(fired.rule - set_.rules.data()));
    out.fired |= rule;
    if (fired.degraded) out.degraded |= rule;
    if (fired.can_be_unmet && !fired.met) out.unmet |= rule;
    if (fired.status == Status::Applied) out.applied |= rule;
    if (fired.status == Status::Excepted) out.excepted |= rule;
  }
  for (size_t r = 0; r < set_.rules.size(); ++r)
    if (const check::RuleOnKind* on = reference::rule_on_kind(set_.rules[r], kind);
        on && !on->signals.empty() && set_.rules[r].mode != syntax::Mode::Off)
      if (evaluation.truth(on->condition) == Truth::Unknown) out.unknown |= bit(r);
  return out;
}

size_t Table::actions() const {
  size_t out = 0;
  for (const KindTable& table : kinds_) out += table.rows.size();
  return out;
}

Decided Table::without(const KindTable& table, const Row& row, Bits removed) const {
  const Bits there = row.fired & enforced_ & ~removed;
  bool deny = false, hold = false, allow = false;
  for (size_t r = 0; r < set_.rules.size(); ++r) {
    if (!(there & bit(r)) || (row.excepted & bit(r))) continue;
    const check::Rule& rule = set_.rules[r];
    if (!rule.mandatory && (overriders_[r] & there)) continue;
    const bool degraded = row.degraded & bit(r);
    deny = deny || (rule.effect == check::Effect::Deny && !degraded);
    hold = hold || (row.unmet & bit(r));
    allow = allow || rule.effect == check::Effect::Allow;
  }
  if (deny) return {Outcome::Deny};
  if (hold) return {Outcome::Hold};
  if (allow) return {Outcome::Allow};
  return {kind(table).default_outcome == syntax::OutcomeWord::Allow ? Outcome::Allow : Outcome::Deny, true};
}

bool Table::fired_before(size_t rule, int64_t from_ns) const {
  for (const check::RuleOnKind& on : set_.rules[rule].on) {
    const Space past(set_, on.kind, from_ns, as_of_ns_);
    for (size_t i = 0; i < past.size(); ++i)
      if (const Row row = decide(on.kind, past.at(i)); row.admissible && (row.fired & bit(rule))) return true;
  }
  return false;
}

size_t Table::self_check() const {
  size_t bad = 0;
  // Without one rule, in turn: the same set with that rule off must be decided the same.
  check::PolicySet changed = set_;
  size_t turn = 0;
  for (const KindTable& table : kinds_)
    for (size_t i = 0; i < table.rows.size(); ++i) {
      const Row& row = table.rows[i];
      if (!row.admissible) continue;
      const Decided same = without(table, row, 0);
      bad += same.outcome != row.outcome || same.by_default != row.by_default;
      if (i % 97 != 0 || set_.rules.empty()) continue;
      const size_t r = turn++ % set_.rules.size();
      const syntax::Mode mode = changed.rules[r].mode;
      changed.rules[r].mode = syntax::Mode::Off;
      const reference::Ruling ruling = reference::make_ruling(evaluation_of(changed, table.kind, table.space->at(i)));
      changed.rules[r].mode = mode;
      const Decided less = without(table, row, bit(r));
      bad += ruling.error || ruling.outcome != less.outcome || ruling.by_default != less.by_default;
    }
  return bad;
}

}  // namespace guard::oracle
