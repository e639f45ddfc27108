// A decision as JSON, one line: the keys and their order are fixed in grammar/LANGUAGE.md, "The decision".
#include <string>

#include "decide/explain.hpp"
#include "decide/text.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

struct Printer {
  JsonWriter& json;
  Engine& engine;
  const Facts& facts;
  const Decision& decision;

  std::string_view text(format::Text t) const { return facts.text(t); }

  void reasons(const FiredRule& rule) {
    const format::EntryRow& entry = facts.view->Entries[rule.entry];
    json.key("because");
    json.open('[');
    if (entry.node != format::kNone) {
      const Truth truth = evaluate_node(facts, entry.node);
      for (const Reason& reason : sufficient(facts, entry.node, truth)) {
        const format::ConditionNode& node = facts.view->ConditionNodes[reason.node];
        json.open('{');
        json.member("condition", text(node.text));
        json.key("is");
        json.raw(reason.truth == Truth::True ? "true" : (reason.truth == Truth::False ? "false" : "null"));
        if (node.operand != format::kNone) {
          std::string value;
          append_value(value, facts, node.operand);
          json.member("attribute", text(facts.view->Operands[node.operand].text));
          json.member("value", value);
        }
        json.close('}');
      }
    }
    json.close(']');
  }

  void rule(const FiredRule& fired, bool explain) {
    const format::RuleRow& row = facts.view->Rules[fired.rule];
    const format::EntryRow& entry = facts.view->Entries[fired.entry];
    json.open('{');
    json.member("id", text(row.id));
    json.member("effect", effect_word(fired.effect));
    json.member("status", status_word(fired.status));
    json.key("by");
    if (fired.by_what == FiredRule::By::None)
      json.raw("null");
    else
      json.text(by_id(facts, fired));
    if (fired.status == Status::Excepted) {
      json.key("until");
      json.instant(excepted_until(facts, fired));
    }
    const bool has_met = fired.effect == format::Effect::Require || fired.effect == format::Effect::Hold ||
                         (fired.effect == format::Effect::Allow && entry.groups.count > 0);
    if (has_met) {
      json.key("met");
      json.boolean(fired.met);
    }
    if (fired.status == Status::Shadow || fired.status == Status::Advisory)
      json.member("would", outcome_word(fired.would));
    if (row.owner.size > 0) json.member("owner", text(row.owner));
    std::string message;
    append_message(message, facts, entry);
    json.member("message", message);
    if (explain) reasons(fired);
    json.close('}');
  }

  void approvals(const Engine::Missing& item) {
    json.member("kind", "approvals");
    json.key("any_of");
    json.open('[');
    const format::Range any = facts.view->RequirementGroups[item.index].alternatives;
    for (uint32_t a = 0; a < any.count; ++a) {
      const format::RequirementRow& row = facts.view->Requirements[facts.view->Indices[any.first + a]];
      json.open('{');
      json.key("needed");
      json.number(row.count - item.have[a]);
      json.key("have");
      json.number(item.have[a]);
      json.key("count");
      json.number(row.count);
      json.key("from");
      json.open('[');
      const format::Range from = facts.view->StringSets[row.from];
      for (uint32_t i = 0; i < from.count; ++i) json.text(text(facts.view->Strings[from.first + i]));
      json.close(']');
      if (row.within_ns >= 0) json.member("within", text(row.within_text));
      json.member("text", text(row.text));
      json.close('}');
    }
    json.close(']');
  }

  void missing() {
    json.key("missing");
    json.open('[');
    for (const Engine::Missing& item : engine.missing(decision)) {
      const format::EntryRow& entry = facts.view->Entries[item.entry];
      json.open('{');
      json.member("rule", text(facts.view->Rules[item.rule].id));
      switch (item.what) {
        case Engine::Missing::What::Approvals:
          approvals(item);
          break;
        case Engine::Missing::What::Until: {
          json.member("kind", "until");
          json.member("condition", node_text(facts, entry.until_node));
          json.key("opens");
          int64_t opens = 0;
          if (engine.opens(item.entry, opens))
            json.instant(opens);
          else
            json.raw("null");
          break;
        }
        case Engine::Missing::What::Signal:
          json.member("kind", "signal");
          json.member("signal", text(facts.view->Leaves[facts.kind->leaves.first + item.index].path));
          json.member("state", item.state == SignalState::Missing ? "missing" : "stale");
          break;
      }
      json.close('}');
    }
    json.close(']');
  }

  void obligations() {
    json.key("obligations");
    json.open('{');
    for (const auto& [name, values] : obligations_of(facts, decision)) {
      json.key(name);
      if (values.size() > 1) json.open('[');
      for (const std::string_view value : values) json.raw(value);
      if (values.size() > 1) json.close(']');
    }
    json.close('}');
  }

  void passes_from() {
    json.key("passes_from");
    int64_t instant_ns = 0;
    if (engine.passes_from(decision, instant_ns)) {
      json.instant(instant_ns);
    } else {
      json.raw("null");
    }
  }

  void nearest() {
    json.key("nearest");
    json.open('[');
    for (const Change& change : nearest_allowed(engine, decision)) {
      json.open('{');
      json.member("attribute", change.attribute);
      json.member(change_word(change.how), change.value);
      json.close('}');
    }
    json.close(']');
  }

  void decided(const JsonOptions& options) {
    json.key("rules");
    json.open('[');
    for (const FiredRule& fired : decision.rules) rule(fired, options.explain);
    json.close(']');
    missing();
    obligations();
    if (decision.break_glass_requested) {
      json.key("break_glass");
      json.open('[');
      for (const uint32_t glass : decision.break_glass) json.text(text(facts.view->BreakGlasses[glass].id));
      json.close(']');
    }
    if (decision.has_would) json.member("would", outcome_word(decision.would));
    if (options.explain && decision.outcome != Outcome::Allow) {
      passes_from();
      nearest();
    }
    if (!options.valid_until) return;
    json.key("valid_until");
    int64_t until = 0;
    if (engine.valid_until(decision, until))
      json.instant(until);
    else
      json.raw("null");
  }
};

}  // namespace

void append_decision_json(std::string& out, Engine& engine, const Decision& decision, const Action& action,
                          const JsonOptions& options) {
  JsonWriter json(out);
  json.open('{');
  json.member("decision", outcome_word(decision.outcome));
  json.key("kind");
  if (decision.kind_known)
    json.text(engine.bundle().text(engine.bundle().view().Kinds[decision.kind].name));
  else
    json.raw("null");
  json.key("default");
  json.boolean(decision.by_default);
  if (decision.outcome == Outcome::Error) {
    json.key("rules");
    json.raw("[]");
    json.key("missing");
    json.raw("[]");
    json.key("obligations");
    json.raw("{}");
    if (options.valid_until) {
      json.key("valid_until");
      json.raw("null");
    }
  } else {
    Printer{json, engine, engine.facts(), decision}.decided(options);
  }
  json.key("ignored");
  json.open('[');
  for (const std::string& pointer : action.ignored) json.text(pointer);
  json.close(']');
  json.key("error");
  if (decision.outcome == Outcome::Error) {
    json.open('{');
    json.member("code", error_word(decision.error.code));
    json.member("at", decision.error.at);
    json.member("message", decision.error.message);
    json.close('}');
  } else {
    json.raw("null");
  }
  json.member("bundle", engine.bundle().digest());
  json.close('}');
}

}  // namespace guardvm
