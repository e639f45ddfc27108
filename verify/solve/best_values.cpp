// Rounds of: intersect the masks on each variable, make true what is read of those that have a value left.
#include "verify/solve/best_values.hpp"

#include <algorithm>

namespace guard::verify {
namespace {

// Every term that is one of the given ones or below them, once.
template <typename Visit>
void each_term(const Problem& problem, const std::vector<TermId>& terms, const Visit& visit) {
  (void)problem.any_below(terms, [&visit](const Term& term) {
    visit(term);
    return false;
  });
}

}  // namespace

std::vector<std::vector<uint32_t>> masks_of(const Problem& problem, const std::vector<TermId>& terms) {
  std::vector<std::vector<uint32_t>> masks(problem.variables.size());
  each_term(problem, terms, [&](const Term& term) {
    if (term.op == Term::Op::Lit) masks[term.variable].push_back(term.row);
  });
  return masks;
}

void choose_best_values(Problem& problem, std::vector<TermId>& terms, std::vector<bool>& open) {
  const size_t count = problem.variables.size();
  for (bool again = true; again;) {
    // What sums read, and what is said of texts, is not told by literals alone.
    std::vector<bool> tied(count, false), read(count, false), best(count, false);
    each_term(problem, terms, [&](const Term& term) {
      if (term.op != Term::Op::Linear) return;
      for (const auto& [variable, coefficient] : problem.sums[term.row].terms) tied[variable] = true;
    });
    for (const FreeText& text : problem.texts) {
      for (uint32_t i = 0; i < text.matches.size(); ++i) tied[text.first_flag + i] = true;
    }
    const std::vector<std::vector<uint32_t>> masks = masks_of(problem, terms);
    again = false;
    for (uint32_t v = 0; v < count; ++v) {
      read[v] = tied[v] || !masks[v].empty();
      if (!open[v] || tied[v] || masks[v].empty()) continue;
      Mask common = full_mask(problem.variables[v].values);
      for (const uint32_t row : masks[v]) {
        for (size_t i = 0; i < common.size(); ++i) common[i] &= problem.mask(row)[i];
      }
      best[v] = std::any_of(common.begin(), common.end(), [](uint64_t word) { return word != 0; });
      again = again || best[v];
    }
    for (uint32_t v = 0; v < count; ++v) open[v] = open[v] && read[v] && !best[v];
    if (!again) break;
    for (TermId& term : terms) {
      term = problem.rewrite(term, [&](TermId leaf) {
        const Term& own = problem.term(leaf);
        return own.op == Term::Op::Lit && best[own.variable] ? kTrueTerm : leaf;
      });
    }
  }
}

}  // namespace guard::verify
