// Comparisons: attribute with constant, attribute with attribute, sums; and `24h since attribute`.
#include <utility>

#include "check/conditions.hpp"
#include "check/names.hpp"
#include "check/operands.hpp"
#include "check/ranges.hpp"

namespace guard::check {

namespace {

using K = Condition::Kind;

Compare compare_of(syntax::CompareOp op) {
  switch (op) {
    case syntax::CompareOp::Eq:
      return Compare::Eq;
    case syntax::CompareOp::Ne:
      return Compare::Ne;
    case syntax::CompareOp::Lt:
      return Compare::Lt;
    case syntax::CompareOp::Le:
      return Compare::Le;
    case syntax::CompareOp::Gt:
      return Compare::Gt;
    case syntax::CompareOp::Ge:
      return Compare::Ge;
  }
  return Compare::Eq;
}

Compare mirrored(Compare compare) {
  switch (compare) {
    case Compare::Eq:
    case Compare::Ne:
      return compare;
    case Compare::Lt:
      return Compare::Gt;
    case Compare::Le:
      return Compare::Ge;
    case Compare::Gt:
      return Compare::Lt;
    case Compare::Ge:
      return Compare::Le;
  }
  return compare;
}

bool is_order(Compare compare) { return compare != Compare::Eq && compare != Compare::Ne; }

// A side that is a single attribute or constant; sums are handled apart.
struct Side {
  enum class Kind : uint8_t { Error, Operand, Literal, Other };
  Kind kind = Kind::Error;
  Operand operand;
  Literal literal;
  Span span;
  std::string what;  // Other: "record", "condition", …
};

std::string side_type(const Context& context, const Side& side, bool full) {
  if (side.kind == Side::Kind::Operand)
    return full ? type_text(context, side.operand.type) : type_name(context, side.operand.type);
  if (side.kind == Side::Kind::Literal) return std::string(literal_kind(side.literal));
  return side.what;
}

bool is_single(const syntax::Expr& expr) {
  bool negative = false;
  return as_operand(expr) != nullptr || as_scalar(expr, negative) != nullptr;
}

// The enum type of a side when it is an attribute of one.
std::optional<Type> enum_of(Context& context, const Site& site, const syntax::Expr& expr) {
  const syntax::Operand* operand = as_operand(expr);
  if (operand == nullptr) return std::nullopt;
  const Found found = find_operand(context, site, *operand, true);
  if (found.kind != Found::Kind::Value || found.operand.type.kind != TypeKind::Enum) return std::nullopt;
  return found.operand.type;
}

Literal word_literal(const syntax::Operand& operand) {
  Literal literal;
  literal.kind = Literal::Kind::Word;
  literal.text = operand.path.parts[0].text;
  literal.span = operand.span;
  return literal;
}

// A bare name opposite an enum attribute is a word of that enum, unless it is also an attribute: then no reader can
// tell.
bool as_word(Context& context, const Site& site, const syntax::Expr& expr, const std::optional<Type>& expected,
             Side& side) {
  const syntax::Operand* operand = as_operand(expr);
  if (!expected || operand == nullptr || operand->path.parts.size() != 1 || !operand->key.empty()) return false;
  const std::string& name = operand->path.parts[0].text;
  if (site.parameters != nullptr && site.parameters->contains(name)) return false;
  if (!context.word(expected->enum_id, name)) {
    // Not a word, and nothing else either: say so in terms of the enum.
    const Found found = find_operand(context, site, *operand, true);
    const bool declared = found.kind != Found::Kind::Error && found.kind != Found::Kind::Word;
    if (declared || context.attribute_kinds.contains(name) || site.scope->find(name) != nullptr) return false;
    Diagnostic& diagnostic =
        context.report(site, DiagId::UnknownWord, operand->span,
                       "`" + name + "` is not a word of `" + context.enum_type(expected->enum_id).name + "`");
    std::vector<std::string> known = context.enum_type(expected->enum_id).words;
    suggest(diagnostic, name, known);
    side.kind = Side::Kind::Error;
    return true;
  }
  if (context.map(site.kind).nodes.contains(name)) {
    context
        .report(site, DiagId::AmbiguousName, operand->span,
                "`" + name + "` is an attribute and a word of `" + context.enum_type(expected->enum_id).name + "`")
        .help("rename the attribute in the schema; `at \"/" + name + "\"` keeps its place in the record");
    side.kind = Side::Kind::Error;
    return true;
  }
  side.kind = Side::Kind::Literal;
  side.literal = word_literal(*operand);
  return true;
}

Side side_of(Context& context, const Site& site, const syntax::Expr& expr, const std::optional<Type>& expected) {
  Side side;
  side.span = expr.span;
  if (as_word(context, site, expr, expected, side)) return side;
  bool negative = false;
  if (const syntax::Scalar* scalar = as_scalar(expr, negative)) {
    auto literal = literal_of(context, site, *scalar, negative);
    if (!literal) return side;
    side.kind = Side::Kind::Literal;
    side.literal = std::move(*literal);
    if (negative) side.literal.span = expr.span;
    return side;
  }
  const syntax::Operand& operand = *as_operand(expr);
  Found found = find_operand(context, site, operand);
  switch (found.kind) {
    case Found::Kind::Error:
      return side;
    case Found::Kind::Value:
      side.kind = Side::Kind::Operand;
      side.operand = std::move(found.operand);
      return side;
    case Found::Kind::Literal:
      side.kind = Side::Kind::Literal;
      side.literal = *found.literal;
      return side;
    case Found::Kind::Word:
      side.kind = Side::Kind::Literal;
      side.literal = word_literal(operand);
      return side;
    case Found::Kind::Record:
      side.what = "record";
      break;
    case Found::Kind::Define:
      side.what = "condition";
      break;
    case Found::Kind::Window:
      side.what = "window";
      break;
  }
  side.kind = Side::Kind::Other;
  return side;
}

std::optional<Condition> mismatch(Context& context, const Site& site, const syntax::Condition& condition,
                                  const Side& left, const Side& right) {
  const std::string op = one_line(context.sources, condition.op_span);
  const bool order = is_order(compare_of(condition.op));
  const Side& attribute = left.kind == Side::Kind::Operand ? left : right;
  std::string needs = order ? "numbers" : "the same type";
  if (order && attribute.kind == Side::Kind::Operand && is_ordered(context, attribute.operand.type))
    needs = "`" + type_name(context, attribute.operand.type) + "`";
  Diagnostic& diagnostic =
      context.report(site, DiagId::TypeMismatch, condition.op_span,
                     "`" + op + "` needs " + needs + " on both sides, found `" + side_type(context, left, false) +
                         "` and `" + side_type(context, right, false) + "`");
  diagnostic.label(left.span, "`" + side_type(context, left, true) + "`");
  diagnostic.label(right.span, "`" + side_type(context, right, true) + "`");
  const Side& constant = left.kind == Side::Kind::Literal ? left : right;
  const Side& other = left.kind == Side::Kind::Literal ? right : left;
  if (constant.kind != Side::Kind::Literal || other.kind != Side::Kind::Operand) return std::nullopt;
  const TypeKind type = other.operand.type.kind;
  if (type == TypeKind::Timestamp && constant.literal.kind == Literal::Kind::String) {
    diagnostic.help("a timestamp is written without quotes: `2026-12-01T00:00:00Z`");
  } else if (type == TypeKind::Version &&
             (constant.literal.kind == Literal::Kind::Int || constant.literal.kind == Literal::Kind::Decimal)) {
    diagnostic.help("a version stands in quotes: \"1.2.3\"");
  } else if (type == TypeKind::Duration && constant.literal.kind == Literal::Kind::Int) {
    diagnostic.help("a duration has a unit: `90s`, `1h30m` or `7d`");
  } else if (type == TypeKind::Int && constant.literal.kind == Literal::Kind::Decimal) {
    diagnostic.help("an `int` is compared with whole numbers");
  } else if (other.operand.type.kind == TypeKind::Enum && constant.literal.kind == Literal::Kind::String) {
    diagnostic.help("an enum word is written without quotes: `" + constant.literal.text + "`");
  } else if (other.operand.type.kind == TypeKind::String && constant.literal.kind == Literal::Kind::Word) {
    diagnostic.help("a string is written in quotes: \"" + constant.literal.text + "\"");
  } else if (constant.literal.kind == Literal::Kind::Set || other.operand.type.kind == TypeKind::Set) {
    diagnostic.help("sets are asked with `in`, `has any`, `has all` and `is empty`");
  }
  return std::nullopt;
}

// Whether a literal of this kind can become a constant of the type at all (its value is checked by coerce).
bool may_become(const Type& type, const Literal& literal) {
  switch (type.kind) {
    case TypeKind::Bool:
      return literal.kind == Literal::Kind::Bool;
    case TypeKind::Int:
      return literal.kind == Literal::Kind::Int;
    case TypeKind::Decimal:
      return literal.kind == Literal::Kind::Int || literal.kind == Literal::Kind::Decimal;
    case TypeKind::String:
    case TypeKind::Version:
      return literal.kind == Literal::Kind::String;
    case TypeKind::Enum:
      return literal.kind == Literal::Kind::Word;
    case TypeKind::Timestamp:
      return literal.kind == Literal::Kind::Timestamp;
    case TypeKind::Duration:
      return literal.kind == Literal::Kind::Duration;
    case TypeKind::Set:
    case TypeKind::List:
    case TypeKind::Presence:
    case TypeKind::Signal:
      return false;
  }
  return false;
}

std::optional<Condition> unordered(Context& context, const Site& site, const syntax::Condition& condition,
                                   const Type& type) {
  const std::string op = one_line(context.sources, condition.op_span);
  if (type.kind == TypeKind::Enum) {
    context
        .report(site, DiagId::UnorderedEnum, condition.op_span,
                "`" + context.enum_type(type.enum_id).name + "` has no order, so `" + op + "` cannot compare it")
        .help("declare it with `<` between its words, or name the words with `in { … }`");
  } else {
    context.report(site, DiagId::TypeMismatch, condition.op_span,
                   "`" + op + "` needs numbers on both sides, found `" + type_name(context, type) + "`");
  }
  return std::nullopt;
}

std::optional<Condition> with_constant(Context& context, const Site& site, const syntax::Condition& condition,
                                       Operand operand, const Side& side, Compare compare) {
  const Type type = operand.type;
  auto constant = coerce(context, site, side.literal, type, side.span);
  if (!constant) return std::nullopt;
  if (is_order(compare) && !is_ordered(context, type)) return unordered(context, site, condition, type);
  Condition node = new_atom(context, K::NumberCompare, condition.span);
  node.operand = std::move(operand);
  node.compare = compare;
  node.number = constant->number;
  if (type.kind == TypeKind::Bool) {
    node.kind = K::Bool;
    const bool negated = (constant->number == 0) != (compare == Compare::Ne);
    node.compare = Compare::Eq;
    node.number = 0;
    return negated ? negated_atom(std::move(node)) : node;
  }
  if (type.kind == TypeKind::Version) {
    node.kind = K::VersionCompare;
    node.texts.push_back(std::move(constant->text));
  } else if (type.kind == TypeKind::String) {
    node.kind = K::StringIn;
    node.compare = Compare::Eq;
    node.texts.push_back(std::move(constant->text));
    return compare == Compare::Ne ? negated_atom(std::move(node)) : node;
  }
  return node;
}

// `from == to` on bool attributes: both or neither.
Condition both_or_neither(const Context& context, Operand left, Operand right, Span span) {
  const auto atom = [&](const Operand& operand) {
    Condition node = new_atom(context, K::Bool, span);
    node.operand = operand;
    return node;
  };
  Condition both = joined(K::And, {atom(left), atom(right)}, span);
  Condition neither = joined(K::And, {negation(atom(left)), negation(atom(right))}, span);
  std::vector<Condition> parts;
  parts.push_back(std::move(both));
  parts.push_back(std::move(neither));
  Condition equal = joined(K::Or, std::move(parts), span);
  equal.text = one_line(context.sources, span);  // one atom to its author
  return equal;
}

Sum sum_of(Operand operand) {
  Sum sum;
  const Type& type = operand.type;
  sum.unit = type.kind == TypeKind::Timestamp  ? Sum::Unit::Timestamp
             : type.kind == TypeKind::Duration ? Sum::Unit::Duration
                                               : Sum::Unit::Number;
  sum.terms.push_back({1, type.kind == TypeKind::Decimal ? type.scale : uint8_t{0}, std::move(operand)});
  return sum;
}

std::optional<Condition> two_attributes(Context& context, const Site& site, const syntax::Condition& condition,
                                        Side left, Side right) {
  const Compare compare = compare_of(condition.op);
  const Type a = left.operand.type, b = right.operand.type;
  const bool numbers = is_number(a) && is_number(b);
  const bool sets = a.kind == TypeKind::Set && b.kind == TypeKind::Set;
  if (sets) {
    context.report(site, DiagId::SetNeedsConstants, condition.span, "sets are compared with constants only");
    return std::nullopt;
  }
  const bool same = a.kind == b.kind && (a.kind != TypeKind::Enum || a.enum_id == b.enum_id);
  if (!numbers && (!same || a.kind == TypeKind::List || a.kind == TypeKind::Presence))
    return mismatch(context, site, condition, left, right);
  if (is_order(compare) && !is_ordered(context, a)) return unordered(context, site, condition, a);
  if (numbers || a.kind == TypeKind::Timestamp || a.kind == TypeKind::Duration ||
      (a.kind == TypeKind::Enum && is_order(compare))) {
    return linear_condition(context, site, sum_of(std::move(left.operand)), compare, sum_of(std::move(right.operand)),
                            condition.span, true);
  }
  if (a.kind == TypeKind::Bool) {
    Condition equal = both_or_neither(context, std::move(left.operand), std::move(right.operand), condition.span);
    return compare == Compare::Ne ? negated_atom(std::move(equal)) : equal;
  }
  Condition node = new_atom(context,
                            a.kind == TypeKind::String ? K::StringEqual
                            : a.kind == TypeKind::Enum ? K::EnumEqual
                                                       : K::VersionOrder,
                            condition.span);
  node.operand = std::move(left.operand);
  node.second = std::move(right.operand);
  if (a.kind == TypeKind::Version) {
    node.compare = compare;
    return node;
  }
  return compare == Compare::Ne ? negated_atom(std::move(node)) : node;
}

std::optional<Condition> compare_sums(Context& context, const Site& site, const syntax::Condition& condition) {
  auto left = linear_sum(context, site, *condition.left);
  auto right = linear_sum(context, site, *condition.right);
  if (!left || !right) return std::nullopt;
  if (left->unit != right->unit) {
    context
        .report(site, DiagId::TypeMismatch, condition.op_span,
                "`" + one_line(context.sources, condition.op_span) + "` needs the same unit on both sides, found `" +
                    std::string(unit_name(left->unit)) + "` and `" + std::string(unit_name(right->unit)) + "`")
        .label(condition.left->span, "`" + std::string(unit_name(left->unit)) + "`")
        .label(condition.right->span, "`" + std::string(unit_name(right->unit)) + "`");
    return std::nullopt;
  }
  return linear_condition(context, site, std::move(*left), compare_of(condition.op), std::move(*right), condition.span);
}

}  // namespace

std::optional<Condition> build_compare(Context& context, Site& site, const syntax::Condition& condition) {
  if (!is_single(*condition.left) || !is_single(*condition.right)) return compare_sums(context, site, condition);
  const auto left_enum = enum_of(context, site, *condition.left);
  const auto right_enum = enum_of(context, site, *condition.right);
  Side left = side_of(context, site, *condition.left, right_enum);
  Side right = side_of(context, site, *condition.right, left_enum);
  using SK = Side::Kind;
  if (left.kind == SK::Error || right.kind == SK::Error) return std::nullopt;
  if (left.kind == SK::Other || right.kind == SK::Other) return mismatch(context, site, condition, left, right);
  if (left.kind == SK::Literal && right.kind == SK::Literal) {
    context.report(site, DiagId::NothingToCompare, condition.span, "the comparison depends on no attribute");
    return std::nullopt;
  }
  if (left.kind == SK::Operand && right.kind == SK::Operand)
    return two_attributes(context, site, condition, std::move(left), std::move(right));
  const Compare compare = compare_of(condition.op);
  const bool swap = left.kind == SK::Literal;
  const Side& attribute = swap ? right : left;
  const Side& constant = swap ? left : right;
  if (!may_become(attribute.operand.type, constant.literal)) return mismatch(context, site, condition, left, right);
  return with_constant(context, site, condition, attribute.operand, constant, swap ? mirrored(compare) : compare);
}

std::optional<Condition> build_since(Context& context, Site& site, const syntax::Condition& condition) {
  const auto age = literal_of(context, site, *condition.duration);
  Found found = find_operand(context, site, *condition.operand);
  const LeafId now = context.kind(site.kind).now;
  if (!age || found.kind == Found::Kind::Error || now == kNoLeaf) return std::nullopt;
  if (found.kind != Found::Kind::Value || found.operand.type.kind != TypeKind::Timestamp) {
    context.report(
        site, DiagId::TypeMismatch, condition.operand->span,
        "`since` needs a timestamp, found `" +
            (found.kind == Found::Kind::Value ? type_name(context, found.operand.type) : std::string("name")) + "`");
    return std::nullopt;
  }
  Operand instant;
  instant.type = context.leaf(site.kind, now).type;
  instant.index = static_cast<uint32_t>(now);
  instant.text = context.leaf(site.kind, now).path;
  instant.span = condition.operand->span;
  Sum left = sum_of(std::move(instant)), right;
  left.unit = right.unit = Sum::Unit::Duration;
  Sum earlier = sum_of(std::move(found.operand));
  earlier.terms[0].coefficient = -1;
  left.terms.push_back(std::move(earlier.terms[0]));
  right.constant = age->number;
  return linear_condition(context, site, std::move(left), Compare::Ge, std::move(right), condition.span);
}

}  // namespace guard::check
