// Records that fit the schema of a bundle, whatever the schema is: made from its leaves and its own constants, so that
// even a bundle nobody wrote gets actions that reach its conditions.
#pragma once
#include <cstdint>
#include <string>

#include "guardvm/bundle.hpp"

namespace guardvm::hostile {

// The record of a kind; another `variant` chooses other values. Deterministic.
[[nodiscard]] std::string record(const Bundle& bundle, uint32_t kind, uint64_t variant);

}  // namespace guardvm::hostile
