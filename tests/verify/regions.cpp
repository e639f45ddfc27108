// Regions compiled back; see regions.hpp.
#include "regions.hpp"

#include <algorithm>
#include <set>

#include "tests/reference/evaluate.hpp"

namespace guard::oracle {
namespace {

using Cells = std::vector<bool>;

// The set with a policy more, whose rules have the regions as conditions.
std::optional<property::CompiledSet> with_regions(property::Files files, const std::string& kind,
                                                  const std::vector<std::string>& regions, std::string& reasons) {
  std::string text = "policy oracle_regions\n";
  for (size_t i = 0; i < regions.size(); ++i)
    text += "rule region_" + std::to_string(i) + " on " + kind + "\n  when " + regions[i] + "\n  warn\n";
  files.push_back({"oracle_regions.guard", text});
  return property::compile(files, reasons);
}

// The relevant actions in a region.
Cells cells_of(const property::CompiledSet& compiled, const Wanted& wanted, const check::Condition& region) {
  Cells out(wanted.space.size(), false);
  const check::Kind& kind = compiled.set.kinds[static_cast<uint32_t>(wanted.kind)];
  for (size_t i = 0; i < out.size(); ++i) {
    if (!wanted.relevant[i]) continue;
    const Action action = wanted.space.at(i);
    const reference::Evaluation evaluation(compiled.set, kind, action.values, action.now);
    out[i] = evaluation.truth(region) == reference::Truth::True;
  }
  return out;
}

// Whether an option of some part can be added to the region without an action that is not wanted.
bool can_grow(const Wanted& wanted, const Cells& region) {
  const Space& space = wanted.space;
  std::vector<std::set<size_t>> used(space.parts());
  size_t cells = 0, box = 1;
  for (size_t i = 0; i < region.size(); ++i) {
    if (!region[i]) continue;
    ++cells;
    for (size_t p = 0; p < space.parts(); ++p) used[p].insert(space.option(i, p));
  }
  for (const std::set<size_t>& options : used) box *= options.size();
  // Not a box of these parts: attributes that are compared, or actions that are errors. Then nothing is said.
  if (box != cells) return false;
  for (size_t p = 0; p < space.parts(); ++p)
    for (size_t option = 0; option < space.options(p); ++option) {
      if (used[p].contains(option)) continue;
      bool free = true, any = false;
      for (size_t i = 0; i < region.size() && free; ++i) {
        if (!region[i] || space.option(i, p) != *used[p].begin()) continue;
        const size_t other = space.with_option(i, p, option);
        if (!wanted.relevant[other]) continue;
        any = true;
        free = wanted.inside[other];
      }
      if (free && any) return true;
    }
  return false;
}

}  // namespace

std::vector<std::string> cover_problems(const property::Files& files, const Wanted& wanted,
                                        const std::vector<std::string>& regions) {
  if (regions.empty() && std::none_of(wanted.inside.begin(), wanted.inside.end(), [](bool in) { return in; }))
    return {};
  for (const std::string& region : regions)
    if (region.empty()) return {"no region is given"};
  std::string reasons;
  const std::string& kind = wanted.set.kinds[static_cast<uint32_t>(wanted.kind)].name;
  const auto compiled = with_regions(files, kind, regions, reasons);
  if (!compiled) return {"a region does not compile back: " + reasons};
  std::vector<Cells> cells;
  for (size_t r = 0; r < regions.size(); ++r)
    for (const check::Rule& rule : compiled->set.rules)
      if (rule.id == "oracle_regions.region_" + std::to_string(r))
        cells.push_back(cells_of(*compiled, wanted, rule.on[0].condition));
  std::vector<size_t> times(wanted.inside.size(), 0);
  for (const Cells& region : cells)
    for (size_t i = 0; i < times.size(); ++i) times[i] += region[i];
  std::vector<std::string> out;
  for (const bool too_much : {false, true})
    for (size_t i = 0; i < times.size(); ++i) {
      if ((times[i] > 0) == wanted.inside[i] || wanted.inside[i] == too_much) continue;
      out.push_back(std::string(too_much ? "in a region and should not be: " : "in no region: ") +
                    record_json(wanted.set, wanted.kind, wanted.space.at(i)));
      break;
    }
  if (!wanted.whole) return out;
  for (size_t r = 0; r < cells.size(); ++r) {
    bool needed = false;
    for (size_t i = 0; i < times.size(); ++i) needed = needed || (cells[r][i] && times[i] == 1);
    if (!needed) out.push_back("not needed beside the others: " + regions[r]);
    if (can_grow(wanted, cells[r])) out.push_back("could be larger: " + regions[r]);
  }
  return out;
}

}  // namespace guard::oracle
