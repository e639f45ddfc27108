// The interpreter's switch: one case per row of opcodes.def.
#include "decide/evaluate.hpp"

#include <algorithm>
#include <array>

#include "decide/patterns.hpp"
#include "guardvm/hash.hpp"
#include "guardvm/limits.hpp"
#include "guardvm/opcodes.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

using format::From;
using format::Instr;
using format::Range;

// Eq Ne Lt Le Gt Ge, the order of Instr::aux.
bool holds(uint8_t compare, int order) {
  switch (compare) {
    case 0:
      return order == 0;
    case 1:
      return order != 0;
    case 2:
      return order < 0;
    case 3:
      return order <= 0;
    case 4:
      return order > 0;
    default:
      return order >= 0;
  }
}

// Up to so many texts are compared one by one: most differ in size already.
constexpr uint32_t kFew = 8;

template <typename T>
int three_way(T a, T b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}

class Strings {
 public:
  Strings(const Facts& facts, const Range& range) : facts_(facts), range_(range) {}
  [[nodiscard]] uint32_t size() const { return range_.count; }
  [[nodiscard]] std::string_view operator[](uint32_t i) const {
    return facts_.text(facts_.view->Strings[range_.first + i]);
  }
  [[nodiscard]] bool contains(std::string_view text) const {
    if (range_.count <= kFew) {
      for (uint32_t i = 0; i < range_.count; ++i) {
        if (same_text((*this)[i], text)) return true;
      }
      return false;
    }
    uint32_t low = 0, high = range_.count;
    while (low < high) {
      const uint32_t middle = (low + high) / 2;
      if ((*this)[middle] < text)
        low = middle + 1;
      else
        high = middle;
    }
    return low < range_.count && (*this)[low] == text;
  }

 private:
  const Facts& facts_;
  Range range_;
};

bool number_in(const Facts& facts, uint32_t set, int64_t number) {
  const Range range = facts.view->NumberSets[set];
  const auto* first = facts.view->Numbers.data() + range.first;
  return std::binary_search(first, first + range.count, number);
}

bool version_in(const Facts& facts, uint32_t set, std::string_view version) {
  const Strings constants(facts, facts.view->StringSets[set]);
  for (uint32_t i = 0; i < constants.size(); ++i) {
    if (compare_versions(version, constants[i]) == 0) return true;
  }
  return false;
}

// Whether a string set value (slots sorted by bytes, or a lookup's constants) has `text`.
bool set_has(const Facts& facts, const Slot& set, const Range* strings, std::string_view text) {
  if (strings != nullptr) return Strings(facts, *strings).contains(text);
  const Slot* first = facts.elements + set.first;
  const Slot* last = first + set.size;
  if (set.size <= kFew) return std::any_of(first, last, [text](const Slot& s) { return same_text(s.string(), text); });
  const Slot* at =
      std::lower_bound(first, last, text, [](const Slot& s, std::string_view t) { return s.string() < t; });
  return at != last && at->string() == text;
}

bool set_has_version(const Facts& facts, const Slot& set, const Range* strings, std::string_view version) {
  if (strings != nullptr) {
    const Strings own(facts, *strings);
    for (uint32_t i = 0; i < own.size(); ++i) {
      if (compare_versions(own[i], version) == 0) return true;
    }
    return false;
  }
  for (uint32_t i = 0; i < set.size; ++i) {
    if (compare_versions(facts.elements[set.first + i].string(), version) == 0) return true;
  }
  return false;
}

template <typename Has>
bool set_test(const Facts& facts, uint32_t set, bool all, const Has& has) {
  const Strings constants(facts, facts.view->StringSets[set]);
  for (uint32_t i = 0; i < constants.size(); ++i) {
    if (has(constants[i]) != all) return !all;
  }
  return all;
}

bool set_test_numbers(const Facts& facts, uint32_t set, bool all, const Slot& slot) {
  const Range range = facts.view->NumberSets[set];
  const Slot* first = facts.elements + slot.first;
  const auto has = [&](int64_t number) {
    return std::any_of(first, first + slot.size, [number](const Slot& s) { return s.number == number; });
  };
  for (uint32_t i = 0; i < range.count; ++i) {
    if (has(facts.view->Numbers[range.first + i]) != all) return !all;
  }
  return all;
}

