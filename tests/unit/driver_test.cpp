// The driver's library: which files a path means, and that a bundle depends on nothing but the sources.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/deflate.hpp"
#include "driver/compile.hpp"
#include "driver/run_tests.hpp"
#include "driver/sources.hpp"
#include "guardvm/bundle.hpp"

namespace {

namespace fs = std::filesystem;
using namespace guard;  // NOLINT: a test

constexpr const char* kSchema =
    "schema s\ndefault allow\naction deploy { time: timestamp now, canary: int 0..100, service: string }\n";
constexpr const char* kRule = "rule r on deploy\n  deny when canary > 50\n  because \"too much\"\n";
constexpr const char* kOther = "policy q\nrule t on deploy\n  warn when service == \"x\"\n  because \"x\"\n";

class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() /
              ("driver_test." + std::to_string(::getpid()) + "." + std::to_string(count_++))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string at(const std::string& name = "") const {
    return (name.empty() ? path_ : path_ / name).string();
  }

 private:
  static inline int count_ = 0;
  fs::path path_;
};

std::vector<std::string> set_paths(const std::vector<std::string>& paths) {
  const auto files = driver::collect(paths);
  if (!files.ok()) return {files.error()};
  std::vector<std::string> out;
  for (const auto& file : files.value()) out.push_back(file.set_path);
  return out;
}

TEST(Excerpts, HoldTheLinesOfEveryRule) {
  const auto compiled = driver::compile_text({{"s.guard", std::string(kSchema) + "policy p\n" + kRule + kOther}}, {});
  ASSERT_TRUE(compiled.ok());
  const auto bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  ASSERT_TRUE(bundle.ok());
  const auto& view = bundle.value().view();
  ASSERT_EQ(view.Excerpts.size(), 2u);
  const auto& last = view.Excerpts.back();
  const std::string_view bytes(reinterpret_cast<const char*>(view.ExcerptBytes.data()), view.ExcerptBytes.size());
  const Result<std::string> text = inflate(bytes, last.offset + last.size);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text.value().substr(view.Excerpts[0].offset, view.Excerpts[0].size), kRule);
  EXPECT_EQ(view.Excerpts[0].line, 5u);
  EXPECT_EQ(text.value().substr(last.offset, last.size), std::string_view(kOther).substr(9));
  EXPECT_FALSE(inflate(bytes.substr(0, bytes.size() - 1), text.value().size()).ok());
  EXPECT_FALSE(inflate(bytes, text.value().size() - 1).ok());
  EXPECT_FALSE(inflate(bytes, text.value().size() + 1).ok());
}

TEST(Collect, SearchesFoldersInOrderAndLeavesOutSetsOfTheirOwn) {
  const Folder folder;
  for (const char* name : {"b.guard", "a.guard", "sub/c.guard", "own/d.guard", ".git/e.guard", "note.txt"})
    folder.put(name, "x");
  folder.put("own/.guardset", "");
  EXPECT_EQ(set_paths({folder.at()}), (std::vector<std::string>{"a.guard", "b.guard", "sub/c.guard"}));
  EXPECT_EQ(set_paths({folder.at("own")}), (std::vector<std::string>{"d.guard"}));
  EXPECT_EQ(set_paths({folder.at() + "/"}), set_paths({folder.at()}));
}

TEST(Collect, AFileReachedTwiceIsOneFile) {
  const Folder folder;
  folder.put("a.guard", "x");
  EXPECT_EQ(set_paths({folder.at("a.guard"), folder.at(), folder.at("../" + fs::path(folder.at()).filename().string())})
                .size(),
            1u);
}

TEST(Collect, FilesOfOneNameAreToldApart) {
  const Folder folder;
  folder.put("one/a.guard", "x");
  folder.put("two/a.guard", "x");
  const auto paths = set_paths({folder.at("one"), folder.at("two")});
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_NE(paths[0], paths[1]);
}

