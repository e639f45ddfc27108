// Classification: one look at each attribute tells everything the index needs to know of it.
//
// A class dim gets one class id. A multi dim gets marks: the constants and affixes that the text (or some element)
// hits, and the atoms that automata accept; an atom is true when it is marked itself or one of its hits is. So the work
// per attribute does not depend on how many rules, or how many different sets of constants, test it.
#pragma once
#include <cstdint>
#include <vector>

#include "decide/evaluate.hpp"

namespace guardvm {

[[nodiscard]] constexpr bool is_multi(format::Classifier c) {
  return c == format::Classifier::TextAtoms || c == format::Classifier::SetAtoms || c == format::Classifier::Windows;
}

// Whether what the dim tells of an action changes with the instant.
[[nodiscard]] inline bool depends_on_time(const format::KindRow& kind, const format::DimRow& dim) {
  return dim.leaf == kind.now || dim.classifier == format::Classifier::Signal;
}

// What classifying a kind needs beyond the bundle: which constants make an atom true. Made once per session and kind.
// A hit is one slot of one of a dim's tables (its hash table, then its prefixes' and suffixes', in order) or one of its
// numbers.
struct AtomTable {
  std::vector<uint32_t> base;      // per dim of the kind: its first atom in the numbering of the kind
  std::vector<uint32_t> hit_base;  // per dim of the kind: its first hit in the numbering of the kind
  uint32_t hit_count = 0;
  std::vector<uint32_t> hit_first;  // per atom of the kind, and one past the last: first in `hits`
  std::vector<uint32_t> hits;
  std::vector<uint32_t> hit_list;  // per hit: AtomLists, the atoms it makes true; kNone: an empty slot
  [[nodiscard]] uint32_t atom_count() const { return static_cast<uint32_t>(hit_first.size()) - 1; }
  std::vector<uint32_t> others;  // dims of the kind but the scope dim and the next
  // The first TextAtoms dim of the scope dim's leaf, when that has constants; kNone: there is none.
  uint32_t scope_texts = format::kNone;
  void build(const format::View& view, const format::KindRow& kind);
};

// The classes of one action, per dim of its kind. Buffers are reused.
class Classes {
 public:
  // REQUIRES: `table` is of the facts' kind and stays until the next call.
  void classify(const Facts& facts, const AtomTable& table);
  [[nodiscard]] uint32_t class_of(uint32_t dim) const { return class_[dim]; }
  [[nodiscard]] bool atom_true(uint32_t dim, uint32_t atom) const;
  // What makes atoms of a multi dim true, when it is at most kFew things (repeats possible): hits of the kind, and
  // atoms that are marked themselves, numbered behind the hits. `listed` false: more.
  static constexpr uint32_t kFew = 12;
  struct Few {
    uint32_t sources[kFew];
    uint32_t count = 0;
    bool listed = true;
  };
  [[nodiscard]] const Few& few(uint32_t dim) const { return few_[dim]; }
  [[nodiscard]] bool all_listed() const { return all_listed_; }  // of all multi dims

 private:
  void mark_atom(uint32_t dim, uint32_t atom) {
    mark(atom_marks_, marked_atoms_, table_->base[dim] + atom);
    list(dim, table_->hit_count + table_->base[dim] + atom);
  }
  void mark_hit(uint32_t dim, uint32_t hit) {
    mark(hit_marks_, marked_hits_, hit);
    list(dim, hit);
  }
  void list(uint32_t dim, uint32_t source) {
    Few& few = few_[dim];
    few.listed = few.listed && few.count < kFew;
    all_listed_ = all_listed_ && few.listed;
    if (few.listed) few.sources[few.count++] = source;
  }
  static void mark(std::vector<uint64_t>& marks, std::vector<uint32_t>& marked, uint32_t bit);
  void unmark();
  void classify_dim(const Facts& facts, const format::DimRow& dim, uint32_t d);
  void classify_scope(const Facts& facts);
  void scope_atoms(const Facts& facts, uint32_t slot);

  // What a constant of the scope dim, by its slot, makes true in AtomTable::scope_texts: learnt when it comes first, so
  // that the affixes and automata are not asked again. SOUND: a slot has one text, and atoms depend on the text alone.
  struct Learnt {
    static constexpr uint8_t kMost = 5;
    uint32_t sources[kMost];
    uint8_t count = 0;
    enum class State : uint8_t { No, Yes, TooMany } state = State::No;
  };
  std::vector<std::vector<Learnt>> learnt_;  // per kind: per slot of the scope dim's table
  void text_atoms(const Facts& facts, const format::DimRow& row, uint32_t dim, std::string_view text);
  void set_atoms(const Facts& facts, const format::DimRow& row, uint32_t dim, const Slot& slot);

  const AtomTable* table_ = nullptr;
  std::vector<uint32_t> class_;
  std::vector<Few> few_;
  bool all_listed_ = true;
  std::vector<uint64_t> atom_marks_, hit_marks_;
  std::vector<uint32_t> marked_atoms_, marked_hits_;  // what to take back
};

}  // namespace guardvm
