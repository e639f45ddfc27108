// Every relevant action of every kind, decided by the reference evaluator: what the findings are computed from.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "space.hpp"
#include "tests/reference/ruling.hpp"

namespace guard::oracle {

using Bits = uint32_t;  // of rules, exceptions, break-glasses, invariants or covers, by their place in the set
constexpr Bits bit(size_t i) { return Bits{1} << i; }

// One decided action.
struct Row {
  bool admissible = false;  // not an error
  bool by_default = false;
  reference::Outcome outcome = reference::Outcome::Deny;
  Bits fired = 0, degraded = 0, unmet = 0, applied = 0, excepted = 0, unknown = 0;
  Bits exceptions = 0, glasses = 0, invariants = 0, covers = 0;  // whose condition surely holds
  auto operator<=>(const Row&) const = default;
};

struct Decided {
  reference::Outcome outcome = reference::Outcome::Deny;
  bool by_default = false;
};

struct KindTable {
  check::KindId kind{};
  std::unique_ptr<Space> space{};
  std::vector<Row> rows{};  // by index in the space
};

// The actions of a set from `as_of` on. Throws Unsupported.
class Table {
 public:
  Table(const check::PolicySet& set, int64_t as_of_ns);

  [[nodiscard]] const check::PolicySet& set() const { return set_; }
  [[nodiscard]] int64_t as_of_ns() const { return as_of_ns_; }
  [[nodiscard]] const std::vector<KindTable>& kinds() const { return kinds_; }
  [[nodiscard]] const check::Kind& kind(const KindTable& table) const {
    return set_.kinds[static_cast<uint32_t>(table.kind)];
  }
  [[nodiscard]] size_t actions() const;
  // The decision on the row's action by the set without some rules.
  [[nodiscard]] Decided without(const KindTable& table, const Row& row, Bits removed) const;
  // Rules that are enforced and can give an outcome: deny, require, hold, allow.
  [[nodiscard]] Bits deciding() const { return deciding_; }
  [[nodiscard]] Bits enforced() const { return enforced_; }
  // Whether some admissible action of the kind from `from_ns` to `as_of` makes the rule fire.
  [[nodiscard]] bool fired_before(size_t rule, int64_t from_ns) const;
  // The number of rows whose decision, made again from the table, is not the reference evaluator's. Always 0.
  [[nodiscard]] size_t self_check() const;
  // The truths of any action, as those of the rows.
  [[nodiscard]] Row decide(check::KindId kind, const Action& action) const;

 private:
  const check::PolicySet& set_;
  int64_t as_of_ns_;
  Bits enforced_ = 0, deciding_ = 0;
  std::vector<Bits> overriders_;  // by rule: the enforced allows that override it
  std::vector<KindTable> kinds_;
};

[[nodiscard]] reference::Evaluation evaluation_of(const check::PolicySet& set, check::KindId kind,
                                                  const Action& action);
// The end of time for verification.
[[nodiscard]] int64_t horizon_end(const check::PolicySet& set);

}  // namespace guard::oracle
