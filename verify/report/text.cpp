// Findings for people, in the style of the compiler's diagnostics: a header, the source lines that matter, underlined,
// an example action with its decision, and what could be done.
#include "read/values.hpp"
#include "verify/report/excerpts.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return {};
}

class TextReport {
 public:
  explicit TextReport(const guardvm::Bundle& bundle) : bundle_(bundle), excerpts_(bundle) {}

  std::string add(const Finding& finding) {
    std::string out;
    const bool placed = !finding.places.empty() && has_source(finding.places[0].span);
    if (placed) out += location(finding.places[0].span) + ": ";
    out += (finding.inconclusive ? std::string("inconclusive") : std::string(word(finding.severity))) + "[" +
           std::string(check_info(finding.check).id) + "]: " + finding.message + "\n";
    uint32_t file = placed ? finding.places[0].span.file : guardvm::format::kNoFile;
    for (const Place& place : finding.places) {
      if (!has_source(place.span)) continue;
      if (place.span.file != file) out += "   --> " + location(place.span) + "\n";
      file = place.span.file;
      out += excerpt(place);
    }
    if (!finding.witness.action.empty()) {
      out += "   = example: " + finding.witness.action + "\n";
      out += "   = decided: " + finding.witness.outcome + "\n";
    }
    for (const std::string& note : finding.notes) out += "   = help: " + note + "\n";
    return out;
  }

 private:
  [[nodiscard]] bool has_source(const guardvm::format::SpanRow& span) const {
    return span.file < bundle_.view().Sources.size();
  }
  [[nodiscard]] std::string location(const guardvm::format::SpanRow& span) const {
    return std::string(bundle_.text(bundle_.view().Sources[span.file].path)) + ":" + std::to_string(span.line) + ":" +
           std::to_string(span.column);
  }

  // The first line of the place; of a rule and its like, the name is what is underlined.
  [[nodiscard]] std::string excerpt(const Place& place) const {
    const std::string_view line = excerpts_.line(place.span.file, place.span.line);
    if (line.empty()) return {};
    const std::string number = std::to_string(place.span.line);
    size_t begin = place.span.column - 1;
    size_t end = place.span.lines == 0 ? place.span.end_column - 1 : line.size();
    if (line.substr(std::min(begin, line.size())).starts_with("rule ")) {
      begin += 5;
      end = std::min(line.find_first_of(" \t", begin), line.size());
    }
    end = std::min(std::max(end, begin + 1), line.size());
    std::string out =
        std::string(number.size() < 3 ? 3 - number.size() : 0, ' ') + number + " | " + std::string(line) + "\n";
    out += std::string(std::max<size_t>(3, number.size()), ' ') + " | " + std::string(begin, ' ') + "^" +
           std::string(end > begin + 1 ? end - begin - 1 : 0, '~') + (place.text.empty() ? "" : " " + place.text) +
           "\n";
    return out;
  }

  const guardvm::Bundle& bundle_;
  Excerpts excerpts_;
};

std::string milliseconds(int64_t ns) {
  const std::string digits = std::to_string(ns / 1000);
  return (digits.size() > 3 ? digits.substr(0, digits.size() - 3) : "0") + "." +
         std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') +
         (digits.size() > 3 ? digits.substr(digits.size() - 3) : digits) + " ms";
}

}  // namespace

std::string text(const Report& report, const guardvm::Bundle& bundle, bool stats) {
  std::string out;
  TextReport writer(bundle);
  size_t counts[3] = {0, 0, 0};
  for (const Finding& finding : report.findings) {
    out += writer.add(finding);
    ++counts[static_cast<size_t>(finding.severity)];
  }
  for (const Finding& finding : report.inconclusive) out += writer.add(finding);
  std::string as_of;
  guardvm::append_timestamp(as_of, report.as_of_ns);
  std::string summary;
  const auto add = [&](size_t number, const std::string& noun) {
    if (number == 0) return;
    summary += (summary.empty() ? "" : ", ") + std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
  };
  add(counts[0], "error");
  add(counts[1], "warning");
  add(counts[2], "note");
  if (!report.inconclusive.empty()) add(report.inconclusive.size(), "inconclusive answer");
  out += (summary.empty() ? "no findings" : summary) + ", as of " + as_of + "\n";
  if (report.changes) out += "\nagainst the base:\n" + diff_text(*report.changes);
  if (!stats) return out;
  out += "classes            " + std::to_string(report.classes) + "\n";
  out += "queries by boxes   " + std::to_string(report.engines.boxes) + " in " + milliseconds(report.engines.boxes_ns) +
         "\n";
  out += "queries by z3      " + std::to_string(report.engines.z3) + " in " + milliseconds(report.engines.z3_ns) + "\n";
  for (const CheckTime& time : report.times) {
    out += std::string(time.check) + std::string(time.check.size() < 27 ? 27 - time.check.size() : 1, ' ') +
           milliseconds(time.ns) + "\n";
  }
  return out;
}

}  // namespace guard::verify::rendering
