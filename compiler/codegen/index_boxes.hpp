// Boxes: what the index knows of each entry's condition, one literal per dim, and which parts of the condition that
// covers.
#pragma once
#include <cstdint>
#include <vector>

#include "codegen/index_dims.hpp"
#include "codegen/index_scope.hpp"
#include "ir/condition.hpp"

namespace guard::codegen {

// The parts of one entry's condition (the members of its top-level `and`) and the literals that they give.
class Box {
 public:
  struct Side {
    Literal literal;
    std::vector<uint32_t> parts;  // parts that rely on this literal
  };

  Box(const Dims& dims, ir::Condition condition);
  // Of the condition the index gets to know one part only, a single test; the rest stays in the residual code.
  Box(const Dims& dims, ir::Condition condition, uint32_t part);

  [[nodiscard]] const std::vector<Side>& sides() const { return sides_; }
  [[nodiscard]] std::vector<Side>& sides() { return sides_; }
  // The index will not know the literal exactly, or not at all: the parts that rely on it stay in the residual code.
  void weaken(const Side& side);
  void drop(size_t side);

  // Takes a part out that asks a number to lie in a range, the one that rules out most; all instants when there is
  // none.
  [[nodiscard]] NumberRange take_range(const check::PolicySet& set, const check::Kind& kind);
  // What the index does not decide; True when it decides everything.
  [[nodiscard]] ir::Condition take_residual();

 private:
  void take(ir::Condition condition);
  void add(const Dims& dims, const Literal& literal, uint32_t part);

  std::vector<ir::Condition> parts_;
  std::vector<bool> residual_;  // per part
  std::vector<Side> sides_;     // by dim
};

// The literals that follow from a condition: never stronger than it. `exact` when together they are the condition.
struct Projection {
  std::vector<Literal> literals;  // by dim, one each
  bool exact = true;
};
[[nodiscard]] Projection project(const Dims& dims, const ir::Condition& condition, bool positive);

}  // namespace guard::codegen
