// The changes between two bundles as one JSON document:
//
//   {"as_of":…,
//   "changes":[{"from","to","what","kind","region","action":{…},"rules":["policy.rule",…],"before":{decision},
//    "after":{decision}}], "schema":[{"kind","attribute","what"}], "inconclusive":[…]}
//
// `what` is `outcome`, or, when `from` and `to` are the same, `requirements` or `obligations`; `attribute` is null when
// the kind itself was added or removed.
#include <nlohmann/json.hpp>

#include "read/values.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {

std::string_view word(ChangeOf what) {
  switch (what) {
    case ChangeOf::Outcome:
      return "outcome";
    case ChangeOf::Requirements:
      return "requirements";
    case ChangeOf::Obligations:
      return "obligations";
  }
  return {};
}

void add_changes(nlohmann::ordered_json& out, const DiffReport& report) {
  using Json = nlohmann::ordered_json;
  out["changes"] = Json::array();
  for (const Change& change : report.changes) {
    Json one;
    one["from"] = change.from;
    one["to"] = change.to;
    one["what"] = word(change.what);
    one["kind"] = change.kind;
    one["region"] = change.region;
    one["action"] = Json::parse(change.action);
    one["rules"] = change.rules;
    one["before"] = Json::parse(change.before);
    one["after"] = Json::parse(change.after);
    out["changes"].push_back(std::move(one));
  }
  out["schema"] = Json::array();
  for (const SchemaChange& change : report.schema) {
    Json one;
    one["kind"] = change.kind;
    one["attribute"] = change.attribute.empty() ? Json() : Json(change.attribute);
    one["what"] = change.what;
    out["schema"].push_back(std::move(one));
  }
}

std::string diff_json(const DiffReport& report) {
  nlohmann::ordered_json out;
  std::string as_of;
  guardvm::append_timestamp(as_of, report.as_of_ns);
  out["as_of"] = as_of;
  add_changes(out, report);
  out["inconclusive"] = report.inconclusive;
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace guard::verify::rendering
