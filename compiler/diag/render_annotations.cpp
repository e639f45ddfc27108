// Diagnostics for code hosts: as annotations, which are rendered as SARIF and as GitHub workflow commands.
//
// A result's identity is made of its id, path, message and the text of its line, not of line numbers.
#include "diag/annotation.hpp"
#include "diag/render.hpp"

namespace guard::rendering {

namespace {

std::string_view trimmed(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

std::string identity(const Diagnostic& diagnostic, const Sources& sources) {
  std::string key = std::string(info(diagnostic.id).id) + "\n" + diagnostic.message + "\n";
  if (has_place(diagnostic.span, sources)) {
    const LineColumn at = sources.locate(diagnostic.span.file, diagnostic.span.begin);
    key += sources.file(diagnostic.span.file).path + "\n";
    key += trimmed(sources.line_text(diagnostic.span.file, at.line));
  }
  return key;
}

AnnotatedPlace place(Span span, const Sources& sources, std::string text) {
  const Region where = region(span, sources);
  return {sources.file(span.file).path,
          where.begin.line,
          where.begin.column,
          where.end.line,
          where.end.column,
          std::move(text)};
}

std::vector<Annotation> annotations(const Diagnostics& diagnostics, const Sources& sources) {
  std::vector<Annotation> out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    Annotation one;
    one.rule = static_cast<size_t>(diagnostic.id);
    one.id = info(diagnostic.id).id;
    one.severity = info(diagnostic.id).severity;
    one.message = diagnostic.message;
    for (const std::string& note : diagnostic.notes) one.notes.push_back("help: " + note);
    if (has_place(diagnostic.span, sources)) one.place = place(diagnostic.span, sources, {});
    for (const Label& label : diagnostic.labels) {
      if (has_place(label.span, sources)) one.related.push_back(place(label.span, sources, label.text));
    }
    one.identity = identity(diagnostic, sources);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::string sarif(const Diagnostics& diagnostics, const Sources& sources) {
  AnnotationLog log{{}, annotations(diagnostics, sources), "guardDiagnostic/v1"};
  for (size_t i = 0; i < diag_count(); ++i) {
    const DiagInfo& row = info(static_cast<DiagId>(i));
    log.rules.push_back({row.id, row.severity, row.help});
  }
  return guard::sarif(log);
}

std::string github(const Diagnostics& diagnostics, const Sources& sources) {
  return guard::github(annotations(diagnostics, sources));
}

}  // namespace guard::rendering
