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
      open = sets_.minus(open, product(boxes.back(), boxes.back().size()));
    }
    if (!sets_.full()) drop_needless(boxes);
    if (sets_.full()) return std::nullopt;
    return boxes;
  }

 private:
  // The points of a box, whatever the group `but` has.
  Diagram product(const PointBox& box, size_t but) {
    Diagram result = kAll;
    for (size_t g = box.size(); g > 0; --g) {
      if (g - 1 != but) result = sets_.both(box[g - 1], result);
    }
    return result;
  }

  PointBox grow(Diagram open) {
    const std::vector<bool> point = sets_.first(open, {0, groups_.empty() ? 0 : groups_.back().bits.last});
    PointBox box;
    for (const AtomGroup& group : groups_) {
      box.push_back(sets_.point(group.bits, {point.begin() + group.bits.first, point.begin() + group.bits.last}));
    }
    for (bool grown = points_.free != kNone; grown && !sets_.full();) {
      grown = false;
      for (size_t g = 0; g < box.size(); ++g) {
        const Diagram others = product(box, g), before = box[g];
        const Diagram wanted = sets_.project(points_.wanted, others, groups_[g].bits);
        box[g] = sets_.either(box[g], sets_.both(addable(g, others), wanted));
        grown = grown || box[g] != before;
      }
    }
    for (size_t g = 0; g < box.size(); ++g) box[g] = addable(g, product(box, g));
    return box;
  }

  // The cells of a group that no point outside has together with the rest of a box.
  Diagram addable(size_t g, Diagram others) {
    return sets_.minus(groups_[g].cells, sets_.project(points_.outside, others, groups_[g].bits));
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
      own.push_back(sets_.both(points_.wanted, product(box, box.size())));
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
