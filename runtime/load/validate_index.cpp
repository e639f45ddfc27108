// The index: rank, dims, hash tables, affixes, bit rows. What classifying and intersecting rows follow.
#include <algorithm>
#include <bit>

#include "load/checker.hpp"
#include "read/values.hpp"

namespace guardvm::load {
namespace {

using format::Classifier;
using format::DimRow;
using format::KindRow;
using format::kNone;
using format::Type;

bool is_multi(Classifier c) {
  return c == Classifier::TextAtoms || c == Classifier::SetAtoms || c == Classifier::Windows;
}

bool is_number(Type type) {
  return type == Type::Bool || type == Type::Int || type == Type::Decimal || type == Type::Enum ||
         type == Type::Timestamp || type == Type::Duration;
}

uint64_t summary_words(uint64_t words) { return (words + 63) / 64; }

}  // namespace

bool Checker::indexes() {
  for (size_t i = 0; i < view_.SparseRows.size(); ++i) {
    const At at{"SparseRows.words", i};
    if (!range(view_.SparseRows[i].words, view_.SparseWords.size(), at, "SparseWords")) return false;
  }
  for (size_t i = 0; i < view_.AtomLists.size(); ++i) {
    const At at{"AtomLists.atoms", i};
    if (!range(view_.AtomLists[i].atoms, view_.Indices.size(), at, "Indices")) return false;
  }
  for (size_t i = 0; i < view_.Kinds.size(); ++i) {
    if (!kind_index(i)) return false;
  }
  return true;
}

bool Checker::kind_index(size_t i) {
  const KindRow& kind = view_.Kinds[i];
  const At ranked{"Kinds.ranked", i}, dims{"Kinds.dims", i};
  const uint32_t entries = kind.entries.count;
  if (!require(kind.index_words == (uint64_t{kind.ranked.count} + 63) / 64, {"Kinds.index_words", i},
               "not the words of its candidates") ||
      !range(kind.ranked, view_.Candidates.size(), ranked, "Candidates") || !spend(kind.ranked.count, ranked) ||
      !range(kind.dims, view_.Dims.size(), dims, "Dims") ||
      // Each attribute has a few dims at most (its class, its presence, its patterns); sessions keep a table for each.
      !index(kind.dims.count, 4 * uint64_t{kind.leaves.count} + 2, dims, "dims") || !spend(kind.dims.count, dims)) {
    return false;
  }
  std::vector<uint64_t> seen(entries / 64 + 1);
  for (uint32_t c = kind.ranked.first; c < kind.ranked.first + kind.ranked.count; ++c) {
    if (!candidate(c, static_cast<uint32_t>(i))) return false;
    const uint32_t entry = view_.Candidates[c].entry;
    const uint64_t bit = uint64_t{1} << (entry % 64);
    if ((seen[entry / 64] & bit) != 0) return fail(ranked, "entry %u twice", entry);
    seen[entry / 64] |= bit;
  }
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    if (!dim(size_t{kind.dims.first} + d, kind)) return false;
    const bool rowless = view_.Dims[kind.dims.first + d].dense == 2;
    if (!require(!rowless || d == kind.scope_dim, {"Dims.dense", size_t{kind.dims.first} + d},
                 "a dim without rows that is not the scope dim"))
      return false;
  }
  if (!scope(static_cast<uint32_t>(i), seen)) return false;
  // An entry that stands nowhere would never match.
  uint64_t places = 0;
  for (const uint64_t word : seen) places += static_cast<uint64_t>(std::popcount(word));
  if (!require(places == entries, ranked, "an entry that is no candidate anywhere")) return false;
  if (steps_[i] == kind.worst_steps) return true;
  return fail({"Kinds.worst_steps", i}, "%llu, but its code takes %llu",
              static_cast<unsigned long long>(kind.worst_steps), static_cast<unsigned long long>(steps_[i]));
}

