// The actions of a kind that satisfy a formula, as a complete list of conditions of the language.
//
// A region is a box over the groups of tests (atoms.hpp): per group some of its cells. What is no test of one attribute
// (attributes that compare, approvals, lists) is a group as well, so regions are exact.
#pragma once
#include <string>
#include <vector>

#include "verify/regions/atoms.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/grounding.hpp"

namespace guard::verify {

struct Region {
  std::string condition;    // of the language; `true` when it is everything
  Formula formula = kTrue;  // the same
};
struct RegionList {
  std::vector<Region> regions;  // largest first
  bool complete = false;        // false: a budget was hit, and the list says nothing
};

struct Wanted {
  Formula actions;  // admissible ones
  Formula free;     // what is no admissible action: nothing is said of it, and regions may reach into it
  Formula at_time;  // true of every admissible action: a test that no region repeats
};

// An exact, irredundant cover of what is wanted by maximal boxes. REQUIRES: the model is closed. COST: see `find_cells`
// and `cover`.
[[nodiscard]] RegionList regions_of(KindModel& model, Grounder& grounder, Solver& solver, KnownCells& known,
                                    const Wanted& wanted);

}  // namespace guard::verify
