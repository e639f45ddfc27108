// Linear arithmetic of conditions. Everything is exact in 128 bits; what might leave its range is refused.
#include "check/ranges.hpp"

#include <algorithm>
#include <utility>

#include "check/conditions.hpp"
#include "check/constants.hpp"
#include "check/names.hpp"
#include "check/operands.hpp"

namespace guard::check {

namespace {

using Unit = Sum::Unit;

// One factor of a product: a constant or an operand.
struct Factor {
  bool constant = false;
  Unit unit = Unit::Number;
  int64_t number = 0;
  uint8_t scale = 0;
  Operand operand;
  Span span;
};

std::optional<Factor> not_a_number(Context& context, const Site& site, Span span, const std::string& found) {
  context.report(site, DiagId::TypeMismatch, span, "arithmetic needs numbers, found `" + found + "`");
  return std::nullopt;
}

std::optional<Factor> constant_factor(Context& context, const Site& site, const Literal& literal, Span span) {
  Factor factor;
  factor.constant = true;
  factor.number = literal.number;
  factor.scale = literal.scale;
  factor.span = span;
  switch (literal.kind) {
    case Literal::Kind::Int:
    case Literal::Kind::Decimal:
      return factor;
    case Literal::Kind::Duration:
      factor.unit = Unit::Duration;
      return factor;
    case Literal::Kind::Timestamp:
      factor.unit = Unit::Timestamp;
      return factor;
    case Literal::Kind::Bool:
    case Literal::Kind::String:
    case Literal::Kind::Regex:
    case Literal::Kind::Word:
    case Literal::Kind::Set:
      break;
  }
  return not_a_number(context, site, span, std::string(literal_kind(literal)));
}

std::optional<Factor> factor_of(Context& context, const Site& site, const syntax::Primary& primary) {
  if (primary.scalar) {
    const auto literal = literal_of(context, site, *primary.scalar);
    if (!literal) return std::nullopt;
    return constant_factor(context, site, *literal, primary.span);
  }
  Found found = find_operand(context, site, *primary.operand);
  switch (found.kind) {
    case Found::Kind::Error:
      return std::nullopt;
    case Found::Kind::Literal:
      return constant_factor(context, site, *found.literal, primary.span);
    case Found::Kind::Record:
      return not_a_number(context, site, primary.span, "record");
    case Found::Kind::Word:
      return not_a_number(context, site, primary.span, "word");
    case Found::Kind::Define:
      return not_a_number(context, site, primary.span, "condition");
    case Found::Kind::Window:
      return not_a_number(context, site, primary.span, "window");
    case Found::Kind::Value:
      break;
  }
  Factor factor;
  factor.span = primary.span;
  const Type& type = found.operand.type;
  if (type.kind == TypeKind::Duration)
    factor.unit = Unit::Duration;
  else if (type.kind == TypeKind::Timestamp)
    factor.unit = Unit::Timestamp;
  else if (!is_number(type))
    return not_a_number(context, site, primary.span, type_name(context, type));
  factor.scale = type.kind == TypeKind::Decimal ? type.scale : uint8_t{0};
  factor.operand = std::move(found.operand);
  return factor;
}

// The product of two factors: at most one operand, at most one that is a time.
std::optional<Sum> product(Context& context, const Site& site, const syntax::Term& syntax,
                           std::vector<Factor> factors) {
  Sum sum;
  Int128 coefficient = syntax.negative ? -1 : 1;
  int times = 0, operands = 0;
  uint32_t scale = 0;
  for (Factor& factor : factors) {
    if (factor.unit != Unit::Number) ++times;
    if (factor.unit == Unit::Timestamp && factors.size() > 1) times = 2;
    if (factor.unit != Unit::Number) sum.unit = factor.unit;
    scale += factor.scale;
    if (factor.constant)
      coefficient *= factor.number;  // two 64-bit numbers fit 128 bits
    else
      ++operands;
  }
  if (operands > 1 || times > 1) {
    context.report(
        site, DiagId::NotLinear, syntax.span,
        operands > 1 ? "two attributes may not be multiplied" : "a time may be multiplied with a number only");
    return std::nullopt;
  }
  if (scale > 18) {
    context.report(site, DiagId::TooManyDigits, syntax.span, "the product has more than 18 fraction digits");
    return std::nullopt;
  }
  if (operands == 0) {
    sum.constant = coefficient;
    sum.scale = static_cast<uint8_t>(scale);
    return sum;
  }
  for (Factor& factor : factors) {
    if (!factor.constant) sum.terms.push_back({coefficient, static_cast<uint8_t>(scale), std::move(factor.operand)});
  }
  return sum;
}

Int128 power_of_ten(uint32_t exponent) {
  Int128 power = 1;
  for (uint32_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

bool add(Int128& into, Int128 value) { return !__builtin_add_overflow(into, value, &into); }
bool scale_by(Int128& value, Int128 factor) { return !__builtin_mul_overflow(value, factor, &value); }

// Adds one constant to another, at the finer of the two scales.
bool add_constant(Sum& sum, Int128 constant, uint8_t scale) {
  const uint8_t common = std::max(sum.scale, scale);
  if (!scale_by(sum.constant, power_of_ten(common - sum.scale)) || !scale_by(constant, power_of_ten(common - scale)))
    return false;
  sum.scale = common;
  return add(sum.constant, constant);
}

bool same_operand(const Operand& a, const Operand& b) {
  if (a.from != b.from || a.index != b.index || a.data != b.data || a.key.size() != b.key.size()) return false;
  return a.key.empty() || same_operand(a.key[0], b.key[0]);
}

// The range of the values that an operand can have.
std::pair<Int128, Int128> range_of(const Type& type) {
  if (type.kind == TypeKind::Timestamp) return {kFirstInstantNs, kLastInstantNs};
  if (type.kind == TypeKind::Duration) return {INT64_MIN, INT64_MAX};
  return {type.min, type.max};
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

std::optional<Condition> may_overflow(Context& context, const Site& site, Span span, const std::string& why) {
  context.report(site, DiagId::MayOverflow, span, "the sum may leave 64 bits" + why)
      .help("give the attributes narrower ranges");
  return std::nullopt;
}

bool fits64(Int128 value) { return value >= INT64_MIN && value <= INT64_MAX; }

// Whether every admissible value of the sum stays where evaluation is exact.
bool ranges_fit(const Sum& sum, bool wide, Int128 constant) {
  constexpr Int128 kAbsoluteBound = Int128{1} << 126;
  Int128 low = 0, high = 0, absolute = constant < 0 ? -constant : constant;
  for (const Sum::Term& term : sum.terms) {
    const auto [min, max] = range_of(term.operand.type);
    if (!fits64(term.coefficient)) return false;
    const Int128 a = term.coefficient * min, b = term.coefficient * max;
    if (!add(low, std::min(a, b)) || !add(high, std::max(a, b))) return false;
    if (!add(absolute, std::max(a < 0 ? -a : a, b < 0 ? -b : b)) || absolute >= kAbsoluteBound) return false;
  }
  return wide || (fits64(low) && fits64(high));
}

}  // namespace

std::string_view unit_name(Sum::Unit unit) {
  switch (unit) {
    case Unit::Number:
      return "number";
    case Unit::Duration:
      return "duration";
    case Unit::Timestamp:
      return "timestamp";
  }
  return "";
}

std::optional<Sum> linear_sum(Context& context, const Site& site, const syntax::Expr& expr) {
  Sum sum;
  Int128 instants = 0;  // net number of timestamps
  bool any_number = false, any_time = false, good = true;
  for (const syntax::Term& term : expr.terms) {
    std::vector<Factor> factors;
    for (const syntax::Primary& primary : term.factors) {
      if (auto factor = factor_of(context, site, primary)) factors.push_back(std::move(*factor));
    }
    if (factors.size() != term.factors.size()) {
      good = false;
      continue;
    }
    auto part = product(context, site, term, std::move(factors));
    if (!part) {
      good = false;
      continue;
    }
    (part->unit == Unit::Number ? any_number : any_time) = true;
    if (part->unit == Unit::Timestamp) instants += term.negative ? -1 : 1;
    if (!add_constant(sum, part->constant, part->scale)) {
      (void)may_overflow(context, site, expr.span, "");
      return std::nullopt;
    }
    for (Sum::Term& t : part->terms) sum.terms.push_back(std::move(t));
  }
  if (!good) return std::nullopt;
  if ((any_number && any_time) || instants < 0 || instants > 1) {
    context
        .report(site, DiagId::TypeMismatch, expr.span,
                any_number && any_time ? "numbers and times may not be added"
                                       : "timestamps may only be subtracted from each other")
        .help("timestamp - timestamp is a duration, timestamp + duration a timestamp");
    return std::nullopt;
  }
  sum.unit = !any_time ? Unit::Number : instants == 1 ? Unit::Timestamp : Unit::Duration;
  return sum;
}

std::optional<Condition> linear_condition(Context& context, const Site& site, Sum left, Compare compare, Sum right,
                                          Span span, bool plain) {
  const bool wide = plain || left.unit != Unit::Number;
  for (Sum::Term& term : right.terms) {
    term.coefficient = -term.coefficient;
    left.terms.push_back(std::move(term));
  }
  uint8_t scale = std::max(left.scale, right.scale);
  for (const Sum::Term& term : left.terms) scale = std::max(scale, term.scale);
  Int128 constant = right.constant, left_constant = left.constant;
  bool good = scale_by(constant, power_of_ten(scale - right.scale)) &&
              scale_by(left_constant, power_of_ten(scale - left.scale)) && add(constant, -left_constant);
  Sum sum;
  for (Sum::Term& term : left.terms) {
    good = good && scale_by(term.coefficient, power_of_ten(scale - term.scale));
    const auto same = std::find_if(sum.terms.begin(), sum.terms.end(),
                                   [&](const Sum::Term& other) { return same_operand(other.operand, term.operand); });
    if (same == sum.terms.end())
      sum.terms.push_back(std::move(term));
    else
      good = good && add(same->coefficient, term.coefficient);
  }
  std::erase_if(sum.terms, [](const Sum::Term& term) { return term.coefficient == 0; });
  if (good && sum.terms.empty()) {
    context.report(site, DiagId::NothingToCompare, span, "the comparison depends on no attribute");
    return std::nullopt;
  }
  if (!good || !fits64(constant) || !ranges_fit(sum, wide, constant)) return may_overflow(context, site, span, "");

  const Sum::Term& first = sum.terms[0];
  Condition node = new_atom(context, Condition::Kind::Linear, span);
  node.compare = compare;
  node.number = static_cast<int64_t>(constant);
  const uint8_t own_scale = first.operand.type.kind == TypeKind::Decimal ? first.operand.type.scale : uint8_t{0};
  const bool single = sum.terms.size() == 1 && (first.coefficient == 1 || first.coefficient == -1) &&
                      scale == own_scale && constant != INT64_MIN;
  if (single) {
    node.kind = Condition::Kind::NumberCompare;
    if (first.coefficient == -1) {
      node.number = -node.number;
      node.compare = mirrored(compare);
    }
    const auto [min, max] = range_of(first.operand.type);
    if (node.number < min || node.number > max) {
      context.report(site, DiagId::ConstantOutOfRange, span,
                     "`" + first.operand.text + "` never passes `" + decimal_text(node.number, scale) +
                         "`, so the comparison could never differ");
      return std::nullopt;
    }
    node.operand = first.operand;
    return node;
  }
  for (Sum::Term& term : sum.terms)
    node.terms.push_back({static_cast<int64_t>(term.coefficient), std::move(term.operand)});
  return node;
}

}  // namespace guard::check
