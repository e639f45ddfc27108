// Interval algebra; see class_set.hpp.
#include "partition/class_set.hpp"

#include <algorithm>

namespace guard::partition {

void ClassSet::append(uint32_t first, uint32_t last) {
  if (first >= last) return;
  if (!intervals_.empty() && intervals_.back().last >= first) {
    intervals_.back().last = std::max(intervals_.back().last, last);
  } else {
    intervals_.push_back({first, last});
  }
}

bool ClassSet::contains(uint32_t id) const {
  const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), id,
                                      [](uint32_t value, const Interval& interval) { return value < interval.first; });
  return after != intervals_.begin() && id < (after - 1)->last;
}

uint64_t ClassSet::count() const {
  uint64_t total = 0;
  for (const Interval& interval : intervals_) total += interval.last - interval.first;
  return total;
}

ClassSet unite(const ClassSet& a, const ClassSet& b) {
  ClassSet result;
  auto x = a.intervals().begin(), y = b.intervals().begin();
  while (x != a.intervals().end() || y != b.intervals().end()) {
    const bool take_x = y == b.intervals().end() || (x != a.intervals().end() && x->first <= y->first);
    const ClassSet::Interval next = take_x ? *x++ : *y++;
    result.append(next.first, next.last);
  }
  return result;
}

ClassSet intersect(const ClassSet& a, const ClassSet& b) {
  ClassSet result;
  auto x = a.intervals().begin(), y = b.intervals().begin();
  while (x != a.intervals().end() && y != b.intervals().end()) {
    result.append(std::max(x->first, y->first), std::min(x->last, y->last));
    if (x->last < y->last)
      ++x;
    else
      ++y;
  }
  return result;
}

ClassSet complement(const ClassSet& a, uint32_t classes) {
  ClassSet result;
  uint32_t at = 0;
  for (const ClassSet::Interval& interval : a.intervals()) {
    result.append(at, interval.first);
    at = interval.last;
  }
  result.append(at, classes);
  return result;
}

}  // namespace guard::partition
