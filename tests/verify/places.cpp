// Where conditions read; see places.hpp.
#include "places.hpp"

#include "tests/reference/ruling.hpp"

namespace guard::oracle {
namespace {

using check::Condition;
using check::Operand;

void collect(const Condition& c, PlacedAtom around, std::vector<PlacedAtom>& out) {
  if (!reference::is_connective(c)) {
    around.atom = &c;
    out.push_back(around);
  }
  if (reference::is_quantifier(c)) (c.operand.type.kind == check::TypeKind::List ? around.list : around.in_set) = &c;
  for (const Condition& child : c.children) collect(child, around, out);
}

Place place_of(const PlacedAtom& atom, const Operand& operand) {
  switch (operand.from) {
    case Operand::From::Leaf:
      return {operand.index};
    case Operand::From::Column:
      return {atom.list->operand.index, static_cast<int>(operand.index)};
    case Operand::From::Element: {
      Place place = place_of(atom, atom.in_set->operand);
      place.element = true;
      return place;
    }
    case Operand::From::Lookup:
      return place_of(atom, operand.key[0]);
  }
  return {};
}

}  // namespace

std::vector<PlacedAtom> placed_atoms(const check::PolicySet& set, check::KindId kind,
                                     const std::vector<const Condition*>& more) {
  std::vector<PlacedAtom> out;
  for (const Condition* condition : reference::conditions_on(set, kind)) collect(*condition, {}, out);
  for (const check::Invariant& invariant : set.invariants)
    if (const Condition* c = reference::condition_on_kind(invariant.on, kind)) collect(*c, {}, out);
  for (const check::Cover& cover : set.covers)
    if (const Condition* c = reference::condition_on_kind(cover.on, kind)) collect(*c, {}, out);
  for (const Condition* condition : more) collect(*condition, {}, out);
  return out;
}

std::vector<Place> places_of(const PlacedAtom& placed) {
  using K = Condition::Kind;
  const Condition& c = *placed.atom;
  std::vector<Place> out;
  switch (c.kind) {
    case K::InWindow:
    case K::Approvals:
      return out;
    case K::Linear:
      for (const check::LinearTerm& term : c.terms) out.push_back(place_of(placed, term.operand));
      return out;
    case K::StringEqual:
    case K::EnumEqual:
    case K::VersionOrder:
      return {place_of(placed, c.operand), place_of(placed, c.second)};
    default:
      return {place_of(placed, c.operand)};
  }
}

}  // namespace guard::oracle
