// Two bundles' rules on one kind over one set of attributes, so that their decisions can be compared.
//
// The main bundle's model gets what the other one's says, by content: an attribute is the one of the same path, a
// constant, pattern or window the one that is the same. INVARIANT: formulas that say the same of both are one formula
// (they are hash-consed), so a rule that did not change is seen without asking.
//
// An action is a record that fits at least one of the two schemas. Where they differ in what fits (a range, the words
// of an enum, what may be absent), attributes take what either takes, and `fits` says what fits the one side.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "verify/model/decision.hpp"

namespace guard::verify {

// One side's decision on the kind, over the joint model.
struct Side {
  const guardvm::Bundle* bundle = nullptr;
  uint32_t kind = 0;
  std::vector<RuleOnKind> rules;
  struct Glass {
    Formula runs = kFalse;  // it is broken, in time and by somebody who may
    format::Range obligations;
  };
  std::vector<Glass> glasses;
  Formula fits = kTrue;  // the record fits the schema and breaks no assumption; otherwise the decision is `error`
  bool default_allow = false;
};

struct JointKind {
  std::unique_ptr<DecisionModel> main;  // its model is the joint one, closed
  Side old_side, new_side;
  Formula at_time = kTrue;
  std::string failure;  // not empty: the two cannot be compared, and why
};

// An attribute or a kind that only one of the schemas has, or that says something else.
struct SchemaChange {
  std::string kind, attribute;  // attribute empty: the kind
  std::string what;             // "added", "removed", or how it changed
};

// The attributes of a kind that differ. REQUIRES: both bundles have the kind.
[[nodiscard]] std::vector<SchemaChange> schema_changes(const guardvm::Bundle& before, uint32_t old_kind,
                                                       const guardvm::Bundle& after, uint32_t new_kind);

// REQUIRES: the worlds outlive the result, and are of the same instants.
[[nodiscard]] std::unique_ptr<JointKind> join_kinds(World& before, uint32_t old_kind, World& after, uint32_t new_kind);

}  // namespace guard::verify
