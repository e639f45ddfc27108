// ANTLR's tree to ours: leaves, schema, rules. See parse_build.hpp.
#include "syntax/parse_build.hpp"

#include <algorithm>
#include <utility>

#include "syntax/limits.hpp"
#include "syntax/text.hpp"

namespace guard::syntax {

namespace {

using P = GuardParser;

Mode mode_word(antlr4::ParserRuleContext* context) {
  switch (context->getStart()->getType()) {
    case P::OFF:
      return Mode::Off;
    case P::SHADOW:
      return Mode::Shadow;
    case P::ADVISORY:
      return Mode::Advisory;
    default:
      return Mode::Enforce;
  }
}

MissingPolicy missing_policy(antlr4::ParserRuleContext* context) {
  switch (context->getStart()->getType()) {
    case P::BLOCK:
      return MissingPolicy::Block;
    case P::HOLD:
      return MissingPolicy::Hold;
    default:
      return MissingPolicy::Ignore;
  }
}

Clause::Kind clause_kind(size_t type) {
  using Kind = Clause::Kind;
  switch (type) {
    case P::WHEN:
      return Kind::When;
    case P::UNLESS:
      return Kind::Unless;
    case P::DENY:
      return Kind::Deny;
    case P::ALLOW:
      return Kind::Allow;
    case P::OVERRIDES:
      return Kind::Overrides;
    case P::REQUIRE:
      return Kind::Require;
    case P::HOLD:
      return Kind::HoldUntil;
    case P::WARN:
      return Kind::Warn;
    case P::OBLIGE:
      return Kind::Oblige;
    case P::BECAUSE:
      return Kind::Because;
    case P::IF:
      return Kind::IfMissing;
    case P::MODE:
      return Kind::Mode;
    case P::MANDATORY:
      return Kind::Mandatory;
    case P::OWNER:
      return Kind::Owner;
    default:
      return Kind::Accept;
  }
}

ScalarKind scalar_kind(size_t type) {
  switch (type) {
    case P::INT:
      return ScalarKind::Int;
    case P::DECIMAL:
      return ScalarKind::Decimal;
    case P::STRING:
      return ScalarKind::String;
    case P::DURATION:
      return ScalarKind::Duration;
    case P::TIMESTAMP:
      return ScalarKind::Timestamp;
    case P::TRUE:
      return ScalarKind::True;
    case P::FALSE:
      return ScalarKind::False;
    default:
      return ScalarKind::Regex;
  }
}

}  // namespace

// ---- spans and leaves ----

Span Builder::span(antlr4::Token* token) const {
  return reporter_.span(static_cast<uint32_t>(token->getStartIndex()), static_cast<uint32_t>(token->getStopIndex()));
}

// An empty context (fields that are not there) is never asked for its span.
Span Builder::span(antlr4::ParserRuleContext* context) const {
  return join(span(context->getStart()), span(context->getStop()));
}

std::string Builder::spelling(antlr4::Token* token) const {
  const Span place = span(token);
  return std::string(reporter_.text(place.begin, place.end));
}

Name Builder::name(antlr4::ParserRuleContext* context) { return {spelling(context->getStart()), span(context)}; }

std::vector<Name> Builder::names(const std::vector<P::NameContext*>& contexts) {
  std::vector<Name> out;
  for (P::NameContext* context : contexts) out.push_back(name(context));
  return out;
}

Path Builder::path(P::PathContext* context) { return {names(context->name()), span(context)}; }

Text Builder::text(antlr4::Token* token) {
  const Span place = span(token);
  std::string_view inside = reporter_.text(place.begin, place.end);
  if (inside.empty()) return {{}, place};
  const char quote = inside.front();  // a single quote, or a missing end, was reported by the lexer
  inside.remove_prefix(1);
  if (!inside.empty() && inside.back() == quote) inside.remove_suffix(1);
  Unescaped result = unescape(inside);
  for (EscapeFault& fault : result.faults) {
    reporter_
        .report(DiagId::BadEscape, place.begin + 1 + fault.begin, place.begin + 1 + fault.end, std::move(fault.message))
        .help("the escapes are \\\" \\\\ \\n \\t \\r \\u{HEX}");
  }
  return {std::move(result.value), place};
}

Text Builder::plain_text(Node* node) { return {spelling(node->getSymbol()), span(node->getSymbol())}; }

Scalar Builder::scalar(antlr4::Token* token) {
  Scalar out{scalar_kind(token->getType()), false, {}, span(token)};
  if (out.kind == ScalarKind::String) {
    out.text = text(token).value;
  } else if (out.kind == ScalarKind::Regex) {
    out.text = std::string(reporter_.text(out.span.begin + 1, out.span.end - 1));
  } else {
    out.text = spelling(token);
  }
  return out;
}

Scalar Builder::scalar(P::ScalarContext* context, bool negative) {
  Scalar out = scalar(context->getStart());
  out.negative = negative;
  return out;
}

Scalar Builder::integer(P::IntegerContext* context) {
  Scalar out = scalar(context->INT()->getSymbol());
  out.negative = context->MINUS() != nullptr;
  out.span = span(context);
  return out;
}

uint32_t Builder::count(Node* node) {
  uint64_t number = 0;
  for (const char c : spelling(node->getSymbol())) {
    if (c == '_') continue;
    number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(c - '0'), uint64_t{1} << 40u);
  }
  if (number <= UINT32_MAX) return static_cast<uint32_t>(number);
  const Span place = span(node->getSymbol());
  reporter_.report(DiagId::NumberTooLarge, place.begin, place.end, "this count is too large");
  return UINT32_MAX;
}

