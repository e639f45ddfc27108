// Diagnostics as one JSON document: {"diagnostics": [...], "errors": n, "warnings": n, "notes": n}.
//
// Paths, lines and columns as in the text form; "end_column" is exclusive; a diagnostic without a place has no "path".
#include <nlohmann/json.hpp>

#include "diag/annotation.hpp"
#include "diag/render.hpp"
#include "diag/utf8.hpp"

namespace guard::rendering {

namespace {

using Json = nlohmann::ordered_json;

void put_place(Json& out, Span span, const Sources& sources) {
  if (!has_place(span, sources)) return;
  const Region where = region(span, sources);
  out["path"] = utf8::printable(sources.file(span.file).path);
  out["line"] = where.begin.line;
  out["column"] = where.begin.column;
  out["end_line"] = where.end.line;
  out["end_column"] = where.end.column;
}

Json one(const Diagnostic& diagnostic, const Sources& sources) {
  Json out;
  out["id"] = info(diagnostic.id).id;
  out["severity"] = severity_word(info(diagnostic.id).severity);
  out["message"] = utf8::printable(diagnostic.message);
  put_place(out, diagnostic.span, sources);
  out["labels"] = Json::array();
  for (const Label& label : diagnostic.labels) {
    Json entry;
    entry["text"] = utf8::printable(label.text);
    put_place(entry, label.span, sources);
    out["labels"].push_back(std::move(entry));
  }
  out["help"] = Json::array();
  for (const std::string& note : diagnostic.notes) out["help"].push_back(utf8::printable(note));
  return out;
}

}  // namespace

std::string json(const Diagnostics& diagnostics, const Sources& sources) {
  Json out;
  out["diagnostics"] = Json::array();
  for (const Diagnostic& diagnostic : diagnostics.all()) out["diagnostics"].push_back(one(diagnostic, sources));
  out["errors"] = count(diagnostics, Severity::Error);
  out["warnings"] = count(diagnostics, Severity::Warning);
  out["notes"] = count(diagnostics, Severity::Note);
  return out.dump(2) + "\n";
}

}  // namespace guard::rendering
