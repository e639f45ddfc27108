// Rules: collected from all policies, sorted by id, checked once per kind they speak of.
#include "check/rules.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "check/constants.hpp"
#include "check/messages.hpp"
#include "check/names.hpp"
#include "check/operands.hpp"
#include "check/windows.hpp"

namespace guard::check {

namespace {

using CK = syntax::Clause::Kind;

// The clauses of a rule, each where it was found.
struct Clauses {
  const syntax::Clause* when = nullptr;
  const syntax::Clause* unless = nullptr;
  const syntax::Clause* effect = nullptr;  // the one that names it
  const syntax::Clause* hold = nullptr;
  const syntax::Clause* because = nullptr;
  const syntax::Clause* if_missing = nullptr;
  const syntax::Clause* mode = nullptr;
  const syntax::Clause* mandatory = nullptr;
  const syntax::Clause* owner = nullptr;
  const syntax::Clause* overrides = nullptr;
  std::vector<const syntax::Clause*> requires_;
  std::vector<const syntax::Clause*> obliges;
  std::vector<const syntax::Clause*> accepts;
};

class RuleBuilder {
 public:
  RuleBuilder(Context& context, const RuleDraft& draft, Rule& rule) : context_(context), draft_(draft), rule_(rule) {}

  // What other rules need to know: the effect, the kinds, whether it is mandatory.
  void header() {
    rule_.id = draft_.scope->policy + "." + draft_.name;
    rule_.policy = draft_.scope->policy;
    rule_.name = draft_.name;
    rule_.span = draft_.span;
    rule_.name_span = draft_.name_span;
    for (const syntax::Clause& clause : *draft_.clauses) sort_in(clause);
    effect();
    rule_.owner = clauses_.owner != nullptr ? clauses_.owner->text.value : draft_.scope->owner;
    rule_.mandatory_said = clauses_.mandatory != nullptr;
    rule_.baseline = draft_.scope->baseline;
    rule_.mandatory = rule_.mandatory_said || (rule_.baseline && is_blocking(rule_.effect));
    rule_.has_condition = clauses_.when != nullptr || clauses_.unless != nullptr;
    if (clauses_.because != nullptr) rule_.message_source = clauses_.because->text.value;
    for (const syntax::Clause* accept : clauses_.accepts) {
      if (!context_.is_finding(accept->name)) continue;
      Acceptance acceptance{accept->name.text, accept->text.value, accept->owner ? accept->owner->value : "", {}};
      if (accept->until) acceptance.until_ns = resolve_moment(context_, *accept->until);
      rule_.accepted.push_back(std::move(acceptance));
    }
    for (const KindId kind : resolve_kinds(context_, *draft_.kinds)) rule_.on.push_back({kind, {}, {}, {}, {}, {}});
    rollout();
    belongings();
  }

  void body() {
    overrides();
    bool signals = false;
    for (RuleOnKind& on : rule_.on) {
      on_kind(on);
      signals = signals || !on.signals.empty();
    }
    Site site = site_on(KindId{});
    site.several_kinds = false;
    for (const syntax::Clause* clause : clauses_.obliges) {
      auto obligation = build_obligation(context_, site, clause->name, *clause->value, clause->span);
      if (!obligation) continue;
      for (const Obligation& other : rule_.obligations) {
        if (other.name == obligation->name)
          report(DiagId::RepeatedClause, clause->name.span, "`" + other.name + "` is already obliged by this rule");
      }
      rule_.obligations.push_back(std::move(*obligation));
    }
    if (clauses_.if_missing != nullptr) {
      rule_.if_missing = clauses_.if_missing->missing;
      if (is_blocking(rule_.effect) && !signals && good_) {
        report(DiagId::IfMissingWithoutSignal, clauses_.if_missing->span,
               "the condition of `" + draft_.name + "` reads no signal");
      }
    }
  }

 private:
  Diagnostic& report(DiagId id, Span span, std::string message) {
    Diagnostic& diagnostic = context_.report(id, span, std::move(message));
    if (draft_.use.file != kNoFile) diagnostic.label(draft_.use, "used here");
    return diagnostic;
  }

  Site site_on(KindId kind) const {
    Site site;
    site.scope = draft_.scope;
    site.kind = kind;
    site.several_kinds = rule_.on.size() > 1;
    site.parameters = draft_.parameters.get();
    if (draft_.use.file != kNoFile) site.expansions.push_back(draft_.use);
    return site;
  }

