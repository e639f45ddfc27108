// Conditions over counts, for `report --require`: `shadow_days >= 7 and would_block <= 5`.
//
//   expression = term { "or" term }      term = factor { "and" factor }
//   factor     = "not" factor | "(" expression ")" | NAME ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) NUMBER
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardvm/error.hpp"

namespace guardvm::tool {

using RuleFacts = std::vector<std::pair<std::string_view, uint64_t>>;

class Requirement {
 public:
  // Failure: what is wrong with the text, and where. `names`: those that may be used.
  static Loaded<Requirement> parse(const std::string& text, const std::vector<std::string_view>& names);
  // REQUIRES: `facts` has every name.
  [[nodiscard]] bool holds(const RuleFacts& facts) const;

 private:
  friend class RequirementParser;
  enum class Op : uint8_t { Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual, Not, And, Or };
  struct Node {
    Op op = Op::And;
    std::string name;
    uint64_t number = 0;
    size_t left = 0, right = 0;  // of And and Or; Not has `left`
  };
  [[nodiscard]] bool holds(size_t node, const RuleFacts& facts) const;
  std::vector<Node> nodes_;  // the last one is the root
};

}  // namespace guardvm::tool
