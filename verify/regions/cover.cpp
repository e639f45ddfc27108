// Grow, take away, repeat; then leave out what is needless.
#include "verify/regions/cover.hpp"

#include <algorithm>
#include <cmath>

namespace guard::verify {
namespace {

class Cover {
 public:
  Cover(AtomGroups& atoms, const PointSet& points) : groups_(atoms.groups()), sets_(atoms.sets()), points_(points) {}

  std::optional<std::vector<PointBox>> run() {
    std::vector<PointBox> boxes;
    Diagram open = points_.wanted;  // what no box has yet
    while (open != kNone && !sets_.full()) {
      if (boxes.size() == kMaxRegions) return std::nullopt;
      boxes.push_back(grow(open));
      open = sets_.minus(open, product(boxes.back()));
    }
    if (!sets_.full()) drop_needless(boxes);
    if (sets_.full()) return std::nullopt;
    return boxes;
  }

 private:
  Diagram product(const PointBox& box) {
    Diagram result = kAll;
    for (size_t g = box.size(); g > 0; --g) result = sets_.both(box[g - 1], result);
    return result;
  }

  PointBox grow(Diagram open) {
    const std::vector<bool> point = sets_.first(open, {0, groups_.empty() ? 0 : groups_.back().bits.last});
    PointBox box;
    for (const AtomGroup& group : groups_) {
      box.push_back(sets_.point(group.bits, {point.begin() + group.bits.first, point.begin() + group.bits.last}));
    }
    while (!sets_.full() && sweep(box, true)) continue;
    (void)sweep(box, false);
    return box;
  }

  // Adds to each group the cells that no point outside has together with the rest of the box; `wanted`: of these, those
  // that bring a wanted point. Whether any was added.
  bool sweep(PointBox& box, bool wanted) {
    // What the later groups have, from each group on; and the points that agree with the box so far.
    std::vector<Diagram> later{kAll};
    for (size_t g = box.size(); g > 0; --g) later.push_back(sets_.both(box[g - 1], later.back()));
    Diagram outside = points_.outside, inside = points_.wanted;
    bool grown = false;
    for (size_t g = 0; g < box.size(); ++g) {
      const Bits bits = groups_[g].bits, rest{bits.last, UINT32_MAX};
      const Diagram others = later[box.size() - 1 - g];
      Diagram more = sets_.minus(groups_[g].cells, sets_.project(outside, others, bits));
      if (wanted) more = sets_.either(box[g], sets_.both(more, sets_.project(inside, others, bits)));
      grown = grown || more != box[g];
      box[g] = more;
      outside = sets_.project(outside, box[g], rest);
      if (wanted) inside = sets_.project(inside, box[g], rest);
    }
    return grown;
  }

  double size(const PointBox& box) const {
    double log = 0;
    for (size_t g = 0; g < box.size(); ++g) {
      const Bits bits = groups_[g].bits;
      log += std::log2(sets_.count(box[g], bits) / sets_.count(groups_[g].cells, bits));
    }
    return log;
  }

  // From the smallest one on: what those before it and those that stay behind it have.
  void drop_needless(std::vector<PointBox>& boxes) {
    std::vector<std::pair<double, PointBox>> sized;
    for (PointBox& box : boxes) sized.emplace_back(size(box), std::move(box));
    std::stable_sort(sized.begin(), sized.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    boxes.clear();
    std::vector<Diagram> own, before{kNone};
    for (const auto& [share, box] : sized) {
      own.push_back(sets_.both(points_.wanted, product(box)));
      before.push_back(sets_.either(before.back(), own.back()));
    }
    Diagram behind = kNone;
    for (size_t i = sized.size(); i > 0; --i) {
      if (sets_.inside(own[i - 1], sets_.either(before[i - 1], behind))) continue;
      behind = sets_.either(behind, own[i - 1]);
      boxes.push_back(std::move(sized[i - 1].second));
    }
    std::reverse(boxes.begin(), boxes.end());
  }

  const std::vector<AtomGroup>& groups_;
  Diagrams& sets_;
  const PointSet& points_;
};

}  // namespace

std::optional<std::vector<PointBox>> cover(AtomGroups& atoms, const PointSet& points) {
  return Cover(atoms, points).run();
}

}  // namespace guard::verify
