// Whether a bundle was refused must be looked at.
// ERROR: (ignoring return|ignoring returned value)
#include "guardvm/bundle.hpp"

bool loads() {
#ifdef MISTAKE
  guardvm::Bundle::load("set.bundle");
  return true;
#else
  return guardvm::Bundle::load("set.bundle").ok();
#endif
}
