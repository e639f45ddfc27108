// Values and messages.
#include "decide/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "read/values.hpp"

namespace guardvm {
namespace {

using format::Type;

void append_scalar(std::string& out, const Facts& facts, Type type, uint8_t scale, uint32_t enum_id, const Slot& slot) {
  switch (type) {
    case Type::Bool:
      out += slot.number != 0 ? "true" : "false";
      return;
    case Type::Int:
      out += std::to_string(slot.number);
      return;
    case Type::Decimal:
      append_decimal(out, slot.number, scale);
      return;
    case Type::String:
    case Type::Version:
      out += slot.string();
      return;
    case Type::Enum: {
      const format::Range words = facts.view->Enums[enum_id].words;
      out += facts.text(facts.view->Strings[words.first + static_cast<uint32_t>(slot.number)]);
      return;
    }
    case Type::Timestamp:
      append_timestamp(out, slot.number);
      return;
    case Type::Duration:
      append_duration(out, slot.number);
      return;
    case Type::Set:
    case Type::List:
    case Type::Presence:
    case Type::Signal:
      return;  // Not scalars.
  }
}

void append_set(std::string& out, const Facts& facts, const format::OperandRow& operand, const Value& value) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ", ";
    first = false;
  };
  if (value.strings != nullptr) {
    for (uint32_t i = 0; i < value.strings->count; ++i) {
      separate();
      out += facts.text(facts.view->Strings[value.strings->first + i]);
    }
  } else {
    for (uint32_t i = 0; i < value.slot.size; ++i) {
      separate();
      append_scalar(out, facts, operand.element, operand.scale, operand.enum_id, facts.elements[value.slot.first + i]);
    }
  }
  if (first) out += "none";
}

// The leaf row that an operand reads, or nullptr (elements and lookups).
const format::LeafRow* leaf_of(const Facts& facts, const format::OperandRow& operand) {
  const format::View& view = *facts.view;
  if (operand.from == format::From::Leaf) return &view.Leaves[facts.kind->leaves.first + operand.index];
  if (operand.from != format::From::Column) return nullptr;
  const format::LeafRow& list = view.Leaves[facts.kind->leaves.first + operand.list];
  return &view.Leaves[list.columns.first + operand.index];
}

void append_element(std::string& out, const Facts& facts, const format::MessagePartRow& part) {
  const format::MessageElementRow& element = facts.view->MessageElements[part.element];
  Walk walk = walk_of(facts, element.list, {});
  const format::LeafRow* list = leaf_of(facts, facts.view->Operands[element.list]);
  const bool of_signal = list != nullptr && list->signal != format::kNone;
  // Elements of a signal that is not fresh are not quoted.
  if (of_signal && facts.leaf(list->signal).state != static_cast<uint8_t>(SignalState::Fresh)) walk.count = 0;
  for (const format::Range witness : {element.surely, element.possibly}) {
    for (uint32_t i = 0; i < walk.count; ++i) {
      const Frame frame = walk.frame({}, i);
      if (run(facts, witness, frame)) return append_value(out, facts, part.operand, frame);
    }
  }
  out += "(none)";
}

}  // namespace

void append_value(std::string& out, const Facts& facts, uint32_t index, const Frame& frame) {
  const format::OperandRow& operand = facts.view->Operands[index];
  const format::LeafRow* leaf = leaf_of(facts, operand);
  if (leaf != nullptr && leaf->sensitive != 0) {
    out += "(sensitive)";
    return;
  }
  const uint32_t signal =
      leaf == nullptr ? format::kNone : (operand.type == Type::Signal ? operand.index : leaf->signal);
  if (signal != format::kNone && operand.from == format::From::Leaf) {
    static constexpr std::array<std::string_view, 3> kStates = {"(fresh)", "(missing)", "(stale)"};
    const uint8_t state = facts.leaf(signal).state;
    if (operand.type == Type::Signal || state != static_cast<uint8_t>(SignalState::Fresh)) {
      out += kStates[state];
      return;
    }
  }
  const Value value = value_of(facts, index, frame);
  if (!value.slot.present) {
    out += "(absent)";
  } else if (operand.type == Type::Set) {
    append_set(out, facts, operand, value);
  } else if (operand.type == Type::List) {
    out += std::to_string(value.slot.size) + (value.slot.size == 1 ? " row" : " rows");
  } else if (operand.type == Type::Presence) {
    out += "(present)";
  } else {
    append_scalar(out, facts, operand.type, operand.scale, operand.enum_id, value.slot);
  }
}

