// The reference evaluator: from a record to the decision's JSON; see reference.hpp.
#include "reference.hpp"

#include "message.hpp"
#include "text_forms.hpp"

namespace guard::reference {
namespace {

using check::Effect;

std::string wide_timestamp(Wide ns) { return timestamp_text(ns > INT64_MAX ? INT64_MAX : static_cast<int64_t>(ns)); }

std::string string_list(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const std::string& text : list) out += (out.size() > 1 ? "," : "") + json_string(text);
  return out + "]";
}

std::string constant_json(const check::PolicySet& set, const check::Constant& constant) {
  Value value;
  value.number = constant.number;
  value.text = constant.text;
  const std::string text = value_text(set, constant.type, value);
  using check::TypeKind;
  const TypeKind kind = constant.type.kind;
  return kind == TypeKind::Bool || kind == TypeKind::Int || kind == TypeKind::Decimal ? text : json_string(text);
}

std::string obligations_json(const check::PolicySet& set, const Ruling& ruling) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_name;
  const auto add = [&](const std::vector<check::Obligation>& obligations) {
    for (const check::Obligation& obligation : obligations) {
      size_t at = 0;
      while (at < by_name.size() && by_name[at].first != obligation.name) ++at;
      if (at == by_name.size()) by_name.push_back({obligation.name, {}});
      const std::string value = constant_json(set, obligation.value);
      bool known = false;
      for (const std::string& other : by_name[at].second) known = known || other == value;
      if (!known) by_name[at].second.push_back(value);
    }
  };
  for (const Fired& fired : ruling.fired)
    if (fired.status == Status::Applied) add(fired.rule->obligations);
  for (const check::BreakGlass* glass : ruling.break_glass) add(glass->obligations);
  std::string out = "{";
  for (const auto& [name, values] : by_name) {
    out += (out.size() > 1 ? "," : "") + json_string(name) + ":";
    if (values.size() == 1) {
      out += values[0];
      continue;
    }
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : ",") + value;
    out += "[" + list + "]";
  }
  return out + "}";
}

std::string rule_json(const Evaluation& evaluation, const Fired& fired) {
  std::string out = "{\"id\":" + json_string(fired.rule->id) + ",\"effect\":\"" + effect_word(fired.effect) +
                    "\",\"status\":\"" + status_word(fired.status) +
                    "\",\"by\":" + (fired.by.empty() ? "null" : json_string(fired.by));
  if (fired.until_ns) out += ",\"until\":\"" + wide_timestamp(*fired.until_ns) + "\"";
  if (fired.can_be_unmet) out += std::string(",\"met\":") + (fired.met ? "true" : "false");
  if (fired.status == Status::Shadow || fired.status == Status::Advisory)
    out += std::string(",\"would\":\"") + outcome_word(fired.would) + "\"";
  if (!fired.rule->owner.empty()) out += ",\"owner\":" + json_string(fired.rule->owner);
  return out + ",\"message\":" + json_string(render_message(evaluation, *fired.on)) + "}";
}

std::string alternative_json(const Evaluation& evaluation, check::RequirementId id) {
  const check::Requirement& requirement = evaluation.set().requirements[static_cast<uint32_t>(id)];
  const uint32_t have = evaluation.approvals(id).have;
  std::string out = "{\"needed\":" + std::to_string(requirement.count - have) + ",\"have\":" + std::to_string(have) +
                    ",\"count\":" + std::to_string(requirement.count) + ",\"from\":" + string_list(requirement.from);
  if (requirement.within_ns) out += ",\"within\":" + json_string(duration_text(*requirement.within_ns));
  return out + ",\"text\":" + json_string(requirement.text) + "}";
}

}  // namespace

Evaluator::Evaluator(const check::PolicySet& set) : set_(set), reader_(set) {}

WindowTimeline& Evaluator::timeline(check::KindId kind) {
  const auto found = timelines_.find(kind);
  if (found != timelines_.end()) return found->second;
  return timelines_.emplace(kind, WindowTimeline(set_, kind)).first->second;
}

Record Evaluator::read(std::string_view record_json, const Options& options) const {
  return reader_.read(record_json, options);
}

Evaluation Evaluator::evaluation(const Record& record) const {
  const check::Kind& kind = set_.kinds[static_cast<uint32_t>(*record.kind)];
  return Evaluation(set_, kind, record.values, record.values[static_cast<uint32_t>(kind.now)].number);
}

std::string Evaluator::opens_json(const Evaluation& evaluation, const check::Condition& until) {
  // Where windows are used, every decision after the horizon is an error: nothing opens there.
  const check::KindId kind = kind_id(set_, evaluation.kind());
  const Wide end = kind_uses_windows(set_, kind) ? Wide(set_.horizon_to_ns) : Wide(last_instant()) + 1;
  const std::optional<int64_t> opens = earliest_later(
      evaluation, timeline(kind), end, [&](const Evaluation& later) { return later.truth(until) == Truth::True; });
  return opens ? "\"" + timestamp_text(*opens) + "\"" : "null";
}

