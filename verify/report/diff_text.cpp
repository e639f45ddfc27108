// The changes between two bundles for people: a paragraph per class, a line per region with its action.
#include "verify/report/report.hpp"

namespace guard::verify::rendering {

std::string change_title(const Change& change) {
  if (change.what == ChangeOf::Requirements) return "still held, for other reasons";
  if (change.what == ChangeOf::Obligations) return "still `" + change.to + "`, with other obligations";
  const std::string was = ", was `" + change.from + "`";
  if (change.to == "allow") return "newly allowed" + was;
  if (change.to == "deny") return "newly denied" + was;
  if (change.to == "hold") return "newly held" + was;
  return "an error now" + was;
}

std::string schema_text(const SchemaChange& change) {
  return "`" + change.kind + "`" + (change.attribute.empty() ? "" : ", attribute `" + change.attribute + "`") + ": " +
         change.what;
}

std::string change_count(const DiffReport& report) {
  const size_t count = report.changes.size();
  return count == 0 ? "no change" : std::to_string(count) + (count == 1 ? " change" : " changes");
}

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
