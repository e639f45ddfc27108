// Every diagnostic of the checker, from source text: where it stands, and that no second one is caused by it.
//
// A marker `«id»` in a source says that the diagnostic `id` is reported right behind it; nothing else may be reported.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "check_cases.hpp"
#include "check_support.hpp"

namespace guard::checktest {
namespace {

class Diagnosed : public testing::TestWithParam<Case> {};

TEST_P(Diagnosed, ExactlyWhereItIsMarked) {
  const Case& c = GetParam();
  Outcome outcome = c.whole ? check_text(c.text, {c.data, {}}) : check_policy(c.text, {c.data, {}});
  std::sort(outcome.got.begin(), outcome.got.end());
  std::sort(outcome.expected.begin(), outcome.expected.end());
  EXPECT_EQ(outcome.got, outcome.expected) << outcome.text;
  const bool errors = outcome.text.find("error[") != std::string::npos;
  EXPECT_EQ(outcome.set.has_value(), !errors) << outcome.text;
}

std::string case_name(const testing::TestParamInfo<Case>& param) { return param.param.name; }

INSTANTIATE_TEST_SUITE_P(Schema, Diagnosed, testing::ValuesIn(schema_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Conditions, Diagnosed, testing::ValuesIn(condition_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Rules, Diagnosed, testing::ValuesIn(rule_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Others, Diagnosed, testing::ValuesIn(other_cases()), case_name);

TEST(Diagnostics, EveryRowOfTheCheckerHasACase) {
  std::set<std::string> reached;
  for (const auto* cases : {&schema_cases(), &condition_cases(), &rule_cases(), &other_cases()}) {
    for (const Case& c : *cases) {
      for (const std::string& expected :
           (c.whole ? check_text(c.text, {c.data, {}}) : check_policy(c.text, {c.data, {}})).expected) {
        reached.insert(expected.substr(0, expected.find('@')));
      }
    }
  }
  for (size_t i = static_cast<size_t>(DiagId::NoSchema); i < diag_count(); ++i) {
    const std::string id(info(static_cast<DiagId>(i)).id);
    EXPECT_TRUE(reached.contains(id)) << id << " has no case";
  }
}

TEST(Diagnostics, TenMistakesGiveTenDiagnostics) {
  const Outcome outcome = check_policy(R"(
window office = mon..fri 09:00 to 17:30 in "Europe/Lodnon"
rule a on deploy
  deny when environment == prod
  because "{servce} is closed"
rule b on deploy, migrate
  deny when canary > 5
  because "no"
rule c on deploy
  deny when canary > "ten"
  because "no"
rule d on deploy
  deny when old < release
  because "no"
rule e on deploy
  require 0 approvals from { "dba" }
  because "no"
rule f on deploy
  deny when service matches /a(?=b)/
  because "no"
rule g on deploy
  allow overrides nobody
rule h on deplyo
  deny
  because "no"
exception x for e
  expires 2026-12-31 in "Europe/London"
  owner "a"
)");
  EXPECT_EQ(outcome.got.size(), 10u) << outcome.text;
}

TEST(Diagnostics, SayOnWhichKindARuleFails) {
  const Outcome outcome = check_policy("rule r on deploy, migrate\n deny when canary > 5\n because \"no\"\n");
  EXPECT_EQ(outcome.got.size(), 1u) << outcome.text;
  EXPECT_NE(outcome.text.find("this is so on `migrate`"), std::string::npos) << outcome.text;
  EXPECT_NE(outcome.text.find("`deploy` has it"), std::string::npos) << outcome.text;
}

TEST(Diagnostics, ReadAsTheExamplesDo) {
  const Outcome outcome = check_policy("rule r on deploy  deny when canary > \"ten\"\n because \"no\"\n");
  EXPECT_NE(outcome.text.find("error[type-mismatch]: `>` needs `int` on both sides, found `int` and `string`"),
            std::string::npos)
      << outcome.text;
  EXPECT_NE(outcome.text.find("`int 0..100`"), std::string::npos) << outcome.text;
}

TEST(Diagnostics, NearNamesAreSuggested) {
  const char* const cases[][2] = {{"deny when canari > 5", "`canary`"},
                                  {"deny when actor.idd == \"a\"", "`id`"},
                                  {"deny when environment == prodution", "`production`"},
                                  {"deny when service in approvd", "`approved`"}};
  for (const auto& c : cases) {
    const Outcome outcome =
        check_policy(std::string("let approved = { \"a\" }\nrule r on deploy ") + c[0] + " because \"no\"\n");
    EXPECT_NE(outcome.text.find(std::string("did you mean ") + c[1]), std::string::npos) << outcome.text;
  }
}

}  // namespace
}  // namespace guard::checktest
