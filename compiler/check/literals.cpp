// Literals: from syntax, from lets, and into typed constants.
#include "check/literals.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "check/constants.hpp"
#include "check/context.hpp"
#include "check/names.hpp"

namespace guard::check {

namespace {

bool inside(Span inner, Span outer) {
  return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end;
}

// Reports at the constant when it is written at its use, else at the use with a label where it was declared.
Diagnostic& report_at(Context& context, const Site& site, DiagId id, const Literal& literal, Span use,
                      std::string message) {
  if (inside(literal.span, use)) return context.report(site, id, literal.span, std::move(message));
  return context.report(site, id, use, std::move(message)).label(literal.span, "declared here");
}

std::optional<Constant> mismatch(Context& context, const Site& site, const Literal& literal, const Type& type,
                                 Span use) {
  Diagnostic& diagnostic = report_at(
      context, site, DiagId::TypeMismatch, literal, use,
      "`" + type_name(context, type) + "` is needed here, found `" + std::string(literal_kind(literal)) + "`");
  if (type.kind == TypeKind::Enum && literal.kind == Literal::Kind::String) {
    diagnostic.help("an enum word is written without quotes: `" + literal.text + "`");
  } else if (type.kind == TypeKind::String && literal.kind == Literal::Kind::Word) {
    diagnostic.help("a string is written in quotes: \"" + literal.text + "\"");
  } else if (literal.kind == Literal::Kind::Set) {
    diagnostic.help("one of several values is asked with `in`");
  }
  return std::nullopt;
}

std::optional<Constant> coerce_number(Context& context, const Site& site, const Literal& literal, const Type& type,
                                      Span use) {
  const bool decimal = type.kind == TypeKind::Decimal;
  if (literal.kind != Literal::Kind::Int && !(decimal && literal.kind == Literal::Kind::Decimal)) {
    return mismatch(context, site, literal, type, use);
  }
  Fixed fixed{literal.number, literal.scale};
  while (fixed.scale > 0 && fixed.number % 10 == 0) {
    fixed.number /= 10;
    --fixed.scale;
  }
  if (fixed.scale > type.scale) {
    report_at(context, site, DiagId::TooManyDigits, literal, use,
              "`" + literal_text(literal) + "` has more fraction digits than `" + type_text(context, type) + "`");
    return std::nullopt;
  }
  const auto number = rescale(fixed, type.scale);
  if (!number || *number < type.min || *number > type.max) {
    report_at(context, site, DiagId::ConstantOutOfRange, literal, use,
              "`" + literal_text(literal) + "` is outside `" + type_text(context, type) + "`")
        .help("the comparison could never differ; the declared range is " + decimal_text(type.min, type.scale) +
              " to " + decimal_text(type.max, type.scale));
    return std::nullopt;
  }
  return Constant{type, *number, {}};
}

std::optional<Constant> coerce_word(Context& context, const Site& site, const Literal& literal, const Type& type,
                                    Span use) {
  if (literal.kind != Literal::Kind::Word) return mismatch(context, site, literal, type, use);
  const auto word = context.word(type.enum_id, literal.text);
  if (word) return Constant{type, *word, {}};
  const EnumType& words = context.enum_type(type.enum_id);
  Diagnostic& diagnostic = report_at(context, site, DiagId::UnknownWord, literal, use,
                                     "`" + literal.text + "` is not a word of `" + words.name + "`");
  suggest(diagnostic, literal.text, words.words);
  return std::nullopt;
}

std::optional<Constant> coerce_version(Context& context, const Site& site, const Literal& literal, const Type& type,
                                       Span use) {
  if (literal.kind != Literal::Kind::String) return mismatch(context, site, literal, type, use);
  if (is_version(literal.text)) return Constant{type, 0, literal.text};
  Diagnostic& diagnostic = report_at(context, site, DiagId::BadVersion, literal, use,
                                     json_string(literal.text) + " is not a semantic version");
  if (literal.text.starts_with('v') && is_version(literal.text.substr(1))) diagnostic.help("leave out the `v`");
  return std::nullopt;
}

std::optional<Literal> number_literal(Context& context, const Site& site, const syntax::Scalar& scalar, bool negative) {
  Literal literal;
  literal.span = scalar.span;
  literal.text = scalar.text;
  if (scalar.kind == syntax::ScalarKind::Int) {
    const auto number = parse_int(scalar.text, negative);
    if (number) {
      literal.kind = Literal::Kind::Int;
      literal.number = *number;
      return literal;
    }
  } else {
    const auto number = parse_fixed(scalar.text, negative);
    if (number) {
      literal.kind = Literal::Kind::Decimal;
      literal.number = number->number;
      literal.scale = number->scale;
      return literal;
    }
  }
  context.report(site, DiagId::NumberOutOfRange, scalar.span, "`" + scalar.text + "` does not fit 64 bits");
  return std::nullopt;
}

// The name is neither a constant nor a word.
void unknown_word(Context& context, const Site& site, const std::string& name, Span span) {
  Diagnostic& diagnostic = context.report(site, DiagId::UnknownName, span, "`" + name + "` is not declared");
  std::vector<std::string> known;
  for (const auto& [word, enums] : context.words) known.push_back(word);
  for (const Scope* scope = site.scope; scope != nullptr; scope = scope->outer) {
    for (const Symbol* symbol : scope->order) {
      if (symbol->kind == Symbol::Kind::Let) known.push_back(symbol->name.text);
    }
  }
  std::sort(known.begin(), known.end());
  suggest(diagnostic, name, known);
}

std::optional<Literal> word_literal(Context& context, const Site& site, const syntax::Path& path, bool later) {
  const std::string name = dotted(path);
  const bool word = path.parts.size() == 1 && context.words.contains(name);
  if (!word && context.attribute_kinds.contains(path.parts[0].text)) {
    context.report(site, DiagId::MisusedName, path.span, "`" + name + "` is an attribute; a constant is needed here");
    return std::nullopt;
  }
  if (!word && !later) {
    unknown_word(context, site, name, path.span);
    return std::nullopt;
  }
  Literal literal;
  literal.kind = Literal::Kind::Word;
  literal.unknown = !word;
  literal.text = name;
  literal.span = path.span;
  return literal;
}

std::optional<Literal> set_literal(Context& context, const Site& site, const syntax::Value& value, bool later) {
  Literal set;
  set.kind = Literal::Kind::Set;
  set.span = value.span;
  bool good = true;
  for (const syntax::Value& element : value.elements) {
    auto literal = literal_of(context, site, element, later);
    if (!literal) {
      good = false;
    } else if (literal->kind != Literal::Kind::Set) {
      set.elements.push_back(std::move(*literal));
    } else if (element.kind == syntax::Value::Kind::Name) {  // a let of a set is spliced in
      for (Literal& inner : literal->elements) set.elements.push_back(std::move(inner));
    } else {
      context.report(site, DiagId::TypeMismatch, element.span, "a set holds scalars, not sets");
      good = false;
    }
  }
  if (set.elements.size() > limits::kSetElements.value) {
    context.exceeded(limits::kSetElements, value.span);
    good = false;
  }
  if (!good) return std::nullopt;
  return set;
}

}  // namespace

std::optional<Literal> literal_of(Context& context, const Site& site, const syntax::Scalar& scalar,
                                  bool outer_negative) {
  const bool negative = scalar.negative != outer_negative;
  Literal literal;
  literal.span = scalar.span;
  literal.text = scalar.text;
  switch (scalar.kind) {
    case syntax::ScalarKind::Int:
    case syntax::ScalarKind::Decimal:
      return number_literal(context, site, scalar, negative);
    case syntax::ScalarKind::True:
    case syntax::ScalarKind::False:
      literal.kind = Literal::Kind::Bool;
      literal.number = scalar.kind == syntax::ScalarKind::True ? 1 : 0;
      break;
    case syntax::ScalarKind::String:
      literal.kind = Literal::Kind::String;
      break;
    case syntax::ScalarKind::Regex:
      literal.kind = Literal::Kind::Regex;
      break;
    case syntax::ScalarKind::Duration: {
      const auto ns = parse_duration(scalar.text, negative);
      if (!ns) {
        context.report(site, DiagId::BadDuration, scalar.span, "`" + scalar.text + "` is not a duration")
            .help("name each unit once, largest first: d, h, m, s, ms");
        return std::nullopt;
      }
      literal.kind = Literal::Kind::Duration;
      literal.number = *ns;
      if (negative) literal.text.insert(0, "-");
      return literal;
    }
    case syntax::ScalarKind::Timestamp: {
      const auto ns = parse_timestamp(scalar.text);
      if (!ns) {
        context.report(site, DiagId::BadTimestamp, scalar.span,
                       "`" + scalar.text + "` is not a timestamp of 1678 to 2261");
        return std::nullopt;
      }
      literal.kind = Literal::Kind::Timestamp;
      literal.number = *ns;
      break;
    }
  }
  if (negative) {
    context.report(site, DiagId::TypeMismatch, scalar.span,
                   "`-` needs a number or a duration, found `" + std::string(literal_kind(literal)) + "`");
    return std::nullopt;
  }
  return literal;
}

std::optional<Literal> literal_of(Context& context, const Site& site, const syntax::Value& value, bool later) {
  switch (value.kind) {
    case syntax::Value::Kind::Scalar:
      return literal_of(context, site, *value.scalar);
    case syntax::Value::Kind::Set:
      return set_literal(context, site, value, later);
    case syntax::Value::Kind::Record:
    case syntax::Value::Kind::List:
      context.report(site, DiagId::TypeMismatch, value.span, "a constant is a scalar or a set of scalars");
      return std::nullopt;
    case syntax::Value::Kind::Name:
      break;
  }
  if (value.path.parts.size() > 1) return word_literal(context, site, value.path, later);
  const std::string& name = value.path.parts[0].text;
  if (site.parameters != nullptr) {
    const auto it = site.parameters->find(name);
    if (it != site.parameters->end()) return it->second;
  }
  Symbol* symbol = site.scope->find(name);
  if (symbol == nullptr) return word_literal(context, site, value.path, later);
  if (symbol->kind != Symbol::Kind::Let) {
    context.report(site, DiagId::MisusedName, value.path.span,
                   "`" + name + "` is " + symbol_word(symbol->kind) + "; a constant is needed here");
    return std::nullopt;
  }
  const Literal* literal = resolve_let(context, *symbol);
  if (literal == nullptr) return std::nullopt;
  return *literal;
}

const Literal* resolve_let(Context& context, Symbol& let) {
  let.used = true;
  switch (let.state) {
    case Symbol::State::Done:
      return &*let.literal;
    case Symbol::State::Broken:
      return nullptr;
    case Symbol::State::Working:
      let.state = Symbol::State::Broken;
      context.report(DiagId::RecursiveDefinition, let.name.span, "`" + let.name.text + "` is defined by itself");
      return nullptr;
    case Symbol::State::Fresh:
      break;
  }
  let.state = Symbol::State::Working;
  Site site;
  site.scope = let.scope;
  let.literal = literal_of(context, site, std::get<syntax::LetItem>(let.item->node).value);
  // A recursion found on the way has already been reported at this let.
  if (let.state == Symbol::State::Broken || !let.literal) {
    let.state = Symbol::State::Broken;
    return nullptr;
  }
  let.state = Symbol::State::Done;
  return &*let.literal;
}

std::optional<Constant> coerce(Context& context, const Site& site, const Literal& literal, const Type& type, Span use) {
  if (literal.unknown && type.kind != TypeKind::Enum) {
    unknown_word(context, site, literal.text, literal.span);
    return std::nullopt;
  }
  switch (type.kind) {
    case TypeKind::Int:
    case TypeKind::Decimal:
      return coerce_number(context, site, literal, type, use);
    case TypeKind::Enum:
      return coerce_word(context, site, literal, type, use);
    case TypeKind::Version:
      return coerce_version(context, site, literal, type, use);
    case TypeKind::Bool:
      if (literal.kind == Literal::Kind::Bool) return Constant{type, literal.number, {}};
      break;
    case TypeKind::String:
      if (literal.kind == Literal::Kind::String) return Constant{type, 0, literal.text};
      break;
    case TypeKind::Duration:
      if (literal.kind == Literal::Kind::Duration) return Constant{type, literal.number, {}};
      break;
    case TypeKind::Timestamp:
      if (literal.kind == Literal::Kind::Timestamp) return Constant{type, literal.number, {}};
      break;
    case TypeKind::Set:
    case TypeKind::List:
    case TypeKind::Presence:
    case TypeKind::Signal:
      break;
  }
  return mismatch(context, site, literal, type, use);
}

std::optional<ConstantSet> coerce_set(Context& context, const Site& site, const Literal& literal, const Type& element,
                                      Span use, Symbol* let) {
  if (let != nullptr) {
    for (const auto& [type, set] : let->sets) {
      if (type == element) return set;
    }
  }
  if (literal.kind != Literal::Kind::Set) {
    report_at(context, site, DiagId::TypeMismatch, literal, use,
              "a set is needed here, found `" + std::string(literal_kind(literal)) + "`")
        .help("write it in braces: `{ … }`");
    return std::nullopt;
  }
  if (literal.elements.empty()) {
    report_at(context, site, DiagId::EmptySet, literal, use, "the set is empty");
    return std::nullopt;
  }
  ConstantSet set;
  bool good = true;
  for (const Literal& part : literal.elements) {
    auto constant = coerce(context, site, part, element, use);
    if (!constant) {
      good = false;
    } else if (element.kind == TypeKind::String || element.kind == TypeKind::Version) {
      set.texts.push_back(std::move(constant->text));
    } else {
      set.numbers.push_back(constant->number);
    }
  }
  if (!good) return std::nullopt;
  std::sort(set.numbers.begin(), set.numbers.end());
  set.numbers.erase(std::unique(set.numbers.begin(), set.numbers.end()), set.numbers.end());
  std::sort(set.texts.begin(), set.texts.end());
  set.texts.erase(std::unique(set.texts.begin(), set.texts.end()), set.texts.end());
  if (let != nullptr) let->sets.emplace_back(element, set);
  return set;
}

std::string literal_text(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::Bool:
      return literal.number != 0 ? "true" : "false";
    case Literal::Kind::Int:
      return std::to_string(literal.number);
    case Literal::Kind::Decimal:
      return decimal_text(literal.number, literal.scale);
    case Literal::Kind::String:
    case Literal::Kind::Regex:
    case Literal::Kind::Word:
      return literal.text;
    case Literal::Kind::Duration:
      return duration_text(literal.number);
    case Literal::Kind::Timestamp:
      return timestamp_text(literal.number);
    case Literal::Kind::Set:
      break;
  }
  if (literal.elements.empty()) return "none";
  std::vector<std::string> parts;
  bool numbers = true;
  for (const Literal& element : literal.elements) {
    parts.push_back(literal_text(element));
    numbers = numbers && element.kind == Literal::Kind::Int;
  }
  if (numbers) {
    std::vector<int64_t> sorted;
    for (const Literal& element : literal.elements) sorted.push_back(element.number);
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    parts.clear();
    for (int64_t number : sorted) parts.push_back(std::to_string(number));
  } else {
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string_view literal_kind(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::Bool:
      return "bool";
    case Literal::Kind::Int:
      return "int";
    case Literal::Kind::Decimal:
      return "decimal";
    case Literal::Kind::String:
      return "string";
    case Literal::Kind::Regex:
      return "pattern";
    case Literal::Kind::Word:
      return "word";
    case Literal::Kind::Duration:
      return "duration";
    case Literal::Kind::Timestamp:
      return "timestamp";
    case Literal::Kind::Set:
      return "set";
  }
  return "";
}

std::string type_name(const Context& context, const Type& type) {
  switch (type.kind) {
    case TypeKind::Bool:
      return "bool";
    case TypeKind::Int:
      return "int";
    case TypeKind::Decimal:
      return "decimal";
    case TypeKind::String:
      return "string";
    case TypeKind::Enum:
      return context.enum_type(type.enum_id).name;
    case TypeKind::Version:
      return "version";
    case TypeKind::Timestamp:
      return "timestamp";
    case TypeKind::Duration:
      return "duration";
    case TypeKind::Set:
      return "set<" + type_name(context, element_type(type)) + ">";
    case TypeKind::List:
      return "list";
    case TypeKind::Presence:
      return "record";
    case TypeKind::Signal:
      return "signal";
  }
  return "";
}

std::string type_text(const Context& context, const Type& type) {
  if (type.kind == TypeKind::Decimal) {
    return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
  }
  const bool full = type.min == INT64_MIN && type.max == INT64_MAX;
  if (type.kind == TypeKind::Int && !full) return "int " + std::to_string(type.min) + ".." + std::to_string(type.max);
  if (type.kind == TypeKind::Set) return "set<" + type_text(context, element_type(type)) + ">";
  return type_name(context, type);
}

Type element_type(const Type& set) {
  Type element = set;
  element.kind = set.element;
  element.element = TypeKind::String;
  return element;
}

bool is_number(const Type& type) { return type.kind == TypeKind::Int || type.kind == TypeKind::Decimal; }

bool is_ordered(const Context& context, const Type& type) {
  switch (type.kind) {
    case TypeKind::Int:
    case TypeKind::Decimal:
    case TypeKind::Version:
    case TypeKind::Timestamp:
    case TypeKind::Duration:
      return true;
    case TypeKind::Enum:
      return context.enum_type(type.enum_id).ordered;
    case TypeKind::Bool:
    case TypeKind::String:
    case TypeKind::Set:
    case TypeKind::List:
    case TypeKind::Presence:
    case TypeKind::Signal:
      return false;
  }
  return false;
}

}  // namespace guard::check
