// The index: from the classes of an action to the entries that can match it, among any number of rules.
//
// Per dim, the action's class (or true atoms) selects one row of bits, a bit per entry; the entries whose bit survives in every
// dim's row are the candidates. Rows have a summary (a bit per word), so whole blocks of 4,096 entries fall away at once, and
// the compiler has sorted the bit positions so that entries of one scope stand together; `rank` tells which entry a bit is.
// SOUND: an entry that matches always survives (its row bits are a necessary condition); what is not exact is decided by
//   its residual code, so the result equals running every entry's code.
// COST: dims * (words/64 + surviving words); independent of how many rules test an attribute.
#pragma once
#include <cstdint>
#include <vector>

#include "classify/classify.hpp"

namespace guardvm {

class Index {
 public:
  void reserve(const format::View& view);

  // Calls the residual code of what the index leaves standing and collects the entries that match, ascending, as indices
  // relative to the kind's first entry.
  const std::vector<uint32_t>& match(const Facts& facts, const Classes& classes);

  // Entries that might match at some instant: dims that depend on time are ignored, and no residual is run.
  const std::vector<uint32_t>& match_any_time(const Facts& facts, const Classes& classes);

 private:
  struct Row {  // base words | (sparse rows), or | negative words & ~(sparse rows) for a multi dim
    const uint64_t* words;
    const uint64_t* negative;   // nullptr unless multi
    const uint32_t* atoms;      // true atoms (multi)
    uint32_t atom_count;
    uint32_t sparse;            // first SparseRow: of the class (class dims), or of the dim (multi); kNone: dense
  };
  void select_rows(const Facts& facts, const Classes& classes, bool any_time);
  void summarise(const format::View& view, uint32_t words);
  [[nodiscard]] uint64_t word_of(const format::View& view, const Row& row, uint32_t word) const;
  const std::vector<uint32_t>& collect(const Facts& facts, bool run_residual);
  void sort_found(uint32_t entries);

  std::vector<Row> rows_;
  std::vector<uint64_t> summary_;
  std::vector<uint64_t> scratch_;
  std::vector<uint32_t> found_;
};

}  // namespace guardvm
