// The schema section: which one, its enums and records, its kinds with their defaults, and scalar types.
#include "check/schema.hpp"

#include <algorithm>
#include <array>

#include "check/constants.hpp"
#include "check/names.hpp"

namespace guard::check {

namespace {

constexpr std::array<std::string_view, 9> kTypeWords = {"bool",      "int",      "decimal", "string", "version",
                                                        "timestamp", "duration", "set",     "list"};

bool is_type_word(const std::string& name) {
  return std::find(kTypeWords.begin(), kTypeWords.end(), name) != kTypeWords.end();
}

EnumId add_enum(Context& context, const std::string& name, const syntax::EnumBody& body) {
  EnumType type;
  type.name = name;
  type.ordered = body.ordered;
  if (body.mixed) context.report(DiagId::MixedEnum, body.span, "the words are separated by `<` and by `,`");
  if (body.words.size() > limits::kEnumWords.value) context.exceeded(limits::kEnumWords, body.span);
  const EnumId id{static_cast<uint32_t>(context.set.enums.size())};
  std::unordered_map<std::string, Span> seen;
  for (const syntax::Name& word : body.words) {
    const auto [it, fresh] = seen.emplace(word.text, word.span);
    if (!fresh) {
      context.report(DiagId::DuplicateName, word.span, "`" + word.text + "` is already a word of `" + name + "`")
          .label(it->second, "first here");
      continue;
    }
    type.words.push_back(word.text);
    context.words[word.text].push_back(id);
  }
  context.set.enums.push_back(std::move(type));
  return id;
}

// The names of enums and records share one space.
bool new_type_name(Context& context, std::unordered_map<std::string, Span>& names, const syntax::Name& name) {
  if (is_type_word(name.text)) {
    context.report(DiagId::DuplicateName, name.span, "`" + name.text + "` is a type of the language");
    return false;
  }
  const auto [it, fresh] = names.emplace(name.text, name.span);
  if (!fresh) {
    context.report(DiagId::DuplicateName, name.span, "`" + name.text + "` is already declared")
        .label(it->second, "first here");
  }
  return fresh;
}

void declare_types(Context& context) {
  std::unordered_map<std::string, Span> names;
  for (const syntax::Item& item : context.schema->items) {
    if (const auto* e = std::get_if<syntax::EnumItem>(&item.node)) {
      if (new_type_name(context, names, e->name))
        context.enums[e->name.text] = add_enum(context, e->name.text, e->body);
    } else if (const auto* r = std::get_if<syntax::RecordItem>(&item.node)) {
      if (new_type_name(context, names, r->name)) context.records[r->name.text] = r;
    }
  }
}

void declare_kinds(Context& context) {
  std::vector<const syntax::ActionItem*> common;
  std::vector<const syntax::ActionItem*> actions;
  std::unordered_map<std::string, Span> spans;
  for (const syntax::Item& item : context.schema->items) {
    const auto* action = std::get_if<syntax::ActionItem>(&item.node);
    if (action == nullptr) continue;
    if (!action->name) {
      common.push_back(action);
      continue;
    }
    const auto [it, fresh] = spans.emplace(action->name->text, action->name->span);
    if (!fresh) {
      context
          .report(DiagId::DuplicateName, action->name->span, "`" + action->name->text + "` is already an action kind")
          .label(it->second, "first here");
      continue;
    }
    actions.push_back(action);
    const KindId id{static_cast<uint32_t>(context.set.kinds.size())};
    context.kinds[action->name->text] = id;
    context.set.kinds.emplace_back();
    context.set.kinds.back().name = action->name->text;
    context.set.kinds.back().span = action->name->span;
  }
  if (actions.empty()) {
    context.report(DiagId::NoKinds, context.schema->name.span,
                   "the schema `" + context.schema->name.text + "` declares no action kind");
  }
  if (actions.size() > limits::kKinds.value) context.exceeded(limits::kKinds, actions.back()->name->span);
  context.attributes.resize(actions.size());
  for (size_t i = 0; i < actions.size(); ++i) {
    flatten_kind(context, KindId{static_cast<uint32_t>(i)}, common, *actions[i]);
  }
}

struct Defaults {
  std::optional<syntax::OutcomeWord> all;
  Span all_span;
  std::vector<std::optional<syntax::OutcomeWord>> of_kind;
  std::vector<Span> spans;
  bool bad = false;  // one was refused
};

void add_default(Context& context, const syntax::DefaultItem& item, Span span, Defaults& defaults) {
  if (item.outcome == syntax::OutcomeWord::Hold) {
    context.report(DiagId::BadDefault, span, "a default is `allow` or `deny`, not `hold`");
    defaults.bad = true;
    return;
  }
  if (!item.kinds || item.kinds->every) {
    if (defaults.all) {
      context.report(DiagId::DuplicateName, span, "the default is already declared")
          .label(defaults.all_span, "first here");
      return;
    }
    defaults.all = item.outcome;
    defaults.all_span = span;
    return;
  }
  for (const syntax::Name& name : item.kinds->names) {
    const auto id = resolve_kind(context, name);
    if (!id) continue;
    const auto index = static_cast<size_t>(*id);
    if (defaults.of_kind[index]) {
      context.report(DiagId::DuplicateName, name.span, "the default of `" + name.text + "` is already declared")
          .label(defaults.spans[index], "first here");
      continue;
    }
    defaults.of_kind[index] = item.outcome;
    defaults.spans[index] = name.span;
  }
}

void apply_defaults(Context& context, const Defaults& defaults) {
  for (size_t i = 0; i < context.set.kinds.size(); ++i) {
    Kind& kind = context.set.kinds[i];
    if (defaults.of_kind[i]) {
      kind.default_outcome = *defaults.of_kind[i];
    } else if (defaults.all) {
      kind.default_outcome = *defaults.all;
    } else if (!defaults.bad) {
      context.report(DiagId::MissingDefault, context.schema->name.span, "`" + kind.name + "` has no default outcome")
          .help("declare `default deny` or `default allow` in the schema");
    }
  }
}

void add_severity(Context& context, const syntax::SeverityItem& item) {
  static constexpr std::array<std::string_view, 4> kSeverities = {"error", "warning", "note", "off"};
  if (std::find(kSeverities.begin(), kSeverities.end(), item.severity.text) == kSeverities.end()) {
    Diagnostic& diagnostic =
        context.report(DiagId::BadSeverity, item.severity.span, "`" + item.severity.text + "` is not a severity");
    suggest(diagnostic, item.severity.text, {"error", "warning", "note", "off"});
    return;
  }
  if (!context.is_finding(item.check)) return;
  for (const auto& [check, severity] : context.set.severities) {
    if (check == item.check.text) {
      context.report(DiagId::DuplicateName, item.check.span, "the severity of `" + check + "` is already set");
      return;
    }
  }
  context.set.severities.emplace_back(item.check.text, item.severity.text);
}

void declare_settings(Context& context) {
  Defaults defaults;
  defaults.of_kind.resize(context.set.kinds.size());
  defaults.spans.resize(context.set.kinds.size());
  const Span* kind_at = nullptr;
  for (const syntax::Item& item : context.schema->items) {
    if (const auto* d = std::get_if<syntax::DefaultItem>(&item.node)) {
      add_default(context, *d, item.span, defaults);
    } else if (const auto* u = std::get_if<syntax::UnguardedItem>(&item.node)) {
      for (const syntax::Name& name : u->kinds) {
        if (const auto id = resolve_kind(context, name)) context.kind(*id).unguarded = true;
      }
    } else if (std::holds_alternative<syntax::BlockingWinsItem>(item.node)) {
      context.set.blocking_wins = true;
    } else if (const auto* s = std::get_if<syntax::SeverityItem>(&item.node)) {
      add_severity(context, *s);
    } else if (std::holds_alternative<syntax::KindAtItem>(item.node)) {
      if (kind_at != nullptr) {
        context.report(DiagId::DuplicateName, item.span, "`kind at` is already declared").label(*kind_at, "first here");
      }
      kind_at = &item.span;
    }
  }
  apply_defaults(context, defaults);
  std::sort(context.set.severities.begin(), context.set.severities.end());
}

void declare_kind_place(Context& context) {
  context.set.kind_json = {"kind"};
  for (const syntax::Item& item : context.schema->items) {
    const auto* at = std::get_if<syntax::KindAtItem>(&item.node);
    if (at == nullptr) continue;
    const auto keys = pointer_keys(at->pointer.value);
    if (keys) {
      context.set.kind_json = *keys;
    } else {
      context.report(DiagId::BadPointer, at->pointer.span,
                     "`" + at->pointer.value + "` is not a JSON pointer to a key");
    }
  }
}

std::optional<Type> int_type(Context& context, const syntax::Type& syntax) {
  Type type;
  type.kind = TypeKind::Int;
  type.min = INT64_MIN;
  type.max = INT64_MAX;
  if (!syntax.min || !syntax.max) return type;
  const auto min = parse_int(syntax.min->text, syntax.min->negative);
  const auto max = parse_int(syntax.max->text, syntax.max->negative);
  if (!min || !max || *min > *max) {
    context.report(DiagId::BadRange, syntax.span,
                   !min || !max ? "the range does not fit 64 bits" : "the range is empty");
    return std::nullopt;
  }
  type.min = *min;
  type.max = *max;
  return type;
}

std::optional<Type> decimal_type(Context& context, const syntax::Type& syntax) {
  const auto precision = parse_int(syntax.precision->text, false);
  const auto scale = parse_int(syntax.scale->text, false);
  if (!precision || !scale || *precision < 1 || *precision > 18 || *scale > *precision) {
    context.report(DiagId::BadDecimal, syntax.span, "decimal(p, s) needs 1 <= p <= 18 and s <= p");
    return std::nullopt;
  }
  Type type;
  type.kind = TypeKind::Decimal;
  type.precision = static_cast<uint8_t>(*precision);
  type.scale = static_cast<uint8_t>(*scale);
  type.max = 1;
  for (int64_t i = 0; i < *precision; ++i) type.max *= 10;
  type.max -= 1;
  type.min = -type.max;
  return type;
}

std::optional<Type> named_type(Context& context, const syntax::Type& syntax) {
  const std::string& name = syntax.name.text;
  Type type;
  if (name == "bool")
    type.kind = TypeKind::Bool;
  else if (name == "string")
    type.kind = TypeKind::String;
  else if (name == "version")
    type.kind = TypeKind::Version;
  else if (name == "timestamp")
    type.kind = TypeKind::Timestamp;
  else if (name == "duration")
    type.kind = TypeKind::Duration;
  else if (const auto it = context.enums.find(name); it != context.enums.end()) {
    type.kind = TypeKind::Enum;
    type.enum_id = it->second;
  } else {
    if (context.records.contains(name)) return std::nullopt;  // a type, but no scalar: the caller says so
    Diagnostic& diagnostic = context.report(DiagId::UnknownType, syntax.span, "there is no type `" + name + "`");
    std::vector<std::string> known(kTypeWords.begin(), kTypeWords.end());
    for (const auto& [word, id] : context.enums) known.push_back(word);
    for (const auto& [word, record] : context.records) known.push_back(word);
    std::sort(known.begin(), known.end());
    suggest(diagnostic, name, known);
    return std::nullopt;
  }
  return type;
}

std::optional<Type> set_type(Context& context, const syntax::Type& syntax, const std::string& path) {
  const size_t before = context.diagnostics.error_count();
  const auto element = scalar_type(context, syntax.inner[0], path);
  if (context.diagnostics.error_count() > before) return std::nullopt;
  const bool holds = element && (element->kind == TypeKind::String || element->kind == TypeKind::Int ||
                                 element->kind == TypeKind::Enum || element->kind == TypeKind::Version);
  if (!holds) {
    context.report(DiagId::BadType, syntax.inner[0].span, "a set holds strings, ints, versions or words of an enum");
    return std::nullopt;
  }
  Type type = *element;
  type.element = element->kind;
  type.kind = TypeKind::Set;
  return type;
}

}  // namespace

std::optional<std::vector<std::string>> pointer_keys(std::string_view text) {
  if (text.empty() || text[0] != '/') return std::nullopt;
  std::vector<std::string> keys;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      keys.emplace_back();
    } else if (text[i] == '~') {
      if (++i == text.size() || (text[i] != '0' && text[i] != '1')) return std::nullopt;
      keys.back() += text[i] == '0' ? '~' : '/';
    } else {
      keys.back() += text[i];
    }
  }
  return keys;
}

