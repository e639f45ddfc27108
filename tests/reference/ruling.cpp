// The ruling on a record; see ruling.hpp.
#include "ruling.hpp"

#include <algorithm>

namespace guard::reference {
namespace {

using check::Effect;
using check::Rule;
using check::RuleOnKind;
using syntax::MissingPolicy;
using syntax::Mode;

bool has_rule(const std::vector<check::RuleId>& rules, const check::PolicySet& set, const Rule& rule) {
  const auto id = check::RuleId{static_cast<uint32_t>(&rule - set.rules.data())};
  return std::find(rules.begin(), rules.end(), id) != rules.end();
}

// All that statuses depend on, apart from the modes.
struct Scene {
  const Evaluation& evaluation;
  check::KindId kind;
  std::vector<const check::BreakGlass*> break_glass;
};

bool break_glass_active(const Scene& scene, const check::BreakGlass& glass) {
  const Evaluation& e = scene.evaluation;
  const check::Kind& kind = e.kind();
  const check::Condition* condition = condition_on_kind(glass.on, scene.kind);
  if (!condition || kind.break_glass == check::kNoLeaf || kind.actor == check::kNoLeaf) return false;
  const auto value = [&](check::LeafId id) -> const Value& { return e.values()[static_cast<uint32_t>(id)]; };
  if (!value(kind.break_glass).present) return false;
  if (value(kind.break_glass_by).text != value(kind.actor).text || value(kind.break_glass_reason).text.empty())
    return false;
  const Wide at = value(kind.break_glass_at).number;
  return at <= e.now() && e.now() < at + glass.duration_ns && e.truth(*condition) == Truth::True;
}

std::optional<Fired> fire(const Evaluation& e, const Rule& rule, const RuleOnKind& on) {
  Fired out;
  out.rule = &rule;
  out.on = &on;
  out.effect = rule.effect;
  const Truth truth = e.truth(on.condition);
  const bool surely = truth == Truth::True, possibly = truth != Truth::False;
  bool fires = possibly;
  if (rule.effect == Effect::Allow) fires = surely;
  if (check::is_blocking(rule.effect)) {
    if (rule.if_missing == MissingPolicy::Ignore) fires = surely;
    if (rule.if_missing == MissingPolicy::Hold) out.degraded = possibly && !surely;
  }
  if (!fires) return std::nullopt;
  if (out.degraded) out.effect = Effect::Hold;
  out.can_be_unmet = out.effect == Effect::Require || out.effect == Effect::Hold ||
                     (out.effect == Effect::Allow && !on.requirements.empty());
  if (out.degraded) {
    out.met = false;
  } else if (rule.effect == Effect::Hold) {
    out.met = on.until && e.truth(*on.until) == Truth::True;
  } else {
    for (const std::vector<check::RequirementId>& group : on.requirements)
      if (std::none_of(group.begin(), group.end(), [&](check::RequirementId r) { return e.approvals(r).met; }))
        out.met = false;
  }
  return out;
}

// `mode` of every fired rule as it counts: the rules in `enforced` count as enforce.
Mode mode_of(const Fired& fired, const std::vector<const Rule*>& enforced) {
  return std::find(enforced.begin(), enforced.end(), fired.rule) != enforced.end() ? Mode::Enforce : fired.rule->mode;
}

void set_status(const Scene& scene, const std::vector<Fired>& all, const std::vector<const Rule*>& enforced,
                Fired& fired) {
  const check::PolicySet& set = scene.evaluation.set();
  const Rule& rule = *fired.rule;
  fired.by.clear();
  fired.until_ns.reset();
  fired.status = Status::Applied;
  const Mode mode = mode_of(fired, enforced);
  if (mode == Mode::Shadow || mode == Mode::Advisory) {
    fired.status = mode == Mode::Shadow ? Status::Shadow : Status::Advisory;
    return;
  }
  if (!check::is_blocking(rule.effect)) return;
  if (!rule.mandatory)
    for (const check::Exception& exception : set.exceptions) {
      const check::Condition* condition = condition_on_kind(exception.on, scene.kind);
      if (!condition || !has_rule(exception.rules, set, rule) || scene.evaluation.now() >= exception.expires_ns)
        continue;
      if (scene.evaluation.truth(*condition) != Truth::True) continue;
      fired.status = Status::Excepted;
      fired.by = exception.id;
      fired.until_ns = exception.expires_ns;
      return;
    }
  for (const check::BreakGlass* glass : scene.break_glass) {
    if (rule.mandatory && !glass->even_mandatory) continue;
    if (!glass->every && !has_rule(glass->rules, set, rule)) continue;
    fired.status = Status::Excepted;
    fired.by = glass->id;
    fired.until_ns =
        Wide(scene.evaluation.values()[static_cast<uint32_t>(scene.evaluation.kind().break_glass_at)].number) +
        glass->duration_ns;
    return;
  }
  if (rule.mandatory) return;
  for (const Fired& other : all) {
    if (other.rule->effect != Effect::Allow || mode_of(other, enforced) != Mode::Enforce) continue;
    if (!has_rule(other.rule->overrides, set, rule)) continue;
    fired.status = Status::Overridden;
    fired.by = other.rule->id;
    return;
  }
}

void set_statuses(const Scene& scene, const std::vector<const Rule*>& enforced, std::vector<Fired>& fired) {
  for (Fired& one : fired) set_status(scene, fired, enforced, one);
}

std::optional<Outcome> outcome_of(const std::vector<Fired>& fired) {
  bool deny = false, hold = false, allow = false;
  for (const Fired& one : fired) {
    if (one.status != Status::Applied) continue;
    deny = deny || one.effect == Effect::Deny;
    hold = hold || (one.can_be_unmet && !one.met);
    allow = allow || one.effect == Effect::Allow;
  }
  if (deny) return Outcome::Deny;
  if (hold) return Outcome::Hold;
  if (allow) return Outcome::Allow;
  return std::nullopt;
}

}  // namespace

const char* outcome_word(Outcome outcome) {
  return outcome == Outcome::Allow ? "allow" : outcome == Outcome::Deny ? "deny" : "hold";
}
const char* status_word(Status status) {
  switch (status) {
    case Status::Applied:
      return "applied";
    case Status::Overridden:
      return "overridden";
    case Status::Excepted:
      return "excepted";
    case Status::Shadow:
      return "shadow";
    case Status::Advisory:
      return "advisory";
  }
  return "";
}
const char* effect_word(Effect effect) {
  switch (effect) {
    case Effect::Deny:
      return "deny";
    case Effect::Require:
      return "require";
    case Effect::Hold:
      return "hold";
    case Effect::Allow:
      return "allow";
    case Effect::Warn:
      return "warn";
    case Effect::Oblige:
      return "oblige";
  }
  return "";
}

check::KindId kind_id(const check::PolicySet& set, const check::Kind& kind) {
  return check::KindId{static_cast<uint32_t>(&kind - set.kinds.data())};
}

const RuleOnKind* rule_on_kind(const Rule& rule, check::KindId kind) {
  for (const RuleOnKind& on : rule.on)
    if (on.kind == kind) return &on;
  return nullptr;
}

const check::Condition* condition_on_kind(const std::vector<check::ConditionOnKind>& on, check::KindId kind) {
  for (const check::ConditionOnKind& one : on)
    if (one.kind == kind) return &one.condition;
  return nullptr;
}

std::vector<const check::Condition*> conditions_on(const check::PolicySet& set, check::KindId kind) {
  std::vector<const check::Condition*> out;
  const auto add = [&](const check::Condition* condition) {
    if (condition) out.push_back(condition);
  };
  for (const Rule& rule : set.rules) {
    const RuleOnKind* on = rule_on_kind(rule, kind);
    if (!on || rule.mode == Mode::Off) continue;
    add(&on->condition);
    if (on->until) add(&*on->until);
  }
  for (const check::Exception& exception : set.exceptions) add(condition_on_kind(exception.on, kind));
  for (const check::BreakGlass& glass : set.break_glass) add(condition_on_kind(glass.on, kind));
  for (const check::Assumption& assumption : set.assumptions) add(condition_on_kind(assumption.on, kind));
  return out;
}

bool kind_uses_windows(const check::PolicySet& set, check::KindId kind) {
  const std::vector<const check::Condition*> all = conditions_on(set, kind);
  return std::any_of(all.begin(), all.end(), [](const check::Condition* c) { return uses_window(*c); });
}

Ruling make_ruling(const Evaluation& evaluation) {
  const check::PolicySet& set = evaluation.set();
  const check::KindId kind = kind_id(set, evaluation.kind());
  Ruling out;
  if ((evaluation.now() < set.horizon_from_ns || evaluation.now() >= set.horizon_to_ns) &&
      kind_uses_windows(set, kind)) {
    out.error = "outside-horizon";
    return out;
  }
  for (const check::Assumption& assumption : set.assumptions) {
    const check::Condition* condition = condition_on_kind(assumption.on, kind);
    if (!condition || evaluation.truth(*condition) == Truth::True) continue;
    out.error = "assume-broken";
    return out;
  }
  Scene scene{evaluation, kind, {}};
  for (const check::BreakGlass& glass : set.break_glass)
    if (break_glass_active(scene, glass)) scene.break_glass.push_back(&glass);
  for (const Rule& rule : set.rules) {
    const RuleOnKind* on = rule_on_kind(rule, kind);
    if (!on || rule.mode == Mode::Off) continue;
    if (std::optional<Fired> fired = fire(evaluation, rule, *on)) out.fired.push_back(std::move(*fired));
  }
  const Outcome by_default =
      evaluation.kind().default_outcome == syntax::OutcomeWord::Allow ? Outcome::Allow : Outcome::Deny;
  std::vector<const Rule*> soft;
  for (const Fired& fired : out.fired)
    if (fired.rule->mode != Mode::Enforce) soft.push_back(fired.rule);
  if (!soft.empty()) {
    std::vector<Fired> trial = out.fired;
    set_statuses(scene, soft, trial);
    out.would = outcome_of(trial).value_or(by_default);
    for (Fired& fired : out.fired) {
      if (fired.rule->mode == Mode::Enforce) continue;
      set_statuses(scene, {fired.rule}, trial);
      fired.would = outcome_of(trial).value_or(by_default);
    }
  }
  set_statuses(scene, {}, out.fired);
  const std::optional<Outcome> outcome = outcome_of(out.fired);
  out.by_default = !outcome.has_value();
  out.outcome = outcome.value_or(by_default);
  out.break_glass = std::move(scene.break_glass);
  return out;
}

}  // namespace guard::reference
