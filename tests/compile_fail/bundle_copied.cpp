// A bundle owns its mapping: it moves, it is not copied.
// ERROR: (use of deleted function|implicitly deleted|deleted)
#include <utility>

#include "guardvm/bundle.hpp"

guardvm::Bundle take(guardvm::Bundle& bundle) {
#ifdef MISTAKE
  return bundle;
#else
  return std::move(bundle);
#endif
}
