// The tests that formulas are made of, in groups that share no attribute, and the ways in which a group can turn out.
//
// SOUND: groups share no site, nor a site's record, list or set. So any way of one group goes with any way of every
//   other: the actions are, as far as the formulas tell, the product of the groups' cells.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "verify/model/kind_model.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/grounding.hpp"

namespace guard::verify {

struct AtomGroup {
  std::vector<SiteId> sites;       // ascending, with the records, lists and sets they belong to
  std::vector<Formula> atoms;      // tests, no And, Or or Not
  using Cell = std::vector<bool>;  // by atom
  std::vector<Cell> cells;         // every combination that some action has; distinct
  [[nodiscard]] bool holds(const Formulas& formulas, Formula f, const Cell& cell) const;
};

struct AtomPlace {
  uint32_t group = 0, atom = 0;
};

class AtomGroups {
 public:
  // Besides the formulas' own tests, the groups hold those of presence and of a signal's state that their words need.
  AtomGroups(KindModel& model, const std::vector<Formula>& formulas);
  // Finds the cells. False: a group has more than kMaxCells, or an engine gave up.
  // COST: one question per cell and atom at most; a group of one plain attribute asks none.
  [[nodiscard]] bool find_cells(Grounder& grounder, Solver& solver);

  [[nodiscard]] const std::vector<AtomGroup>& groups() const { return groups_; }
  [[nodiscard]] AtomPlace place(Formula atom) const { return places_.at(atom); }

  static constexpr size_t kMaxCells = 4096;

 private:
  void collect(Formula f, std::vector<Formula>& atoms);
  [[nodiscard]] bool plain_cells(AtomGroup& group);
  KindModel& model_;
  std::vector<AtomGroup> groups_;
  std::unordered_map<Formula, AtomPlace> places_;
  std::vector<bool> seen_;
};

// The sites that a test reads, also inside of counts, in order of their numbers; each with its records, list and set.
[[nodiscard]] std::vector<SiteId> sites_of(const KindModel& model, Formula atom);

}  // namespace guard::verify
