// The id of a rule is not the id of a kind.
// ERROR: (no match for|cannot convert|invalid operands)
#include "check/model.hpp"

bool same(guard::check::RuleId rule, guard::check::KindId kind) {
#ifdef MISTAKE
  return rule == kind;
#else
  return static_cast<uint32_t>(rule) == static_cast<uint32_t>(kind);
#endif
}
