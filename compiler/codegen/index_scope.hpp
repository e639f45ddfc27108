// The scope of a kind: the string attribute whose constants tell most entries apart, say the service. An entry that
// asks for a few constants of it is listed under each of them; the runtime then never looks at the others.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "check/model.hpp"
#include "ir/condition.hpp"

namespace guard::codegen {

inline constexpr uint32_t kNoPart = 0xffffffffu;

struct Scoping {
  std::optional<uint32_t> leaf;
  // Per entry the part of its condition (a member of its top-level `and`; 0 when it is none) that names constants of
  // the leaf, when the entry is to be listed; else kNoPart.
  std::vector<uint32_t> parts;
};

// A test that is a range of a number: of a leaf that is there, both ends included.
struct NumberRange {
  uint32_t leaf = 0;
  int64_t least = INT64_MIN, most = INT64_MAX;
  double share = 1;  // of the values, about: how often it holds when nothing is known
};
// Nothing: the condition is no such test.
[[nodiscard]] std::optional<NumberRange> range_of(const ir::Condition& condition, const check::PolicySet& set,
                                                  const check::Kind& kind);

// COST: linear in the tests of the conditions.
[[nodiscard]] Scoping choose_scope(const std::vector<ir::Condition>& conditions);
[[nodiscard]] const ir::Condition& part_of(const ir::Condition& condition, uint32_t part);

}  // namespace guard::codegen
