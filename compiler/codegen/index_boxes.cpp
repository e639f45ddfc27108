// Projections of conditions onto dims, by structural induction, and the boxes made of them.
//
// SOUND: every step keeps "the condition implies the literals"; `exact` is claimed only where the converse holds as
// well.
#include "codegen/index_boxes.hpp"

#include <algorithm>
#include <utility>

namespace guard::codegen {
namespace {

using Kind = ir::Condition::Kind;

std::vector<uint32_t> merge(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

// Both literals hold. False when a row can say only one of them: then `a` stays as it is.
bool conjoin(const Dim& dim, Literal& a, const Literal& b) {
  if (!dim.multi) {
    a.classes = partition::intersect(a.classes, b.classes);
  } else if (a.negative && b.negative) {
    a.atoms = merge(a.atoms, b.atoms);
  } else if (a.negative != b.negative || a.atoms != b.atoms) {
    return false;
  }
  a.exact = a.exact && b.exact;
  return true;
}

// One of the literals holds. False when no row says that.
bool disjoin(const Dim& dim, Literal& a, const Literal& b) {
  if (!dim.multi) {
    a.classes = partition::unite(a.classes, b.classes);
  } else if (!a.negative && !b.negative) {
    a.atoms = merge(a.atoms, b.atoms);
  } else if (a.negative != b.negative || a.atoms != b.atoms) {
    return false;
  }
  a.exact = a.exact && b.exact;
  return true;
}

bool by_dim(const Literal& a, const Literal& b) { return a.dim < b.dim; }

Projection conjunction(const Dims& dims, const std::vector<ir::Condition>& children, bool positive) {
  Projection result;
  for (const ir::Condition& child : children) {
    Projection part = project(dims, child, positive);
    result.exact = result.exact && part.exact;
    for (Literal& literal : part.literals) {
      const auto at = std::lower_bound(result.literals.begin(), result.literals.end(), literal, by_dim);
      if (at == result.literals.end() || at->dim != literal.dim) {
        result.literals.insert(at, std::move(literal));
      } else if (!conjoin(dims.dims()[literal.dim], *at, literal)) {
        result.exact = false;
      }
    }
  }
  return result;
}

Projection disjunction(const Dims& dims, const std::vector<ir::Condition>& children, bool positive) {
  Projection result;
  for (size_t i = 0; i < children.size(); ++i) {
    Projection part = project(dims, children[i], positive);
    // A union of boxes is a box only along one dim.
    result.exact = result.exact && part.exact && part.literals.size() == 1;
    if (i == 0) {
      result.literals = std::move(part.literals);
      continue;
    }
    std::vector<Literal> kept;
    for (Literal& literal : result.literals) {
      const auto other = std::lower_bound(part.literals.begin(), part.literals.end(), literal, by_dim);
      if (other == part.literals.end() || other->dim != literal.dim) continue;
      if (disjoin(dims.dims()[literal.dim], literal, *other)) kept.push_back(std::move(literal));
    }
    result.literals = std::move(kept);
    result.exact = result.exact && result.literals.size() == 1;
    if (result.literals.empty()) return result;
  }
  return result;
}

}  // namespace

Projection project(const Dims& dims, const ir::Condition& condition, bool positive) {
  switch (condition.kind) {
    case Kind::True:
    case Kind::False:
      return {{}, (condition.kind == Kind::True) == positive};
    case Kind::Not:
      return project(dims, condition.children[0], !positive);
    case Kind::And:
      return positive ? conjunction(dims, condition.children, true) : disjunction(dims, condition.children, false);
    case Kind::Or:
      return positive ? disjunction(dims, condition.children, true) : conjunction(dims, condition.children, false);
    case Kind::Atom:
    case Kind::Fresh:
    case Kind::Quantifier:
      break;
  }
  Projection result{dims.literals_of(condition, positive), true};
  result.exact = !result.literals.empty();
  for (const Literal& literal : result.literals) result.exact = result.exact && literal.exact;
  std::sort(result.literals.begin(), result.literals.end(), by_dim);
  return result;
}

void Box::take(ir::Condition condition) {
  if (condition.kind == Kind::And) {
    parts_ = std::move(condition.children);
  } else {
    parts_.push_back(std::move(condition));
  }
}

Box::Box(const Dims& dims, ir::Condition condition, uint32_t part) {
  take(std::move(condition));
  residual_.assign(parts_.size(), true);
  residual_[part] = false;
  for (const Literal& literal : dims.literals_of(parts_[part], true)) add(dims, literal, part);
}

Box::Box(const Dims& dims, ir::Condition condition) {
  take(std::move(condition));
  residual_.assign(parts_.size(), false);
  for (uint32_t i = 0; i < parts_.size(); ++i) {
    Projection projection = project(dims, parts_[i], true);
    residual_[i] = !projection.exact;
    for (const Literal& literal : projection.literals) add(dims, literal, i);
  }
}

void Box::add(const Dims& dims, const Literal& literal, uint32_t part) {
  const auto at = std::lower_bound(sides_.begin(), sides_.end(), literal.dim,
                                   [](const Side& side, uint32_t dim) { return side.literal.dim < dim; });
  if (at == sides_.end() || at->literal.dim != literal.dim) {
    sides_.insert(at, {literal, {part}});
    return;
  }
  if (conjoin(dims.dims()[literal.dim], at->literal, literal)) {
    at->parts.push_back(part);
  } else if (at->literal.negative && !literal.negative) {
    weaken(*at);  // Few entries ask for an atom to be true, many for one to be false: the former filters better.
    *at = {literal, {part}};
  } else {
    residual_[part] = true;
  }
}

void Box::weaken(const Side& side) {
  for (const uint32_t part : side.parts) residual_[part] = true;
}

void Box::drop(size_t side) {
  weaken(sides_[side]);
  sides_.erase(sides_.begin() + static_cast<std::ptrdiff_t>(side));
}

NumberRange Box::take_range(const check::PolicySet& set, const check::Kind& kind) {
  NumberRange best;
  best.leaf = static_cast<uint32_t>(kind.now);
  size_t from = parts_.size();
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (!residual_[i]) continue;
    const std::optional<NumberRange> range = range_of(parts_[i], set, kind);
    if (!range || range->share >= best.share) continue;
    best = *range;
    from = i;
  }
  if (from < parts_.size()) residual_[from] = false;
  return best;
}

ir::Condition Box::take_residual() {
  std::vector<ir::Condition> left;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (residual_[i]) left.push_back(std::move(parts_[i]));
  }
  parts_.clear();
  return ir::both(std::move(left));
}

}  // namespace guard::codegen