// The lists of the scope dim; `seen` has the entries with a bit position, and gets those that are listed.
bool Checker::scope(uint32_t i, std::vector<uint64_t>& seen) {
  const KindRow& kind = view_.Kinds[i];
  const At place{"Kinds.scope_dim", i}, rows{"Kinds.scope_rows", i};
  if (kind.scope_dim == kNone) return true;
  if (!index(kind.scope_dim, kind.dims.count, place, "dim")) return false;
  const DimRow& dim = view_.Dims[kind.dims.first + kind.scope_dim];
  if (!require(!is_multi(dim.classifier) && dim.classifier != Classifier::Signal && dim.leaf != kind.now, place,
               "a dim of several atoms, or one that depends on the instant") ||
      !range({kind.scope_rows, dim.classes}, view_.ScopeRows.size(), rows, "ScopeRows")) {
    return false;
  }
  const std::vector<uint64_t> ranked = seen;
  for (uint32_t c = 0; c < dim.classes; ++c) {
    const At at{"ScopeRows", size_t{kind.scope_rows} + c};
    const Range list = view_.ScopeRows[kind.scope_rows + c];
    if (!range(list, view_.Candidates.size(), at, "Candidates") || !spend(1 + list.count, at)) return false;
    for (uint32_t e = list.first; e < list.first + list.count; ++e) {
      if (!candidate(e, i)) return false;
      const uint32_t entry = view_.Candidates[e].entry;
      const At own{"Candidates.entry", e};
      if (!require(e == list.first || view_.Candidates[e - 1].entry < entry, own, "entries are not ascending") ||
          !require((ranked[entry / 64] >> (entry % 64) & 1) == 0, own, "an entry that has a bit position")) {
        return false;
      }
      seen[entry / 64] |= uint64_t{1} << (entry % 64);
    }
  }
  return true;
}

// A candidate by itself, as one of this kind.
bool Checker::candidate(size_t c, uint32_t kind) {
  const KindRow& of = view_.Kinds[kind];
  const format::Candidate& row = view_.Candidates[c];
  if (!index(row.entry, of.entries.count, At{"Candidates.entry", c}, "entry")) return false;
  const format::LeafRow* leaf = leaf_of(of, row.leaf);
  if (leaf == nullptr) return fail_index(At{"Candidates.leaf", c}, "leaf", row.leaf, of.leaves.count);
  CodeFacts facts;
  if (!require(is_number(leaf->type), At{"Candidates.leaf", c}, "a leaf that is no number") ||
      !code(row.code, Context{kind}, At{"Candidates.code", c}, facts)) {
    return false;
  }
  steps_[kind] = add_steps(steps_[kind], facts.steps);
  return require(!facts.in_window || of.uses_windows != 0, At{"Candidates.code", c},
                 "asks for a window on a kind that says it uses none");
}

bool Checker::dim(size_t i, const KindRow& kind) {
  const DimRow& row = view_.Dims[i];
  if (!word(row.classifier, Classifier::Windows, At{"Dims.classifier", i})) return false;
  const format::LeafRow* leaf = leaf_of(kind, row.leaf);
  if (leaf == nullptr) return fail_index(At{"Dims.leaf", i}, "leaf", row.leaf, kind.leaves.count);
  const Type type = leaf->type;
  bool fits = true;
  switch (row.classifier) {
    case Classifier::Flag:
      fits = type == Type::Bool;
      break;
    case Classifier::Presence:
      break;
    case Classifier::Signal:
      fits = type == Type::Signal;
      break;
    case Classifier::Numbers:
      fits = type == Type::Int || type == Type::Decimal || type == Type::Enum || type == Type::Timestamp ||
             type == Type::Duration;
      break;
    case Classifier::Versions:
      fits = type == Type::Version;
      break;
    case Classifier::Strings:
    case Classifier::TextAtoms:
      fits = type == Type::String;
      break;
    case Classifier::SetAtoms:
      fits = type == Type::Set;  // Of versions only `any_atom` is ever true.
      break;
    case Classifier::Windows:
      fits = row.leaf == kind.now;
      break;
  }
  if (!require(fits, At{"Dims.classifier", i}, "does not classify values of its leaf")) return false;
  if (is_multi(row.classifier) ? !multi_tables(row, i, kind) : !class_count(row, i)) return false;
  return dim_rows(row, i, kind);
}

