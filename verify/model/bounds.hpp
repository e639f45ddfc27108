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

 private:
  SiteBounds make(Formula f);
  SiteBounds literal(const Node& node, bool positive);
  KindModel& model_;
  std::unordered_map<uint32_t, SiteBounds> known_;
};

}  // namespace guard::verify
