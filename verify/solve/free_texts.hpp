// The texts of a problem whose predicates are flags: whether there are texts as a solution says, and which.
#pragma once
#include <string>
#include <vector>

#include "verify/solve/problem.hpp"

namespace guard::verify {

// Possible: there are texts as the flags of the solution say. Impossible: there are not; the problem has a lemma more,
// which holds of all texts, and not of this solution. Unknown: no text was found within the budget of the search.
[[nodiscard]] Verdict learn(Problem& problem, const Assignment& solution);

// The texts, in order. REQUIRES: `learn` says Possible.
[[nodiscard]] std::vector<std::string> texts_of(const Problem& problem, const Assignment& solution);

}  // namespace guard::verify
