// guardvm log stats: a log in counts: outcomes, rules, who was blocked, and how long deciding took.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "guardvm/session.hpp"
#include "log/record_view.hpp"
#include "read/json_writer.hpp"
#include "tool/files.hpp"
#include "tool/log_command.hpp"
#include "tool/log_filter.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr size_t kMostShown = 10;
constexpr std::array kStatuses = {"applied", "overridden", "excepted", "shadow", "advisory"};

struct RuleCount {
  std::array<uint64_t, kStatuses.size()> status{};
  uint64_t would = 0;  // shadow and advisory: the outcome had been another one
};

// Counts by a text, most first, then by the text.
using Counts = std::map<std::string, uint64_t>;
std::vector<std::pair<std::string, uint64_t>> most(const Counts& counts) {
  std::vector<std::pair<std::string, uint64_t>> list(counts.begin(), counts.end());
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

struct Stats {
  uint64_t records = 0;
  std::string first, last;  // times
  Counts outcomes, modes, kinds, bundles, services, actors, candidates;
  std::map<std::string, RuleCount> rules;
  std::vector<uint64_t> times_ns;

  void count(const log::RecordView& record);
  [[nodiscard]] uint64_t time_ns(double part) const {
    return times_ns.empty() ? 0 : times_ns[static_cast<size_t>(part * static_cast<double>(times_ns.size() - 1))];
  }
};

void Stats::count(const log::RecordView& record) {
  if (records++ == 0) first = record.time;
  last = record.time;
  ++outcomes[std::string(record.outcome)];
  ++modes[std::string(record.mode)];
  ++kinds[record.kind.empty() ? "(unknown)" : std::string(record.kind)];
  ++bundles[std::string(record.bundle)];
  times_ns.push_back(record.evaluation_ns);
  if (record.outcome != "allow") {
    ++services[record.service.is_string() ? log::text_of(record.service) : "(none)"];
    ++actors[record.actor.is_string() ? log::text_of(record.actor) : "(none)"];
  }
  if (record.candidate.is_object()) {
    const std::string other = log::text_of(record.candidate.member("decision").member("decision"));
    if (other != record.outcome) ++candidates[std::string(record.outcome) + " -> " + other];
  }
  for (JsonElements e(record.rules); e.next();) {
    RuleCount& rule = rules[log::text_of(e.value().member("id"))];
    const std::string_view status = e.value().member("status").plain_text();
    for (size_t i = 0; i < kStatuses.size(); ++i) rule.status[i] += status == kStatuses[i] ? 1 : 0;
    const JsonValue would = e.value().member("would");
    if (would.is_string() && would.plain_text() != record.outcome) ++rule.would;
  }
}

void append_counts(std::string& out, std::string_view title, const Counts& counts) {
  if (counts.empty()) return;
  out.append("\n").append(title) += '\n';
  size_t shown = 0;
  for (const auto& [text, n] : most(counts)) {
    if (++shown > kMostShown) {
      out += "            … " + std::to_string(counts.size() - kMostShown) + " more\n";
      break;
    }
    const std::string digits = std::to_string(n);
    out += std::string(10 - std::min<size_t>(10, digits.size()), ' ') + digits + "  " + text + '\n';
  }
}

void append_text(std::string& out, const Stats& stats) {
  out += std::to_string(stats.records) + (stats.records == 1 ? " record" : " records");
  if (stats.records > 0) out += ", " + stats.first + " to " + stats.last;
  out += '\n';
  append_counts(out, "outcomes", stats.outcomes);
  append_counts(out, "modes", stats.modes);
  append_counts(out, "kinds", stats.kinds);
  append_counts(out, "bundles", stats.bundles);
  if (!stats.rules.empty())
    out += "\nrules     applied overridden excepted  shadow advisory  would change the outcome\n";
  for (const auto& [id, rule] : stats.rules) {
    static constexpr std::array<size_t, kStatuses.size()> kWidths = {17, 11, 9, 8, 9};
    for (size_t i = 0; i < kStatuses.size(); ++i) {
      const std::string digits = std::to_string(rule.status[i]);
      out += std::string(kWidths[i] - std::min(kWidths[i], digits.size()), ' ') + digits;
    }
    const std::string would = std::to_string(rule.would);
    out += std::string(8 - std::min<size_t>(8, would.size()), ' ') + would + "  " + id + '\n';
  }
  append_counts(out, "blocked services", stats.services);
  append_counts(out, "blocked actors", stats.actors);
  append_counts(out, "the candidate would decide otherwise", stats.candidates);
  if (stats.records == 0) return;
  out += "\ndeciding took " + std::to_string(stats.time_ns(0.5)) + " ns (median), " +
         std::to_string(stats.time_ns(0.99)) + " ns (99 of 100), " + std::to_string(stats.times_ns.back()) +
         " ns (most)\n";
}

void append_json_counts(JsonWriter& json, std::string_view key, const Counts& counts) {
  json.key(key);
  json.open('{');
  for (const auto& [text, n] : most(counts)) {
    json.key(text);
    json.number(n);
  }
  json.close('}');
}

void append_json(std::string& out, const Stats& stats) {
  JsonWriter json(out);
  json.open('{');
  json.key("records");
  json.number(stats.records);
  json.member("first", stats.first);
  json.member("last", stats.last);
  append_json_counts(json, "outcomes", stats.outcomes);
  append_json_counts(json, "modes", stats.modes);
  append_json_counts(json, "kinds", stats.kinds);
  append_json_counts(json, "bundles", stats.bundles);
  json.key("rules");
  json.open('{');
  for (const auto& [id, rule] : stats.rules) {
    json.key(id);
    json.open('{');
    for (size_t i = 0; i < kStatuses.size(); ++i) {
      json.key(kStatuses[i]);
      json.number(rule.status[i]);
    }
    json.key("would_change");
    json.number(rule.would);
    json.close('}');
  }
  json.close('}');
  append_json_counts(json, "blocked_services", stats.services);
  append_json_counts(json, "blocked_actors", stats.actors);
  append_json_counts(json, "candidate_differs", stats.candidates);
  json.key("evaluation_ns");
  json.open('{');
  const std::pair<std::string_view, double> parts[] = {{"median", 0.5}, {"p99", 0.99}, {"max", 1.0}};
  for (const auto& [name, part] : parts) {
    json.key(name);
    json.number(stats.time_ns(part));
  }
  json.close('}');
  json.close('}');
  out += '\n';
}

}  // namespace

int log_stats(Arguments words) {
  std::vector<std::string> names;
  LogFilter filter;
  size_t form = 0;
  while (words.next()) {
    if (!words.is_option())
      names.push_back(words.word());
    else if (words.is("--format"))
      words.choice({"text", "json"}, form);
    else if (!filter.option(words))
      words.fail("`log stats` has no option `" + words.word() + "`");
  }
  if (names.empty()) words.fail("`log stats` needs a decision log");
  if (!words.ok()) return usage_error(words.problem());
  Stats stats;
  const Loaded<bool> read = read_records(names, [&](const log::RecordView& record) {
    if (filter.fits(record)) stats.count(record);
  });
  if (!read.ok()) return usage_error(read.error().message);
  std::sort(stats.times_ns.begin(), stats.times_ns.end());
  Output output;
  if (form == 0)
    append_text(output.buffer(), stats);
  else
    append_json(output.buffer(), stats);
  if (!output.flush()) return usage_error("cannot write to standard output");
  return static_cast<int>(Exit::Ok);
}

}  // namespace guardvm::tool
