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

// The findings `weakened-baseline` of a report on the team's set with the organisation's as its baseline. Both have one
// schema, and each policies of its own names (see with_own_policies).
// READING (weakened-baseline): the organisation's set alone denies or holds the action and both together, with its
// blocking rules mandatory, allow it; also when it is only the organisation's default that denies. An action that is an
// error for either is none.
[[nodiscard]] DiffComparison compare_baseline(const property::Files& team, const property::Files& organisation,
                                              int64_t as_of_ns, const VerifierReport& report);

// The same set with its policies under other names, in files of other names.
[[nodiscard]] property::Files with_own_policies(const property::Files& files, const std::string& prefix);

}  // namespace guard::oracle
