// Interval arithmetic over sums; see ranges.hpp.
#include "verify/boxes/ranges.hpp"

#include <algorithm>

#include "verify/model/formula.hpp"

namespace guard::verify {
namespace {

__int128 ceiling_div(__int128 a, __int128 b) { return -floor_div(-a, b); }

// Whether all sums from `low` to `high` compare so.
bool always(Compare compare, __int128 low, __int128 high, __int128 bound) {
  switch (compare) {
    case Compare::Eq:
      return low == bound && high == bound;
    case Compare::Ne:
      return bound < low || bound > high;
    case Compare::Lt:
      return high < bound;
    case Compare::Le:
      return high <= bound;
    case Compare::Gt:
      return low > bound;
    case Compare::Ge:
      return low >= bound;
  }
  return false;
}

// What the sum has to satisfy.
Compare compare_of(const GroundSum& sum, bool negated) {
  return negated ? partition::opposite(sum.compare) : sum.compare;
}

}  // namespace

Ranges::Ranges(const Problem& problem) : problem_(&problem), ranges_(problem.variables.size()) {
  for (size_t v = 0; v < ranges_.size(); ++v) {
    if (!problem.variables[v].intervals.empty()) ranges_[v] = {INT64_MIN, INT64_MAX};
  }
}

Ranges::Extremes Ranges::extremes(const GroundSum& sum) const {
  Extremes out{0, 0};
  for (const auto& [variable, coefficient] : sum.terms) {
    const __int128 a = static_cast<__int128>(coefficient) * ranges_[variable].low;
    const __int128 b = static_cast<__int128>(coefficient) * ranges_[variable].high;
    out.low += std::min(a, b);
    out.high += std::max(a, b);
  }
  return out;
}

Truth Ranges::truth(const GroundSum& sum, bool negated) const {
  const auto [low, high] = extremes(sum);
  const Compare compare = compare_of(sum, negated);
  if (always(compare, low, high, sum.constant)) return Truth::True;
  return always(partition::opposite(compare), low, high, sum.constant) ? Truth::False : Truth::Open;
}

bool Ranges::cut(const GroundSum& sum, bool negated, std::vector<uint32_t>& less) {
  const Compare compare = compare_of(sum, negated);
  if (compare == Compare::Ne) return truth(sum, negated) != Truth::False;
  const auto [low, high] = extremes(sum);
  // least <= sum <= most
  const bool below = compare != Compare::Gt && compare != Compare::Ge;
  const bool above = compare != Compare::Lt && compare != Compare::Le;
  const __int128 most = below ? sum.constant - (compare == Compare::Lt ? 1 : 0) : high;
  const __int128 least = above ? sum.constant + (compare == Compare::Gt ? 1 : 0) : low;
  for (const auto& [variable, coefficient] : sum.terms) {
    Interval& own = ranges_[variable];
    const __int128 a = static_cast<__int128>(coefficient) * own.low, b = static_cast<__int128>(coefficient) * own.high;
    // What the other terms leave for this one.
    const __int128 from = least - (high - std::max(a, b)), to = most - (low - std::min(a, b));
    if (from > to) return false;
    __int128 first = ceiling_div(from, coefficient), last = floor_div(to, coefficient);
    if (coefficient < 0) {
      first = ceiling_div(to, coefficient);
      last = floor_div(from, coefficient);
    }
    if (first > own.high || last < own.low || first > last) return false;
    if (first <= own.low && last >= own.high) continue;
    own.low = static_cast<int64_t>(std::max<__int128>(first, own.low));
    own.high = static_cast<int64_t>(std::min<__int128>(last, own.high));
    less.push_back(variable);
  }
  return true;
}

bool Ranges::agree(uint32_t variable, std::span<uint64_t> values) {
  const Variable& row = problem_->variables[variable];
  const uint32_t offset = row.absent ? 1 : 0;
  bool left = false, numbers = false;
  Interval hull{INT64_MAX, INT64_MIN};
  for (uint32_t value = 0; value < row.values; ++value) {
    uint64_t& word = values[value / 64];
    const uint64_t bit = uint64_t{1} << (value % 64);
    if ((word & bit) == 0) continue;
    if (row.intervals.empty() || value < offset) {
      left = true;
      continue;
    }
    bool some = false;
    for (const Interval& part : row.intervals[value - offset]) {
      const int64_t low = std::max(part.low, ranges_[variable].low);
      const int64_t high = std::min(part.high, ranges_[variable].high);
      if (low > high) continue;
      some = true;
      hull.low = std::min(hull.low, low);
      hull.high = std::max(hull.high, high);
    }
    if (!some) word &= ~bit;
    left = left || some;
    numbers = numbers || some;
  }
  if (numbers) ranges_[variable] = hull;
  return left;
}

int64_t Ranges::number(uint32_t variable, uint32_t value) const {
  const Variable& row = problem_->variables[variable];
  if (row.intervals.empty()) return 0;
  const Interval& range = ranges_[variable];
  const uint32_t offset = row.absent ? 1 : 0;
  if (value < offset) return range.low;
  for (const Interval& part : row.intervals[value - offset]) {
    if (part.high >= range.low && part.low <= range.high) return std::max(part.low, range.low);
  }
  return range.low;
}

Ranges::Pick Ranges::pick(const GroundSum& sum, bool negated) const {
  const Compare compare = compare_of(sum, negated);
  const bool large = compare == Compare::Gt || compare == Compare::Ge;
  for (const auto& [variable, coefficient] : sum.terms) {
    if (ranges_[variable].low < ranges_[variable].high) return {variable, (coefficient > 0) == large};
  }
  return {};
}

void Ranges::keep(const Pick& pick, bool just) {
  Interval& own = ranges_[pick.variable];
  if (just) {
    (pick.greatest ? own.low : own.high) = pick.greatest ? own.high : own.low;
  } else if (pick.greatest) {
    --own.high;
  } else {
    ++own.low;
  }
}

}  // namespace guard::verify
