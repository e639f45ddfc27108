// What is claimed about the set: assumptions about the world, invariants of the decisions, covers of the rules.
#include <algorithm>
#include <iterator>
#include <utility>

#include "check/names.hpp"
#include "check/rules.hpp"

namespace guard::check {

namespace {

// Calls with every path of the condition, those of the defines that it uses included. `depth` bounds recursive defines,
// which are reported when the condition is built.
template <typename Call>
void each_path(const Scope& scope, const syntax::Condition& condition, int depth, const Call& call) {
  const auto operand = [&](const syntax::Operand& o) {
    call(o.path);
    if (!o.key.empty()) call(o.key[0].path);
    const Symbol* symbol = o.path.parts.size() == 1 ? scope.find(o.path.parts[0].text) : nullptr;
    if (symbol != nullptr && symbol->kind == Symbol::Kind::Define && depth > 0) {
      each_path(*symbol->scope, std::get<syntax::DefineItem>(symbol->item->node).condition, depth - 1, call);
    }
  };
  for (const auto* expr : {&condition.left, &condition.right}) {
    if (!*expr) continue;
    for (const syntax::Term& term : (*expr)->terms) {
      for (const syntax::Primary& primary : term.factors) {
        if (primary.operand) operand(*primary.operand);
      }
    }
  }
  if (condition.operand) operand(*condition.operand);
  for (const syntax::Condition& child : condition.children) each_path(scope, child, depth, call);
}

// The kinds that have every attribute the condition names; when there is none, the first, so that it is reported there.
std::vector<KindId> kinds_with(const Context& context, const Scope& scope, const syntax::Condition& condition) {
  constexpr int kDefineDepth = 8;
  std::vector<KindId> fitting;
  for (uint32_t i = 0; i < context.set.kinds.size(); ++i) fitting.push_back(KindId{i});
  each_path(scope, condition, kDefineDepth, [&](const syntax::Path& path) {
    const auto it = context.attribute_kinds.find(path.parts[0].text);
    if (it == context.attribute_kinds.end()) return;
    std::vector<KindId> common;
    std::set_intersection(fitting.begin(), fitting.end(), it->second.begin(), it->second.end(),
                          std::back_inserter(common));
    fitting = std::move(common);
  });
  if (fitting.empty()) fitting.push_back(KindId{0});
  return fitting;
}

void build_assumption(Context& context, Scope& scope, const syntax::AssumeItem& item, Span span) {
  Assumption assumption;
  assumption.text = one_line(context.sources, item.condition.span);
  assumption.span = span;
  assumption.on = conditions_on(
      context, scope, item.kinds ? resolve_kinds(context, *item.kinds) : kinds_with(context, scope, item.condition),
      Boxed<syntax::Condition>(item.condition), span);
  context.set.assumptions.push_back(std::move(assumption));
}

void build_invariant(Context& context, Scope& scope, const syntax::InvariantItem& item, Span span) {
  const bool fresh = new_id(context, scope, item.name);
  Invariant invariant;
  invariant.id = scope.policy + "." + item.name.text;
  invariant.never = item.never;
  invariant.text = one_line(context.sources, span);
  invariant.span = span;
  for (const syntax::OutcomeWord word : item.outcomes) {
    if (std::find(invariant.outcomes.begin(), invariant.outcomes.end(), word) != invariant.outcomes.end()) {
      context.report(DiagId::RepeatedClause, span, "`" + item.name.text + "` names an outcome twice");
      continue;
    }
    invariant.outcomes.push_back(word);
  }
  invariant.on = conditions_on(context, scope, resolve_kinds(context, item.kinds), item.when, span);
  if (fresh) context.set.invariants.push_back(std::move(invariant));
}

void build_cover(Context& context, Scope& scope, const syntax::CoverItem& item, Span span) {
  Cover cover;
  cover.policy = scope.policy;
  cover.text = one_line(context.sources, span);
  cover.span = span;
  cover.on = conditions_on(context, scope, resolve_kinds(context, item.kinds), item.when, span);
  context.set.covers.push_back(std::move(cover));
}

void build_scope(Context& context, Scope& scope) {
  for (const syntax::Section* section : scope.sections) {
    for (const syntax::Item& item : section->items) {
      if (const auto* assume = std::get_if<syntax::AssumeItem>(&item.node))
        build_assumption(context, scope, *assume, item.span);
      if (section->schema) continue;
      if (const auto* invariant = std::get_if<syntax::InvariantItem>(&item.node))
        build_invariant(context, scope, *invariant, item.span);
      if (const auto* cover = std::get_if<syntax::CoverItem>(&item.node))
        build_cover(context, scope, *cover, item.span);
    }
  }
}

}  // namespace

void build_claims(Context& context) {
  build_scope(context, context.schema_scope);
  for (const auto& scope : context.policies) build_scope(context, *scope);
  std::sort(context.set.invariants.begin(), context.set.invariants.end(),
            [](const Invariant& a, const Invariant& b) { return a.id < b.id; });
}

}  // namespace guard::check
