// Writes the tests that a set lacks: for each rule and condition side that no test has shown, an action from the
// verifier, decided by the runtime.
#pragma once
#include <string>
#include <vector>

#include "check/model.hpp"
#include "driver/run_tests.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

struct MissingTests {
  std::string text;                     // a policy of tests; empty: nothing is missing
  size_t tests = 0;                     // in it
  Coverage coverage;                    // with them
  std::vector<std::string> impossible;  // sides that no action shows, in words
  std::vector<std::string> unsettled;   // sides about which the engines found no answer
};

// `covered` is what the set's own tests show.
[[nodiscard]] MissingTests missing_tests(const check::PolicySet& set, const guardvm::Bundle& bundle,
                                         const Coverage& covered);

}  // namespace guard::driver
