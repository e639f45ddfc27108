// From what an incident tool lists to the value of an incident signal: the worst open incident, and how many are open.
//
// Only a full list says that nothing is open. One event of a webhook does not, nor does a page of a list that has more:
// those are refused. Words that are not known count as the worst.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "guardvm/error.hpp"

namespace guardvm::gate {

enum class IncidentTool : uint8_t { PagerDuty, Opsgenie, Statuspage };
enum class Severity : uint8_t { None, Minor, Major, Critical };
[[nodiscard]] std::string_view severity_word(Severity severity);  // "none", "minor", "major", "critical"

struct Incidents {
  Severity worst = Severity::None;
  uint64_t open = 0;
};

// PagerDuty: the answer to GET /incidents. Opsgenie: to GET /v2/alerts or /v1/incidents. Statuspage:
// /api/v2/summary.json or /api/v2/incidents/unresolved.json. Failure: a sentence; it is something else, or not all of
// it.
[[nodiscard]] Loaded<Incidents> read_incidents(IncidentTool tool, std::string_view payload);

}  // namespace guardvm::gate
