// Bounds of formulas: per site the values that it can have where the formula holds. For telling quickly that two
// formulas cannot hold together. SOUND: only necessary conditions are kept; formulas that overlap never look apart.
#pragma once
#include <unordered_map>
#include <vector>

#include "verify/model/kind_model.hpp"

namespace guard::verify {

struct Bound {
  SiteId site;
  ClassSet classes;
  bool absent = false;
};
using SiteBounds = std::vector<Bound>;  // by site

class BoundsTable {
 public:
  explicit BoundsTable(KindModel& model) : model_(model) {}
  [[nodiscard]] const SiteBounds& of(Formula f);
  [[nodiscard]] static bool apart(const SiteBounds& a, const SiteBounds& b);
  [[nodiscard]] KindModel& model() const { return model_; }

 private:
  SiteBounds make(Formula f);
  SiteBounds literal(const Node& node, bool positive);
  KindModel& model_;
  std::unordered_map<uint32_t, SiteBounds> known_;
};

// Finds the formulas of a list that are not apart from given bounds. Of the site that most of them narrow to a few
// classes, only those with a class in common are looked at. COST: in the number of those.
class BoundsIndex {
 public:
  BoundsIndex(BoundsTable& bounds, const std::vector<Formula>& list);
  // Positions in the list, ascending.
  [[nodiscard]] std::vector<size_t> near(const SiteBounds& own) const;

 private:
  std::vector<SiteBounds> list_;
  SiteId site_ = kNoSite;
  std::vector<std::vector<size_t>> of_class_;  // of the site: those that are narrowed to it, and maybe a few others
  std::vector<size_t> wide_, narrow_;          // the others; all of `of_class_`
};

}  // namespace guard::verify
