// A result that may be a failure must be looked at.
// ERROR: (ignoring return|ignoring returned value)
#include "base/result.hpp"

guard::Result<int> read();

int use() {
#ifdef MISTAKE
  read();
  return 0;
#else
  const guard::Result<int> result = read();
  return result.ok() ? result.value() : -1;
#endif
}
