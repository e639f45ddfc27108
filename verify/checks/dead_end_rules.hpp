// Which rules of a kind can have to do with a dead end. Internal to dead_end.cpp.
//
// SOUND: what denies whatever the instant, the approvals and the signals does not deny a held action later; what
// approvals alone always meet is met at once; an allow where that is the default anyway changes nothing. A set without
// these rules has all dead ends of the set with them, so where it has none, there are none; and one of its dead ends
// whose action the whole set holds is one of the whole set, since more rules that block release nothing. At the
// action's own instant also what denies by times and ages alone does not deny it once approvals and signals are there:
// it did not before.
#pragma once
#include <map>
#include <vector>

#include "verify/checks/checker.hpp"

namespace guard::verify {

// The rules among `deciding` (ascending) that can fire on an action that fires the one at the position, at whatever
// instant.
[[nodiscard]] std::vector<size_t> on_the_same_actions(KindState& kind, size_t at, const std::vector<size_t>& deciding);

class Relevance {
 public:
  explicit Relevance(KindState& kind);
  // Whether the rule at the position can have to do with a dead end of another one. COST: a grounding of its
  // requirements, once per requirement.
  [[nodiscard]] bool matters(size_t at);
  // The same when the action is to be allowed at its own instant.
  [[nodiscard]] bool matters_at_once(size_t at);

 private:
  [[nodiscard]] bool is_fixed_formula(Formula f);
  [[nodiscard]] bool reads_approvals(Formula f);
  [[nodiscard]] bool reads_signals(Formula f);
  // Approvals make it true, whatever else the action is; those of all such formulas together.
  [[nodiscard]] bool approvals_meet(Formula met);

  KindState& kind_;
  KindModel& model_;
  bool plain_approvals_ = false;  // only requirements speak of them, and the more there are, the more are met
  std::map<Formula, bool> known_;
};

}  // namespace guard::verify
