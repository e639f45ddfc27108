// A model of costs in nanoseconds, measured on the interpreter and the classifier; only its ratios matter. Whatever it
// says, the decisions are the same: a dim that is left out is decided by residual code.
#include "codegen/index_choice.hpp"

#include <algorithm>
#include <bit>
#include <set>

namespace guard::codegen {
namespace {

double log_of(size_t n) { return static_cast<double>(std::bit_width(n)); }

constexpr double kRow = 6;  // Selecting a row, on every decision.

// Classifying the attribute and selecting its row, on every decision.
double classify_cost(const Dim& dim) {
  switch (dim.classifier) {
    case Classifier::Flag:
    case Classifier::Presence:
    case Classifier::Signal:
      return kRow + 3;
    case Classifier::Numbers:
      return kRow + 4 + 2 * log_of(dim.numbers.size());
    case Classifier::Strings:
      return kRow + 12;
    case Classifier::Versions:
      return kRow + 35 * log_of(dim.texts.size());
    case Classifier::Windows:
      return kRow + 30 * static_cast<double>(dim.atoms.size());
    case Classifier::TextAtoms:
    case Classifier::SetAtoms:
      break;
  }
  std::set<size_t> prefixes, suffixes;
  bool constants = false, infixes = false;
  for (size_t i = 0; i < dim.atoms.size(); ++i) {
    constants = constants || dim.atoms[i].kind == TextAtom::Kind::Constants;
    if (dim.atoms[i].kind != TextAtom::Kind::Pattern) continue;
    const Shape& shape = dim.shapes[i];
    if (shape.kind == Shape::Kind::Prefix) prefixes.insert(shape.text.size());
    if (shape.kind == Shape::Kind::Suffix) suffixes.insert(shape.text.size());
    infixes = infixes || shape.kind == Shape::Kind::Infix;
  }
  const double one = 8 + (constants ? 10 : 0) + 10 * static_cast<double>(prefixes.size() + suffixes.size()) +
                     30 * static_cast<double>(dim.groups.size() + (infixes ? 1 : 0));
  constexpr double kElements = 2;
  return kRow + (dim.classifier == Classifier::SetAtoms ? kElements * one : one);
}

// Testing the same by code, once.
double code_cost(const Dim& dim) {
  switch (dim.classifier) {
    case Classifier::Versions:
      return 50;
    case Classifier::Windows:
    case Classifier::TextAtoms:
    case Classifier::SetAtoms:
      return 35;
    default:
      return 15;
  }
}

// How often the literal lets an entry pass, when nothing is known about the actions.
double passes(const Dim& dim, const Literal& literal) {
  if (dim.multi) {
    const double one = dim.classifier == Classifier::Windows ? 0.3 : 0.1;
    const double any = std::min(0.9, one * static_cast<double>(literal.atoms.size()));
    return literal.negative ? 1 - any : any;
  }
  if (dim.classifier == Classifier::Signal) {
    static constexpr double kStates[] = {0.8, 0.1, 0.1};  // fresh, missing, stale
    double sum = 0.001;
    for (uint32_t state = 0; state < 3; ++state) sum += literal.classes.contains(state) ? kStates[state] : 0;
    return sum;
  }
  return std::max(0.0001, static_cast<double>(literal.classes.count()) / static_cast<double>(dim.classes));
}

}  // namespace

std::vector<uint32_t> dims_not_worth_it(const Dims& dims, const std::vector<Box>& boxes,
                                        const std::vector<uint32_t>& ranked, std::optional<uint32_t> scope) {
  struct Use {
    uint32_t entry;
    double passes;
  };
  std::vector<std::vector<Use>> uses(dims.dims().size());
  std::vector<double> survives(boxes.size(), 1);
  for (const uint32_t entry : ranked) {
    for (const Box::Side& side : boxes[entry].sides()) {
      const double p = passes(dims.dims()[side.literal.dim], side.literal);
      uses[side.literal.dim].push_back({entry, p});
      survives[entry] *= p;
    }
  }
  std::vector<uint32_t> kept, left_out;
  for (uint32_t d = 0; d < uses.size(); ++d) {
    if (!uses[d].empty()) kept.push_back(d);
  }
  // One at a time, the worst first: leaving out one dim makes the others more useful.
  while (true) {
    double worst = 0;
    auto found = kept.end();
    for (auto at = kept.begin(); at != kept.end(); ++at) {
      const Dim& dim = dims.dims()[*at];
      double runs = 0;  // of entries that everything else lets pass
      for (const Use& use : uses[*at]) runs += survives[use.entry] / use.passes;
      const double cost = *at == scope ? kRow : classify_cost(dim);
      const double loss = cost - runs * code_cost(dim);
      if (loss > worst) {
        worst = loss;
        found = at;
      }
    }
    if (found == kept.end()) break;
    for (const Use& use : uses[*found]) survives[use.entry] /= use.passes;
    left_out.push_back(*found);
    kept.erase(found);
  }
  std::sort(left_out.begin(), left_out.end());
  return left_out;
}

}  // namespace guard::codegen
