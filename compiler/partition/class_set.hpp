// Sets of class ids: sorted, disjoint, half-open intervals [first, last). The algebra that boxes are made of.
//
// COST: linear in the number of intervals, however many classes there are.
#pragma once
#include <cstdint>
#include <vector>

namespace guard::partition {

class ClassSet {
 public:
  struct Interval {
    uint32_t first, last;
    bool operator==(const Interval&) const = default;
  };
  ClassSet() = default;  // empty
  ClassSet(uint32_t first, uint32_t last) {
    if (first < last) intervals_.push_back({first, last});
  }

  // REQUIRES: first is not before the last interval's first.
  void append(uint32_t first, uint32_t last);

  [[nodiscard]] bool contains(uint32_t id) const;
  [[nodiscard]] bool empty() const { return intervals_.empty(); }
  [[nodiscard]] uint64_t count() const;
  [[nodiscard]] bool is_all(uint32_t classes) const {
    return intervals_.size() == 1 && intervals_[0].first == 0 && intervals_[0].last == classes;
  }
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }
  bool operator==(const ClassSet&) const = default;

 private:
  std::vector<Interval> intervals_;
};

[[nodiscard]] ClassSet unite(const ClassSet& a, const ClassSet& b);
[[nodiscard]] ClassSet intersect(const ClassSet& a, const ClassSet& b);
[[nodiscard]] ClassSet complement(const ClassSet& a, uint32_t classes);

}  // namespace guard::partition
