// Templates: rules with typed parameters, and the rules that `use` makes of them.
#include <algorithm>
#include <utility>

#include "check/names.hpp"
#include "check/rules.hpp"
#include "check/schema.hpp"

namespace guard::check {

namespace {

// The type of a parameter: a scalar or a set.
std::optional<Type> parameter_type(Context& context, const syntax::TemplateItem& item, const syntax::Param& param) {
  const size_t before = context.diagnostics.error_count();
  auto type = scalar_type(context, param.type, item.name.text + "." + param.name.text);
  if (!type && context.diagnostics.error_count() == before) {
    context.report(DiagId::BadType, param.type.span, "a parameter is a scalar or a set");
  }
  return type;
}

bool good_argument(Context& context, const Site& site, const Literal& literal, const Type& type, Span use) {
  if (type.kind == TypeKind::Set)
    return coerce_set(context, site, literal, element_type(type), use, nullptr).has_value();
  return coerce(context, site, literal, type, use).has_value();
}

}  // namespace

void check_template(Context& context, Symbol& symbol) {
  const auto& item = std::get<syntax::TemplateItem>(symbol.item->node);
  Site site;
  site.scope = symbol.scope;
  std::vector<std::string> seen;
  for (const syntax::Param& param : item.params) {
    (void)check_local_name(context, site, param.name);
    (void)parameter_type(context, item, param);
    if (std::find(seen.begin(), seen.end(), param.name.text) != seen.end()) {
      context.report(DiagId::DuplicateName, param.name.span, "`" + param.name.text + "` is already a parameter");
    }
    seen.push_back(param.name.text);
  }
  (void)resolve_kinds(context, item.kinds);
}

std::optional<RuleDraft> expand_template(Context& context, Scope& scope, const syntax::Item& item) {
  const auto& use = std::get<syntax::UseItem>(item.node);
  const size_t before = context.diagnostics.error_count();
  const bool fresh = new_id(context, scope, use.as);
  const auto broken = [&]() -> std::optional<RuleDraft> {
    context.broken_ids.insert(scope.policy + "." + use.as.text);
    return std::nullopt;
  };
  Symbol* symbol = scope.find(use.name.text);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::Template) {
    Diagnostic& diagnostic =
        context.report(DiagId::UnknownTemplate, use.name.span, "there is no template `" + use.name.text + "`");
    std::vector<std::string> known;
    for (const Scope* s = &scope; s != nullptr; s = s->outer) {
      for (const Symbol* other : s->order) {
        if (other->kind == Symbol::Kind::Template) known.push_back(other->name.text);
      }
    }
    suggest(diagnostic, use.name.text, known);
    return broken();
  }
  symbol->used = true;
  const auto& made_from = std::get<syntax::TemplateItem>(symbol->item->node);
  Site site;
  site.scope = &scope;
  auto parameters = std::make_shared<Parameters>();
  for (const syntax::Argument& argument : use.args) {
    const auto param = std::find_if(made_from.params.begin(), made_from.params.end(),
                                    [&](const syntax::Param& p) { return p.name.text == argument.name.text; });
    if (param == made_from.params.end()) {
      Diagnostic& diagnostic = context.report(DiagId::BadArgument, argument.name.span,
                                              "`" + use.name.text + "` has no parameter `" + argument.name.text + "`");
      std::vector<std::string> known;
      for (const syntax::Param& p : made_from.params) known.push_back(p.name.text);
      suggest(diagnostic, argument.name.text, known);
      continue;
    }
    auto literal = literal_of(context, site, argument.value, true);
    const auto type = parameter_type(context, made_from, *param);
    if (!literal || !type || !good_argument(context, site, *literal, *type, argument.value.span)) continue;
    if (!parameters->emplace(argument.name.text, std::move(*literal)).second) {
      context.report(DiagId::BadArgument, argument.name.span, "`" + argument.name.text + "` is given twice");
    }
  }
  // A parameter without an argument is reported only when no argument was wrong in itself.
  for (const syntax::Param& param : made_from.params) {
    const bool given = std::any_of(use.args.begin(), use.args.end(),
                                   [&](const syntax::Argument& a) { return a.name.text == param.name.text; });
    if (!given && context.diagnostics.error_count() == before) {
      context.report(DiagId::BadArgument, use.name.span,
                     "`" + param.name.text + "` of `" + use.name.text + "` is not given");
    }
  }
  if (context.diagnostics.error_count() > before || !fresh) return broken();
  RuleDraft draft;
  draft.name = use.as.text;
  draft.scope = &scope;
  draft.clauses = &made_from.clauses;
  draft.kinds = &made_from.kinds;
  draft.span = item.span;
  draft.name_span = use.as.span;
  draft.parameters = std::move(parameters);
  draft.use = item.span;
  return draft;
}

}  // namespace guard::check
