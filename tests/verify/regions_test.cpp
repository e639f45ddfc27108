// The comparison of regions: exact covers pass; too much, too little, needless and too small regions are told.
#include <gtest/gtest.h>

#include "compare.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

const std::string kSet = R"(schema s
default allow
action deploy { env: enum { dev, staging, prod }, n: int 0..9, urgent: bool, time: timestamp now }
policy p
rule small on deploy
  deny when n < 2 and env == prod
rule rushed on deploy
  warn when urgent
cover deploy when env == prod
)";

std::string told(const std::vector<std::string>& regions) {
  std::string reasons;
  const property::Files files = {{"s.guard", kSet}};
  const auto compiled = property::compile(files, reasons);
  EXPECT_TRUE(compiled) << reasons;
  int64_t as_of = 0;
  EXPECT_EQ(reference::parse_timestamp("2026-11-25T00:00:00Z", as_of), reference::Fit::Good);
  const Table table(compiled->set, as_of);
  std::vector<VerifierFinding> gaps;
  for (const std::string& region : regions) {
    gaps.emplace_back();
    gaps.back().region = region;
    gaps.back().witness = R"({"kind":"deploy","env":"prod","n":5,"urgent":false,"time":"2026-12-01T00:00:00Z"})";
  }
  std::string out;
  for (const Disagreement& one : compare_gaps(files, table, gaps)) out += one.text.substr(0, one.text.find(':')) + "; ";
  return out;
}

TEST(Regions, AnExactCoverPasses) { EXPECT_EQ(told({"env == prod and n >= 2"}), ""); }
TEST(Regions, TooMuch) { EXPECT_EQ(told({"env == prod"}), "in a region and should not be; "); }
TEST(Regions, TooLittle) { EXPECT_EQ(told({"env == prod and n >= 3"}), "in no region; could be larger; "); }
TEST(Regions, Needless) {
  EXPECT_EQ(told({"env == prod and n >= 2", "env == prod and n >= 2 and urgent"}),
            "not needed beside the others; could be larger; ");
}
TEST(Regions, NotMaximal) {
  EXPECT_EQ(told({"env == prod and n >= 2 and urgent", "env == prod and n >= 2 and not urgent"}),
            "could be larger; could be larger; ");
}
TEST(Regions, NoCondition) { EXPECT_TRUE(told({"env is prod"}).starts_with("a region does not compile back")); }

}  // namespace
}  // namespace guard::oracle
