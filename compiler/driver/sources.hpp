// The files of a policy set: which ones the paths of a command line mean, and their text.
//
// A path is a *.guard file or a folder that is searched recursively; a sub-folder that contains a file named
// `.guardset` is a set of its own and is left out unless named. Order: by name, so the result does not depend on the
// file system.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace guard::driver {

struct InputFile {
  std::string path;      // as the user can open it: the argument, joined with what lies below it
  std::string set_path;  // below the argument: does not depend on where the checkout stands
  std::string text;
  bool baseline = false;
};

// Failure: a path that cannot be read, or no *.guard file at all (emptiness is loud). A file reached twice is one file.
[[nodiscard]] Result<std::vector<InputFile>> collect(const std::vector<std::string>& paths);

// At most the limit `source-file-bytes` plus one byte, so that a stage can refuse what is too large. Failure: the
// reason alone.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

// Writes a file whole: to a temporary beside it, then renamed, so that nobody sees half of it.
[[nodiscard]] Result<bool> write_file(const std::string& path, const std::string& bytes);

}  // namespace guard::driver
