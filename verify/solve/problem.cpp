// Construction of terms: constants fold, equal literals are one.
#include "verify/solve/problem.hpp"

#include <algorithm>

namespace guard::verify {

Mask full_mask(uint32_t values) {
  Mask mask((values + 63) / 64, ~uint64_t{0});
  if (values % 64 != 0) mask.back() = (uint64_t{1} << (values % 64)) - 1;
  return mask;
}

Problem::Problem() {
  terms_.resize(2);
  terms_[1].op = Term::Op::True;
}

TermId Problem::add(Term term) {
  terms_.push_back(std::move(term));
  return TermId{static_cast<uint32_t>(terms_.size() - 1)};
}

std::vector<TermId> Problem::all_required() const {
  std::vector<TermId> all = required;
  all.insert(all.end(), lemmas.begin(), lemmas.end());
  return all;
}

TermId Problem::lit(uint32_t variable, Mask mask) {
  if (std::all_of(mask.begin(), mask.end(), [](uint64_t word) { return word == 0; })) return kFalseTerm;
  if (mask == full_mask(variables[variable].values)) return kTrueTerm;
  const auto [at, is_new] = known_masks_.try_emplace(mask, static_cast<uint32_t>(masks_.size()));
  if (is_new) masks_.push_back(std::move(mask));
  const auto [found, is_new_lit] = known_lits_.try_emplace({variable, at->second}, kFalseTerm);
  if (is_new_lit) {
    Term term;
    term.op = Term::Op::Lit;
    term.variable = variable;
    term.row = at->second;
    found->second = add(std::move(term));
  }
  return found->second;
}

TermId Problem::all(std::vector<TermId> children) {
  std::vector<TermId> kept;
  for (const TermId child : children) {
    if (child == kFalseTerm) return kFalseTerm;
    if (child == kTrueTerm) continue;
    if (term(child).op == Term::Op::And) {
      kept.insert(kept.end(), term(child).children.begin(), term(child).children.end());
    } else {
      kept.push_back(child);
    }
  }
  if (kept.empty()) return kTrueTerm;
  if (kept.size() == 1) return kept[0];
  Term term;
  term.op = Term::Op::And;
  term.children = std::move(kept);
  return add(std::move(term));
}

TermId Problem::any(std::vector<TermId> children) {
  std::vector<TermId> kept;
  std::map<uint32_t, Mask> united;  // literals of one variable are one literal
  const auto take = [&](TermId child) {
    const Term& own = term(child);
    if (own.op != Term::Op::Lit) return kept.push_back(child);
    Mask& mask = united.try_emplace(own.variable, empty_mask(variables[own.variable].values)).first->second;
    for (size_t i = 0; i < mask.size(); ++i) mask[i] |= masks_[own.row][i];
  };
  for (const TermId child : children) {
    if (child == kTrueTerm) return kTrueTerm;
    if (child == kFalseTerm) continue;
    if (term(child).op == Term::Op::Or) {
      for (const TermId inner : std::vector<TermId>(term(child).children)) take(inner);
    } else {
      take(child);
    }
  }
  for (auto& [variable, mask] : united) {
    const TermId one = lit(variable, std::move(mask));
    if (one == kTrueTerm) return kTrueTerm;
    kept.push_back(one);
  }
  if (kept.empty()) return kFalseTerm;
  if (kept.size() == 1) return kept[0];
  Term term;
  term.op = Term::Op::Or;
  term.children = std::move(kept);
  return add(std::move(term));
}

TermId Problem::at_least(uint32_t count, std::vector<TermId> children) {
  std::vector<TermId> kept;
  for (const TermId child : children) {
    if (child == kTrueTerm && count > 0) {
      --count;
    } else if (child != kFalseTerm && child != kTrueTerm) {
      kept.push_back(child);
    }
  }
  if (count == 0) return kTrueTerm;
  if (count > kept.size()) return kFalseTerm;
  if (count == 1) return any(std::move(kept));
  if (count == kept.size()) return all(std::move(kept));
  Term term;
  term.op = Term::Op::AtLeast;
  term.row = count;
  term.children = std::move(kept);
  return add(std::move(term));
}

TermId Problem::rewrite(TermId id, const Leaf& leaf) {
  std::unordered_map<uint32_t, TermId> known;
  return rewrite(id, leaf, known);
}

TermId Problem::rewrite(TermId id, const Leaf& leaf, std::unordered_map<uint32_t, TermId>& known) {
  const Term::Op op = term(id).op;
  if (op == Term::Op::False || op == Term::Op::True) return id;
  const auto found = known.find(static_cast<uint32_t>(id));
  if (found != known.end()) return found->second;
  TermId result = id;
  if (op == Term::Op::Lit || op == Term::Op::Linear) {
    result = leaf(id);
  } else {
    const uint32_t count = term(id).row;
    std::vector<TermId> children = term(id).children;
    bool changed = false;
    for (TermId& child : children) {
      const TermId other = rewrite(child, leaf, known);
      changed = changed || other != child;
      child = other;
    }
    if (changed && op == Term::Op::And) result = all(std::move(children));
    if (changed && op == Term::Op::Or) result = any(std::move(children));
    if (changed && op == Term::Op::AtLeast) result = at_least(count, std::move(children));
  }
  known.emplace(static_cast<uint32_t>(id), result);
  return result;
}

TermId Problem::fix(TermId id, const std::vector<bool>& marked, const Assignment& solution) {
  return rewrite(id, [&](TermId leaf) {
    const Term own = term(leaf);
    if (own.op == Term::Op::Lit) {
      if (!marked[own.variable]) return leaf;
      return has_bit(masks_[own.row], solution.values[own.variable]) ? kTrueTerm : kFalseTerm;
    }
    GroundSum rest = sums[own.row];
    std::erase_if(rest.terms, [&](const auto& part) {
      if (marked[part.first]) rest.constant -= static_cast<__int128>(part.second) * solution.numbers[part.first];
      return marked[part.first];
    });
    if (rest.terms.size() == sums[own.row].terms.size()) return leaf;
    if (!rest.terms.empty()) return sum(std::move(rest), own.negated);
    const int order = rest.constant > 0 ? -1 : (rest.constant < 0 ? 1 : 0);
    return partition::holds(rest.compare, order) != own.negated ? kTrueTerm : kFalseTerm;
  });
}

bool Problem::leaf_holds(const Term& leaf, const Assignment& solution) const {
  if (leaf.op == Term::Op::Lit) return has_bit(masks_[leaf.row], solution.values[leaf.variable]);
  const GroundSum& sum = sums[leaf.row];
  __int128 total = 0;
  for (const auto& [variable, coefficient] : sum.terms) {
    total += static_cast<__int128>(coefficient) * solution.numbers[variable];
  }
  return partition::holds(sum.compare, total < sum.constant ? -1 : (total > sum.constant ? 1 : 0)) != leaf.negated;
}

bool Problem::holds(TermId id, const Assignment& solution) const {
  return holds_where(id, [&](const Term& leaf) { return leaf_holds(leaf, solution); });
}

bool Problem::holds_where(TermId id, const std::function<bool(const Term&)>& leaf) const {
  const Term& own = term(id);
  const auto holds_here = [&](TermId child) { return holds_where(child, leaf); };
  switch (own.op) {
    case Term::Op::False:
      return false;
    case Term::Op::True:
      return true;
    case Term::Op::And:
      return std::all_of(own.children.begin(), own.children.end(), holds_here);
    case Term::Op::Or:
      return std::any_of(own.children.begin(), own.children.end(), holds_here);
    case Term::Op::AtLeast:
      return std::count_if(own.children.begin(), own.children.end(), holds_here) >= own.row;
    case Term::Op::Lit:
    case Term::Op::Linear:
      break;
  }
  return leaf(own);
}

TermId Problem::opposite(TermId id) {
  const auto known = known_opposites_.find(static_cast<uint32_t>(id));
  if (known != known_opposites_.end()) return known->second;
  const TermId result = make_opposite(id);
  known_opposites_.emplace(static_cast<uint32_t>(id), result);
  return result;
}

TermId Problem::make_opposite(TermId id) {
  const Term own = term(id);
  switch (own.op) {
    case Term::Op::False:
      return kTrueTerm;
    case Term::Op::True:
      return kFalseTerm;
    case Term::Op::Linear:
      return sum(sums[own.row], !own.negated);
    case Term::Op::Lit: {
      Mask mask = full_mask(variables[own.variable].values);
      for (size_t i = 0; i < mask.size(); ++i) mask[i] &= ~masks_[own.row][i];
      return lit(own.variable, std::move(mask));
    }
    case Term::Op::And:
    case Term::Op::Or:
    case Term::Op::AtLeast:
      break;
  }
  std::vector<TermId> children;
  for (const TermId child : own.children) children.push_back(opposite(child));
  if (own.op == Term::Op::And) return any(std::move(children));
  if (own.op == Term::Op::Or) return all(std::move(children));
  const auto few = static_cast<uint32_t>(children.size()) - own.row + 1;
  return at_least(few, std::move(children));
}

TermId Problem::sum(GroundSum sum, bool negated) {
  Term term;
  term.op = Term::Op::Linear;
  term.negated = negated;
  term.row = static_cast<uint32_t>(sums.size());
  sums.push_back(std::move(sum));
  return add(std::move(term));
}

bool Problem::any_below(const std::vector<TermId>& terms, const std::function<bool(const Term&)>& is) const {
  std::vector<bool> seen(size(), false);
  std::vector<TermId> stack = terms;
  while (!stack.empty()) {
    const TermId id = stack.back();
    stack.pop_back();
    if (seen[static_cast<uint32_t>(id)]) continue;
    seen[static_cast<uint32_t>(id)] = true;
    const Term& own = term(id);
    if (is(own)) return true;
    stack.insert(stack.end(), own.children.begin(), own.children.end());
  }
  return false;
}

}  // namespace guard::verify
