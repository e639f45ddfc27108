// Bounds bottom-up: a conjunction has those of both sides, a disjunction those that both sides have, united.
#include "verify/model/bounds.hpp"

#include <algorithm>

namespace guard::verify {
namespace {

constexpr size_t kMaxIntervals = 64;  // A bound of more parts tells little and costs much.

bool overlap(const ClassSet& a, const ClassSet& b) {
  auto x = a.intervals().begin();
  auto y = b.intervals().begin();
  while (x != a.intervals().end() && y != b.intervals().end()) {
    if (std::max(x->first, y->first) < std::min(x->last, y->last)) return true;
    if (x->last < y->last)
      ++x;
    else
      ++y;
  }
  return false;
}

}  // namespace

bool BoundsTable::apart(const SiteBounds& a, const SiteBounds& b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].site < b[j].site) {
      ++i;
    } else if (b[j].site < a[i].site) {
      ++j;
    } else {
      if (!(a[i].absent && b[j].absent) && !overlap(a[i].classes, b[j].classes)) return true;
      ++i, ++j;
    }
  }
  return false;
}

const SiteBounds& BoundsTable::of(Formula f) {
  const auto found = known_.find(static_cast<uint32_t>(f));
  if (found != known_.end()) return found->second;
  SiteBounds made = make(f);
  return known_.emplace(static_cast<uint32_t>(f), std::move(made)).first->second;
}

SiteBounds BoundsTable::literal(const Node& node, bool positive) {
  const SiteId site{node.a};
  const Site& own = model_.site(site);
  if (node.reads_row || node.reads_element || own.kind == SiteKind::Set || own.kind == SiteKind::List) return {};
  Domain& domain = model_.domain(site);
  const PredId pred{node.b};
  const ClassSet classes = positive ? domain.possible(pred) : partition::complement(domain.of(pred), domain.classes());
  if (classes.intervals().size() > kMaxIntervals) return {};
  return {{site, classes, !positive}};
}

SiteBounds BoundsTable::make(Formula f) {
  const Node node = model_.formulas[f];
  if (node.op == Op::Lit) return literal(node, true);
  if (node.op == Op::Not) {
    const Node inner = model_.formulas[Formula{node.a}];
    return inner.op == Op::Lit ? literal(inner, false) : SiteBounds{};
  }
  if (node.op != Op::And && node.op != Op::Or) return {};
  const SiteBounds a = of(Formula{node.a}), b = of(Formula{node.b});
  SiteBounds result;
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (j == b.size() || (i < a.size() && a[i].site < b[j].site)) {
      if (node.op == Op::And) result.push_back(a[i]);
      ++i;
    } else if (i == a.size() || b[j].site < a[i].site) {
      if (node.op == Op::And) result.push_back(b[j]);
      ++j;
    } else {
      Bound both{a[i].site, {}, false};
      if (node.op == Op::And) {
        both.classes = partition::intersect(a[i].classes, b[j].classes);
        both.absent = a[i].absent && b[j].absent;
      } else {
        both.classes = partition::unite(a[i].classes, b[j].classes);
        both.absent = a[i].absent || b[j].absent;
      }
      if (both.classes.intervals().size() <= kMaxIntervals) result.push_back(std::move(both));
      ++i, ++j;
    }
  }
  return result;
}

namespace {

constexpr size_t kFewClasses = 4;

bool is_narrow(const Bound& bound) {
  size_t classes = 0;
  for (const ClassSet::Interval& part : bound.classes.intervals()) classes += part.last - part.first;
  return !bound.absent && classes <= kFewClasses;
}

}  // namespace

BoundsIndex::BoundsIndex(BoundsTable& bounds, const std::vector<Formula>& list) {
  std::unordered_map<uint32_t, size_t> narrowed;
  for (const Formula f : list) {
    list_.push_back(bounds.of(f));
    for (const Bound& bound : list_.back()) {
      if (is_narrow(bound)) ++narrowed[static_cast<uint32_t>(bound.site)];
    }
  }
  // Of sites with as many classes as there are rules to tell apart, the one that tells most.
  size_t best = 0;
  for (const auto& [site, count] : narrowed) {
    const size_t worth = std::min<size_t>(count, bounds.model().domain(SiteId{site}).classes());
    if (worth < best || (worth == best && site_ < SiteId{site})) continue;
    best = worth;
    site_ = SiteId{site};
  }
  if (site_ != kNoSite) of_class_.resize(bounds.model().domain(site_).classes());
  for (size_t i = 0; i < list_.size(); ++i) {
    const auto at = std::find_if(list_[i].begin(), list_[i].end(), [&](const Bound& b) { return b.site == site_; });
    if (at == list_[i].end() || !is_narrow(*at)) {
      wide_.push_back(i);
      continue;
    }
    narrow_.push_back(i);
    for (const ClassSet::Interval& part : at->classes.intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) of_class_[cls].push_back(i);
    }
  }
}

std::vector<size_t> BoundsIndex::near(const SiteBounds& own) const {
  std::vector<size_t> found = wide_;
  const auto at = std::find_if(own.begin(), own.end(), [&](const Bound& b) { return b.site == site_; });
  if (at == own.end()) {
    found.insert(found.end(), narrow_.begin(), narrow_.end());
  } else {
    for (const ClassSet::Interval& part : at->classes.intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) {
        found.insert(found.end(), of_class_[cls].begin(), of_class_[cls].end());
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase_if(found, [&](size_t i) { return BoundsTable::apart(own, list_[i]); });
  return found;
}

}  // namespace guard::verify