bool linear(const Facts& facts, const Instr& instr, const Frame& frame) {
  const format::LinearRow& row = facts.view->Linears[instr.b];
  __int128 sum = 0;
  for (uint32_t i = 0; i < row.terms.count; ++i) {
    const format::LinearTermRow& term = facts.view->LinearTerms[row.terms.first + i];
    const Value value = value_of(facts, term.operand, frame);
    if (!value.slot.present) return false;
    sum += static_cast<__int128>(term.coefficient) * value.slot.number;
  }
  return holds(instr.aux, three_way<__int128>(sum, row.constant));
}

bool pattern_matches(const Facts& facts, uint32_t index, std::string_view text) {
  const format::PatternRow& pattern = facts.view->Patterns[index];
  const std::string_view source = facts.text(pattern.text);
  switch (pattern.match) {
    case format::Match::StartsWith:
      return text.starts_with(source);
    case format::Match::EndsWith:
      return text.ends_with(source);
    case format::Match::Contains:
      return text.find(source) != std::string_view::npos;
    case format::Match::Glob:
      return glob_matches(source, text);
    case format::Match::Regex:
      return !dfa_atoms(*facts.view, pattern.dfa, text).empty();
  }
  return false;
}

bool range_holds(const Facts& facts, const Frame& frame, uint32_t begin, uint32_t end);

// Any, All and Count over the rows or elements of instr.a; the body is [begin, begin + instr.b).
bool quantified(const Facts& facts, const Instr& instr, uint32_t begin, uint32_t limit, const Frame& frame) {
  const Walk walk = walk_of(facts, instr.a, frame);
  const Opcode op = static_cast<Opcode>(instr.op);
  uint32_t count = 0;
  for (uint32_t i = 0; i < walk.count; ++i) {
    const bool body = range_holds(facts, walk.frame(frame, i), begin, begin + instr.b);
    if (op == Opcode::Any && body) return true;
    if (op == Opcode::All && !body) return false;
    if (body) ++count;
  }
  if (op == Opcode::Any) return false;
  if (op == Opcode::All) return true;
  return holds(instr.aux, three_way(count, limit));
}

// A test of one value. `strings`: the elements, when it is a set that a lookup gave.
[[gnu::always_inline]] inline bool test_value(const Facts& facts, const Instr& instr, const Slot& slot,
                                              const Range* strings, const Frame& frame) {
  const auto op = static_cast<Opcode>(instr.op);
  if (op == Opcode::SignalIs) return slot.state == instr.aux;
  if (!slot.present) return false;
  switch (op) {
    case Opcode::Bool:
      return slot.number != 0;
    case Opcode::NumberCompare:
      return holds(instr.aux, three_way(slot.number, facts.view->Numbers[instr.b]));
    case Opcode::NumberIn:
      return number_in(facts, instr.b, slot.number);
    case Opcode::StringIn:
      return Strings(facts, facts.view->StringSets[instr.b]).contains(slot.string());
    case Opcode::StringMatch:
      return pattern_matches(facts, instr.b, slot.string());
    case Opcode::VersionCompare:
      return holds(instr.aux, compare_versions(slot.string(), facts.text(facts.view->Strings[instr.b])));
    case Opcode::VersionIn:
      return version_in(facts, instr.b, slot.string());
    case Opcode::Present:
      return true;
    case Opcode::SetHasAnyText:
    case Opcode::SetHasAllText:
      return set_test(facts, instr.b, op == Opcode::SetHasAllText,
                      [&](std::string_view t) { return set_has(facts, slot, strings, t); });
    case Opcode::SetHasAnyVersion:
    case Opcode::SetHasAllVersion:
      return set_test(facts, instr.b, op == Opcode::SetHasAllVersion,
                      [&](std::string_view t) { return set_has_version(facts, slot, strings, t); });
    case Opcode::SetHasAnyNumber:
      return set_test_numbers(facts, instr.b, false, slot);
    case Opcode::SetHasAllNumber:
      return set_test_numbers(facts, instr.b, true, slot);
    case Opcode::SetEmpty:
      return (strings != nullptr ? strings->count : slot.size) == 0;
    case Opcode::StringEqual: {
      const Value other = value_of(facts, instr.b, frame);
      return other.slot.present && slot.string() == other.slot.string();
    }
    case Opcode::EnumEqual: {
      const Value other = value_of(facts, instr.b, frame);
      return other.slot.present && slot.number == other.slot.number;
    }
    case Opcode::VersionOrder: {
      const Value other = value_of(facts, instr.b, frame);
      return other.slot.present && holds(instr.aux, compare_versions(slot.string(), other.slot.string()));
    }
    default:
      return false;  // Connectives and quantifiers are handled by range_holds.
  }
}

