// Messages of rules; see message.hpp.
#include "message.hpp"

#include <vector>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

using check::Condition;
using check::TypeKind;

std::string enum_word(const check::PolicySet& set, check::EnumId id, int64_t word) {
  return set.enums[static_cast<uint32_t>(id)].words[static_cast<size_t>(word)];
}

std::string set_text(const check::PolicySet& set, const check::Type& type, const Value& value) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  bool first = true;
  for (const std::string& text : value.texts) {
    if (!first) out += ", ";
    out += text;
    first = false;
  }
  for (int64_t number : value.numbers)
    add(type.element == TypeKind::Enum ? enum_word(set, type.enum_id, number) : std::to_string(number));
  return value.texts.empty() && value.numbers.empty() ? "none" : out;
}

// The quantifiers from the root to one of them, each with whether its truth helps (true) or hinders the whole.
struct Step {
  const Condition* quantifier;
  bool helps;
};

bool find_quantifier(const Condition& c, uint32_t number, bool helps, uint32_t& seen, std::vector<Step>& path) {
  const bool quantifier = is_quantifier(c);
  if (quantifier) {
    path.push_back({&c, helps});
    if (seen++ == number) return true;
  }
  const bool child_helps = c.kind == Condition::Kind::Not || c.kind == Condition::Kind::AtMost ? !helps : helps;
  for (const Condition& child : c.children)
    if (find_quantifier(child, number, child_helps, seen, path)) return true;
  if (quantifier) path.pop_back();
  return false;
}

// The first scope whose body is surely `wanted`; if none, the first whose body may be.
bool witness(const Evaluation& evaluation, const Condition& quantifier, bool wanted, const Scope& outer,
             std::vector<Value>& storage, Scope& out) {
  const std::vector<Scope> scopes = evaluation.scopes(quantifier, outer, storage);
  const Truth sure = wanted ? Truth::True : Truth::False;
  for (const Truth accepted : {sure, Truth::Unknown})
    for (const Scope& scope : scopes)
      if (evaluation.truth(quantifier.children[0], scope) == accepted) {
        out = scope;
        return true;
      }
  return false;
}

std::string operand_text(const Evaluation& evaluation, const check::Operand& operand, const Scope& scope) {
  Value storage;
  const Read read = evaluation.read(operand, scope, storage);
  switch (read.state) {
    case Read::State::Absent:
      return "(absent)";
    case Read::State::Missing:
      return "(missing)";
    case Read::State::Stale:
      return "(stale)";
    case Read::State::There:
      return value_text(evaluation.set(), operand.type, *read.value);
  }
  return "";
}

std::string element_text(const Evaluation& evaluation, const check::RuleOnKind& rule, const check::MessagePart& part) {
  std::vector<Step> path;
  uint32_t seen = 0;
  if (!find_quantifier(rule.condition, part.quantifier, true, seen, path)) return "(none)";
  Scope scope;
  std::vector<std::vector<Value>> storage(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    const bool wanted = i + 1 == path.size() ? part.witness_is : path[i].helps;
    if (!witness(evaluation, *path[i].quantifier, wanted, scope, storage[i], scope)) return "(none)";
  }
  return operand_text(evaluation, part.operand, scope);
}

}  // namespace

std::string value_text(const check::PolicySet& set, const check::Type& type, const Value& value) {
  switch (type.kind) {
    case TypeKind::Bool:
      return value.number != 0 ? "true" : "false";
    case TypeKind::Int:
      return std::to_string(value.number);
    case TypeKind::Decimal:
      return decimal_text(value.number, type.scale);
    case TypeKind::String:
    case TypeKind::Version:
      return value.text;
    case TypeKind::Enum:
      return enum_word(set, type.enum_id, value.number);
    case TypeKind::Timestamp:
      return timestamp_text(value.number);
    case TypeKind::Duration:
      return duration_text(value.number);
    case TypeKind::Set:
      return set_text(set, type, value);
    case TypeKind::List:
    case TypeKind::Presence:
    case TypeKind::Signal:
      break;
  }
  return "";
}

std::string render_message(const Evaluation& evaluation, const check::RuleOnKind& rule) {
  std::string out;
  for (const check::MessagePart& part : rule.message) {
    switch (part.kind) {
      case check::MessagePart::Kind::Literal:
        out += part.text;
        break;
      case check::MessagePart::Kind::Value:
        out += operand_text(evaluation, part.operand, {});
        break;
      case check::MessagePart::Kind::Element:
        out += element_text(evaluation, rule, part);
        break;
    }
  }
  return out;
}

}  // namespace guard::reference
