// The index: select a row per dim, AND the summaries, then the words that are left.
#include "decide/index.hpp"

#include <algorithm>
#include <bit>

namespace guardvm {
namespace {

using format::DimRow;
using format::SparseWord;
using format::View;

uint32_t summary_words(uint32_t words) { return (words + 63) / 64; }

uint64_t sparse_word(const View& view, uint32_t row, uint32_t word) {
  const format::Range range = view.SparseRows[row].words;
  const SparseWord* first = view.SparseWords.data() + range.first;
  const SparseWord* last = first + range.count;
  if (range.count <= 8) {
    for (const SparseWord* at = first; at != last; ++at) {
      if (at->word == word) return at->bits;
    }
    return 0;
  }
  const SparseWord* at = std::lower_bound(first, last, word, [](const SparseWord& s, uint32_t w) { return s.word < w; });
  return at != last && at->word == word ? at->bits : 0;
}

void mark_words(const View& view, uint32_t row, std::vector<uint64_t>& summary) {
  const format::Range range = view.SparseRows[row].words;
  for (uint32_t i = 0; i < range.count; ++i) {
    const uint32_t word = view.SparseWords[range.first + i].word;
    summary[word / 64] |= uint64_t{1} << (word % 64);
  }
}

bool depends_on_time(const Facts& facts, const DimRow& dim) {
  return dim.leaf == facts.kind->now || dim.classifier == format::Classifier::Signal;
}

}  // namespace

void Index::reserve(const View& view) {
  size_t dims = 0, words = 0, entries = 0;
  for (const format::KindRow& kind : view.Kinds) {
    dims = std::max<size_t>(dims, kind.dims.count);
    words = std::max<size_t>(words, kind.index_words);
    entries = std::max<size_t>(entries, kind.entries.count);
  }
  rows_.reserve(dims);
  summary_.resize(summary_words(static_cast<uint32_t>(words)));
  scratch_.resize(std::max(words, summary_.size()));
  found_.reserve(entries);
}

void Index::select_rows(const Facts& facts, const Classes& classes, bool any_time) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  const uint32_t stride = kind.index_words + summary_words(kind.index_words);
  rows_.clear();
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = view.Dims[kind.dims.first + d];
    if (any_time && depends_on_time(facts, dim)) continue;
    const uint64_t* words = view.IndexWords.data();
    if (is_multi(dim.classifier)) {
      rows_.push_back({words + dim.wildcard, words + dim.negative, classes.atoms(d), classes.atom_count(d), dim.rows});
    } else if (dim.dense != 0) {
      rows_.push_back({words + dim.rows + static_cast<uint64_t>(classes.class_of(d)) * stride, nullptr, nullptr, 0, format::kNone});
    } else {
      rows_.push_back({words + dim.wildcard, nullptr, nullptr, 0, dim.rows + classes.class_of(d)});
    }
  }
}

// Which words can have a surviving bit, by the summaries: a superset for multi dims.
void Index::summarise(const View& view, uint32_t words) {
  const uint32_t count = summary_words(words);
  for (uint32_t i = 0; i < count; ++i) summary_[i] = ~uint64_t{0};
  if (words % 64 != 0) summary_[count - 1] = (uint64_t{1} << (words % 64)) - 1;
  for (const Row& row : rows_) {
    const uint64_t* own = row.words + words;
    if (row.sparse == format::kNone) {
      for (uint32_t i = 0; i < count; ++i) summary_[i] &= own[i];
      continue;
    }
    for (uint32_t i = 0; i < count; ++i) scratch_[i] = own[i] | (row.negative != nullptr ? row.negative[words + i] : 0);
    if (row.negative == nullptr) mark_words(view, row.sparse, scratch_);
    for (uint32_t a = 0; a < row.atom_count; ++a) mark_words(view, row.sparse + 2 * row.atoms[a], scratch_);
    for (uint32_t i = 0; i < count; ++i) summary_[i] &= scratch_[i];
  }
}

uint64_t Index::word_of(const View& view, const Row& row, uint32_t word) const {
  uint64_t bits = row.words[word];
  if (row.sparse == format::kNone) return bits;
  if (row.negative == nullptr) return bits | sparse_word(view, row.sparse, word);
  uint64_t negative = row.negative[word];
  for (uint32_t a = 0; a < row.atom_count; ++a) {
    const uint32_t rows = row.sparse + 2 * row.atoms[a];
    bits |= sparse_word(view, rows, word);
    if (negative != 0) negative &= ~sparse_word(view, rows + 1, word);
  }
  return bits | negative;
}

void Index::sort_found(uint32_t entries) {
  if (found_.size() <= 48 || entries / 64 > found_.size() * 4) {
    std::sort(found_.begin(), found_.end());
    return;
  }
  const uint32_t words = (entries + 63) / 64;
  std::fill(scratch_.begin(), scratch_.begin() + words, 0);
  for (const uint32_t entry : found_) scratch_[entry / 64] |= uint64_t{1} << (entry % 64);
  size_t out = 0;
  for (uint32_t w = 0; w < words; ++w) {
    for (uint64_t bits = scratch_[w]; bits != 0; bits &= bits - 1) {
      found_[out++] = w * 64 + static_cast<uint32_t>(std::countr_zero(bits));
    }
  }
}

const std::vector<uint32_t>& Index::collect(const Facts& facts, bool run_residual) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  found_.clear();
  if (kind.entries.count == 0) return found_;
  summarise(view, kind.index_words);
  for (uint32_t s = 0; s < summary_words(kind.index_words); ++s) {
    for (uint64_t left = summary_[s]; left != 0; left &= left - 1) {
      const uint32_t word = s * 64 + static_cast<uint32_t>(std::countr_zero(left));
      uint64_t bits = ~uint64_t{0};
      if (word == kind.index_words - 1 && kind.entries.count % 64 != 0) bits = (uint64_t{1} << (kind.entries.count % 64)) - 1;
      for (const Row& row : rows_) {
        bits &= word_of(view, row, word);
        if (bits == 0) break;
      }
      for (; bits != 0; bits &= bits - 1) {
        const uint32_t entry = view.Indices[kind.rank + word * 64 + static_cast<uint32_t>(std::countr_zero(bits))];
        const format::EntryRow& row = view.Entries[kind.entries.first + entry];
        if (!run_residual || row.exact != 0 || run(facts, row.residual)) found_.push_back(entry);
      }
    }
  }
  sort_found(kind.entries.count);
  return found_;
}

const std::vector<uint32_t>& Index::match(const Facts& facts, const Classes& classes) {
  select_rows(facts, classes, false);
  return collect(facts, true);
}

const std::vector<uint32_t>& Index::match_any_time(const Facts& facts, const Classes& classes) {
  select_rows(facts, classes, true);
  return collect(facts, false);
}

}  // namespace guardvm
