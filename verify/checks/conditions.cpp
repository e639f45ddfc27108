// Walks over condition nodes.
#include "verify/checks/conditions.hpp"

namespace guard::verify {

Truth truth_of(const format::RuleRow& rule) {
  if (rule.effect == format::Effect::Allow) return Truth::Surely;
  const bool ignores = is_blocking(rule.effect) && rule.if_missing == format::IfMissing::Ignore;
  return ignores ? Truth::Surely : Truth::Possibly;
}

Formula ConditionReader::formula(uint32_t node, Truth truth, uint32_t replaced, bool by) {
  uint32_t next = 0;
  return node == format::kNone ? kTrue : walk(node, truth, replaced, by, next);
}

Formula ConditionReader::walk(uint32_t index, Truth truth, uint32_t replaced, bool by, uint32_t& next) {
  const format::ConditionNode& node = checker_.view().ConditionNodes[index];
  Formulas& formulas = kind_.decision.model.formulas;
  const auto child = [&](uint32_t i) { return checker_.view().Indices[node.children().first + i]; };
  switch (node.kind) {
    case format::NodeKind::Constant:
      return node.value != 0 ? kTrue : kFalse;
    case format::NodeKind::Atom:
      if (next++ == replaced) return by ? kTrue : kFalse;
      return kind_.decision.model.code(truth == Truth::Surely ? node.surely() : node.possibly(checker_.view()));
    case format::NodeKind::Not: {
      const Truth dual = truth == Truth::Surely ? Truth::Possibly : Truth::Surely;
      return formulas.negation(walk(child(0), dual, replaced, by, next));
    }
    case format::NodeKind::And:
    case format::NodeKind::Or:
      break;
  }
  std::vector<Formula> parts;
  for (uint32_t i = 0; i < node.children().count; ++i) parts.push_back(walk(child(i), truth, replaced, by, next));
  return node.kind == format::NodeKind::And ? formulas.all(parts) : formulas.any(parts);
}

std::vector<uint32_t> ConditionReader::atoms(uint32_t root) const {
  std::vector<uint32_t> found, stack;
  if (root != format::kNone) stack.push_back(root);
  while (!stack.empty()) {
    const uint32_t index = stack.back();
    stack.pop_back();
    const format::ConditionNode& node = checker_.view().ConditionNodes[index];
    if (node.kind == format::NodeKind::Atom) found.push_back(index);
    for (uint32_t i = node.children().count; i > 0; --i) {
      stack.push_back(checker_.view().Indices[node.children().first + i - 1]);
    }
  }
  return found;
}

std::vector<uint32_t> ConditionReader::conjuncts(uint32_t root) const {
  std::vector<uint32_t> found, stack;
  if (root != format::kNone) stack.push_back(root);
  while (!stack.empty()) {
    const uint32_t index = stack.back();
    stack.pop_back();
    const format::ConditionNode& node = checker_.view().ConditionNodes[index];
    if (node.kind != format::NodeKind::And) {
      found.push_back(index);
      continue;
    }
    for (uint32_t i = node.children().count; i > 0; --i) {
      stack.push_back(checker_.view().Indices[node.children().first + i - 1]);
    }
  }
  return found;
}

std::string ConditionReader::text(uint32_t index) const {
  const format::ConditionNode& node = checker_.view().ConditionNodes[index];
  const auto child = [&](uint32_t i) {
    const uint32_t inner = checker_.view().Indices[node.children().first + i];
    const format::NodeKind kind = checker_.view().ConditionNodes[inner].kind;
    const bool nested = kind == format::NodeKind::And || kind == format::NodeKind::Or;
    return nested ? "(" + text(inner) + ")" : text(inner);
  };
  switch (node.kind) {
    case format::NodeKind::Constant:
      return node.value != 0 ? "true" : "false";
    case format::NodeKind::Atom:
      return std::string(checker_.bundle().text(node.text));
    case format::NodeKind::Not:
      return "not " + child(0);
    case format::NodeKind::And:
    case format::NodeKind::Or:
      break;
  }
  std::string out;
  for (uint32_t i = 0; i < node.children().count; ++i) {
    if (i > 0) out += node.kind == format::NodeKind::And ? " and " : " or ";
    out += child(i);
  }
  return out;
}

void prepare_checks(Checker& checker, KindState& kind) {
  ConditionReader reader(checker, kind);
  KindModel& model = kind.decision.model;
  const auto decode = [&](uint32_t node) {
    for (const uint32_t atom : reader.atoms(node)) {
      (void)model.code(checker.view().ConditionNodes[atom].surely());
      (void)model.code(checker.view().ConditionNodes[atom].possibly(checker.view()));
    }
  };
  for (const RuleOnKind& rule : kind.decision.rules) {
    const format::EntryRow& entry = kind.decision.entry(rule);
    decode(entry.node);
    for (uint32_t g = 0; g < entry.groups.count; ++g) {
      const format::Range any = checker.view().RequirementGroups[entry.groups.first + g].alternatives;
      for (uint32_t a = 0; a < any.count; ++a) {
        const auto& row = checker.view().Requirements[checker.view().Indices[any.first + a]];
        if (row.including_actor == 0 || model.row().actor == format::kNone) continue;
        (void)model.approver_is_actor(row);
        (void)model.actor_alone();
      }
    }
  }
  if (checker.options().every_condition) {
    const format::Range entries = model.row().entries;
    for (const format::EntryRow& entry : checker.view().Entries.subspan(entries.first, entries.count)) {
      decode(entry.node);
      decode(entry.until_node);
    }
  }
  for (const format::ExceptionRow& row : checker.view().Exceptions) (void)model.at_instant(Compare::Lt, row.expires_ns);
}

}  // namespace guard::verify
