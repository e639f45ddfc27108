// A report as a document for people: what a change board asks, in the order in which it asks it.
#include "tool/report_document.hpp"

#include <algorithm>

#include "read/values.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr size_t kMostRows = 12;
constexpr size_t kMostSteps = 92;  // of a chart: a quarter by day

// 93094 as "93,094".
std::string number(uint64_t n) {
  std::string out = std::to_string(n);
  for (size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
  return out;
}

std::string duration(int64_t ns) {
  std::string out;
  append_duration(out, ns / kSecond_ns * kSecond_ns);
  return out;
}

// "shop (12), web (3)": the first ones.
std::string names(const TextCounts& counts, size_t most) {
  const auto list = counts.most();
  std::string out;
  for (size_t i = 0; i < list.size() && i < most; ++i)
    out += (i > 0 ? ", " : "") + list[i].first + " (" + number(list[i].second) + ")";
  if (list.size() > most) out += ", " + number(list.size() - most) + " more";
  return out.empty() ? "-" : out;
}

// The days of a report as steps of a chart.
class Steps {
 public:
  explicit Steps(const Report& report) {
    if (report.days.empty() || !day_of(report.days.begin()->first, first_)) return;
    int64_t last = first_;
    day_of(report.days.rbegin()->first, last);
    const auto days = static_cast<size_t>(last - first_) + 1;
    size_ = (days + kMostSteps - 1) / kMostSteps;
    count_ = (days + size_ - 1) / size_;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (size_t i = 0; i < count_; ++i) {
      std::string text;
      append_timestamp(text, (first_ + static_cast<int64_t>(i * size_)) * kDay_ns);
      out.push_back(text.substr(0, 10) + (size_ > 1 ? " + " + number(size_) + " days" : ""));
    }
    return out;
  }
  template <typename Days, typename Count>
  [[nodiscard]] std::vector<uint64_t> sums(const Days& days, Count count) const {
    std::vector<uint64_t> out(count_, 0);
    int64_t day = 0;
    for (const auto& each : days)
      if (day_of(each.first, day) && day >= first_ && static_cast<size_t>(day - first_) / size_ < count_)
        out[static_cast<size_t>(day - first_) / size_] += count(each.second);
    return out;
  }

 private:
  static bool day_of(const std::string& text, int64_t& day) {
    int64_t ns = 0;
    if (!parse_timestamp(text + "T00:00:00Z", ns)) return false;
    day = ns / kDay_ns - (ns % kDay_ns < 0 ? 1 : 0);
    return true;
  }
  int64_t first_ = 0;
  size_t size_ = 1, count_ = 0;
};

Section overview(const Report& report, const Steps& steps) {
  Section section{"At a glance", {}, {}, {}, {}};
  const auto count = [&](Outcome o) { return report.outcomes[static_cast<size_t>(o)]; };
  uint64_t would = 0;
  for (const auto& [id, rule] : report.rules) would += rule.would_block;
  section.figures = {{"evaluations", number(report.records)},
                     {"allowed", number(count(Outcome::Allow))},
                     {"denied", number(count(Outcome::Deny))},
                     {"held", number(count(Outcome::Hold))},
                     {"errors (blocked)", number(count(Outcome::Error))},
                     {"would-be blocks by shadow rules", number(would)}};
  if (report.dry_runs > 0)
    section.lines.push_back(number(report.dry_runs) + " of them were dry runs: decided and recorded, not acted on.");
  const auto series = [&](Outcome outcome) {
    const std::string word(outcome_word(outcome));
    return Chart::Series{
        word, word, steps.sums(report.days, [outcome](const auto& day) { return day[static_cast<size_t>(outcome)]; })};
  };
  // What was blocked is too little to be seen beside what was not.
  section.charts.push_back({steps.names(), {series(Outcome::Deny), series(Outcome::Hold), series(Outcome::Error)}});
  section.charts.push_back({steps.names(), {series(Outcome::Allow)}});
  return section;
}

Section rehearsal(const Report& report, const Steps& steps) {
  Section section{"Rules in rehearsal", {}, {}, {}, {}};
  Table table{{"rule", "mode", "days", "evaluations", "fired", "would have blocked"}, 2, {}};
  Table who{{"rule", "services", "actors"}, 3, {}};
  Chart chart{steps.names(), {}};
  for (const auto& [id, rule] : report.rules) {
    if (rule.mode == "enforce" && rule.rehearsed == 0) continue;
    const RuleFacts facts = report.facts(id);
    table.rows.push_back({id, rule.mode, number(facts[0].second), number(facts[1].second), number(rule.rehearsed),
                          number(rule.would_block)});
    if (rule.would_block == 0) continue;
    who.rows.push_back({id, names(rule.services, 4), names(rule.actors, 4)});
    chart.series.push_back({id, "would", steps.sums(rule.would_block_days, [](uint64_t n) { return n; })});
  }
  if (table.rows.empty()) {
    section.lines.emplace_back("No rule was in shadow or advisory.");
    return section;
  }
  section.lines.emplace_back(
      "A rule would have blocked when the outcome had been stricter with it enforced, all else as it was.");
  section.tables.push_back(std::move(table));
  // One chart a rule: their sums would count an action several times.
  for (Chart::Series& series : chart.series) section.charts.push_back({chart.steps, {std::move(series)}});
  if (!who.rows.empty()) section.tables.push_back(std::move(who));
  return section;
}

Section victims(const Report& report) {
  Section section{"Who would have been blocked more than once", {}, {}, {}, {}};
  TextCounts services, actors;
  for (const auto& [id, rule] : report.rules) {
    services.add(rule.services);
    actors.add(rule.actors);
  }
  for (const auto& [title, counts] : {std::pair("service", &services), std::pair("actor", &actors)}) {
    Table table{{title, "times"}, 1, {}};
    size_t more = 0;
    for (const auto& [name, n] : counts->most()) {
      if (n < 2) break;
      if (table.rows.size() < kMostRows)
        table.rows.push_back({name, number(n)});
      else
        ++more;
    }
    if (more > 0) table.rows.push_back({"… " + number(more) + " more", ""});
    if (!table.rows.empty()) section.tables.push_back(std::move(table));
  }
  if (section.tables.empty()) section.lines.emplace_back("Nobody.");
  return section;
}

Section candidate(const Report& report) {
  Section section{"What the candidate bundle would change", {}, {}, {}, {}};
  section.lines.push_back(number(report.candidate_records) +
                          " evaluations asked a candidate beside the enforced bundle.");
  Table table{{"decided", "candidate", "times"}, 2, {}};
  for (const Outcome from : kOutcomes)
    for (const Outcome to : kOutcomes)
      if (const uint64_t n = report.candidate[static_cast<size_t>(from)][static_cast<size_t>(to)]; n > 0 && from != to)
        table.rows.push_back({std::string(outcome_word(from)), std::string(outcome_word(to)), number(n)});
  if (table.rows.empty()) {
    section.lines.emplace_back("It decided every one of them alike.");
    return section;
  }
  section.tables.push_back(std::move(table));
  Table allowed{{"newly allowed", "kind", "service", "actor", "decided"}, 5, {}};
  for (const CandidateExample& example : report.newly_allowed)
    if (allowed.rows.size() < kMostRows)
      allowed.rows.push_back({"record " + number(example.sequence) + ", " + example.time, example.kind, example.service,
                              example.actor, example.was});
  if (!allowed.rows.empty()) section.tables.push_back(std::move(allowed));
  if (!report.newly_blocked_services.empty())
    section.lines.push_back("Newly blocked, by service: " + names(report.newly_blocked_services, kMostRows));
  return section;
}

Section lifted(const Report& report) {
  Section section{"Overridden, excepted, broken through", {}, {}, {}, {}};
  Table table{{"rule", "lifted by", "overridden", "excepted"}, 2, {}};
  for (const auto& [id, rule] : report.rules)
    if (rule.overridden + rule.excepted > 0)
      table.rows.push_back({id, names(rule.lifted_by, 4), number(rule.overridden), number(rule.excepted)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  if (!report.broken_glass.empty())
    section.lines.push_back("Break-glass was active: " + names(report.broken_glass, kMostRows));
  if (section.tables.empty() && section.lines.empty()) section.lines.emplace_back("Nothing.");
  return section;
}

Section holds(const Report& report) {
  Section section{"Holds, and how long they waited", {}, {}, {}, {}};
  std::vector<const Wait*> waits;
  std::vector<int64_t> released;
  uint64_t refused = 0, given_up = 0;
  for (const auto& [run, wait] : report.waits) {
    if (!wait.held) continue;
    waits.push_back(&wait);
    if (wait.outcome == "allow") released.push_back(wait.to_ns - wait.from_ns);
    given_up += wait.outcome == "hold" ? 1 : 0;
    refused += wait.outcome == "deny" || wait.outcome == "error" ? 1 : 0;
  }
  if (waits.empty())
    section.lines.emplace_back("No call waited for a hold.");
  else
    section.lines.push_back("Calls that waited for a hold: " + number(waits.size()) + "; released " +
                            number(released.size()) + ", still held at the end " + number(given_up) + ", denied " +
                            number(refused) + '.');
  section.lines.push_back("Holds without a wait: " + number(report.holds_without_wait) + '.');
  if (!released.empty()) {
    std::sort(released.begin(), released.end());
    section.lines.push_back("Until release: " + duration(released[released.size() / 2]) + " (median), " +
                            duration(released.back()) + " (longest).");
  }
  std::sort(waits.begin(), waits.end(),
            [](const Wait* a, const Wait* b) { return a->to_ns - a->from_ns > b->to_ns - b->from_ns; });
  Table table{{"service", "held by", "in the end", "waited"}, 3, {}};
  for (const Wait* wait : waits)
    if (table.rows.size() < kMostRows)
      table.rows.push_back({wait->service.empty() ? "-" : wait->service, wait->rules, wait->outcome,
                            duration(wait->to_ns - wait->from_ns)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

Section enforced(const Report& report) {
  Section section{"Enforced rules", {}, {}, {}, {}};
  Table table{{"rule", "owner", "fired", "applied"}, 2, {}};
  std::string silent;
  for (const auto& [id, rule] : report.rules) {
    if (rule.fired == 0)
      silent += (silent.empty() ? "" : ", ") + id;
    else if (rule.mode == "enforce")
      table.rows.push_back({id, rule.owner.empty() ? "-" : rule.owner, number(rule.fired), number(rule.applied)});
  }
  if (report.all_rules.empty())
    section.lines.emplace_back("Rules that never fired are not in a log: name the bundle with --bundle to see them.");
  else
    section.lines.push_back("Never fired: " + (silent.empty() ? "none" : silent));
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

Section required(const std::string& require, const std::vector<Verdict>& verdicts) {
  Section section{"Evidence for promotion", {"Required: " + require}, {}, {}, {}};
  Table table{{"rule", "evidence"}, 2, {}};
  const auto asked = [&require](std::string_view name) { return require.find(name) != std::string::npos; };
  for (const auto& [name, n] : verdicts.empty() ? RuleFacts() : verdicts[0].facts)
    if (asked(name)) table.head.emplace_back(name);
  for (const Verdict& verdict : verdicts) {
    std::vector<std::string> row = {verdict.rule, verdict.holds ? "enough" : "not enough"};
    for (const auto& [name, n] : verdict.facts)
      if (asked(name)) row.push_back(number(n));
    table.rows.push_back(std::move(row));
  }
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

}  // namespace

Document report_document(const Report& report, const std::string& require, const std::vector<Verdict>& verdicts) {
  Document document;
  document.title = "Guardrails: report of a decision log";
  document.subtitle = report.records == 0 ? "no records"
                                          : report.first + " to " + report.last + ", " + number(report.bundles.size()) +
                                                (report.bundles.size() == 1 ? " bundle" : " bundles");
  const Steps steps(report);
  document.sections.push_back(overview(report, steps));
  if (!require.empty()) document.sections.push_back(required(require, verdicts));
  document.sections.push_back(rehearsal(report, steps));
  document.sections.push_back(victims(report));
  if (report.candidate_records > 0) document.sections.push_back(candidate(report));
  document.sections.push_back(lifted(report));
  document.sections.push_back(holds(report));
  document.sections.push_back(enforced(report));
  return document;
}

}  // namespace guardvm::tool
