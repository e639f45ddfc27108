// Runs the tests of a policy set against its bundle: what `guardc test` reports, as values.
//
//   TestReport report = run_tests(set, bundle, {});
//   if (report.failed() > 0) …
//
// Every action is decided by both tiers of the runtime; a difference between them is a bug of ours and stops the
// process.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/span.hpp"
#include "check/model.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

struct TestFailure {
  Span span;             // the expectation
  std::string message;   // what was expected and what was found
  std::string decision;  // the decision as text for people; empty when the failure before is about the same action
};
struct TestResult {
  std::string policy, name;
  Span span;
  uint32_t actions = 0;
  std::vector<TestFailure> failures;
};

// Whether both outcomes of a rule or of a condition were seen.
struct CoverageItem {
  std::string name;   // the rule's id, or the condition as written
  std::string place;  // path:line:column
  std::string rule;   // conditions: the first rule, exception or break-glass that holds it
  bool yes = false, no = false;
  bool can_be_no = true;  // false for a rule without a condition: on its kinds it always fires
  [[nodiscard]] bool complete() const { return yes && (no || !can_be_no); }
};
struct Coverage {
  std::vector<CoverageItem> rules;       // not the ones in mode `off`; yes: fired
  std::vector<CoverageItem> conditions;  // one per place in the sources; yes: true, no: false
};
[[nodiscard]] size_t count_complete(const std::vector<CoverageItem>& items);
// Both kinds of items together, 0 to 100, rounded down, so that 100 means all.
[[nodiscard]] unsigned percent_complete(const Coverage& coverage);

struct TestReport {
  std::vector<TestResult> tests;
  Coverage coverage;
  std::vector<std::string> unreached;  // ids of rules that no test made fire; only when all tests were run
  [[nodiscard]] size_t failed() const;
  [[nodiscard]] size_t actions() const;
};

struct TestOptions {
  std::string filter;                // a glob over `policy.name`; empty: all
  std::vector<std::string> sources;  // what to call each source of the bundle; empty: as the bundle does
};

[[nodiscard]] TestReport run_tests(const check::PolicySet& set, const guardvm::Bundle& bundle,
                                   const TestOptions& options);

enum class TestFormat : uint8_t { Text, Json, Junit, Tap };
struct TestRenderOptions {
  TestFormat format = TestFormat::Text;
  bool coverage = false;
};
// Draws the report. Pure: no I/O.
[[nodiscard]] std::string render(const TestReport& report, const Sources& sources, const TestRenderOptions& options);

}  // namespace guard::driver
