// A report as text for a terminal.
#include "rehearse/columns.hpp"
#include "rehearse/parts.hpp"

namespace guardvm::rehearse {

namespace {
constexpr size_t kMostNamed = 5;  // in a line
constexpr size_t kMostBins = 60;  // characters of a line of bars

void append_line(std::string& out, std::string_view text) {
  append_plain(out, text);
  out += '\n';
}

// Behind an empty line.
void append_title(std::string& out, std::string_view text) {
  out += '\n';
  append_line(out, text);
}

// "web 3, api 1, … 4 more"
std::string counts_text(const TextCounts& counts) {
  std::string out;
  const auto list = counts.most();
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ", ";
    if (i == kMostNamed) return out + "… " + std::to_string(list.size() - i) + " more";
    out += list[i].first + ' ' + std::to_string(list[i].second);
  }
  return out;
}

// How many there were over time, as a line of bars.
std::string bars(const RuleHistory& rule, const Bins& all) {
  static constexpr std::string_view kBars[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  Bins bins = all;
  uint64_t most = 1;
  for (const auto& [day, counts] : rule.days) {
    uint64_t& count = bins.counts[bin_of(bins, day)][0];
    count += counts.would_block;
    most = std::max(most, count);
  }
  std::string out;
  for (const auto& bin : bins.counts) out += kBars[(bin[0] * 8 + most - 1) / most];
  return out;
}

void append_occasion(std::string& out, const Occasion& one) {
  append_line(out, "      " + timestamp_text(one.time_ns) + "  record " + std::to_string(one.sequence) + "  " +
                       subject_text(one.service, one.actor) + "  " + std::string(outcome_word(one.from)) + " -> " +
                       std::string(outcome_word(one.to)) + "  " + one.rules + ": " + one.message);
}

void append_head(std::string& out, const Report& report) {
  const Rehearsal& rehearsal = report.rehearsal;
  for (const ReadLog& log : report.logs)
    append_line(out, "decision log `" + log.name + "`: " + counted(log.records, "record") + ", chain intact" +
                         (log.pinned > 0 ? ", pinned to record " + std::to_string(log.pinned) : ""));
  append_line(out, date_text(rehearsal.period().first_ns) + " to " + date_text(rehearsal.period().last_ns) + ": " +
                       counted(rehearsal.actions(), "action"));
  for (const Outcome outcome : kOutcomes)
    out += right(rehearsal.outcomes()[static_cast<size_t>(outcome)], 10) + "  " + std::string(outcome_word(outcome)) +
           '\n';
  if (rehearsal.dry_runs() > 0)
    append_line(out, right(rehearsal.dry_runs(), 10) + "  of them in dry runs, which block nothing");
  if (rehearsal.would_block_all() > 0)
    append_line(out,
                right(rehearsal.would_block_all(), 10) +
                    "  more would have been blocked, or more strictly, with every shadow and advisory rule enforced");
}

void append_rehearsed(std::string& out, const Report& report) {
  const Rehearsal& rehearsal = report.rehearsal;
  const std::vector<NamedRule> rules = rehearsed_rules(rehearsal);
  if (rules.empty()) return;
  out += "\nrehearsed: in shadow or advisory, what they would have done\n";
  const Bins bins = bins_of(rehearsal.period(), kMostBins);
  for (const auto& [id, rule] : rules) {
    const auto value = [&, history = rule](Measure measure) { return rehearsal.measure(*history, measure); };
    const Period period = rehearsal.rehearsed_period(*rule);
    append_line(out, "  " + id + " (" + rule->mode + (rule->effect.empty() ? "" : ", " + rule->effect) +
                         (rule->owner.empty() ? "" : ", of " + rule->owner) + ")");
    append_line(out, "    would have blocked " + grouped(rule->would_block) + " of " +
                         counted(value(Measure::Actions).over, "action") + " (" +
                         value_text(value(Measure::WouldBlockPercent)) + " %); fired on " +
                         grouped(rule->rehearsed_fired) +
                         (rule->would_let_pass > 0 ? "; would have let pass " + grouped(rule->would_let_pass) : ""));
    append_line(out, "    " + date_text(period.first_ns) + " to " + date_text(period.last_ns) + ": " +
                         counted(value(Measure::ShadowDays).over, "whole day") + ", " +
                         counted(value(Measure::ActiveDays).over, "day") + " with actions, quiet for the last " +
                         grouped(value(Measure::QuietDays).over));
    if (rule->would_block == 0) continue;
    out += "    per " + std::string(bin_word(bins)) + "  " + bars(*rule, bins) + '\n';
    if (!rule->services.empty()) append_line(out, "    services  " + counts_text(rule->services));
    if (!rule->actors.empty()) append_line(out, "    actors    " + counts_text(rule->actors));
    TextCounts again;
    for (const auto& [who, repeat] : repeated(*rule)) again.add(subject_text(who.first, who.second), repeat.count);
    if (!again.empty()) append_line(out, "    again and again  " + counts_text(again));
    for (const Occasion& one : rule->examples) append_occasion(out, one);
  }
}

void append_enforced(std::string& out, const Report& report) {
  const std::vector<NamedRule> rules = enforced_rules(report.rehearsal);
  if (rules.empty()) return;
  size_t width = 24;
  for (const NamedRule& rule : rules) width = std::max(width, rule.first.size() + 4);
  out += '\n';
  pad_to(out, "enforced", width);
  out += "   fired   blocked overridden excepted\n";
  for (const auto& [id, rule] : rules) {
    pad_to(out, "  " + id, width);
    out += right(rule->fired - rule->rehearsed_fired, 8) + right(rule->blocked, 10) +
           right(rule->statuses[static_cast<size_t>(Status::Overridden)], 11) +
           right(rule->statuses[static_cast<size_t>(Status::Excepted)], 9) + '\n';
    for (const auto& [how, n] : rule->lifted)
      append_line(out, "      " + how.first + " by " + how.second + ": " + grouped(n));
  }
}

void append_never_fired(std::string& out, const Report& report) {
  const auto& silent = report.rehearsal.never_fired();
  if (!silent) {
    out += "\nrules that never fired are not known: give the bundle that decided (`--bundle`)\n";
    return;
  }
  out += "\nnever fired:";
  for (const auto& [id, mode] : *silent) out += (out.ends_with(':') ? " " : ", ") + id + " (" + mode + ")";
  out += silent->empty() ? " none\n" : "\n";
}

void append_candidates(std::string& out, const Report& report) {
  for (const auto& [digest, history] : report.rehearsal.candidates()) {
    append_title(out, "candidate " + digest);
    append_line(out, "  beside " + counted(history.compared, "action") + ": would newly block " +
                         grouped(history.newly_blocked) + ", newly allow " + grouped(history.newly_allowed));
    for (const Outcome from : kOutcomes) {
      for (const Outcome to : kOutcomes) {
        const uint64_t n = history.changes[static_cast<size_t>(from)][static_cast<size_t>(to)];
        if (from != to && n > 0)
          append_line(out,
                      right(n, 10) + "  " + std::string(outcome_word(from)) + " -> " + std::string(outcome_word(to)));
      }
    }
    if (!history.rules.empty()) append_line(out, "    rules     " + counts_text(history.rules));
    if (!history.services.empty()) append_line(out, "    services  " + counts_text(history.services));
    if (!history.actors.empty()) append_line(out, "    actors    " + counts_text(history.actors));
    for (const auto* list : {&history.blocked_examples, &history.allowed_examples})
      for (const Occasion& one : *list) append_occasion(out, one);
  }
}

void append_holds(std::string& out, const Report& report) {
  const Holds& holds = report.rehearsal.holds();
  if (holds.held == 0) return;
  append_title(out, "held: " + counted(holds.held, "action") + "; " + counts_text(holds.rules));
  if (holds.runs.empty()) {
    out += "  none of them waited (`guardvm gate --wait`)\n";
    return;
  }
  append_line(out, "  " + grouped(holds.runs.size()) + " waited, " + grouped(holds.released()) +
                       " of them until they passed; median wait " + wait_text(holds.median_wait_ns()));
  for (size_t i = 0; i < holds.runs.size() && i < kMostNamed; ++i) {
    const Run& run = holds.runs[i];
    append_line(out, "      " + timestamp_text(run.period.first_ns) + "  " + subject_text(run.service, run.actor) +
                         "  " + run.rules + ": " + wait_text(wait_ns(run)) + ", " + grouped(run.tries) +
                         (run.tries == 1 ? " try, then " : " tries, then ") + std::string(outcome_word(run.end)));
  }
}

void append_break_glass(std::string& out, const Report& report) {
  const BreakGlass& glass = report.rehearsal.break_glass();
  if (glass.used + glass.refused == 0) return;
  append_title(out, "break-glass: used on " + counted(glass.used, "action") +
                        (glass.refused > 0 ? ", refused on " + grouped(glass.refused) : ""));
  for (const Occasion& one : glass.occasions)
    append_line(out, "      " + timestamp_text(one.time_ns) + "  record " + std::to_string(one.sequence) + "  " +
                         subject_text(one.service, one.actor) + "  " + one.message + " lifted " +
                         (one.rules.empty() ? "nothing" : one.rules) + "; then " + std::string(outcome_word(one.to)));
}

void append_requirement(std::string& out, const Report& report) {
  if (!report.requirement) return;
  append_title(out, "required: " + report.requirement->text());
  for (const Judged& judged : report.judged) {
    append_line(out, "  " + judged.rule + (judged.verdict.met ? ": met" : ": lacking"));
    for (const std::string& lack : judged.verdict.lacks) append_line(out, "    " + lack);
  }
}

}  // namespace

void append_text(std::string& out, const Report& report) {
  append_head(out, report);
  append_rehearsed(out, report);
  append_enforced(out, report);
  append_never_fired(out, report);
  append_candidates(out, report);
  append_holds(out, report);
  append_break_glass(out, report);
  append_requirement(out, report);
}

}  // namespace guardvm::rehearse
