// The comparison of a report: a right one passes; what is missed, spurious, of another severity or shown by an action
// that does not show it is told.
#include "compare.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

class Compare : public ::testing::Test {
 protected:
  void read(const std::string& name) {
    std::ifstream in(GUARD_SOURCE_DIR "/tests/verify/planted/" + name + ".guard");
    files_ = {{name + ".guard", {std::istreambuf_iterator<char>(in), {}}}};
    std::string reasons;
    compiled_ = property::compile(files_, reasons);
    ASSERT_TRUE(compiled_) << reasons;
  }
  // The kinds of the disagreements about a report of these findings.
  std::string told(const std::vector<VerifierFinding>& findings) {
    int64_t as_of = 0;
    EXPECT_EQ(reference::parse_timestamp("2026-11-25T00:00:00Z", as_of), reference::Fit::Good);
    const Table table(compiled_->set, as_of);
    VerifierReport report;
    report.findings = findings;
    std::string out;
    for (const Disagreement& one : compare(files_, table, report, "").disagreements) out += one.kind + " ";
    return out;
  }
  static VerifierFinding finding(const std::string& id, const std::string& severity,
                                 const std::vector<std::string>& rules, const std::string& witness = "") {
    VerifierFinding out;
    out.id = id, out.severity = severity, out.rules = rules, out.witness = witness;
    return out;
  }

  property::Files files_;
  std::optional<property::CompiledSet> compiled_;
};

const std::string kTime = R"("time":"2026-12-01T00:00:00Z"})";

TEST_F(Compare, Pairs) {
  read("conflict");
  const std::string both = R"({"kind":"deploy","env":"prod","replicas":0,"urgent":true,)" + kTime;
  const std::string one = R"({"kind":"deploy","env":"prod","replicas":0,"urgent":false,)" + kTime;
  const std::string past = R"({"kind":"deploy","env":"prod","replicas":0,"urgent":true,"time":"2026-01-01T00:00:00Z"})";
  const auto conflict = [](const std::string& severity, const std::vector<std::string>& rules,
                           const std::string& witness, const std::string& region = "replicas == 0 and urgent") {
    VerifierFinding out = finding("conflict", severity, rules, witness);
    out.region = region;
    return out;
  };
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, both)}), "");
  EXPECT_EQ(told({conflict("warning", {"p.sealed", "p.hotfix"}, both)}), "");
  EXPECT_EQ(told({conflict("note", {"p.hotfix", "p.sealed"}, both)}), "severity ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, one)}), "witness ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, past)}), "witness ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.frozen"}, both)}), "region spurious missed ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, both, "")}), "region ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, both, "urgent")}), "region ");
  EXPECT_EQ(told({conflict("warning", {"p.hotfix", "p.sealed"}, both, "replicas == 0 and urgent and env == prod")}),
            "region ");
  EXPECT_EQ(told({}), "missed ");
}

TEST_F(Compare, TheRuleAtFaultComesFirst) {
  read("unreachable");
  EXPECT_EQ(told({finding("unreachable", "warning", {"p.two_eyes", "p.no_prod"})}), "");
  EXPECT_EQ(told({finding("unreachable", "warning", {"p.no_prod", "p.two_eyes"})}), "spurious missed ");
}

TEST_F(Compare, WitnessesOfHolds) {
  read("dead-end");
  const auto record = [](const char* bot) {
    return R"({"kind":"deploy","env":"prod","replicas":1,"actor":{"id":"ann","bot":)" + std::string(bot) +
           R"(},"approvals":[],)" + kTime;
  };
  EXPECT_EQ(told({finding("dead-end", "error", {"p.two_eyes"}, record("true"))}), "");
  EXPECT_EQ(told({finding("dead-end", "error", {"p.two_eyes"}, record("false"))}), "witness ");
}

TEST_F(Compare, GapsAreKnownByTheirWitness) {
  read("gap");
  VerifierFinding gap =
      finding("gap", "error", {}, R"({"kind":"deploy","env":"prod","replicas":2,"urgent":false,)" + kTime);
  gap.region = "env == prod and replicas >= 2";
  EXPECT_EQ(told({gap}), "");
  gap.region = "env == prod and replicas >= 3";
  EXPECT_EQ(told({gap}), "region region ");
}

}  // namespace
}  // namespace guard::oracle
