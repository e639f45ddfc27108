// What tools show beside a line of source: one form for the compiler's diagnostics and the verifier's findings, and its
// renderings for code hosts.
//
//   sarif({.rules = rules, .annotations = annotations, .fingerprint = "guardFinding/v1"});
//   github(annotations);
//
// Pure: no I/O. Text that may hold control characters or directions is made printable here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.hpp"

namespace guard {

// A place as tools want it: lines and columns (code points) from 1, the end exclusive.
struct AnnotatedPlace {
  std::string path;
  uint32_t line = 1, column = 1, end_line = 1, end_column = 1;
  std::string text;  // what it has to do with it; may be empty
};

struct Annotation {
  size_t rule = 0;  // which row of AnnotationLog::rules
  std::string_view id;
  Severity severity = Severity::Warning;
  std::string message;
  std::vector<std::string> notes;       // lines after the message, with their first word: `help: …`
  std::optional<AnnotatedPlace> place;  // where it is shown
  std::vector<AnnotatedPlace> related;
  std::string identity;                 // the same over runs for the same fault; no line numbers in it
  std::optional<std::string> accepted;  // known and meant, and why: shown as suppressed
  bool open = false;                    // nothing was proved: no verdict
};

struct AnnotationRule {
  std::string_view id;
  Severity severity;
  std::string_view help;
};

struct AnnotationLog {
  std::vector<AnnotationRule> rules;
  std::vector<Annotation> annotations;
  std::string_view fingerprint;  // the name of the fingerprint, with its version
};

// SARIF 2.1.0 (OASIS): all rules, one result per annotation, other places as related locations. A fingerprint is made
// of the identity and how often it came before, so an edit above does not make a known result look new.
[[nodiscard]] std::string sarif(const AnnotationLog& log);

// GitHub workflow commands, one line each; what is accepted is left out.
[[nodiscard]] std::string github(const std::vector<Annotation>& annotations);

// Safe inside XML text and attribute values.
[[nodiscard]] std::string xml_escaped(std::string_view raw);

[[nodiscard]] std::string_view severity_word(Severity severity);  // "error", "warning", "note"

}  // namespace guard
