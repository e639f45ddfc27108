// The checks, each with its contract on top of its file. They run in this order; the first ones tell the later ones
// which rules need no further look.
#pragma once
#include "verify/checks/checker.hpp"

namespace guard::verify {

// Decodes what the checks will ask of a kind beyond its decision, before the kind's classes are fixed.
void prepare_checks(Checker& checker, KindState& kind);

void check_empty_scope(Checker& checker);
void check_never_matches(Checker& checker);
void check_always_matches(Checker& checker);
void check_dead_condition(Checker& checker);
void find_conflicts(Checker& checker);  // the pairs that check_conflict tells
void check_conflict(Checker& checker);
void check_contradictory_obligations(Checker& checker);
void check_unreachable(Checker& checker);  // and redundant
void check_gap(Checker& checker);
void check_invariants(Checker& checker);
void check_weakened_baseline(Checker& checker);
void check_override_unused(Checker& checker);
void check_dead_end(Checker& checker);
void check_self_release(Checker& checker);
void check_exceptions(Checker& checker);
void check_break_glass(Checker& checker);
void check_signals(Checker& checker);
void check_rollout(Checker& checker);
void check_promotions(Checker& checker);
void check_acceptances(Checker& checker);  // after all others

}  // namespace guard::verify
