// See run_tests.hpp. Decides each test's actions through the runtime, as a pipeline would, and compares with what is
// expected.
#include "driver/run_tests.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/result.hpp"
#include "driver/coverage.hpp"
#include "guardvm/session.hpp"

namespace guard::driver {

namespace {

using check::Expectation;
using guardvm::FiredRule;
using guardvm::Outcome;
using Step = syntax::TestStep;

Outcome outcome_of(syntax::OutcomeWord word) {
  switch (word) {
    case syntax::OutcomeWord::Allow:
      return Outcome::Allow;
    case syntax::OutcomeWord::Deny:
      return Outcome::Deny;
    case syntax::OutcomeWord::Hold:
      return Outcome::Hold;
  }
  return Outcome::Error;
}

std::string_view status_text(Step::Status status) {
  switch (status) {
    case Step::Status::Applied:
      return "applied";
    case Step::Status::Overridden:
      return "overridden";
    case Step::Status::Excepted:
      return "excepted";
    case Step::Status::Shadow:
      return "shadow";
    case Step::Status::Advisory:
      return "advisory";
    case Step::Status::Silent:
      return "silent";
  }
  return "?";
}

// One action as it was decided.
struct Decided {
  const check::PolicySet& set;
  const guardvm::Bundle& bundle;
  const guardvm::Decision& decision;
  const nlohmann::json& json;

  [[nodiscard]] const std::string& id(check::RuleId rule) const { return set.rules[static_cast<size_t>(rule)].id; }

  [[nodiscard]] const FiredRule* fired(check::RuleId rule) const {
    for (const FiredRule& one : decision.rules) {
      if (bundle.text(bundle.view().Rules[one.rule].id) == id(rule)) return &one;
    }
    return nullptr;
  }

  [[nodiscard]] std::string found() const {
    std::string text(guardvm::outcome_word(decision.outcome));
    if (decision.outcome != Outcome::Error) return text;
    return text + " `" + std::string(guardvm::error_word(decision.error.code)) + "`";
  }
};

// Whether the outcome rests on this rule; if not, why not.
std::string why_not_by(const Decided& decided, check::RuleId rule) {
  const FiredRule* fired = decided.fired(rule);
  if (fired == nullptr) return "did not fire";
  if (fired->status != guardvm::Status::Applied) return "is " + std::string(guardvm::status_word(fired->status));
  using guardvm::format::Effect;
  switch (decided.decision.outcome) {
    case Outcome::Deny:
      return fired->effect == Effect::Deny ? "" : "does not deny";
    case Outcome::Allow:
      return fired->effect == Effect::Allow ? "" : "does not allow";
    case Outcome::Hold:
      return fired->effect != Effect::Deny && !fired->met ? "" : "does not hold";
    case Outcome::Error:
      return "decides nothing";
  }
  return "decides nothing";
}

std::string check_outcome(const Decided& decided, const Expectation& expected) {
  const Outcome wanted = outcome_of(expected.outcome);
  const std::string word(guardvm::outcome_word(wanted));
  if (decided.decision.outcome != wanted) return "expected " + word + ", the decision is " + decided.found();
  for (const check::RuleId rule : expected.by) {
    const std::string why = why_not_by(decided, rule);
    if (!why.empty()) return "expected " + word + " by `" + decided.id(rule) + "`, but that rule " + why;
  }
  return {};
}

std::string check_error(const Decided& decided, const Expectation& expected) {
  const std::string wanted = "error" + (expected.error.empty() ? "" : " `" + expected.error + "`");
  const bool right = decided.decision.outcome == Outcome::Error &&
                     (expected.error.empty() || guardvm::error_word(decided.decision.error.code) == expected.error);
  return right ? "" : "expected " + wanted + ", the decision is " + decided.found();
}

std::string check_status(const Decided& decided, const Expectation& expected) {
  const FiredRule* fired = decided.fired(expected.rule);
  const std::string_view found = fired == nullptr ? "silent" : guardvm::status_word(fired->status);
  const std::string_view wanted = status_text(expected.status);
  const bool is_error = decided.decision.outcome == Outcome::Error;
  if (found == wanted && !is_error) return {};
  return "expected `" + decided.id(expected.rule) + "` to be " + std::string(wanted) + ", " +
         (is_error ? "the decision is " + decided.found() : "it is " + std::string(found));
}

// A name given several values is an array; one of them suffices.
std::string check_obligation(const Decided& decided, const Expectation& expected) {
  const nlohmann::json& all = decided.json.at("obligations");
  const std::string start = "expected obligation `" + expected.obligation + "` = " + expected.obligation_json;
  const auto found = all.find(expected.obligation);
  if (found == all.end()) return start + ", there is none of that name";
  const nlohmann::json wanted = nlohmann::json::parse(expected.obligation_json, nullptr, false);
  const bool among = found->is_array() && std::find(found->begin(), found->end(), wanted) != found->end();
  return *found == wanted || among ? "" : start + ", it is " + found->dump();
}

std::string check_one(const Decided& decided, const Expectation& expected) {
  switch (expected.kind) {
    case Step::Kind::ExpectOutcome:
      return check_outcome(decided, expected);
    case Step::Kind::ExpectError:
      return check_error(decided, expected);
    case Step::Kind::ExpectStatus:
      return check_status(decided, expected);
    case Step::Kind::ExpectObligation:
      return check_obligation(decided, expected);
    case Step::Kind::GivenRecord:
    case Step::Kind::GivenJson:
    case Step::Kind::GivenFile:
      break;
  }
  GUARD_CHECK(false, "a `given` among the expectations of a test");
  return {};
}

class Runner {
 public:
  Runner(const check::PolicySet& set, const guardvm::Bundle& bundle, const TestOptions& options)
      : set_(set),
        bundle_(bundle),
        indexed_(bundle, guardvm::Tier::Indexed),
        linear_(bundle, guardvm::Tier::Linear),
        coverage_(bundle, options.sources) {}

