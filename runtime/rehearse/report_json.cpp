// A report as JSON; REPORT.md has its names.
#include "read/json_writer.hpp"
#include "rehearse/parts.hpp"

namespace guardvm::rehearse {

namespace {
constexpr std::array kStatuses = {Status::Applied, Status::Overridden, Status::Excepted, Status::Shadow,
                                  Status::Advisory};

class Writer {
 public:
  Writer(std::string& out, const Report& report) : json_(out), report_(report), rehearsal_(report.rehearsal) {}

  void run() {
    json_.open('{');
    number("report", 1);
    list("logs", report_.logs, [this](const ReadLog& log) {
      json_.member("log", log.name);
      number("records", log.records);
      number("first", log.first);
      number("last", log.last);
      json_.member("head", log.head);
      number("pinned", log.pinned);
    });
    json_.key("asked");
    json_.open('{');
    instant("since", report_.since_ns);
    instant("until", report_.until_ns);
    text_or_null("mode", report_.mode);
    json_.close('}');
    period(rehearsal_.period());
    number("records", rehearsal_.records());
    number("actions", rehearsal_.actions());
    number("dry_runs", rehearsal_.dry_runs());
    json_.key("outcomes");
    json_.open('{');
    outcomes(rehearsal_.outcomes());
    json_.close('}');
    number("would_block_all", rehearsal_.would_block_all());
    bundles();
    list("days", rehearsal_.days(), [this](const auto& day) {
      json_.member("day", day_text(day.first));
      outcomes(day.second.outcomes);
      number("would_block", day.second.would_block);
    });
    list("rules", rehearsal_.rules(), [this](const auto& rule) { this->rule(rule.first, rule.second); });
    never_fired();
    list("candidates", rehearsal_.candidates(), [this](const auto& one) { candidate(one.first, one.second); });
    holds();
    broken_through();
    requirement();
    json_.close('}');
  }

 private:
  void number(std::string_view key, uint64_t n) {
    json_.key(key);
    json_.number(n);
  }
  void instant(std::string_view key, const std::optional<int64_t>& ns) {
    json_.key(key);
    if (ns)
      json_.instant(*ns);
    else
      json_.raw("null");
  }
  void text_or_null(std::string_view key, std::string_view text) {
    json_.key(key);
    if (text.empty())
      json_.raw("null");
    else
      json_.text(text);
  }
  void period(const Period& period) {
    const bool some = !period.empty();
    instant("first", some ? std::optional(period.first_ns) : std::nullopt);
    instant("last", some ? std::optional(period.last_ns) : std::nullopt);
  }
  // An array of objects.
  template <typename List, typename Members>
  void list(std::string_view key, const List& items, const Members& members) {
    json_.key(key);
    json_.open('[');
    for (const auto& item : items) {
      json_.open('{');
      members(item);
      json_.close('}');
    }
    json_.close(']');
  }
  void counts(std::string_view key, const TextCounts& counts) {
    list(key, counts.most(), [this](const auto& one) {
      json_.member("name", one.first);
      number("count", one.second);
    });
  }
  void outcomes(const std::array<uint64_t, 4>& counts) {
    for (const Outcome outcome : kOutcomes) number(outcome_word(outcome), counts[static_cast<size_t>(outcome)]);
  }
  void occasions(std::string_view key, const std::vector<Occasion>& occasions) {
    list(key, occasions, [this](const Occasion& one) {
      number("record", one.sequence);
      json_.key("time");
      json_.instant(one.time_ns);
      text_or_null("service", one.service);
      text_or_null("actor", one.actor);
      json_.member("from", outcome_word(one.from));
      json_.member("to", outcome_word(one.to));
      json_.member("rules", one.rules);
      json_.member("message", one.message);
    });
  }

  void bundles() {
    list("bundles", rehearsal_.bundles(), [this](const BundleUse& use) {
      json_.member("bundle", use.digest);
      number("actions", use.actions);
      period(use.period);
      json_.key("known");
      json_.boolean(use.known != nullptr);
    });
  }

