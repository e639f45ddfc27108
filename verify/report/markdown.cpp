// The report as a comment on a pull request (GitHub's and GitLab's markdown): what the change does, when there is a
// base, what it newly allows first; then a summary and a line per finding. Regions, sources and actions are folded
// below.
//
// Text of the policies is shown as code, escaped, so that it cannot end a block or become markup. A comment holds
// 65,536 characters at most: past kMostBytes the rest is counted, not shown.
#include <nlohmann/json.hpp>

#include "diag/annotation.hpp"
#include "diag/utf8.hpp"
#include "verify/report/changes.hpp"
#include "verify/report/finding_text.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

constexpr size_t kMostBytes = 60'000;

std::string html(std::string_view raw) {
  std::string out;
  bool code = false;
  for (const char c : utf8::printable(raw)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '`') {
      code = !code;
      out += code ? "<code>" : "</code>";
    } else {
      out += c;
    }
  }
  return out + (code ? "</code>" : "");
}

// A fence longer than any run of backticks inside it.
std::string block(std::string_view language, std::string_view text) {
  size_t longest = 2;
  size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + std::string(language) + "\n" + utf8::printable(text) + (text.ends_with('\n') ? "" : "\n") + fence +
         "\n";
}

// One attribute a line.
std::string pretty_action(const std::string& action) {
  const auto parsed = nlohmann::ordered_json::parse(action);
  std::string out = "{";
  for (const auto& [name, value] : parsed.items()) {
    out += std::string(out.size() == 1 ? "" : ",") + "\n  " + nlohmann::ordered_json(name).dump() + ": " + value.dump();
  }
  return out + "\n}\n";
}

std::string example(std::string_view decided, const std::string& action) {
  return "For example, decided " + std::string(decided) + ":\n" + block("json", pretty_action(action)) + "\n";
}

std::string_view mark(const Finding& finding) {
  if (finding.inconclusive) return "❔ inconclusive";
  if (finding.acceptance) return "☑️ accepted";
  switch (finding.severity) {
    case Severity::Error:
      return "❌ error";
    case Severity::Warning:
      return "⚠️ warning";
    case Severity::Note:
      return "ℹ️ note";
  }
  return {};
}

std::string entry(const Finding& finding, const FindingText& writer) {
  const std::string_view id = check_info(finding.check).id;
  std::string out = "<details>\n<summary>" + std::string(mark(finding)) + " <b>" + std::string(id) +
                    "</b>: " + html(finding.message) + "</summary>\n\n";
  if (finding.acceptance) out += "> " + html(acceptance_text(finding)) + "\n\n";
  const std::string lines = writer.excerpts(finding);
  if (!lines.empty()) out += "`" + writer.location(finding) + "`\n" + block("text", lines) + "\n";
  if (names_region(finding)) out += "For\n" + block("", finding.region) + "\n";
  if (!finding.witness.action.empty()) {
    out += example("**" + finding.witness.outcome + "**", finding.witness.action);
  }
  for (const std::string& note : finding.notes) out += "- " + html(note) + "\n";
  return out + (finding.notes.empty() ? "" : "\n") + "</details>\n\n";
}

std::string entry(const Change& change) {
  std::string out = "<details>\n<summary>" + html("`" + change.kind + "`: " + change_title(change)) + "</summary>\n\n" +
                    "When\n" + block("", change.region) + "\n" +
                    example("**" + change.from + "** before and **" + change.to + "** now", change.action);
  for (const std::string& rule : change.rules) out += "- by " + html("`" + rule + "`") + "\n";
  return out + (change.rules.empty() ? "" : "\n") + "</details>\n\n";
}

// Adds entries as long as they fit into a comment.
template <typename Item, typename Entry>
void add_entries(std::string& out, const std::vector<Item>& items, const Entry& entry_of) {
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string next = entry_of(items[i]);
    if (out.size() + next.size() > kMostBytes) {
      out += "… and " + std::to_string(items.size() - i) + " more, too long for a comment: see the full report\n\n";
      return;
    }
    out += next;
  }
}

std::string changes(const DiffReport& report) {
  std::string out = "### What this change does\n\n" + change_count(report) + "\n\n";
  add_entries(out, report.changes, [](const Change& change) { return entry(change); });
  for (const SchemaChange& change : report.schema) out += "- schema: " + html(schema_text(change)) + "\n";
  for (const std::string& what : report.inconclusive) out += "- ❔ inconclusive: " + html(what) + "\n";
  return out + (report.schema.empty() && report.inconclusive.empty() ? "" : "\n");
}

}  // namespace

std::string markdown(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  const FindingText writer(bundle, options);
  std::string out = report.changes ? changes(*report.changes) : std::string();
  out += "### Guardrails: " + summary(report) + "\n\n";
  std::vector<const Finding*> shown;
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    for (const Finding& finding : report.findings) {
      if (finding.severity == severity) shown.push_back(&finding);
    }
    if (severity != Severity::Error) continue;
    for (const Finding& finding : report.inconclusive) shown.push_back(&finding);
  }
  for (const Finding& finding : report.accepted) shown.push_back(&finding);
  add_entries(out, shown, [&writer](const Finding* finding) { return entry(*finding, writer); });
  return out + "<sub>`guardc verify`, as of " + Checker::instant_text(report.as_of_ns) + ", " +
         std::to_string(bundle.view().Rules.size()) + " rules; every example was decided by the runtime</sub>\n";
}

}  // namespace guard::verify::rendering
