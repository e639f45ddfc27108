// Annotations as SARIF 2.1.0 (OASIS); section numbers are of that standard.
#include <map>
#include <nlohmann/json.hpp>

#include "diag/annotation.hpp"
#include "diag/utf8.hpp"

namespace guard {
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

Json location(const AnnotatedPlace& place) {
  Json physical;
  physical["artifactLocation"]["uri"] = uri(place.path);
  physical["region"] = {{"startLine", place.line},
                        {"startColumn", place.column},
                        {"endLine", place.end_line},
                        {"endColumn", place.end_column}};
  return Json{{"physicalLocation", std::move(physical)}};
}

Json rules(const std::vector<AnnotationRule>& rows) {
  Json out = Json::array();
  for (const AnnotationRule& row : rows) {
    out.push_back({{"id", row.id},
                   {"shortDescription", {{"text", row.help}}},
                   {"defaultConfiguration", {{"level", severity_word(row.severity)}}}});
  }
  return out;
}

Json result(const Annotation& annotation) {
  std::string message = annotation.message;
  for (const std::string& note : annotation.notes) message += "\n" + note;
  Json out;
  out["ruleId"] = annotation.id;
  out["ruleIndex"] = annotation.rule;
  if (annotation.open) out["kind"] = "open";  // 3.27.9: not evaluated to an end; its level must be `none`
  out["level"] = annotation.open ? std::string_view("none") : severity_word(annotation.severity);
  out["message"]["text"] = utf8::printable(message);
  out["locations"] = Json::array();
  if (annotation.place) out["locations"].push_back(location(*annotation.place));
  for (const AnnotatedPlace& place : annotation.related) {
    Json related = location(place);
    related["id"] = out.contains("relatedLocations") ? out["relatedLocations"].size() + 1 : size_t{1};
    if (!place.text.empty()) related["message"]["text"] = utf8::printable(place.text);
    out["relatedLocations"].push_back(std::move(related));
  }
  if (annotation.accepted) {
    out["suppressions"] =
        Json::array({{{"kind", "inSource"}, {"justification", utf8::printable(*annotation.accepted)}}});
  }
  return out;
}

}  // namespace

std::string sarif(const AnnotationLog& log) {
  Json results = Json::array();
  std::map<std::string, size_t> seen;
  for (const Annotation& annotation : log.annotations) {
    Json entry = result(annotation);
    const size_t before = seen[annotation.identity]++;
    entry["partialFingerprints"][std::string(log.fingerprint)] =
        hex(hash(annotation.identity + "\n" + std::to_string(before)));
    results.push_back(std::move(entry));
  }
  Json run;
  run["tool"]["driver"] = {{"name", "guardc"}, {"rules", rules(log.rules)}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"] = Json::array({std::move(run)});
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace guard
