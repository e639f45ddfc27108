// A gate's decision for GitHub Actions: one annotation, and the step summary.
//
// SOUND: values of the action may stand in messages, and whoever writes them may try to write workflow commands. A
//   command ends at its line, and every line end in the message is encoded; in the summary every line is indented,
//   which makes it code.
// Source: docs.github.com, "Workflow commands for GitHub Actions".
#include "tool/gate.hpp"

namespace guardvm::tool {

namespace {

void append_encoded(std::string& out, std::string_view text, bool property) {
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
}

std::string title_of(const GateTry& decided) {
  const Decision& decision = decided.session.decision();
  std::string title = "guard: ";
  title += outcome_word(decision.outcome);
  if (decision.kind_known)
    title.append(" ").append(decided.bundle.text(decided.bundle.view().Kinds[decision.kind].name));
  if (decided.options.mode == log::Mode::DryRun) title += " (dry run)";
  return title;
}

}  // namespace

void append_gate_annotation(std::string& out, const GateTry& decided) {
  const bool allowed = decided.session.decision().outcome == Outcome::Allow;
  const bool dry = decided.options.mode == log::Mode::DryRun;
  std::string text;
  append_gate_text(text, decided);
  while (text.ends_with('\n')) text.pop_back();
  out += allowed ? "::notice title=" : dry ? "::warning title=" : "::error title=";
  append_encoded(out, title_of(decided), true);
  out += "::";
  append_encoded(out, text, false);
  out += '\n';
}

void append_gate_summary(std::string& out, const GateTry& decided) {
  std::string text;
  append_gate_text(text, decided);
  out += "### " + title_of(decided) + "\n\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    out += "    ";
    out += rest.substr(0, end);
    out += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out += "\nBundle `" + decided.bundle.digest() + "`\n\n";
}

}  // namespace guardvm::tool
