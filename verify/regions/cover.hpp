// A set of points as boxes: over variables of a few values each, an irredundant cover by maximal boxes.
#pragma once
#include <optional>
#include <vector>

#include "verify/solve/engine.hpp"
#include "verify/solve/problem.hpp"

namespace guard::verify {

using PointBox = std::vector<Mask>;  // per variable, the values that the box has

// The points that satisfy `wanted`, and those that a box may have besides.
struct PointSet {
  Problem problem;  // its variables; nothing is required
  TermId wanted = kFalseTerm;
  TermId outside = kFalseTerm;  // true where no box may reach: neither wanted nor free
  TermId free = kFalseTerm;     // of which nothing is said
};

// Boxes inside `wanted` or free that cover all that is wanted; each is maximal, none is needless; largest first, by the
// share of all points. None at all: no answer within the budgets of the engines, or more than kMaxBoxes.
//
// A point that no box has yet grows to a maximal box, variable by variable: first by values that bring wanted points,
// until there are none, then by those that bring only free ones, which make its words shorter. At the end boxes that
// the others cover are left out, the small ones first. Points are chosen as the first ones in the order of the values,
// so the result does not depend on which engine answers. SOUND: a value is added to a variable of a box only when no
// point outside has it together with the rest of the box;
//   values that were refused stay refused, since a box only grows.
[[nodiscard]] std::optional<std::vector<PointBox>> cover(PointSet& points, Solver& solver);

inline constexpr size_t kMaxRegions = 10'000;

}  // namespace guard::verify
