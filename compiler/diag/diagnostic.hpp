// Typed diagnostics: what is wrong with the author's text, where, and what to do.
//
//   diags.report(DiagId::UnknownName, span, {"`productoin` is not a word of `Environment`"}).help("did you mean
//   `production`?");
//
// Every id is a row of compiler/diag/diagnostics.def (kebab-case name, severity, one-line help for SARIF and the docs).
// One root cause gives one diagnostic: a checker that meets an expression already reported as wrong stays silent.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/span.hpp"

namespace guard {

enum class Severity : uint8_t { Error, Warning, Note };

enum class DiagId : uint16_t {
#define GUARD_DIAG(Name, kebab, severity, help) Name,
#include "diag/diagnostics.def"
#undef GUARD_DIAG
};

struct DiagInfo {
  std::string_view id;  // kebab-case, stable
  Severity severity;
  std::string_view help;
};
[[nodiscard]] const DiagInfo& info(DiagId id);
[[nodiscard]] size_t diag_count();

struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  DiagId id;
  Span span;
  std::string message;             // lower case start, code in backticks, no full stop
  std::vector<Label> labels;       // other places
  std::vector<std::string> notes;  // "help: …" lines; the word `help` is added when rendered

  Diagnostic& label(Span where, std::string text) {
    labels.push_back({where, std::move(text)});
    return *this;
  }
  Diagnostic& help(std::string text) {
    notes.push_back(std::move(text));
    return *this;
  }
};

class Diagnostics {
 public:
  Diagnostic& report(DiagId id, Span span, std::string message);
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] size_t error_count() const { return errors_; }
  // INVARIANT: sorted by file and position by `finish`, duplicates of one (id, span) removed.
  void finish();
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return list_; }

 private:
  std::vector<Diagnostic> list_;
  size_t errors_ = 0;
};

// The nearest of `known` to `word` by edit distance (at most a third of its length), or empty. For "did you mean".
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);
// The items in one phrase, each in quotes of its own: "a, b or c", "`a` and `b`".
[[nodiscard]] std::string enumerated(const std::vector<std::string>& items, std::string_view conjunction,
                                     std::string_view quote = {});

enum class DiagFormat : uint8_t { Text, Json, Sarif, Github };
// Draws all diagnostics. Text ends with a summary line "2 errors, 1 warning". Pure: no I/O.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, const Sources& sources, DiagFormat format);

}  // namespace guard
