// See release.hpp.
#include "gate/release.hpp"

#include <algorithm>

#include "gate/edit.hpp"
#include "guardvm/opcodes.hpp"

namespace guardvm::gate {

namespace {

// Rows and columns of the approvals are read inside a body, which an instruction opens that has the list itself.
bool reads_approvals(const format::View& view, const format::KindRow& kind, format::Range code) {
  const auto is_list = [&](uint32_t operand) {
    const format::OperandRow& row = view.Operands[operand];
    return row.from == format::From::Leaf && row.index == kind.approvals;
  };
  for (uint32_t i = code.first; i < code.first + code.count; ++i) {
    const format::Instr& instr = view.Code[i];
    if (static_cast<Opcode>(instr.op) == Opcode::Approvals) return true;
    const OpInfo* info = op_info(instr.op);
    if (info->a == Field::Operand && is_list(instr.a)) return true;
  }
  return false;
}

}  // namespace

bool signals_may_release(const Bundle& bundle, const Decision& held) {
  const format::KindRow& kind = bundle.view().Kinds[held.kind];
  for (uint32_t i = 0; i < kind.leaves.count; ++i)
    if (leaf_of(bundle, kind, i).type == format::Type::Signal) return true;
  return false;
}

bool approvals_may_release(const Bundle& bundle, const Decision& held) {
  const format::View& view = bundle.view();
  const format::KindRow& kind = view.Kinds[held.kind];
  if (kind.approvals == format::kNone) return false;
  const auto waits = [&](const FiredRule& rule) { return !rule.met && view.Entries[rule.entry].groups.count > 0; };
  if (std::any_of(held.rules.begin(), held.rules.end(), waits)) return true;
  for (uint32_t i = 0; i < kind.entries.count; ++i) {
    const format::EntryRow& entry = view.Entries[kind.entries.first + i];
    for (const format::Range code : {entry.match, entry.surely, entry.until})
      if (reads_approvals(view, kind, code)) return true;
  }
  return false;
}

}  // namespace guardvm::gate
