// What could release a held action: whether a gate that waits has anything to wait for.
//
// SOUND: false is only said when no change of that input can turn the hold into another decision.
#pragma once
#include "guardvm/session.hpp"

namespace guardvm::gate {

// Whether another value of a signal might. COST: the attributes of the kind.
[[nodiscard]] bool signals_may_release(const Bundle& bundle, const Decision& held);

// Whether more approvals might: a rule that fired waits for some, or a condition of the kind reads them. COST: the code
// of the kind.
[[nodiscard]] bool approvals_may_release(const Bundle& bundle, const Decision& held);

}  // namespace guardvm::gate