  void once(const syntax::Clause*& slot, const syntax::Clause& clause, const char* word) {
    if (slot != nullptr) {
      Diagnostic& diagnostic = report(DiagId::RepeatedClause, clause.span, "the rule already has " + std::string(word));
      diagnostic.label(slot->span, "first here");
      if (clause.kind == CK::When || clause.kind == CK::Unless)
        diagnostic.help("join the two conditions with `and` or `or`");
      return;
    }
    slot = &clause;
  }

  void sort_in(const syntax::Clause& clause) {
    switch (clause.kind) {
      case CK::When:
        once(clauses_.when, clause, "a `when`");
        break;
      case CK::Unless:
        once(clauses_.unless, clause, "an `unless`");
        break;
      case CK::Deny:
      case CK::Allow:
      case CK::Warn:
        main_effect(clause);
        break;
      case CK::HoldUntil:
        if (clauses_.hold == nullptr) main_effect(clause);
        once(clauses_.hold, clause, "a `hold until`");
        break;
      case CK::Require:
        clauses_.requires_.push_back(&clause);
        break;
      case CK::Oblige:
        clauses_.obliges.push_back(&clause);
        break;
      case CK::Overrides:
        once(clauses_.overrides, clause, "`overrides`");
        break;
      case CK::Because:
        once(clauses_.because, clause, "a `because`");
        break;
      case CK::IfMissing:
        once(clauses_.if_missing, clause, "an `if missing`");
        break;
      case CK::Mode:
        once(clauses_.mode, clause, "a `mode`");
        break;
      case CK::Mandatory:
        once(clauses_.mandatory, clause, "`mandatory`");
        break;
      case CK::Owner:
        once(clauses_.owner, clause, "an `owner`");
        break;
      case CK::Accept:
        clauses_.accepts.push_back(&clause);
        break;
    }
  }

  void main_effect(const syntax::Clause& clause) {
    if (clauses_.effect == nullptr) {
      clauses_.effect = &clause;
    } else if (clauses_.effect->kind == clause.kind) {
      report(DiagId::RepeatedClause, clause.span, "the effect is already given")
          .label(clauses_.effect->span, "first here");
    } else {
      report(DiagId::SeveralEffects, clause.span, "the rule already has an effect")
          .label(clauses_.effect->span, "this one");
    }
  }

  void effect() {
    if (clauses_.effect == nullptr) {
      if (!clauses_.requires_.empty()) {
        rule_.effect = Effect::Require;
      } else if (!clauses_.obliges.empty()) {
        rule_.effect = Effect::Oblige;
      } else {
        good_ = false;
        report(DiagId::NoEffect, draft_.name_span, "`" + draft_.name + "` does nothing")
            .help("say `deny`, `require`, `hold until`, `allow`, `warn` or `oblige`");
      }
      return;
    }
    switch (clauses_.effect->kind) {
      case CK::Deny:
        rule_.effect = Effect::Deny;
        break;
      case CK::Allow:
        rule_.effect = Effect::Allow;
        break;
      case CK::Warn:
        rule_.effect = Effect::Warn;
        break;
      case CK::HoldUntil:
        rule_.effect = Effect::Hold;
        break;
      default:
        break;
    }
    if (!clauses_.requires_.empty() && rule_.effect != Effect::Allow) {
      report(DiagId::SeveralEffects, clauses_.requires_[0]->span, "only an `allow` may carry requirements")
          .label(clauses_.effect->span, "the effect");
    }
  }

  // Clauses that belong to some effects only, and the message that a blocked person needs.
  void belongings() {
    if (!good_) return;
    const bool blocking = is_blocking(rule_.effect);
    if (clauses_.overrides != nullptr && rule_.effect != Effect::Allow) {
      report(DiagId::MisplacedClause, clauses_.overrides->span, "only an `allow` overrides");
    }
    if (clauses_.if_missing != nullptr && !blocking) {
      report(DiagId::MisplacedClause, clauses_.if_missing->span, "`if missing` belongs to a blocking rule")
          .help("a missing signal never makes an `allow` match, and always a `warn` or `oblige`");
    }
    if (clauses_.mandatory != nullptr && !blocking) {
      report(DiagId::MisplacedClause, clauses_.mandatory->span, "only a blocking rule can be mandatory");
    }
    if (blocking && clauses_.because == nullptr) {
      report(DiagId::MissingMessage, draft_.name_span, "`" + draft_.name + "` blocks without saying why")
          .help("add `because \"…\"`");
    }
  }

