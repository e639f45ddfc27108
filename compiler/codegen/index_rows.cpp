// Bit rows: which entry, at which bit position, is possible for which class or true atom.
#include "codegen/index_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "codegen/index_choice.hpp"

namespace guard::codegen {
namespace {

using partition::ClassSet;

constexpr uint64_t kDenseClasses = 64, kDenseBytes = uint64_t{256} << 10, kDimBytes = uint64_t{4} << 20;
constexpr size_t kCoarseCuts = 32, kSmallKind = 64;

// One row under construction: words, then a summary bit per word.
class BitRow {
 public:
  explicit BitRow(uint32_t words) : words_(words) {}
  void set(uint32_t position) { words_[position / 64] |= uint64_t{1} << (position % 64); }
  uint32_t append_to(std::vector<uint64_t>& out) const {
    const auto first = static_cast<uint32_t>(out.size());
    out.insert(out.end(), words_.begin(), words_.end());
    for (size_t s = 0; s < words_.size(); s += 64) {
      uint64_t summary = 0;
      for (size_t w = s; w < std::min(words_.size(), s + 64); ++w) {
        if (words_[w] != 0) summary |= uint64_t{1} << (w - s);
      }
      out.push_back(summary);
    }
    return first;
  }

 private:
  std::vector<uint64_t> words_;
};

// (row, bit position): the bits of the sparse rows of one dim.
using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

uint32_t append_sparse(Sections& out, uint32_t rows, Pairs& pairs) {
  std::sort(pairs.begin(), pairs.end());
  const auto first = static_cast<uint32_t>(out.SparseRows.size());
  size_t at = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    const auto begin = static_cast<uint32_t>(out.SparseWords.size());
    for (; at < pairs.size() && pairs[at].first == row; ++at) {
      const uint32_t word = pairs[at].second / 64;
      if (out.SparseWords.size() == begin || out.SparseWords.back().word != word)
        out.SparseWords.push_back({0, word, 0});
      out.SparseWords.back().bits |= uint64_t{1} << (pairs[at].second % 64);
    }
    out.SparseRows.push_back({{begin, static_cast<uint32_t>(out.SparseWords.size()) - begin}});
  }
  return first;
}

// Fewer classes for a dim with too many: some of its cuts stay, the others' classes join.
class Coarse {
 public:
  Coarse(const Dim& dim, size_t cuts) {
    const bool numbers = dim.classifier == Classifier::Numbers;
    const size_t all = numbers ? dim.numbers.size() : dim.texts.size();
    for (size_t i = 0; i < cuts; ++i) kept_.push_back(static_cast<uint32_t>((2 * i + 1) * all / (2 * cuts)));
    dim_.leaf = dim.leaf;
    dim_.classifier = dim.classifier;
    for (const uint32_t cut : kept_) {
      if (numbers)
        dim_.numbers.push_back(dim.numbers[cut]);
      else
        dim_.texts.push_back(dim.texts[cut]);
    }
    dim_.classes = static_cast<uint32_t>(2 + 2 * cuts);
  }
  [[nodiscard]] const Dim& dim() const { return dim_; }

  // The classes that meet `fine`; sets `exact` to false when they hold more.
  [[nodiscard]] ClassSet of(const ClassSet& fine, uint32_t fine_classes, bool& exact) const {
    ClassSet result;
    for (const ClassSet::Interval& part : fine.intervals()) {
      const uint32_t first = of_class(part.first), last = of_class(part.last - 1);
      exact = exact && first_of(first) == part.first && end_of(last, fine_classes) == part.last;
      result.append(first, last + 1);
    }
    return result;
  }

