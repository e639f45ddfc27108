// Diagnostics as SARIF 2.1.0 (OASIS): the whole table as rules, one result each, second places as related locations.
//
// A result's fingerprint is made of its id, path, message, the text of its line and how often that came before, not of
// line numbers, so an unrelated edit above does not make a known result look new.
#include <map>
#include <nlohmann/json.hpp>

#include "diag/render.hpp"
#include "diag/utf8.hpp"

namespace guard::rendering {

namespace {

using Json = nlohmann::ordered_json;

std::string hex(uint64_t number) {
  std::string out(16, '0');
  for (size_t i = 16; i > 0; --i, number >>= 4u) out[i - 1] = "0123456789abcdef"[number & 15u];
  return out;
}

// FNV-1a, 64 bits: stable over runs and platforms; no adversary gains anything from a collision here.
uint64_t hash(std::string_view bytes) {
  uint64_t state = 0xcbf29ce484222325u;
  for (const char c : bytes) {
    state ^= static_cast<unsigned char>(c);
    state *= 0x100000001b3u;
  }
  return state;
}

std::string uri(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/!$&'()*+,;=@").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', "0123456789ABCDEF"[byte >> 4u], "0123456789ABCDEF"[byte & 15u]};
    }
  }
  return out;
}

Json location(Span span, const Sources& sources) {
  const Region where = region(span, sources);
  Json physical;
  physical["artifactLocation"]["uri"] = uri(sources.file(span.file).path);
  physical["region"] = {{"startLine", where.begin.line},
                        {"startColumn", where.begin.column},
                        {"endLine", where.end.line},
                        {"endColumn", where.end.column}};
  return Json{{"physicalLocation", std::move(physical)}};
}

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

Json rules() {
  Json out = Json::array();
  for (size_t i = 0; i < diag_count(); ++i) {
    const DiagInfo& row = info(static_cast<DiagId>(i));
    out.push_back({{"id", row.id},
                   {"shortDescription", {{"text", row.help}}},
                   {"defaultConfiguration", {{"level", word(row.severity)}}}});
  }
  return out;
}

Json result(const Diagnostic& diagnostic, const Sources& sources) {
  std::string message = diagnostic.message;
  for (const std::string& note : diagnostic.notes) message += "\nhelp: " + note;
  Json out;
  out["ruleId"] = info(diagnostic.id).id;
  out["ruleIndex"] = static_cast<size_t>(diagnostic.id);
  out["level"] = word(info(diagnostic.id).severity);
  out["message"]["text"] = utf8::printable(message);
  out["locations"] = Json::array();
  if (has_place(diagnostic.span, sources)) out["locations"].push_back(location(diagnostic.span, sources));
  for (const Label& label : diagnostic.labels) {
    if (!has_place(label.span, sources)) continue;
    Json related = location(label.span, sources);
    related["id"] = out.contains("relatedLocations") ? out["relatedLocations"].size() + 1 : size_t{1};
    if (!label.text.empty()) related["message"]["text"] = utf8::printable(label.text);
    out["relatedLocations"].push_back(std::move(related));
  }
  return out;
}

}  // namespace

std::string sarif(const Diagnostics& diagnostics, const Sources& sources) {
  Json results = Json::array();
  std::map<std::string, size_t> seen;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    Json entry = result(diagnostic, sources);
    const std::string key = identity(diagnostic, sources);
    const size_t before = seen[key]++;
    entry["partialFingerprints"]["guardDiagnostic/v1"] = hex(hash(key + "\n" + std::to_string(before)));
    results.push_back(std::move(entry));
  }
  Json run;
  run["tool"]["driver"] = {{"name", "guardc"}, {"rules", rules()}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"] = Json::array({std::move(run)});
  return out.dump(2) + "\n";
}

}  // namespace guard::rendering
