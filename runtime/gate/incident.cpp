// See incident.hpp. Sources: developer.pagerduty.com (list incidents), docs.opsgenie.com (list alerts, list incidents),
// the public API page that every Statuspage has at /api.
#include "gate/incident.hpp"

#include <algorithm>

#include "read/json_value.hpp"

namespace guardvm::gate {

namespace {

struct Word {
  std::string_view word;
  Severity severity;
};
constexpr Word kPriorities[] = {{"P1", Severity::Critical},
                                {"P2", Severity::Major},
                                {"P3", Severity::Minor},
                                {"P4", Severity::Minor},
                                {"P5", Severity::Minor}};
constexpr Word kUrgencies[] = {{"high", Severity::Major}, {"low", Severity::Minor}};
constexpr Word kImpacts[] = {{"none", Severity::None},
                             {"minor", Severity::Minor},
                             {"major", Severity::Major},
                             {"critical", Severity::Critical},
                             {"maintenance", Severity::None}};

template <size_t N>
Severity severity_of(const Word (&words)[N], JsonValue value) {
  for (const Word& row : words)
    if (value.plain_text() == row.word) return row.severity;
  return Severity::Critical;
}

bool is_one_of(JsonValue value, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), value.plain_text()) != words.end();
}

void add(Incidents& out, Severity severity) {
  ++out.open;
  out.worst = std::max(out.worst, severity);
}

// A priority says more than the urgency, which only says who is woken.
Loaded<Incidents> pagerduty(JsonValue payload) {
  const JsonValue list = payload.member("incidents");
  if (!list.is_array())
    return LoadError{"this is not PagerDuty's list of incidents (GET /incidents): it has no list `incidents`"};
  if (payload.member("more").is_true())
    return LoadError{
        "this is one page of PagerDuty's list, and there are more; ask for all that are open (statuses[]=triggered, "
        "statuses[]=acknowledged, limit=100)"};
  Incidents out;
  for (JsonElements e(list); e.next();) {
    if (is_one_of(e.value().member("status"), {"resolved"})) continue;
    const JsonValue priority = e.value().member("priority");
    add(out, priority.is_object() ? severity_of(kPriorities, priority.member("summary"))
                                  : severity_of(kUrgencies, e.value().member("urgency")));
  }
  return out;
}

Loaded<Incidents> opsgenie(JsonValue payload) {
  const JsonValue list = payload.member("data");
  if (!list.is_array())
    return LoadError{"this is not Opsgenie's list of alerts or incidents (GET /v2/alerts): it has no list `data`"};
  if (payload.member("paging").member("next").is_string())
    return LoadError{
        "this is one page of Opsgenie's list, and there are more; ask for all that are open "
        "(query=status:open&limit=100)"};
  Incidents out;
  for (JsonElements e(list); e.next();)
    if (!is_one_of(e.value().member("status"), {"closed", "resolved"}))
      add(out, severity_of(kPriorities, e.value().member("priority")));
  return out;
}

// The page's own indicator counts too: components may be down before an incident is written.
Loaded<Incidents> statuspage(JsonValue payload) {
  const JsonValue list = payload.member("incidents");
  if (!list.is_array() || !payload.member("page").is_object())
    return LoadError{
        "this is not a Statuspage summary (/api/v2/summary.json): it has no `page`, or no list `incidents`"};
  Incidents out;
  for (JsonElements e(list); e.next();)
    if (!is_one_of(e.value().member("status"), {"resolved", "postmortem"}))
      add(out, severity_of(kImpacts, e.value().member("impact")));
  const JsonValue indicator = payload.member("status").member("indicator");
  if (indicator.there()) out.worst = std::max(out.worst, severity_of(kImpacts, indicator));
  return out;
}

}  // namespace

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::None:
      return "none";
    case Severity::Minor:
      return "minor";
    case Severity::Major:
      return "major";
    case Severity::Critical:
      return "critical";
  }
  return "critical";
}

Loaded<Incidents> read_incidents(IncidentTool tool, std::string_view payload) {
  JsonText text;
  if (!text.parse(payload)) return LoadError{"the payload is not JSON: " + text.problem()};
  switch (tool) {
    case IncidentTool::PagerDuty:
      return pagerduty(text.value());
    case IncidentTool::Opsgenie:
      return opsgenie(text.value());
    case IncidentTool::Statuspage:
      return statuspage(text.value());
  }
  return LoadError{"no such incident tool"};
}

}  // namespace guardvm::gate
