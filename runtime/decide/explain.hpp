// Why a rule fired, and what would have to change: over the condition as the author wrote it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "decide/engine.hpp"
#include "decide/evaluate.hpp"

namespace guardvm {

enum class TimeIs : uint8_t { Known, Unknown };

// Kleene truth of a node of the condition tree. An atom over a signal that is not fresh is unknown; with
// TimeIs::Unknown so is every atom that depends on the instant.
[[nodiscard]] Truth evaluate_node(const Facts& facts, uint32_t node, TimeIs time = TimeIs::Known);

struct Reason {
  uint32_t node = 0;  // an atom
  Truth truth = Truth::True;
  bool operator==(const Reason&) const = default;
};
// A smallest set of atoms, with the truth they have, that suffices to make the node what it is (`at_least` True: surely
// true; Unknown: possibly true). Smallest over the tree as written: an atom written twice counts twice.
[[nodiscard]] std::vector<Reason> sufficient(const Facts& facts, uint32_t node, Truth at_least);

// One change of an attribute: set `environment` to `staging`, add `dba` to `actor.groups`, clear `dependencies`.
struct Change {
  enum class How : uint8_t { Set, Add, Remove, Clear };
  std::string attribute;
  std::string value;  // as text; empty for Clear
  How how = How::Set;
};
// "set", "add", "remove", "clear".
[[nodiscard]] std::string_view change_word(Change::How how);

// The fewest changes (at most two) of single attributes after which the last action is allowed; empty: none was found
// among the values that the rules speak of. The instant, approvals, signals' times and the actor's identity are not
// changed: `missing` and `valid_until` speak of those. COST: at most kNearestBudget decisions.
inline constexpr uint32_t kNearestBudget = 20'000;
[[nodiscard]] std::vector<Change> nearest_allowed(Engine& engine, const Decision& decision);

}  // namespace guardvm
