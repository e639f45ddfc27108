// The decision on one kind, as formulas: what every entry of the bundle says, and how runtime/decide/combine.cpp
// combines it.
//
//   exceptions and break-glass lift blocking rules; an enforced allow overrides those it names; what is left and
//   enforced is applied; deny > hold > allow > default. A broken assumption is an error: such actions are not
//   admissible.
#pragma once
#include <cstdint>
#include <vector>

#include "verify/model/kind_model.hpp"

namespace guard::verify {

inline constexpr uint32_t kNothing = 0xffffffffu;

struct RuleOnKind {
  uint32_t rule = 0;   // Rules
  uint32_t entry = 0;  // Entries
  Formula fires = kFalse;
  Formula surely = kTrue;  // false: degraded to a hold that nothing meets
  Formula met = kTrue;     // requirements, until
  Formula excepted = kFalse;
  std::vector<size_t> overriders;  // positions in DecisionModel::rules: enforced allows that name it
  bool enforced = false;
  format::Effect effect = format::Effect::Warn;
};
struct ExceptionOnKind {
  uint32_t exception = 0, entry = 0;
  Formula matches = kFalse;  // without its expiry
};
struct GlassOnKind {
  uint32_t glass = 0, entry = 0;
  Formula matches = kFalse;  // its conditions alone
};
struct AssumptionOnKind {
  uint32_t assumption = 0;
  Formula broken = kFalse;
};

// What the applied rules among some say together.
struct Outcomes {
  Formula deny = kFalse, hold = kFalse, allow = kFalse;  // exactly one holds
  Formula by_default = kFalse;                           // no rule gives the outcome
};

// The same as DecisionModel's, of rules that another bundle's were made into.
[[nodiscard]] Formula stands_of(Formulas& formulas, const std::vector<RuleOnKind>& rules, size_t rule, size_t without);
[[nodiscard]] Outcomes outcomes_of(Formulas& formulas, const std::vector<RuleOnKind>& rules, bool default_allow,
                                   const std::vector<size_t>& among, size_t without);

class DecisionModel {
 public:
  DecisionModel(World& world, uint32_t kind);

  KindModel model;
  std::vector<AssumptionOnKind> assumptions;
  std::vector<ExceptionOnKind> exceptions;
  std::vector<GlassOnKind> glasses;
  std::vector<RuleOnKind> rules;  // by rule
  Formula at_time = kTrue;        // not before `as_of`
  Formula holds = kTrue;          // no assumption is broken
  [[nodiscard]] Formula admissible() { return model.formulas.both(at_time, holds); }

  [[nodiscard]] const format::RuleRow& row(const RuleOnKind& rule) const {
    return model.world().bundle.view().Rules[rule.rule];
  }
  [[nodiscard]] const format::EntryRow& entry(const RuleOnKind& rule) const {
    return model.world().bundle.view().Entries[rule.entry];
  }
  [[nodiscard]] size_t find(uint32_t rule) const;  // position, or size()
  // Fires, and is neither excepted nor overridden by an allow other than the one at `without`.
  [[nodiscard]] Formula stands(size_t rule, size_t without = kNothing);
  // The break-glass is broken: it matches, and its record runs.
  [[nodiscard]] Formula runs(const GlassOnKind& glass);
  // Over the rules at the positions `among`, as if the one at `without` were not there.
  [[nodiscard]] Outcomes outcomes(const std::vector<size_t>& among, size_t without = kNothing);

 private:
  void add_lifts();
  void add_rule(uint32_t entry);
};

// Whether a break-glass that runs lifts the rule, were it mandatory or not.
[[nodiscard]] bool lifts(const format::View& view, const format::BreakGlassRow& glass, uint32_t rule, bool mandatory);
[[nodiscard]] bool is_blocking(format::Effect effect);
[[nodiscard]] bool decides(format::Effect effect);  // deny, require, hold, allow

}  // namespace guard::verify
