// Whether what a signal's file holds fits the schema, before a gate finds that it does not.
#pragma once
#include <string>
#include <string_view>

#include "guardvm/bundle.hpp"

namespace guardvm::gate {

// What the reader says of a kind's signal that holds this JSON (`{"value":…,"as_of":…}`); empty: it fits.
// REQUIRES: `signal` is a Signal leaf of the kind. COST: one read of a record that has the kind's required attributes.
[[nodiscard]] std::string signal_misfit(const Bundle& bundle, const format::KindRow& kind,
                                        const format::LeafRow& signal, std::string_view json);

}  // namespace guardvm::gate
