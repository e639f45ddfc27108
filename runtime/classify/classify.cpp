// Classification: a loop over the kind's dims with one small function per classifier.
#include "classify/classify.hpp"

#include <algorithm>

#include "decide/patterns.hpp"
#include "decide/windows.hpp"
#include "guardvm/hash.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

using format::Classifier;
using format::DimRow;
using format::Range;

constexpr uint32_t kNotFound = 0xffffffffu;

// The value that a hash table gives for a text, or kNotFound.
uint32_t find_text(const Facts& facts, Range table, std::string_view text) {
  if (table.count == 0) return kNotFound;
  const format::HashSlot* slots = facts.view->HashSlots.data() + table.first;
  const uint32_t mask = table.count - 1;
  for (auto at = static_cast<uint32_t>(hash_text(text)) & mask; slots[at].string != 0; at = (at + 1) & mask) {
    if (facts.text(facts.view->Strings[slots[at].string - 1]) == text) return slots[at].value;
  }
  return kNotFound;
}

uint32_t number_class(const Facts& facts, const DimRow& dim, int64_t number) {
  const int64_t* first = facts.view->Numbers.data() + dim.cuts.first;
  const int64_t* at = std::lower_bound(first, first + dim.cuts.count, number);
  const auto below = static_cast<uint32_t>(at - first);
  return 1 + 2 * below + (below < dim.cuts.count && *at == number ? 1 : 0);
}

uint32_t version_class(const Facts& facts, const DimRow& dim, std::string_view version) {
  uint32_t low = 0, high = dim.cuts.count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    const int order = compare_versions(facts.text(facts.view->Strings[dim.cuts.first + middle]), version);
    if (order == 0) return 1 + 2 * middle + 1;
    if (order < 0) low = middle + 1; else high = middle;
  }
  return 1 + 2 * low;
}

uint32_t class_of_slot(const Facts& facts, const DimRow& dim, const Slot& slot) {
  if (dim.classifier == Classifier::Signal) return slot.state;
  if (!slot.present) return 0;
  switch (dim.classifier) {
    case Classifier::Flag: return slot.number != 0 ? 2 : 1;
    case Classifier::Presence: return 1;
    case Classifier::Numbers: return number_class(facts, dim, slot.number);
    case Classifier::Versions: return version_class(facts, dim, slot.string());
    case Classifier::Strings: {
      const uint32_t found = find_text(facts, dim.hash, slot.string());
      return found == kNotFound ? 1 : found;
    }
    default: return 0;  // Multi dims and Signal are not classified here.
  }
}

}  // namespace

void Classes::reserve(const format::View& view) {
  size_t dims = 0, atoms = 0, widest = 0;
  for (const format::KindRow& kind : view.Kinds) {
    dims = std::max<size_t>(dims, kind.dims.count);
    size_t total = 0;
    for (uint32_t d = 0; d < kind.dims.count; ++d) {
      const DimRow& dim = view.Dims[kind.dims.first + d];
      if (!is_multi(dim.classifier)) continue;
      total += dim.classes;
      widest = std::max<size_t>(widest, dim.classes);
    }
    atoms = std::max(atoms, total);
  }
  class_.assign(dims, 0);
  first_.assign(dims, 0);
  atoms_.reserve(atoms);
  seen_.assign((widest + 63) / 64, 0);
}

void Classes::add_atom(uint32_t atom) {
  uint64_t& word = seen_[atom / 64];
  const uint64_t bit = uint64_t{1} << (atom % 64);
  if ((word & bit) != 0) return;
  word |= bit;
  atoms_.push_back(atom);
}

// Atoms of one text: constants, affixes of every listed length, automata.
void Classes::text_atoms(const Facts& facts, const DimRow& dim, std::string_view text) {
  const format::View& view = *facts.view;
  const auto add_list = [&](uint32_t list) {
    const Range atoms = view.AtomLists[list].atoms;
    for (uint32_t i = 0; i < atoms.count; ++i) add_atom(view.Indices[atoms.first + i]);
  };
  const auto add_found = [&](Range table, std::string_view part) {
    const uint32_t list = find_text(facts, table, part);
    if (list != kNotFound) add_list(list);
  };
  if (dim.classifier == Classifier::SetAtoms) add_found(dim.hash, text);
  for (uint32_t i = 0; i < dim.prefixes.count; ++i) {
    const format::AffixRow& row = view.Affixes[dim.prefixes.first + i];
    if (row.bytes <= text.size()) add_found(row.hash, text.substr(0, row.bytes));
  }
  for (uint32_t i = 0; i < dim.suffixes.count; ++i) {
    const format::AffixRow& row = view.Affixes[dim.suffixes.first + i];
    if (row.bytes <= text.size()) add_found(row.hash, text.substr(text.size() - row.bytes));
  }
  for (uint32_t i = 0; i < dim.dfas.count; ++i) {
    const uint32_t dfa = dim.dfas.first + i;
    if (view.Dfas[dfa].scan != 0) {
      scan_atoms(view, dfa, text, [&](uint32_t atom) { add_atom(atom); });
    } else {
      for (const uint32_t atom : dfa_atoms(view, dfa, text)) add_atom(atom);
    }
  }
}

void Classes::set_atoms(const Facts& facts, const DimRow& dim, const Slot& slot) {
  const format::View& view = *facts.view;
  if (slot.size > 0 && dim.any_atom != format::kNone) add_atom(dim.any_atom);
  const bool texts = view.Leaves[facts.kind->leaves.first + dim.leaf].element == format::Type::String;
  for (uint32_t i = 0; i < slot.size; ++i) {
    const Slot& element = facts.elements[slot.first + i];
    if (texts) {
      text_atoms(facts, dim, element.string());
      continue;
    }
    const int64_t* first = view.Numbers.data() + dim.cuts.first;
    const int64_t* at = std::lower_bound(first, first + dim.cuts.count, element.number);
    if (at == first + dim.cuts.count || *at != element.number) continue;
    const Range atoms = view.AtomLists[dim.lists + static_cast<uint32_t>(at - first)].atoms;
    for (uint32_t a = 0; a < atoms.count; ++a) add_atom(view.Indices[atoms.first + a]);
  }
}

void Classes::classify(const Facts& facts) {
  const format::KindRow& kind = *facts.kind;
  atoms_.clear();
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = facts.view->Dims[kind.dims.first + d];
    const Slot& slot = facts.slots[dim.leaf];
    if (!is_multi(dim.classifier)) {
      class_[d] = class_of_slot(facts, dim, slot);
      continue;
    }
    first_[d] = static_cast<uint32_t>(atoms_.size());
    if (dim.classifier == Classifier::Windows) {
      for (uint32_t w = 0; w < dim.windows.count; ++w) {
        if (in_window(*facts.view, facts.view->Indices[dim.windows.first + w], facts.now_ns)) atoms_.push_back(w);
      }
    } else if (slot.present) {
      if (dim.classifier == Classifier::TextAtoms) text_atoms(facts, dim, slot.string());
      else set_atoms(facts, dim, slot);
      for (size_t i = first_[d]; i < atoms_.size(); ++i) seen_[atoms_[i] / 64] = 0;
    }
    class_[d] = static_cast<uint32_t>(atoms_.size()) - first_[d];
  }
}

}  // namespace guardvm