bool test(const Facts& facts, const Instr& instr, const Frame& frame) {
  const auto op = static_cast<Opcode>(instr.op);
  if (op == Opcode::InWindow) return facts.in_window(instr.b);
  if (op == Opcode::Approvals) return requirement_met(facts, instr.b);
  if (op == Opcode::Linear) return linear(facts, instr, frame);
  const format::OperandRow& operand = facts.view->Operands[instr.a];
  if (operand.from == From::Leaf) return test_value(facts, instr, facts.slots[operand.index], nullptr, frame);
  const Value value = value_of(facts, instr.a, frame);
  return test_value(facts, instr, value.slot, value.strings, frame);
}

bool range_holds(const Facts& facts, const Frame& frame, uint32_t begin, uint32_t end) {
  const Instr* code = facts.view->Code.data();
  bool flag = false;
  for (uint32_t at = begin; at < end;) {
    const Instr& instr = code[at];
    const auto op = static_cast<Opcode>(instr.op);
    // Jumps stand behind every test but the last: asked first, they are foreseen better than in the switch.
    if (op == Opcode::JumpIfFalse || op == Opcode::JumpIfTrue) {
      at = flag == (op == Opcode::JumpIfTrue) ? instr.b : at + 1;
      continue;
    }
    switch (op) {
      case Opcode::True:
        flag = true;
        break;
      case Opcode::False:
        flag = false;
        break;
      case Opcode::Not:
        flag = !flag;
        break;
      case Opcode::Any:
      case Opcode::All:
        flag = quantified(facts, instr, at + 1, 0, frame);
        at += instr.b;
        break;
      case Opcode::Count:
        flag = quantified(facts, instr, at + 2, code[at + 1].b, frame);
        at += 1 + instr.b;
        break;
      default:
        flag = test(facts, instr, frame);
        break;
    }
    ++at;
  }
  return flag;
}

Value lookup(const Facts& facts, const format::OperandRow& operand, const Frame& frame) {
  Value result;
  const Value key = value_of(facts, operand.key, frame);
  if (!key.slot.present) return result;
  const format::DataRow& data = facts.view->Data[operand.data];
  uint32_t low = 0, high = data.keys.count;
  const auto key_text = [&](uint32_t i) { return facts.text(facts.view->Strings[data.keys.first + i]); };
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (key_text(middle) < key.slot.string())
      low = middle + 1;
    else
      high = middle;
  }
  if (low == data.keys.count || key_text(low) != key.slot.string()) return result;
  const format::DataCell& cell = facts.view->DataCells[data.cells + low * data.fields.count + operand.index];
  result.slot.present = cell.present != 0;
  if (operand.type == format::Type::String || operand.type == format::Type::Version) {
    const std::string_view text = facts.text(cell.text);
    result.slot.text = text.data();
    result.slot.size = static_cast<uint32_t>(text.size());
  } else if (operand.type == format::Type::Set) {
    if (cell.present) result.strings = &facts.view->StringSets[cell.set];
  } else {
    result.slot.number = cell.number;
  }
  return result;
}

}  // namespace

