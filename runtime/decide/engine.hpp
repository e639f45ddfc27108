// The engine: facts of one action, both tiers, and the questions that vary the instant.
//
// Session is its public face; explain, rendering and the tests use it directly.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "classify/classify.hpp"
#include "decide/combine.hpp"
#include "decide/index.hpp"
#include "guardvm/session.hpp"

namespace guardvm {

class Engine {
 public:
  Engine(const Bundle& bundle, Tier tier);

  // Takes the action's slots (copied; elements and rows stay borrowed) and stands at its own instant.
  void take(const Action& action);
  // The same, and decides.
  void decide(const Action& action, Decision& decision);
  // Decides without a copy: the states of signals are set in the action's own slots, and its instant moves there when
  // the engine's does. REQUIRES: the action stays until the next one is taken.
  void decide(Action& action, Decision& decision);

  // The earliest later instant at which `decision` (of the last action) would change; false: never.
  // COST: one decision over the rules that could match at some instant, per edge of their time conditions.
  bool valid_until(const Decision& decision, int64_t& instant_ns);
  // The earliest later instant at which `decision` (of the last action), which denies or holds, would be to allow, if
  // the signals that are fresh are renewed with the same values and nothing else is given; false: none of the next
  // kMostEdges instants at which something changes. COST: a decision each.
  bool passes_from(const Decision& decision, int64_t& instant_ns);
  static constexpr uint32_t kMostEdges = 1000;
  // The earliest later instant at which the entry's `until` holds; false: never (or not before the horizon ends).
  bool opens(uint32_t entry, int64_t& instant_ns);

  [[nodiscard]] const Bundle& bundle() const { return bundle_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const Action& action() const { return *action_; }
  // Moves the instant: the slot of the instant and every signal's state follow.
  void set_instant(int64_t now_ns);
  // Decides the action as it is now at the instant (after set_instant), with the engine's own tier.
  void decide_now(Decision& decision);

  // What is missing to release a hold, in the order of the decision: one per unmet requirement group, hold or signal.
  struct Missing {
    uint32_t rule = 0, entry = 0;
    enum class What : uint8_t { Approvals, Until, Signal } what = What::Approvals;
    uint32_t index = 0;          // Approvals: RequirementGroups; Signal: leaf
    std::vector<uint32_t> have;  // Approvals: per alternative
    SignalState state = SignalState::Missing;
    bool operator==(const Missing&) const = default;
  };
  [[nodiscard]] std::vector<Missing> missing(const Decision& decision) const;

 private:
  void stand_on(const Action& action, Slot* slots);
  void decide_taken(Decision& decision);
  bool outside_horizon(Decision& decision) const;
  void match_linear();
  // As if the kind had no other entries.
  void decide_among(const std::vector<uint32_t>& entries, Decision& decision);
  [[nodiscard]] int64_t next_edge(const std::vector<uint32_t>& entries, bool renewed) const;
  std::vector<uint32_t> time_candidates();

  const Bundle& bundle_;
  Tier tier_;
  const Action* action_ = nullptr;
  Slot* slots_ = nullptr;  // of the action: its own, or `copied_`
  std::vector<Slot> copied_;
  std::vector<uint32_t> signals_;            // signal leaves of every kind, kind by kind
  std::vector<format::Range> kind_signals_;  // per kind, into signals_
  WindowMemory windows_;
  Facts facts_;
  Classes classes_;
  Index index_;
  Combiner combiner_;
  std::vector<uint32_t> matched_;
};

}  // namespace guardvm
