// Evidence for raising rules to `enforce`: what `guardvm report --format json --require EXPR` said of them
// (runtime/rehearse/REPORT.md, "The JSON").
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "guardvm/bundle.hpp"

namespace guard::driver {

// Rules of `after` that the change raises to `enforce` and that the report in `path` does not carry, and why.
// Failure: the file cannot be read, or is no such report.
[[nodiscard]] Result<std::vector<std::pair<uint32_t, std::string>>> unproven(const std::string& path,
                                                                             const guardvm::Bundle& before,
                                                                             const guardvm::Bundle& after,
                                                                             int64_t as_of_ns);

}  // namespace guard::driver
