// Folders that feed a gate: what is in one, and whether it changed.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "guardvm/error.hpp"

namespace guardvm::gate {

// Names of the files in a folder, sorted by bytes; those that begin with a dot (being written) are left out.
// Failure: a sentence.
[[nodiscard]] Loaded<std::vector<std::string>> files_of(const std::string& folder);

// Changes whenever a file of a folder is added, removed, renamed over or written to (names, sizes, times, inodes); also
// when the folder cannot be read. An empty name: no folder.
[[nodiscard]] uint64_t fingerprint_of(const std::string& folder);

}  // namespace guardvm::gate
