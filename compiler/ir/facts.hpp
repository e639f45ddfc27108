// Facts about checked conditions: which signals an atom reads, and whether a condition depends on the instant.
#pragma once
#include <vector>

#include "check/model.hpp"

namespace guard::ir {

[[nodiscard]] bool is_quantifier(const check::Condition& condition);
[[nodiscard]] bool is_atom(const check::Condition& condition);  // a quantifier is one

// The Signal leaves whose value the atom itself reads (a quantifier: its list or set, not its body), ascending.
[[nodiscard]] std::vector<check::LeafId> atom_signals(const check::Condition& atom, const check::Kind& kind);

// Whether the truth can change with the decision's instant alone, the rest of the record fixed.
[[nodiscard]] bool uses_time(const check::Condition& condition, const check::Kind& kind);
[[nodiscard]] bool uses_windows(const check::Condition& condition);

// The quantifiers of a condition, in the order their words appear (an outer one before those in its body).
[[nodiscard]] std::vector<const check::Condition*> quantifiers(const check::Condition& condition);

}  // namespace guard::ir
