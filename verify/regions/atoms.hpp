// The tests that formulas are made of, in groups that share no attribute, and the ways in which a group can turn out.
//
// SOUND: groups share no site, nor a site's record, list or set. So any way of one group goes with any way of every
//   other: the actions are, as far as the formulas tell, the product of the groups' cells.
//
// Points are bits, group after group. A group of one plain attribute counts its cells, in the order of the values;
// another one has a bit per test. Sets of points are diagrams, so a group may have any number of cells.
#pragma once
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "verify/model/kind_model.hpp"
#include "verify/regions/diagram.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/grounding.hpp"

namespace guard::verify {

struct AtomGroup {
  std::vector<SiteId> sites;   // ascending, with the records, lists and sets they belong to
  std::vector<Formula> atoms;  // tests, no And, Or or Not
  Bits bits;
  Diagram cells = kNone;  // every combination that some action has
};

// Cells that the engines found, by their tests: many lists of regions of one kind need the same.
using KnownCells = std::map<std::vector<Formula>, std::vector<std::vector<bool>>>;

class AtomGroups {
 public:
  // Besides the formulas' own tests, the groups hold those of presence and of a signal's state that their words need.
  AtomGroups(KindModel& model, const std::vector<Formula>& formulas);
  // Finds the cells. REQUIRES: `known` is of this model. False: they had to be asked for and are more than kMaxCells,
  // or an engine gave up. COST: one question per cell and atom at most; a group of one plain attribute, or of tests
  // whether a set has one of some elements, asks none.
  [[nodiscard]] bool find_cells(Grounder& grounder, Solver& solver, KnownCells& known);

  // Leaves out the cells of its group in which the test is false: nothing is said of such actions.
  // REQUIRES: a test, or the negation of one, that is among the groups'.
  void keep(Formula test);

  [[nodiscard]] const std::vector<AtomGroup>& groups() const { return groups_; }
  [[nodiscard]] Diagrams& sets() { return sets_; }
  // The points of `within` where the formula holds. REQUIRES: its tests are among the groups'; the cells were found.
  [[nodiscard]] Diagram points(Formula f, Diagram within);

  static constexpr size_t kMaxCells = 4096;

 private:
  using Cell = std::vector<bool>;  // by atom
  void collect(Formula f, std::vector<Formula>& atoms);
  [[nodiscard]] bool plain_cells(AtomGroup& group);
  [[nodiscard]] bool set_cells(AtomGroup& group);
  [[nodiscard]] bool asked_cells(AtomGroup& group, Grounder& grounder, Solver& solver, KnownCells& known);
  void number_bits(AtomGroup& group, size_t count);
  void restrict(Formula f, bool positive, Diagram& within, std::unordered_set<uint64_t>& done);
  [[nodiscard]] Diagram part(Formula f, Diagram within, std::unordered_map<Formula, Diagram>& known);

  KindModel& model_;
  std::vector<AtomGroup> groups_;
  Diagrams sets_;
  uint32_t bits_ = 0;
  std::unordered_map<Formula, Diagram> atoms_;
  std::vector<bool> seen_;
};

// The sites that a test reads, also inside of counts, in order of their numbers; each with its records, list and set.
[[nodiscard]] std::vector<SiteId> sites_of(const KindModel& model, Formula atom);

}  // namespace guard::verify