std::optional<Type> scalar_type(Context& context, const syntax::Type& type, const std::string& path) {
  switch (type.kind) {
    case syntax::Type::Kind::Int:
      return int_type(context, type);
    case syntax::Type::Kind::Decimal:
      return decimal_type(context, type);
    case syntax::Type::Kind::Set:
      return set_type(context, type, path);
    case syntax::Type::Kind::Named:
      return named_type(context, type);
    case syntax::Type::Kind::Enum: {
      auto it = context.anonymous_enums.find(&type.body);
      if (it == context.anonymous_enums.end()) {
        it = context.anonymous_enums.emplace(&type.body, add_enum(context, path, type.body)).first;
      }
      Type result;
      result.kind = TypeKind::Enum;
      result.enum_id = it->second;
      return result;
    }
    case syntax::Type::Kind::List:
    case syntax::Type::Kind::Record:
    case syntax::Type::Kind::Optional:
      return std::nullopt;
  }
  return std::nullopt;
}

void find_schema(Context& context) {
  std::vector<const syntax::Section*> found;
  for (const syntax::File& file : context.files) {
    for (const syntax::Section& section : file.sections) {
      if (section.schema) found.push_back(&section);
    }
  }
  if (found.empty()) {
    Span span;
    if (!context.files.empty()) span.file = context.files[0].id;
    context.report(DiagId::NoSchema, span, "there is no schema section in these files");
    return;
  }
  // The same schema may come twice, as with a baseline; the one of the first path counts, so that file order does not.
  const auto path = [&](const syntax::Section* section) { return context.sources.file(section->span.file).path; };
  std::stable_sort(found.begin(), found.end(),
                   [&](const syntax::Section* a, const syntax::Section* b) { return path(a) < path(b); });
  context.schema = found[0];
  const std::string text = one_line(context.sources, found[0]->span);
  for (size_t i = 1; i < found.size(); ++i) {
    if (one_line(context.sources, found[i]->span) == text) continue;
    context
        .report(DiagId::SeveralSchemas, found[i]->name.span, "there is already a schema, `" + found[0]->name.text + "`")
        .label(found[0]->name.span, "first here");
  }
}

void build_schema(Context& context) {
  context.set.schema = context.schema->name.text;
  declare_kind_place(context);
  declare_types(context);
  declare_kinds(context);
  for (const syntax::Item& item : context.schema->items) {
    if (const auto* record = std::get_if<syntax::RecordItem>(&item.node)) check_unused_record(context, *record);
  }
  declare_settings(context);
}

}  // namespace guard::check
