// Linear sums: `rows + 2 * tables`, `now - staged_at`, with exact units, scales and ranges.
#pragma once
#include <optional>
#include <vector>

#include "check/context.hpp"

namespace guard::check {

__extension__ typedef __int128 Int128;

struct Sum {
  enum class Unit : uint8_t { Number, Duration, Timestamp };
  struct Term {
    Int128 coefficient = 1;  // times 10^scale
    uint8_t scale = 0;  // of coefficient and operand together: the term's value is coefficient * operand / 10^scale
    Operand operand;
  };
  Unit unit = Unit::Number;
  std::vector<Term> terms;
  Int128 constant = 0;
  uint8_t scale = 0;  // of the constant
};

// The sum that an expression is; reports what is not linear or not a number.
[[nodiscard]] std::optional<Sum> linear_sum(Context& context, const Site& site, const syntax::Expr& expr);

// `left compare right` as one condition: all terms on the left, equal operands merged, one common scale, ranges
// checked. A single term with factor 1 or -1 becomes a NumberCompare. `plain`: two attributes as they are, which 128
// bits always hold.
[[nodiscard]] std::optional<Condition> linear_condition(Context& context, const Site& site, Sum left, Compare compare,
                                                        Sum right, Span span, bool plain = false);

[[nodiscard]] std::string_view unit_name(Sum::Unit unit);

}  // namespace guard::check