// ---- schema ----

EnumBody Builder::enum_body(P::EnumBodyContext* context) {
  EnumBody out{names(context->name()), !context->LT().empty(), false, span(context)};
  out.mixed = out.ordered && context->LT().size() + 1 < out.words.size();
  return out;
}

std::vector<Field> Builder::fields(P::FieldsContext* context) {
  std::vector<Field> out;
  if (context == nullptr) return out;
  for (P::FieldContext* part : context->field()) out.push_back(field(part));
  return out;
}

Field Builder::field(P::FieldContext* context) {
  Field out{context->SIGNAL() != nullptr, name(context->name()), type(context->type()), {}, {}, span(context)};
  if (context->DURATION() != nullptr) out.max_age = scalar(context->DURATION()->getSymbol());
  for (P::MarkContext* part : context->mark()) out.marks.push_back(mark(part));
  return out;
}

Mark Builder::mark(P::MarkContext* context) {
  Mark out{};
  out.span = span(context);
  switch (context->getStart()->getType()) {
    case P::NOW:
      out.kind = Mark::Kind::Now;
      break;
    case P::SENSITIVE:
      out.kind = Mark::Kind::Sensitive;
      break;
    case P::AT:
      out.kind = Mark::Kind::At;
      out.pointer = text(as<P::AtMarkContext>(context).STRING()->getSymbol());
      break;
    case P::IDENTITY:
      out.kind = Mark::Kind::Identity;
      if (P::IdentityPathContext* inner = as<P::IdentityMarkContext>(context).identityPath()) {
        out.path = Path{{name(inner->plainName())}, span(inner)};
        for (P::NameContext* part : inner->name()) out.path->parts.push_back(name(part));
      }
      break;
    case P::APPROVALS:
      out.kind = Mark::Kind::Approvals;
      out.fields = names(as<P::ApprovalsMarkContext>(context).name());
      break;
    default:
      out.kind = Mark::Kind::BreakGlass;
      out.fields = names(as<P::BreakGlassMarkContext>(context).name());
      break;
  }
  return out;
}

// `T?` nests to the left; a loop, since question marks are not counted as brackets.
Type Builder::type(P::TypeContext* context) {
  std::vector<Span> optional;
  while (auto* outer = dynamic_cast<P::OptionalTypeContext*>(context)) {
    if (optional.size() < limits::kNesting) optional.push_back(span(outer));
    context = outer->type();
    if (optional.size() == limits::kNesting && dynamic_cast<P::OptionalTypeContext*>(context) != nullptr) {
      reporter_.report(DiagId::TooDeep, optional[0].begin, optional[0].end, "this type is nested too deeply");
      while (auto* more = dynamic_cast<P::OptionalTypeContext*>(context)) context = more->type();
    }
  }
  Type out = plain_type(context);
  for (auto it = optional.rbegin(); it != optional.rend(); ++it) {
    Type wrapped{};
    wrapped.kind = Type::Kind::Optional;
    wrapped.span = *it;
    wrapped.inner.push_back(std::move(out));
    out = std::move(wrapped);
  }
  return out;
}

Type Builder::plain_type(P::TypeContext* context) {
  Type out{};
  out.span = span(context);
  if (auto* integer_type = dynamic_cast<P::IntTypeContext*>(context)) {
    out.kind = Type::Kind::Int;
    if (integer_type->integer().size() == 2) {
      out.min = integer(integer_type->integer(0));
      out.max = integer(integer_type->integer(1));
    }
  } else if (auto* decimal = dynamic_cast<P::DecimalTypeContext*>(context)) {
    out.kind = Type::Kind::Decimal;
    out.precision = scalar(decimal->INT(0)->getSymbol());
    out.scale = scalar(decimal->INT(1)->getSymbol());
  } else if (auto* set = dynamic_cast<P::SetTypeContext*>(context)) {
    out.kind = Type::Kind::Set;
    out.inner.push_back(type(set->type()));
  } else if (auto* list = dynamic_cast<P::ListTypeContext*>(context)) {
    out.kind = Type::Kind::List;
    out.inner.push_back(type(list->type()));
  } else if (auto* record_type = dynamic_cast<P::RecordTypeContext*>(context)) {
    out.kind = Type::Kind::Record;
    out.fields = fields(record_type->fields());
  } else if (auto* words = dynamic_cast<P::EnumTypeContext*>(context)) {
    out.kind = Type::Kind::Enum;
    out.body = enum_body(words->enumBody());
  } else {
    out.kind = Type::Kind::Named;
    out.name = name(as<P::NamedTypeContext>(context).typeName());
  }
  return out;
}

