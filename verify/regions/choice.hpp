// Some of a group's cells as a condition.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "verify/regions/atoms.hpp"
#include "verify/regions/words.hpp"

namespace guard::verify {

// `alternatives` joined by `or`, or `all of` several joined by `and`.
struct Choice {
  std::string text;
  bool alternatives = false;  // a disjunction, which stands in parentheses beside others
  Formula formula = kTrue;
};

class Chooser {
 public:
  Chooser(KindModel& model, Words& words, AtomGroups& atoms, const AtomGroup& group);
  // REQUIRES: some of the group's cells, not none.
  [[nodiscard]] Choice choose(Diagram wanted);

 private:
  struct Test {
    Literal literal;
    Diagram cells = kNone;  // where it is true
    size_t order = 0;       // attributes as they are declared, constants as they ascend
  };
  using Part = std::vector<size_t>;  // tests
  [[nodiscard]] std::vector<Part> parts(Diagram wanted, bool any);
  [[nodiscard]] Part one(const std::vector<bool>& cell, Diagram wanted, bool conjunction);
  [[nodiscard]] Diagram together(const Part& part, bool conjunction);
  [[nodiscard]] bool fits(Diagram whole, Diagram wanted, bool conjunction);
  [[nodiscard]] std::optional<Choice> listed(Diagram wanted);
  [[nodiscard]] Choice write(const std::vector<Part>& parts, bool any) const;
  [[nodiscard]] std::string part_text(const Part& part, bool conjunction, bool beside) const;

  KindModel& model_;
  AtomGroups& atoms_;
  Diagrams& sets_;
  const AtomGroup& group_;
  std::vector<Test> tests_;
};

}  // namespace guard::verify
