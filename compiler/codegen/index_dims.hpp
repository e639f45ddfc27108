// The dims of one kind: which attributes the index classifies, by which constants and patterns, and what each atom of a
// condition says about them.
//
// Two steps: `collect` sees every condition and gathers constants; `close` fixes class ids and builds the automata.
// After that `literal_of` tells, per atom, the classes (or true atoms) for which it holds.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "check/model.hpp"
#include "codegen/patterns.hpp"
#include "guardvm/format.hpp"
#include "ir/condition.hpp"
#include "partition/automaton.hpp"
#include "partition/class_set.hpp"

namespace guard::codegen {

using guardvm::format::Classifier;

// A necessary condition on one dim: for class dims the classes allowed; for multi dims "one of `atoms` is true" or,
// when negative, "none of them is".
struct Literal {
  uint32_t dim = 0;
  bool negative = false;
  bool exact = true;  // the atom holds exactly then
  partition::ClassSet classes;
  std::vector<uint32_t> atoms;  // ascending
};

// One thing that may be true of a text or of some element of a set.
struct TextAtom {
  enum class Kind : uint8_t { Pattern, Constants, Any, Window };
  Kind kind = Kind::Pattern;
  check::Match match = check::Match::Glob;
  std::vector<std::string> texts;  // Pattern: its text; Constants of strings
  std::vector<int64_t> numbers;    // Constants of numbers; Window: its id
  auto operator<=>(const TextAtom&) const = default;
};

struct Dim {
  uint32_t leaf = 0;
  Classifier classifier = Classifier::Flag;
  bool multi = false;
  // class dims
  std::vector<int64_t> numbers;          // cuts, ascending
  std::vector<std::string> texts;        // constants (Strings: by bytes; Versions: by precedence), ascending
  std::unordered_set<std::string> seen;  // texts while they are collected
  uint32_t classes = 0;
  // multi dims
  std::vector<TextAtom> atoms;
  std::map<TextAtom, uint32_t> atom_ids;
  std::vector<Shape> shapes;             // per Pattern atom: how it is indexed
  std::vector<uint8_t> weak;             // per atom: indexed by a necessary condition only (1), or not at all (2)
  std::vector<partition::Group> groups;  // automata of the General ones; members are atoms
};

class Dims {
 public:
  explicit Dims(const check::Kind& kind) : kind_(kind) {}

  void collect(const ir::Condition& condition);
  void close();

  [[nodiscard]] const std::vector<Dim>& dims() const { return dims_; }
  // REQUIRES: a collected condition tests the leaf so.
  [[nodiscard]] uint32_t find(uint32_t leaf, Classifier classifier) const { return dim_ids_.at({leaf, classifier}); }
  // What `condition` (an atom, a freshness test, or a quantifier) says when it is `positive`; nothing when the index
  // does not know it. A single atom may speak of two dims (`is empty` of an optional set: present, and without
  // element).
  [[nodiscard]] std::vector<Literal> literals_of(const ir::Condition& condition, bool positive) const;

 private:
  struct Test;  // an atom as the index sees it
  [[nodiscard]] std::optional<Test> test_of(const ir::Condition& condition) const;
  [[nodiscard]] std::optional<Test> atom_test(const check::Condition& atom) const;
  [[nodiscard]] std::optional<Test> element_test(const ir::Condition& condition) const;
  [[nodiscard]] partition::ClassSet class_set(const Dim& dim, const Test& test) const;
  [[nodiscard]] bool may_be_absent(uint32_t leaf) const;
  uint32_t dim_of(uint32_t leaf, Classifier classifier);
  void close_multi(Dim& dim);

  const check::Kind& kind_;
  std::vector<Dim> dims_;
  std::map<std::pair<uint32_t, Classifier>, uint32_t> dim_ids_;
};

}  // namespace guard::codegen
