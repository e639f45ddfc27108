// What a replay found, as text for people and as JSON. See LOG.md, "Replay", for the JSON.
#include <algorithm>

#include "read/json_writer.hpp"
#include "rehearse/columns.hpp"
#include "tool/outcomes.hpp"
#include "tool/replay.hpp"

namespace guardvm::tool {

namespace {

constexpr std::array<std::string_view, 4> kModes = {"off", "shadow", "advisory", "enforce"};  // format::Mode

struct NamedRule {
  std::string_view id, mode;
  RuleTally tally;
  [[nodiscard]] bool enforced() const { return mode == kModes[3]; }
};

// Those that fired: what stops or would stop most first.
std::vector<NamedRule> fired_rules(const ReplayResult& result, std::vector<std::string_view>& silent) {
  std::vector<NamedRule> list;
  for (size_t i = 0; i < result.tally.rules.size(); ++i) {
    const format::RuleRow& row = result.bundle.view().Rules[i];
    const NamedRule rule{result.bundle.text(row.id), kModes[static_cast<size_t>(row.mode)], result.tally.rules[i]};
    if (rule.tally.fired > 0)
      list.push_back(rule);
    else if (row.mode != format::Mode::Off)
      silent.push_back(rule.id);
  }
  const auto weight = [](const NamedRule& rule) { return rule.tally.stopped + rule.tally.would; };
  std::stable_sort(list.begin(), list.end(), [&](const NamedRule& a, const NamedRule& b) {
    return weight(a) != weight(b) ? weight(a) > weight(b) : a.tally.fired > b.tally.fired;
  });
  return list;
}

void append_outcomes(std::string& out, const ReplayTally& tally) {
  out += std::to_string(tally.actions) + (tally.actions == 1 ? " action: " : " actions: ");
  for (const Outcome outcome : kOutcomes) {
    if (outcome != Outcome::Allow) out += ", ";
    out += std::to_string(tally.outcomes[static_cast<size_t>(outcome)]) + ' ';
    out += outcome_word(outcome);
  }
  out += '\n';
  const auto left_out = [&out](uint64_t n, std::string_view why) {
    if (n > 0) out.append("left out, ").append(why).append(": ").append(std::to_string(n)) += '\n';
  };
  left_out(tally.left_out_unread, "records without an action, since it could not be read then");
  left_out(tally.left_out_replaced, "records with digests for values that the rules read");
  left_out(tally.left_out_other, "lines of a decision log that are no record");
  for (const auto& [code, n] : tally.errors.most()) out += "error " + code + ": " + std::to_string(n) + '\n';
}

void append_rules(std::string& out, const ReplayResult& result) {
  std::vector<std::string_view> silent;
  const std::vector<NamedRule> rules = fired_rules(result, silent);
  size_t width = 24;
  for (const NamedRule& rule : rules) width = std::max(width, rule.id.size() + 2);
  if (!rules.empty()) {
    out += '\n';
    pad_to(out, "rule", width);
    out += "mode         fired   stopped     alone  would stop\n";
  }
  for (const NamedRule& rule : rules) {
    pad_to(out, rule.id, width);
    pad_to(out, rule.mode, 8);
    out += right(rule.tally.fired, 10);
    out += rule.enforced() ? right(rule.tally.stopped, 10) + right(rule.tally.alone, 10) : "         -         -";
    out += rule.enforced() ? "           -" : right(rule.tally.would, 12);
    if (rule.tally.relax > 0) out += "   would let pass " + std::to_string(rule.tally.relax);
    out += '\n';
  }
  if (result.tally.would_all > 0)
    out += "with every shadow and advisory rule enforced: " + std::to_string(result.tally.would_all) +
           " more would have been stopped, or more strictly\n";
  if (silent.empty()) return;
  out += "never fired: ";
  for (size_t i = 0; i < silent.size(); ++i) {
    if (i > 0) out += ", ";
    out += silent[i];
  }
  out += '\n';
}

void append_example(std::string& out, const ReplayResult& result, const Example& example) {
  out += "      ";
  append_plain(out, result.inputs[example.input]);
  out += ':' + std::to_string(example.line) + "  ";
  append_plain(out, example.kind);
  if (!example.service.empty()) append_plain(out, " of " + example.service);
  if (!example.actor.empty()) append_plain(out, " by " + example.actor);
  append_plain(out, "  " + example.rules);
  if (!example.message.empty()) append_plain(out, ": " + example.message);
  out += '\n';
}

void append_changes(std::string& out, const ReplayResult& result) {
  const ReplayTally& tally = result.tally;
  if (tally.compared == 0) return;
  out += "\nchanges against ";
  out += result.against != nullptr ? "`" + result.settings.against + "`" : "what was decided then";
  if (tally.compared < tally.actions)
    out += " (" + std::to_string(tally.compared) + (tally.compared == 1 ? " action)" : " actions)");
  out += '\n';
  bool any = false;
  for (const Outcome from : kOutcomes) {
    for (const Outcome to : kOutcomes) {
      const auto row = static_cast<size_t>(from), column = static_cast<size_t>(to);
      if (from == to || tally.changes[row][column] == 0) continue;
      any = true;
      out += right(tally.changes[row][column], 10) + "  ";
      out.append(outcome_word(from)).append(" -> ").append(outcome_word(to)) += '\n';
      for (const Example& example : tally.examples[row][column]) append_example(out, result, example);
    }
  }
  if (!any) out += "      none\n";
}

void append_counts(std::string& out, std::string_view title, const TextCounts& counts, uint64_t top) {
  if (counts.empty()) return;
  out.append("  by ").append(title) += '\n';
  const auto list = counts.most();
  for (size_t i = 0; i < list.size() && i < top; ++i) {
    out += right(list[i].second, 10) + "  ";
    append_plain(out, list[i].first);
    out += '\n';
  }
  if (list.size() > top) out += "            … " + std::to_string(list.size() - top) + " more\n";
}

void append_json_counts(JsonWriter& json, std::string_view key, const TextCounts& counts, uint64_t top) {
  json.key(key);
  json.open('[');
  const auto list = counts.most();
  for (size_t i = 0; i < list.size() && i < top; ++i) {
    json.open('{');
    json.member("name", list[i].first);
    json.key("count");
    json.number(list[i].second);
    json.close('}');
  }
  json.close(']');
}

void append_json_rules(JsonWriter& json, const ReplayResult& result) {
  std::vector<std::string_view> silent;
  json.key("rules");
  json.open('[');
  for (const NamedRule& rule : fired_rules(result, silent)) {
    json.open('{');
    json.member("id", rule.id);
    json.member("mode", rule.mode);
    const std::pair<std::string_view, uint64_t> numbers[] = {{"fired", rule.tally.fired},
                                                             {"stopped", rule.tally.stopped},
                                                             {"stopped_alone", rule.tally.alone},
                                                             {"would_stop", rule.tally.would},
                                                             {"would_let_pass", rule.tally.relax}};
    for (const auto& [name, n] : numbers) {
      json.key(name);
      json.number(n);
    }
    json.close('}');
  }
  json.close(']');
  json.key("never_fired");
  json.open('[');
  for (const std::string_view id : silent) json.text(id);
  json.close(']');
}

void append_json_changes(JsonWriter& json, const ReplayResult& result) {
  json.key("changes");
  json.open('[');
  for (const Outcome from : kOutcomes) {
    for (const Outcome to : kOutcomes) {
      const auto row = static_cast<size_t>(from), column = static_cast<size_t>(to);
      if (from == to || result.tally.changes[row][column] == 0) continue;
      json.open('{');
      json.member("from", outcome_word(from));
      json.member("to", outcome_word(to));
      json.key("count");
      json.number(result.tally.changes[row][column]);
      json.key("examples");
      json.open('[');
      for (const Example& example : result.tally.examples[row][column]) {
        json.open('{');
        json.member("input", result.inputs[example.input]);
        json.key("line");
        json.number(example.line);
        json.member("kind", example.kind);
        json.member("service", example.service);
        json.member("actor", example.actor);
        json.member("rules", example.rules);
        json.member("message", example.message);
        json.close('}');
      }
      json.close(']');
      json.close('}');
    }
  }
  json.close(']');
}

}  // namespace

void append_replay_text(std::string& out, const ReplayResult& result) {
  const ReplayTally& tally = result.tally;
  append_outcomes(out, tally);
  append_rules(out, result);
  append_changes(out, result);
  if (tally.newly == 0) return;
  out += tally.compared > 0 ? "\nnewly blocked: " : "\nblocked: ";
  out += std::to_string(tally.newly) + '\n';
  append_counts(out, "service", tally.services, result.settings.top);
  append_counts(out, "actor", tally.actors, result.settings.top);
  append_counts(out, "rule", tally.by_rules, result.settings.top);
}

void append_replay_json(std::string& out, const ReplayResult& result) {
  const ReplayTally& tally = result.tally;
  JsonWriter json(out);
  json.open('{');
  json.member("bundle", result.bundle.digest());
  json.key("against");
  if (result.against != nullptr)
    json.text(result.against->digest());
  else
    json.raw(tally.compared > 0 ? "\"recorded\"" : "null");
  json.key("actions");
  json.number(tally.actions);
  json.key("outcomes");
  json.open('{');
  for (const Outcome outcome : kOutcomes) {
    json.key(outcome_word(outcome));
    json.number(tally.outcomes[static_cast<size_t>(outcome)]);
  }
  json.close('}');
  append_json_counts(json, "errors", tally.errors, UINT64_MAX);
  json.key("left_out");
  json.open('{');
  const std::pair<std::string_view, uint64_t> left_out[] = {
      {"unread", tally.left_out_unread}, {"replaced", tally.left_out_replaced}, {"no_record", tally.left_out_other}};
  for (const auto& [name, n] : left_out) {
    json.key(name);
    json.number(n);
  }
  json.close('}');
  append_json_rules(json, result);
  json.key("would_stop_all");
  json.number(tally.would_all);
  json.key("compared");
  json.number(tally.compared);
  append_json_changes(json, result);
  json.key(tally.compared > 0 ? "newly_blocked" : "blocked");
  json.open('{');
  json.key("count");
  json.number(tally.newly);
  append_json_counts(json, "services", tally.services, result.settings.top);
  append_json_counts(json, "actors", tally.actors, result.settings.top);
  append_json_counts(json, "rules", tally.by_rules, result.settings.top);
  json.close('}');
  json.close('}');
  out += '\n';
}

}  // namespace guardvm::tool
