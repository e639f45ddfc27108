// The index: from the classes of an action to the entries that can match it, among any number of rules.
//
// Per class dim, the action's class selects one row of bits, a bit per entry; the entries whose bit survives in every
// row are left. Rows have a summary (a bit per word), so blocks of 4,096 entries fall away at once, and the compiler
// has sorted the bit positions so that entries of one scope stand together; `rank` tells which entry a bit is. A multi
// dim with few true atoms gives a row too (theirs, and those that need an atom which is not true); of one with many
// true atoms, what each entry that is left asks (one of these atoms, or none of them) is looked up. SOUND: an entry
// that matches always survives (rows and literals are necessary conditions); what is not exact is decided by
//   its residual code, so the result equals running every entry's code.
// COST: class dims * (words / 64 + surviving words) + surviving entries * multi dims; independent of how many rules
// test an
//   attribute.
#pragma once
#include <cstdint>
#include <vector>

#include "classify/classify.hpp"

namespace guardvm {

class Index {
 public:
  // Tables of the facts' kind, made at its first use. COST: O(entries of the kind) once.
  const AtomTable& prepare(const Facts& facts);

  // The entries that match, ascending, as indices relative to the kind's first entry: residual code is run for what the
  // index leaves standing. REQUIRES: prepared for the kind.
  const std::vector<uint32_t>& match(const Facts& facts, const Classes& classes);

  // Entries that might match at some instant: dims that depend on time are ignored, and no residual is run.
  const std::vector<uint32_t>& match_any_time(const Facts& facts, const Classes& classes);

 private:
  // What the entries ask of a multi dim: one of some atoms to be true, or none of some (2 * atom + negated).
  struct Multi {
    uint32_t dim = 0;             // of the kind
    std::vector<uint32_t> first;  // per bit position, and one past the last: into `literals`
    std::vector<uint32_t> literals;
    [[nodiscard]] bool holds(const Classes& classes, uint32_t position) const;
  };
  struct KindTables {
    bool ready = false;
    AtomTable atoms;
    std::vector<Multi> multis;
  };
  struct Row {
    const uint64_t* words;  // index_words words, then their summary
    uint32_t sparse;        // SparseRow to add, or kNone
  };
  struct Asked {  // a multi dim of this action
    const uint64_t* wildcard;
    const uint64_t* negative;
    const Multi* multi;
    uint32_t rows;  // SparseRows: two per atom
  };
  void select(const Facts& facts, const Classes& classes, bool any_time);
  void summarise(const Facts& facts);
  [[nodiscard]] uint64_t candidates(const Facts& facts, const Classes& classes, uint32_t word) const;
  const std::vector<uint32_t>& collect(const Facts& facts, const Classes& classes, bool run_residual);
  void sort_found(uint32_t entries);

  std::vector<KindTables> kinds_;
  std::vector<Row> rows_;
  std::vector<Asked> asked_;
  std::vector<uint64_t> summary_;
  std::vector<uint64_t> scratch_;
  std::vector<uint32_t> found_;
};

}  // namespace guardvm
