// Actions for tests: one that makes a rule fire, or an atom of a condition true, or either not.
//
//   guard::verify::CaseFinder cases(bundle);
//   Witness action;
//   if (cases.find({kind, entry, node, true}, action) == Verdict::Possible) …     // an action of the whole horizon
//
// COST: as `guardc verify` to make; a question or two per side.
#pragma once
#include <memory>

#include "guardvm/bundle.hpp"
#include "verify/checks/finding.hpp"
#include "verify/solve/engine.hpp"

namespace guard::verify {

// What a test may have to show of an entry on a kind.
struct Side {
  uint32_t kind = 0;                       // Kinds
  uint32_t entry = 0;                      // Entries, of the kind
  uint32_t node = guardvm::format::kNone;  // ConditionNodes: an atom of the entry; kNone: the entry's rule
  bool yes = true;                         // it fires, or is surely true; else it does not, or is not possibly true
};

class CaseFinder {
 public:
  explicit CaseFinder(const guardvm::Bundle& bundle);
  ~CaseFinder();
  // Possible: an admissible action at some instant of the bundle's horizon, readable and replayed. Impossible: no
  // action shows it, which Z3 confirms. Unknown: not answered within the budgets, or the kind cannot be modelled.
  [[nodiscard]] Verdict find(const Side& side, Witness& action);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guard::verify
