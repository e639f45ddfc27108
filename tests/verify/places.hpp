// Where conditions read: every atom that counts on a kind, with the places (attributes, columns, elements) it looks at.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "check/model.hpp"

namespace guard::oracle {

// An attribute (leaf), a column of a list's rows, or the elements of a set that stands in either.
struct Place {
  uint32_t leaf = 0;
  int column = -1;
  bool element = false;
  auto operator<=>(const Place&) const = default;
};

// An atom or a quantifier together with the quantifiers around it.
struct PlacedAtom {
  const check::Condition* atom = nullptr;
  const check::Condition* list = nullptr;    // the list quantifier it stands in
  const check::Condition* in_set = nullptr;  // the set quantifier it stands in
};

// Every atom and quantifier of the rules (not off), untils, exceptions, break-glasses, assumptions, invariants and
// covers on the kind, and of `more`.
[[nodiscard]] std::vector<PlacedAtom> placed_atoms(const check::PolicySet& set, check::KindId kind,
                                                   const std::vector<const check::Condition*>& more = {});
// The places an atom reads, in order; of a quantifier the list or set it is about. Lookups count as their key.
[[nodiscard]] std::vector<Place> places_of(const PlacedAtom& atom);

}  // namespace guard::oracle