bool needs_frame(const Facts& facts, uint32_t operand) {
  const format::OperandRow* row = &facts.view->Operands[operand];
  while (row->from == From::Lookup) row = &facts.view->Operands[row->key];
  return row->from == From::Column || row->from == From::Element;
}

Value value_of(const Facts& facts, uint32_t index, const Frame& frame) {
  const format::OperandRow& operand = facts.view->Operands[index];
  switch (operand.from) {
    case From::Leaf:
      return {facts.slots[operand.index], nullptr};
    case From::Column:
      return {frame.row[operand.index], nullptr};
    case From::Element:
      return {*frame.element, nullptr};
    case From::Lookup:
      return lookup(facts, operand, frame);
  }
  return {};
}

bool run(const Facts& facts, Range range, const Frame& frame) {
  // Most of what the index leaves is one test.
  if (range.count == 1) {
    const Instr& only = facts.view->Code[range.first];
    if (only.op > static_cast<uint8_t>(Opcode::JumpIfTrue)) return test(facts, only, frame);
  }
  return range_holds(facts, frame, range.first, range.first + range.count);
}

Walk walk_of(const Facts& facts, uint32_t index, const Frame& frame) {
  const format::OperandRow& operand = facts.view->Operands[index];
  const Slot slot = value_of(facts, index, frame).slot;
  Walk walk;
  walk.count = slot.present ? slot.size : 0;
  if (operand.type == format::Type::List) {
    const format::LeafRow& leaf = facts.view->Leaves[facts.kind->leaves.first + operand.index];
    walk.is_list = true;
    walk.stride = leaf.columns.count;
    walk.first = facts.rows + slot.first;
  } else {
    walk.first = facts.elements + slot.first;
  }
  return walk;
}

SignalState signal_state(const format::LeafRow& leaf, const Slot& slot, int64_t now_ns) {
  if (!slot.present) return SignalState::Missing;
  const __int128 age = static_cast<__int128>(now_ns) - slot.number;
  return age < 0 || age > leaf.max_age_ns ? SignalState::Stale : SignalState::Fresh;
}

uint32_t count_approvers(const Facts& facts, const format::RequirementRow& requirement) {
  const format::KindRow& kind = *facts.kind;
  const Slot& list = facts.slots[kind.approvals];
  if (!list.present) return 0;
  const uint32_t stride = facts.view->Leaves[kind.leaves.first + kind.approvals].columns.count;
  const Range from = facts.view->StringSets[requirement.from];
  std::array<const Slot*, kLimitApprovals> persons;  // the first `count`
  uint32_t count = 0;
  for (uint32_t i = 0; i < list.size && count < requirement.count; ++i) {
    const Slot* row = facts.rows + list.first + static_cast<uint64_t>(i) * stride;
    const std::string_view person = row[kind.approval_by].string();
    const Slot& at = row[kind.approval_at];
    if (at.number > facts.now_ns) continue;
    if (requirement.within_ns >= 0 && static_cast<__int128>(facts.now_ns) - at.number > requirement.within_ns) continue;
    if (!requirement.including_actor && person == facts.slots[kind.actor].string()) continue;
    bool excluded = false;
    for (uint32_t e = 0; e < requirement.excluding.count && !excluded; ++e) {
      const Slot& other = facts.slots[facts.view->Indices[requirement.excluding.first + e]];
      excluded = other.present && other.string() == person;
    }
    if (excluded) continue;
    const Slot& groups = row[kind.approval_groups];
    bool in_group = false;
    for (uint32_t g = 0; g < from.count && !in_group; ++g) {
      in_group = set_has(facts, groups, nullptr, facts.text(facts.view->Strings[from.first + g]));
    }
    if (!in_group) continue;
    const bool known = std::any_of(persons.begin(), persons.begin() + count,
                                   [person](const Slot* other) { return other->string() == person; });
    if (!known) persons[count++] = &row[kind.approval_by];
  }
  return count;
}

bool requirement_met(const Facts& facts, uint32_t requirement) {
  const format::RequirementRow& row = facts.view->Requirements[requirement];
  return count_approvers(facts, row) >= row.count;
}

}  // namespace guardvm
