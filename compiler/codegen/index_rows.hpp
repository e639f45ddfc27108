// The index of one kind: boxes to bit rows in the bundle's tables.
#pragma once
#include <vector>

#include "codegen/context.hpp"
#include "codegen/index_boxes.hpp"
#include "codegen/index_scope.hpp"

namespace guard::codegen {

// The budget of all index rows of a bundle; what does not fit stays in residual code.
struct IndexBudget {
  uint64_t bytes = uint64_t{24} << 20;
};

// Writes the dims, rows and rank of a kind whose entries have these boxes, and completes its KindRow (entries must be
// set). May weaken boxes: their residuals are to be taken afterwards, and then the candidates be written. The box of an
// entry that is to be listed has one side, on the scope. Gives the entries by bit position.
[[nodiscard]] std::vector<uint32_t> write_index(Context& context, const Dims& dims, const Scoping& scoping,
                                                std::vector<Box>& boxes, format::KindRow& kind, IndexBudget& budget,
                                                Stats::Kind& stats);
// Writes where the runtime finds the entries: by bit position, and in the lists of the scope dim. `candidates`: per
// entry. REQUIRES: write_index, which gave `order`.
void write_candidates(Context& context, const Dims& dims, const Scoping& scoping, const std::vector<Box>& boxes,
                      const std::vector<uint32_t>& order, const std::vector<format::Candidate>& candidates,
                      format::KindRow& kind);

// ---- index_tables.cpp ----
// The tables that classify a value, without rows: cuts, hash tables, affixes, automata. A dim without a test of its
// values is written as one of presence.
[[nodiscard]] format::DimRow write_dim_tables(Context& context, const Dim& dim);

}  // namespace guard::codegen
