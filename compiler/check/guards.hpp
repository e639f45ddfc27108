// Guards of optional values: whatever may be absent is read only where its presence decides first.
//
// SOUND: a conjunct may rely on what the other conjuncts being true implies, since one false conjunct settles the whole
// whatever the read yields; a disjunct on what the ones before it being false implies. Only `is present`/`is missing`
// give facts, so no read is needed to establish the guard of a read.
#pragma once
#include <set>
#include <string>

#include "check/context.hpp"

namespace guard::check {

// What is known to be present: leaves, columns and lookups, by a canonical key.
using Facts = std::set<std::string>;

// Whether every read of an optional value in `condition` is guarded, given `known`. Reports those that are not.
[[nodiscard]] bool check_guards(Context& context, const Site& site, const Condition& condition,
                                const Facts& known = {});

// What `condition` being true implies to be present.
[[nodiscard]] Facts facts_when_true(Context& context, const Site& site, const Condition& condition);

// Whether any operand of the condition may be absent (a quick answer for the common case that none is).
[[nodiscard]] bool reads_optionals(const Context& context, KindId kind, const Condition& condition);

}  // namespace guard::check
