// A decision as text for people: the outcome, each rule that fired, what is missing, and until when it holds.
#include <algorithm>
#include <string>

#include "decide/explain.hpp"
#include "decide/text.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

void pad(std::string& out, std::string_view text, size_t width) {
  out += text;
  out.append(text.size() < width ? width - text.size() : 1, ' ');
}

// Before the message of a rule that matches only because its condition is unknown: which signals would have to be fresh
// to settle it. The message alone would read as a fact.
void append_unknown(std::string& out, const Facts& facts, const format::EntryRow& entry) {
  if (entry.node == format::kNone || evaluate_node(facts, entry.node) != Truth::Unknown) return;
  std::string signals;
  for (uint32_t i = 0; i < entry.signals.count; ++i) {
    const uint32_t leaf = facts.view->Indices[entry.signals.first + i];
    const Slot& slot = facts.leaf(leaf);
    const auto state = static_cast<SignalState>(slot.state);
    if (state == SignalState::Fresh) continue;
    signals += signals.empty() ? "" : ", ";
    signals += facts.text(facts.view->Leaves[facts.kind->leaves.first + leaf].path);
    if (state == SignalState::Missing) {
      signals += " is missing";
    } else {
      signals += " is stale (as of ";
      append_timestamp(signals, slot.number);
      signals += ')';
    }
  }
  if (!signals.empty()) out.append("not known, ").append(signals).append(": ");
}

void line_rule(std::string& out, const Facts& facts, const FiredRule& rule) {
  const format::View& view = *facts.view;
  const format::RuleRow& row = view.Rules[rule.rule];
  out += "  ";
  pad(out, effect_word(rule.effect), 8);
  std::string status(status_word(rule.status));
  const bool has_met = rule.effect == format::Effect::Require || rule.effect == format::Effect::Hold || !rule.met;
  if (rule.status == Status::Applied && has_met) status = rule.met ? "met" : "unmet";
  pad(out, status, 11);
  pad(out, facts.text(row.id), 36);
  append_unknown(out, facts, view.Entries[rule.entry]);
  append_message(out, facts, view.Entries[rule.entry]);
  out += '\n';
  const auto detail = [&out](std::string_view text) {
    out.append(21, ' ');
    out += text;
    out += '\n';
  };
  if (rule.by_what != FiredRule::By::None) {
    std::string by = rule.status == Status::Excepted ? "excepted by " : "overridden by ";
    by += by_id(facts, rule);
    if (rule.status == Status::Excepted) {
      by += " until ";
      append_timestamp(by, excepted_until(facts, rule));
    }
    detail(by);
  }
  if (rule.status == Status::Shadow || rule.status == Status::Advisory) {
    detail(std::string("the outcome would be ").append(outcome_word(rule.would)));
  }
  if (row.owner.size > 0) detail(std::string("owner ").append(facts.text(row.owner)));
}

void line_reasons(std::string& out, const Facts& facts, const FiredRule& rule) {
  const format::EntryRow& entry = facts.view->Entries[rule.entry];
  if (entry.node == format::kNone) return;
  for (const Reason& reason : sufficient(facts, entry.node, evaluate_node(facts, entry.node))) {
    const format::ConditionNode& node = facts.view->ConditionNodes[reason.node];
    out.append(21, ' ');
    out += reason.truth == Truth::True ? "because "
                                       : (reason.truth == Truth::False ? "because not " : "because unknown: ");
    out += facts.text(node.text);
    if (node.operand != format::kNone) {
      out += "   [";
      out += facts.text(facts.view->Operands[node.operand].text);
      out += " is ";
      append_value(out, facts, node.operand);
      out += ']';
    }
    out += '\n';
  }
}

