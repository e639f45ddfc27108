// Findings for people: a header, the source lines that matter, underlined, an example action with its decision, and
// what could be done.
#include "verify/report/finding_text.hpp"

#include <algorithm>

#include "diag/annotation.hpp"
#include "verify/report/report.hpp"

namespace guard::verify {

std::string FindingText::all(const Finding& finding) const {
  std::string out = location(finding);
  if (!out.empty()) out += ": ";
  out += (finding.inconclusive ? std::string("inconclusive") : std::string(severity_word(finding.severity))) + "[" +
         std::string(check_info(finding.check).id) + "]: " + finding.message + "\n";
  out += excerpts(finding);
  if (rendering::names_region(finding)) out += "   = for: " + finding.region + "\n";
  if (!finding.witness.action.empty()) {
    out += "   = example: " + finding.witness.action + "\n";
    out += "   = decided: " + finding.witness.outcome + "\n";
  }
  for (const std::string& note : finding.notes) out += "   = help: " + note + "\n";
  return out;
}

std::string FindingText::excerpts(const Finding& finding) const {
  std::string out;
  uint32_t file = guardvm::format::kNoFile;
  for (const Place& place : finding.places) {
    if (!has_source(place.span)) continue;
    if (place.span.file != file && &place != finding.places.data()) out += "   --> " + location(place.span) + "\n";
    file = place.span.file;
    out += excerpt(place);
  }
  return out;
}

std::string FindingText::location(const Finding& finding) const {
  return finding.places.empty() || !has_source(finding.places[0].span) ? std::string()
                                                                       : location(finding.places[0].span);
}

std::string_view FindingText::line(const Place& place) const {
  return excerpts_.line(place.span.file, place.span.line);
}

bool FindingText::has_source(const guardvm::format::SpanRow& span) const {
  return span.file < bundle_.view().Sources.size();
}

std::string FindingText::location(const guardvm::format::SpanRow& span) const {
  return rendering::source_path(bundle_, options_, span.file) + ":" + std::to_string(span.line) + ":" +
         std::to_string(span.column);
}

// The first line of the place; of a rule and its like, the name is what is underlined.
std::string FindingText::excerpt(const Place& place) const {
  const std::string_view text = line(place);
  if (text.empty()) return {};
  const std::string number = std::to_string(place.span.line);
  size_t begin = place.span.column - 1;
  size_t end = place.span.lines == 0 ? place.span.end_column - 1 : text.size();
  if (text.substr(std::min(begin, text.size())).starts_with("rule ")) {
    begin += 5;
    end = std::min(text.find_first_of(" \t", begin), text.size());
  }
  end = std::min(std::max(end, begin + 1), text.size());
  std::string out = std::string(number.size() < 3 ? 3 - number.size() : 0, ' ') + number + " | " + std::string(text);
  out += "\n" + std::string(std::max<size_t>(3, number.size()), ' ') + " | " + std::string(begin, ' ') + "^" +
         std::string(end > begin + 1 ? end - begin - 1 : 0, '~') + (place.text.empty() ? "" : " " + place.text) + "\n";
  return out;
}

}  // namespace guard::verify
