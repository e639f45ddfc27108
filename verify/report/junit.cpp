// The report as JUnit XML: a test case per finding, and one per check that found nothing, so that a reader sees what
// was asked. Findings below --fail-on pass, with their text as output; accepted ones are skipped, inconclusive ones
// errors.
#include <set>

#include "diag/annotation.hpp"
#include "verify/report/finding_text.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

std::string test_case(const Finding& finding, const std::string& body) {
  const std::string name = finding.rules.empty() ? finding.subject : finding.rules[0];
  const std::string_view id = check_info(finding.check).id;
  return "  <testcase classname=\"verify." + std::string(id) + "\" name=\"" +
         xml_escaped(name.empty() ? finding.message : name) + "\">\n    " + body + "\n  </testcase>\n";
}

std::string element(const std::string& name, const Finding& finding, const std::string& text) {
  return "<" + name + " type=\"" + std::string(check_info(finding.check).id) + "\" message=\"" +
         xml_escaped(finding.message) + "\">" + xml_escaped(text) + "</" + name + ">";
}

}  // namespace

std::string junit(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  const FindingText writer(bundle);
  std::string cases;
  size_t tests = 0;
  size_t failures = 0;
  std::set<CheckId> found;
  const auto add = [&](const Finding& finding, const std::string& body) {
    found.insert(finding.check);
    ++tests;
    cases += test_case(finding, body);
  };
  for (const Finding& finding : report.findings) {
    if (finding.severity <= options.fail_on) {
      ++failures;
      add(finding, element("failure", finding, writer.all(finding)));
    } else {
      add(finding, "<system-out>" + xml_escaped(writer.all(finding)) + "</system-out>");
    }
  }
  for (const Finding& finding : report.inconclusive) add(finding, element("error", finding, writer.all(finding)));
  for (const Finding& finding : report.accepted) {
    add(finding, "<skipped message=\"" + xml_escaped(acceptance_text(finding)) + "\"/>");
  }
  for (size_t i = 0; i < check_count(); ++i) {
    if (found.count(static_cast<CheckId>(i)) != 0) continue;
    ++tests;
    cases +=
        "  <testcase classname=\"verify\" name=\"" + std::string(check_info(static_cast<CheckId>(i)).id) + "\"/>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"guardc verify\" tests=\"" +
         std::to_string(tests) + "\" failures=\"" + std::to_string(failures) + "\" errors=\"" +
         std::to_string(report.inconclusive.size()) + "\" skipped=\"" + std::to_string(report.accepted.size()) +
         "\">\n" + cases + "</testsuite>\n</testsuites>\n";
}

}  // namespace guard::verify::rendering
