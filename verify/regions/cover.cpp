// Grow, block, repeat; then take away what is needless.
#include "verify/regions/cover.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "verify/witness/witness.hpp"

namespace guard::verify {
namespace {

class Cover {
 public:
  Cover(PointSet& points, Solver& solver) : points_(points), problem_(points.problem), solver_(solver) {}

  std::optional<std::vector<PointBox>> run() {
    std::vector<PointBox> boxes;
    std::vector<TermId> open{points_.wanted};  // what no box has yet
    for (;;) {
      Assignment point;
      if (!ask(open, point)) break;
      if (boxes.size() == kMaxRegions) return std::nullopt;
      problem_.required = open;
      make_readable(problem_, solver_, point);
      boxes.push_back(grow(point));
      open.push_back(without(boxes.back()));
    }
    if (!failed_) drop_needless(boxes);
    problem_.required.clear();
    if (failed_) return std::nullopt;
    return boxes;
  }

 private:
  bool ask(std::vector<TermId> required, Assignment& solution) {
    std::erase(required, kTrueTerm);
    if (std::find(required.begin(), required.end(), kFalseTerm) != required.end()) return false;
    problem_.required = std::move(required);
    const Verdict verdict = solver_.solve(problem_, solution);
    failed_ = failed_ || verdict == Verdict::Unknown;
    return verdict == Verdict::Possible;
  }

  TermId inside(const PointBox& box, size_t but = SIZE_MAX) {
    std::vector<TermId> parts;
    for (uint32_t v = 0; v < box.size(); ++v) {
      if (v != but) parts.push_back(problem_.lit(v, box[v]));
    }
    return problem_.all(std::move(parts));
  }
  TermId without(const PointBox& box) {
    std::vector<TermId> parts;
    for (uint32_t v = 0; v < box.size(); ++v) parts.push_back(problem_.lit(v, rest(v, box[v])));
    return problem_.any(std::move(parts));
  }
  Mask rest(uint32_t variable, const Mask& mask) const {
    Mask out = full_mask(problem_.variables[variable].values);
    for (size_t i = 0; i < out.size(); ++i) out[i] &= ~mask[i];
    return out;
  }

  static void add(Mask& mask, const Mask& more) {
    for (size_t i = 0; i < more.size(); ++i) mask[i] |= more[i];
  }
  static void remove(Mask& mask, uint32_t value) { mask[value / 64] &= ~(uint64_t{1} << (value % 64)); }

  // The further values of a variable that the box can have: each point outside takes one away.
  Mask addable(const PointBox& box, uint32_t v) {
    Mask more = rest(v, box[v]);
    const TermId others = inside(box, v);
    Assignment outside;
    while (ask({points_.outside, others, problem_.lit(v, more)}, outside)) {
      remove(more, outside.values[v]);
      outside = {};
    }
    return more;
  }

  // Adds those that bring a wanted point. Whether there were any.
  bool add_wanted(PointBox& box, uint32_t v) {
    Mask more = addable(box, v);
    const TermId others = inside(box, v);
    bool any = false;
    Assignment point;
    while (!failed_ && ask({points_.wanted, others, problem_.lit(v, more)}, point)) {
      remove(more, point.values[v]);
      set_bit(box[v], point.values[v]);
      point = {};
      any = true;
    }
    return any;
  }

  PointBox grow(const Assignment& point) {
    PointBox box;
    for (uint32_t v = 0; v < problem_.variables.size(); ++v) {
      box.push_back(empty_mask(problem_.variables[v].values));
      set_bit(box[v], point.values[v]);
    }
    for (bool grown = points_.free != kFalseTerm; grown && !failed_;) {
      grown = false;
      for (uint32_t v = 0; v < box.size() && !failed_; ++v) grown = add_wanted(box, v) || grown;
    }
    for (uint32_t v = 0; v < box.size() && !failed_; ++v) add(box[v], addable(box, v));
    return box;
  }

  double size(const PointBox& box) const {
    double log = 0;
    for (uint32_t v = 0; v < box.size(); ++v) {
      int bits = 0;
      for (const uint64_t word : box[v]) bits += std::popcount(word);
      log += std::log2(static_cast<double>(bits) / problem_.variables[v].values);
    }
    return log;
  }

  void drop_needless(std::vector<PointBox>& boxes) {
    std::stable_sort(boxes.begin(), boxes.end(),
                     [&](const PointBox& a, const PointBox& b) { return size(a) > size(b); });
    for (size_t i = boxes.size(); i > 0 && !failed_; --i) {
      std::vector<TermId> required{points_.wanted, inside(boxes[i - 1])};
      for (size_t other = 0; other < boxes.size(); ++other) {
        if (other != i - 1) required.push_back(without(boxes[other]));
      }
      Assignment unused;
      if (!ask(std::move(required), unused)) boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
  }

  PointSet& points_;
  Problem& problem_;
  Solver& solver_;
  bool failed_ = false;
};

}  // namespace

std::optional<std::vector<PointBox>> cover(PointSet& points, Solver& solver) { return Cover(points, solver).run(); }

}  // namespace guard::verify
