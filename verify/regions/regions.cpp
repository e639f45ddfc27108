// From a formula to points over the cells of its groups, to boxes, to conditions.
#include "verify/regions/regions.hpp"

#include <unordered_map>

#include "verify/regions/cover.hpp"

namespace guard::verify {
namespace {

// The formula over variables that stand for the groups: a value per cell.
class Terms {
 public:
  Terms(const Formulas& formulas, const AtomGroups& atoms, Problem& problem)
      : formulas_(formulas), atoms_(atoms), problem_(problem) {}

  TermId of(Formula f, bool positive) {
    if (f == kTrue || f == kFalse) return (f == kTrue) == positive ? kTrueTerm : kFalseTerm;
    const Node& node = formulas_[f];
    if (node.op == Op::Not) return of(Formula{node.a}, !positive);
    const uint64_t key = uint64_t{static_cast<uint32_t>(f)} << 1 | (positive ? 1 : 0);
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    const TermId made = make(f, positive);
    known_.emplace(key, made);
    return made;
  }

 private:
  TermId make(Formula f, bool positive) {
    const Node& node = formulas_[f];
    if (node.op == Op::And || node.op == Op::Or) {
      std::vector<TermId> children{of(Formula{node.a}, positive)};
      Formula rest{node.b};
      for (; formulas_[rest].op == node.op; rest = Formula{formulas_[rest].b}) {
        children.push_back(of(Formula{formulas_[rest].a}, positive));
      }
      children.push_back(of(rest, positive));
      return (node.op == Op::And) == positive ? problem_.all(std::move(children)) : problem_.any(std::move(children));
    }
    const AtomPlace place = atoms_.place(f);
    const AtomGroup& group = atoms_.groups()[place.group];
    Mask mask = empty_mask(static_cast<uint32_t>(group.cells.size()));
    for (uint32_t c = 0; c < group.cells.size(); ++c) {
      if (group.cells[c][place.atom] == positive) set_bit(mask, c);
    }
    return problem_.lit(place.group, std::move(mask));
  }

  const Formulas& formulas_;
  const AtomGroups& atoms_;
  Problem& problem_;
  std::unordered_map<uint64_t, TermId> known_;
};

}  // namespace

RegionList regions_of(KindModel& model, Grounder& grounder, Solver& solver, Formula wanted, Formula free) {
  RegionList out;
  AtomGroups atoms(model, {wanted, free});
  if (!atoms.find_cells(grounder, solver)) return out;
  PointSet points;
  for (const AtomGroup& group : atoms.groups()) {
    Variable variable;
    variable.values = static_cast<uint32_t>(group.cells.size());
    for (uint32_t c = 0; c < variable.values; ++c) variable.order.push_back(c);
    points.problem.variables.push_back(std::move(variable));
  }
  Terms terms(model.formulas, atoms, points.problem);
  points.wanted = terms.of(wanted, true);
  points.free = terms.of(free, true);
  points.outside = points.problem.all({terms.of(wanted, false), terms.of(free, false)});
  const std::optional<std::vector<PointBox>> boxes = cover(points, solver);
  if (!boxes) return out;
  out.complete = true;
  Words words(model);
  for (const PointBox& box : *boxes) {
    std::vector<Choice> choices;
    for (size_t g = 0; g < box.size(); ++g) {
      const AtomGroup& group = atoms.groups()[g];
      if (box[g] == full_mask(static_cast<uint32_t>(group.cells.size()))) continue;
      std::vector<bool> cells;
      for (uint32_t c = 0; c < group.cells.size(); ++c) cells.push_back(has_bit(box[g], c));
      choices.push_back(choose_words(model, words, group, cells));
    }
    Region region;
    std::vector<Formula> parts;
    for (const Choice& choice : choices) {
      const bool wrap = choice.alternatives && choices.size() > 1;
      region.condition += (region.condition.empty() ? "" : " and ") + (wrap ? "(" + choice.text + ")" : choice.text);
      parts.push_back(choice.formula);
    }
    if (choices.empty()) region.condition = "true";
    region.formula = model.formulas.all(parts);
    out.regions.push_back(std::move(region));
  }
  return out;
}

}  // namespace guard::verify
