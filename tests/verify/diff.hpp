// What a change of a set does, by enumeration, against `guardc diff`.
//
// Both sets decide all actions of the wider of their schemas; each action whose two decisions differ belongs to the
// class of that pair. A class's regions must be an exact cover of its actions; each region's own action must be decided
// so before and after.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "compare.hpp"

namespace guard::oracle {

struct DiffComparison {
  std::vector<Disagreement> disagreements;
  std::map<std::string, size_t> classes;  // actions by "kind: from to to"
  size_t actions = 0, regions = 0;
};

// Throws Unsupported. REQUIRES: both compile, and one schema widens the other's enums and ranges, if they differ.
[[nodiscard]] DiffComparison compare_diff(const property::Files& before, const property::Files& after, int64_t as_of_ns,
                                          const DiffReport& report);

}  // namespace guard::oracle
