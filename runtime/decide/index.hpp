// The index: from the classes of an action to the entries that can match it, among any number of rules.
//
// Most rules name what they are about, say a service: such an entry stands in the lists of its few classes of one dim,
// the scope dim, and is asked, by code, only of an action of such a class. The others are told apart by bits: per class
// dim, the action's class selects one row of bits, a bit per entry; the entries whose bit survives in every row are
// left. Rows have a summary (a bit per word), so blocks of 4,096 entries fall away at once, and the compiler
// has sorted the bit positions so that entries of one scope stand together; `rank` tells which entry a bit is. A multi
// dim with few true atoms gives a row too (theirs, and those that need an atom which is not true); of one with many
// true atoms, what each entry that is left asks (one of these atoms, or none of them) is looked up. Kinds with few bit
// positions need no summaries: short_rows.hpp.
//
// The actions of a log differ, so where they lead cannot be foreseen: candidates are listed and ranges compared without
// jumps, and what is read next is fetched before.
// SOUND: an entry that matches always survives (rows and literals are necessary conditions); what is not exact is
// decided by its residual code, so the result equals running every entry's code.
// COST: class dims * (words / 64 + surviving words) + surviving entries * multi dims; independent of how many rules
// test an attribute.
#pragma once
#include <cstdint>
#include <vector>

#include "classify/classify.hpp"
#include "decide/short_rows.hpp"

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
  struct Dense {  // a class dim with a row per class
    const uint64_t* rows;
    uint64_t stride;
    uint32_t dim;
    bool uses_time;
  };
  struct Sparse {  // a class dim with a common row and, per class, a SparseRow to add
    const uint64_t* wildcard;
    uint32_t rows, dim;
    bool uses_time;
  };
  // What the entries ask of a multi dim: one of some atoms to be true, or none of some (2 * atom + negated).
  struct Multi {
    const uint64_t* wildcard;
    const uint64_t* negative;
    uint32_t rows, dim;  // SparseRows: two per atom
    bool uses_time;
    std::vector<uint32_t> first;  // per bit position, and one past the last: into `literals`
    std::vector<uint32_t> literals;
    [[nodiscard]] bool holds(const Classes& classes, uint32_t position) const;
  };
  struct KindTables {
    bool ready = false;
    AtomTable atoms;
    std::vector<Dense> dense;
    std::vector<Sparse> sparse;
    std::vector<Multi> multis;
    ShortRows short_rows;
    bool is_short = false;
  };
  struct Row {  // of a sparse class dim, chosen by the action's class
    const uint64_t* words;
    format::Range added;  // SparseWords
  };
  void select(const KindTables& tables, const Classes& classes, bool any_time);
  void summarise(uint32_t words);
  [[nodiscard]] uint64_t candidates(const AtomTable& atoms, const Classes& classes, uint32_t word, uint64_t bits) const;
  [[nodiscard]] static uint64_t ask(const Multi& dim, const Classes& classes, uint32_t word, uint64_t bits);
  size_t ask_unlisted(const KindTables& tables, const Classes& classes, size_t count, bool any_time);
  size_t find_positions(const Facts& facts, const Classes& classes, KindTables& tables, bool at_any_time);
  void collect(const Facts& facts, const Classes& classes, bool at_any_time);
  void sort_found(uint32_t entries);

  const format::View* view_ = nullptr;
  std::vector<KindTables> kinds_;
  std::vector<const uint64_t*> dense_rows_;  // of this action: words, then their summary
  std::vector<Row> sparse_rows_;
  std::vector<const Multi*> asked_;
  std::vector<uint64_t> summary_;
  std::vector<uint64_t> scratch_;
  std::vector<uint32_t> positions_;                 // of the bits that are left, and room for ShortRows::kRoom more
  std::vector<const format::Candidate*> standing_;  // those in whose range the action is
  std::vector<uint32_t> found_;
};

}  // namespace guardvm
