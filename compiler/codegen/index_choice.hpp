// Which dims of a kind are worth their cost: classifying an attribute on every decision against running the code of the
// entries that nothing else has ruled out.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "codegen/index_boxes.hpp"

namespace guard::codegen {

// The dims to leave out, ascending. COST: dims * (dims + literals).
// Only boxes of entries with a bit position count; `scope` is classified in any case.
[[nodiscard]] std::vector<uint32_t> dims_not_worth_it(const Dims& dims, const std::vector<Box>& boxes,
                                                      const std::vector<uint32_t>& ranked,
                                                      std::optional<uint32_t> scope);

}  // namespace guard::codegen
