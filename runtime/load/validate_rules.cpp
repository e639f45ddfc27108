// Rules, exceptions, break-glasses and assumptions; what each says on each kind; conditions; provenance.
#include <algorithm>

#include "guardvm/opcodes.hpp"
#include "load/checker.hpp"

namespace guardvm::load {
namespace {

using format::Effect;
using format::EntryRow;
using format::From;
using format::IfMissing;
using format::kNone;
using format::Mode;
using format::NodeKind;
using format::PartKind;
using format::What;

bool is_blocking(Effect effect) { return effect <= Effect::Hold; }

// Depth and size of one condition's tree. A tree may share nodes on disk; walking it visits them once per place.
constexpr uint32_t kMostDepth = 256;
constexpr uint64_t kMostNodes = 2 * kLimitConditionNodes;

// A JSON scalar: what an obligation's value is. `json` is valid UTF-8.
bool is_json_string(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return false;
  const std::string_view inner = json.substr(1, json.size() - 2);
  for (size_t i = 0; i < inner.size(); ++i) {
    const auto c = static_cast<unsigned char>(inner[i]);
    if (c < 0x20 || c == '"') return false;
    if (c != '\\') continue;
    if (++i == inner.size()) return false;
    if (inner[i] != 'u') {
      if (std::string_view("\"\\/bfnrt").find(inner[i]) == std::string_view::npos) return false;
      continue;
    }
    for (int digit = 0; digit < 4; ++digit) {
      if (++i == inner.size() || std::string_view("0123456789abcdefABCDEF").find(inner[i]) == std::string_view::npos)
        return false;
    }
  }
  return true;
}

bool is_json_number(std::string_view json) {
  size_t at = json.starts_with('-') ? 1 : 0;
  const auto digits = [&json, &at] {
    const size_t before = at;
    while (at < json.size() && json[at] >= '0' && json[at] <= '9') ++at;
    return at - before;
  };
  const bool zero = at < json.size() && json[at] == '0';
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < json.size() && json[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  return at == json.size();
}

}  // namespace

bool Checker::span(const format::SpanRow& span, At at) {
  return span.file == format::kNoFile || index(span.file, view_.Sources.size(), at, "source");
}

bool Checker::obligation_json(std::string_view json) {
  return json == "true" || json == "false" || is_json_string(json) || is_json_number(json);
}

bool Checker::obligations() {
  for (size_t i = 0; i < view_.Obligations.size(); ++i) {
    const format::ObligationRow& row = view_.Obligations[i];
    const At json{"Obligations.json", i};
    if (!text(row.name, {"Obligations.name", i}) || !text(row.json, json) || !spend(row.json.size, json) ||
        !require(obligation_json(view_text(row.json)), json, "not a JSON string, number or boolean")) {
      return false;
    }
  }
  return true;
}

bool Checker::rules() {
  for (size_t i = 0; i < view_.Rules.size(); ++i) {
    if (!rule(i)) return false;
  }
  return exceptions() && break_glasses() && assumptions();
}

bool Checker::rule(size_t i) {
  const format::RuleRow& row = view_.Rules[i];
  if (!text(row.id, At{"Rules.id", i}) || !text(row.policy, At{"Rules.policy", i}) ||
      !text(row.owner, At{"Rules.owner", i}) || !text(row.message, At{"Rules.message", i}) ||
      !span(row.span, At{"Rules.span", i}) || !word(row.effect, Effect::Oblige, At{"Rules.effect", i}) ||
      !word(row.mode, Mode::Enforce, At{"Rules.mode", i}) ||
      !word(row.if_missing, IfMissing::Ignore, At{"Rules.if_missing", i}) ||
      !flag(row.mandatory, At{"Rules.mandatory", i}) || !flag(row.has_condition, At{"Rules.has_condition", i}) ||
      !flag(row.baseline, At{"Rules.baseline", i}) || !flag(row.mandatory_said, At{"Rules.mandatory_said", i}) ||
      !require(row.mandatory != 0 || row.mandatory_said == 0, At{"Rules.mandatory_said", i}, "not mandatory") ||
      !range(row.obligations, view_.Obligations.size(), At{"Rules.obligations", i}, "Obligations") ||
      !range(row.accepted, view_.Strings.size(), At{"Rules.accepted", i}, "Strings") ||
      !require(row.accepted.count % 2 == 0, At{"Rules.accepted", i}, "not pairs") ||
      !indices(row.overrides, view_.Rules.size(), At{"Rules.overrides", i}, "rule")) {
    return false;
  }
  if (row.overrides.count > 0 &&
      !require(row.effect == Effect::Allow, At{"Rules.overrides", i}, "of a rule that is no allow"))
    return false;
  for (uint32_t o = 0; o < row.overrides.count; ++o) {
    const format::RuleRow& other = view_.Rules[view_.Indices[row.overrides.first + o]];
    if (!require(is_blocking(other.effect), At{"Rules.overrides", i}, "a rule that does not block") ||
        !require(other.mandatory == 0, At{"Rules.overrides", i}, "a mandatory rule")) {
      return false;
    }
  }
  const At id{"Rules.id", i};
  return spend_text(row.id, id) &&
         (i == 0 || require(view_text(view_.Rules[i - 1].id) < view_text(row.id), id, "rules are not sorted by id"));
}

bool Checker::exceptions() {
  for (size_t i = 0; i < view_.Exceptions.size(); ++i) {
    const format::ExceptionRow& row = view_.Exceptions[i];
    if (!text(row.id, At{"Exceptions.id", i}) || !text(row.owner, At{"Exceptions.owner", i}) ||
        !text(row.reason, At{"Exceptions.reason", i}) || !span(row.span, At{"Exceptions.span", i}) ||
        !ascending_indices(row.rules, view_.Rules.size(), At{"Exceptions.rules", i}, "rule") ||
        !index(row.has_condition, 2, At{"Exceptions.has_condition", i}, "flag") ||
        !spend_text(row.id, At{"Exceptions.id", i}) ||
        !(i == 0 || require(view_text(view_.Exceptions[i - 1].id) < view_text(row.id), At{"Exceptions.id", i},
                            "exceptions are not sorted by id"))) {
      return false;
    }
  }
  return true;
}

bool Checker::break_glasses() {
  for (size_t i = 0; i < view_.BreakGlasses.size(); ++i) {
    const format::BreakGlassRow& row = view_.BreakGlasses[i];
    if (!text(row.id, At{"BreakGlasses.id", i}) || !span(row.span, At{"BreakGlasses.span", i}) ||
        !ascending_indices(row.rules, view_.Rules.size(), At{"BreakGlasses.rules", i}, "rule") ||
        !range(row.obligations, view_.Obligations.size(), At{"BreakGlasses.obligations", i}, "Obligations") ||
        !require(row.duration_ns >= 0, At{"BreakGlasses.duration_ns", i}, "negative") ||
        !flag(row.every, At{"BreakGlasses.every", i}) ||
        !flag(row.even_mandatory, At{"BreakGlasses.even_mandatory", i}) ||
        !flag(row.baseline, At{"BreakGlasses.baseline", i})) {
      return false;
    }
  }
  return true;
}

bool Checker::assumptions() {
  for (size_t i = 0; i < view_.Assumptions.size(); ++i) {
    const format::AssumptionRow& row = view_.Assumptions[i];
    if (!text(row.text, {"Assumptions.text", i}) || !span(row.span, {"Assumptions.span", i})) return false;
  }
  return true;
}

// ---- conditions ----

// Children have smaller indices, so there are no cycles; depth and size are those of the tree that walking it sees.
bool Checker::nodes() {
  struct Measure {
    uint16_t depth;
    uint16_t size;
  };
  static_assert(kMostNodes <= UINT16_MAX);
  std::vector<Measure> measures(view_.ConditionNodes.size());
  node_kind_.assign(view_.ConditionNodes.size(), 0);
  for (size_t i = 0; i < view_.ConditionNodes.size(); ++i) {
    const format::ConditionNode& row = view_.ConditionNodes[i];
    if (!text(row.text, At{"ConditionNodes.text", i}) || !span(row.span, At{"ConditionNodes.span", i}) ||
        !word(row.kind, NodeKind::Atom, At{"ConditionNodes.kind", i}) ||
        !flag(row.value, At{"ConditionNodes.value", i}) || !flag(row.uses_time, At{"ConditionNodes.uses_time", i}) ||
        !flag(row.guard, At{"ConditionNodes.guard", i}) ||
        !index_or_none(row.operand, view_.Operands.size(), At{"ConditionNodes.operand", i}, "operand") ||
        !indices(row.children(), i, At{"ConditionNodes.parts", i}, "node") ||
        !index_or_none(row.unsettled, view_.PossiblyCodes.size(), At{"ConditionNodes.unsettled", i}, "range")) {
      return false;
    }
    const Range children = row.children();
    if (!require(row.kind != NodeKind::Constant || children.count == 0, At{"ConditionNodes.parts", i},
                 "of a leaf of the tree") ||
        !require(row.kind != NodeKind::Not || children.count == 1, At{"ConditionNodes.parts", i},
                 "not one, under a not")) {
      return false;
    }
    uint16_t depth = 0;
    uint32_t size = 1;
    for (uint32_t c = 0; c < children.count; ++c) {
      const Measure& child = measures[view_.Indices[children.first + c]];
      depth = std::max(depth, child.depth);
      size += child.size;
      if (size > kMostNodes) return fail(At{"ConditionNodes.parts", i}, "a condition of too many nodes");
    }
    if (depth >= kMostDepth) return fail(At{"ConditionNodes.parts", i}, "nested too deeply");
    measures[i] = {static_cast<uint16_t>(depth + 1), static_cast<uint16_t>(size)};
    node_kind_[i] = kind_of_node(row);
  }
  return true;
}

// The kind (+ 1) that a node fits, where that is plain: an atom of one simple instruction, or children that agree.
// 0: node_tree has to walk it.
uint16_t Checker::kind_of_node(const format::ConditionNode& row) const {
  if (row.kind != NodeKind::Atom) {
    const Range children = row.children();
    if (children.count == 0) return 0;
    const uint32_t* child = view_.Indices.data() + children.first;
    const uint16_t first = node_kind_[child[0]];
    for (uint32_t c = 1; c < children.count; ++c) {
      if (node_kind_[child[c]] != first) return 0;
    }
    return first;
  }
  if (row.parts.count != 1 || row.parts.first >= simple_.size() || row.unsettled != kNone) return 0;
  const uint32_t kind = simple_kind(simple_[row.parts.first]);
  const bool plain = kind != kJump && (row.operand == kNone || operand_kind_[row.operand] == kind);
  return plain ? static_cast<uint16_t>(kind) : uint16_t{0};
}

// The atoms below a node, as conditions on `kind`.
bool Checker::node_tree(uint32_t node, uint32_t kind, At at) {
  if (node_kind_[node] == kind + 1) return true;
  const format::ConditionNode& row = view_.ConditionNodes[node];
  const Range children = row.children();
  if (!spend(uint64_t{1} + children.count, at)) return false;
  node_kind_[node] = static_cast<uint16_t>(kind + 1);
  const Context context{kind, kNone, kNone};
  if (row.kind == NodeKind::Atom) {
    CodeFacts facts;
    const Range surely = row.surely(), possibly = row.possibly(view_);
    if (!require(surely.count > 0 && possibly.count > 0, {"ConditionNodes.parts", node}, "an atom without code") ||
        !code(surely, context, {"ConditionNodes.parts", node}, facts) ||
        (row.unsettled != kNone && !code(possibly, context, {"ConditionNodes.unsettled", node}, facts))) {
      return false;
    }
    return row.operand == kNone || operand_fits(row.operand, context, {"ConditionNodes.operand", node});
  }
  for (uint32_t c = 0; c < children.count; ++c) {
    if (!node_tree(view_.Indices[children.first + c], kind, at)) return false;
  }
  return true;
}

// ---- entries ----

bool Checker::entries() {
  steps_.assign(view_.Kinds.size(), 0);
  uint64_t next = 0;
  for (size_t k = 0; k < view_.Kinds.size(); ++k) {
    const Range own = view_.Kinds[k].entries;
    const At at{"Kinds.entries", k};
    if (!range(own, view_.Entries.size(), at, "Entries")) return false;
    if (own.count == 0) continue;
    if (!require(own.first >= next, at, "they overlap an earlier kind's")) return false;
    next = uint64_t{own.first} + own.count;
    if (!kind_entries(k)) return false;
  }
  return true;
}

bool Checker::kind_entries(size_t kind) {
  const format::KindRow& row = view_.Kinds[kind];
  for (uint32_t e = 0; e < row.entries.count; ++e) {
    const size_t i = size_t{row.entries.first} + e;
    if (!entry(i, static_cast<uint32_t>(kind))) return false;
    if (e == 0) continue;
    const EntryRow& before = view_.Entries[i - 1];
    const EntryRow& own = view_.Entries[i];
    if (before.what > own.what || (before.what == own.what && before.object >= own.object)) {
      return fail({"Entries.object", i}, "entries are not sorted by what and object");
    }
  }
  return true;
}

bool Checker::entry(size_t i, uint32_t kind) {
  const EntryRow& row = view_.Entries[i];
  const Context context{kind, kNone, kNone};
  if (!word(row.what, What::Rule, At{"Entries.what", i}) || !flag(row.uses_time, At{"Entries.uses_time", i}))
    return false;
  const size_t objects[] = {view_.Assumptions.size(), view_.Exceptions.size(), view_.BreakGlasses.size(),
                            view_.Rules.size()};
  if (!index(row.object, objects[static_cast<size_t>(row.what)], At{"Entries.object", i}, "object")) return false;
  CodeFacts facts;
  if (!require(row.match.count > 0, At{"Entries.match", i}, "no code") ||
      !code(row.match, context, At{"Entries.match", i}, facts) ||
      !code(row.surely, context, At{"Entries.surely", i}, facts) ||
      !code(row.until, context, At{"Entries.until", i}, facts)) {
    return false;
  }
  steps_[kind] = add_steps(steps_[kind], facts.steps);
  if (!require(!facts.in_window || view_.Kinds[kind].uses_windows != 0, At{"Entries.match", i},
               "asks for a window on a kind that says it uses none") ||
      !require(row.what != What::BreakGlass || view_.Kinds[kind].break_glass != kNone, At{"Entries.object", i},
               "a break-glass on a kind without its record")) {
    return false;
  }
  if (!entry_rule(row, i) ||
      !ascending_indices(row.signals, view_.Kinds[kind].leaves.count, At{"Entries.signals", i}, "leaf"))
    return false;
  for (uint32_t s = 0; s < row.signals.count; ++s) {
    const uint32_t leaf = view_.Indices[row.signals.first + s];
    if (!require(leaf_of(view_.Kinds[kind], leaf)->type == Type::Signal, At{"Entries.signals", i}, "not a signal"))
      return false;
  }
  for (uint32_t g = 0; g < row.groups.count; ++g) {
    const Range alternatives = view_.RequirementGroups[row.groups.first + g].alternatives;
    if (!spend(alternatives.count, At{"Entries.groups", i})) return false;
    for (uint32_t a = 0; a < alternatives.count; ++a) {
      if (!requirement_fits(view_.Indices[alternatives.first + a], kind, At{"Entries.groups", i})) return false;
    }
  }
  for (const uint32_t node : {row.node, row.until_node}) {
    if (!index_or_none(node, view_.ConditionNodes.size(), At{"Entries.node", i}, "node")) return false;
    if (node != kNone && !node_tree(node, kind, At{"Entries.node", i})) return false;
  }
  return message(row, i, kind);
}

// What only some effects have.
bool Checker::entry_rule(const EntryRow& row, size_t i) {
  if (!range(row.groups, view_.RequirementGroups.size(), At{"Entries.groups", i}, "RequirementGroups") ||
      !spend(row.groups.count, At{"Entries.groups", i})) {
    return false;
  }
  if (row.what != What::Rule) {
    return require(row.surely.count == 0, At{"Entries.surely", i}, "code of something else than a rule") &&
           require(row.until.count == 0 && row.until_node == kNone, At{"Entries.until", i},
                   "code of something else than a rule") &&
           require(row.groups.count == 0, At{"Entries.groups", i}, "requirements of something else than a rule");
  }
  const format::RuleRow& rule = view_.Rules[row.object];
  const bool holds = rule.effect == Effect::Hold;
  // A hold that is not released names its condition; only one that always is may have none.
  const bool always = row.until.count == 1 && view_.Code[row.until.first].op == static_cast<uint8_t>(Opcode::True);
  return require(row.surely.count == 0 || (is_blocking(rule.effect) && rule.if_missing == IfMissing::Hold),
                 At{"Entries.surely", i}, "code of a rule that does not hold when a signal is missing") &&
         require(holds == (row.until.count > 0), At{"Entries.until", i},
                 "code of a rule that is no hold, or none of a hold") &&
         require(holds ? row.until_node != kNone || always : row.until_node == kNone, At{"Entries.until_node", i},
                 "of a rule that is no hold, or none of a hold") &&
         require(rule.mode != Mode::Off, At{"Entries.object", i}, "a rule that is off") &&
         require(row.groups.count == 0 || rule.effect == Effect::Require || rule.effect == Effect::Allow,
                 At{"Entries.groups", i}, "requirements of a rule that has none") &&
         require(row.groups.count > 0 || rule.effect != Effect::Require, At{"Entries.groups", i},
                 "a require without requirements");
}

bool Checker::message(const EntryRow& row, size_t i, uint32_t kind) {
  const At at{"Entries.message", i};
  if (!range(row.message, view_.MessageParts.size(), at, "MessageParts") || !spend(row.message.count, at)) return false;
  for (uint32_t p = 0; p < row.message.count; ++p) {
    if (!message_part(size_t{row.message.first} + p, kind)) return false;
  }
  return true;
}

bool Checker::message_part(size_t i, uint32_t kind) {
  const format::MessagePartRow& row = view_.MessageParts[i];
  const Context plain{kind, kNone, kNone};
  if (!text(row.text, At{"MessageParts.text", i}) || !word(row.kind, PartKind::Element, At{"MessageParts.kind", i}))
    return false;
  if (row.kind == PartKind::Literal) return true;
  if (!index(row.operand, view_.Operands.size(), At{"MessageParts.operand", i}, "operand")) return false;
  if (row.kind == PartKind::Value) return operand_fits(row.operand, plain, At{"MessageParts.operand", i});
  if (!index(row.element, view_.MessageElements.size(), At{"MessageParts.element", i}, "element")) return false;
  const format::MessageElementRow& element = view_.MessageElements[row.element];
  const At at{"MessageElements.list", row.element}, surely{"MessageElements.surely", row.element},
      possibly{"MessageElements.possibly", row.element};
  if (!index(element.list, view_.Operands.size(), at, "operand")) return false;
  const format::OperandRow& list = view_.Operands[element.list];
  if (!operand_fits(element.list, plain, at) ||
      !require(list.from == From::Leaf && (list.type == Type::List || list.type == Type::Set), at,
               "not a list or set of the action")) {
    return false;
  }
  Context inner = plain;
  (list.type == Type::List ? inner.list : inner.element) = list.type == Type::List ? list.index : element.list;
  CodeFacts facts;
  return operand_fits(row.operand, inner, At{"MessageParts.operand", i}) &&
         require(element.surely.count > 0, surely, "no code") &&
         require(element.possibly.count > 0, possibly, "no code") && code(element.surely, inner, surely, facts) &&
         code(element.possibly, inner, possibly, facts);
}

// ---- provenance, and what can be stripped ----

bool Checker::provenance() {
  for (size_t i = 0; i < view_.Sources.size(); ++i) {
    if (!text(view_.Sources[i].path, {"Sources.path", i})) return false;
  }
  for (size_t i = 0; i < view_.Invariants.size(); ++i) {
    const format::InvariantRow& row = view_.Invariants[i];
    if (!text(row.id, {"Invariants.id", i}) || !text(row.text, {"Invariants.text", i}) ||
        !span(row.span, {"Invariants.span", i}) ||
        !range(row.on, view_.CheckOnKinds.size(), {"Invariants.on", i}, "CheckOnKinds") ||
        !flag(row.never, {"Invariants.never", i}) || !index(row.outcomes, 16, {"Invariants.outcomes", i}, "outcomes")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.Covers.size(); ++i) {
    const format::CoverRow& row = view_.Covers[i];
    if (!text(row.policy, {"Covers.policy", i}) || !text(row.text, {"Covers.text", i}) ||
        !span(row.span, {"Covers.span", i}) ||
        !range(row.on, view_.CheckOnKinds.size(), {"Covers.on", i}, "CheckOnKinds")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.Severities.size(); ++i) {
    const format::SeverityRow& row = view_.Severities[i];
    if (!text(row.check, {"Severities.check", i}) || !text(row.severity, {"Severities.severity", i})) return false;
  }
  for (size_t i = 0; i < view_.Excerpts.size(); ++i) {
    const format::ExcerptRow& row = view_.Excerpts[i];
    if (!index(row.source, view_.Sources.size(), {"Excerpts.source", i}, "source")) {
      return false;
    }
  }
  return check_on_kinds();
}

bool Checker::check_on_kinds() {
  for (size_t i = 0; i < view_.CheckOnKinds.size(); ++i) {
    const format::CheckOnKindRow& row = view_.CheckOnKinds[i];
    if (!index(row.kind, view_.Kinds.size(), At{"CheckOnKinds.kind", i}, "kind") ||
        !index_or_none(row.node, view_.ConditionNodes.size(), At{"CheckOnKinds.node", i}, "node")) {
      return false;
    }
    const Context context{row.kind, kNone, kNone};
    CodeFacts facts;
    if (!code(row.surely, context, At{"CheckOnKinds.surely", i}, facts) ||
        !code(row.possibly, context, At{"CheckOnKinds.possibly", i}, facts))
      return false;
    if (row.node != kNone && !node_tree(row.node, row.kind, At{"CheckOnKinds.node", i})) return false;
  }
  return true;
}

}  // namespace guardvm::load
