// Settling: surely(not x) = not possibly(x), pushed through the connectives and into the bodies of quantifiers.
#include "ir/settle.hpp"

#include <utility>

#include "ir/facts.hpp"

namespace guard::ir {
namespace {

using CheckKind = check::Condition::Kind;

Truth dual(Truth truth) { return truth == Truth::Surely ? Truth::Possibly : Truth::Surely; }

// surely: every signal fresh and `inner`; possibly: some signal not fresh, or `inner`.
Condition under_signals(const std::vector<check::LeafId>& signals, Condition inner, Truth truth) {
  if (signals.empty()) return inner;
  std::vector<Condition> parts;
  for (const check::LeafId signal : signals) {
    parts.push_back(truth == Truth::Surely ? fresh(signal) : negation(fresh(signal)));
  }
  parts.push_back(std::move(inner));
  return truth == Truth::Surely ? both(std::move(parts)) : either(std::move(parts));
}

Condition quantifier(const check::Condition& source, Condition::Quantifier which, check::Compare compare,
                     Condition body) {
  Condition result;
  result.kind = Condition::Kind::Quantifier;
  result.quantifier = which;
  result.compare = compare;
  result.count = source.count;
  result.atom = &source;
  result.children.push_back(std::move(body));
  return result;
}

// The number of elements whose body is surely true, and possibly true, bound the number that an outcome of the unknown
// ones would give: `at least` surely holds when the former suffices, `at most` when the latter is small enough.
Condition counted(const check::Condition& source, const check::Kind& kind, Truth truth) {
  using Quantifier = Condition::Quantifier;
  const auto count = [&](check::Compare compare, Truth body) {
    return quantifier(source, Quantifier::Count, compare, settle(source.children[0], kind, body));
  };
  if (source.kind == CheckKind::AtLeast) return count(check::Compare::Ge, truth);
  if (source.kind == CheckKind::AtMost) return count(check::Compare::Le, dual(truth));
  Condition at_least = count(check::Compare::Ge, truth);
  Condition at_most = count(check::Compare::Le, dual(truth));
  if (same(at_least.children[0], at_most.children[0])) {
    return quantifier(source, Quantifier::Count, check::Compare::Eq, std::move(at_least.children[0]));
  }
  std::vector<Condition> parts;
  parts.push_back(std::move(at_least));
  parts.push_back(std::move(at_most));
  return both(std::move(parts));
}

Condition quantified(const check::Condition& source, const check::Kind& kind, Truth truth) {
  using Quantifier = Condition::Quantifier;
  if (source.kind == CheckKind::Any || source.kind == CheckKind::All) {
    const Quantifier which = source.kind == CheckKind::Any ? Quantifier::Any : Quantifier::All;
    return quantifier(source, which, check::Compare::Eq, settle(source.children[0], kind, truth));
  }
  return counted(source, kind, truth);
}

}  // namespace

Condition settle(const check::Condition& condition, const check::Kind& kind, Truth truth) {
  switch (condition.kind) {
    case CheckKind::Constant:
      return ir::truth(condition.value);
    case CheckKind::Not:
      return negation(settle(condition.children[0], kind, dual(truth)));
    case CheckKind::And:
    case CheckKind::Or: {
      std::vector<Condition> children;
      children.reserve(condition.children.size());
      for (const check::Condition& child : condition.children) children.push_back(settle(child, kind, truth));
      return condition.kind == CheckKind::And ? both(std::move(children)) : either(std::move(children));
    }
    case CheckKind::Any:
    case CheckKind::All:
    case CheckKind::AtLeast:
    case CheckKind::AtMost:
    case CheckKind::Exactly:
      return under_signals(atom_signals(condition, kind), quantified(condition, kind, truth), truth);
    default:
      return under_signals(atom_signals(condition, kind), atom(condition), truth);
  }
}

}  // namespace guard::ir