 private:
  // Fine class c > 0 is 1 + 2 * (cuts below) + (is a cut); kept cut i is fine cut kept_[i].
  [[nodiscard]] uint32_t of_class(uint32_t fine) const {
    if (fine == 0) return 0;
    const uint32_t below = (fine - 1) / 2;
    const bool is_cut = (fine - 1) % 2 == 1;
    const auto at = std::lower_bound(kept_.begin(), kept_.end(), below);
    const auto kept = static_cast<uint32_t>(at - kept_.begin());
    return 1 + 2 * kept + (is_cut && at != kept_.end() && *at == below ? 1 : 0);
  }
  [[nodiscard]] uint32_t first_of(uint32_t coarse) const {
    if (coarse == 0) return 0;
    const uint32_t below = (coarse - 1) / 2;
    if ((coarse - 1) % 2 == 1) return 2 + 2 * kept_[below];
    return below == 0 ? 1 : 3 + 2 * kept_[below - 1];
  }
  [[nodiscard]] uint32_t end_of(uint32_t coarse, uint32_t fine_classes) const {
    return coarse + 1 < dim_.classes ? first_of(coarse + 1) : fine_classes;
  }

  std::vector<uint32_t> kept_;
  Dim dim_;
};

class Writer {
 public:
  Writer(Context& context, const Dims& dims, const Scoping& scoping, std::vector<Box>& boxes, format::KindRow& kind,
         IndexBudget& budget, Stats::Kind& stats)
      : context_(context),
        out_(context.pools.sections),
        dims_(dims),
        scoping_(scoping),
        boxes_(boxes),
        kind_(kind),
        budget_(budget),
        stats_(stats) {}

  std::vector<uint32_t> run() {
    for (uint32_t entry = 0; entry < boxes_.size(); ++entry) {
      if (scoping_.parts[entry] == kNoPart) ranked_.push_back(entry);
    }
    if (scoping_.leaf) scope_ = dims_.find(*scoping_.leaf, Classifier::Strings);
    kind_.index_words = static_cast<uint32_t>((ranked_.size() + 63) / 64);
    stride_ = kind_.index_words + (kind_.index_words + 63) / 64;
    gather();
    // Small kinds are fast either way; with all their dims, tests over small sets try every part of the index.
    if (context_.options.prune_index && boxes_.size() > kSmallKind) prune();
    set_positions();
    kind_.dims.first = static_cast<uint32_t>(out_.Dims.size());
    kind_.scope_dim = format::kNone;
    for (const uint32_t dim : by_use()) write(dim);
    if (scope_ && kind_.scope_dim == format::kNone) write_rowless(*scope_);
    kind_.dims.count = static_cast<uint32_t>(out_.Dims.size()) - kind_.dims.first;
    return std::move(order_);
  }

 private:
  // Per dim the entries that have a literal on it, ascending; of those with a bit position.
  void gather() {
    users_.resize(dims_.dims().size());
    for (const uint32_t entry : ranked_) {
      std::vector<Box::Side>& sides = boxes_[entry].sides();
      for (size_t i = sides.size(); i > 0; --i) {
        const Literal& literal = sides[i - 1].literal;
        const Dim& dim = dims_.dims()[literal.dim];
        if (!dim.multi && literal.classes.is_all(dim.classes)) {
          sides.erase(sides.begin() + static_cast<std::ptrdiff_t>(i - 1));
        } else {
          users_[literal.dim].push_back(entry);
        }
      }
    }
  }

  void prune() {
    for (const uint32_t dim : dims_not_worth_it(dims_, boxes_, ranked_, scope_)) {
      drop_all(dim);
      users_[dim].clear();
    }
  }

  [[nodiscard]] Box::Side* side(uint32_t entry, uint32_t dim) const {
    for (Box::Side& side : boxes_[entry].sides()) {
      if (side.literal.dim == dim) return &side;
    }
    return nullptr;
  }

