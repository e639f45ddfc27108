// A rule's condition as its author wrote it, as formulas: the tree of connectives over atoms that the bundle carries.
#pragma once
#include <string>
#include <vector>

#include "verify/checks/checker.hpp"

namespace guard::verify {

enum class Truth : uint8_t { Surely, Possibly };
// Which of the two makes the rule fire (grammar/LANGUAGE.md, "Signals").
[[nodiscard]] Truth truth_of(const format::RuleRow& rule);

class ConditionReader {
 public:
  ConditionReader(Checker& checker, KindState& kind) : checker_(checker), kind_(kind) {}

  // The node's formula. With `replaced` the atom of that number (in order of appearance) is a constant instead.
  static constexpr uint32_t kNoAtom = 0xffffffffu;
  [[nodiscard]] Formula formula(uint32_t node, Truth truth, uint32_t replaced = kNoAtom, bool by = false);
  // The nodes of the atoms, in order of appearance.
  [[nodiscard]] std::vector<uint32_t> atoms(uint32_t node) const;
  // The parts that must all hold.
  [[nodiscard]] std::vector<uint32_t> conjuncts(uint32_t node) const;
  [[nodiscard]] std::string text(uint32_t node) const;  // on one line, as written

 private:
  Formula walk(uint32_t node, Truth truth, uint32_t replaced, bool by, uint32_t& next);
  Checker& checker_;
  KindState& kind_;
};

}  // namespace guard::verify
