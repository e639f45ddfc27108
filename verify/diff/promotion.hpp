// Which rules a change raises to `enforce`, and whether their mode is all that it changes of them.
#pragma once
#include <string>
#include <vector>

#include "guardvm/bundle.hpp"

namespace guard::verify {

struct Promotion {
  uint32_t rule = 0;  // of the bundle after the change
  std::string id;
  std::string from;  // "off", "shadow" or "advisory"
  bool same = true;  // effect, kinds, condition and requirements are what they were, whatever the text says
};

// COST: nothing when no rule is raised; else the formulas of the kinds that these rules speak of.
// REQUIRES: `as_of_ns` lies inside the horizon of both.
[[nodiscard]] std::vector<Promotion> promotions(const guardvm::Bundle& before, const guardvm::Bundle& after,
                                                int64_t as_of_ns);

}  // namespace guard::verify
