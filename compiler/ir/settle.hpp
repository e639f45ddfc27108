// From Kleene's three values to two: which actions make a condition surely true, and which possibly true.
//
// An atom that reads the value of a signal is unknown while that signal is missing or stale. `surely` is "its truth is
// true", `possibly` is "its truth is not false"; a rule uses one of them (LANGUAGE.md, "Signals"). SOUND: both are
// taken from the tree as the author wrote it. `s and not s` must stay possibly true when s is not fresh, so
//   nothing may be simplified before this step; afterwards everything is two-valued and may be.
#pragma once
#include "check/model.hpp"
#include "ir/condition.hpp"

namespace guard::ir {

enum class Truth : uint8_t { Surely, Possibly };

// The result borrows the atoms of `condition`.
[[nodiscard]] Condition settle(const check::Condition& condition, const check::Kind& kind, Truth truth);

}  // namespace guard::ir
