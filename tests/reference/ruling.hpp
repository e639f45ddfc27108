// The ruling on a record at one instant: which rules fire, with which status, and the outcome.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "evaluate.hpp"
#include "text_forms.hpp"

namespace guard::reference {

enum class Outcome : uint8_t { Allow, Deny, Hold };
enum class Status : uint8_t { Applied, Overridden, Excepted, Shadow, Advisory };

[[nodiscard]] const char* outcome_word(Outcome outcome);
[[nodiscard]] const char* status_word(Status status);
[[nodiscard]] const char* effect_word(check::Effect effect);

struct Fired {
  const check::Rule* rule = nullptr;
  const check::RuleOnKind* on = nullptr;
  check::Effect effect = check::Effect::Deny;  // Hold when degraded
  bool degraded = false;
  bool can_be_unmet = false;
  bool met = true;
  Status status = Status::Applied;
  std::string by;                  // id, or empty
  std::optional<Wide> until_ns;    // Excepted
  Outcome would = Outcome::Allow;  // Shadow, Advisory
};

struct Ruling {
  std::optional<std::string> error;                   // code: outside-horizon, assume-broken
  std::vector<Fired> fired;                           // in the order of the set's rules
  std::vector<const check::BreakGlass*> break_glass;  // active
  bool by_default = false;
  Outcome outcome = Outcome::Deny;
  std::optional<Outcome> would;  // a shadow or advisory rule fired
};

[[nodiscard]] Ruling make_ruling(const Evaluation& evaluation);

// Whether any condition that counts on this kind asks for a window.
[[nodiscard]] bool kind_uses_windows(const check::PolicySet& set, check::KindId kind);
// Every condition that counts on this kind: of rules not off, their untils, exceptions, break-glasses, assumptions.
[[nodiscard]] std::vector<const check::Condition*> conditions_on(const check::PolicySet& set, check::KindId kind);
[[nodiscard]] const check::RuleOnKind* rule_on_kind(const check::Rule& rule, check::KindId kind);
[[nodiscard]] const check::Condition* condition_on_kind(const std::vector<check::ConditionOnKind>& on,
                                                        check::KindId kind);
[[nodiscard]] check::KindId kind_id(const check::PolicySet& set, const check::Kind& kind);

}  // namespace guard::reference