TEST(Collect, EmptinessIsAnError) {
  const Folder folder;
  EXPECT_FALSE(driver::collect({folder.at()}).ok());
  EXPECT_FALSE(driver::collect({folder.at("nowhere")}).ok());
  EXPECT_FALSE(driver::collect({}).ok());
}

TEST(Compile, TheBundleDependsOnTheSourcesOnly) {
  const Folder here, there;
  for (const Folder* folder : {&here, &there}) {
    folder->put("a.guard", std::string(kSchema) + "policy p\n" + kRule);
    folder->put("deep/b.guard", kOther);
  }
  const auto one = driver::compile_paths({here.at()}, {}, {});
  const auto two = driver::compile_paths({there.at()}, {}, {});
  ASSERT_TRUE(one.ok() && two.ok());
  ASSERT_TRUE(one.value().ok()) << render(one.value().diagnostics, one.value().sources, DiagFormat::Text);
  EXPECT_EQ(one.value().bundle, two.value().bundle);
}

TEST(Compile, TheOrderOfFilesChangesNothing) {
  std::vector<std::pair<std::string, std::string>> files = {
      {"a.guard", kSchema}, {"b.guard", std::string("policy p\n") + kRule}, {"c.guard", kOther}};
  const driver::Compiled first = driver::compile_text(files, {});
  ASSERT_TRUE(first.ok()) << render(first.diagnostics, first.sources, DiagFormat::Text);
  while (std::next_permutation(files.begin(), files.end())) {
    const driver::Compiled again = driver::compile_text(files, {});
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(first.bundle, again.bundle);
  }
}

TEST(Compile, NothingIsEmittedFromWhatIsWrong) {
  const driver::Compiled wrong =
      driver::compile_text({{"a.guard", std::string(kSchema) + "policy p\nrule r on deplyo\n  deny\n"}}, {});
  EXPECT_FALSE(wrong.ok());
  EXPECT_TRUE(wrong.bundle.empty());
}

TEST(Compile, DataComesFromTheGivenFiles) {
  const std::string text = std::string(kSchema) +
                           "policy p\ndata tiers from \"tiers.json\": map<string, int>\nrule r on deploy\n"
                           "  deny when tiers[service] is present and tiers[service] > 1\n  because \"no\"\n";
  EXPECT_TRUE(driver::compile_text({{"in/a.guard", text}, {"in/tiers.json", "{\"x\": 2}"}}, {}).ok());
  EXPECT_FALSE(driver::compile_text({{"in/a.guard", text}, {"tiers.json", "{\"x\": 2}"}}, {}).ok());
}

TEST(RunTests, CoverageNeedsBothWays) {
  const std::string test =
      "test \"large\" {\n  given deploy { time: 2026-03-02T09:30:00Z, canary: 60, service: \"a\" }\n  expect deny by "
      "r\n}\n";
  const std::string silent =
      "test \"small\" {\n  given deploy { time: 2026-03-02T09:30:00Z, canary: 6, service: \"a\" }\n  expect allow\n}\n";
  for (const bool both : {false, true}) {
    const driver::Compiled compiled = driver::compile_text(
        {{"a.guard", std::string(kSchema) + "policy p\n" + kRule + test + (both ? silent : "")}}, {});
    ASSERT_TRUE(compiled.ok()) << render(compiled.diagnostics, compiled.sources, DiagFormat::Text);
    const auto bundle = guardvm::Bundle::from_bytes(compiled.bundle);
    ASSERT_TRUE(bundle.ok()) << bundle.error().message;
    const driver::TestReport report = driver::run_tests(*compiled.set, bundle.value(), {});
    EXPECT_EQ(report.failed(), 0u);
    EXPECT_TRUE(report.unreached.empty());
    ASSERT_EQ(report.coverage.rules.size(), 1u);
    ASSERT_EQ(report.coverage.conditions.size(), 1u);
    EXPECT_EQ(percent_complete(report.coverage), both ? 100u : 0u);
  }
}

}  // namespace
