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
  // What combining asks of most entries, next to each other: rows of entries and rules are long, and of a large set
  // each would be a wait for memory.
  struct Short {
    uint32_t object;  // as in the entry
    format::What what;
    format::Effect effect;  // of a rule, as the next two
    format::Mode mode;
    bool mandatory : 1;
    bool overrides : 1;  // an enforced allow that names rules
    bool surely : 1;     // the entry has code for it
    bool groups : 1;     // … and requirement groups
  };
  static_assert(sizeof(Short) == 8);
  [[nodiscard]] const Short* shorts_of(const Facts& facts);
  void lift(const Facts& facts, const Short* shorts, const std::vector<uint32_t>& matched, size_t& at,
            Decision& decision);
  void lift_rule(uint32_t rule, FiredRule::By what, uint32_t by);
  void add_rule(const Facts& facts, const Short& own, uint32_t entry, Decision& decision);
  void settle_status(const Facts& facts, const Short& own, FiredRule& rule) const;
  void would(const Facts& facts, Decision& decision);

  std::vector<std::vector<Short>> shorts_;  // per kind: made when an entry of it matches first
  struct Lift {                             // per rule; valid when `turn` is the current one
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
