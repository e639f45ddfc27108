// The findings of a set, by the contracts of `guardc verify` and nothing else, from the table of all its actions.
//
// One function per check. Where a contract leaves something open, the function's comment says how it is read here,
// after the word READING; these are meant to be compared with the contracts in verify/checks/.
#pragma once
#include <string>
#include <vector>

#include "table.hpp"

namespace guard::oracle {

struct Finding {
  std::string id;
  std::vector<std::string> names;  // what it is about: rules, exceptions, invariants, covers; the one at fault first
  std::string severity;
  auto operator<=>(const Finding&) const = default;
};

struct Check {
  const char* id;
  const char* severity;
  bool ordered;  // the order of the names means something
  std::vector<Finding> (*run)(const Table&);
};
[[nodiscard]] const std::vector<Check>& checks();
[[nodiscard]] const Check* find_check(const std::string& id);

// All findings that are not switched off in the schema or accepted beside a rule, sorted. `only`: of one check.
[[nodiscard]] std::vector<Finding> all_findings(const Table& table, const std::string& only = "");

// Rules that match no admissible action (also those in mode `off`, which do not exist).
[[nodiscard]] Bits never_matching(const Table& table);

// The cover as a name: "cover 1" is the first one of the set.
[[nodiscard]] std::string cover_name(size_t cover);
// Whether the action, inside the cover, is left to the default alone.
[[nodiscard]] bool is_gap(const Table& table, const Row& row, size_t cover);
// Whether an allow rule and a deny rule both stand on the action.
[[nodiscard]] bool stand_both(const Row& row, size_t allow, size_t deny);
// Whether nothing can release the held action: no approvals, no signal and no later instant.
[[nodiscard]] bool is_stuck(const Table& table, const KindTable& kind, const Action& action);
// Whether the action is let through only because the rule ignores a signal that is not fresh.
[[nodiscard]] bool fails_open(const Table& table, check::KindId kind, const Action& action, size_t rule);
// Whether the actor's own approvals alone meet one of the rule's requirements, where the rule fires.
[[nodiscard]] bool releases_itself(const Table& table, check::KindId kind, const Action& action, size_t rule);

std::vector<Finding> find_conflict(const Table& table);
std::vector<Finding> find_contradictory_obligations(const Table& table);
std::vector<Finding> find_never_matches(const Table& table);
std::vector<Finding> find_always_matches(const Table& table);
std::vector<Finding> find_dead_condition(const Table& table);
std::vector<Finding> find_unreachable(const Table& table);
std::vector<Finding> find_redundant(const Table& table);
std::vector<Finding> find_gap(const Table& table);
std::vector<Finding> find_dead_end(const Table& table);
std::vector<Finding> find_self_release(const Table& table);
std::vector<Finding> find_invariant_violated(const Table& table);
std::vector<Finding> find_override_unused(const Table& table);
std::vector<Finding> find_exception_expired(const Table& table);
std::vector<Finding> find_exception_too_broad(const Table& table);
std::vector<Finding> find_break_glass_too_broad(const Table& table);
std::vector<Finding> find_never_active_again(const Table& table);
std::vector<Finding> find_signal_fails_open(const Table& table);
std::vector<Finding> find_empty_scope(const Table& table);

}  // namespace guard::oracle
