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

bool Checker::span(const format::SpanRow& span, const At& at) {
  return index_or_none(span.file, view_.Sources.size(), at, "source");
}

bool Checker::obligation_json(std::string_view json) {
  return json == "true" || json == "false" || is_json_string(json) || is_json_number(json);
}

bool Checker::obligations() {
  for (size_t i = 0; i < view_.Obligations.size(); ++i) {
    const format::ObligationRow& row = view_.Obligations[i];
    const At json{"Obligations", i, "json"};
    if (!text(row.name, {"Obligations", i, "name"}) || !text(row.json, json) || !spend(row.json.size, json) ||
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
  const auto at = [i](const char* field) { return At{"Rules", i, field}; };
  if (!text(row.id, at("id")) || !text(row.policy, at("policy")) || !text(row.owner, at("owner")) ||
      !text(row.message, at("message")) || !span(row.span, at("span")) ||
      !word(row.effect, Effect::Oblige, at("effect")) || !word(row.mode, Mode::Enforce, at("mode")) ||
      !word(row.if_missing, IfMissing::Ignore, at("if_missing")) || !flag(row.mandatory, at("mandatory")) ||
      !flag(row.has_condition, at("has_condition")) ||
      !range(row.obligations, view_.Obligations.size(), at("obligations"), "Obligations") ||
      !range(row.accepted, view_.Strings.size(), at("accepted"), "Strings") ||
      !require(row.accepted.count % 2 == 0, at("accepted"), "not pairs") ||
      !indices(row.overrides, view_.Rules.size(), at("overrides"), "rule")) {
    return false;
  }
  if (row.overrides.count > 0 && !require(row.effect == Effect::Allow, at("overrides"), "of a rule that is no allow"))
    return false;
  for (uint32_t o = 0; o < row.overrides.count; ++o) {
    const format::RuleRow& other = view_.Rules[view_.Indices[row.overrides.first + o]];
    if (!require(is_blocking(other.effect), at("overrides"), "a rule that does not block") ||
        !require(other.mandatory == 0, at("overrides"), "a mandatory rule")) {
      return false;
    }
  }
  return i == 0 ||
         require(view_text(view_.Rules[i - 1].id) < view_text(row.id), at("id"), "rules are not sorted by id");
}

bool Checker::exceptions() {
  for (size_t i = 0; i < view_.Exceptions.size(); ++i) {
    const format::ExceptionRow& row = view_.Exceptions[i];
    const auto at = [i](const char* field) { return At{"Exceptions", i, field}; };
    if (!text(row.id, at("id")) || !text(row.owner, at("owner")) || !text(row.reason, at("reason")) ||
        !span(row.span, at("span")) || !ascending_indices(row.rules, view_.Rules.size(), at("rules"), "rule") ||
        !index(row.has_condition, 2, at("has_condition"), "flag") ||
        !(i == 0 || require(view_text(view_.Exceptions[i - 1].id) < view_text(row.id), at("id"),
                            "exceptions are not sorted by id"))) {
      return false;
    }
  }
  return true;
}

bool Checker::break_glasses() {
  for (size_t i = 0; i < view_.BreakGlasses.size(); ++i) {
    const format::BreakGlassRow& row = view_.BreakGlasses[i];
    const auto at = [i](const char* field) { return At{"BreakGlasses", i, field}; };
    if (!text(row.id, at("id")) || !span(row.span, at("span")) ||
        !ascending_indices(row.rules, view_.Rules.size(), at("rules"), "rule") ||
        !range(row.obligations, view_.Obligations.size(), at("obligations"), "Obligations") ||
        !require(row.duration_ns >= 0, at("duration_ns"), "negative") || !flag(row.every, at("every")) ||
        !flag(row.even_mandatory, at("even_mandatory"))) {
      return false;
    }
  }
  return true;
}

bool Checker::assumptions() {
  for (size_t i = 0; i < view_.Assumptions.size(); ++i) {
    const format::AssumptionRow& row = view_.Assumptions[i];
    if (!text(row.text, {"Assumptions", i, "text"}) || !span(row.span, {"Assumptions", i, "span"})) return false;
  }
  return true;
}

// ---- conditions ----

// Children have smaller indices, so there are no cycles; depth and size are those of the tree that walking it sees.
bool Checker::nodes() {
  struct Measure {
    uint32_t depth;
    uint32_t size;
  };
  std::vector<Measure> measures(view_.ConditionNodes.size());
  for (size_t i = 0; i < view_.ConditionNodes.size(); ++i) {
    const format::ConditionNode& row = view_.ConditionNodes[i];
    const auto at = [i](const char* field) { return At{"ConditionNodes", i, field}; };
    if (!text(row.text, at("text")) || !span(row.span, at("span")) || !word(row.kind, NodeKind::Atom, at("kind")) ||
        !flag(row.value, at("value")) || !flag(row.uses_time, at("uses_time")) || !flag(row.guard, at("guard")) ||
        !index_or_none(row.operand, view_.Operands.size(), at("operand"), "operand") ||
        !indices(row.children, i, at("children"), "node") ||
        !range(row.surely, view_.Code.size(), at("surely"), "Code") ||
        !range(row.possibly, view_.Code.size(), at("possibly"), "Code")) {
      return false;
    }
    const bool inner = row.kind == NodeKind::And || row.kind == NodeKind::Or || row.kind == NodeKind::Not;
    if (!require(inner || row.children.count == 0, at("children"), "of a leaf of the tree") ||
        !require(row.kind != NodeKind::Not || row.children.count == 1, at("children"), "not one, under a not") ||
        !require(row.kind != NodeKind::Atom || (row.surely.count > 0 && row.possibly.count > 0), at("surely"),
                 "an atom without code")) {
      return false;
    }
    uint32_t depth = 0;
    uint64_t size = 1;
    for (uint32_t c = 0; c < row.children.count; ++c) {
      const Measure& child = measures[view_.Indices[row.children.first + c]];
      depth = std::max(depth, child.depth);
      size += child.size;
      if (size > kMostNodes) return fail(at("children"), "a condition of too many nodes");
    }
    if (depth + 1 > kMostDepth) return fail(at("children"), "nested too deeply");
    measures[i] = {depth + 1, static_cast<uint32_t>(size)};
  }
  node_kind_.assign(view_.ConditionNodes.size(), 0);
  return true;
}

// The atoms below a node, as conditions on `kind`.
bool Checker::node_tree(uint32_t node, uint32_t kind, const At& at) {
  if (node_kind_[node] == kind + 1) return true;
  if (!spend(1, at)) return false;
  node_kind_[node] = kind + 1;
  const format::ConditionNode& row = view_.ConditionNodes[node];
  const Context context{kind, kNone, kNone};
  if (row.kind == NodeKind::Atom) {
    CodeFacts facts;
    const bool same = row.surely.first == row.possibly.first && row.surely.count == row.possibly.count;
    if (!code(row.surely, context, {"ConditionNodes", node, "surely"}, facts)) return false;
    if (!same && !code(row.possibly, context, {"ConditionNodes", node, "possibly"}, facts)) return false;
    return row.operand == kNone || operand_fits(row.operand, context, {"ConditionNodes", node, "operand"});
  }
  for (uint32_t c = 0; c < row.children.count; ++c) {
    if (!node_tree(view_.Indices[row.children.first + c], kind, at)) return false;
  }
  return true;
}

// ---- entries ----

bool Checker::entries() {
  uint64_t next = 0;
  for (size_t k = 0; k < view_.Kinds.size(); ++k) {
    const Range own = view_.Kinds[k].entries;
    const At at{"Kinds", k, "entries"};
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
  uint64_t steps = 0;
  for (uint32_t e = 0; e < row.entries.count; ++e) {
    const size_t i = size_t{row.entries.first} + e;
    if (!entry(i, static_cast<uint32_t>(kind), steps)) return false;
    if (e == 0) continue;
    const EntryRow& before = view_.Entries[i - 1];
    const EntryRow& own = view_.Entries[i];
    if (before.what > own.what || (before.what == own.what && before.object >= own.object)) {
      return fail({"Entries", i, "object"}, "entries are not sorted by what and object");
    }
  }
  if (steps == row.worst_steps) return true;
  return fail({"Kinds", kind, "worst_steps"}, "%llu, but its code takes %llu",
              static_cast<unsigned long long>(row.worst_steps), static_cast<unsigned long long>(steps));
}

bool Checker::entry(size_t i, uint32_t kind, uint64_t& steps) {
  const EntryRow& row = view_.Entries[i];
  const auto at = [i](const char* field) { return At{"Entries", i, field}; };
  const Context context{kind, kNone, kNone};
  if (!word(row.what, What::Rule, at("what")) || !flag(row.exact, at("exact")) || !flag(row.uses_time, at("uses_time")))
    return false;
  const size_t objects[] = {view_.Assumptions.size(), view_.Exceptions.size(), view_.BreakGlasses.size(),
                            view_.Rules.size()};
  if (!index(row.object, objects[static_cast<size_t>(row.what)], at("object"), "object")) return false;
  CodeFacts facts;
  if (!require(row.match.count > 0, at("match"), "no code") || !code(row.match, context, at("match"), facts) ||
      !code(row.surely, context, at("surely"), facts) || !code(row.residual, context, at("residual"), facts) ||
      !code(row.until, context, at("until"), facts) ||
      !require((row.exact != 0) == (row.residual.count == 0), at("residual"),
               "code of an exact entry, or none of another")) {
    return false;
  }
  steps = add_steps(steps, facts.steps);
  if (!require(!facts.in_window || view_.Kinds[kind].uses_windows != 0, at("match"),
               "asks for a window on a kind that says it uses none") ||
      !require(row.what != What::BreakGlass || view_.Kinds[kind].break_glass != kNone, at("object"),
               "a break-glass on a kind without its record")) {
    return false;
  }
  if (!entry_rule(row, i) || !ascending_indices(row.signals, view_.Kinds[kind].leaves.count, at("signals"), "leaf"))
    return false;
  for (uint32_t s = 0; s < row.signals.count; ++s) {
    const uint32_t leaf = view_.Indices[row.signals.first + s];
    if (!require(leaf_of(view_.Kinds[kind], leaf)->type == Type::Signal, at("signals"), "not a signal")) return false;
  }
  for (uint32_t g = 0; g < row.groups.count; ++g) {
    const Range alternatives = view_.RequirementGroups[row.groups.first + g].alternatives;
    if (!spend(alternatives.count, at("groups"))) return false;
    for (uint32_t a = 0; a < alternatives.count; ++a) {
      if (!requirement_fits(view_.Indices[alternatives.first + a], kind, at("groups"))) return false;
    }
  }
  for (const uint32_t node : {row.node, row.until_node}) {
    if (!index_or_none(node, view_.ConditionNodes.size(), at("node"), "node")) return false;
    if (node != kNone && !node_tree(node, kind, at("node"))) return false;
  }
  return message(row, i, kind);
}

// What only some effects have.
bool Checker::entry_rule(const EntryRow& row, size_t i) {
  const auto at = [i](const char* field) { return At{"Entries", i, field}; };
  if (!range(row.groups, view_.RequirementGroups.size(), at("groups"), "RequirementGroups") ||
      !spend(row.groups.count, at("groups"))) {
    return false;
  }
  if (row.what != What::Rule) {
    return require(row.surely.count == 0, at("surely"), "code of something else than a rule") &&
           require(row.until.count == 0 && row.until_node == kNone, at("until"),
                   "code of something else than a rule") &&
           require(row.groups.count == 0, at("groups"), "requirements of something else than a rule");
  }
  const format::RuleRow& rule = view_.Rules[row.object];
  const bool holds = rule.effect == Effect::Hold;
  // A hold that is not released names its condition; only one that always is may have none.
  const bool always = row.until.count == 1 && view_.Code[row.until.first].op == static_cast<uint8_t>(Opcode::True);
  return require(row.surely.count == 0 || (is_blocking(rule.effect) && rule.if_missing == IfMissing::Hold),
                 at("surely"), "code of a rule that does not hold when a signal is missing") &&
         require(holds == (row.until.count > 0), at("until"), "code of a rule that is no hold, or none of a hold") &&
         require(holds ? row.until_node != kNone || always : row.until_node == kNone, at("until_node"),
                 "of a rule that is no hold, or none of a hold") &&
         require(rule.mode != Mode::Off, at("object"), "a rule that is off") &&
         require(row.groups.count == 0 || rule.effect == Effect::Require || rule.effect == Effect::Allow, at("groups"),
                 "requirements of a rule that has none") &&
         require(row.groups.count > 0 || rule.effect != Effect::Require, at("groups"),
                 "a require without requirements");
}

bool Checker::message(const EntryRow& row, size_t i, uint32_t kind) {
  const At at{"Entries", i, "message"};
  if (!range(row.message, view_.MessageParts.size(), at, "MessageParts") || !spend(row.message.count, at)) return false;
  for (uint32_t p = 0; p < row.message.count; ++p) {
    if (!message_part(size_t{row.message.first} + p, kind)) return false;
  }
  return true;
}

bool Checker::message_part(size_t i, uint32_t kind) {
  const format::MessagePartRow& row = view_.MessageParts[i];
  const auto at = [i](const char* field) { return At{"MessageParts", i, field}; };
  const Context plain{kind, kNone, kNone};
  if (!text(row.text, at("text")) || !word(row.kind, PartKind::Element, at("kind"))) return false;
  if (row.kind == PartKind::Literal) return true;
  if (!index(row.operand, view_.Operands.size(), at("operand"), "operand")) return false;
  if (row.kind == PartKind::Value) return operand_fits(row.operand, plain, at("operand"));
  if (!index(row.list, view_.Operands.size(), at("list"), "operand")) return false;
  const format::OperandRow& list = view_.Operands[row.list];
  if (!operand_fits(row.list, plain, at("list")) ||
      !require(list.from == From::Leaf && (list.type == Type::List || list.type == Type::Set), at("list"),
               "not a list or set of the action")) {
    return false;
  }
  Context inner = plain;
  (list.type == Type::List ? inner.list : inner.element) = list.type == Type::List ? list.index : row.list;
  CodeFacts facts;
  return operand_fits(row.operand, inner, at("operand")) && require(row.surely.count > 0, at("surely"), "no code") &&
         require(row.possibly.count > 0, at("possibly"), "no code") && code(row.surely, inner, at("surely"), facts) &&
         code(row.possibly, inner, at("possibly"), facts);
}

// ---- provenance, and what can be stripped ----

bool Checker::provenance() {
  for (size_t i = 0; i < view_.Sources.size(); ++i) {
    if (!text(view_.Sources[i].path, {"Sources", i, "path"})) return false;
  }
  for (size_t i = 0; i < view_.Invariants.size(); ++i) {
    const format::InvariantRow& row = view_.Invariants[i];
    if (!text(row.id, {"Invariants", i, "id"}) || !text(row.text, {"Invariants", i, "text"}) ||
        !span(row.span, {"Invariants", i, "span"}) ||
        !range(row.on, view_.CheckOnKinds.size(), {"Invariants", i, "on"}, "CheckOnKinds") ||
        !flag(row.never, {"Invariants", i, "never"}) ||
        !index(row.outcomes, 16, {"Invariants", i, "outcomes"}, "outcomes")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.Covers.size(); ++i) {
    const format::CoverRow& row = view_.Covers[i];
    if (!text(row.policy, {"Covers", i, "policy"}) || !text(row.text, {"Covers", i, "text"}) ||
        !span(row.span, {"Covers", i, "span"}) ||
        !range(row.on, view_.CheckOnKinds.size(), {"Covers", i, "on"}, "CheckOnKinds")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.Severities.size(); ++i) {
    const format::SeverityRow& row = view_.Severities[i];
    if (!text(row.check, {"Severities", i, "check"}) || !text(row.severity, {"Severities", i, "severity"}))
      return false;
  }
  for (size_t i = 0; i < view_.Excerpts.size(); ++i) {
    const format::ExcerptRow& row = view_.Excerpts[i];
    if (!text(row.text, {"Excerpts", i, "text"}) ||
        !index(row.source, view_.Sources.size(), {"Excerpts", i, "source"}, "source")) {
      return false;
    }
  }
  return check_on_kinds();
}

bool Checker::check_on_kinds() {
  for (size_t i = 0; i < view_.CheckOnKinds.size(); ++i) {
    const format::CheckOnKindRow& row = view_.CheckOnKinds[i];
    const auto at = [i](const char* field) { return At{"CheckOnKinds", i, field}; };
    if (!index(row.kind, view_.Kinds.size(), at("kind"), "kind") ||
        !index_or_none(row.node, view_.ConditionNodes.size(), at("node"), "node")) {
      return false;
    }
    const Context context{row.kind, kNone, kNone};
    CodeFacts facts;
    if (!code(row.surely, context, at("surely"), facts) || !code(row.possibly, context, at("possibly"), facts))
      return false;
    if (row.node != kNone && !node_tree(row.node, row.kind, at("node"))) return false;
  }
  return true;
}

}  // namespace guardvm::load