  void rollout() {
    if (clauses_.mode == nullptr) return;
    rule_.mode = clauses_.mode->mode;
    if (!clauses_.mode->until) return;
    if (rule_.mode != syntax::Mode::Shadow && rule_.mode != syntax::Mode::Advisory) {
      report(DiagId::MisplacedClause, clauses_.mode->until->span, "only `shadow` and `advisory` end at some time");
      return;
    }
    if (const auto until = resolve_moment(context_, *clauses_.mode->until)) rule_.mode_until_ns = *until;
  }

  void overrides() {
    if (clauses_.overrides == nullptr || rule_.effect != Effect::Allow) return;
    std::unordered_set<uint32_t> named;
    for (const syntax::RuleRef& ref : clauses_.overrides->rules) {
      const auto target = resolve_blocking_rule(context_, *draft_.scope, ref, false);
      if (!target) continue;
      if (!named.insert(static_cast<uint32_t>(*target)).second) {
        report(DiagId::RepeatedClause, ref.span, "the rule is already named");
        continue;
      }
      const Rule& other = context_.set.rules[static_cast<uint32_t>(*target)];
      const bool common = std::any_of(rule_.on.begin(), rule_.on.end(),
                                      [&](const RuleOnKind& on) { return speaks_of(other, on.kind); });
      if (!common && !rule_.on.empty() && !other.on.empty()) {
        report(DiagId::NoCommonKind, ref.span, "`" + other.id + "` and this rule speak of different action kinds");
      }
      rule_.overrides.push_back(*target);
    }
    std::sort(rule_.overrides.begin(), rule_.overrides.end());
  }

  void on_kind(RuleOnKind& on) {
    Site site = site_on(on.kind);
    auto condition = whole_condition(site);
    for (const syntax::Clause* clause : clauses_.requires_) requirement_group(site, *clause, on);
    if (clauses_.hold != nullptr && rule_.effect == Effect::Hold) until(site, condition ? &*condition : nullptr, on);
    if (!condition) {
      GUARD_CHECK(context_.diagnostics.has_errors(), "a condition was refused without a diagnostic");
      good_ = false;
      return;
    }
    on.signals = signals_of(on.kind, *condition);
    if (clauses_.because != nullptr) {
      if (auto message = build_message(context_, site, clauses_.because->text, *condition))
        on.message = std::move(*message);
    }
    on.condition = std::move(*condition);
  }

  std::optional<Condition> whole_condition(Site& site) {
    std::optional<Condition> when, unless;
    site.nodes = 0;
    if (clauses_.when != nullptr) when = build_unguarded(context_, site, *clauses_.when->condition);
    if (clauses_.unless != nullptr) unless = build_unguarded(context_, site, *clauses_.unless->condition);
    if ((clauses_.when != nullptr && !when) || (clauses_.unless != nullptr && !unless)) return std::nullopt;
    Condition whole;
    if (when && unless) {
      const Span span = join(clauses_.when->span, clauses_.unless->span);
      std::vector<Condition> parts;
      parts.push_back(std::move(*when));
      parts.push_back(negation(std::move(*unless)));
      whole = joined(Condition::Kind::And, std::move(parts), span);
    } else if (when) {
      whole = std::move(*when);
    } else if (unless) {
      whole = negation(std::move(*unless));
    } else {
      whole = constant_condition(true, draft_.name_span);
    }
    if (!check_guards(context_, site, whole)) return std::nullopt;
    return whole;
  }

  void requirement_group(const Site& site, const syntax::Clause& clause, RuleOnKind& on) {
    std::vector<RequirementId> group;
    for (const syntax::Requirement& alternative : clause.alternatives) {
      const auto id = build_requirement(context_, site, alternative.count, alternative.terms, alternative.span);
      if (id && std::find(group.begin(), group.end(), *id) == group.end()) group.push_back(*id);
    }
    on.requirements.push_back(std::move(group));
  }

