// Scopes and declarations.
#include "check/names.hpp"

#include <algorithm>
#include <map>

namespace guard::check {

namespace {

struct Declared {
  Symbol::Kind kind;
  const syntax::Name* name;
};

std::optional<Declared> declared(const syntax::Item& item) {
  if (const auto* i = std::get_if<syntax::LetItem>(&item.node)) return Declared{Symbol::Kind::Let, &i->name};
  if (const auto* i = std::get_if<syntax::DefineItem>(&item.node)) return Declared{Symbol::Kind::Define, &i->name};
  if (const auto* i = std::get_if<syntax::WindowItem>(&item.node)) return Declared{Symbol::Kind::Window, &i->name};
  if (const auto* i = std::get_if<syntax::DataItem>(&item.node)) return Declared{Symbol::Kind::Data, &i->name};
  if (const auto* i = std::get_if<syntax::FixtureItem>(&item.node)) return Declared{Symbol::Kind::Fixture, &i->name};
  if (const auto* i = std::get_if<syntax::TemplateItem>(&item.node)) return Declared{Symbol::Kind::Template, &i->name};
  return std::nullopt;
}

enum class Place : uint8_t { Schema, Policy, Both };

Place place_of(const syntax::Item& item) {
  return std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, syntax::DefaultItem> || std::is_same_v<T, syntax::UnguardedItem> ||
                      std::is_same_v<T, syntax::BlockingWinsItem> || std::is_same_v<T, syntax::KindAtItem> ||
                      std::is_same_v<T, syntax::EnumItem> || std::is_same_v<T, syntax::RecordItem> ||
                      std::is_same_v<T, syntax::ActionItem> || std::is_same_v<T, syntax::SeverityItem>) {
          return Place::Schema;
        } else if constexpr (std::is_same_v<T, syntax::OwnerItem> || std::is_same_v<T, syntax::RuleItem> ||
                             std::is_same_v<T, syntax::TemplateItem> || std::is_same_v<T, syntax::UseItem> ||
                             std::is_same_v<T, syntax::ExceptionItem> || std::is_same_v<T, syntax::BreakGlassItem> ||
                             std::is_same_v<T, syntax::InvariantItem> || std::is_same_v<T, syntax::CoverItem>) {
          return Place::Policy;
        } else {
          return Place::Both;
        }
      },
      item.node);
}

const char* item_word(const syntax::Item& item) {
  static constexpr const char* kWords[] = {
      "a default", "`unguarded`",  "`blocking wins`", "`kind at`",    "an enum",  "a record",
      "an action", "a severity",   "a let",           "a define",     "a window", "data",
      "a fixture", "a test",       "an assumption",   "an owner",     "a rule",   "a template",
      "`use`",     "an exception", "break glass",     "an invariant", "a cover"};
  static_assert(std::size(kWords) == std::variant_size_v<decltype(syntax::Item::node)>);
  return kWords[item.node.index()];
}

// A name may not hide an attribute, an enum word (lets only: words are resolved by the expected type), or an outer
// name.
bool hides_nothing(Context& context, const Scope& scope, const Declared& d) {
  const std::string& name = d.name->text;
  const bool value = d.kind != Symbol::Kind::Fixture && d.kind != Symbol::Kind::Template;
  if (value && context.attribute_kinds.contains(name)) {
    context.report(
        DiagId::ShadowedName, d.name->span,
        "`" + name + "` is an attribute of `" + context.kind(context.attribute_kinds.at(name)[0]).name + "`");
    return false;
  }
  if (d.kind == Symbol::Kind::Let && context.words.contains(name)) {
    context.report(DiagId::ShadowedName, d.name->span,
                   "`" + name + "` is a word of `" + context.enum_type(context.words.at(name)[0]).name + "`");
    return false;
  }
  if (d.kind == Symbol::Kind::Fixture && context.kinds.contains(name)) {
    context.report(DiagId::ShadowedName, d.name->span, "`" + name + "` is an action kind");
    return false;
  }
  const Symbol* outer = scope.outer == nullptr ? nullptr : scope.outer->find(name);
  if (outer != nullptr) {
    context.report(DiagId::ShadowedName, d.name->span, "`" + name + "` is already declared in the schema")
        .label(outer->name.span, "first here");
    return false;
  }
  return true;
}

void declare(Context& context, Scope& scope, const syntax::Item& item, const Declared& d) {
  if (!hides_nothing(context, scope, d)) return;
  const auto it = scope.symbols.find(d.name->text);
  if (it != scope.symbols.end()) {
    context.report(DiagId::DuplicateName, d.name->span, "`" + d.name->text + "` is already declared")
        .label(it->second->name.span, "first here");
    return;
  }
  auto symbol = std::make_unique<Symbol>();
  symbol->kind = d.kind;
  symbol->item = &item;
  symbol->name = *d.name;
  symbol->scope = &scope;
  scope.order.push_back(symbol.get());
  scope.symbols.emplace(d.name->text, std::move(symbol));
}

