// Combination: from the entries that match to one decision (grammar/LANGUAGE.md, "Combination").
//
// exceptions and break-glass lift blocking rules; enforced allow rules override the blocking rules they name; what is
// left and enforced is applied; deny > hold > allow > default. No step can make a rule less certain and thereby open
// the gate.
#pragma once
#include <cstdint>
#include <vector>

#include "decide/evaluate.hpp"
#include "guardvm/session.hpp"

namespace guardvm {

class Combiner {
 public:
  void reserve(const format::View& view);
  // `matched`: ascending entry indices relative to the kind's first entry. Fills everything of `decision` but the error
  // of reading; a broken assumption makes it an error.
  void combine(const Facts& facts, const std::vector<uint32_t>& matched, Decision& decision);

 private:
  void lift(const Facts& facts, const std::vector<uint32_t>& matched, size_t& at, Decision& decision);
  void lift_rule(uint32_t rule, FiredRule::By what, uint32_t by);
  void add_rule(const Facts& facts, uint32_t entry, Decision& decision);
  void settle_statuses(const Facts& facts, Decision& decision);
  void would(const Facts& facts, Decision& decision);

  struct Lift {  // per rule; valid when `turn` is the current one
    uint64_t turn = 0;
    uint32_t by = 0;
    FiredRule::By what = FiredRule::By::None;
  };
  struct Override {
    uint64_t turn = 0;
    uint32_t by = 0;
  };
  std::vector<Lift> lifted_;          // per rule: by an exception
  std::vector<Override> overridden_;  // per rule: by an enforced allow
  uint64_t turn_ = 0;
  bool any_lifted_ = false, any_overridden_ = false;  // this turn
  struct Glass {                                      // an active break-glass
    bool every = false, even_mandatory = false;
    uint32_t by = 0;
  };
  std::vector<Glass> glasses_;
};

// Whether every requirement group of the entry has a met alternative.
[[nodiscard]] bool groups_met(const Facts& facts, const format::EntryRow& entry);

}  // namespace guardvm
