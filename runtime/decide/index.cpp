// The index: select a row per class dim, AND the summaries, then the words that are left, then ask the multi dims.
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
  const SparseWord* at =
      std::lower_bound(first, last, word, [](const SparseWord& s, uint32_t w) { return s.word < w; });
  return at != last && at->word == word ? at->bits : 0;
}

bool depends_on_time(const Facts& facts, const DimRow& dim) {
  return dim.leaf == facts.kind->now || dim.classifier == format::Classifier::Signal;
}

}  // namespace

const AtomTable& Index::prepare(const Facts& facts) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  kinds_.resize(view.Kinds.size());
  KindTables& tables = kinds_[static_cast<size_t>(&kind - view.Kinds.data())];
  if (tables.ready) return tables.atoms;
  tables.multis.clear();  // Half of them, when memory ran out the last time.
  tables.atoms.build(view, kind);
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = view.Dims[kind.dims.first + d];
    if (!is_multi(dim.classifier)) continue;
    Multi& multi = tables.multis.emplace_back();
    multi.dim = d;
    const auto each = [&](const auto& visit) {
      for (uint32_t literal = 0; literal < 2 * dim.classes; ++literal) {
        const format::Range range = view.SparseRows[dim.rows + literal].words;
        for (uint32_t i = 0; i < range.count; ++i) {
          const SparseWord& word = view.SparseWords[range.first + i];
          for (uint64_t bits = word.bits; bits != 0; bits &= bits - 1) {
            visit(word.word * 64 + static_cast<uint32_t>(std::countr_zero(bits)), literal);
          }
        }
      }
    };
    multi.first.assign(static_cast<size_t>(kind.index_words) * 64 + 1, 0);
    each([&](uint32_t position, uint32_t) { ++multi.first[position + 1]; });
    for (size_t i = 1; i < multi.first.size(); ++i) multi.first[i] += multi.first[i - 1];
    multi.literals.resize(multi.first.back());
    std::vector<uint32_t> next(multi.first.begin(), multi.first.end() - 1);
    each([&](uint32_t position, uint32_t literal) { multi.literals[next[position]++] = literal; });
  }
  const size_t summary = summary_words(kind.index_words);
  summary_.resize(std::max(summary_.size(), summary));
  scratch_.resize(std::max<size_t>(scratch_.size(), kind.index_words));
  found_.reserve(kind.entries.count);
  tables.ready = true;
  return tables.atoms;
}

bool Index::Multi::holds(const Classes& classes, uint32_t position) const {
  bool negated = false;
  for (uint32_t i = first[position]; i < first[position + 1]; ++i) {
    const bool truth = classes.atom_true(dim, literals[i] / 2);
    if (literals[i] % 2 == 0 && truth) return true;
    if (literals[i] % 2 == 1 && truth) return false;
    negated = literals[i] % 2 == 1;
  }
  return negated;  // None of the negated ones is true; or no positive one is.
}

void Index::select(const Facts& facts, const Classes& classes, bool any_time) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  const uint64_t stride = kind.index_words + summary_words(kind.index_words);
  const uint64_t* words = view.IndexWords.data();
  const KindTables& tables = kinds_[static_cast<size_t>(&kind - view.Kinds.data())];
  const Multi* multi = tables.multis.data();
  rows_.clear();
  asked_.clear();
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = view.Dims[kind.dims.first + d];
    const bool left_out = any_time && depends_on_time(facts, dim);
    if (is_multi(dim.classifier)) {
      if (!left_out) asked_.push_back({words + dim.wildcard, words + dim.negative, multi, dim.rows});
      ++multi;
    } else if (!left_out) {
      if (dim.dense != 0)
        rows_.push_back({words + dim.rows + classes.class_of(d) * stride, format::kNone});
      else
        rows_.push_back({words + dim.wildcard, dim.rows + classes.class_of(d)});
    }
  }
}

// Which words can have a surviving bit, by the summaries of the class dims.
void Index::summarise(const Facts& facts) {
  const uint32_t words = facts.kind->index_words;
  const uint32_t count = summary_words(words);
  for (uint32_t i = 0; i < count; ++i) summary_[i] = ~uint64_t{0};
  if (words % 64 != 0) summary_[count - 1] = (uint64_t{1} << (words % 64)) - 1;
  for (const Row& row : rows_) {
    const uint64_t* own = row.words + words;
    if (row.sparse == format::kNone) {
      for (uint32_t i = 0; i < count; ++i) summary_[i] &= own[i];
      continue;
    }
    for (uint32_t i = 0; i < count; ++i) scratch_[i] = own[i];
    const format::Range range = facts.view->SparseRows[row.sparse].words;
    for (uint32_t i = 0; i < range.count; ++i) {
      const uint32_t word = facts.view->SparseWords[range.first + i].word;
      scratch_[word / 64] |= uint64_t{1} << (word % 64);
    }
    for (uint32_t i = 0; i < count; ++i) summary_[i] &= scratch_[i];
  }
}

// The entries of one word that no dim rules out.
uint64_t Index::candidates(const Facts& facts, const Classes& classes, uint32_t word) const {
  const format::KindRow& kind = *facts.kind;
  uint64_t bits = ~uint64_t{0};
  if (word == kind.index_words - 1 && kind.entries.count % 64 != 0)
    bits = (uint64_t{1} << (kind.entries.count % 64)) - 1;
  for (const Row& row : rows_) {
    bits &= row.words[word] | (row.sparse == format::kNone ? 0 : sparse_word(*facts.view, row.sparse, word));
    if (bits == 0) return 0;
  }
  for (const Asked& asked : asked_) {
    const Classes::Few& few = classes.few(asked.multi->dim);
    if (few.listed) {
      uint64_t row = asked.wildcard[word];
      uint64_t negative = asked.negative[word];
      for (uint32_t a = 0; a < few.count; ++a) {
        row |= sparse_word(*facts.view, asked.rows + 2 * few.atoms[a], word);
        if (negative != 0) negative &= ~sparse_word(*facts.view, asked.rows + 2 * few.atoms[a] + 1, word);
      }
      bits &= row | negative;
      if (bits == 0) return 0;
      continue;
    }
    for (uint64_t left = bits & ~asked.wildcard[word]; left != 0; left &= left - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(left));
      if (!asked.multi->holds(classes, word * 64 + bit)) bits &= ~(uint64_t{1} << bit);
    }
  }
  return bits;
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

const std::vector<uint32_t>& Index::collect(const Facts& facts, const Classes& classes, bool run_residual) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  found_.clear();
  if (kind.entries.count == 0) return found_;
  summarise(facts);
  for (uint32_t s = 0; s < summary_words(kind.index_words); ++s) {
    for (uint64_t left = summary_[s]; left != 0; left &= left - 1) {
      const uint32_t word = s * 64 + static_cast<uint32_t>(std::countr_zero(left));
      for (uint64_t bits = candidates(facts, classes, word); bits != 0; bits &= bits - 1) {
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
  select(facts, classes, false);
  return collect(facts, classes, true);
}

const std::vector<uint32_t>& Index::match_any_time(const Facts& facts, const Classes& classes) {
  select(facts, classes, true);
  return collect(facts, classes, false);
}

}  // namespace guardvm