  TestResult run(const check::Test& test) {
    TestResult result{test.policy, test.name, test.span, 0, {}};
    for (const check::TestCase& one : test.cases) {
      ++result.actions;
      run_case(one, result);
    }
    return result;
  }

  Coverage coverage() && { return std::move(coverage_).take(); }

 private:
  void run_case(const check::TestCase& one, TestResult& result) {
    const guardvm::ReadOptions read{one.kind, false, 0, false};
    const guardvm::Decision& decision = indexed_.decide(one.json, read);
    (void)linear_.decide(one.json, read);
    std::string text, other;
    indexed_.append_json(text, {});
    linear_.append_json(other, {});
    GUARD_CHECK(text == other, "the tiers of the runtime decide differently");
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    GUARD_CHECK(json.is_object(), "a decision is not JSON");

    const Decided decided{set_, bundle_, decision, json};
    bool shown = false;
    for (const Expectation& expected : one.expectations) {
      std::string problem = check_one(decided, expected);
      if (problem.empty()) continue;
      std::string decision_text;
      if (!shown) indexed_.append_text(decision_text, {false, true});
      shown = true;
      result.failures.push_back({expected.span, std::move(problem), std::move(decision_text)});
    }
    if (decision.outcome != Outcome::Error) coverage_.add(indexed_.action(), decision);
  }

  const check::PolicySet& set_;
  const guardvm::Bundle& bundle_;
  guardvm::Session indexed_, linear_;
  CoverageCollector coverage_;
};

bool selected(const check::Test& test, const std::string& filter) {
  return filter.empty() || fnmatch(filter.c_str(), (test.policy + "." + test.name).c_str(), 0) == 0;
}

}  // namespace

size_t TestReport::failed() const {
  return static_cast<size_t>(
      std::count_if(tests.begin(), tests.end(), [](const auto& t) { return !t.failures.empty(); }));
}

size_t TestReport::actions() const {
  size_t sum = 0;
  for (const TestResult& test : tests) sum += test.actions;
  return sum;
}

TestReport run_tests(const check::PolicySet& set, const guardvm::Bundle& bundle, const TestOptions& options) {
  TestReport report;
  Runner runner(set, bundle, options);
  for (const check::Test& test : set.tests) {
    if (selected(test, options.filter)) report.tests.push_back(runner.run(test));
  }
  report.coverage = std::move(runner).coverage();
  if (!options.filter.empty()) return report;
  for (const CoverageItem& rule : report.coverage.rules) {
    if (!rule.yes) report.unreached.push_back(rule.name);
  }
  return report;
}

}  // namespace guard::driver