void line_missing(std::string& out, Engine& engine, const Engine::Missing& item) {
  const Facts& facts = engine.facts();
  const format::View& view = *facts.view;
  out += "  missing ";
  switch (item.what) {
    case Engine::Missing::What::Approvals: {
      const format::Range any = view.RequirementGroups[item.index].alternatives;
      for (uint32_t a = 0; a < any.count; ++a) {
        const format::RequirementRow& row = view.Requirements[view.Indices[any.first + a]];
        if (a > 0) out += ", or ";
        out += facts.text(row.text);
        out += " (" + std::to_string(item.have[a]) + " given)";
      }
      break;
    }
    case Engine::Missing::What::Until: {
      out += node_text(facts, view.Entries[item.entry].until_node);
      int64_t opens = 0;
      if (engine.opens(item.entry, opens)) {
        out += ": opens ";
        append_timestamp(out, opens);
      } else {
        out += ": time alone does not open it";
      }
      break;
    }
    case Engine::Missing::What::Signal:
      out += "a fresh value of signal ";
      out += facts.text(view.Leaves[facts.kind->leaves.first + item.index].path);
      out += item.state == SignalState::Missing ? " (it is missing)" : " (it is stale)";
      break;
  }
  out += "   [";
  out += facts.text(view.Rules[item.rule].id);
  out += "]\n";
}

void lines_explain(std::string& out, Engine& engine, const Decision& decision) {
  if (decision.outcome == Outcome::Allow) return;
  int64_t passes_ns = 0;
  if (engine.passes_from(decision, passes_ns)) {
    out += "  waiting: it would pass from ";
    append_timestamp(out, passes_ns);
    out += " on, as things stand\n";
  }
  const std::vector<Change> changes = nearest_allowed(engine, decision);
  if (changes.empty()) {
    out += "  nearest: nothing was found that differs in one or two attributes and passes\n";
    return;
  }
  out += "  nearest: this passes: the same with";
  for (size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    out += i == 0 ? " " : " and ";
    out += change.attribute;
    if (change.how == Change::How::Set) out += " = " + change.value;
    if (change.how == Change::How::Add) out += " also having " + change.value;
    if (change.how == Change::How::Remove) out += " without " + change.value;
    if (change.how == Change::How::Clear) out += " empty";
  }
  out += '\n';
}

}  // namespace

void append_decision_text(std::string& out, Engine& engine, const Decision& decision, const Action& action,
                          const JsonOptions& options) {
  out += outcome_word(decision.outcome);
  const Facts& facts = engine.facts();
  if (decision.kind_known) {
    out += ' ';
    out += engine.bundle().text(engine.bundle().view().Kinds[decision.kind].name);
  }
  if (decision.by_default) out += "   (by default: no applied rule decides)";
  out += '\n';
  if (decision.outcome == Outcome::Error) {
    out += "  error ";
    out += error_word(decision.error.code);
    if (!decision.error.at.empty()) out += " at " + decision.error.at;
    out += ": " + decision.error.message + "\n";
  } else {
    for (const FiredRule& rule : decision.rules) {
      line_rule(out, facts, rule);
      if (options.explain) line_reasons(out, facts, rule);
    }
    for (const Engine::Missing& item : engine.missing(decision)) line_missing(out, engine, item);
    for (const uint32_t glass : decision.break_glass) {
      out += "  break-glass ";
      out += facts.text(facts.view->BreakGlasses[glass].id);
      out += " is active\n";
    }
    if (decision.break_glass_requested && decision.break_glass.empty())
      out += "  break-glass was asked for, and none applies\n";
    for (const auto& [name, values] : obligations_of(facts, decision)) {
      for (const std::string_view value : values)
        out.append("  oblige ").append(name).append(" = ").append(value) += '\n';
    }
    if (decision.has_would) {
      out += "  with every shadow and advisory rule enforced: ";
      out += outcome_word(decision.would);
      out += '\n';
    }
    if (options.explain) lines_explain(out, engine, decision);
    int64_t until = 0;
    if (options.valid_until && engine.valid_until(decision, until)) {
      out += "  valid until ";
      append_timestamp(out, until);
      out += '\n';
    }
  }
  for (const std::string& pointer : action.ignored) out += "  ignored " + pointer + ": the schema does not know it\n";
}

}  // namespace guardvm
