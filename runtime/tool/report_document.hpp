// A report as a document for people.
#pragma once
#include <string>
#include <vector>

#include "tool/document.hpp"
#include "tool/report.hpp"

namespace guardvm::tool {

// `require`: the text of `--require`, with what it gave for each rule; empty: none was asked.
[[nodiscard]] Document report_document(const Report& report, const std::string& require,
                                       const std::vector<Verdict>& verdicts);

}  // namespace guardvm::tool
