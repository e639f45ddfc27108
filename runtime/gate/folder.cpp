// See folder.hpp.
#include "gate/folder.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>

#include "guardvm/hash.hpp"
#include "log/files.hpp"

namespace guardvm::gate {

Loaded<std::vector<std::string>> files_of(const std::string& folder) {
  DIR* directory = ::opendir(folder.c_str());
  if (directory == nullptr) return log::io_error("read the folder", folder);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

uint64_t fingerprint_of(const std::string& folder) {
  if (folder.empty()) return 0;
  const Loaded<std::vector<std::string>> names = files_of(folder);
  if (!names.ok()) return 1;
  std::string all = folder;
  for (const std::string& name : names.value()) {
    struct stat status {};
    (void)::stat((folder + '/' + name).c_str(), &status);
    all += name + '\n' + std::to_string(status.st_ino) + ' ' + std::to_string(status.st_size) + ' ' +
           std::to_string(status.st_mtim.tv_sec) + ' ' + std::to_string(status.st_mtim.tv_nsec) + '\n';
  }
  return hash_text(all);
}

}  // namespace guardvm::gate
