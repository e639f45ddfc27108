// The index: select a row per class dim, AND the summaries, then the words that are left, then ask the multi dims.
#include "decide/index.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace guardvm {
namespace {

using format::DimRow;
using format::SparseWord;
using format::View;

constexpr size_t kFewFound = 8;

uint32_t summary_words(uint32_t words) { return (words + 63) / 64; }

uint64_t sparse_word(const View& view, format::Range words, uint32_t word) {
  const SparseWord* first = view.SparseWords.data() + words.first;
  const SparseWord* last = first + words.count;
  if (words.count <= 8) {
    for (const SparseWord* at = first; at != last; ++at) {
      if (at->word == word) return at->bits;
    }
    return 0;
  }
  const SparseWord* at =
      std::lower_bound(first, last, word, [](const SparseWord& s, uint32_t w) { return s.word < w; });
  return at != last && at->word == word ? at->bits : 0;
}

// Per bit position the literals that the rows of a multi dim say of it.
void gather_literals(const View& view, const DimRow& dim, uint32_t positions, std::vector<uint32_t>& first,
                     std::vector<uint32_t>& literals) {
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
  first.assign(size_t{positions} + 1, 0);
  each([&](uint32_t position, uint32_t) { ++first[position + 1]; });
  for (size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  literals.resize(first.back());
  std::vector<uint32_t> next(first.begin(), first.end() - 1);
  each([&](uint32_t position, uint32_t literal) { literals[next[position]++] = literal; });
}

}  // namespace

const AtomTable& Index::prepare(const Facts& facts) {
  const View& view = *facts.view;
  const format::KindRow& kind = *facts.kind;
  view_ = &view;
  if (kinds_.empty()) kinds_.resize(view.Kinds.size());
  KindTables& tables = kinds_[static_cast<size_t>(&kind - view.Kinds.data())];
  if (tables.ready) return tables.atoms;
  tables = {};  // Half of them may be there, when memory ran out the last time.
  tables.atoms.build(view, kind);
  const uint64_t* words = view.IndexWords.data();
  const uint64_t stride = kind.index_words + summary_words(kind.index_words);
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const DimRow& dim = view.Dims[kind.dims.first + d];
    const bool uses_time = depends_on_time(kind, dim);
    if (is_multi(dim.classifier)) {
      Multi& multi = tables.multis.emplace_back();
      multi.wildcard = words + dim.wildcard;
      multi.negative = words + dim.negative;
      multi.rows = dim.rows;
      multi.dim = d;
      multi.uses_time = uses_time;
      gather_literals(view, dim, kind.ranked.count, multi.first, multi.literals);
    } else if (dim.dense == 1) {
      tables.dense.push_back({words + dim.rows, stride, d, uses_time});
    } else if (dim.dense == 0) {
      tables.sparse.push_back({words + dim.wildcard, dim.rows, d, uses_time});
    }
  }
  tables.is_short = tables.short_rows.build(view, kind, tables.atoms);
  summary_.resize(std::max<size_t>(summary_.size(), summary_words(kind.index_words)));
  scratch_.resize(std::max<size_t>(scratch_.size(), kind.entries.count / 64 + 1));
  found_.reserve(kind.entries.count);
  positions_.resize(std::max<size_t>(positions_.size(), kind.ranked.count + ShortRows::kRoom));
  uint32_t listed = 0;
  for (uint32_t c = 0; kind.scope_dim != format::kNone && c < view.Dims[kind.dims.first + kind.scope_dim].classes; ++c)
    listed = std::max(listed, view.ScopeRows[kind.scope_rows + c].count);
  standing_.resize(std::max<size_t>(standing_.size(), size_t{kind.ranked.count} + listed + 1));
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

// Long rows: which words have anything is found by the summaries of the class dims first.
void Index::select(const KindTables& tables, const Classes& classes, bool any_time) {
  dense_rows_.clear();
  sparse_rows_.clear();
  asked_.clear();
  for (const Dense& dim : tables.dense) {
    if (!any_time || !dim.uses_time) dense_rows_.push_back(dim.rows + classes.class_of(dim.dim) * dim.stride);
  }
  for (const Sparse& dim : tables.sparse) {
    if (any_time && dim.uses_time) continue;
    sparse_rows_.push_back({dim.wildcard, view_->SparseRows[dim.rows + classes.class_of(dim.dim)].words});
  }
  for (const Multi& dim : tables.multis) {
    if (!any_time || !dim.uses_time) asked_.push_back(&dim);
  }
}

// Those of the candidates `bits` of one word to which a multi dim does not say no, one by one.
uint64_t Index::ask(const Multi& dim, const Classes& classes, uint32_t word, uint64_t bits) {
  for (uint64_t left = bits & ~dim.wildcard[word]; left != 0; left &= left - 1) {
    const auto bit = static_cast<uint32_t>(std::countr_zero(left));
    if (!dim.holds(classes, word * 64 + bit)) bits &= ~(uint64_t{1} << bit);
  }
  return bits;
}

// Which words can have a surviving bit, by the summaries of the class dims.
void Index::summarise(uint32_t words) {
  const uint32_t count = summary_words(words);
  for (uint32_t i = 0; i < count; ++i) summary_[i] = ~uint64_t{0};
  if (words % 64 != 0) summary_[count - 1] = (uint64_t{1} << (words % 64)) - 1;
  for (const uint64_t* row : dense_rows_) {
    for (uint32_t i = 0; i < count; ++i) summary_[i] &= row[words + i];
  }
  for (const Row& row : sparse_rows_) {
    for (uint32_t i = 0; i < count; ++i) scratch_[i] = row.words[words + i];
    for (uint32_t i = 0; i < row.added.count; ++i) {
      const uint32_t word = view_->SparseWords[row.added.first + i].word;
      scratch_[word / 64] |= uint64_t{1} << (word % 64);
    }
    for (uint32_t i = 0; i < count; ++i) summary_[i] &= scratch_[i];
  }
}

// Those of the candidates `bits` of one word that no dim rules out.
uint64_t Index::candidates(const AtomTable& atoms, const Classes& classes, uint32_t word, uint64_t bits) const {
  for (const uint64_t* row : dense_rows_) bits &= row[word];
  for (const Row& row : sparse_rows_) bits &= row.words[word] | sparse_word(*view_, row.added, word);
  for (const Multi* asked : asked_) {
    if (bits == 0) return 0;
    const Classes::Few& few = classes.few(asked->dim);
    if (few.listed) {
      uint64_t row = asked->wildcard[word];
      uint64_t negative = asked->negative[word];
      const auto add = [&](uint32_t atom) {
        const format::SparseRow* rows = view_->SparseRows.data() + asked->rows + 2 * atom;
        row |= sparse_word(*view_, rows[0].words, word);
        if (negative != 0) negative &= ~sparse_word(*view_, rows[1].words, word);
      };
      for (uint32_t s = 0; s < few.count; ++s) {
        if (few.sources[s] >= atoms.hit_count) {
          add(few.sources[s] - atoms.hit_count - atoms.base[asked->dim]);
          continue;
        }
        const format::Range list = view_->AtomLists[atoms.hit_list[few.sources[s]]].atoms;
        for (uint32_t i = list.first; i < list.first + list.count; ++i) add(view_->Indices[i]);
      }
      bits &= row | negative;
      continue;
    }
    bits = ask(*asked, classes, word, bits);
  }
  return bits;
}

void Index::sort_found(uint32_t entries) {
  const size_t count = found_.size();
  if (count < 2) return;
  if (count <= kFewFound) {
    // Each goes where as many are less: how they stand cannot be foreseen, so nothing jumps for it.
    std::array<uint32_t, kFewFound> all;
    all.fill(format::kNone);
    std::copy_n(found_.begin(), count, all.begin());
    for (size_t i = 0; i < count; ++i) {
      uint32_t less = 0;
      for (const uint32_t other : all) less += other < all[i] ? 1 : 0;
      found_[less] = all[i];
    }
    return;
  }
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

// Drops the candidates to which a multi dim says no that short rows did not look at.
size_t Index::ask_unlisted(const KindTables& tables, const Classes& classes, size_t count, bool any_time) {
  for (const Multi& dim : tables.multis) {
    if (classes.few(dim.dim).listed || (any_time && dim.uses_time)) [[likely]]
      continue;
    const auto stays = [&](uint32_t at) { return ask(dim, classes, at / 64, uint64_t{1} << (at % 64)) != 0; };
    count = static_cast<size_t>(
        std::stable_partition(positions_.begin(), positions_.begin() + static_cast<std::ptrdiff_t>(count), stays) -
        positions_.begin());
  }
  return count;
}

// The positions of the bits that no dim rules out.
size_t Index::find_positions(const Facts& facts, const Classes& classes, KindTables& tables, bool at_any_time) {
  const format::KindRow& kind = *facts.kind;
  const uint32_t words = kind.index_words;
  size_t count = 0;
  if (tables.is_short) {
    count = tables.short_rows.find(classes, at_any_time, positions_.data());
    return classes.all_listed() ? count : ask_unlisted(tables, classes, count, at_any_time);
  }
  select(tables, classes, at_any_time);
  summarise(words);
  for (uint32_t s = 0; s < summary_words(words); ++s) {
    for (uint64_t left = summary_[s]; left != 0; left &= left - 1) {
      const uint32_t word = s * 64 + static_cast<uint32_t>(std::countr_zero(left));
      const uint32_t size = std::min(kind.ranked.count - word * 64, 64u);
      uint64_t bits = candidates(tables.atoms, classes, word, ~uint64_t{0} >> (64 - size));
      for (; bits != 0; bits &= bits - 1)
        positions_[count++] = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
    }
  }
  return count;
}

void Index::collect(const Facts& facts, const Classes& classes, bool at_any_time) {
  const format::KindRow& kind = *facts.kind;
  KindTables& tables = kinds_[static_cast<size_t>(&kind - view_->Kinds.data())];
  const format::Candidate** const standing = standing_.data();
  size_t count = 0;
  // Kept when the number of its leaf is in its range: without a jump as well.
  const auto keep = [&](const format::Candidate& candidate) {
    const Slot& slot = facts.slots[candidate.leaf];
    const bool in_range = (slot.present != 0) & (candidate.least <= slot.number) & (slot.number <= candidate.most);
    standing[count] = &candidate;
    __builtin_prefetch(view_->Code.data() + candidate.code.first);
    count += static_cast<size_t>(in_range | (at_any_time & (candidate.leaf == kind.now)));
  };
  const format::Candidate* const all = view_->Candidates.data();
  format::Range listed = {};
  if (kind.scope_dim != format::kNone) listed = view_->ScopeRows[kind.scope_rows + classes.class_of(kind.scope_dim)];
  __builtin_prefetch(all + listed.first);
  __builtin_prefetch(all + listed.first + 2);
  if (kind.index_words > 0) {
    const size_t found = find_positions(facts, classes, tables, at_any_time);
    const format::Candidate* ranked = all + kind.ranked.first;
    for (size_t i = 0; i < found; ++i) keep(ranked[positions_[i]]);
  }
  for (uint32_t i = listed.first; i < listed.first + listed.count; ++i) keep(all[i]);
  found_.clear();
  for (size_t i = 0; i < count; ++i) {
    const format::Candidate& candidate = *standing[i];
    if (at_any_time || candidate.code.count == 0 || run(facts, candidate.code)) found_.push_back(candidate.entry);
  }
  sort_found(kind.entries.count);
}

const std::vector<uint32_t>& Index::match(const Facts& facts, const Classes& classes) {
  collect(facts, classes, false);
  return found_;
}

const std::vector<uint32_t>& Index::match_any_time(const Facts& facts, const Classes& classes) {
  collect(facts, classes, true);
  return found_;
}

}  // namespace guardvm