std::string Evaluator::missing_json(const Evaluation& evaluation, const Ruling& ruling, bool with_opens) {
  std::string out;
  const auto add = [&](const Fired& fired, const std::string& rest) {
    out += (out.empty() ? "" : ",") + ("{\"rule\":" + json_string(fired.rule->id)) + rest + "}";
  };
  if (ruling.error || ruling.outcome != Outcome::Hold) return "[]";
  for (const Fired& fired : ruling.fired) {
    if (fired.status != Status::Applied || !fired.can_be_unmet || fired.met) continue;
    if (fired.degraded) {
      for (check::LeafId signal : fired.on->signals) {
        const check::SignalState state = evaluation.signal_state(signal);
        if (state == check::SignalState::Fresh) continue;
        add(fired, ",\"kind\":\"signal\",\"signal\":" +
                       json_string(evaluation.kind().leaves[static_cast<uint32_t>(signal)].path) + ",\"state\":\"" +
                       (state == check::SignalState::Missing ? "missing" : "stale") + "\"");
      }
      continue;
    }
    if (fired.effect == Effect::Hold) {
      std::string rest = ",\"kind\":\"until\",\"condition\":" + json_string(fired.on->until->text);
      if (with_opens) rest += ",\"opens\":" + opens_json(evaluation, *fired.on->until);
      add(fired, rest);
      continue;
    }
    for (const std::vector<check::RequirementId>& group : fired.on->requirements) {
      bool met = false;
      std::string any_of;
      for (check::RequirementId id : group) {
        met = met || evaluation.approvals(id).met;
        any_of += (any_of.empty() ? "" : ",") + alternative_json(evaluation, id);
      }
      if (!met) add(fired, ",\"kind\":\"approvals\",\"any_of\":[" + any_of + "]");
    }
  }
  return "[" + out + "]";
}

std::string Evaluator::essence(const Evaluation& evaluation, const Ruling& ruling) {
  if (ruling.error) return "error";
  std::string out;
  for (const Fired& fired : ruling.fired)
    out += fired.rule->id + " " + effect_word(fired.effect) + " " + status_word(fired.status) + " " + fired.by + "\n";
  return out + missing_json(evaluation, ruling, false);
}

std::string Evaluator::to_json(const Record& record, const Evaluation& evaluation, const Ruling& ruling,
                               const Options& options) {
  std::string rules;
  for (const Fired& fired : ruling.fired) rules += (rules.empty() ? "" : ",") + rule_json(evaluation, fired);
  std::string out = std::string("{\"decision\":\"") + outcome_word(ruling.outcome) +
                    "\",\"kind\":" + json_string(evaluation.kind().name) +
                    ",\"default\":" + (ruling.by_default ? "true" : "false") + ",\"rules\":[" + rules +
                    "],\"missing\":" + missing_json(evaluation, ruling, true) +
                    ",\"obligations\":" + obligations_json(set_, ruling);
  const check::LeafId glass = evaluation.kind().break_glass;
  if (glass != check::kNoLeaf && evaluation.values()[static_cast<uint32_t>(glass)].present) {
    std::vector<std::string> ids;
    for (const check::BreakGlass* active : ruling.break_glass) ids.push_back(active->id);
    out += ",\"break_glass\":" + string_list(ids);
  }
  if (ruling.would) out += std::string(",\"would\":\"") + outcome_word(*ruling.would) + "\"";
  if (options.with_valid_until) {
    const std::string today = essence(evaluation, ruling);
    const std::optional<int64_t> change =
        earliest_later(evaluation, timeline(*record.kind), Wide(last_instant()) + 1,
                       [&](const Evaluation& later) { return essence(later, make_ruling(later)) != today; });
    out += ",\"valid_until\":" + (change ? "\"" + timestamp_text(*change) + "\"" : "null");
  }
  return out + ",\"ignored\":" + string_list(record.ignored) +
         ",\"error\":null,\"bundle\":" + json_string(options.bundle_digest) + "}";
}

std::string Evaluator::decide(std::string_view record_json, const Options& options, Trace* trace) {
  const Record record = read(record_json, options);
  if (trace) {
    trace->record = record;
    trace->evaluation.reset();
    trace->ruling.reset();
    trace->error = record.error ? record.error->code : "";
  }
  std::optional<RecordError> error = record.error;
  if (!error) {
    const Evaluation at = evaluation(record);
    const Ruling ruling = make_ruling(at);
    if (trace) {
      trace->evaluation.emplace(at);
      trace->ruling = ruling;
      trace->error = ruling.error.value_or("");
    }
    if (!ruling.error) return to_json(record, at, ruling, options);
    error = RecordError{*ruling.error, ""};
  }
  const std::string kind = record.kind ? json_string(set_.kinds[static_cast<uint32_t>(*record.kind)].name) : "null";
  return "{\"decision\":\"error\",\"kind\":" + kind +
         ",\"default\":false,\"rules\":[],\"missing\":[],\"obligations\":{}" +
         (options.with_valid_until ? ",\"valid_until\":null" : "") + ",\"ignored\":" + string_list(record.ignored) +
         ",\"error\":{\"code\":\"" + error->code + "\",\"at\":" + json_string(error->at) +
         ",\"message\":\"\"},\"bundle\":" + json_string(options.bundle_digest) + "}";
}

std::string decide(const check::PolicySet& set, std::string_view record_json, const Options& options) {
  return Evaluator(set).decide(record_json, options);
}

}  // namespace guard::reference