bool Checker::class_count(const DimRow& row, size_t i) {
  const At classes{"Dims.classes", i};
  switch (row.classifier) {
    case Classifier::Flag:
    case Classifier::Signal:
      return require(row.classes == 3, classes, "not 3");
    case Classifier::Presence:
      return require(row.classes == 2, classes, "not 2");
    case Classifier::Numbers:
    case Classifier::Versions:
      return cuts(row, i) &&
             require(row.classes == 2 * uint64_t{row.cuts.count} + 2, classes, "not the classes of its cuts");
    case Classifier::Strings:
      if (!require(row.classes >= 2, classes, "fewer than 2") ||
          !hash_table(row.hash, row.classes, "class", {"Dims.hash", i})) {
        return false;
      }
      for (uint32_t s = 0; s < row.hash.count; ++s) {
        const format::HashSlot& slot = view_.HashSlots[row.hash.first + s];
        if (slot.tag != 0 && slot.value < 2) return fail({"Dims.hash", i}, "a constant of class %u", slot.value);
      }
      return true;
    case Classifier::TextAtoms:
    case Classifier::SetAtoms:
    case Classifier::Windows:
      break;
  }
  return false;
}

bool Checker::cuts(const DimRow& row, size_t i) {
  const At at{"Dims.cuts", i};
  if (row.classifier != Classifier::Versions) {
    if (!range(row.cuts, view_.Numbers.size(), at, "Numbers") || !spend(row.cuts.count, at)) return false;
    const int64_t* numbers = view_.Numbers.data() + row.cuts.first;
    for (uint32_t c = 1; c < row.cuts.count; ++c) {
      if (numbers[c - 1] >= numbers[c]) return fail(at, "not sorted");
    }
    return true;
  }
  if (!range(row.cuts, view_.Strings.size(), at, "Strings")) return false;
  for (uint32_t c = 0; c < row.cuts.count; ++c) {
    const uint32_t own = row.cuts.first + c;
    if (!spend(1 + view_.Strings[own].size, at) || !require(version_string(own), at, "not a version")) return false;
    if (c > 0 && compare_versions(string(own - 1), string(own)) >= 0) return fail(at, "not sorted by precedence");
  }
  return true;
}

// INVARIANT for probing: a power of two of slots, at least one of them empty.
bool Checker::hash_table(Range table, uint64_t limit, const char* what, At at) {
  if (!range(table, view_.HashSlots.size(), at, "HashSlots") || !spend(table.count, at)) return false;
  if (table.count == 0) return true;
  if (!require(std::has_single_bit(table.count), at, "a table that is no power of two")) return false;
  bool empty = false;
  for (uint32_t s = 0; s < table.count; ++s) {
    const format::HashSlot& slot = view_.HashSlots[table.first + s];
    if (slot.tag == 0) {
      empty = true;
      continue;
    }
    if (!text(slot.text, {"HashSlots.text", table.first + s}) || !index(slot.value, limit, at, what)) return false;
  }
  return require(empty, at, "a table without an empty slot");
}

// A hash table whose values are rows of AtomLists, all of whose atoms are below `atoms`.
bool Checker::atom_lists(Range table, uint32_t atoms, At at) {
  if (!hash_table(table, view_.AtomLists.size(), "atom list", at)) return false;
  for (uint32_t s = 0; s < table.count; ++s) {
    const format::HashSlot& slot = view_.HashSlots[table.first + s];
    if (slot.tag != 0 && !indices(view_.AtomLists[slot.value].atoms, atoms, at, "atom")) return false;
  }
  return true;
}

