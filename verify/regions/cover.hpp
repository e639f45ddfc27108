// A set of points as boxes: over the groups of tests, an irredundant cover by maximal boxes.
#pragma once
#include <optional>
#include <vector>

#include "verify/regions/atoms.hpp"

namespace guard::verify {

using PointBox = std::vector<Diagram>;  // per group, the cells that the box has

struct PointSet {
  Diagram wanted = kNone;
  Diagram outside = kNone;  // where no box may reach
  Diagram free = kNone;     // of which nothing is said
};

// Boxes inside `wanted` or free that cover all that is wanted; each is maximal, none is needless; largest first, by the
// share of all points. None at all: more than kMaxRegions, or the diagrams are full.
//
// A point that no box has yet grows to a maximal box, group by group: first by cells that bring wanted points, until
// there are none, then by those that bring only free ones, which make its words shorter. At the end boxes that the
// others cover are left out, the small ones first. Points are chosen as the first ones in the order of the cells.
// SOUND: a cell is added to a group of a box only when no point outside has it together with the rest of the box.
// COST: per box a few projections per group.
[[nodiscard]] std::optional<std::vector<PointBox>> cover(AtomGroups& atoms, const PointSet& points);

inline constexpr size_t kMaxRegions = 10'000;

}  // namespace guard::verify
