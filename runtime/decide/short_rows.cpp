// See short_rows.hpp.
#include "decide/short_rows.hpp"

#include <algorithm>
#include <bit>

#include "read/processor.hpp"

namespace guardvm {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;

}  // namespace

// The first block of a new row: the words given, or zeros.
uint32_t ShortRows::add_row(const uint64_t* words) {
  const auto row = static_cast<uint32_t>(rows_.size());
  rows_.resize(rows_.size() + blocks_, Block{});
  for (uint32_t w = 0; words != nullptr && w < words_; ++w) add_word(row, w, words[w]);
  return row;
}

void ShortRows::add_word(uint32_t row, uint32_t word, uint64_t bits) {
  rows_[row + word / kBlockWords].words[word % kBlockWords] |= bits;
}

// What each source of truth of a multi dim lets pass and stops.
void ShortRows::add_sources(const format::View& view, const format::DimRow& row, uint32_t dim, const AtomTable& atoms) {
  const auto add = [&](uint32_t source, uint32_t atom) {
    uint32_t& own = source_rows_[source];
    if (own == 0) {
      own = add_row(nullptr);
      add_row(nullptr);
    }
    for (const uint32_t stops : {0u, 1u}) {
      const format::Range range = view.SparseRows[row.rows + 2 * atom + stops].words;
      for (uint32_t i = range.first; i < range.first + range.count; ++i)
        add_word(own + stops * blocks_, view.SparseWords[i].word, view.SparseWords[i].bits);
    }
  };
  const uint32_t base = atoms.base[dim];
  for (uint32_t atom = 0; atom < row.classes && rows_.size() * sizeof(Block) <= kMostBytes; ++atom) {
    add(atoms.hit_count + base + atom, atom);
    for (uint32_t h = atoms.hit_first[base + atom]; h < atoms.hit_first[base + atom + 1]; ++h) add(atoms.hits[h], atom);
  }
}

bool ShortRows::build(const format::View& view, const format::KindRow& kind, const AtomTable& atoms) {
  words_ = kind.index_words;
  blocks_ = (words_ + kBlockWords - 1) / kBlockWords;
  if (words_ == 0 || words_ > kMostWords) return false;
  const uint64_t* const words = view.IndexWords.data();
  const size_t stride = words_ + 1;  // a summary of one word
  add_row(nullptr);                  // of sources that no atom asks for: what passes, and what is stopped
  add_row(nullptr);
  all_ = add_row(nullptr);
  for (uint32_t i = 0; i < kind.ranked.count; ++i) add_word(all_, i / 64, uint64_t{1} << (i % 64));
  source_rows_.assign(size_t{atoms.hit_count} + atoms.atom_count(), 0);
  for (uint32_t d = 0; d < kind.dims.count; ++d) {
    const format::DimRow& dim = view.Dims[kind.dims.first + d];
    const Dim added = {d, static_cast<uint32_t>(rows_.size()), depends_on_time(kind, dim)};
    if (is_multi(dim.classifier)) {
      multi_dims_.push_back(added);
      add_row(words + dim.wildcard);
      add_row(words + dim.negative);
      add_sources(view, dim, d, atoms);
    } else if (dim.dense < 2) {
      class_dims_.push_back(added);
      if ((rows_.size() + size_t{dim.classes} * blocks_) * sizeof(Block) > kMostBytes) return false;
      for (uint32_t c = 0; c < dim.classes; ++c) {
        const uint32_t row = add_row(words + (dim.dense == 1 ? dim.rows + c * stride : dim.wildcard));
        const format::Range range = dim.dense == 1 ? format::Range{} : view.SparseRows[dim.rows + c].words;
        for (uint32_t i = range.first; i < range.first + range.count; ++i)
          add_word(row, view.SparseWords[i].word, view.SparseWords[i].bits);
      }
    }
    if (rows_.size() * sizeof(Block) > kMostBytes) return false;
  }
#if defined(__x86_64__)
  if (has_avx2()) way_ = &ShortRows::find_avx2;
#endif
  left_.resize(blocks_);
  passed_.resize(blocks_);
  stopped_.resize(blocks_);
  return true;
}

// The blocks of a row, 0: as many as it has; and the words of each that are used.
template <uint32_t kBlocks, uint32_t kUsed>
[[gnu::always_inline]] inline void ShortRows::intersect(const Classes& classes, bool any_time) {
  const uint32_t blocks = kBlocks != 0 ? kBlocks : blocks_;
  const Block* const rows = rows_.data();
  const auto each = [&](auto use) {
    for (uint32_t b = 0; b < blocks; ++b) {
      for (uint32_t w = 0; w < kUsed; ++w) use(b, w);
    }
  };
  Block* const left = left_.data();
  std::copy_n(rows + all_, blocks, left);
  for (const Dim& dim : class_dims_) {
    if (any_time && dim.uses_time) continue;
    const Block* const row = rows + dim.rows + classes.class_of(dim.dim) * blocks;
    each([&](uint32_t b, uint32_t w) { left[b].words[w] &= row[b].words[w]; });
  }
  Block* const passed = passed_.data();
  Block* const stopped = stopped_.data();
  for (const Dim& dim : multi_dims_) {
    const Classes::Few& few = classes.few(dim.dim);
    if ((any_time && dim.uses_time) || !few.listed) continue;
    const Block* const open = rows + dim.rows;
    const Block* const negative = open + blocks;
    each([&](uint32_t b, uint32_t w) { passed[b].words[w] = open[b].words[w]; });
    each([&](uint32_t b, uint32_t w) { stopped[b].words[w] = ~negative[b].words[w]; });
    for (uint32_t s = 0; s < few.count; ++s) {
      const Block* const passes = rows + source_rows_[few.sources[s]];
      const Block* const stops = passes + blocks;
      each([&](uint32_t b, uint32_t w) { passed[b].words[w] |= passes[b].words[w]; });
      each([&](uint32_t b, uint32_t w) { stopped[b].words[w] |= stops[b].words[w]; });
    }
    each([&](uint32_t b, uint32_t w) { left[b].words[w] &= passed[b].words[w] | ~stopped[b].words[w]; });
  }
}

// How many bits a word has, nobody could foresee: the first few positions are written without a jump.
[[gnu::always_inline]] inline size_t ShortRows::find_all(const Classes& classes, bool any_time, uint32_t* positions) {
  if (words_ == 1)
    intersect<1, 1>(classes, any_time);
  else if (blocks_ == 1)
    intersect<1, kBlockWords>(classes, any_time);
  else
    intersect<0, kBlockWords>(classes, any_time);
  size_t found = 0;
  for (uint32_t w = 0; w < words_; ++w) {
    uint64_t bits = left_[w / kBlockWords].words[w % kBlockWords];
    uint32_t* out = positions + found;
    found += static_cast<size_t>(std::popcount(bits));
    do {
      for (size_t i = 0; i < kRoom; ++i, bits &= bits - 1)
        *out++ = w * 64 + static_cast<uint32_t>(std::countr_zero(bits));
    } while (bits != 0);
  }
  return found;
}

size_t ShortRows::find_baseline(const Classes& classes, bool any_time, uint32_t* positions) {
  return find_all(classes, any_time, positions);
}

#if defined(__x86_64__)
GUARDVM_AVX2 size_t ShortRows::find_avx2(const Classes& classes, bool any_time, uint32_t* positions) {
  return find_all(classes, any_time, positions);
}
#endif

}  // namespace guardvm
