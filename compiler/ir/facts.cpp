// Facts about checked conditions: walks over operands and trees.
#include "ir/facts.hpp"

#include <algorithm>

namespace guard::ir {
namespace {

using Kind = check::Condition::Kind;

// Calls `see` with every leaf that the operand reads, keys of lookups included.
template <typename See>
void each_leaf(const check::Operand& operand, const See& see) {
  if (operand.from == check::Operand::From::Leaf) see(check::LeafId{operand.index});
  for (const check::Operand& key : operand.key) each_leaf(key, see);
}

bool has_operand(const check::Condition& c) {
  return c.kind != Kind::InWindow && c.kind != Kind::Linear && c.kind != Kind::Approvals && is_atom(c);
}

bool has_second(const check::Condition& c) {
  return c.kind == Kind::StringEqual || c.kind == Kind::EnumEqual || c.kind == Kind::VersionOrder;
}

template <typename See>
void each_leaf_of_atom(const check::Condition& atom, const See& see) {
  if (has_operand(atom)) each_leaf(atom.operand, see);
  if (has_second(atom)) each_leaf(atom.second, see);
  for (const check::LinearTerm& term : atom.terms) each_leaf(term.operand, see);
}

void collect_quantifiers(const check::Condition& condition, std::vector<const check::Condition*>& out) {
  if (is_quantifier(condition)) out.push_back(&condition);
  for (const check::Condition& child : condition.children) collect_quantifiers(child, out);
}

}  // namespace

bool is_quantifier(const check::Condition& condition) {
  switch (condition.kind) {
    case Kind::Any:
    case Kind::All:
    case Kind::AtLeast:
    case Kind::AtMost:
    case Kind::Exactly:
      return true;
    default:
      return false;
  }
}

bool is_atom(const check::Condition& condition) {
  switch (condition.kind) {
    case Kind::Constant:
    case Kind::And:
    case Kind::Or:
    case Kind::Not:
      return false;
    default:
      return true;
  }
}

std::vector<check::LeafId> atom_signals(const check::Condition& atom, const check::Kind& kind) {
  std::vector<check::LeafId> signals;
  each_leaf_of_atom(atom, [&](check::LeafId leaf) {
    const check::Leaf& row = kind.leaves[static_cast<uint32_t>(leaf)];
    if (row.signal != check::kNoLeaf && row.type.kind != check::TypeKind::Signal) signals.push_back(row.signal);
  });
  std::sort(signals.begin(), signals.end());
  signals.erase(std::unique(signals.begin(), signals.end()), signals.end());
  return signals;
}

bool uses_time(const check::Condition& condition, const check::Kind& kind) {
  if (condition.kind == Kind::InWindow || condition.kind == Kind::Approvals || condition.kind == Kind::SignalIs)
    return true;
  if (is_atom(condition)) {
    if (!atom_signals(condition, kind).empty()) return true;
    bool reads_now = false;
    each_leaf_of_atom(condition, [&](check::LeafId leaf) { reads_now = reads_now || leaf == kind.now; });
    if (reads_now) return true;
  }
  return std::any_of(condition.children.begin(), condition.children.end(),
                     [&](const check::Condition& child) { return uses_time(child, kind); });
}

bool uses_windows(const check::Condition& condition) {
  if (condition.kind == Kind::InWindow) return true;
  return std::any_of(condition.children.begin(), condition.children.end(), uses_windows);
}

std::vector<const check::Condition*> quantifiers(const check::Condition& condition) {
  std::vector<const check::Condition*> out;
  collect_quantifiers(condition, out);
  return out;
}

}  // namespace guard::ir
