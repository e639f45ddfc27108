// From the name of a format to its rendering, and the words that several of them use.
#include <array>

#include "diag/annotation.hpp"
#include "verify/report/report.hpp"

namespace guard::verify {

std::string render(const Report& report, const guardvm::Bundle& bundle, ReportFormat format,
                   const RenderOptions& options) {
  switch (format) {
#define GUARD_REPORT_FORMAT(Name, word, whom) \
  case ReportFormat::Name:                    \
    return rendering::word(report, bundle, options);
#include "verify/report/formats.def"
#undef GUARD_REPORT_FORMAT
  }
  return {};
}

std::optional<ReportFormat> find_format(std::string_view word) {
#define GUARD_REPORT_FORMAT(Name, format_word, whom) \
  if (word == #format_word) return ReportFormat::Name;
#include "verify/report/formats.def"
#undef GUARD_REPORT_FORMAT
  return std::nullopt;
}

namespace rendering {

std::string source_path(const guardvm::Bundle& bundle, const RenderOptions& options, uint32_t file) {
  if (!options.sources.empty()) return options.sources.at(file);
  return std::string(bundle.text(bundle.view().Sources[file].path));
}

std::string summary(const Report& report) {
  std::array<size_t, 3> counts{};
  for (const Finding& finding : report.findings) ++counts.at(static_cast<size_t>(finding.severity));
  std::string out;
  const auto add = [&](size_t number, const std::string& noun, const char* plural) {
    if (number != 0)
      out += (out.empty() ? "" : ", ") + std::to_string(number) + " " + noun + (number == 1 ? "" : plural);
  };
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    add(counts.at(static_cast<size_t>(severity)), std::string(severity_word(severity)), "s");
  }
  if (out.empty()) out = "no findings";
  add(report.inconclusive.size(), "inconclusive answer", "s");
  add(report.accepted.size(), "accepted", "");
  return out;
}

bool names_region(const Finding& finding) {
  return !finding.region.empty() && finding.message.find(finding.region) == std::string::npos;
}

std::string acceptance_text(const Finding& finding) {
  std::string more;
  if (!finding.acceptance->owner.empty()) more = "owner " + finding.acceptance->owner;
  if (finding.acceptance->until_ns) {
    more += std::string(more.empty() ? "" : ", ") + "until " + Checker::instant_text(*finding.acceptance->until_ns);
  }
  return "accepted: " + finding.acceptance->reason + (more.empty() ? "" : " (" + more + ")");
}

}  // namespace rendering
}  // namespace guard::verify
