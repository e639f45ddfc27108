// The comparison of a diff, with reports made by hand.
#include "diff.hpp"

#include <gtest/gtest.h>

#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

property::Files set_of(const std::string& range, const std::string& condition) {
  return {{"schema.guard", "schema s\ndefault allow\naction deploy { env: enum { dev, prod }, n: int 0.." + range +
                               ", time: timestamp now }\nwindow w = mon in \"UTC\"\n"},
          {"p1.guard", "policy p\nrule r on deploy\n  when " + condition + "\n  deny\n"}};
}

std::string record(const std::string& env, int n) {
  return R"({"kind":"deploy","env":")" + env + R"(","n":)" + std::to_string(n) + R"(,"time":"2026-12-01T00:00:00Z"})";
}

std::string told(const property::Files& before, const property::Files& after,
                 const std::vector<VerifierChange>& changes) {
  int64_t as_of = 0;
  EXPECT_EQ(reference::parse_timestamp("2026-11-25T00:00:00Z", as_of), reference::Fit::Good);
  DiffReport report;
  report.changes = changes;
  std::string out;
  for (const Disagreement& one : compare_diff(before, after, as_of, report).disagreements)
    out += one.kind + " " + one.text.substr(0, one.text.find(": ")) + "; ";
  return out;
}

TEST(Diff, EqualSetsHaveNone) {
  EXPECT_EQ(told(set_of("9", "n < 2"), set_of("9", "not n >= 2"), {}), "");
  EXPECT_EQ(told(set_of("9", "n < 2"), set_of("9", "not n >= 2"), {{"deny", "allow", "n < 2", record("dev", 1), ""}}),
            "witness decided deny, then deny; region deny to allow; ");
}

TEST(Diff, BothDirections) {
  const property::Files strict = set_of("9", "n < 4"), loose = set_of("9", "n < 2 and env == prod");
  const std::vector<VerifierChange> allowed = {{"deny", "allow", "n < 4 and env == dev", record("dev", 0), ""},
                                               {"deny", "allow", "n in { 2, 3 }", record("prod", 3), ""}};
  EXPECT_EQ(told(strict, loose, allowed), "");
  EXPECT_EQ(told(strict, loose, {allowed[0]}), "region deny to allow; ");
  EXPECT_EQ(told(strict, loose, {}), "region deny to allow; ");
  EXPECT_EQ(told(loose, strict,
                 {{"allow", "deny", "n < 4 and env == dev", record("dev", 0), ""},
                  {"allow", "deny", "n in { 2, 3 }", record("prod", 3), ""}}),
            "");
}

TEST(Diff, AWiderRangeWasAnError) {
  EXPECT_EQ(told(set_of("3", "n < 2"), set_of("4", "n < 2"), {{"error", "allow", "n == 4", record("dev", 4), ""}}), "");
  EXPECT_EQ(told(set_of("3", "n < 2"), set_of("4", "n < 2"), {}), "region error to allow; ");
}

}  // namespace
}  // namespace guard::oracle
