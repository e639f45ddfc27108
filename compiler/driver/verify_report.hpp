// Where the report of `guardc verify` goes: standard output, files, and a folder of actions.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "driver/commands.hpp"
#include "driver/set_bundle.hpp"

namespace guard::driver {

// What `--severity CHECK=LEVEL` says; the error names what is wrong and what is near.
[[nodiscard]] Result<decltype(verify::Options::severities)> read_severities(const std::vector<std::string>& given);

// What `--output FORMAT=FILE` says: each file and its form.
using ReportFiles = std::vector<std::pair<verify::ReportFormat, std::string>>;
[[nodiscard]] Result<ReportFiles> read_outputs(const std::vector<std::string>& given);

// Writes the report to standard output and into the files, and the actions. False: something could not be written; it
// is said on standard error.
[[nodiscard]] bool write_reports(const verify::Report& report, const LoadedSet& set, const VerifyOptions& options,
                                 const ReportFiles& files);

}  // namespace guard::driver
