// The condition as the author wrote it: a tree of connectives over atoms, each atom with its settled code.
#include "codegen/context.hpp"
#include "ir/facts.hpp"
#include "ir/settle.hpp"

namespace guard::codegen {
namespace {

using Kind = check::Condition::Kind;

// The operand whose value tells most about why the atom holds or does not.
uint32_t shown_operand(Context& context, const check::Condition& atom, const Scope& scope) {
  switch (atom.kind) {
    case Kind::Approvals:
      return format::kNone;
    case Kind::InWindow: {
      check::Operand now;
      const check::Leaf& leaf = context.kind(scope.kind).leaves[static_cast<uint32_t>(context.kind(scope.kind).now)];
      now.index = static_cast<uint32_t>(context.kind(scope.kind).now);
      now.type = leaf.type;
      now.text = leaf.path;
      return context.code.operand(now, scope);
    }
    case Kind::Linear:
      return atom.terms.empty() ? format::kNone : context.code.operand(atom.terms[0].operand, scope);
    default:
      break;
  }
  if (ir::is_quantifier(atom) && atom.operand.type.kind == check::TypeKind::List) return format::kNone;
  return context.code.operand(atom.operand, scope);
}

format::Range indices(Context& context, const std::vector<uint32_t>& nodes) { return context.pools.indices(nodes); }

uint32_t write(Context& context, const check::Condition& condition, const Scope& scope) {
  format::ConditionNode row{};
  row.operand = row.unsettled = format::kNone;
  // Without excerpts a place inside a rule has nothing to point at, and equal conditions are stored once.
  row.span = context.span(context.options.strip ? Span{} : condition.span);
  // A connective with a text is one atom to its author: `service != "a"` is checked as the negation of one.
  const bool one_atom = ir::is_atom(condition) || (condition.kind != Kind::Constant && !condition.text.empty());
  if (!one_atom) {
    std::vector<uint32_t> children;
    for (const check::Condition& child : condition.children) children.push_back(write(context, child, scope));
    row.parts = indices(context, children);
    row.value = condition.value ? 1 : 0;
    switch (condition.kind) {
      case Kind::And:
        row.kind = format::NodeKind::And;
        break;
      case Kind::Or:
        row.kind = format::NodeKind::Or;
        break;
      case Kind::Not:
        row.kind = format::NodeKind::Not;
        break;
      default:
        row.kind = format::NodeKind::Constant;
        break;
    }
    if (row.kind != format::NodeKind::Constant) row.value = 0;
    return context.pools.nodes.add_one(row);
  }
  const check::Kind& kind = context.kind(scope.kind);
  const check::Condition* inner = &condition;
  while (!ir::is_atom(*inner) && !inner->children.empty()) inner = &inner->children[0];
  const check::Condition& atom = *inner;
  row.kind = format::NodeKind::Atom;
  row.text = context.pools.text(condition.text);
  row.parts = context.code.code(ir::settle(condition, kind, ir::Truth::Surely), scope);
  const format::Range possibly = context.code.code(ir::settle(condition, kind, ir::Truth::Possibly), scope);
  if (possibly.first != row.parts.first || possibly.count != row.parts.count)
    row.unsettled = context.pools.possibly_codes.add_one(possibly);
  row.uses_time = ir::uses_time(condition, kind) ? 1 : 0;
  row.guard = atom.kind == Kind::Present ? 1 : 0;
  if (ir::is_atom(atom)) row.operand = shown_operand(context, atom, scope);
  return context.pools.nodes.add_one(row);
}

}  // namespace

uint32_t write_node(Context& context, const check::Condition& condition, const Scope& scope) {
  if (condition.kind == Kind::Constant && condition.value) return format::kNone;
  return write(context, condition, scope);
}

}  // namespace guard::codegen