  void until(Site& site, const Condition* condition, RuleOnKind& on) {
    if (condition == nullptr) {  // its guards would be missed; look for other mistakes only
      site.nodes = 0;
      (void)build_unguarded(context_, site, *clauses_.hold->condition);
      return;
    }
    on.until = build_condition(context_, site, *clauses_.hold->condition, facts_when_true(context_, site, *condition));
    if (on.until) on.until->text = one_line(context_.sources, clauses_.hold->condition->span);
  }

  std::vector<LeafId> signals_of(KindId kind, const Condition& condition) const {
    std::vector<LeafId> signals;
    const auto operand = [&](const Operand& o) {
      if (o.from != Operand::From::Leaf) return;
      const LeafId signal = context_.leaf(kind, LeafId{o.index}).signal;
      if (signal != kNoLeaf) signals.push_back(signal);
    };
    const auto visit = [&](const auto& self, const Condition& c) -> void {
      const bool has_operand = c.kind != Condition::Kind::Constant && c.kind != Condition::Kind::And &&
                               c.kind != Condition::Kind::Or && c.kind != Condition::Kind::Not &&
                               c.kind != Condition::Kind::InWindow && c.kind != Condition::Kind::Linear &&
                               c.kind != Condition::Kind::Approvals && c.kind != Condition::Kind::SignalIs;
      if (has_operand) operand(c.operand);
      if (c.kind == Condition::Kind::StringEqual || c.kind == Condition::Kind::EnumEqual ||
          c.kind == Condition::Kind::VersionOrder) {
        operand(c.second);
      }
      for (const LinearTerm& term : c.terms) operand(term.operand);
      for (const Condition& child : c.children) self(self, child);
    };
    visit(visit, condition);
    std::sort(signals.begin(), signals.end());
    signals.erase(std::unique(signals.begin(), signals.end()), signals.end());
    return signals;
  }

