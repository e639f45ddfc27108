// Diagnostics as GitHub workflow commands, one line each: `::error
// file=…,line=…,col=…,endLine=…,endColumn=…,title=…::…`.
//
// Escapes follow the toolkit of GitHub Actions: `%`, CR and LF everywhere; `:` and `,` in properties as well. Columns
// are given for spans on one line only: GitHub refuses them on others.
#include "diag/render.hpp"
#include "diag/utf8.hpp"

namespace guard::rendering {

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

std::string place(Span span, const Sources& sources) {
  if (!has_place(span, sources)) return {};
  const Region where = region(span, sources);
  std::string out = "file=" + escape(sources.file(span.file).path, true) + ",line=" + std::to_string(where.begin.line);
  const bool one_line = where.begin.line == where.end.line;
  if (one_line) out += ",col=" + std::to_string(where.begin.column);
  out += ",endLine=" + std::to_string(where.end.line);
  if (one_line) out += ",endColumn=" + std::to_string(where.end.column);
  return out + ",";
}

std::string message(const Diagnostic& diagnostic, const Sources& sources) {
  std::string out = diagnostic.message;
  for (const Label& label : diagnostic.labels) {
    if (!has_place(label.span, sources) || label.text.empty()) continue;
    const Region where = region(label.span, sources);
    out += "\n" + sources.file(label.span.file).path + ":" + std::to_string(where.begin.line) + ":" +
           std::to_string(where.begin.column) + ": " + label.text;
  }
  for (const std::string& note : diagnostic.notes) out += "\nhelp: " + note;
  return out;
}

}  // namespace

std::string github(const Diagnostics& diagnostics, const Sources& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    const Severity severity = info(diagnostic.id).severity;
    out += "::";
    out += severity == Severity::Note ? "notice" : word(severity);
    out += " " + place(diagnostic.span, sources) + "title=" + escape(info(diagnostic.id).id, true);
    out += "::" + escape(message(diagnostic, sources), false) + "\n";
  }
  return out;
}

}  // namespace guard::rendering
