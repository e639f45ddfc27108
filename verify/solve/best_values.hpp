// Values of variables that can be chosen freely and that serve at least as well as any other.
//
// SOUND: terms are monotone over literals. A value that all literals on its variable admit makes each of them true, so
//   whatever satisfies the terms with another value satisfies them with this one.
#pragma once
#include <vector>

#include "verify/solve/problem.hpp"

namespace guard::verify {

// Gives each of the `open` variables such a value where it has one, in `terms`, and again where that left less to ask
// for. Afterwards `open` marks the variables that the terms still read. COST: the size of the terms, a few times.
void choose_best_values(Problem& problem, std::vector<TermId>& terms, std::vector<bool>& open);

// Per variable, the masks that literals of the terms put to it, each once, as rows of the problem's masks.
[[nodiscard]] std::vector<std::vector<uint32_t>> masks_of(const Problem& problem, const std::vector<TermId>& terms);

}  // namespace guard::verify