  Context& context_;
  const RuleDraft& draft_;
  Rule& rule_;
  Clauses clauses_;
  bool good_ = true;
};

std::vector<RuleDraft> collect(Context& context) {
  std::vector<RuleDraft> drafts;
  for (const auto& scope : context.policies) {
    for (const syntax::Section* section : scope->sections) {
      for (const syntax::Item& item : section->items) {
        if (const auto* rule = std::get_if<syntax::RuleItem>(&item.node)) {
          if (!new_id(context, *scope, rule->name)) continue;
          drafts.push_back(
              {rule->name.text, scope.get(), &rule->clauses, &rule->kinds, item.span, rule->name.span, nullptr, {}});
        } else if (std::holds_alternative<syntax::UseItem>(item.node)) {
          if (auto draft = expand_template(context, *scope, item)) drafts.push_back(std::move(*draft));
        }
      }
    }
  }
  std::sort(drafts.begin(), drafts.end(), [](const RuleDraft& a, const RuleDraft& b) {
    return std::pair(a.scope->policy + "." + a.name, a.span.begin) <
           std::pair(b.scope->policy + "." + b.name, b.span.begin);
  });
  return drafts;
}

}  // namespace

void build_rules(Context& context) {
  for (const auto& scope : context.policies) {
    for (Symbol* symbol : scope->order) {
      if (symbol->kind == Symbol::Kind::Template) check_template(context, *symbol);
    }
  }
  const std::vector<RuleDraft> drafts = collect(context);
  if (drafts.size() > limits::kRules.value) {
    context.exceeded(limits::kRules, drafts[limits::kRules.value].name_span);
    return;
  }
  context.set.rules.resize(drafts.size());
  std::vector<RuleBuilder> builders;
  builders.reserve(drafts.size());
  for (size_t i = 0; i < drafts.size(); ++i) {
    builders.emplace_back(context, drafts[i], context.set.rules[i]);
    builders.back().header();
    context.rules.emplace(context.set.rules[i].id, RuleId{static_cast<uint32_t>(i)});
  }
  for (RuleBuilder& builder : builders) builder.body();
}

bool speaks_of(const Rule& rule, KindId kind) {
  return std::any_of(rule.on.begin(), rule.on.end(), [&](const RuleOnKind& on) { return on.kind == kind; });
}

bool new_id(Context& context, const Scope& scope, const syntax::Name& name) {
  const auto [it, fresh] = context.ids.emplace(scope.policy + "." + name.text, name.span);
  if (!fresh) {
    context.report(DiagId::DuplicateName, name.span, "`" + scope.policy + "` already has a `" + name.text + "`")
        .label(it->second, "first here");
  }
  return fresh;
}

std::optional<RuleId> resolve_rule(Context& context, const Scope& scope, const syntax::RuleRef& ref) {
  const std::string own = scope.policy + "." + ref.first.text;
  const std::string id = ref.second ? ref.first.text + "." + ref.second->text : own;
  const auto it = context.rules.find(id);
  if (it != context.rules.end()) return it->second;
  if (const auto other = context.ids.find(id); other != context.ids.end()) {
    // A broken use of a template was reported already.
    if (!context.broken_ids.contains(id)) {
      context.report(DiagId::UnknownRule, ref.span, "`" + id + "` is not a rule").label(other->second, "declared here");
    }
    return std::nullopt;
  }
  const std::string written = ref.second ? id : ref.first.text;
  Diagnostic& diagnostic = context.report(DiagId::UnknownRule, ref.span, "there is no rule `" + written + "`");
  std::vector<std::string> known;
  for (const Rule& rule : context.set.rules) {
    if (!ref.second && rule.policy == scope.policy) known.push_back(rule.name);
    if (!ref.second && rule.name == ref.first.text)
      diagnostic.help("`" + rule.id + "` is in another policy; name it so");
    if (ref.second) known.push_back(rule.id);
  }
  if (diagnostic.notes.empty()) suggest(diagnostic, written, known);
  return std::nullopt;
}

std::optional<RuleId> resolve_blocking_rule(Context& context, const Scope& scope, const syntax::RuleRef& ref,
                                            bool even_mandatory) {
  const auto id = resolve_rule(context, scope, ref);
  if (!id) return std::nullopt;
  const Rule& rule = context.set.rules[static_cast<uint32_t>(*id)];
  if (is_blocking(rule.effect) && (!rule.mandatory || even_mandatory)) return id;
  context
      .report(DiagId::NotOverridable, ref.span,
              "`" + rule.id + (is_blocking(rule.effect) ? "` is mandatory" : "` does not block"))
      .label(rule.name_span, "declared here");
  return std::nullopt;
}

std::optional<Obligation> build_obligation(Context& context, const Site& site, const syntax::Name& name,
                                           const syntax::Value& value, Span span) {
  const auto literal = literal_of(context, site, value);
  if (!literal) return std::nullopt;
  Obligation obligation;
  obligation.name = name.text;
  obligation.span = span;
  obligation.text = literal_text(*literal);
  Type& type = obligation.value.type;
  obligation.value.number = literal->number;
  switch (literal->kind) {
    case Literal::Kind::Bool:
      type.kind = TypeKind::Bool;
      return obligation;
    case Literal::Kind::Int:
    case Literal::Kind::Decimal:
      type.kind = literal->kind == Literal::Kind::Int ? TypeKind::Int : TypeKind::Decimal;
      type.min = INT64_MIN;
      type.max = INT64_MAX;
      type.precision = 18;
      type.scale = literal->scale;
      return obligation;
    case Literal::Kind::Duration:
      type.kind = TypeKind::Duration;
      return obligation;
    case Literal::Kind::String:
      type.kind = TypeKind::String;
      obligation.value.text = literal->text;
      return obligation;
    case Literal::Kind::Timestamp:
    case Literal::Kind::Regex:
    case Literal::Kind::Word:
    case Literal::Kind::Set:
      break;
  }
  context.report(
      site, DiagId::TypeMismatch, value.span,
      "an obligation is a string, a number, a bool or a duration, found `" + std::string(literal_kind(*literal)) + "`");
  return std::nullopt;
}

std::vector<ConditionOnKind> conditions_on(Context& context, Scope& scope, const std::vector<KindId>& kinds,
                                           const Boxed<syntax::Condition>& condition, Span span) {
  std::vector<ConditionOnKind> result;
  for (const KindId kind : kinds) {
    Site site;
    site.scope = &scope;
    site.kind = kind;
    site.several_kinds = kinds.size() > 1;
    if (!condition) {
      result.push_back({kind, constant_condition(true, span)});
    } else if (auto built = build_condition(context, site, *condition)) {
      result.push_back({kind, std::move(*built)});
    } else {
      GUARD_CHECK(context.diagnostics.has_errors(), "a condition was refused without a diagnostic");
    }
  }
  return result;
}

}  // namespace guard::check
