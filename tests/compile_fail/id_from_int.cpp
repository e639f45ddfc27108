// An id is not an int.
// ERROR: (cannot convert|cannot initialize)
#include "check/model.hpp"

guard::check::RuleId rule() {
#ifdef MISTAKE
  return 3;
#else
  return guard::check::RuleId{3};
#endif
}
