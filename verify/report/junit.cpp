// The report as JUnit XML: a test case per finding, and one per check that found nothing, so that a reader sees what
// was asked. Findings below --fail-on pass, with their text as output; accepted ones are skipped, inconclusive ones
// errors. With a base, what the change does is a case per change, and one per class without any: they pass, with their
// text as output; what was not compared is an error.
#include <set>

#include "diag/annotation.hpp"
#include "verify/report/changes.hpp"
#include "verify/report/finding_text.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

std::string test_case(std::string_view group, std::string_view id, const std::string& name, const std::string& body) {
  return "  <testcase classname=\"" + std::string(group) + "." + std::string(id) + "\" name=\"" + xml_escaped(name) +
         "\">\n    " + body + "\n  </testcase>\n";
}

std::string passed(std::string_view group, std::string_view id) {
  return "  <testcase classname=\"" + std::string(group) + "\" name=\"" + std::string(id) + "\"/>\n";
}

std::string element(const std::string& name, std::string_view id, const std::string& message, const std::string& text) {
  return "<" + name + " type=\"" + std::string(id) + "\" message=\"" + xml_escaped(message) + "\">" +
         xml_escaped(text) + "</" + name + ">";
}

std::string output(const std::string& text) { return "<system-out>" + xml_escaped(text) + "</system-out>"; }

std::string change_text(const ChangeEntry& entry) {
  if (entry.change == nullptr) return entry.message + "\n";
  std::string out = "when " + entry.change->region + "\nexample: " + entry.change->action + "\n";
  for (const std::string& rule : entry.change->rules) out += "by: " + rule + "\n";
  return out;
}

struct Cases {
  std::string text;
  size_t tests = 0, failures = 0, errors = 0;
};

void add_changes(Cases& cases, const DiffReport& report) {
  std::set<ChangeClass> seen;
  for (const ChangeEntry& entry : change_entries(report)) {
    seen.insert(entry.id);
    const std::string_view id = change_info(entry.id).id;
    const bool compared = entry.id != ChangeClass::NotCompared;
    ++cases.tests;
    cases.errors += compared ? 0 : 1;
    cases.text += test_case("change", id, entry.message,
                            compared ? output(change_text(entry)) : element("error", id, entry.message, entry.message));
  }
  for (size_t i = 0; i < change_classes().size(); ++i) {
    if (seen.contains(static_cast<ChangeClass>(i))) continue;
    ++cases.tests;
    cases.text += passed("change", change_classes()[i].id);
  }
}

}  // namespace

std::string junit(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  const FindingText writer(bundle, options);
  Cases cases;
  std::set<CheckId> found;
  const auto add = [&](const Finding& finding, const std::string& body) {
    found.insert(finding.check);
    ++cases.tests;
    const std::string name = finding.rules.empty() ? finding.subject : finding.rules[0];
    cases.text += test_case("verify", check_info(finding.check).id, name.empty() ? finding.message : name, body);
  };
  const auto told = [&](const std::string& name, const Finding& finding) {
    return element(name, check_info(finding.check).id, finding.message, writer.all(finding));
  };
  if (report.changes) add_changes(cases, *report.changes);
  for (const Finding& finding : report.findings) {
    const bool failed = finding.severity <= options.fail_on;
    cases.failures += failed ? 1 : 0;
    add(finding, failed ? told("failure", finding) : output(writer.all(finding)));
  }
  cases.errors += report.inconclusive.size();
  for (const Finding& finding : report.inconclusive) add(finding, told("error", finding));
  for (const Finding& finding : report.accepted) {
    add(finding, "<skipped message=\"" + xml_escaped(acceptance_text(finding)) + "\"/>");
  }
  for (size_t i = 0; i < check_count(); ++i) {
    if (found.contains(static_cast<CheckId>(i))) continue;
    ++cases.tests;
    cases.text += passed("verify", check_info(static_cast<CheckId>(i)).id);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"guardc verify\" tests=\"" +
         std::to_string(cases.tests) + "\" failures=\"" + std::to_string(cases.failures) + "\" errors=\"" +
         std::to_string(cases.errors) + "\" skipped=\"" + std::to_string(report.accepted.size()) + "\">\n" +
         cases.text + "</testsuite>\n</testsuites>\n";
}

}  // namespace guard::verify::rendering
