// Construction of formulas: constants fold, equal nodes are one.
#include "verify/model/formula.hpp"

#include <algorithm>
#include <utility>

namespace guard::verify {

size_t Formulas::Hash::operator()(const Node& n) const {
  uint64_t h = static_cast<uint64_t>(n.op) * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(n.compare);
  for (const uint32_t part : {n.a, n.b, n.c}) h = (h ^ part) * 0xff51afd7ed558ccdu, h ^= h >> 32;
  return static_cast<size_t>(h);
}

bool Formulas::Same::operator()(const Node& x, const Node& y) const {
  return x.op == y.op && x.compare == y.compare && x.a == y.a && x.b == y.b && x.c == y.c;
}

Formulas::Formulas() {
  nodes_.push_back({});
  nodes_.push_back({Op::True, Compare::Eq, false, false, 0, 0, 0});
}

Formula Formulas::add(Node node) {
  const auto [at, is_new] = known_.try_emplace(node, static_cast<uint32_t>(nodes_.size()));
  if (is_new) nodes_.push_back(node);
  return Formula{at->second};
}

Formula Formulas::negation(Formula f) {
  if (f == kFalse) return kTrue;
  if (f == kTrue) return kFalse;
  const Node& node = (*this)[f];
  if (node.op == Op::Not) return Formula{node.a};
  return add({Op::Not, Compare::Eq, node.reads_row, node.reads_element, static_cast<uint32_t>(f), 0, 0});
}

Formula Formulas::both(Formula a, Formula b) {
  if (a == kFalse || b == kFalse) return kFalse;
  if (a == kTrue || a == b) return b;
  if (b == kTrue) return a;
  if (a == negation(b)) return kFalse;
  const Node &x = (*this)[a], &y = (*this)[b];
  return add({Op::And, Compare::Eq, x.reads_row || y.reads_row, x.reads_element || y.reads_element,
              static_cast<uint32_t>(a), static_cast<uint32_t>(b), 0});
}

Formula Formulas::either(Formula a, Formula b) {
  if (a == kTrue || b == kTrue) return kTrue;
  if (a == kFalse || a == b) return b;
  if (b == kFalse) return a;
  if (a == negation(b)) return kTrue;
  const Node &x = (*this)[a], &y = (*this)[b];
  return add({Op::Or, Compare::Eq, x.reads_row || y.reads_row, x.reads_element || y.reads_element,
              static_cast<uint32_t>(a), static_cast<uint32_t>(b), 0});
}

Formula Formulas::all(const std::vector<Formula>& parts) {
  Formula result = kTrue;
  for (size_t i = parts.size(); i > 0; --i) result = both(parts[i - 1], result);
  return result;
}

Formula Formulas::any(const std::vector<Formula>& parts) {
  Formula result = kFalse;
  for (size_t i = parts.size(); i > 0; --i) result = either(parts[i - 1], result);
  return result;
}

Formula Formulas::choose(Formula condition, Formula then, Formula otherwise) {
  if (then == otherwise) return then;
  if (then == kTrue) return either(condition, otherwise);
  if (otherwise == kFalse) return both(condition, then);
  if (then == kFalse) return both(negation(condition), otherwise);
  if (otherwise == kTrue) return either(negation(condition), then);
  const Node x = (*this)[then], y = (*this)[otherwise];
  // c ? (p or q) : q is (c and p) or q; c ? q : (p and q) is (c or p) and q; and the same with c negated.
  if (x.op == Op::Or && Formula{x.b} == otherwise) return either(both(condition, Formula{x.a}), otherwise);
  if (y.op == Op::And && Formula{y.b} == then) return both(either(condition, Formula{y.a}), then);
  if (x.op == Op::And && Formula{x.b} == otherwise) return both(either(negation(condition), Formula{x.a}), otherwise);
  if (y.op == Op::Or && Formula{y.b} == then) return either(both(negation(condition), Formula{y.a}), then);
  return either(both(condition, then), both(negation(condition), otherwise));
}

Formula Formulas::lit(SiteId site, PredId pred, Place place) {
  return add(
      {Op::Lit, Compare::Eq, place.row, place.element, static_cast<uint32_t>(site), static_cast<uint32_t>(pred), 0});
}

Formula Formulas::equal(SiteId a, SiteId b, Place place) {
  if (b < a) std::swap(a, b);
  return add({Op::Equal, Compare::Eq, place.row, place.element, static_cast<uint32_t>(a), static_cast<uint32_t>(b), 0});
}

Formula Formulas::order(SiteId a, Compare compare, SiteId b, Place place) {
  return add({Op::Order, compare, place.row, place.element, static_cast<uint32_t>(a), static_cast<uint32_t>(b), 0});
}

Formula Formulas::linear(LinearSum sum, Place place) {
  const auto same = [&](const LinearSum& other) {
    const auto same_term = [](const LinearTerm& x, const LinearTerm& y) {
      return x.site == y.site && x.coefficient == y.coefficient;
    };
    return other.compare == sum.compare && other.constant == sum.constant &&
           std::equal(other.terms.begin(), other.terms.end(), sum.terms.begin(), sum.terms.end(), same_term);
  };
  const auto at = std::find_if(linears_.begin(), linears_.end(), same);
  const auto row = static_cast<uint32_t>(at - linears_.begin());
  if (at == linears_.end()) linears_.push_back(std::move(sum));
  return add({Op::Linear, Compare::Eq, place.row, place.element, row, 0, 0});
}

Formula Formulas::count_set(SiteId set, Compare compare, uint32_t limit, Formula body, Place place) {
  if (body == kFalse) return partition::holds(compare, limit == 0 ? 0 : -1) ? kTrue : kFalse;
  const Node inner = (*this)[body];
  return add({Op::CountSet, compare, place.row || inner.reads_row, false, static_cast<uint32_t>(set), limit,
              static_cast<uint32_t>(body)});
}

Formula Formulas::count_list(SiteId list, Compare compare, uint32_t limit, Formula body) {
  if (body == kFalse) return partition::holds(compare, limit == 0 ? 0 : -1) ? kTrue : kFalse;
  return add({Op::CountList, compare, false, false, static_cast<uint32_t>(list), limit, static_cast<uint32_t>(body)});
}

Formula Formulas::persons(SiteId list, uint32_t limit, Formula body) {
  if (body == kFalse) return kFalse;
  return add({Op::Persons, Compare::Ge, false, false, static_cast<uint32_t>(list), limit, static_cast<uint32_t>(body)});
}

}  // namespace guard::verify
