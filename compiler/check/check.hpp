// The checker: syntax trees in, a checked policy set out, or diagnostics.
//
//   auto set = check::check(files, sources, {.read_file = read, .baseline = {org_file}}, diagnostics);
//   if (!set) …   // diagnostics say why
//
// Pure but for `read_file` (data files, files of tests; called once per file and path) and the system's time zone data.
// The result does not depend on the order of the files. Warnings may be reported although a set is returned.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/span.hpp"
#include "check/model.hpp"
#include "diag/diagnostic.hpp"
#include "syntax/tree.hpp"

namespace guard::check {

// Reads the file that the .guard file `from` names as `path` (relative to the .guard file's folder).
using ReadFile = std::function<Result<std::string>(FileId from, const std::string& path)>;

struct CheckOptions {
  ReadFile read_file;                 // none: every such file is unreadable
  std::vector<FileId> baseline;       // the blocking rules of these files are mandatory
  std::vector<std::string> findings;  // the checks of verification that `severity` and `accept` may name; none: any
  int horizon_from_year = 2022;       // zone data is carried for [from-01-01, to-01-01) UTC
  int horizon_to_year = 2038;
};

[[nodiscard]] std::optional<PolicySet> check(const std::vector<syntax::File>& files, const Sources& sources,
                                             const CheckOptions& options, Diagnostics& diagnostics);

}  // namespace guard::check
