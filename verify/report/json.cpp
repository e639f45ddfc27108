// The report as one JSON document:
//
//   {"as_of":…,
//   "findings":[{"id","severity","rules":["policy.rule",…],"subject","kind","message","region","places":[…],
//    "help":[…],"witness":{action},"decision":{…}}], "inconclusive":[…], "stats":{…}}
//
// `rules` names the rule at fault first; `witness` and `decision` are null when no action shows the finding. `stats`
// holds times only when they are asked for, so that the document is the same for the same set.
#include <nlohmann/json.hpp>

#include "read/values.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return {};
}

Json one(const Finding& finding, const guardvm::Bundle& bundle) {
  Json out;
  out["id"] = check_info(finding.check).id;
  out["severity"] = word(finding.severity);
  out["rules"] = finding.rules;
  out["subject"] = finding.subject.empty() ? Json() : Json(finding.subject);
  out["kind"] = finding.kind.empty() ? Json() : Json(finding.kind);
  out["message"] = finding.message;
  out["region"] = finding.region.empty() ? Json() : Json(finding.region);
  out["places"] = Json::array();
  for (const Place& place : finding.places) {
    if (place.span.file >= bundle.view().Sources.size()) continue;
    Json entry;
    entry["path"] = bundle.text(bundle.view().Sources[place.span.file].path);
    entry["line"] = place.span.line;
    entry["column"] = place.span.column;
    entry["end_line"] = place.span.line + place.span.lines;
    entry["end_column"] = place.span.end_column;
    entry["text"] = place.text;
    out["places"].push_back(std::move(entry));
  }
  out["help"] = finding.notes;
  const bool shown = !finding.witness.action.empty();
  out["witness"] = shown ? Json::parse(finding.witness.action) : Json();
  out["decision"] = shown ? Json::parse(finding.witness.decision) : Json();
  return out;
}

}  // namespace

std::string json(const Report& report, const guardvm::Bundle& bundle, bool stats) {
  Json out;
  std::string as_of;
  guardvm::append_timestamp(as_of, report.as_of_ns);
  out["as_of"] = as_of;
  out["findings"] = Json::array();
  for (const Finding& finding : report.findings) out["findings"].push_back(one(finding, bundle));
  out["inconclusive"] = Json::array();
  for (const Finding& finding : report.inconclusive) out["inconclusive"].push_back(one(finding, bundle));
  if (report.changes) {  // against a base: as in diff_json.cpp
    add_changes(out, *report.changes);
    for (const std::string& what : report.changes->inconclusive) out["inconclusive"].push_back({{"message", what}});
  }
  Json& numbers = out["stats"];
  numbers["rules"] = bundle.view().Rules.size();
  numbers["classes"] = report.classes;
  if (stats) {
    numbers["boxes"] = {{"queries", report.engines.boxes}, {"ns", report.engines.boxes_ns}};
    numbers["z3"] = {{"queries", report.engines.z3}, {"ns", report.engines.z3_ns}};
    for (const CheckTime& time : report.times) numbers["checks"][std::string(time.check)] = time.ns;
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace guard::verify::rendering

namespace guard::verify {

std::string render(const Report& report, const guardvm::Bundle& bundle, ReportFormat format, bool stats) {
  return format == ReportFormat::Text ? rendering::text(report, bundle, stats) : rendering::json(report, bundle, stats);
}

}  // namespace guard::verify
