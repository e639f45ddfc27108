// Classification: a loop over the kind's dims with one small function per classifier.
#include "classify/classify.hpp"

#include <algorithm>
#include <utility>

#include "decide/patterns.hpp"
#include "guardvm/hash.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

using format::Classifier;
using format::DimRow;
using format::Range;

constexpr uint32_t kNotFound = 0xffffffffu;

// The slot of a hash table that holds a text, counted from the table's first, or kNotFound.
uint32_t find_slot(const Facts& facts, Range table, std::string_view text) {
  if (table.count == 0) return kNotFound;
  const format::HashSlot* slots = facts.view->HashSlots.data() + table.first;
  const uint32_t mask = table.count - 1;
  const uint64_t hash = hash_text(text);
  const uint32_t tag = hash_tag(hash);
  for (auto at = static_cast<uint32_t>(hash) & mask; slots[at].tag != 0; at = (at + 1) & mask) {
    if (slots[at].tag == tag && same_text(facts.text(slots[at].text), text)) return at;
  }
  return kNotFound;
}

size_t kind_number(const Facts& facts) { return static_cast<size_t>(facts.kind - facts.view->Kinds.data()); }

uint32_t number_class(const Facts& facts, const DimRow& dim, int64_t number) {
  if (dim.cuts.count == 0) return 1;
  // The halves are chosen without a jump, which nobody could foresee: by a mask, since compilers make jumps of choices.
  const int64_t* at = facts.view->Numbers.data() + dim.cuts.first;
  uint32_t left = dim.cuts.count;
  while (left > 1) {
    const uint32_t half = left / 2;
    at += half & (uint32_t{0} - static_cast<uint32_t>(at[half - 1] < number));
    left -= half;
  }
  const auto before = static_cast<uint32_t>(at - (facts.view->Numbers.data() + dim.cuts.first));
  return 1 + 2 * (before + (*at < number ? 1 : 0)) + (*at == number ? 1 : 0);
}

uint32_t version_class(const Facts& facts, const DimRow& dim, std::string_view version) {
  uint32_t low = 0, high = dim.cuts.count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    const int order = compare_versions(facts.text(facts.view->Strings[dim.cuts.first + middle]), version);
    if (order == 0) return 1 + 2 * middle + 1;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return 1 + 2 * low;
}

uint32_t class_of_slot(const Facts& facts, const DimRow& dim, const Slot& slot) {
  if (dim.classifier == Classifier::Signal) return slot.state;
  if (!slot.present) return 0;
  switch (dim.classifier) {
    case Classifier::Flag:
      return slot.number != 0 ? 2 : 1;
    case Classifier::Presence:
      return 1;
    case Classifier::Numbers:
      return number_class(facts, dim, slot.number);
    case Classifier::Versions:
      return version_class(facts, dim, slot.string());
    case Classifier::Strings: {
      const uint32_t found = find_slot(facts, dim.hash, slot.string());
      return found == kNotFound ? 1 : facts.view->HashSlots[dim.hash.first + found].value;
    }
    default:
      return 0;  // Multi dims and Signal are not classified here.
  }
}

}  // namespace

void AtomTable::build(const format::View& view, const format::KindRow& kind) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;  // atom, hit
  uint32_t atoms = 0;
  hit_count = 0;
  hit_list.clear();
  base.assign(kind.dims.count, 0);
  hit_base.assign(kind.dims.count, 0);
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = view.Dims[kind.dims.first + d];
    if (!is_multi(dim.classifier)) continue;
    base[d] = atoms;
    hit_base[d] = hit_count;
    const auto add_hit = [&](uint32_t list) {
      hit_list[hit_count] = list;
      const Range range = view.AtomLists[list].atoms;
      for (uint32_t i = 0; i < range.count; ++i) pairs.emplace_back(atoms + view.Indices[range.first + i], hit_count);
    };
    const auto add_table = [&](Range hash) {
      hit_list.resize(hit_count + size_t{hash.count}, format::kNone);
      for (uint32_t i = 0; i < hash.count; ++i, ++hit_count) {
        const format::HashSlot& slot = view.HashSlots[hash.first + i];
        if (slot.tag != 0) add_hit(slot.value);
      }
    };
    add_table(dim.hash);
    for (uint32_t i = 0; i < dim.prefixes.count; ++i) add_table(view.Affixes[dim.prefixes.first + i].hash);
    for (uint32_t i = 0; i < dim.suffixes.count; ++i) add_table(view.Affixes[dim.suffixes.first + i].hash);
    if (dim.classifier == Classifier::SetAtoms) {
      hit_list.resize(hit_count + size_t{dim.cuts.count}, format::kNone);
      for (uint32_t i = 0; i < dim.cuts.count; ++i, ++hit_count) add_hit(dim.lists + i);
    }
    atoms += dim.classes;
  }
  scope_texts = format::kNone;
  for (uint32_t d = kind.dims.count; kind.scope_dim != format::kNone && d-- > 0;) {
    const DimRow& scope = view.Dims[kind.dims.first + kind.scope_dim];
    const DimRow& dim = view.Dims[kind.dims.first + d];
    if (scope.classifier == Classifier::Strings && scope.hash.count > 0 && dim.leaf == scope.leaf &&
        dim.classifier == Classifier::TextAtoms)
      scope_texts = d;
  }
  others.clear();
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    if (d != kind.scope_dim && d != scope_texts) others.push_back(d);
  }
  hit_first.assign(atoms + 1, 0);
  for (const auto& [atom, hit] : pairs) ++hit_first[atom + 1];
  for (uint32_t i = 0; i < atoms; ++i) hit_first[i + 1] += hit_first[i];
  hits.resize(pairs.size());
  std::vector<uint32_t> next(hit_first.begin(), hit_first.end() - 1);
  for (const auto& [atom, hit] : pairs) hits[next[atom]++] = hit;
}

