// Making a solution readable: value by value, downwards while there is a solution with a more readable one.
#include <algorithm>

#include "verify/witness/witness.hpp"

namespace guard::verify {
namespace {

uint32_t position(const Variable& variable, uint32_t value) {
  return static_cast<uint32_t>(std::find(variable.order.begin(), variable.order.end(), value) - variable.order.begin());
}

Mask first_values(const Variable& variable, uint32_t count) {
  Mask mask = empty_mask(variable.values);
  for (uint32_t i = 0; i < count; ++i) set_bit(mask, variable.order[i]);
  return mask;
}

}  // namespace

void make_readable(Problem& problem, Solver& solver, Assignment& solution) {
  const size_t required = problem.required.size();
  for (uint32_t v = 0; v < problem.variables.size(); ++v) {
    while (const uint32_t at = position(problem.variables[v], solution.values[v])) {
      const TermId better = problem.lit(v, first_values(problem.variables[v], at));
      problem.required.push_back(better);
      Assignment other;
      const bool found = solver.search(problem, other) == Verdict::Possible;
      problem.required.pop_back();
      if (!found) break;
      solution = std::move(other);
    }
    Mask fixed = empty_mask(problem.variables[v].values);
    set_bit(fixed, solution.values[v]);
    const TermId chosen = problem.lit(v, std::move(fixed));
    if (chosen != kTrueTerm) problem.required.push_back(chosen);
  }
  problem.required.resize(required);
}

}  // namespace guard::verify