void append_slot(std::string& out, const Facts& facts, const format::LeafRow& leaf, const Slot& slot) {
  if (leaf.sensitive != 0) {
    out += "(sensitive)";
    return;
  }
  append_scalar(out, facts, leaf.type == Type::Set ? leaf.element : leaf.type, leaf.scale, leaf.enum_id, slot);
}

void append_message(std::string& out, const Facts& facts, const format::EntryRow& entry) {
  for (uint32_t i = 0; i < entry.message.count; ++i) {
    const format::MessagePartRow& part = facts.view->MessageParts[entry.message.first + i];
    switch (part.kind) {
      case format::PartKind::Literal:
        out += facts.text(part.text);
        break;
      case format::PartKind::Value:
        append_value(out, facts, part.operand);
        break;
      case format::PartKind::Element:
        append_element(out, facts, part);
        break;
    }
  }
}

std::string node_text(const Facts& facts, uint32_t index) {
  const format::ConditionNode& node = facts.view->ConditionNodes[index];
  const auto child = [&](uint32_t i) { return facts.view->Indices[node.children().first + i]; };
  const auto nested = [&](uint32_t i) {
    const format::NodeKind kind = facts.view->ConditionNodes[child(i)].kind;
    const std::string text = node_text(facts, child(i));
    const bool compound = kind == format::NodeKind::And || kind == format::NodeKind::Or;
    return compound ? "(" + text + ")" : text;
  };
  switch (node.kind) {
    case format::NodeKind::Constant:
      return node.value != 0 ? "true" : "false";
    case format::NodeKind::Atom:
      return std::string(facts.text(node.text));
    case format::NodeKind::Not:
      return "not " + nested(0);
    case format::NodeKind::And:
    case format::NodeKind::Or:
      break;
  }
  std::string text;
  for (uint32_t i = 0; i < node.children().count; ++i) {
    if (i > 0) text += node.kind == format::NodeKind::And ? " and " : " or ";
    text += nested(i);
  }
  return text;
}

Obligations obligations_of(const Facts& facts, const Decision& decision) {
  Obligations all;
  const auto add = [&](format::Range range) {
    for (uint32_t i = 0; i < range.count; ++i) {
      const format::ObligationRow& row = facts.view->Obligations[range.first + i];
      const std::string_view name = facts.text(row.name), value = facts.text(row.json);
      auto at = std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.first == name; });
      if (at == all.end()) at = all.insert(all.end(), {name, {}});
      if (std::find(at->second.begin(), at->second.end(), value) == at->second.end()) at->second.push_back(value);
    }
  };
  for (const FiredRule& rule : decision.rules) {
    if (rule.status == Status::Applied) add(facts.view->Rules[rule.rule].obligations);
  }
  for (const uint32_t glass : decision.break_glass) add(facts.view->BreakGlasses[glass].obligations);
  return all;
}

std::string_view by_id(const Facts& facts, const FiredRule& rule) {
  switch (rule.by_what) {
    case FiredRule::By::None:
      return {};
    case FiredRule::By::Rule:
      return facts.text(facts.view->Rules[rule.by].id);
    case FiredRule::By::Exception:
      return facts.text(facts.view->Exceptions[rule.by].id);
    case FiredRule::By::BreakGlass:
      return facts.text(facts.view->BreakGlasses[rule.by].id);
  }
  return {};
}

int64_t excepted_until(const Facts& facts, const FiredRule& rule) {
  if (rule.by_what == FiredRule::By::Exception) return facts.view->Exceptions[rule.by].expires_ns;
  const __int128 given = facts.leaf(facts.kind->break_glass_at).number;
  // A duration may be longer than what is left of the instants of 64 bits.
  return static_cast<int64_t>(std::min<__int128>(given + facts.view->BreakGlasses[rule.by].duration_ns, INT64_MAX));
}

std::string_view effect_word(format::Effect effect) {
  static constexpr std::array<std::string_view, 6> kWords = {"deny", "require", "hold", "allow", "warn", "oblige"};
  return kWords[static_cast<size_t>(effect)];
}

std::string_view outcome_word(Outcome outcome) {
  static constexpr std::array<std::string_view, 4> kWords = {"allow", "deny", "hold", "error"};
  return kWords[static_cast<size_t>(outcome)];
}

std::string_view status_word(Status status) {
  static constexpr std::array<std::string_view, 5> kWords = {"applied", "overridden", "excepted", "shadow", "advisory"};
  return kWords[static_cast<size_t>(status)];
}

}  // namespace guardvm