void Classes::mark(std::vector<uint64_t>& marks, std::vector<uint32_t>& marked, uint32_t bit) {
  uint64_t& word = marks[bit / 64];
  if (word == 0) marked.push_back(bit / 64);
  word |= uint64_t{1} << (bit % 64);
}

void Classes::unmark() {
  for (const uint32_t word : marked_atoms_) atom_marks_[word] = 0;
  for (const uint32_t word : marked_hits_) hit_marks_[word] = 0;
  marked_atoms_.clear();
  marked_hits_.clear();
}

bool Classes::atom_true(uint32_t dim, uint32_t atom) const {
  const uint32_t at = table_->base[dim] + atom;
  if ((atom_marks_[at / 64] >> (at % 64) & 1) != 0) return true;
  for (uint32_t i = table_->hit_first[at]; i < table_->hit_first[at + 1]; ++i) {
    const uint32_t hit = table_->hits[i];
    if ((hit_marks_[hit / 64] >> (hit % 64) & 1) != 0) return true;
  }
  return false;
}

// Marks of one text: constants, affixes of every listed length, automata.
void Classes::text_atoms(const Facts& facts, const DimRow& row, uint32_t dim, std::string_view text) {
  const format::View& view = *facts.view;
  uint32_t first_hit = table_->hit_base[dim];
  const auto find = [&](Range table, std::string_view part) {
    const uint32_t slot = find_slot(facts, table, part);
    if (slot != kNotFound) mark_hit(dim, first_hit + slot);
  };
  find(row.hash, text);
  first_hit += row.hash.count;
  for (uint32_t i = 0; i < row.prefixes.count; ++i) {
    const format::AffixRow& affix = view.Affixes[row.prefixes.first + i];
    if (affix.bytes <= text.size()) find(affix.hash, text.substr(0, affix.bytes));
    first_hit += affix.hash.count;
  }
  for (uint32_t i = 0; i < row.suffixes.count; ++i) {
    const format::AffixRow& affix = view.Affixes[row.suffixes.first + i];
    if (affix.bytes <= text.size()) find(affix.hash, text.substr(text.size() - affix.bytes));
    first_hit += affix.hash.count;
  }
  for (uint32_t i = 0; i < row.dfas.count; ++i) {
    const uint32_t dfa = row.dfas.first + i;
    if (view.Dfas[dfa].scan != 0) {
      scan_atoms(view, dfa, text, [&](uint32_t atom) { mark_atom(dim, atom); });
    } else {
      for (const uint32_t atom : dfa_atoms(view, dfa, text)) mark_atom(dim, atom);
    }
  }
}

void Classes::set_atoms(const Facts& facts, const DimRow& row, uint32_t dim, const Slot& slot) {
  const format::View& view = *facts.view;
  if (slot.size > 0 && row.any_atom != format::kNone) mark_atom(dim, row.any_atom);
  const bool texts = view.Leaves[facts.kind->leaves.first + row.leaf].element == format::Type::String;
  if (!texts && row.cuts.count == 0) return;
  const int64_t* first = view.Numbers.data() + row.cuts.first;
  for (uint32_t i = 0; i < slot.size; ++i) {
    const Slot& element = facts.elements[slot.first + i];
    if (texts) {
      text_atoms(facts, row, dim, element.string());
      continue;
    }
    const int64_t* at = std::lower_bound(first, first + row.cuts.count, element.number);
    if (at == first + row.cuts.count || *at != element.number) continue;
    const auto cut = static_cast<uint32_t>(at - first);
    mark_hit(dim, table_->hit_base[dim] + cut);
  }
}

