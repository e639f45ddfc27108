// Collects, over the actions that tests decide, which rules fired and which conditions were seen true and false.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "decide/engine.hpp"
#include "driver/run_tests.hpp"
#include "guardvm/session.hpp"
#include "verify/cases/cases.hpp"

namespace guard::driver {

class CoverageCollector {
 public:
  // `sources`: what to call each source of the bundle in places; empty: as the bundle does.
  explicit CoverageCollector(const guardvm::Bundle& bundle, std::vector<std::string> sources = {});
  // An action that was decided, not an error.
  void add(const guardvm::Action& action, const guardvm::Decision& decision);
  // Goes on from what another collector of the same bundle has taken.
  void go_on_from(const Coverage& coverage);
  // Every side that a test may show: of each rule and condition, on each kind; sides of one item repeat it.
  [[nodiscard]] std::vector<verify::Side> sides() const;
  // The rule or condition of a side, and whether it has been seen so.
  [[nodiscard]] const CoverageItem& item(const verify::Side& side) const;
  [[nodiscard]] bool is_open(const verify::Side& side) const;
  [[nodiscard]] Coverage take() &&;

 private:
  void list_conditions(uint32_t node, const std::string& owner);
  void add_conditions(uint32_t node);
  void list_atoms(uint32_t node, std::vector<uint32_t>& atoms) const;
  [[nodiscard]] std::string owner(const guardvm::format::EntryRow& entry) const;
  [[nodiscard]] std::string place(const guardvm::format::SpanRow& span) const;

  // A condition is one place in the sources: a rule on several kinds, or a `define` used twice, repeats its rows.
  using Place = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>;
  static Place key(const guardvm::format::SpanRow& span);

  const guardvm::Bundle& bundle_;
  const guardvm::format::View& view_;
  std::vector<std::string> sources_;
  guardvm::Engine engine_;
  std::map<uint32_t, CoverageItem> rules_;
  std::map<Place, CoverageItem> conditions_;
};

}  // namespace guard::driver
