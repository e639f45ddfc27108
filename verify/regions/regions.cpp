// From a formula to points over the cells of its groups, to boxes, to conditions.
#include "verify/regions/regions.hpp"

#include <map>

#include "verify/regions/choice.hpp"
#include "verify/regions/cover.hpp"
#include "verify/regions/words.hpp"

namespace guard::verify {

RegionList regions_of(KindModel& model, Grounder& grounder, Solver& solver, KnownCells& known, const Wanted& wanted) {
  RegionList out;
  AtomGroups atoms(model, {wanted.actions, wanted.free, wanted.at_time});
  if (!atoms.find_cells(grounder, solver, known)) return out;
  atoms.keep(wanted.at_time);
  Diagrams& sets = atoms.sets();
  Diagram all = kAll;
  for (size_t g = atoms.groups().size(); g > 0; --g) all = sets.both(atoms.groups()[g - 1].cells, all);
  PointSet points;
  points.wanted = atoms.points(wanted.actions, all);
  points.free = atoms.points(wanted.free, all);
  points.outside = sets.minus(all, sets.either(points.wanted, points.free));
  const std::optional<std::vector<PointBox>> boxes = cover(atoms, points);
  if (!boxes) return out;
  out.complete = true;
  Words words(model);
  std::vector<Chooser> choosers;
  for (const AtomGroup& group : atoms.groups()) choosers.emplace_back(model, words, atoms, group);
  std::map<std::pair<size_t, Diagram>, Choice> chosen;  // many boxes have the same cells of a group
  for (const PointBox& box : *boxes) {
    std::vector<Choice> choices;
    for (size_t g = 0; g < box.size(); ++g) {
      if (box[g] == atoms.groups()[g].cells) continue;
      const auto [at, is_new] = chosen.try_emplace({g, box[g]});
      if (is_new) at->second = choosers[g].choose(box[g]);
      choices.push_back(at->second);
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