void Classes::classify_dim(const Facts& facts, const DimRow& dim, uint32_t d) {
  const Slot& slot = facts.slots[dim.leaf];
  if (!is_multi(dim.classifier)) {
    class_[d] = class_of_slot(facts, dim, slot);
    return;
  }
  few_[d].count = 0;
  few_[d].listed = true;
  if (dim.classifier == Classifier::Windows) {
    for (uint32_t w = 0; w < dim.windows.count; ++w) {
      if (facts.in_window(facts.view->Indices[dim.windows.first + w])) mark_atom(d, w);
    }
  } else if (slot.present) {
    if (dim.classifier == Classifier::TextAtoms)
      text_atoms(facts, dim, d, slot.string());
    else
      set_atoms(facts, dim, d, slot);
  }
}

// The scope dim, and what is learnt with its constants.
void Classes::classify_scope(const Facts& facts) {
  const format::View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  const DimRow& dim = view.Dims[kind.dims.first + kind.scope_dim];
  const Slot& slot = facts.slots[dim.leaf];
  uint32_t found = kNotFound;
  if (dim.classifier == Classifier::Strings && slot.present) {
    found = find_slot(facts, dim.hash, slot.string());
    class_[kind.scope_dim] = found == kNotFound ? 1 : view.HashSlots[dim.hash.first + found].value;
  } else {
    class_[kind.scope_dim] = class_of_slot(facts, dim, slot);
  }
  __builtin_prefetch(view.ScopeRows.data() + kind.scope_rows + class_[kind.scope_dim]);
  if (table_->scope_texts != format::kNone) scope_atoms(facts, found);
}

void Classes::scope_atoms(const Facts& facts, uint32_t slot) {
  const format::KindRow& kind = *facts.kind;
  const uint32_t d = table_->scope_texts;
  const DimRow& dim = facts.view->Dims[kind.dims.first + d];
  if (slot == kNotFound) return classify_dim(facts, dim, d);
  Learnt& learnt = learnt_[kind_number(facts)][slot];
  Few& few = few_[d];
  if (learnt.state == Learnt::State::Yes) {
    few.count = 0;
    few.listed = true;
    for (uint8_t i = 0; i < learnt.count; ++i) {
      if (learnt.sources[i] < table_->hit_count)
        mark_hit(d, learnt.sources[i]);
      else
        mark_atom(d, learnt.sources[i] - table_->hit_count - table_->base[d]);
    }
    return;
  }
  classify_dim(facts, dim, d);
  if (learnt.state == Learnt::State::TooMany) return;
  learnt.state = few.listed && few.count <= Learnt::kMost ? Learnt::State::Yes : Learnt::State::TooMany;
  if (learnt.state == Learnt::State::TooMany) return;
  learnt.count = static_cast<uint8_t>(few.count);
  std::copy_n(few.sources, few.count, learnt.sources);
}

void Classes::classify(const Facts& facts, const AtomTable& table) {
  const format::View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  unmark();
  table_ = &table;
  all_listed_ = true;
  class_.resize(std::max<size_t>(class_.size(), kind.dims.count));
  few_.resize(std::max<size_t>(few_.size(), kind.dims.count));
  atom_marks_.resize(std::max(atom_marks_.size(), table.hit_first.size() / 64 + 1));
  hit_marks_.resize(std::max<size_t>(hit_marks_.size(), table.hit_count / 64 + 1));
  const DimRow* const dims = view.Dims.data() + kind.dims.first;
  // The scope dim has the largest table: what finding its class reads is fetched while other dims are classified.
  const format::HashSlot* first = nullptr;  // that the text may stand in
  if (kind.scope_dim != format::kNone) {
    const DimRow& dim = dims[kind.scope_dim];
    const Slot& slot = facts.slots[dim.leaf];
    if (dim.classifier == Classifier::Strings && slot.present && dim.hash.count > 0) {
      const size_t at = hash_text(slot.string()) & (dim.hash.count - 1);
      first = view.HashSlots.data() + dim.hash.first + at;
      __builtin_prefetch(first);
      if (learnt_.empty()) learnt_.resize(view.Kinds.size());
      std::vector<Learnt>& learnt = learnt_[kind_number(facts)];
      if (learnt.empty() && table.scope_texts != format::kNone) learnt.resize(dim.hash.count);
      __builtin_prefetch(learnt.data() + at);
    }
  }
  const uint32_t* next = table.others.data();
  const uint32_t* const end = next + table.others.size();
  const auto classify_to = [&](const uint32_t* last) {
    for (; next != last; ++next) classify_dim(facts, dims[*next], *next);
  };
  if (first != nullptr) {
    classify_to(next + table.others.size() / 2);
    __builtin_prefetch(view.Bytes.data() + first->text.offset);
  }
  classify_to(end);
  if (kind.scope_dim != format::kNone) classify_scope(facts);
}

}  // namespace guardvm
