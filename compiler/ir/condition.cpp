// Settled conditions: constructors that keep them small.
#include "ir/condition.hpp"

#include <utility>

namespace guard::ir {
namespace {

using Kind = Condition::Kind;

// And and Or are mirror images: `unit` disappears in a chain, its opposite decides it.
Condition chain(Kind kind, Kind unit, Kind zero, std::vector<Condition> children) {
  std::vector<Condition> kept;
  kept.reserve(children.size());
  for (Condition& child : children) {
    if (child.kind == zero) return truth(zero == Kind::True);
    if (child.kind == unit) continue;
    if (child.kind == kind) {
      for (Condition& inner : child.children) kept.push_back(std::move(inner));
    } else {
      kept.push_back(std::move(child));
    }
  }
  if (kept.empty()) return truth(unit == Kind::True);
  if (kept.size() == 1) return std::move(kept.front());
  Condition result;
  result.kind = kind;
  result.children = std::move(kept);
  return result;
}

}  // namespace

Condition truth(bool value) {
  Condition result;
  result.kind = value ? Kind::True : Kind::False;
  return result;
}

Condition both(std::vector<Condition> children) {
  return chain(Kind::And, Kind::True, Kind::False, std::move(children));
}

Condition either(std::vector<Condition> children) {
  return chain(Kind::Or, Kind::False, Kind::True, std::move(children));
}

Condition negation(Condition child) {
  if (child.kind == Kind::True) return truth(false);
  if (child.kind == Kind::False) return truth(true);
  if (child.kind == Kind::Not) {
    Condition inner = std::move(child.children.front());
    return inner;
  }
  Condition result;
  result.kind = Kind::Not;
  result.children.push_back(std::move(child));
  return result;
}

Condition atom(const check::Condition& source) {
  Condition result;
  result.kind = Kind::Atom;
  result.atom = &source;
  return result;
}

Condition fresh(check::LeafId signal) {
  Condition result;
  result.kind = Kind::Fresh;
  result.signal = signal;
  return result;
}

bool same(const Condition& a, const Condition& b) {
  if (a.kind != b.kind || a.quantifier != b.quantifier || a.compare != b.compare || a.count != b.count ||
      a.signal != b.signal || a.atom != b.atom || a.children.size() != b.children.size()) {
    return false;
  }
  for (size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

}  // namespace guard::ir
