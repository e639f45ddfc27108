// From entries to formulas; see decision.hpp.
#include "verify/model/decision.hpp"

#include <algorithm>

namespace guard::verify {

bool is_blocking(format::Effect effect) {
  return effect == format::Effect::Deny || effect == format::Effect::Require || effect == format::Effect::Hold;
}
bool decides(format::Effect effect) { return is_blocking(effect) || effect == format::Effect::Allow; }

bool lifts(const format::View& view, const format::BreakGlassRow& glass, uint32_t rule, bool mandatory) {
  const uint32_t* first = view.Indices.data() + glass.rules.first;
  return is_blocking(view.Rules[rule].effect) && (!mandatory || glass.even_mandatory != 0) &&
         (glass.every != 0 || std::binary_search(first, first + glass.rules.count, rule));
}

DecisionModel::DecisionModel(World& world, uint32_t kind) : model(world, kind) {
  const format::View& view = world.bundle.view();
  at_time = model.at_instant(Compare::Ge, world.as_of);
  for (uint32_t i = 0; i < model.row().entries.count; ++i) {
    const uint32_t index = model.row().entries.first + i;
    const format::EntryRow& entry = view.Entries[index];
    switch (entry.what) {
      case format::What::Assumption: {
        const Formula broken = model.code(entry.match);
        assumptions.push_back({entry.object, broken});
        holds = model.formulas.both(model.formulas.negation(broken), holds);
        break;
      }
      case format::What::Exception:
        exceptions.push_back({entry.object, index, model.code(entry.match)});
        break;
      case format::What::BreakGlass:
        glasses.push_back({entry.object, index, model.code(entry.match)});
        break;
      case format::What::Rule:
        add_rule(index);
        break;
    }
  }
  add_lifts();
}

void DecisionModel::add_rule(uint32_t index) {
  const format::View& view = model.world().bundle.view();
  const format::EntryRow& entry = view.Entries[index];
  RuleOnKind rule;
  rule.rule = entry.object;
  rule.entry = index;
  rule.fires = model.code(entry.match);
  if (entry.surely.count > 0) rule.surely = model.code(entry.surely);
  rule.enforced = view.Rules[entry.object].mode == format::Mode::Enforce;
  rule.effect = view.Rules[entry.object].effect;
  if (view.Rules[entry.object].effect == format::Effect::Hold) {
    rule.met = model.code(entry.until);
  } else {
    std::vector<Formula> groups;
    for (uint32_t g = 0; g < entry.groups.count; ++g) {
      const format::Range any = view.RequirementGroups[entry.groups.first + g].alternatives;
      std::vector<Formula> alternatives;
      for (uint32_t a = 0; a < any.count; ++a) alternatives.push_back(model.requirement(view.Indices[any.first + a]));
      groups.push_back(model.formulas.any(alternatives));
    }
    rule.met = model.formulas.all(groups);
  }
  rule.met = model.formulas.both(rule.met, rule.surely);
  rules.push_back(std::move(rule));
}

size_t DecisionModel::find(uint32_t rule) const {
  const auto at = std::lower_bound(rules.begin(), rules.end(), rule,
                                   [](const RuleOnKind& own, uint32_t wanted) { return own.rule < wanted; });
  return at != rules.end() && at->rule == rule ? static_cast<size_t>(at - rules.begin()) : rules.size();
}

void DecisionModel::add_lifts() {
  const format::View& view = model.world().bundle.view();
  for (const ExceptionOnKind& own : exceptions) {
    const format::ExceptionRow& row = view.Exceptions[own.exception];
    const Formula active = model.formulas.both(own.matches, model.at_instant(Compare::Lt, row.expires_ns));
    for (uint32_t i = 0; i < row.rules.count; ++i) {
      const size_t at = find(view.Indices[row.rules.first + i]);
      if (at == rules.size() || this->row(rules[at]).mandatory != 0) continue;
      if (!is_blocking(this->row(rules[at]).effect)) continue;
      rules[at].excepted = model.formulas.either(active, rules[at].excepted);
    }
  }
  for (const GlassOnKind& own : glasses) {
    const format::BreakGlassRow& row = view.BreakGlasses[own.glass];
    const Formula active = runs(own);
    for (RuleOnKind& rule : rules) {
      if (lifts(view, row, rule.rule, this->row(rule).mandatory != 0)) {
        rule.excepted = model.formulas.either(active, rule.excepted);
      }
    }
  }
  for (size_t a = 0; a < rules.size(); ++a) {
    const format::RuleRow& row = this->row(rules[a]);
    if (row.effect != format::Effect::Allow || !rules[a].enforced) continue;
    for (uint32_t i = 0; i < row.overrides.count; ++i) {
      const size_t at = find(view.Indices[row.overrides.first + i]);
      if (at == rules.size() || this->row(rules[at]).mandatory != 0) continue;
      rules[at].overriders.push_back(a);
    }
  }
}

Formula stands_of(Formulas& f, const std::vector<RuleOnKind>& rules, size_t at, size_t without) {
  const RuleOnKind& rule = rules[at];
  std::vector<Formula> overriding;
  for (const size_t other : rule.overriders) {
    if (other != without) overriding.push_back(rules[other].fires);
  }
  return f.all({rule.fires, f.negation(rule.excepted), f.negation(f.any(overriding))});
}

Outcomes outcomes_of(Formulas& f, const std::vector<RuleOnKind>& rules, bool default_allow,
                     const std::vector<size_t>& among, size_t without) {
  std::vector<Formula> deny, unmet, allow;
  for (const size_t at : among) {
    const RuleOnKind& rule = rules[at];
    const format::Effect effect = rule.effect;
    if (at == without || !rule.enforced || !decides(effect)) continue;
    const Formula applied = stands_of(f, rules, at, without);
    if (effect == format::Effect::Deny) {
      deny.push_back(f.both(applied, rule.surely));
      unmet.push_back(f.both(applied, f.negation(rule.surely)));
    } else {
      unmet.push_back(f.both(applied, f.negation(rule.met)));
      if (effect == format::Effect::Allow) allow.push_back(f.both(applied, rule.met));
    }
  }
  const Formula any_deny = f.any(deny), any_unmet = f.any(unmet), any_allow = f.any(allow);
  const Formula free = f.both(f.negation(any_deny), f.negation(any_unmet));
  Outcomes result;
  result.by_default = f.both(free, f.negation(any_allow));
  result.hold = f.both(f.negation(any_deny), any_unmet);
  result.allow = default_allow ? free : f.both(free, any_allow);
  result.deny = default_allow ? any_deny : f.either(any_deny, result.by_default);
  return result;
}

Formula DecisionModel::runs(const GlassOnKind& glass) {
  const format::BreakGlassRow& row = model.world().bundle.view().BreakGlasses[glass.glass];
  return model.formulas.both(glass.matches, model.break_glass_runs(row.duration_ns));
}

Formula DecisionModel::stands(size_t at, size_t without) { return stands_of(model.formulas, rules, at, without); }

Outcomes DecisionModel::outcomes(const std::vector<size_t>& among, size_t without) {
  return outcomes_of(model.formulas, rules, model.row().default_outcome == 0, among, without);
}

}  // namespace guard::verify
