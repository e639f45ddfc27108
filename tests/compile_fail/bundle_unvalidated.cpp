// Only the loader makes a bundle, from bytes that it has validated.
// ERROR: (is private|private constructor)
#include "guardvm/bundle.hpp"

bool make() {
#ifdef MISTAKE
  guardvm::Bundle bundle;
  return bundle.bytes().empty();
#else
  return guardvm::Bundle::from_bytes("").ok();
#endif
}
