// Where the report of `guardc verify` goes: standard output, files, and a folder of actions.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "driver/commands.hpp"

namespace guard::driver {

// What `--severity CHECK=LEVEL` says; the error names what is wrong and what is near.
[[nodiscard]] Result<decltype(verify::Options::severities)> read_severities(const std::vector<std::string>& given);

// Writes the report in every form that was asked for, and the actions. False: something could not be written, or was
// asked for in a form that does not exist; it is said on standard error.
[[nodiscard]] bool write_reports(const verify::Report& report, const guardvm::Bundle& bundle,
                                 const VerifyOptions& options);

}  // namespace guard::driver
