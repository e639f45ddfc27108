// Entries: what each object says on each kind, its code, its message, and the kind's index.
#include <algorithm>
#include <optional>

#include "codegen/context.hpp"
#include "codegen/index_rows.hpp"
#include "codegen/steps.hpp"
#include "ir/facts.hpp"
#include "ir/settle.hpp"

namespace guard::codegen {
namespace {

using ir::Truth;

// One object on one kind.
struct Item {
  format::What what;
  uint32_t object;
  const check::Condition* condition;
  const check::Rule* rule = nullptr;
  const check::RuleOnKind* on = nullptr;
};

std::vector<std::vector<Item>> items_by_kind(const check::PolicySet& set) {
  std::vector<std::vector<Item>> items(set.kinds.size());
  const auto add = [&](format::What what, const auto& objects) {
    for (uint32_t i = 0; i < objects.size(); ++i) {
      for (const check::ConditionOnKind& on : objects[i].on) {
        items[static_cast<uint32_t>(on.kind)].push_back({what, i, &on.condition});
      }
    }
  };
  add(format::What::Assumption, set.assumptions);
  add(format::What::Exception, set.exceptions);
  add(format::What::BreakGlass, set.break_glass);
  for (uint32_t i = 0; i < set.rules.size(); ++i) {
    const check::Rule& rule = set.rules[i];
    if (rule.mode == syntax::Mode::Off) continue;
    for (const check::RuleOnKind& on : rule.on) {
      items[static_cast<uint32_t>(on.kind)].push_back({format::What::Rule, i, &on.condition, &rule, &on});
    }
  }
  return items;
}

// When the entry fires: see LANGUAGE.md, "Signals". What is not certain never opens the gate.
ir::Condition match_of(const Item& item, const check::Kind& kind) {
  switch (item.what) {
    case format::What::Assumption:
      return ir::negation(ir::settle(*item.condition, kind, Truth::Surely));
    case format::What::Exception:
    case format::What::BreakGlass:
      return ir::settle(*item.condition, kind, Truth::Surely);
    case format::What::Rule:
      break;
  }
  if (item.rule->effect == check::Effect::Allow) return ir::settle(*item.condition, kind, Truth::Surely);
  const bool ignores = check::is_blocking(item.rule->effect) && item.rule->if_missing == syntax::MissingPolicy::Ignore;
  return ir::settle(*item.condition, kind, ignores ? Truth::Surely : Truth::Possibly);
}

format::Range write_groups(Context& context, const check::RuleOnKind& on) {
  std::vector<format::RequirementGroupRow> groups;
  for (const std::vector<check::RequirementId>& any_of : on.requirements) {
    std::vector<uint32_t> ids;
    for (const check::RequirementId id : any_of) ids.push_back(static_cast<uint32_t>(id));
    groups.push_back({context.pools.indices(ids)});
  }
  return context.pools.groups.add(groups);
}

// An element that a message quotes: its quantifier's list and when a row is the witness.
void write_element(Context& context, const check::MessagePart& part, const Scope& scope,
                   const std::vector<const check::Condition*>& quantifiers, format::MessagePartRow& row) {
  GUARD_CHECK(part.quantifier < quantifiers.size(), "a message quotes a quantifier that is not there");
  const check::Condition& quantifier = *quantifiers[part.quantifier];
  const check::Kind& kind = context.kind(scope.kind);
  Scope inner = scope;
  if (quantifier.operand.type.kind == check::TypeKind::List) inner.list = check::LeafId{quantifier.operand.index};
  row.kind = format::PartKind::Element;
  format::MessageElementRow element{};
  element.list = context.code.operand(quantifier.operand, scope);
  row.operand = context.code.operand(part.operand, inner);
  const auto witness = [&](Truth truth) {
    const check::Condition& body = quantifier.children[0];
    if (part.witness_is) return ir::settle(body, kind, truth);
    return ir::negation(ir::settle(body, kind, truth == Truth::Surely ? Truth::Possibly : Truth::Surely));
  };
  element.surely = context.code.code(witness(Truth::Surely), inner);
  element.possibly = context.code.code(witness(Truth::Possibly), inner);
  row.element = context.pools.message_elements.add_one(element);
}

format::Range write_message(Context& context, const Item& item, const Scope& scope) {
  if (item.on->message.empty()) return {0, 0};
  const std::vector<const check::Condition*> quantifiers = ir::quantifiers(*item.condition);
  const format::Text source = context.pools.text(item.rule->message_source);
  std::vector<format::MessagePartRow> rows;
  for (const check::MessagePart& part : item.on->message) {
    format::MessagePartRow row{};
    row.operand = row.element = format::kNone;
    switch (part.kind) {
      case check::MessagePart::Kind::Literal:
        row.kind = format::PartKind::Literal;
        row.text = context.pools.text(part.text, source);
        break;
      case check::MessagePart::Kind::Value:
        row.kind = format::PartKind::Value;
        row.operand = context.code.operand(part.operand, scope);
        break;
      case check::MessagePart::Kind::Element:
        write_element(context, part, scope, quantifiers, row);
        break;
    }
    rows.push_back(row);
  }
  return context.pools.message_parts.add(rows);
}

format::EntryRow write_entry(Context& context, const Item& item, const ir::Condition& match, const Scope& scope,
                             bool& uses_windows) {
  const check::Kind& kind = context.kind(scope.kind);
  format::EntryRow row{};
  row.match = context.code.code(match, scope);
  row.object = item.object;
  row.what = item.what;
  row.node = write_node(context, *item.condition, scope);
  row.until_node = format::kNone;
  bool uses_time = ir::uses_time(*item.condition, kind);
  uses_windows = uses_windows || ir::uses_windows(*item.condition);
  if (item.on != nullptr) {
    row.groups = write_groups(context, *item.on);
    uses_time = uses_time || row.groups.count > 0;
    std::vector<uint32_t> signals;
    for (const check::LeafId leaf : item.on->signals) signals.push_back(static_cast<uint32_t>(leaf));
    row.signals = context.pools.indices(signals);
    row.message = write_message(context, item, scope);
    const bool holds = check::is_blocking(item.rule->effect) && item.rule->if_missing == syntax::MissingPolicy::Hold;
    if (holds) {
      const ir::Condition surely = ir::settle(*item.condition, kind, Truth::Surely);
      // Without a signal both are the same and nothing is ever degraded.
      if (!ir::same(surely, match)) row.surely = context.code.code(surely, scope);
    }
    if (item.on->until) {
      row.until = context.code.code(ir::settle(*item.on->until, kind, Truth::Surely), scope);
      row.until_node = write_node(context, *item.on->until, scope);
      uses_time = uses_time || ir::uses_time(*item.on->until, kind);
      uses_windows = uses_windows || ir::uses_windows(*item.on->until);
    }
  }
  row.uses_time = uses_time ? 1 : 0;
  return row;
}

void write_kind(Context& context, uint32_t k, const std::vector<Item>& items, IndexBudget& budget, Stats::Kind& stats) {
  const Scope scope{check::KindId{k}};
  const check::Kind& kind = context.set.kinds[k];
  Sections& out = context.pools.sections;
  std::vector<ir::Condition> matches;
  matches.reserve(items.size());
  Dims dims(kind);
  for (const Item& item : items) matches.push_back(match_of(item, kind));
  Scoping scoping;
  scoping.parts.assign(items.size(), kNoPart);
  if (context.options.prune_index) scoping = choose_scope(matches);
  for (size_t i = 0; i < items.size(); ++i) {
    dims.collect(scoping.parts[i] == kNoPart ? matches[i] : part_of(matches[i], scoping.parts[i]));
  }
  dims.close();
  std::vector<Box> boxes;
  boxes.reserve(items.size());
  format::KindRow row = out.Kinds[k];
  row.entries = {static_cast<uint32_t>(out.Entries.size()), static_cast<uint32_t>(items.size())};
  bool uses_windows = false;
  for (size_t i = 0; i < items.size(); ++i) {
    out.Entries.push_back(write_entry(context, items[i], matches[i], scope, uses_windows));
    if (scoping.parts[i] == kNoPart)
      boxes.emplace_back(dims, std::move(matches[i]));
    else
      boxes.emplace_back(dims, std::move(matches[i]), scoping.parts[i]);
  }
  matches.clear();
  row.uses_windows = uses_windows ? 1 : 0;
  const std::vector<uint32_t> order = write_index(context, dims, scoping, boxes, row, budget, stats);
  stats.name = kind.name;
  stats.entries = items.size();
  std::vector<format::Candidate> candidates;
  for (uint32_t i = 0; i < items.size(); ++i) {
    const NumberRange range = boxes[i].take_range(context.set, kind);
    const ir::Condition residual = boxes[i].take_residual();
    const bool asks_nothing = residual.kind == ir::Condition::Kind::True;
    if (asks_nothing && range.share >= 1) ++stats.exact;
    candidates.push_back({range.least, range.most, i, range.leaf,
                          asks_nothing ? format::Range{0, 0} : context.code.code(residual, scope)});
  }
  write_candidates(context, dims, scoping, boxes, order, candidates, row);
  const auto add = [&](format::Range range) { row.worst_steps = add_steps(row.worst_steps, steps_of(out, range)); };
  for (uint32_t i = row.entries.first; i < row.entries.first + row.entries.count; ++i) {
    add(out.Entries[i].match);
    add(out.Entries[i].surely);
    add(out.Entries[i].until);
  }
  for (uint32_t i = row.ranked.first; i < out.Candidates.size(); ++i) add(out.Candidates[i].code);
  stats.worst_steps = row.worst_steps;
  out.Kinds[k] = row;
}

}  // namespace

void write_entries(Context& context, Stats& stats) {
  const std::vector<std::vector<Item>> items = items_by_kind(context.set);
  IndexBudget budget;
  for (uint32_t k = 0; k < items.size(); ++k) write_kind(context, k, items[k], budget, stats.kinds.emplace_back());
}

}  // namespace guard::codegen