bool Checker::affixes(Range rows, uint32_t atoms, At at) {
  if (!range(rows, view_.Affixes.size(), at, "Affixes") || !spend(rows.count, at)) return false;
  for (uint32_t r = 0; r < rows.count; ++r) {
    const format::AffixRow& row = view_.Affixes[rows.first + r];
    if (r > 0 && view_.Affixes[rows.first + r - 1].bytes <= row.bytes) return fail(at, "lengths are not descending");
    if (!atom_lists(row.hash, atoms, at)) return false;
  }
  return true;
}

// Sessions number the slots of all tables of a multi dim, so one that its classifier does not use must not be there.
bool Checker::no_other_tables(const DimRow& row, size_t i, bool texts, bool numbers) {
  static constexpr const char* kUnused = "a table that the classifier does not use";
  return require(row.hash.count == 0 || (texts && row.classifier == Classifier::SetAtoms), At{"Dims.hash", i},
                 kUnused) &&
         require(row.prefixes.count == 0 || texts, At{"Dims.prefixes", i}, kUnused) &&
         require(row.suffixes.count == 0 || texts, At{"Dims.suffixes", i}, kUnused) &&
         require(row.dfas.count == 0 || texts, At{"Dims.dfas", i}, kUnused) &&
         require(row.cuts.count == 0 || numbers, At{"Dims.cuts", i}, kUnused);
}

bool Checker::multi_tables(const DimRow& row, size_t i, const KindRow& kind) {
  const Type element = leaf_of(kind, row.leaf)->element;
  const bool set = row.classifier == Classifier::SetAtoms;
  const bool texts = row.classifier == Classifier::TextAtoms || (set && element == Type::String);
  const bool numbers = set && (element == Type::Int || element == Type::Enum);
  if (!require(row.dense == 0, At{"Dims.dense", i}, "a multi dim with dense rows") ||
      !no_other_tables(row, i, texts, numbers)) {
    return false;
  }
  if (row.classifier == Classifier::Windows) {
    return require(row.windows.count == row.classes, At{"Dims.windows", i}, "not one per atom") &&
           indices(row.windows, view_.Windows.size(), At{"Dims.windows", i}, "window");
  }
  if (set && !index_or_none(row.any_atom, row.classes, At{"Dims.any_atom", i}, "atom")) return false;
  return (!texts || text_tables(row, i)) && (!numbers || number_tables(row, i));
}

bool Checker::text_tables(const DimRow& row, size_t i) {
  if (!atom_lists(row.hash, row.classes, At{"Dims.hash", i}) ||
      !affixes(row.prefixes, row.classes, At{"Dims.prefixes", i}) ||
      !affixes(row.suffixes, row.classes, At{"Dims.suffixes", i}) ||
      !range(row.dfas, view_.Dfas.size(), At{"Dims.dfas", i}, "Dfas") || !spend(row.dfas.count, At{"Dims.dfas", i})) {
    return false;
  }
  for (uint32_t d = 0; d < row.dfas.count; ++d) {
    if (!require(most_atom_[row.dfas.first + d] <= row.classes, At{"Dims.dfas", i},
                 "accepts an atom that is not there"))
      return false;
  }
  return true;
}

bool Checker::number_tables(const DimRow& row, size_t i) {
  if (!cuts(row, i) || !range({row.lists, row.cuts.count}, view_.AtomLists.size(), At{"Dims.lists", i}, "AtomLists"))
    return false;
  for (uint32_t l = 0; l < row.cuts.count; ++l) {
    if (!indices(view_.AtomLists[row.lists + l].atoms, row.classes, At{"Dims.lists", i}, "atom")) return false;
  }
  return true;
}

