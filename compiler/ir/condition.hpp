// A settled condition: two-valued, over the atoms of the checked set, with the freshness of signals made explicit.
//
// settle.hpp makes it; codegen/ emits code and index from it. Atoms are borrowed: the PolicySet must outlive it.
#pragma once
#include <cstdint>
#include <vector>

#include "check/model.hpp"

namespace guard::ir {

struct Condition {
  enum class Kind : uint8_t {
    True,
    False,
    And,
    Or,         // children, two or more
    Not,        // one child
    Atom,       // `atom`, as if every signal it reads were fresh
    Fresh,      // the signal leaf `signal` is fresh
    Quantifier  // over atom->operand; the settled body is children[0]
  };
  enum class Quantifier : uint8_t { Any, All, Count };
  Kind kind = Kind::True;
  Quantifier quantifier = Quantifier::Any;
  check::Compare compare = check::Compare::Eq;  // Count: number of elements `compare` count
  uint32_t count = 0;
  check::LeafId signal = check::kNoLeaf;
  const check::Condition* atom = nullptr;  // Atom, Quantifier
  std::vector<Condition> children;
};

// Connectives that simplify: constants disappear, nested chains become one, two negations cancel.
[[nodiscard]] Condition truth(bool value);
[[nodiscard]] Condition both(std::vector<Condition> children);
[[nodiscard]] Condition either(std::vector<Condition> children);
[[nodiscard]] Condition negation(Condition child);
[[nodiscard]] Condition atom(const check::Condition& source);
[[nodiscard]] Condition fresh(check::LeafId signal);

// Same tests in the same places; atoms compared by identity.
[[nodiscard]] bool same(const Condition& a, const Condition& b);

}  // namespace guard::ir
