// The report as one JSON document:
//
//   {"as_of":…, "findings":[{"id","severity","rules":["policy.rule",…],…}], "inconclusive":[…], "accepted":[…],
//   "stats":{…}}
//
// report.schema.json says what each member is. `stats` holds times only when they are asked for, so that the document
// is the same for the same set.
#include <nlohmann/json.hpp>

#include "diag/annotation.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

using Json = nlohmann::ordered_json;

Json one(const Finding& finding, const guardvm::Bundle& bundle, const RenderOptions& options) {
  Json out;
  out["id"] = check_info(finding.check).id;
  out["severity"] = severity_word(finding.severity);
  out["rules"] = finding.rules;
  out["subject"] = finding.subject.empty() ? Json() : Json(finding.subject);
  out["kind"] = finding.kind.empty() ? Json() : Json(finding.kind);
  out["message"] = finding.message;
  out["region"] = finding.region.empty() ? Json() : Json(finding.region);
  out["places"] = Json::array();
  for (const Place& place : finding.places) {
    if (place.span.file >= bundle.view().Sources.size()) continue;
    Json entry;
    entry["path"] = source_path(bundle, options, place.span.file);
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
  if (!finding.acceptance) return out;
  out["acceptance"] = {{"because", finding.acceptance->reason},
                       {"owner", finding.acceptance->owner.empty() ? Json() : Json(finding.acceptance->owner)}};
  const std::optional<int64_t>& until_ns = finding.acceptance->until_ns;
  out["acceptance"]["until"] = until_ns ? Json(Checker::instant_text(*until_ns)) : Json();
  return out;
}

}  // namespace

std::string json(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  Json out;
  out["as_of"] = Checker::instant_text(report.as_of_ns);
  out["findings"] = Json::array();
  for (const Finding& finding : report.findings) out["findings"].push_back(one(finding, bundle, options));
  out["inconclusive"] = Json::array();
  for (const Finding& finding : report.inconclusive) out["inconclusive"].push_back(one(finding, bundle, options));
  out["accepted"] = Json::array();
  for (const Finding& finding : report.accepted) out["accepted"].push_back(one(finding, bundle, options));
  if (report.changes) {  // against a base: as in diff_json.cpp
    add_changes(out, *report.changes);
    for (const std::string& what : report.changes->inconclusive) out["inconclusive"].push_back({{"message", what}});
  }
  Json& numbers = out["stats"];
  numbers["rules"] = bundle.view().Rules.size();
  numbers["classes"] = report.classes;
  if (options.stats) {
    numbers["boxes"] = {{"queries", report.engines.boxes}, {"ns", report.engines.boxes_ns}};
    numbers["z3"] = {{"queries", report.engines.z3}, {"ns", report.engines.z3_ns}};
    for (const CheckTime& time : report.times) numbers["checks"][std::string(time.check)] = time.ns;
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace guard::verify::rendering
