// The four renderings of a test report: text for people, JSON, JUnit XML and TAP 13. Pure.
#include <nlohmann/json.hpp>
#include <sstream>

#include "diag/annotation.hpp"
#include "driver/run_tests.hpp"

namespace guard::driver {

namespace {

using Json = nlohmann::ordered_json;

std::string place(Span span, const Sources& sources) {
  if (span.file == kNoFile) return {};
  const LineColumn at = sources.locate(span.file, span.begin);
  return sources.file(span.file).path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string plural(size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string indented(const std::string& text, const std::string& by) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += by + line + "\n";
  return out;
}

std::string ratio(const std::vector<CoverageItem>& items) {
  return std::to_string(count_complete(items)) + " of " + std::to_string(items.size());
}

void append_gaps(std::string& out, const CoverageItem& item, const std::string& yes, const std::string& no) {
  if (item.complete()) return;
  std::string what = item.yes ? no : yes;
  if (!item.yes && !item.no && item.can_be_no) what = yes + " and " + no;
  out += "  " + item.place + ": `" + item.name + "` " + what;
  out += item.rule.empty() ? "\n" : " (in `" + item.rule + "`)\n";
}

std::string coverage_text(const Coverage& coverage) {
  std::string out = "coverage: rules fired and not fired " + ratio(coverage.rules) + ", conditions true and false " +
                    ratio(coverage.conditions) + ", together " + std::to_string(percent_complete(coverage)) + " %\n";
  for (const CoverageItem& item : coverage.rules) append_gaps(out, item, "never fired", "never stayed silent");
  for (const CoverageItem& item : coverage.conditions) append_gaps(out, item, "was never true", "was never false");
  return out;
}

// The parts of a text report: the failures, the coverage when asked for, the rules that no test reaches, the summary.
std::string text(const TestReport& report, const Sources& sources, bool coverage) {
  std::string out;
  for (const TestResult& test : report.tests) {
    if (test.failures.empty()) continue;
    out += "FAILED " + test.policy + ": " + test.name + "\n";
    for (const TestFailure& failure : test.failures) {
      out += "  " + place(failure.span, sources) + ": " + failure.message + "\n" + indented(failure.decision, "    | ");
    }
  }
  if (coverage) out += coverage_text(report.coverage);
  for (const std::string& rule : report.unreached) out += "UNREACHED `" + rule + "`: no test makes this rule fire\n";
  out += plural(report.tests.size(), "test") + ", " + plural(report.actions(), "action") + ": " +
         std::to_string(report.tests.size() - report.failed()) + " passed, " + std::to_string(report.failed()) +
         " failed";
  if (!report.unreached.empty()) out += ", " + plural(report.unreached.size(), "rule") + " unreached";
  return out + "\n";
}

Json items_json(const std::vector<CoverageItem>& items, const char* yes, const char* no) {
  Json out = Json::array();
  for (const CoverageItem& item : items) {
    Json one{{"name", item.name}, {"place", item.place}};
    if (!item.rule.empty()) one["in"] = item.rule;
    one[yes] = item.yes;
    one[no] = item.no;
    one["complete"] = item.complete();
    out.push_back(std::move(one));
  }
  return out;
}

std::string json(const TestReport& report, const Sources& sources, bool coverage) {
  Json out;
  out["tests"] = Json::array();
  for (const TestResult& test : report.tests) {
    Json failures = Json::array();
    for (const TestFailure& failure : test.failures) {
      failures.push_back(
          {{"place", place(failure.span, sources)}, {"message", failure.message}, {"decision", failure.decision}});
    }
    out["tests"].push_back({{"policy", test.policy},
                            {"name", test.name},
                            {"place", place(test.span, sources)},
                            {"actions", test.actions},
                            {"passed", test.failures.empty()},
                            {"failures", std::move(failures)}});
  }
  out["passed"] = report.tests.size() - report.failed();
  out["failed"] = report.failed();
  out["actions"] = report.actions();
  out["unreached"] = report.unreached;
  if (coverage) {
    out["coverage"] = {{"percent", percent_complete(report.coverage)},
                       {"rules", items_json(report.coverage.rules, "fired", "silent")},
                       {"conditions", items_json(report.coverage.conditions, "true", "false")}};
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// One test case more per rule that no test reaches, so that a reader of JUnit sees it fail.
std::string junit(const TestReport& report, const Sources& sources) {
  const size_t tests = report.tests.size() + report.unreached.size();
  const size_t failures = report.failed() + report.unreached.size();
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"guardc test\" tests=\"" +
      std::to_string(tests) + "\" failures=\"" + std::to_string(failures) + "\" errors=\"0\">\n";
  for (const TestResult& test : report.tests) {
    out += "  <testcase classname=\"" + xml_escaped(test.policy) + "\" name=\"" + xml_escaped(test.name) + "\"";
    if (test.failures.empty()) {
      out += "/>\n";
      continue;
    }
    out += ">\n";
    std::string details;
    for (const TestFailure& failure : test.failures) {
      details += place(failure.span, sources) + ": " + failure.message + "\n" + indented(failure.decision, "  ");
    }
    out += "    <failure message=\"" + xml_escaped(test.failures[0].message) + "\">" + xml_escaped(details) +
           "</failure>\n  </testcase>\n";
  }
  for (const std::string& rule : report.unreached) {
    out += "  <testcase classname=\"" + xml_escaped(rule) + "\" name=\"some test reaches the rule\">\n" +
           "    <failure message=\"no test makes this rule fire\"/>\n  </testcase>\n";
  }
  return out + "</testsuite>\n</testsuites>\n";
}

// `#` would start a directive in a TAP description.
std::string tap_name(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
    if (c == '#' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

std::string tap(const TestReport& report, const Sources& sources) {
  std::string out = "TAP version 13\n1.." + std::to_string(report.tests.size() + report.unreached.size()) + "\n";
  size_t number = 0;
  for (const TestResult& test : report.tests) {
    out += (test.failures.empty() ? "ok " : "not ok ") + std::to_string(++number) + " - " +
           tap_name(test.policy + ": " + test.name) + "\n";
    for (const TestFailure& failure : test.failures) {
      out += "# " + place(failure.span, sources) + ": " + failure.message + "\n" + indented(failure.decision, "#   ");
    }
  }
  for (const std::string& rule : report.unreached) {
    out += "not ok " + std::to_string(++number) + " - " + tap_name(rule) + " is reached by some test\n";
  }
  return out;
}

}  // namespace

std::string render(const TestReport& report, const Sources& sources, const TestRenderOptions& options) {
  switch (options.format) {
    case TestFormat::Text:
      return text(report, sources, options.coverage);
    case TestFormat::Json:
      return json(report, sources, options.coverage);
    case TestFormat::Junit:
      return junit(report, sources);
    case TestFormat::Tap:
      return tap(report, sources);
  }
  return {};
}

}  // namespace guard::driver