void declare_section(Context& context, Scope& scope, const syntax::Section& section) {
  scope.sections.push_back(&section);
  for (const syntax::Item& item : section.items) {
    const Place place = place_of(item);
    if (place != Place::Both && (place == Place::Schema) != section.schema) {
      context.report(
          DiagId::MisplacedItem, item.span,
          std::string(item_word(item)) + " may stand only in a " + (place == Place::Schema ? "schema" : "policy"));
      continue;
    }
    if (const auto d = declared(item)) {
      declare(context, scope, item, *d);
    } else if (const auto* owner = std::get_if<syntax::OwnerItem>(&item.node)) {
      if (!scope.owner.empty()) context.report(DiagId::RepeatedClause, item.span, "the policy already has an owner");
      scope.owner = owner->owner.value;
    }
  }
}

}  // namespace

const char* symbol_word(Symbol::Kind kind) {
  switch (kind) {
    case Symbol::Kind::Let:
      return "a constant";
    case Symbol::Kind::Define:
      return "a condition";
    case Symbol::Kind::Window:
      return "a window";
    case Symbol::Kind::Data:
      return "a data table";
    case Symbol::Kind::Fixture:
      return "a fixture";
    case Symbol::Kind::Template:
      return "a template";
  }
  return "";
}

void declare_names(Context& context) {
  declare_section(context, context.schema_scope, *context.schema);
  std::map<std::string, const syntax::Section*> sections;
  for (const syntax::File& file : context.files) {
    for (const syntax::Section& section : file.sections) {
      if (section.schema) continue;
      const auto [it, fresh] = sections.emplace(section.name.text, &section);
      if (!fresh) {
        context
            .report(DiagId::DuplicateName, section.name.span, "there is already a policy `" + section.name.text + "`")
            .label(it->second->name.span, "first here");
      }
    }
  }
  for (const auto& [name, section] : sections) {
    auto scope = std::make_unique<Scope>();
    scope->policy = name;
    scope->outer = &context.schema_scope;
    const auto& baseline = context.options.baseline;
    scope->baseline = std::find(baseline.begin(), baseline.end(), section->span.file) != baseline.end();
    context.policies.push_back(std::move(scope));
    declare_section(context, *context.policies.back(), *section);
  }
}

void resolve_all_lets(Context& context) {
  const auto resolve = [&](const Scope& scope) {
    for (Symbol* symbol : scope.order) {
      if (symbol->kind != Symbol::Kind::Let) continue;
      const bool used = symbol->used;
      (void)resolve_let(context, *symbol);
      symbol->used = used;
    }
  };
  resolve(context.schema_scope);
  for (const auto& scope : context.policies) resolve(*scope);
}

void report_unused(Context& context) {
  const auto report = [&](const Scope& scope) {
    for (const Symbol* symbol : scope.order) {
      if (symbol->used) continue;
      context.report(DiagId::UnusedName, symbol->name.span,
                     std::string(symbol_word(symbol->kind)) + " `" + symbol->name.text + "` is never used");
    }
  };
  report(context.schema_scope);
  for (const auto& scope : context.policies) report(*scope);
}

std::vector<std::string> visible_names(const Context& context, const Site& site) {
  std::vector<std::string> names = context.map(site.kind).top;
  for (const Variable& variable : site.variables) names.push_back(variable.name->text);
  if (site.parameters != nullptr) {
    for (const auto& [name, literal] : *site.parameters) names.push_back(name);
  }
  for (const Scope* scope = site.scope; scope != nullptr; scope = scope->outer) {
    for (const Symbol* symbol : scope->order) {
      if (symbol->kind != Symbol::Kind::Fixture && symbol->kind != Symbol::Kind::Template)
        names.push_back(symbol->name.text);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool check_local_name(Context& context, const Site& site, const syntax::Name& name) {
  const auto refuse = [&](const std::string& what) {
    context.report(DiagId::ShadowedName, name.span, "`" + name.text + "` is already " + what);
    return false;
  };
  if (context.attribute_kinds.contains(name.text)) return refuse("an attribute");
  if (context.words.contains(name.text)) return refuse("an enum word");
  const Symbol* symbol = site.scope->find(name.text);
  if (symbol != nullptr && symbol->kind != Symbol::Kind::Fixture && symbol->kind != Symbol::Kind::Template) {
    return refuse(symbol_word(symbol->kind));
  }
  for (const Variable& variable : site.variables) {
    if (variable.name->text == name.text) return refuse("the name of an outer element");
  }
  if (site.parameters != nullptr && site.parameters->contains(name.text)) return refuse("a parameter");
  return true;
}

std::optional<KindId> resolve_kind(Context& context, const syntax::Name& name) {
  const auto it = context.kinds.find(name.text);
  if (it != context.kinds.end()) return it->second;
  context.unknown_kind = true;
  Diagnostic& diagnostic =
      context.report(DiagId::UnknownKind, name.span, "the schema declares no action kind `" + name.text + "`");
  std::vector<std::string> known;
  for (const Kind& kind : context.set.kinds) known.push_back(kind.name);
  suggest(diagnostic, name.text, known);
  return std::nullopt;
}

std::vector<KindId> resolve_kinds(Context& context, const syntax::Kinds& kinds) {
  std::vector<KindId> ids;
  if (kinds.every) {
    for (uint32_t i = 0; i < context.set.kinds.size(); ++i) ids.push_back(KindId{i});
    return ids;
  }
  for (const syntax::Name& name : kinds.names) {
    const auto id = resolve_kind(context, name);
    if (!id) continue;
    if (std::find(ids.begin(), ids.end(), *id) != ids.end()) {
      context.report(DiagId::RepeatedClause, name.span, "`" + name.text + "` is named twice");
      continue;
    }
    ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace guard::check
