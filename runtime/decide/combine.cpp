// The lattice. Everything here is about rules that fired; nothing looks at attributes but break-glass and requirements.
#include "decide/combine.hpp"

#include <algorithm>

namespace guardvm {
namespace {

using format::Effect;
using format::EntryRow;
using format::Mode;
using format::RuleRow;
using format::What;

bool is_blocking(Effect effect) {
  return effect == Effect::Deny || effect == Effect::Require || effect == Effect::Hold;
}

// The break-glass record is complete and the clock has not run out; the declared condition has matched already.
bool break_glass_runs(const Facts& facts, const format::BreakGlassRow& row) {
  const format::KindRow& kind = *facts.kind;
  if (kind.break_glass == format::kNone || !facts.leaf(kind.break_glass).present) return false;
  const Slot& at = facts.leaf(kind.break_glass_at);
  if (facts.leaf(kind.break_glass_by).string() != facts.leaf(kind.actor).string()) return false;
  if (facts.leaf(kind.break_glass_reason).size == 0) return false;
  return at.number <= facts.now_ns && static_cast<__int128>(facts.now_ns) - at.number < row.duration_ns;
}

// How many applied rules weigh on each side; the outcome follows from the counts alone.
struct Tally {
  int64_t denies = 0, unmet = 0, allows = 0;
  void count(const FiredRule& rule, int64_t sign) {
    if (rule.effect == Effect::Deny)
      denies += sign;
    else if (!rule.met)
      unmet += sign;
    else if (rule.effect == Effect::Allow)
      allows += sign;
  }
  [[nodiscard]] Outcome outcome(Outcome otherwise) const {
    if (denies > 0) return Outcome::Deny;
    if (unmet > 0) return Outcome::Hold;
    return allows > 0 ? Outcome::Allow : otherwise;
  }
};

Tally tally_of(const Decision& decision) {
  Tally tally;
  for (const FiredRule& rule : decision.rules) {
    if (rule.status == Status::Applied) tally.count(rule, 1);
  }
  return tally;
}

Outcome default_of(const Facts& facts) {
  return facts.kind->default_outcome == static_cast<uint8_t>(Outcome::Allow) ? Outcome::Allow : Outcome::Deny;
}

}  // namespace

bool groups_met(const Facts& facts, const EntryRow& entry) {
  for (uint32_t g = 0; g < entry.groups.count; ++g) {
    const format::Range any = facts.view->RequirementGroups[entry.groups.first + g].alternatives;
    bool met = false;
    for (uint32_t a = 0; a < any.count && !met; ++a) met = requirement_met(facts, facts.view->Indices[any.first + a]);
    if (!met) return false;
  }
  return true;
}

void Combiner::reserve(const format::View& view) {
  lifted_.resize(view.Rules.size());
  overridden_.resize(view.Rules.size());
  glasses_.reserve(view.BreakGlasses.size());
}

void Combiner::lift_rule(uint32_t rule, FiredRule::By what, uint32_t by) {
  if (lifted_[rule].turn == turn_) return;  // The first one counts: exceptions by id, then break-glasses by id.
  lifted_[rule] = {turn_, by, what};
  any_lifted_ = true;
}

const Combiner::Short* Combiner::shorts_of(const Facts& facts) {
  const format::View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  if (shorts_.empty()) shorts_.resize(view.Kinds.size());
  std::vector<Short>& shorts = shorts_[static_cast<size_t>(&kind - view.Kinds.data())];
  if (shorts.size() == kind.entries.count) return shorts.data();
  shorts.clear();
  shorts.reserve(kind.entries.count);
  for (const EntryRow& entry : view.Entries.subspan(kind.entries.first, kind.entries.count)) {
    Short own = {};
    own.object = entry.object;
    own.what = entry.what;
    own.surely = entry.surely.count > 0;
    own.groups = entry.groups.count > 0;
    if (entry.what == What::Rule) {
      const RuleRow& rule = view.Rules[entry.object];
      own.effect = rule.effect;
      own.mode = rule.mode;
      own.mandatory = rule.mandatory != 0;
      own.overrides = rule.effect == Effect::Allow && rule.mode == Mode::Enforce && rule.overrides.count > 0;
    }
    shorts.push_back(own);
  }
  return shorts.data();
}

// Notes which rules the matching exceptions and active break-glasses lift; `at` ends at the first rule entry.
void Combiner::lift(const Facts& facts, const Short* shorts, const std::vector<uint32_t>& matched, size_t& at,
                    Decision& decision) {
  const format::View& view = *facts.view;
  for (; at < matched.size(); ++at) {
    const Short& entry = shorts[matched[at]];
    if (entry.what == What::Rule) return;
    if (entry.what == What::Exception) {
      const format::ExceptionRow& row = view.Exceptions[entry.object];
      if (facts.now_ns >= row.expires_ns) continue;
      for (uint32_t i = 0; i < row.rules.count; ++i) {
        lift_rule(view.Indices[row.rules.first + i], FiredRule::By::Exception, entry.object);
      }
      continue;
    }
    const format::BreakGlassRow& row = view.BreakGlasses[entry.object];
    if (!break_glass_runs(facts, row)) continue;
    decision.break_glass.push_back(entry.object);
    glasses_.push_back({row.every != 0, row.even_mandatory != 0, entry.object});
  }
}

void Combiner::add_rule(const Facts& facts, const Short& own, uint32_t index, Decision& decision) {
  const uint32_t at = facts.kind->entries.first + index;
  const format::View& view = *facts.view;
  FiredRule& rule = decision.rules.emplace_back();
  rule.rule = own.object;
  rule.entry = at;
  rule.effect = own.effect;
  rule.degraded = own.surely && !run(facts, view.Entries[at].surely);
  if (rule.degraded) {
    rule.effect = Effect::Hold;
    rule.met = false;
  } else if (own.effect == Effect::Hold) {
    rule.met = run(facts, view.Entries[at].until);
  } else if (own.groups) {
    rule.met = groups_met(facts, view.Entries[at]);
  }
  if (!own.overrides) return;
  const format::Range overrides = view.Rules[own.object].overrides;
  for (uint32_t i = 0; i < overrides.count; ++i) {
    Override& over = overridden_[view.Indices[overrides.first + i]];
    if (over.turn != turn_) over = {turn_, own.object};
    any_overridden_ = true;
  }
}

// Whether a blocking rule is excepted or overridden, by what is known of all entries that match.
void Combiner::settle_status(const Facts& facts, const Short& own, FiredRule& rule) const {
  if (!is_blocking(own.effect)) return;
  if (any_lifted_ && !own.mandatory && lifted_[rule.rule].turn == turn_) {
    rule.status = Status::Excepted;
    rule.by_what = lifted_[rule.rule].what;
    rule.by = lifted_[rule.rule].by;
    return;
  }
  for (const Glass& active : glasses_) {
    const format::BreakGlassRow& glass = facts.view->BreakGlasses[active.by];
    const uint32_t* first = facts.view->Indices.data() + glass.rules.first;
    if (own.mandatory && !active.even_mandatory) continue;
    if (!active.every && !std::binary_search(first, first + glass.rules.count, rule.rule)) continue;
    rule.status = Status::Excepted;
    rule.by_what = FiredRule::By::BreakGlass;
    rule.by = active.by;
    return;
  }
  if (any_overridden_ && !own.mandatory && overridden_[rule.rule].turn == turn_) {
    rule.status = Status::Overridden;
    rule.by_what = FiredRule::By::Rule;
    rule.by = overridden_[rule.rule].by;
  }
}

// Outcomes with shadow and advisory rules enforced: one at a time, and all of them. REQUIRES: each rule's status is the
// one it would have if it were enforced (settle_statuses), its mode not yet looked at.
void Combiner::would(const Facts& facts, Decision& decision) {
  const format::View& view = *facts.view;
  const Outcome otherwise = default_of(facts);
  const Tally now = tally_of(decision);
  Tally all = now;
  const auto find = [&](uint32_t rule) {
    const auto at = std::lower_bound(decision.rules.begin(), decision.rules.end(), rule,
                                     [](const FiredRule& f, uint32_t r) { return f.rule < r; });
    return at != decision.rules.end() && at->rule == rule ? &*at : nullptr;
  };
  const auto enforced_status = [&](const FiredRule& rule) {
    return rule.by_what == FiredRule::By::None ? Status::Applied
                                               : Status::Excepted;  // Lifted or overridden: not applied.
  };
  const uint64_t all_turn = ++turn_;  // Rules overridden by a shadow allow, over all of them.
  for (FiredRule& rule : decision.rules) {
    if (rule.status != Status::Shadow && rule.status != Status::Advisory) continue;
    Tally alone = now;
    if (enforced_status(rule) == Status::Applied) {
      alone.count(rule, 1);
      all.count(rule, 1);
    }
    const RuleRow& row = view.Rules[rule.rule];
    for (uint32_t i = 0; row.effect == Effect::Allow && i < row.overrides.count; ++i) {
      const uint32_t target = view.Indices[row.overrides.first + i];
      const FiredRule* other = find(target);
      if (other == nullptr || view.Rules[target].mandatory != 0) continue;
      if (other->status == Status::Applied) alone.count(*other, -1);
      if (overridden_[target].turn == all_turn) continue;
      overridden_[target].turn = all_turn;
      const bool counted =
          other->status == Status::Applied || ((other->status == Status::Shadow || other->status == Status::Advisory) &&
                                               enforced_status(*other) == Status::Applied);
      if (counted) all.count(*other, -1);
    }
    rule.would = alone.outcome(otherwise);
    decision.has_would = true;
  }
  decision.would = all.outcome(otherwise);
}

void Combiner::combine(const Facts& facts, const std::vector<uint32_t>& matched, Decision& decision) {
  const format::View& view = *facts.view;
  decision.rules.clear();
  decision.break_glass.clear();
  glasses_.clear();
  decision.has_would = false;
  decision.by_default = false;
  decision.error.code = ErrorCode::None;
  if (matched.empty()) {
    decision.outcome = default_of(facts);
    decision.by_default = true;
    return;
  }
  ++turn_;
  any_lifted_ = any_overridden_ = false;
  size_t at = 0;
  const Short* const shorts = shorts_of(facts);
  const Short& first = shorts[matched[0]];
  if (first.what == What::Assumption) {
    decision.outcome = Outcome::Error;
    decision.error.code = ErrorCode::AssumeBroken;
    decision.error.at.clear();
    decision.error.message = "the action breaks `assume ";
    decision.error.message += facts.text(view.Assumptions[first.object].text);
    decision.error.message += '`';
    return;
  }
  lift(facts, shorts, matched, at, decision);
  const size_t first_rule = at;
  for (; at < matched.size(); ++at) add_rule(facts, shorts[matched[at]], matched[at], decision);
  const bool all_apply = !any_lifted_ && !any_overridden_ && glasses_.empty();
  bool rollout = false;
  for (size_t i = 0; i < decision.rules.size(); ++i) {
    FiredRule& rule = decision.rules[i];
    const Short& own = shorts[matched[first_rule + i]];
    if (!all_apply) settle_status(facts, own, rule);
    if (own.mode == Mode::Enforce) continue;
    rule.status = own.mode == Mode::Shadow ? Status::Shadow : Status::Advisory;
    rollout = true;
  }
  const Tally tally = tally_of(decision);
  decision.outcome = tally.outcome(default_of(facts));
  decision.by_default = tally.denies == 0 && tally.unmet == 0 && tally.allows == 0;
  if (rollout) {
    would(facts, decision);
    for (FiredRule& rule : decision.rules) {
      if (rule.status != Status::Shadow && rule.status != Status::Advisory) continue;
      rule.by_what = FiredRule::By::None;
      rule.by = 0;
    }
  }
}

}  // namespace guardvm