  // Dims that filter most come first: the intersection then ends early, and they get their share of the budget.
  [[nodiscard]] std::vector<uint32_t> by_use() const {
    std::vector<uint32_t> order;
    for (uint32_t d = 0; d < users_.size(); ++d) {
      if (!users_[d].empty()) order.push_back(d);
    }
    const auto weight = [&](uint32_t d) {
      return std::min<uint64_t>(dims_.dims()[d].classes, 1000) * users_[d].size();
    };
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return weight(a) > weight(b); });
    return order;
  }

  // Sorts bit positions by scope: by the dims of strings with most constants, then by the others.
  void set_positions() {
    std::vector<uint32_t> order = by_use();
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return scope_rank(a) < scope_rank(b); });
    constexpr size_t kKeys = 6;
    if (order.size() > kKeys) order.resize(kKeys);
    std::vector<uint32_t> keys(boxes_.size() * order.size(), 0);
    for (size_t k = 0; k < order.size(); ++k) {
      for (const uint32_t entry : users_[order[k]]) {
        const Literal& literal = side(entry, order[k])->literal;
        uint32_t key = 1;
        if (dims_.dims()[literal.dim].multi)
          key = literal.negative ? 1 : 2 + literal.atoms[0];
        else if (!literal.classes.empty())
          key = 1 + literal.classes.intervals()[0].first;
        keys[entry * order.size() + k] = key;
      }
    }
    std::vector<uint32_t> rank = ranked_;
    std::stable_sort(rank.begin(), rank.end(), [&](uint32_t a, uint32_t b) {
      const auto x = keys.begin() + static_cast<std::ptrdiff_t>(a * order.size());
      const auto y = keys.begin() + static_cast<std::ptrdiff_t>(b * order.size());
      const auto width = static_cast<std::ptrdiff_t>(order.size());
      return std::lexicographical_compare(x, x + width, y, y + width);
    });
    position_.resize(boxes_.size());
    for (uint32_t p = 0; p < rank.size(); ++p) position_[rank[p]] = p;
    kind_.ranked.count = static_cast<uint32_t>(rank.size());
    order_ = std::move(rank);
  }

  [[nodiscard]] uint32_t scope_rank(uint32_t dim) const {
    const Dim& d = dims_.dims()[dim];
    return d.classifier == Classifier::Strings ? 0 : d.classifier == Classifier::TextAtoms ? 1 : 2;
  }

  [[nodiscard]] uint64_t row_bytes() const { return stride_ * sizeof(uint64_t); }

  void drop(uint32_t dim, uint32_t entry) {
    std::vector<Box::Side>& sides = boxes_[entry].sides();
    for (size_t i = 0; i < sides.size(); ++i) {
      if (sides[i].literal.dim == dim) return boxes_[entry].drop(i);
    }
  }

  // Takes literals out, the costliest first, until all bits together fit.
  void fit(uint32_t dim, uint64_t most_bits) {
    std::vector<std::pair<uint64_t, uint32_t>> costs;
    uint64_t total = 0;
    for (const uint32_t entry : users_[dim]) {
      const Literal& literal = side(entry, dim)->literal;
      costs.emplace_back(dims_.dims()[dim].multi ? literal.atoms.size() : literal.classes.count(), entry);
      total += costs.back().first;
    }
    std::stable_sort(costs.begin(), costs.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [cost, entry] : costs) {
      if (total <= most_bits) break;
      total -= cost;
      drop(dim, entry);
      users_[dim].erase(std::lower_bound(users_[dim].begin(), users_[dim].end(), entry));
    }
  }

  // Entries that do not ask anything of the dim: always possible.
  [[nodiscard]] BitRow wildcard(uint32_t dim) const {
    BitRow row(kind_.index_words);
    size_t next = 0;
    for (const uint32_t entry : ranked_) {
      if (next < users_[dim].size() && users_[dim][next] == entry)
        ++next;
      else
        row.set(position_[entry]);
    }
    return row;
  }

  void write(uint32_t d) {
    const Dim& dim = dims_.dims()[d];
    const uint64_t left = std::min(kDimBytes, budget_.bytes);
    const uint64_t before = bytes();
    if (dim.multi) {
      if (left < 2 * row_bytes() + 2 * uint64_t{dim.classes} * sizeof(format::SparseRow)) return drop_all(d);
      fit(d, (left - 2 * row_bytes()) / sizeof(format::SparseWord));
      write_multi(d);
    } else {
      const uint64_t dense = dim.classes * row_bytes();
      uint64_t sparse_bits = 0;
      for (const uint32_t entry : users_[d]) sparse_bits += side(entry, d)->literal.classes.count();
      const uint64_t sparse =
          row_bytes() + sparse_bits * sizeof(format::SparseWord) + dim.classes * sizeof(format::SparseRow);
      const bool ordered = dim.classifier == Classifier::Numbers || dim.classifier == Classifier::Versions;
      if ((dim.classes <= kDenseClasses || dense <= kDenseBytes || dense <= sparse) && dense <= left) {
        write_dense(d, dim);
      } else if (sparse <= left) {
        write_sparse(d);
      } else if (ordered) {
        const uint64_t rows = left / std::max<uint64_t>(row_bytes(), 1);
        const size_t cuts = rows < 4 ? 0 : std::min<size_t>(kCoarseCuts, (rows - 2) / 2);
        if (cuts == 0) return drop_all(d);
        write_coarse(d, cuts);
      } else {
        const uint64_t fixed = row_bytes() + dim.classes * sizeof(format::SparseRow);
        if (left <= fixed) return drop_all(d);
        fit(d, (left - fixed) / sizeof(format::SparseWord));
        write_sparse(d);
      }
    }
    if (d == scope_) kind_.scope_dim = static_cast<uint32_t>(out_.Dims.size()) - 1 - kind_.dims.first;
    const uint64_t used = bytes() - before;
    budget_.bytes -= std::min(budget_.bytes, used);
    note(out_.Dims.back(), used);
  }

  // The scope dim when only its lists are used.
  void write_rowless(uint32_t d) {
    format::DimRow row = write_dim_tables(context_, dims_.dims()[d]);
    row.dense = 2;
    kind_.scope_dim = static_cast<uint32_t>(out_.Dims.size()) - kind_.dims.first;
    out_.Dims.push_back(row);
    note(row, 0);
  }

  [[nodiscard]] uint64_t bytes() const {
    return out_.IndexWords.size() * sizeof(uint64_t) + out_.SparseRows.size() * sizeof(format::SparseRow) +
           out_.SparseWords.size() * sizeof(format::SparseWord);
  }

  void drop_all(uint32_t d) {
    for (const uint32_t entry : users_[d]) drop(d, entry);
  }

  void write_dense(uint32_t d, const Dim& dim) {
    format::DimRow row = write_dim_tables(context_, dim);
    row.dense = 1;
    std::vector<BitRow> rows(dim.classes, wildcard(d));
    for (const uint32_t entry : users_[d]) {
      for (const ClassSet::Interval& part : side(entry, d)->literal.classes.intervals()) {
        for (uint32_t c = part.first; c < part.last; ++c) rows[c].set(position_[entry]);
      }
    }
    row.rows = static_cast<uint32_t>(out_.IndexWords.size());
    for (const BitRow& bits : rows) bits.append_to(out_.IndexWords);
    out_.Dims.push_back(row);
  }

  void write_sparse(uint32_t d) {
    const Dim& dim = dims_.dims()[d];
    format::DimRow row = write_dim_tables(context_, dim);
    Pairs pairs;
    for (const uint32_t entry : users_[d]) {
      for (const ClassSet::Interval& part : side(entry, d)->literal.classes.intervals()) {
        for (uint32_t c = part.first; c < part.last; ++c) pairs.emplace_back(c, position_[entry]);
      }
    }
    row.wildcard = wildcard(d).append_to(out_.IndexWords);
    row.rows = append_sparse(out_, dim.classes, pairs);
    out_.Dims.push_back(row);
  }

  void write_coarse(uint32_t d, size_t cuts) {
    const Dim& fine = dims_.dims()[d];
    const Coarse coarse(fine, cuts);
    for (const uint32_t entry : users_[d]) {
      Box::Side& own = *side(entry, d);
      bool exact = true;
      own.literal.classes = coarse.of(own.literal.classes, fine.classes, exact);
      if (!exact) boxes_[entry].weaken(own);
    }
    write_dense(d, coarse.dim());
  }

  void write_multi(uint32_t d) {
    const Dim& dim = dims_.dims()[d];
    format::DimRow row = write_dim_tables(context_, dim);
    BitRow negative(kind_.index_words);
    Pairs pairs;
    for (const uint32_t entry : users_[d]) {
      const Literal& literal = side(entry, d)->literal;
      if (literal.negative) negative.set(position_[entry]);
      for (const uint32_t atom : literal.atoms)
        pairs.emplace_back(2 * atom + (literal.negative ? 1 : 0), position_[entry]);
    }
    row.wildcard = wildcard(d).append_to(out_.IndexWords);
    row.negative = negative.append_to(out_.IndexWords);
    row.rows = append_sparse(out_, 2 * dim.classes, pairs);
    out_.Dims.push_back(row);
  }

  void note(const format::DimRow& row, uint64_t used) {
    static constexpr const char* kNames[] = {"flag",    "presence",      "signal",       "numbers", "versions",
                                             "strings", "text patterns", "set elements", "windows"};
    stats_.dims.push_back({std::string(context_.pools.view(out_.Leaves[kind_.leaves.first + row.leaf].path)),
                           kNames[static_cast<size_t>(row.classifier)], row.classes, used});
  }

  Context& context_;
  Sections& out_;
  const Dims& dims_;
  const Scoping& scoping_;
  std::vector<Box>& boxes_;
  format::KindRow& kind_;
  IndexBudget& budget_;
  Stats::Kind& stats_;
  uint64_t stride_ = 0;
  std::vector<std::vector<uint32_t>> users_;  // per dim
  std::vector<uint32_t> ranked_;              // entries with a bit position, ascending
  std::vector<uint32_t> order_;               // the same by bit position
  std::vector<uint32_t> position_;            // per entry
  std::optional<uint32_t> scope_;             // of dims_
};

}  // namespace

