// An outcome is never read as a bool: "deny" would be true.
// ERROR: (could not convert|not contextually convertible)
#include "guardvm/session.hpp"

bool may_go_on(const guardvm::Decision& decision) {
#ifdef MISTAKE
  if (decision.outcome) return true;
#else
  if (decision.outcome == guardvm::Outcome::Allow) return true;
#endif
  return false;
}
