// Connectives, quantifiers, bare conditions and the expansion of defines.
#include "check/conditions.hpp"

#include <algorithm>
#include <utility>

#include "check/names.hpp"
#include "check/operands.hpp"

namespace guard::check {

namespace {

using SK = syntax::Condition::Kind;
using K = Condition::Kind;

// Conditions nest after defines are expanded; the parser bounds what is written in one piece.
constexpr uint32_t kExpandedNesting = 4 * static_cast<uint32_t>(limits::kNesting.value);

std::optional<Condition> build_children(Context& context, Site& site, const syntax::Condition& condition, K kind) {
  std::vector<Condition> parts;
  bool good = true;
  for (const syntax::Condition& child : condition.children) {
    auto part = build_unguarded(context, site, child);
    if (part)
      parts.push_back(std::move(*part));
    else
      good = false;
  }
  if (!good) return std::nullopt;
  return joined(kind, std::move(parts), condition.span);
}

std::optional<Condition> build_implies(Context& context, Site& site, const syntax::Condition& condition) {
  auto left = build_unguarded(context, site, condition.children[0]);
  auto right = build_unguarded(context, site, condition.children[1]);
  if (!left || !right) return std::nullopt;
  std::vector<Condition> parts;
  parts.push_back(negation(std::move(*left)));
  parts.push_back(std::move(*right));
  return joined(K::Or, std::move(parts), condition.span);
}

K quantifier_kind(SK kind) {
  if (kind == SK::Any) return K::Any;
  if (kind == SK::All) return K::All;
  if (kind == SK::AtLeast) return K::AtLeast;
  return kind == SK::AtMost ? K::AtMost : K::Exactly;
}

// Which list or set a quantifier is over, as a variable; reports what cannot be quantified.
std::optional<Variable> quantified(Context& context, const Site& site, const syntax::Condition& condition,
                                   const Found& found) {
  const Span span = condition.operand->span;
  if (found.kind == Found::Kind::Error) return std::nullopt;
  const Type type = found.kind == Found::Kind::Value ? found.operand.type : Type{};
  const bool list = found.kind == Found::Kind::Value && type.kind == TypeKind::List;
  const bool set = found.kind == Found::Kind::Value && type.kind == TypeKind::Set;
  if (!list && !set) {
    context.report(site, DiagId::TypeMismatch, span, "a quantifier is over a list or a set attribute");
    return std::nullopt;
  }
  if (found.operand.from == Operand::From::Lookup) {
    context.report(site, DiagId::TypeMismatch, span, "a set that is looked up cannot be quantified")
        .help("ask it with `has any` or `in`");
    return std::nullopt;
  }
  const bool nested = !site.variables.empty();
  if (nested && (list || !site.variables.back().row)) {
    context.report(site, DiagId::NestedQuantifier, condition.span,
                   list ? "a quantifier over a list may not stand in another quantifier"
                        : "a quantifier over a set may not stand in another one over a set");
    return std::nullopt;
  }
  Variable variable;
  variable.name = &condition.variable;
  variable.row = list;
  if (list)
    variable.list = LeafId{found.operand.index};
  else
    variable.element = element_type(type);
  return variable;
}

std::optional<Condition> build_quantifier(Context& context, Site& site, const syntax::Condition& condition) {
  const Found found = find_operand(context, site, *condition.operand);
  const auto variable = quantified(context, site, condition, found);
  const bool named = check_local_name(context, site, condition.variable);
  if (!variable || !named) return std::nullopt;
  const bool at_least_none = condition.kind == SK::AtLeast && condition.count == 0;
  if (at_least_none) {
    context.report(site, DiagId::BadCount, condition.span, "`at least 0` always holds");
  }
  site.variables.push_back(*variable);
  auto body = build_unguarded(context, site, condition.children[0]);
  site.variables.pop_back();
  if (!body || at_least_none) return std::nullopt;
  Condition node = new_atom(context, quantifier_kind(condition.kind), condition.span);
  node.operand = found.operand;
  node.variable = condition.variable.text;
  node.count = condition.count;
  node.children.push_back(std::move(*body));
  return node;
}

std::optional<Condition> expand_define(Context& context, Site& site, const Symbol& symbol, Span use) {
  if (std::find(site.defines.begin(), site.defines.end(), &symbol) != site.defines.end()) {
    context.report(DiagId::RecursiveDefinition, symbol.name.span, "`" + symbol.name.text + "` is defined by itself");
    return std::nullopt;
  }
  // A define knows its own scope, not the variables or parameters of the place that uses it.
  Scope* const scope = std::exchange(site.scope, symbol.scope);
  auto variables = std::exchange(site.variables, {});
  const Parameters* const parameters = std::exchange(site.parameters, nullptr);
  site.defines.push_back(&symbol);
  site.expansions.push_back(use);
  // Inside a quantifier a define may not quantify again, as the written text could not.
  const size_t open = variables.size();
  auto result = build_unguarded(context, site, std::get<syntax::DefineItem>(symbol.item->node).condition);
  site.expansions.pop_back();
  site.defines.pop_back();
  site.scope = scope;
  site.variables = std::move(variables);
  site.parameters = parameters;
  if (result && open > 0) {
    bool list = false, set = false;
    const auto scan = [&](const auto& self, const Condition& c) -> void {
      const bool quantifier =
          c.kind == K::Any || c.kind == K::All || c.kind == K::AtLeast || c.kind == K::AtMost || c.kind == K::Exactly;
      if (quantifier) (c.operand.type.kind == TypeKind::List ? list : set) = true;
      for (const Condition& child : c.children) self(self, child);
    };
    scan(scan, *result);
    if (list || (set && !site.variables.back().row)) {
      context.report(site, DiagId::NestedQuantifier, use,
                     "`" + symbol.name.text + "` holds a quantifier, so it may not stand in this one");
      return std::nullopt;
    }
  }
  return result;
}

// A name that means something else than a condition.
std::optional<Condition> misused(Context& context, const Site& site, Span span, const syntax::Operand& operand,
                                 const char* what, const std::string& hint) {
  context.report(site, DiagId::MisusedName, span, "`" + dotted(operand.path) + "` is " + what + ", not a condition")
      .help(hint);
  return std::nullopt;
}

std::optional<Condition> not_a_condition(Context& context, const Site& site, Span span, const std::string& what) {
  context.report(site, DiagId::NotACondition, span, what + " is not a condition");
  return std::nullopt;
}

std::optional<Condition> build_bare(Context& context, Site& site, const syntax::Condition& condition) {
  bool negative = false;
  if (const syntax::Scalar* scalar = as_scalar(*condition.left, negative)) {
    const bool truth = scalar->kind == syntax::ScalarKind::True;
    if (negative || (!truth && scalar->kind != syntax::ScalarKind::False)) {
      return not_a_condition(context, site, condition.span, "a constant");
    }
    Condition node = new_atom(context, K::Constant, condition.span);
    node.value = truth;
    return node;
  }
  const syntax::Operand* operand = as_operand(*condition.left);
  if (operand == nullptr) return not_a_condition(context, site, condition.span, "a sum");
  const Found found = find_operand(context, site, *operand);
  switch (found.kind) {
    case Found::Kind::Error:
      return std::nullopt;
    case Found::Kind::Define:
      return expand_define(context, site, *found.symbol, condition.span);
    case Found::Kind::Literal: {
      if (found.literal->kind != Literal::Kind::Bool) {
        return misused(context, site, condition.span, *operand, "a constant", "compare an attribute with it");
      }
      Condition node = new_atom(context, K::Constant, condition.span);
      node.value = found.literal->number != 0;
      return node;
    }
    case Found::Kind::Value: {
      if (found.operand.type.kind != TypeKind::Bool) {
        context
            .report(site, DiagId::NotACondition, condition.span,
                    "`" + found.operand.text + "` is `" + type_name(context, found.operand.type) + "`, not a condition")
            .help("compare it, or ask something of it");
        return std::nullopt;
      }
      Condition node = new_atom(context, K::Bool, condition.span);
      node.operand = found.operand;
      return node;
    }
    case Found::Kind::Window:
      return misused(context, site, condition.span, *operand, "a window",
                     "ask the instant: `now in " + found.symbol->name.text + "`");
    case Found::Kind::Word:
      return misused(context, site, condition.span, *operand, "an enum word", "compare an attribute with it");
    case Found::Kind::Record:
      break;
  }
  return not_a_condition(context, site, condition.span, "`" + dotted(operand->path) + "`");
}

std::optional<Condition> dispatch(Context& context, Site& site, const syntax::Condition& condition) {
  switch (condition.kind) {
    case SK::Paren:
      return build_unguarded(context, site, condition.children[0]);
    case SK::Not: {
      auto inner = build_unguarded(context, site, condition.children[0]);
      if (!inner) return std::nullopt;
      return negation(std::move(*inner));
    }
    case SK::And:
      return build_children(context, site, condition, K::And);
    case SK::Or:
      return build_children(context, site, condition, K::Or);
    case SK::Implies:
      return build_implies(context, site, condition);
    case SK::Any:
    case SK::All:
    case SK::AtLeast:
    case SK::AtMost:
    case SK::Exactly:
      return build_quantifier(context, site, condition);
    case SK::Compare:
      return build_compare(context, site, condition);
    case SK::In:
      return build_in(context, site, condition);
    case SK::Has:
      return build_has(context, site, condition);
    case SK::HasApprovals:
      return build_has_approvals(context, site, condition);
    case SK::Is:
      return build_is(context, site, condition);
    case SK::Affix:
      return build_affix(context, site, condition);
    case SK::Matches:
      return build_matches(context, site, condition);
    case SK::Since:
      return build_since(context, site, condition);
    case SK::Bare:
      return build_bare(context, site, condition);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Condition> build_unguarded(Context& context, Site& site, const syntax::Condition& condition) {
  if (site.depth >= kExpandedNesting) {
    context.report(
        site, DiagId::LimitExceeded, condition.span,
        "conditions nest more than " + std::to_string(kExpandedNesting) + " levels after defines are expanded");
    return std::nullopt;
  }
  // Counted here, so that defines which double each other cannot keep the checker busy, whatever they hold.
  if (condition.kind != SK::Paren && ++site.nodes > limits::kConditionNodes.value) {
    context.exceeded(limits::kConditionNodes, site.expansions.empty() ? condition.span : site.expansions.front());
    return std::nullopt;
  }
  ++site.depth;
  auto result = dispatch(context, site, condition);
  --site.depth;
  return result;
}

std::optional<Condition> build_condition(Context& context, Site& site, const syntax::Condition& condition,
                                         const Facts& known) {
  site.nodes = 0;
  auto result = build_unguarded(context, site, condition);
  if (!result || !check_guards(context, site, *result, known)) return std::nullopt;
  return result;
}

Condition constant_condition(bool value, Span span) {
  Condition condition;
  condition.span = span;
  condition.value = value;
  condition.text = value ? "true" : "false";
  return condition;
}

Condition negation(Condition condition) {
  Condition result;
  result.kind = K::Not;
  result.span = condition.span;
  result.children.push_back(std::move(condition));
  return result;
}

Condition negated_atom(Condition atom) {
  std::string text = atom.text;
  Condition result = negation(std::move(atom));
  result.text = std::move(text);
  return result;
}

Condition joined(K kind, std::vector<Condition> parts, Span span) {
  Condition result;
  result.kind = kind;
  result.span = span;
  for (Condition& part : parts) {
    if (part.kind == kind && part.text.empty()) {
      for (Condition& inner : part.children) result.children.push_back(std::move(inner));
    } else {
      result.children.push_back(std::move(part));
    }
  }
  return result;
}

Condition new_atom(const Context& context, K kind, Span span) {
  Condition node;
  node.kind = kind;
  node.span = span;
  node.text = one_line(context.sources, span);
  return node;
}

const syntax::Operand* as_operand(const syntax::Expr& expr) {
  if (expr.terms.size() != 1 || expr.terms[0].negative || expr.terms[0].factors.size() != 1) return nullptr;
  const auto& operand = expr.terms[0].factors[0].operand;
  return operand ? &*operand : nullptr;
}

const syntax::Scalar* as_scalar(const syntax::Expr& expr, bool& negative) {
  if (expr.terms.size() != 1 || expr.terms[0].factors.size() != 1) return nullptr;
  negative = expr.terms[0].negative;
  const auto& scalar = expr.terms[0].factors[0].scalar;
  return scalar ? &*scalar : nullptr;
}

}  // namespace guard::check
