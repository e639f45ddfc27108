// Rules, and what refers to them: overrides, exceptions, break glass.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/conditions.hpp"
#include "check/context.hpp"

namespace guard::check {

// A rule as written, or as a template makes it.
struct RuleDraft {
  std::string name;
  Scope* scope = nullptr;
  const std::vector<syntax::Clause>* clauses = nullptr;
  const syntax::Kinds* kinds = nullptr;
  Span span, name_span;
  std::shared_ptr<const Parameters> parameters;  // of a template's use
  Span use;                                      // of that use; empty otherwise
};

// Checks every rule of every policy and fills set.rules, by id.
void build_rules(Context& context);

// The rule that one `use` makes; nothing when it was reported (templates.cpp).
[[nodiscard]] std::optional<RuleDraft> expand_template(Context& context, Scope& scope, const syntax::Item& item);
// The parameters of a template must be sound even when nobody uses it.
void check_template(Context& context, Symbol& symbol);

void build_exceptions(Context& context);   // exceptions.cpp
void build_break_glass(Context& context);  // exceptions.cpp
void build_claims(Context& context);       // claims.cpp: assumptions, invariants, covers

// Registers an id `policy.name`; false when the policy already has it.
bool new_id(Context& context, const Scope& scope, const syntax::Name& name);

[[nodiscard]] std::optional<RuleId> resolve_rule(Context& context, const Scope& scope, const syntax::RuleRef& ref);
// A rule that may be overridden, excepted or lifted; `even_mandatory` lets mandatory ones pass.
[[nodiscard]] std::optional<RuleId> resolve_blocking_rule(Context& context, const Scope& scope,
                                                          const syntax::RuleRef& ref, bool even_mandatory);

[[nodiscard]] std::optional<Obligation> build_obligation(Context& context, const Site& site, const syntax::Name& name,
                                                         const syntax::Value& value, Span span);

// A condition on each of the kinds; Constant true when there is none.
[[nodiscard]] std::vector<ConditionOnKind> conditions_on(Context& context, Scope& scope,
                                                         const std::vector<KindId>& kinds,
                                                         const Boxed<syntax::Condition>& condition, Span span);

// Shares a kind with the rule.
[[nodiscard]] bool speaks_of(const Rule& rule, KindId kind);

}  // namespace guard::check
