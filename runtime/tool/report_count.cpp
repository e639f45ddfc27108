// What a report counts of each record. See report.hpp.
#include <algorithm>

#include "read/values.hpp"
#include "tool/outcomes.hpp"
#include "tool/report.hpp"

namespace guardvm::tool {

namespace {

constexpr size_t kDayCharacters = 10;  // 2026-03-02
constexpr size_t kNewlyAllowedKept = 20;
constexpr std::array<std::string_view, 4> kModes = {"off", "shadow", "advisory", "enforce"};  // format::Mode

std::string join(std::string a, std::string_view b) { return a.empty() ? std::string(b) : a.append(", ").append(b); }

void count_rule(Report& report, const log::RecordView& record, const std::string& day, Outcome outcome,
                JsonValue fired) {
  const std::string id = log::text_of(fired.member("id"));
  RuleReport& rule = report.rules[id];
  const std::string_view status = fired.member("status").plain_text();
  const bool rehearsed = status == "shadow" || status == "advisory";
  rule.mode = rehearsed ? status : "enforce";
  rule.owner = log::text_of(fired.member("owner"));
  ++rule.fired;
  rule.applied += status == "applied" ? 1 : 0;
  if (status == "overridden" || status == "excepted") {
    (status == "overridden" ? rule.overridden : rule.excepted) += 1;
    rule.lifted_by.add(log::text_of(fired.member("by")));
  }
  if (!rehearsed) return;
  ++rule.rehearsed;
  rule.rehearsal_bundles.insert(std::string(record.bundle));
  const std::optional<Outcome> would = outcome_named(fired.member("would").plain_text());
  if (!would || strictness(*would) == strictness(outcome)) return;
  if (strictness(*would) < strictness(outcome)) {
    ++rule.would_let_pass;
    return;
  }
  ++rule.would_block;
  ++rule.would_block_days[day];
  if (record.service.is_string()) rule.services.add(log::text_of(record.service));
  if (record.actor.is_string()) rule.actors.add(log::text_of(record.actor));
}

void count_candidate(Report& report, const log::RecordView& record, Outcome outcome) {
  const std::optional<Outcome> other =
      outcome_named(record.candidate.member("decision").member("decision").plain_text());
  if (!other) return;
  ++report.candidate_records;
  ++report.candidate[static_cast<size_t>(outcome)][static_cast<size_t>(*other)];
  if (outcome == Outcome::Allow && *other != Outcome::Allow && record.service.is_string())
    report.newly_blocked_services.add(log::text_of(record.service));
  if (*other == Outcome::Allow && outcome != Outcome::Allow && report.newly_allowed.size() < kNewlyAllowedKept)
    report.newly_allowed.push_back({record.sequence, std::string(record.time), std::string(record.kind),
                                    log::text_of(record.service), log::text_of(record.actor),
                                    std::string(record.outcome), std::string(outcome_word(*other))});
}

void count_wait(Report& report, const log::RecordView& record, Outcome outcome) {
  if (record.run.empty()) {
    report.holds_without_wait += outcome == Outcome::Hold ? 1 : 0;
    return;
  }
  int64_t time_ns = 0;
  if (!parse_timestamp(record.time, time_ns)) return;
  const auto [place, fresh] = report.waits.try_emplace(std::string(record.run));
  Wait& wait = place->second;
  if (fresh) {
    wait.from_ns = time_ns;
    wait.service = log::text_of(record.service);
  }
  wait.to_ns = std::max(wait.to_ns, time_ns);
  wait.outcome = record.outcome;
  if (outcome != Outcome::Hold) return;
  if (!wait.held)
    for (JsonElements e(record.missing); e.next();)
      wait.rules = join(wait.rules, log::text_of(e.value().member("rule")));
  wait.held = true;
}

}  // namespace

void Report::count(const log::RecordView& record) {
  const std::optional<Outcome> outcome = outcome_named(record.outcome);
  if (!outcome) return;
  const std::string day(record.time.substr(0, kDayCharacters));
  if (records++ == 0) first = record.time;
  last = record.time;
  dry_runs += record.mode == "dry-run" ? 1 : 0;
  ++outcomes[static_cast<size_t>(*outcome)];
  ++days[day][static_cast<size_t>(*outcome)];
  BundleReport& bundle = bundles[std::string(record.bundle)];
  ++bundle.records;
  bundle.days.insert(day);
  for (JsonElements e(record.rules); e.next();) count_rule(*this, record, day, *outcome, e.value());
  for (JsonElements e(record.decision.member("break_glass")); e.next();)
    broken_glass.add(log::text_of(e.value()) + (record.actor.is_string() ? " by " + log::text_of(record.actor) : ""));
  if (record.candidate.is_object()) count_candidate(*this, record, *outcome);
  count_wait(*this, record, *outcome);
}

void Report::add_bundle(const Bundle& bundle) {
  const bool seen = bundles.count(bundle.digest()) != 0;
  for (const format::RuleRow& row : bundle.view().Rules) {
    if (row.mode == format::Mode::Off) continue;
    const std::string id(bundle.text(row.id));
    all_rules.insert(id);
    RuleReport& rule = rules[id];
    if (rule.fired == 0) {
      rule.mode = kModes[static_cast<size_t>(row.mode)];
      rule.owner = bundle.text(row.owner);
    }
    if (seen && row.mode != format::Mode::Enforce) rule.rehearsal_bundles.insert(bundle.digest());
  }
}

RuleFacts Report::facts(const std::string& name) const {
  const auto found = rules.find(name);
  const RuleReport none;
  const RuleReport& rule = found == rules.end() ? none : found->second;
  std::set<std::string> rehearsal_days;
  uint64_t evaluations = 0;
  for (const std::string& digest : rule.rehearsal_bundles) {
    const BundleReport& bundle = bundles.at(digest);
    evaluations += bundle.records;
    rehearsal_days.insert(bundle.days.begin(), bundle.days.end());
  }
  return {{"shadow_days", rehearsal_days.size()},
          {"evaluations", evaluations},
          {"fired", rule.rehearsed},
          {"would_block", rule.would_block},
          {"would_let_pass", rule.would_let_pass},
          {"services", rule.services.most().size()},
          {"actors", rule.actors.most().size()},
          {"overridden", rule.overridden},
          {"excepted", rule.excepted}};
}

}  // namespace guardvm::tool