// ---- rules ----

Kinds Builder::kinds(P::KindsContext* context) {
  Kinds out{context->EVERY() != nullptr, {}, span(context)};
  if (context->names() != nullptr) out.names = names(context->names()->name());
  return out;
}

RuleRef Builder::rule_ref(P::RuleRefContext* context) {
  RuleRef out{name(context->name(0)), {}, span(context)};
  if (context->name().size() > 1) out.second = name(context->name(1));
  return out;
}

std::vector<RuleRef> Builder::rule_refs(P::RuleRefsContext* context) {
  std::vector<RuleRef> out;
  if (context == nullptr) return out;
  for (P::RuleRefContext* part : context->ruleRef()) out.push_back(rule_ref(part));
  return out;
}

Name Builder::check_id(P::CheckIdContext* context) {
  Name out = name(context->name());
  for (P::CheckWordContext* word : context->checkWord()) {
    out.text += "-" + (word->name() != nullptr ? name(word->name()).text : std::string("matches"));
  }
  out.span = span(context);
  return out;
}

Moment Builder::moment(P::MomentContext* context) {
  Moment out;
  out.span = span(context);
  if (context->TIMESTAMP() != nullptr) {
    out.timestamp = scalar(context->TIMESTAMP()->getSymbol());
    return out;
  }
  out.date = plain_text(context->DATE());
  if (context->TIME() != nullptr) out.time = plain_text(context->TIME());
  out.zone = zone(context->zone());
  return out;
}

Requirement Builder::requirement(P::RequirementContext* context) {
  return {count(context->INT()), approval_terms(context->approvalTerms()), span(context)};
}

std::vector<Clause> Builder::clauses(const std::vector<P::ClauseContext*>& contexts) {
  std::vector<Clause> out;
  for (P::ClauseContext* context : contexts) out.push_back(clause(context));
  return out;
}

Clause Builder::clause(P::ClauseContext* context) {
  Clause out{};
  out.kind = clause_kind(context->getStart()->getType());
  out.span = span(context);
  switch (out.kind) {
    case Clause::Kind::When:
      out.condition = condition(as<P::WhenClauseContext>(context).condition());
      break;
    case Clause::Kind::Unless:
      out.condition = condition(as<P::UnlessClauseContext>(context).condition());
      break;
    case Clause::Kind::HoldUntil:
      out.condition = condition(as<P::HoldClauseContext>(context).condition());
      break;
    case Clause::Kind::Overrides:
      out.rules = rule_refs(as<P::OverridesClauseContext>(context).ruleRefs());
      break;
    case Clause::Kind::Require:
      for (P::RequirementContext* part : as<P::RequireClauseContext>(context).requirement()) {
        out.alternatives.push_back(requirement(part));
      }
      break;
    case Clause::Kind::Oblige:
      out.name = name(as<P::ObligeClauseContext>(context).name());
      out.value = value(as<P::ObligeClauseContext>(context).value());
      break;
    case Clause::Kind::Because:
      out.text = text(as<P::BecauseClauseContext>(context).STRING()->getSymbol());
      break;
    case Clause::Kind::IfMissing:
      out.missing = missing_policy(as<P::IfMissingClauseContext>(context).missingPolicy());
      break;
    case Clause::Kind::Mode:
      out.mode = mode_word(as<P::ModeClauseContext>(context).modeWord());
      if (as<P::ModeClauseContext>(context).moment() != nullptr) {
        out.until = moment(as<P::ModeClauseContext>(context).moment());
      }
      break;
    case Clause::Kind::Owner:
      out.text = text(as<P::RuleOwnerClauseContext>(context).STRING()->getSymbol());
      break;
    case Clause::Kind::Accept:
      out.name = check_id(as<P::AcceptClauseContext>(context).checkId());
      if (auto* until = as<P::AcceptClauseContext>(context).moment()) out.until = moment(until);
      if (as<P::AcceptClauseContext>(context).OWNER() != nullptr) {
        out.owner = text(as<P::AcceptClauseContext>(context).STRING().front()->getSymbol());
      }
      out.text = text(as<P::AcceptClauseContext>(context).STRING().back()->getSymbol());
      break;
    case Clause::Kind::Deny:
    case Clause::Kind::Allow:
    case Clause::Kind::Warn:
    case Clause::Kind::Mandatory:
      break;
  }
  return out;
}

}  // namespace guard::syntax
