// The regions of the gaps: compiled back as conditions of the language and compared action by action.
#include <algorithm>
#include <set>

#include "compare.hpp"
#include "tests/reference/reference.hpp"

namespace guard::oracle {
namespace {

using reference::Truth;

struct Region {
  std::string text;
  check::KindId kind{};
  std::vector<bool> inside;  // by row
};

// The set with a policy more, whose rules have the regions as conditions.
std::optional<property::CompiledSet> with_regions(property::Files files, const Table& table,
                                                  const std::vector<Region>& regions, std::string& reasons) {
  std::string text = "policy oracle_regions\n";
  for (size_t i = 0; i < regions.size(); ++i)
    text += "rule region_" + std::to_string(i) + " on " +
            table.set().kinds[static_cast<uint32_t>(regions[i].kind)].name + "\n  when " + regions[i].text +
            "\n  warn\n";
  files.push_back({"oracle_regions.guard", text});
  return property::compile(files, reasons);
}

// Whether a part's option can be added to the region without an action that is no gap: then the region is not maximal.
std::string grows(const KindTable& kind, const std::vector<bool>& gap, const Region& region) {
  const Space& space = *kind.space;
  std::vector<std::set<size_t>> used(space.parts());
  size_t cells = 0;
  for (size_t i = 0; i < region.inside.size(); ++i) {
    if (!region.inside[i]) continue;
    ++cells;
    for (size_t p = 0; p < space.parts(); ++p) used[p].insert(space.option(i, p));
  }
  size_t box = 1;
  for (const std::set<size_t>& options : used) box *= options.size();
  if (box != cells)
    return "";  // not a box of these parts: attributes that are compared, or actions that are no actions
  for (size_t p = 0; p < space.parts(); ++p)
    for (size_t option = 0; option < space.options(p); ++option) {
      if (used[p].contains(option)) continue;
      bool free = true, any = false;
      for (size_t i = 0; i < region.inside.size() && free; ++i) {
        if (!region.inside[i] || space.option(i, p) != *used[p].begin()) continue;
        const size_t other = space.with_option(i, p, option);
        if (!kind.rows[other].admissible) continue;
        any = true;
        free = gap[other];
      }
      if (free && any) return "it can be made larger along part " + std::to_string(p);
    }
  return "";
}

}  // namespace

std::vector<Disagreement> compare_regions(const property::Files& files, const Table& table,
                                          const std::vector<VerifierFinding>& gaps) {
  std::vector<Disagreement> out;
  std::vector<Region> regions;
  reference::Evaluator evaluator(table.set());
  for (const VerifierFinding& gap : gaps) {
    const reference::Record record = evaluator.read(gap.witness, {});
    if (record.kind) regions.push_back({gap.region, *record.kind, {}});
  }
  std::string reasons;
  const std::optional<property::CompiledSet> compiled = with_regions(files, table, regions, reasons);
  if (!compiled) return {{"region", "gap", "a region does not compile back: " + reasons}};
  for (size_t r = 0; r < regions.size(); ++r) {
    const std::string id = "oracle_regions.region_" + std::to_string(r);
    const KindTable& kind = table.kinds()[static_cast<uint32_t>(regions[r].kind)];
    for (const check::Rule& rule : compiled->set.rules) {
      if (rule.id != id) continue;
      regions[r].inside.resize(kind.rows.size());
      for (size_t i = 0; i < kind.rows.size(); ++i)
        regions[r].inside[i] =
            kind.rows[i].admissible &&
            evaluation_of(compiled->set, kind.kind, kind.space->at(i)).truth(rule.on[0].condition) == Truth::True;
    }
  }
  for (const KindTable& kind : table.kinds()) {
    std::vector<bool> gap(kind.rows.size(), false);
    for (size_t i = 0; i < kind.rows.size(); ++i)
      for (size_t c = 0; c < table.set().covers.size(); ++c) gap[i] = gap[i] || is_gap(table, kind.rows[i], c);
    std::vector<size_t> times(kind.rows.size(), 0);
    for (const Region& region : regions) {
      if (region.kind != kind.kind) continue;
      for (size_t i = 0; i < times.size(); ++i) times[i] += region.inside[i];
    }
    const auto record = [&](size_t i) { return record_json(table.set(), kind.kind, kind.space->at(i)); };
    for (size_t i = 0; i < times.size(); ++i) {
      if ((times[i] > 0) == gap[i]) continue;
      out.push_back({"region", "gap", (gap[i] ? "in no region: " : "no gap, but in a region: ") + record(i)});
      break;
    }
    for (const Region& region : regions) {
      if (region.kind != kind.kind) continue;
      bool needed = false;
      for (size_t i = 0; i < times.size(); ++i) needed = needed || (region.inside[i] && times[i] == 1);
      if (!needed) out.push_back({"region", "gap", "not needed beside the others: " + region.text});
      if (const std::string why = grows(kind, gap, region); !why.empty())
        out.push_back({"region", "gap", why + ": " + region.text});
    }
  }
  return out;
}

}  // namespace guard::oracle
