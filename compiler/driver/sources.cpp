// See sources.hpp. All of guardc's file system access is here.
#include "driver/sources.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

#include "guardvm/limits.hpp"

namespace guard::driver {

namespace {

namespace fs = std::filesystem;

Failure cannot_read(const std::string& path, const std::string& why) { return {"cannot read `" + path + "`: " + why}; }

// The *.guard files below `folder`, as paths relative to it, sorted.
Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failed;
  fs::recursive_directory_iterator entry(folder, failed);
  const fs::recursive_directory_iterator end;
  while (!failed && entry != end) {
    const fs::path path = entry->path();
    const bool hidden = path.filename().native().starts_with('.');
    std::error_code ignored;  // an entry that vanishes meanwhile is neither
    if (entry->is_directory(ignored)) {
      if (hidden || fs::exists(path / ".guardset", ignored)) entry.disable_recursion_pending();
    } else if (!hidden && path.extension() == ".guard" && entry->is_regular_file(ignored)) {
      found.push_back(path.lexically_relative(folder));
    }
    entry.increment(failed);
  }
  if (failed) return cannot_read(folder.string(), failed.message());
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return found;
}

struct Found {
  std::string path, set_path, argument;
};

Result<std::vector<Found>> find(const std::vector<std::string>& paths) {
  std::vector<Found> found;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& path, const fs::path& below, const std::string& argument) {
    std::error_code failed;
    const fs::path canonical = fs::canonical(path, failed);
    if (seen.insert(failed ? path : canonical).second) found.push_back({path.string(), below.string(), argument});
  };
  for (const std::string& argument : paths) {
    const fs::path path = fs::path(argument).lexically_normal();
    std::error_code failed;
    const fs::file_status status = fs::status(path, failed);
    if (!fs::exists(status))
      return cannot_read(argument, std::make_error_code(std::errc::no_such_file_or_directory).message());
    if (!fs::is_directory(status)) {
      add(path, path.filename(), argument);
      continue;
    }
    Result<std::vector<fs::path>> below = files_below(path);
    if (!below.ok()) return Failure{below.error()};
    if (below.value().empty()) return Failure{"no *.guard file found under `" + argument + "`"};
    for (const fs::path& file : below.value()) add(path == "." ? file : path / file, file, argument);
  }
  return found;
}

// Two arguments may hold files of the same name; those keep enough of the argument to be told apart.
void make_distinct(std::vector<Found>& found) {
  std::map<std::string, size_t> uses;
  for (const Found& file : found) ++uses[file.set_path];
  for (Found& file : found) {
    if (uses[file.set_path] > 1) file.set_path = file.path;
  }
}

}  // namespace

Result<std::vector<InputFile>> collect(const std::vector<std::string>& paths) {
  Result<std::vector<Found>> found = find(paths);
  if (!found.ok()) return Failure{found.error()};
  if (found.value().empty()) return Failure{"no *.guard file named"};
  make_distinct(found.value());
  std::vector<InputFile> files;
  for (Found& file : found.value()) {
    Result<std::string> text = read_file(file.path);
    if (!text.ok()) return cannot_read(file.path, text.error());
    files.push_back({std::move(file.path), std::move(file.set_path), std::move(text).value(), false});
  }
  return files;
}

Result<std::string> read_file(const std::string& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) return Failure{std::make_error_code(std::errc::is_a_directory).message()};
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return Failure{std::strerror(errno)};
  std::string text;
  char chunk[1 << 16];
  while (in && text.size() <= guardvm::kLimitSourceFileBytes) {
    in.read(chunk, sizeof chunk);
    text.append(chunk, static_cast<size_t>(in.gcount()));
  }
  if (in.bad()) return Failure{"it cannot be read to its end"};
  if (text.size() > guardvm::kLimitSourceFileBytes) text.resize(guardvm::kLimitSourceFileBytes + 1);
  return text;
}

Result<bool> write_file(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".new";
  const auto failure = [&](const char* what) {
    const Failure result{std::string("cannot ") + what + " `" + path + "`: " + std::strerror(errno)};
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return result;
  };
  errno = 0;
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return failure("write");
  }
  std::error_code failed;
  const fs::file_status old = fs::status(path, failed);
  if (fs::exists(old)) fs::permissions(temporary, old.permissions(), failed);
  fs::rename(temporary, path, failed);
  if (failed) {
    errno = failed.value();
    return failure("replace");
  }
  return true;
}

}  // namespace guard::driver
