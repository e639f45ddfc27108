// Bytecode from settled conditions: one flag, short-circuit jumps forward, bodies of quantifiers inline.
//
// Equal pieces are written once, and a single test may be found inside a longer piece.
#pragma once
#include <utility>
#include <vector>

#include "check/model.hpp"
#include "codegen/pools.hpp"
#include "diag/diagnostic.hpp"
#include "ir/condition.hpp"

namespace guard::codegen {

// Where a condition stands: the kind, and the list whose row Column operands read.
struct Scope {
  check::KindId kind{};
  check::LeafId list = check::kNoLeaf;
};

class CodeWriter {
 public:
  CodeWriter(const check::PolicySet& set, Pools& pools, Diagnostics& diagnostics)
      : set_(set), pools_(pools), diagnostics_(diagnostics) {}

  // The range of Code that computes the condition.
  format::Range code(const ir::Condition& condition, const Scope& scope);
  // The index in Operands.
  uint32_t operand(const check::Operand& operand, const Scope& scope);
  // Completes the rows of regular expressions; the last call.
  void finish();

 private:
  void put(const ir::Condition& condition, const Scope& scope);
  void put_atom(const check::Condition& atom, const Scope& scope);
  void put_chain(const ir::Condition& condition, const Scope& scope);
  void put_quantifier(const ir::Condition& condition, const Scope& scope);
  void put_set_test(const check::Condition& atom, uint32_t operand);
  void push(uint8_t op, uint32_t a, uint32_t b, uint8_t aux = 0);
  uint32_t pattern(const check::Condition& atom);
  uint32_t linear(const check::Condition& atom, const Scope& scope);
  format::Range share();

  const check::PolicySet& set_;
  Pools& pools_;
  Diagnostics& diagnostics_;
  std::vector<format::Instr> piece_;  // being written; jumps are relative to its beginning
  std::vector<format::Range> known_;
  HashIndex known_index_;
  HashIndex single_index_;                                 // positions in Code of tests that stand alone
  std::vector<std::pair<uint32_t, uint32_t>> regex_dfas_;  // pattern, automaton
};

}  // namespace guard::codegen
