// What verification found: one row of checks.def at one place, with an action that shows it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.hpp"
#include "guardvm/bundle.hpp"

namespace guard::verify {

enum class CheckId : uint8_t {
#define GUARD_FINDING(Name, kebab, severity, help) Name,
#include "verify/checks/checks.def"
#undef GUARD_FINDING
};
struct CheckInfo {
  std::string_view id;
  Severity severity;
  std::string_view help;
};
[[nodiscard]] const CheckInfo& check_info(CheckId id);
[[nodiscard]] size_t check_count();
[[nodiscard]] std::optional<CheckId> find_check(std::string_view id);

// A place of the sources that the finding is about.
struct Place {
  guardvm::format::SpanRow span;
  std::string text;  // what it has to do with it; may be empty
};

// An action in JSON, and how the runtime decided it (both tiers).
struct Witness {
  std::string action, decision;  // JSON, one line each; empty: no action shows it
  std::string outcome;
};

// `accept CHECK [owner …] [until …] because …` beside a rule.
struct Acceptance {
  uint32_t rule = 0;
  std::string check;  // as written
  std::string reason, owner;
  std::optional<int64_t> until_ns;
};

struct Finding {
  CheckId check = CheckId::EmptyScope;
  Severity severity = Severity::Warning;
  std::vector<std::string> rules;  // `policy.rule`, the one at fault first
  std::string subject;             // what it is about when that is no rule: an invariant, an exception, …
  std::string kind;                // the kind of the witness; empty: none
  std::string message;
  std::string region;         // a condition of the language; empty: none
  std::vector<Place> places;  // the first is where it is reported
  std::vector<std::string> notes;
  Witness witness;
  std::optional<Acceptance> acceptance;  // known and meant
  bool inconclusive = false;             // a budget was hit: nothing was proved
};

// One finding for all conflicts of its first rule.
[[nodiscard]] inline bool is_group(const Finding& finding) {
  return finding.check == CheckId::Conflict && finding.rules.size() > 2;
}

}  // namespace guard::verify
