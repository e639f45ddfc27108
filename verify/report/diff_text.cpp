// The changes between two bundles for people: a paragraph per class, a line per region with its action.
#include "verify/report/changes.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {

std::string diff_text(const DiffReport& report) {
  std::string out, last;
  for (const Change& change : report.changes) {
    const std::string head = "`" + change.kind + "`: " + change_title(change) + "\n";
    if (head != last) out += (out.empty() ? "" : "\n") + head;
    last = head;
    out += "  when " + change.region + "\n";
    out += "    example: " + change.action + "\n";
    if (change.rules.empty()) continue;
    out += "    by:     ";
    for (const std::string& rule : change.rules) out += " " + rule;
    out += "\n";
  }
  if (!report.schema.empty()) out += std::string(out.empty() ? "" : "\n") + "schema\n";
  for (const SchemaChange& change : report.schema) out += "  " + schema_text(change) + "\n";
  for (const std::string& what : report.inconclusive) out += "inconclusive: " + what + "\n";
  return out + change_count(report) + ", as of " + Checker::instant_text(report.as_of_ns) + "\n";
}

}  // namespace guard::verify::rendering

namespace guard::verify {

std::string render(const DiffReport& report, DiffFormat format) {
  return format == DiffFormat::Text ? rendering::diff_text(report) : rendering::diff_json(report);
}

}  // namespace guard::verify
