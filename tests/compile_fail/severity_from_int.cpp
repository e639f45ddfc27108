// A closed set is an enum class: no number stands for a severity.
// ERROR: (cannot convert|cannot initialize)
#include "diag/diagnostic.hpp"

guard::Severity severity() {
#ifdef MISTAKE
  return 0;
#else
  return guard::Severity::Error;
#endif
}
