// Annotations as GitHub workflow commands, one line each: `::error
// file=…,line=…,col=…,endLine=…,endColumn=…,title=…::…`.
//
// Escapes follow the toolkit of GitHub Actions: `%`, CR and LF everywhere; `:` and `,` in properties as well. Columns
// are given for spans on one line only: GitHub refuses them on others.
#include "diag/annotation.hpp"
#include "diag/utf8.hpp"

namespace guard {
namespace {

std::string escape(std::string_view raw, bool property) {
  std::string out;
  for (const char c : utf8::printable(raw)) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\n') {
      out += "%0A";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

std::string properties(const AnnotatedPlace& place) {
  std::string out = "file=" + escape(place.path, true) + ",line=" + std::to_string(place.line);
  const bool one_line = place.line == place.end_line;
  if (one_line) out += ",col=" + std::to_string(place.column);
  out += ",endLine=" + std::to_string(place.end_line);
  if (one_line) out += ",endColumn=" + std::to_string(place.end_column);
  return out + ",";
}

std::string message(const Annotation& annotation) {
  std::string out = annotation.message;
  for (const AnnotatedPlace& place : annotation.related) {
    if (place.text.empty()) continue;
    out +=
        "\n" + place.path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + place.text;
  }
  for (const std::string& note : annotation.notes) out += "\n" + note;
  return out;
}

}  // namespace

std::string github(const std::vector<Annotation>& annotations) {
  std::string out;
  for (const Annotation& annotation : annotations) {
    if (annotation.accepted) continue;
    out += "::";
    out += annotation.open                         ? "error"
           : annotation.severity == Severity::Note ? "notice"
                                                   : severity_word(annotation.severity);
    out += " " + (annotation.place ? properties(*annotation.place) : std::string());
    out += "title=" + escape(annotation.id, true) + "::" + escape(message(annotation), false) + "\n";
  }
  return out;
}

}  // namespace guard
