// The oracle by itself: each planted set has exactly the findings that its first lines name, and its near miss none.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "findings.hpp"
#include "tests/property/adapter.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

// Instants before this one are past in every planted set.
constexpr const char* kAsOf = "2026-11-25T00:00:00Z";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> expected(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    for (const std::string mark : {"// finds: ", "// refused: "})
      if (line.starts_with(mark)) out.push_back(line.substr(mark.size()));
  return out;
}

std::vector<std::string> found(const std::string& text) {
  std::string reasons;
  const auto compiled = property::compile({{"planted.guard", text}}, reasons);
  if (!compiled) return {reasons.find("[uncovered-kind]") == std::string::npos ? reasons : "uncovered-kind"};
  int64_t as_of = 0;
  EXPECT_EQ(reference::parse_timestamp(kAsOf, as_of), reference::Fit::Good);
  const Table table(compiled->set, as_of);
  EXPECT_EQ(table.self_check(), 0u);
  std::vector<std::string> out;
  for (const Finding& finding : all_findings(table)) {
    out.push_back(finding.id);
    for (const std::string& name : finding.names) out.back() += " " + name;
  }
  return out;
}

TEST(Oracle, FindsWhatIsPlantedAndNothingElse) {
  size_t sets = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GUARD_SOURCE_DIR "/tests/verify/planted")) {
    if (entry.path().extension() != ".guard") continue;
    const std::string text = text_of(entry.path());
    if (text.find("// baseline: ") != std::string::npos) continue;  // two sets, which the table does not hold
    EXPECT_EQ(found(text), expected(text)) << entry.path().filename();
    ++sets;
  }
  EXPECT_GE(sets, 2 * checks().size());
}

TEST(Oracle, EveryCheckIsPlanted) {
  for (const Check& check : checks()) {
    const std::string path = std::string(GUARD_SOURCE_DIR "/tests/verify/planted/") + check.id;
    EXPECT_TRUE(std::filesystem::exists(path + ".guard")) << check.id;
    EXPECT_TRUE(std::filesystem::exists(path + "_near_miss.guard")) << check.id;
  }
}

}  // namespace
}  // namespace guard::oracle