std::vector<uint32_t> write_index(Context& context, const Dims& dims, const Scoping& scoping, std::vector<Box>& boxes,
                                  format::KindRow& kind, IndexBudget& budget, Stats::Kind& stats) {
  return Writer(context, dims, scoping, boxes, kind, budget, stats).run();
}

void write_candidates(Context& context, const Dims& dims, const Scoping& scoping, const std::vector<Box>& boxes,
                      const std::vector<uint32_t>& order, const std::vector<format::Candidate>& candidates,
                      format::KindRow& kind) {
  Sections& out = context.pools.sections;
  kind.ranked.first = static_cast<uint32_t>(out.Candidates.size());
  for (const uint32_t entry : order) out.Candidates.push_back(candidates[entry]);
  if (!scoping.leaf) return;
  const uint32_t dim = dims.find(*scoping.leaf, Classifier::Strings);
  std::vector<std::vector<uint32_t>> lists(dims.dims()[dim].classes);
  for (uint32_t entry = 0; entry < boxes.size(); ++entry) {
    if (scoping.parts[entry] == kNoPart) continue;
    for (const ClassSet::Interval& part : boxes[entry].sides()[0].literal.classes.intervals()) {
      for (uint32_t c = part.first; c < part.last; ++c) lists[c].push_back(entry);
    }
  }
  kind.scope_rows = static_cast<uint32_t>(out.ScopeRows.size());
  for (const std::vector<uint32_t>& list : lists) {
    out.ScopeRows.push_back({static_cast<uint32_t>(out.Candidates.size()), static_cast<uint32_t>(list.size())});
    for (const uint32_t entry : list) out.Candidates.push_back(candidates[entry]);
  }
}

}  // namespace guard::codegen