bool Checker::dim_rows(const DimRow& row, size_t i, const KindRow& kind) {
  if (!index(row.dense, 3, At{"Dims.dense", i}, "layout")) return false;
  if (row.dense == 2) return true;
  const uint64_t stride = kind.index_words + summary_words(kind.index_words);
  if (row.dense != 0) {
    const uint64_t words = stride * row.classes;
    if (row.rows > view_.IndexWords.size() || words > view_.IndexWords.size() - row.rows) {
      return fail(At{"Dims.rows", i}, "%llu words from %u, of %zu", static_cast<unsigned long long>(words), row.rows,
                  view_.IndexWords.size());
    }
    for (uint32_t c = 0; c < row.classes; ++c) {
      if (!bit_row(row.rows + c * stride, kind, At{"Dims.rows", i})) return false;
    }
    return true;
  }
  const bool multi = is_multi(row.classifier);
  const uint64_t count = (multi ? 2 : 1) * uint64_t{row.classes};
  // Dims do not share rows: what classifying reserves stays within the bundle's size.
  sparse_used_ += count;
  if (!index(sparse_used_, view_.SparseRows.size() + 1, At{"Dims.rows", i}, "sparse rows")) return false;
  return bit_row(row.wildcard, kind, At{"Dims.wildcard", i}) &&
         (!multi || bit_row(row.negative, kind, At{"Dims.negative", i})) &&
         sparse_rows(row.rows, count, kind, At{"Dims.rows", i});
}

// index_words words of bits and then their summary: a bit per word that has any bit. No bit speaks of an entry that is
// not there.
bool Checker::bit_row(uint64_t first, const KindRow& kind, At at) {
  const uint64_t words = kind.index_words, stride = words + summary_words(words);
  if (first > view_.IndexWords.size() || stride > view_.IndexWords.size() - first) {
    return fail(at, "%llu words from %llu, of %zu", static_cast<unsigned long long>(stride),
                static_cast<unsigned long long>(first), view_.IndexWords.size());
  }
  if (!spend(1 + stride, at)) return false;
  if (words == 0) return true;
  const uint64_t* row = view_.IndexWords.data() + first;
  const uint32_t last_bits = kind.ranked.count % 64;
  if (last_bits != 0 && (row[words - 1] >> last_bits) != 0) return fail(at, "a bit of a candidate that is not there");
  for (uint64_t s = 0; s < summary_words(words); ++s) {
    uint64_t summary = 0;
    const uint64_t end = std::min(words - s * 64, uint64_t{64});
    for (uint64_t w = 0; w < end; ++w) summary |= static_cast<uint64_t>(row[s * 64 + w] != 0) << w;
    if (summary != row[words + s]) return fail(at, "a summary that is not the summary of its words");
  }
  return true;
}

bool Checker::sparse_rows(uint64_t first, uint64_t count, const KindRow& kind, At at) {
  if (first > view_.SparseRows.size() || count > view_.SparseRows.size() - first) {
    return fail(at, "%llu sparse rows from %llu, of %zu", static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(first), view_.SparseRows.size());
  }
  const uint32_t last_bits = kind.ranked.count % 64;
  for (uint64_t r = first; r < first + count; ++r) {
    const Range own = view_.SparseRows[r].words;
    const At place{"SparseRows.words", r};
    // Rows do not share words: what a session lists per entry stays within the bundle's size, and 32 bits.
    sparse_words_used_ += own.count;
    if (!index(sparse_words_used_, view_.SparseWords.size() + 1, place, "sparse words") || !spend(1 + own.count, at)) {
      return false;
    }
    for (uint32_t w = 0; w < own.count; ++w) {
      const format::SparseWord& word = view_.SparseWords[own.first + w];
      if (!index(word.word, kind.index_words, place, "word")) return false;
      if (w > 0 && view_.SparseWords[own.first + w - 1].word >= word.word)
        return fail(place, "words are not ascending");
      if (word.word + 1 == kind.index_words && last_bits != 0 && (word.bits >> last_bits) != 0) {
        return fail(place, "a bit of a candidate that is not there");
      }
    }
  }
  return true;
}

}  // namespace guardvm::load
