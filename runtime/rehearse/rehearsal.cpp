// See rehearsal.hpp.
#include "rehearse/rehearsal.hpp"

#include <algorithm>

#include "read/values.hpp"

namespace guardvm::rehearse {

namespace {
constexpr std::array kStatuses = {Status::Applied, Status::Overridden, Status::Excepted, Status::Shadow,
                                  Status::Advisory};

Outcome outcome_of(std::string_view word) { return outcome_named(word).value_or(Outcome::Error); }

bool is_rehearsed(Status status) { return status == Status::Shadow || status == Status::Advisory; }

Day day_of(int64_t ns) { return static_cast<Day>(ns / kDay_ns - (ns % kDay_ns < 0 ? 1 : 0)); }

size_t index(Outcome outcome) { return static_cast<size_t>(outcome); }

// Whether the outcome rests on a rule with this effect that is applied.
bool decides(std::string_view effect, bool unmet, Outcome outcome) {
  return outcome == Outcome::Deny ? effect == "deny" : outcome == Outcome::Hold && unmet;
}

// Keeps the last ones, in the order of the log: a call that waited is counted only at the end.
void keep(std::vector<Occasion>& list, Occasion occasion, size_t most) {
  const auto place = std::upper_bound(list.begin(), list.end(), occasion,
                                      [](const Occasion& a, const Occasion& b) { return a.sequence < b.sequence; });
  list.insert(place, std::move(occasion));
  if (list.size() > most) list.erase(list.begin());
}

void append_listed(std::string& out, std::string_view separator, std::string_view text) {
  if (!out.empty()) out += separator;
  out += text;
}

}  // namespace

uint64_t Holds::released() const {
  return static_cast<uint64_t>(
      std::count_if(runs.begin(), runs.end(), [](const Run& run) { return run.end == Outcome::Allow; }));
}

int64_t Holds::median_wait_ns() const {
  if (runs.empty()) return 0;
  const Run& middle = runs[runs.size() / 2];
  return middle.period.last_ns - middle.period.first_ns;
}

void Rehearsal::read(const log::RecordView& record, Try& out) {
  out.sequence = record.sequence;
  if (!parse_timestamp(record.time, out.time_ns)) out.time_ns = 0;
  out.dry_run = record.mode == "dry-run";
  out.service = log::text_of(record.service);
  out.actor = log::text_of(record.actor);
  out.bundle = record.bundle;
  out.outcome = outcome_of(record.outcome);
  out.would.reset();
  if (!record.would.empty()) out.would = outcome_of(record.would);
  out.rules.clear();
  for (JsonElements e(record.rules); e.next();) {
    Fired fired;
    for (JsonMembers m(e.value()); m.next();) {
      const std::string_view key = m.key();
      if (key == "id")
        m.value().append_text(fired.id);
      else if (key == "effect")
        fired.effect = m.value().plain_text();
      else if (key == "owner")
        m.value().append_text(fired.owner);
      else if (key == "by")
        m.value().append_text(fired.by);
      else if (key == "message")
        m.value().append_text(fired.message);
      else if (key == "met")
        fired.unmet = !m.value().is_true();
      else if (key == "would")
        fired.would = outcome_of(m.value().plain_text());
      else if (key == "status")
        for (const Status status : kStatuses)
          if (m.value().plain_text() == status_word(status)) fired.status = status;
    }
    out.rules.push_back(std::move(fired));
  }
  out.break_glass.reset();
  if (const JsonValue glass = record.decision.member("break_glass"); glass.is_array()) {
    out.break_glass.emplace();
    for (JsonElements e(glass); e.next();) out.break_glass->push_back(log::text_of(e.value()));
  }
  out.candidate.reset();
  const JsonValue beside = record.candidate.member("decision");
  if (!beside.is_object()) return;
  Other other;
  other.bundle = beside.member("bundle").plain_text();
  other.outcome = outcome_of(beside.member("decision").plain_text());
  for (JsonElements e(beside.member("rules")); e.next();) {
    const bool unmet = e.value().member("met").there() && !e.value().member("met").is_true();
    if (e.value().member("status").plain_text() != status_word(Status::Applied)) continue;
    if (!decides(e.value().member("effect").plain_text(), unmet, other.outcome)) continue;
    other.deciding.push_back(log::text_of(e.value().member("id")));
    append_listed(other.rules, ", ", other.deciding.back());
    append_listed(other.message, "; ", log::text_of(e.value().member("message")));
  }
  if (other.outcome == Outcome::Error) other.message = log::text_of(beside.member("error").member("message"));
  out.candidate = std::move(other);
}

void Rehearsal::add(const log::RecordView& record) {
  ++records_;
  Try seen;
  read(record, seen);
  period_.add(seen.time_ns);
  if (record.run.empty()) {
    if (seen.outcome == Outcome::Hold) count_hold(seen);
    count(seen);
    return;
  }
  Waiting& waiting = waiting_[std::string(record.run)];
  if (seen.outcome == Outcome::Hold && !waiting.held) {
    waiting.held = true;
    count_hold(seen);
    for (const Fired& fired : seen.rules)
      if (fired.status == Status::Applied && fired.unmet) append_listed(waiting.run.rules, ", ", fired.id);
  }
  ++waiting.run.tries;
  waiting.run.period.add(seen.time_ns);
  if (waiting.run.tries == 1 || seen.sequence > waiting.last.sequence) waiting.last = std::move(seen);
}

void Rehearsal::know(const Bundle& bundle) { known_[std::string(bundle.digest())] = &bundle; }

Loaded<bool> Rehearsal::end() {
  for (auto& [id, waiting] : waiting_) {
    count(waiting.last);
    if (!waiting.held) continue;
    waiting.run.id = id;
    waiting.run.service = waiting.last.service;
    waiting.run.actor = waiting.last.actor;
    waiting.run.end = waiting.last.outcome;
    holds_.runs.push_back(std::move(waiting.run));
  }
  waiting_.clear();
  const auto wait = [](const Run& run) { return run.period.last_ns - run.period.first_ns; };
  std::stable_sort(holds_.runs.begin(), holds_.runs.end(),
                   [&wait](const Run& a, const Run& b) { return wait(a) > wait(b); });

  if (!known_.empty()) never_fired_.emplace();
  std::map<std::string, std::string> silent;  // id -> mode
  for (const auto& [digest, bundle] : known_) {
    const auto used = bundle_of_.find(digest);
    if (used == bundle_of_.end())
      return LoadError{"no action in the log was decided by the bundle " + digest +
                       ": give those that were, which `guardvm log stats` lists"};
    BundleUse& use = bundles_[used->second];
    use.known = bundle;
    for (const format::RuleRow& row : bundle->view().Rules) {
      if (row.mode == format::Mode::Off) continue;
      const std::string id(bundle->text(row.id));
      RuleHistory& rule = rules_[id];
      const bool rehearsed = row.mode == format::Mode::Shadow || row.mode == format::Mode::Advisory;
      if (rehearsed) rule.bundles.insert(used->second);
      if (rule.seen_ns <= use.period.last_ns) {
        rule.seen_ns = use.period.last_ns;
        rule.mode = row.mode == format::Mode::Shadow ? "shadow" : rehearsed ? "advisory" : "enforce";
        rule.owner = bundle->text(row.owner);
      }
      if (rule.fired == 0) silent[id] = rule.mode;
    }
  }
  for (auto& [id, mode] : silent) never_fired_->emplace_back(id, mode);
  return true;
}

uint32_t Rehearsal::bundle_index(const std::string& digest) {
  const auto [found, fresh] = bundle_of_.emplace(digest, static_cast<uint32_t>(bundles_.size()));
  if (fresh) bundles_.push_back({.digest = digest, .actions = 0, .period = {}, .days = {}, .known = nullptr});
  return found->second;
}

void Rehearsal::count(const Try& seen) {
  ++actions_;
  dry_runs_ += seen.dry_run ? 1 : 0;
  ++outcomes_[index(seen.outcome)];
  const Day day = day_of(seen.time_ns);
  BundleUse& use = bundles_[bundle_index(seen.bundle)];
  ++use.actions;
  use.period.add(seen.time_ns);
  use.days.insert(day);
  DayCount& today = days_[day];
  ++today.outcomes[index(seen.outcome)];
  if (seen.would && strictness(*seen.would) > strictness(seen.outcome)) {
    ++would_block_all_;
    ++today.would_block;
  }
  for (const Fired& fired : seen.rules) count_rule(fired, seen);
  if (seen.candidate) count_candidate(seen);
  if (seen.break_glass) count_break_glass(seen);
}

void Rehearsal::count_rule(const Fired& fired, const Try& seen) {
  RuleHistory& rule = rules_[fired.id];
  ++rule.fired;
  ++rule.statuses[static_cast<size_t>(fired.status)];
  if (seen.time_ns >= rule.seen_ns) {
    rule.seen_ns = seen.time_ns;
    rule.mode = is_rehearsed(fired.status) ? status_word(fired.status) : "enforce";
    rule.effect = fired.effect;
    rule.owner = fired.owner;
  }
  if (fired.status == Status::Applied && decides(fired.effect, fired.unmet, seen.outcome)) ++rule.blocked;
  if (fired.status == Status::Overridden || fired.status == Status::Excepted)
    ++rule.lifted[{std::string(status_word(fired.status)), fired.by}];
  if (!is_rehearsed(fired.status)) return;

  rule.bundles.insert(bundle_index(seen.bundle));
  ++rule.rehearsed_fired;
  RuleDay& day = rule.days[day_of(seen.time_ns)];
  ++day.fired;
  const int change = strictness(fired.would) - strictness(seen.outcome);
  rule.would_let_pass += change < 0 ? 1 : 0;
  if (change <= 0) return;
  ++rule.would_block;
  ++day.would_block;
  rule.blocks.add(seen.time_ns);
  if (!seen.service.empty()) rule.services.add(seen.service);
  if (!seen.actor.empty()) rule.actors.add(seen.actor);
  if (!seen.service.empty() || !seen.actor.empty()) {
    Repeat& repeat = rule.pairs[{seen.service, seen.actor}];
    ++repeat.count;
    repeat.period.add(seen.time_ns);
  }
  keep(rule.examples,
       {seen.sequence, seen.time_ns, seen.service, seen.actor, seen.outcome, fired.would, fired.id, fired.message},
       kExamples);
}

void Rehearsal::count_candidate(const Try& seen) {
  const Other& other = *seen.candidate;
  CandidateHistory& history = candidates_[other.bundle];
  ++history.compared;
  ++history.changes[index(seen.outcome)][index(other.outcome)];
  const bool was = seen.outcome == Outcome::Allow, is = other.outcome == Outcome::Allow;
  if (was == is) return;
  Occasion occasion{seen.sequence, seen.time_ns,  seen.service, seen.actor,
                    seen.outcome,  other.outcome, other.rules,  other.message};
  if (is) {
    ++history.newly_allowed;
    for (const Fired& fired : seen.rules) {
      if (fired.status != Status::Applied || !decides(fired.effect, fired.unmet, seen.outcome)) continue;
      append_listed(occasion.rules, ", ", fired.id);
      append_listed(occasion.message, "; ", fired.message);
    }
    keep(history.allowed_examples, std::move(occasion), kExamples);
    return;
  }
  ++history.newly_blocked;
  if (!seen.service.empty()) history.services.add(seen.service);
  if (!seen.actor.empty()) history.actors.add(seen.actor);
  for (const std::string& id : other.deciding) history.rules.add(id);
  if (other.deciding.empty()) history.rules.add(other.outcome == Outcome::Error ? "(error)" : "(default)");
  keep(history.blocked_examples, std::move(occasion), kExamples);
}

void Rehearsal::count_break_glass(const Try& seen) {
  if (seen.break_glass->empty()) {
    ++break_glass_.refused;
    return;
  }
  ++break_glass_.used;
  std::string by, rules;
  for (const std::string& id : *seen.break_glass) {
    break_glass_.by.add(id);
    append_listed(by, ", ", id);
  }
  for (const Fired& fired : seen.rules)
    if (std::find(seen.break_glass->begin(), seen.break_glass->end(), fired.by) != seen.break_glass->end())
      append_listed(rules, ", ", fired.id);
  keep(break_glass_.occasions,
       {seen.sequence, seen.time_ns, seen.service, seen.actor, seen.outcome, seen.outcome, rules, by}, kOccasions);
}

void Rehearsal::count_hold(const Try& seen) {
  ++holds_.held;
  for (const Fired& fired : seen.rules)
    if (fired.status == Status::Applied && fired.unmet) holds_.rules.add(fired.id);
}

Period Rehearsal::rehearsed_period(const RuleHistory& rule) const {
  Period period;
  for (const uint32_t bundle : rule.bundles) period.add(bundles_[bundle].period);
  return period;
}

Value Rehearsal::measure(const RuleHistory& rule, Measure measure) const {
  const Period period = rehearsed_period(rule);
  const auto days = [](int64_t from_ns, int64_t to_ns) {
    return Value{from_ns < to_ns ? static_cast<uint64_t>((to_ns - from_ns) / kDay_ns) : 0};
  };
  uint64_t actions = 0;
  for (const uint32_t bundle : rule.bundles) actions += bundles_[bundle].actions;
  switch (measure) {
    case Measure::ShadowDays:
      return days(period.first_ns, period.last_ns);
    case Measure::ActiveDays: {
      std::set<Day> all;
      for (const uint32_t bundle : rule.bundles) all.insert(bundles_[bundle].days.begin(), bundles_[bundle].days.end());
      return {all.size()};
    }
    case Measure::Actions:
      return {actions};
    case Measure::Fired:
      return {rule.rehearsed_fired};
    case Measure::WouldBlock:
      return {rule.would_block};
    case Measure::WouldBlockPercent:
      return {100 * rule.would_block, actions};
    case Measure::WouldLetPass:
      return {rule.would_let_pass};
    case Measure::Services:
      return {rule.services.size()};
    case Measure::Actors:
      return {rule.actors.size()};
    case Measure::Repeated:
      return {static_cast<uint64_t>(
          std::count_if(rule.pairs.begin(), rule.pairs.end(), [](const auto& pair) { return pair.second.count > 1; }))};
    case Measure::QuietDays:
      return days(rule.blocks.empty() ? period.first_ns : rule.blocks.last_ns, period.last_ns);
  }
  return {0, 0};
}

}  // namespace guardvm::rehearse
