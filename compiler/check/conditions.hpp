// Conditions: from syntax to model.hpp's Condition, with every name resolved and every type known.
#pragma once
#include <optional>

#include "check/context.hpp"
#include "check/guards.hpp"

namespace guard::check {

// Builds and checks a condition, guards of optionals included. Nothing when something was reported.
[[nodiscard]] std::optional<Condition> build_condition(Context& context, Site& site, const syntax::Condition& condition,
                                                       const Facts& known = {});
// The same without the guards, for conditions that are joined with others before.
[[nodiscard]] std::optional<Condition> build_unguarded(Context& context, Site& site,
                                                       const syntax::Condition& condition);

// ---- making conditions ----
[[nodiscard]] Condition constant_condition(bool value, Span span);
[[nodiscard]] Condition negation(Condition condition);
// The negation that the atom's own words say (`!=`, `not in`, `is missing`): one atom to its author, so the Not carries
// the text.
[[nodiscard]] Condition negated_atom(Condition atom);
// And or Or of the parts; nested ones of the same kind are merged.
[[nodiscard]] Condition joined(Condition::Kind kind, std::vector<Condition> parts, Span span);

// Approval terms as a requirement of the site's kind (approvals.cpp).
[[nodiscard]] std::optional<RequirementId> build_requirement(Context& context, const Site& site, uint32_t count,
                                                             const syntax::ApprovalTerms& terms, Span span);

// ---- atoms, called by build_unguarded ----
// A condition with its text.
[[nodiscard]] Condition new_atom(const Context& context, Condition::Kind kind, Span span);

[[nodiscard]] std::optional<Condition> build_compare(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_since(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_in(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_has(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_has_approvals(Context& context, Site& site,
                                                           const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_is(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_affix(Context& context, Site& site, const syntax::Condition& condition);
[[nodiscard]] std::optional<Condition> build_matches(Context& context, Site& site, const syntax::Condition& condition);

// The operand that an expression is, or null when it is anything more.
[[nodiscard]] const syntax::Operand* as_operand(const syntax::Expr& expr);
// The constant scalar that an expression is (`5`, `-5`), or null; `negative` is set for a minus in front.
[[nodiscard]] const syntax::Scalar* as_scalar(const syntax::Expr& expr, bool& negative);

}  // namespace guard::check