  void rule(const std::string& id, const RuleHistory& rule) {
    json_.member("id", id);
    json_.member("mode", rule.mode);
    text_or_null("effect", rule.effect);
    text_or_null("owner", rule.owner);
    number("fired", rule.fired);
    for (const Status status : kStatuses) number(status_word(status), rule.statuses[static_cast<size_t>(status)]);
    number("blocked", rule.blocked);
    list("lifted", rule.lifted, [this](const auto& one) {
      json_.member("status", one.first.first);
      json_.member("by", one.first.second);
      number("actions", one.second);
    });
    json_.key("rehearsal");
    if (rule.rehearsed())
      rehearsed(rule);
    else
      json_.raw("null");
  }
  void rehearsed(const RuleHistory& rule) {
    json_.open('{');
    period(rehearsal_.rehearsed_period(rule));
    json_.key("measures");
    json_.open('{');
    for (const MeasureInfo& info : kMeasures) {
      json_.key(info.name);
      const Value value = rehearsal_.measure(rule, info.measure);
      json_.raw(value.under == 0 ? "null" : value_text(value));
    }
    json_.close('}');
    json_.key("bundles");
    json_.open('[');
    for (const uint32_t bundle : rule.bundles) json_.text(rehearsal_.bundles()[bundle].digest);
    json_.close(']');
    list("days", rule.days, [this](const auto& day) {
      json_.member("day", day_text(day.first));
      number("fired", day.second.fired);
      number("would_block", day.second.would_block);
    });
    counts("services", rule.services);
    counts("actors", rule.actors);
    list("repeated", repeated(rule), [this](const auto& one) {
      text_or_null("service", one.first.first);
      text_or_null("actor", one.first.second);
      number("count", one.second.count);
      period(one.second.period);
    });
    occasions("examples", rule.examples);
    json_.close('}');
  }

  void never_fired() {
    if (!rehearsal_.never_fired()) {
      json_.key("never_fired");
      json_.raw("null");
      return;
    }
    list("never_fired", *rehearsal_.never_fired(), [this](const Pair& rule) {
      json_.member("id", rule.first);
      json_.member("mode", rule.second);
    });
  }

  void candidate(const std::string& digest, const CandidateHistory& history) {
    json_.member("bundle", digest);
    number("compared", history.compared);
    json_.key("changes");
    json_.open('[');
    for (const Outcome from : kOutcomes) {
      for (const Outcome to : kOutcomes) {
        const uint64_t n = history.changes[static_cast<size_t>(from)][static_cast<size_t>(to)];
        if (from == to || n == 0) continue;
        json_.open('{');
        json_.member("from", outcome_word(from));
        json_.member("to", outcome_word(to));
        number("count", n);
        json_.close('}');
      }
    }
    json_.close(']');
    json_.key("newly_blocked");
    json_.open('{');
    number("count", history.newly_blocked);
    counts("services", history.services);
    counts("actors", history.actors);
    counts("rules", history.rules);
    occasions("examples", history.blocked_examples);
    json_.close('}');
    json_.key("newly_allowed");
    json_.open('{');
    number("count", history.newly_allowed);
    occasions("examples", history.allowed_examples);
    json_.close('}');
  }

  void holds() {
    const Holds& holds = rehearsal_.holds();
    json_.key("holds");
    json_.open('{');
    number("actions", holds.held);
    counts("rules", holds.rules);
    number("waited", holds.runs.size());
    number("released", holds.released());
    number("median_wait_ns", static_cast<uint64_t>(holds.median_wait_ns()));
    list("runs", holds.runs, [this](const Run& run) {
      json_.member("run", run.id);
      text_or_null("service", run.service);
      text_or_null("actor", run.actor);
      json_.member("rules", run.rules);
      period(run.period);
      number("tries", run.tries);
      number("wait_ns", static_cast<uint64_t>(wait_ns(run)));
      json_.member("outcome", outcome_word(run.end));
    });
    json_.close('}');
  }

  void broken_through() {
    const BreakGlass& glass = rehearsal_.break_glass();
    json_.key("break_glass");
    json_.open('{');
    number("used", glass.used);
    number("refused", glass.refused);
    counts("by", glass.by);
    list("occasions", glass.occasions, [this](const Occasion& one) {
      number("record", one.sequence);
      json_.key("time");
      json_.instant(one.time_ns);
      text_or_null("service", one.service);
      text_or_null("actor", one.actor);
      json_.member("outcome", outcome_word(one.to));
      json_.member("by", one.message);
      json_.member("lifted", one.rules);
    });
    json_.close('}');
  }

  void requirement() {
    json_.key("requirement");
    if (!report_.requirement) {
      json_.raw("null");
      return;
    }
    json_.open('{');
    json_.member("expression", report_.requirement->text());
    json_.key("met");
    json_.boolean(report_.met());
    list("rules", report_.judged, [this](const Judged& judged) {
      json_.member("id", judged.rule);
      json_.key("met");
      json_.boolean(judged.verdict.met);
      json_.key("lacks");
      json_.open('[');
      for (const std::string& lack : judged.verdict.lacks) json_.text(lack);
      json_.close(']');
    });
    json_.close('}');
  }

  JsonWriter json_;
  const Report& report_;
  const Rehearsal& rehearsal_;
};

}  // namespace

void append_json(std::string& out, const Report& report) {
  Writer(out, report).run();
  out += '\n';
}

}  // namespace guardvm::rehearse
