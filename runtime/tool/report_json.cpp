// A report as JSON: for other tools, such as what looks for the evidence of a promotion. LOG.md, "Report", has its
// keys.
#include "read/json_writer.hpp"
#include "read/values.hpp"
#include "tool/outcomes.hpp"
#include "tool/report.hpp"

namespace guardvm::tool {

namespace {

class Printer {
 public:
  explicit Printer(std::string& out) : json_(out) {}

  void report(const Report& report, const std::string& require, const std::vector<Verdict>& verdicts) {
    json_.open('{');
    number("records", report.records);
    json_.member("first", report.first);
    json_.member("last", report.last);
    number("dry_runs", report.dry_runs);
    json_.key("outcomes");
    outcomes(report.outcomes);
    json_.key("days");
    json_.open('{');
    for (const auto& [day, counts] : report.days) {
      json_.key(day);
      outcomes(counts);
    }
    json_.close('}');
    json_.key("bundles");
    json_.open('{');
    for (const auto& [digest, bundle] : report.bundles) {
      json_.key(digest);
      json_.open('{');
      number("records", bundle.records);
      number("days", bundle.days.size());
      json_.close('}');
    }
    json_.close('}');
    json_.key("rules");
    json_.open('[');
    for (const auto& [id, rule] : report.rules) this->rule(id, rule, report.facts(id));
    json_.close(']');
    candidate(report);
    counts("break_glass", report.broken_glass);
    holds(report);
    if (!require.empty()) required(require, verdicts);
    json_.close('}');
  }

 private:
  void number(std::string_view key, uint64_t n) {
    json_.key(key);
    json_.number(n);
  }
  void outcomes(const std::array<uint64_t, 4>& counts) {
    json_.open('{');
    for (const Outcome outcome : kOutcomes) number(outcome_word(outcome), counts[static_cast<size_t>(outcome)]);
    json_.close('}');
  }
  void counts(std::string_view key, const TextCounts& counts) {
    json_.key(key);
    json_.open('{');
    for (const auto& [text, n] : counts.most()) number(text, n);
    json_.close('}');
  }

  void rule(const std::string& id, const RuleReport& rule, const RuleFacts& facts) {
    json_.open('{');
    json_.member("id", id);
    json_.member("mode", rule.mode);
    json_.member("owner", rule.owner);
    number("fired_in_all", rule.fired);
    number("applied", rule.applied);
    for (const auto& [name, n] : facts) number(name, n);
    json_.key("would_block_days");
    json_.open('{');
    for (const auto& [day, n] : rule.would_block_days) number(day, n);
    json_.close('}');
    counts("would_block_services", rule.services);
    counts("would_block_actors", rule.actors);
    counts("lifted_by", rule.lifted_by);
    json_.close('}');
  }

  void candidate(const Report& report) {
    json_.key("candidate");
    if (report.candidate_records == 0) return json_.raw("null");
    json_.open('{');
    number("records", report.candidate_records);
    json_.key("changes");
    json_.open('[');
    for (const Outcome from : kOutcomes) {
      for (const Outcome to : kOutcomes) {
        const uint64_t n = report.candidate[static_cast<size_t>(from)][static_cast<size_t>(to)];
        if (n == 0 || from == to) continue;
        json_.open('{');
        json_.member("from", outcome_word(from));
        json_.member("to", outcome_word(to));
        number("count", n);
        json_.close('}');
      }
    }
    json_.close(']');
    json_.key("newly_allowed");
    json_.open('[');
    for (const CandidateExample& example : report.newly_allowed) {
      json_.open('{');
      number("record", example.sequence);
      json_.member("time", example.time);
      json_.member("kind", example.kind);
      json_.member("service", example.service);
      json_.member("actor", example.actor);
      json_.member("decided", example.was);
      json_.close('}');
    }
    json_.close(']');
    counts("newly_blocked_services", report.newly_blocked_services);
    json_.close('}');
  }

  void holds(const Report& report) {
    json_.key("holds");
    json_.open('{');
    number("without_wait", report.holds_without_wait);
    json_.key("waits");
    json_.open('[');
    for (const auto& [run, wait] : report.waits) {
      if (!wait.held) continue;
      json_.open('{');
      json_.member("run", run);
      json_.member("service", wait.service);
      json_.member("rules", wait.rules);
      json_.member("outcome", wait.outcome);
      number("seconds", static_cast<uint64_t>((wait.to_ns - wait.from_ns) / kSecond_ns));
      json_.close('}');
    }
    json_.close(']');
    json_.close('}');
  }

  void required(const std::string& require, const std::vector<Verdict>& verdicts) {
    json_.key("required");
    json_.open('{');
    json_.member("expression", require);
    json_.key("rules");
    json_.open('{');
    for (const Verdict& verdict : verdicts) {
      json_.key(verdict.rule);
      json_.boolean(verdict.holds);
    }
    json_.close('}');
    json_.close('}');
  }

  JsonWriter json_;
};

}  // namespace

void append_report_json(std::string& out, const Report& report, const std::string& require,
                        const std::vector<Verdict>& verdicts) {
  Printer(out).report(report, require, verdicts);
  out += '\n';
}

}  // namespace guardvm::tool
