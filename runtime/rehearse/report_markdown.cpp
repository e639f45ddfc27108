// A report as Markdown (GitHub's), to be posted where a change is discussed: what matters first, details folded.
#include "rehearse/parts.hpp"

namespace guardvm::rehearse {

namespace {

constexpr size_t kMostRows = 10;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// A value as text: what could be markup, a table's bar, a mention or a link stands as a character reference.
std::string plain(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool within_word = i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += ' ';
    else if ((c == '_' && !within_word) || std::string_view("\\`*{}[]()#+!|~<>&@:$").find(c) != std::string_view::npos)
      out += "&#" + std::to_string(static_cast<int>(c)) + ';';
    else
      out += c;
  }
  return out;
}

std::string counts_text(const TextCounts& counts) {
  std::string out;
  const auto list = counts.most();
  for (size_t i = 0; i < list.size() && i < 3; ++i)
    out += (i > 0 ? ", " : "") + plain(list[i].first) + " " + grouped(list[i].second);
  if (list.size() > 3) out += ", … " + std::to_string(list.size() - 3) + " more";
  return out;
}

void append_verdict(std::string& out, const Report& report) {
  if (!report.requirement) return;
  out += report.met() ? "**The evidence is there**: " : "**The evidence is not there yet**: ";
  out += "`" + report.requirement->text() + "`\n\n";
  for (const Judged& judged : report.judged) {
    out += "- " + plain(judged.rule) + (judged.verdict.met ? ": met" : ": lacking");
    for (const std::string& lack : judged.verdict.lacks) out += "; " + lack;
    out += '\n';
  }
  out += '\n';
}

void append_rehearsed(std::string& out, const Report& report) {
  const std::vector<NamedRule> rules = rehearsed_rules(report.rehearsal);
  if (rules.empty()) return;
  out +=
      "| in rehearsal | mode | whole days | actions | would block | % | services | actors |\n"
      "|---|---|--:|--:|--:|--:|---|---|\n";
  for (const auto& [id, rule] : rules) {
    const auto value = [&, history = rule](Measure measure) {
      return value_text(report.rehearsal.measure(*history, measure));
    };
    out += "| " + plain(id) + " | " + rule->mode + " | " + value(Measure::ShadowDays) + " | " +
           value(Measure::Actions) + " | **" + value(Measure::WouldBlock) + "** | " +
           value(Measure::WouldBlockPercent) + " | " + counts_text(rule->services) + " | " + counts_text(rule->actors) +
           " |\n";
  }
  out += '\n';
  for (const auto& [id, rule] : rules) {
    if (rule->examples.empty()) continue;
    out += "<details><summary>" + plain(id) +
           " would have blocked</summary>\n\n| when | who | outcome | message |\n|---|---|---|---|\n";
    for (const Occasion& one : rule->examples)
      out += "| " + timestamp_text(one.time_ns) + " | " + plain(subject_text(one.service, one.actor)) + " | " +
             std::string(outcome_word(one.from)) + " → " + std::string(outcome_word(one.to)) + " | " +
             plain(one.message) + " |\n";
    out += "\n</details>\n";
  }
}

void append_enforced(std::string& out, const Report& report) {
  const std::vector<NamedRule> rules = enforced_rules(report.rehearsal);
  if (rules.empty()) return;
  out += "\n<details><summary>" + counted(rules.size(), "enforced rule") +
         "</summary>\n\n| rule | fired | blocked | overridden | excepted |\n|---|--:|--:|--:|--:|\n";
  for (const auto& [id, rule] : rules)
    out += "| " + plain(id) + " | " + grouped(rule->fired - rule->rehearsed_fired) + " | " + grouped(rule->blocked) +
           " | " + grouped(rule->statuses[static_cast<size_t>(Status::Overridden)]) + " | " +
           grouped(rule->statuses[static_cast<size_t>(Status::Excepted)]) + " |\n";
  out += "\n</details>\n";
}

void append_rest(std::string& out, const Report& report) {
  const Rehearsal& rehearsal = report.rehearsal;
  for (const auto& [digest, history] : rehearsal.candidates()) {
    out += "\nThe candidate `" + digest.substr(0, std::min<size_t>(digest.size(), 19)) + "` beside " +
           counted(history.compared, "action") + ": newly allows **" + grouped(history.newly_allowed) +
           "**, newly blocks **" + grouped(history.newly_blocked) + "**.";
    if (!history.rules.empty()) out += " By " + counts_text(history.rules) + ".";
    out += '\n';
  }
  const Holds& holds = rehearsal.holds();
  if (holds.held > 0) {
    out += "\nHeld: " + counted(holds.held, "action") + " (" + counts_text(holds.rules) + ").";
    if (!holds.runs.empty())
      out += " " + grouped(holds.runs.size()) + " waited, " + grouped(holds.released()) +
             " until they passed; median wait " + wait_text(holds.median_wait_ns()) + ".";
    out += '\n';
  }
  if (const BreakGlass& glass = rehearsal.break_glass(); glass.used + glass.refused > 0)
    out += "\nBreak-glass: used on " + counted(glass.used, "action") + ", refused on " + grouped(glass.refused) + ".\n";
  if (!rehearsal.never_fired() || rehearsal.never_fired()->empty()) return;
  out += "\nNever fired: ";
  const std::vector<Pair>& silent = *rehearsal.never_fired();
  for (size_t i = 0; i < silent.size() && i < kMostRows; ++i)
    out += (i > 0 ? ", " : "") + plain(silent[i].first) + " (" + silent[i].second + ")";
  if (silent.size() > kMostRows) out += ", … " + std::to_string(silent.size() - kMostRows) + " more";
  out += ".\n";
}

}  // namespace

void append_markdown(std::string& out, const Report& report) {
  const Rehearsal& rehearsal = report.rehearsal;
  out += "### Rehearsal: " + date_text(rehearsal.period().first_ns) + " to " + date_text(rehearsal.period().last_ns) +
         "\n\n";
  append_verdict(out, report);
  out += counted(rehearsal.actions(), "action") + ": ";
  for (const Outcome outcome : kOutcomes)
    out += (outcome == Outcome::Allow ? "" : ", ") + grouped(rehearsal.outcomes()[static_cast<size_t>(outcome)]) + " " +
           std::string(outcome_word(outcome));
  out += rehearsal.dry_runs() > 0 ? " (" + grouped(rehearsal.dry_runs()) + " in dry runs)" : "";
  out += ". With every shadow and advisory rule enforced, **" + grouped(rehearsal.would_block_all()) +
         "** more would have been blocked, or more strictly.\n\n";
  append_rehearsed(out, report);
  append_enforced(out, report);
  append_rest(out, report);
}

}  // namespace guardvm::rehearse
