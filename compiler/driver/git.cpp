// See git.hpp.
#include "driver/git.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

extern char** environ;

namespace guard::driver {
namespace {

namespace fs = std::filesystem;

// Runs git in a folder; its standard output. Failure: it cannot be run, or its exit code is not 0; git itself says why
// on standard error.
Result<std::string> git(const std::string& folder, const std::vector<std::string>& arguments,
                        const std::string& index) {
  std::vector<std::string> words{"git", "-C", folder};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string own_index = "GIT_INDEX_FILE=" + index;
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("GIT_INDEX_FILE=")) environment.push_back(*entry);
  }
  if (!index.empty()) environment.push_back(own_index.data());
  environment.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failure{"no pipe to git"};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string out;
  if (failed == 0) {
    std::array<char, 4096> buffer;
    for (ssize_t n = 0; (n = read(ends[0], buffer.data(), buffer.size())) > 0;) {
      out.append(buffer.data(), static_cast<size_t>(n));
    }
  }
  close(ends[0]);
  if (failed != 0) return Failure{"`git` cannot be run; is it installed?"};
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Failure{"`git " + arguments[0] + "` failed"};
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

}  // namespace

Result<Checkout> Checkout::of(const std::vector<std::string>& paths, const std::string& ref) {
  std::error_code error;
  const fs::path first = fs::canonical(paths[0], error);
  if (error) return Failure{"`" + paths[0] + "`: " + error.message()};
  const std::string inside = fs::is_directory(first) ? first.string() : first.parent_path().string();
  const Result<std::string> top = git(inside, {"rev-parse", "--show-toplevel"}, {});
  if (!top.ok()) return Failure{"`" + paths[0] + "` is in no git repository"};
  const Result<std::string> commit =
      git(inside, {"rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"}, {});
  if (!commit.ok())
    return Failure{"`--base-ref " + ref + "` is no commit of the repository; fetch it, or name another"};
  Checkout out;
  std::string folder = (fs::temp_directory_path() / "guardc.XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return Failure{"no temporary folder for the files of `" + ref + "`"};
  out.folder_ = folder;
  const std::string index = folder + "/index";
  for (const std::vector<std::string>& step :
       {std::vector<std::string>{"read-tree", commit.value()},
        std::vector<std::string>{"checkout-index", "--all", "--prefix=" + folder + "/tree/"}}) {
    const Result<std::string> done = git(top.value(), step, index);
    if (!done.ok()) return Failure{"the files of `" + ref + "` cannot be read: " + done.error()};
  }
  for (const std::string& path : paths) {
    const fs::path below = fs::weakly_canonical(path, error).lexically_relative(top.value());
    if (error || below.empty() || *below.begin() == "..") {
      return Failure{"`" + path + "` is not in the repository of `" + paths[0] + "`"};
    }
    const fs::path there = fs::path(folder) / "tree" / below;
    if (fs::exists(there)) out.paths_.push_back(there.lexically_normal().string());
  }
  if (out.paths_.empty()) return Failure{"`" + ref + "` has none of the paths; there is nothing to compare with"};
  return out;
}

Checkout::Checkout(Checkout&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), paths_(std::move(other.paths_)) {}

Checkout::~Checkout() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace guard::driver
