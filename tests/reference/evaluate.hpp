// Truth of conditions over one record at one instant: Kleene's three values, straight over the typed tree.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "pattern.hpp"
#include "record.hpp"

namespace guard::reference {

enum class Truth : uint8_t { False, Unknown, True };

[[nodiscard]] Truth truth_not(Truth a);
[[nodiscard]] Truth truth_and(Truth a, Truth b);
[[nodiscard]] Truth truth_or(Truth a, Truth b);

// What an operand reads: absent, unknown (its signal is missing or stale), or a value.
struct Read {
  enum class State : uint8_t { Absent, Missing, Stale, There };
  State state = State::Absent;
  const Value* value = nullptr;  // There: the record's, or `storage` for a lookup
};

// The innermost row and element that enclosing quantifiers are at.
struct Scope {
  const std::vector<Value>* row = nullptr;
  const Value* element = nullptr;
};

struct ApprovalCount {
  uint32_t have = 0;
  bool met = false;
};

class Evaluation {
 public:
  // `values` are the record's; `now` replaces its instant.
  Evaluation(const check::PolicySet& set, const check::Kind& kind, const std::vector<Value>& values, int64_t now);

  [[nodiscard]] Truth truth(const check::Condition& condition, const Scope& scope = {}) const;
  [[nodiscard]] Read read(const check::Operand& operand, const Scope& scope, Value& storage) const;
  [[nodiscard]] check::SignalState signal_state(check::LeafId signal) const;
  [[nodiscard]] ApprovalCount approvals(check::RequirementId requirement) const;
  // Each row of a list as a scope, or each element of a set; `storage` keeps the elements alive.
  [[nodiscard]] std::vector<Scope> scopes(const check::Condition& quantifier, const Scope& outer,
                                          std::vector<Value>& storage) const;

  [[nodiscard]] int64_t now() const { return now_; }
  void set_now(int64_t now);
  // The same with every given signal as of now.
  [[nodiscard]] Evaluation with_fresh_signals() const;
  // For counting what decides: the truth of this atom is replaced, at every evaluation of it.
  void force(const check::Condition* atom, Truth truth) { forced_ = atom, forced_truth_ = truth; }

  [[nodiscard]] const check::PolicySet& set() const { return set_; }
  [[nodiscard]] const check::Kind& kind() const { return kind_; }
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }

 private:
  [[nodiscard]] Truth connective(const check::Condition& c, const Scope& scope) const;
  [[nodiscard]] Truth atom(const check::Condition& c, const Scope& scope) const;
  [[nodiscard]] Truth quantifier(const check::Condition& c, const Scope& scope) const;
  [[nodiscard]] Truth linear(const check::Condition& c, const Scope& scope) const;
  [[nodiscard]] bool one_operand(const check::Condition& c, const Value& value) const;

  const check::PolicySet& set_;
  const check::Kind& kind_;
  std::vector<Value> values_;
  int64_t now_;
  const check::Condition* forced_ = nullptr;
  Truth forced_truth_ = Truth::False;
};

[[nodiscard]] bool compare_holds(int comparison, check::Compare compare);
[[nodiscard]] bool is_quantifier(const check::Condition& c);
[[nodiscard]] bool is_connective(const check::Condition& c);
[[nodiscard]] bool uses_window(const check::Condition& c);

}  // namespace guard::reference
