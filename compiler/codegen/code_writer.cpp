// Bytecode; see code_writer.hpp and runtime/tables/opcodes.def.
#include "codegen/code_writer.hpp"

#include <algorithm>
#include <span>

#include "codegen/patterns.hpp"
#include "guardvm/limits.hpp"
#include "guardvm/opcodes.hpp"

namespace guard::codegen {
namespace {

using guardvm::Opcode;
using CheckKind = check::Condition::Kind;

bool is_jump(const format::Instr& instr) {
  const auto op = static_cast<Opcode>(instr.op);
  return op == Opcode::JumpIfFalse || op == Opcode::JumpIfTrue;
}

// Whether the instruction is a piece of code of its own.
bool stands_alone(const format::Instr& instr) {
  switch (static_cast<Opcode>(instr.op)) {
    case Opcode::JumpIfFalse:
    case Opcode::JumpIfTrue:
    case Opcode::Not:
    case Opcode::Any:
    case Opcode::All:
    case Opcode::Count:
    case Opcode::CountLimit:
      return false;
    default:
      return true;
  }
}

uint8_t compare_code(check::Compare compare) { return static_cast<uint8_t>(compare); }

format::Type type_of(check::TypeKind kind) { return static_cast<format::Type>(kind); }

}  // namespace

void CodeWriter::push(uint8_t op, uint32_t a, uint32_t b, uint8_t aux) { piece_.push_back({op, aux, 0, a, b}); }

format::Range CodeWriter::code(const ir::Condition& condition, const Scope& scope) {
  piece_.clear();
  put(condition, scope);
  return share();
}

format::Range CodeWriter::share() {
  std::vector<format::Instr>& code = pools_.sections.Code;
  const auto same_at = [&](uint32_t first) {
    for (size_t i = 0; i < piece_.size(); ++i) {
      format::Instr there = code[first + i];
      if (is_jump(there)) there.b -= first;
      if (std::memcmp(&there, &piece_[i], sizeof there) != 0) return false;
    }
    return true;
  };
  const auto here = static_cast<uint32_t>(code.size());
  const uint64_t hash = hash_items<format::Instr>(piece_);
  if (piece_.size() == 1 && stands_alone(piece_[0])) {
    const uint32_t at = single_index_.find_or_add(hash, here, same_at);
    if (at == here) code.push_back(piece_[0]);
    return {at, 1};
  }
  const auto fresh = static_cast<uint32_t>(known_.size());
  const uint32_t id = known_index_.find_or_add(hash, fresh, [&](uint32_t known) {
    return known_[known].count == piece_.size() && same_at(known_[known].first);
  });
  if (id != fresh) return known_[id];
  known_.push_back({here, static_cast<uint32_t>(piece_.size())});
  for (format::Instr instr : piece_) {
    const auto at = static_cast<uint32_t>(code.size());
    if (is_jump(instr)) instr.b += here;
    code.push_back(instr);
    if (stands_alone(instr)) {
      const auto alone = [&](uint32_t other) { return std::memcmp(&code[other], &instr, sizeof instr) == 0; };
      single_index_.find_or_add(hash_items<format::Instr>({&instr, 1}), at, alone);
    }
  }
  return known_[id];
}

void CodeWriter::put(const ir::Condition& condition, const Scope& scope) {
  using Kind = ir::Condition::Kind;
  switch (condition.kind) {
    case Kind::True:
      return push(static_cast<uint8_t>(Opcode::True), 0, 0);
    case Kind::False:
      return push(static_cast<uint8_t>(Opcode::False), 0, 0);
    case Kind::And:
    case Kind::Or:
      return put_chain(condition, scope);
    case Kind::Not:
      put(condition.children[0], scope);
      return push(static_cast<uint8_t>(Opcode::Not), 0, 0);
    case Kind::Atom:
      return put_atom(*condition.atom, scope);
    case Kind::Fresh: {
      check::Operand signal;
      signal.index = static_cast<uint32_t>(condition.signal);
      const check::Leaf& leaf = set_.kinds[static_cast<uint32_t>(scope.kind)].leaves[signal.index];
      signal.type = leaf.type;
      signal.text = leaf.path;
      return push(static_cast<uint8_t>(Opcode::SignalIs), operand(signal, scope), 0,
                  static_cast<uint8_t>(check::SignalState::Fresh));
    }
    case Kind::Quantifier:
      return put_quantifier(condition, scope);
  }
}

void CodeWriter::put_chain(const ir::Condition& condition, const Scope& scope) {
  const Opcode leave = condition.kind == ir::Condition::Kind::And ? Opcode::JumpIfFalse : Opcode::JumpIfTrue;
  std::vector<size_t> jumps;
  for (size_t i = 0; i < condition.children.size(); ++i) {
    put(condition.children[i], scope);
    if (i + 1 == condition.children.size()) break;
    jumps.push_back(piece_.size());
    push(static_cast<uint8_t>(leave), 0, 0);
  }
  for (const size_t jump : jumps) piece_[jump].b = static_cast<uint32_t>(piece_.size());
}

void CodeWriter::put_quantifier(const ir::Condition& condition, const Scope& scope) {
  using Quantifier = ir::Condition::Quantifier;
  const check::Operand& over = condition.atom->operand;
  Scope inner = scope;
  if (over.type.kind == check::TypeKind::List) inner.list = check::LeafId{over.index};
  const uint32_t list = operand(over, scope);
  const size_t head = piece_.size();
  if (condition.quantifier == Quantifier::Count) {
    push(static_cast<uint8_t>(Opcode::Count), list, 0, compare_code(condition.compare));
    push(static_cast<uint8_t>(Opcode::CountLimit), 0, condition.count);
  } else {
    push(static_cast<uint8_t>(condition.quantifier == Quantifier::Any ? Opcode::Any : Opcode::All), list, 0);
  }
  const size_t begin = piece_.size();
  put(condition.children[0], inner);
  piece_[head].b = static_cast<uint32_t>(piece_.size() - begin);
}

void CodeWriter::put_set_test(const check::Condition& atom, uint32_t operand) {
  const bool all = atom.kind == CheckKind::SetHasAll;
  switch (atom.operand.type.element) {
    case check::TypeKind::String:
      return push(static_cast<uint8_t>(all ? Opcode::SetHasAllText : Opcode::SetHasAnyText), operand,
                  pools_.string_set(atom.texts));
    case check::TypeKind::Version:
      return push(static_cast<uint8_t>(all ? Opcode::SetHasAllVersion : Opcode::SetHasAnyVersion), operand,
                  pools_.string_set(atom.texts));
    default:
      return push(static_cast<uint8_t>(all ? Opcode::SetHasAllNumber : Opcode::SetHasAnyNumber), operand,
                  pools_.number_set(atom.numbers));
  }
}

void CodeWriter::put_atom(const check::Condition& atom, const Scope& scope) {
  const auto put_op = [&](Opcode op, uint32_t a, uint32_t b, uint8_t aux = 0) {
    push(static_cast<uint8_t>(op), a, b, aux);
  };
  const uint8_t compare = compare_code(atom.compare);
  switch (atom.kind) {
    case CheckKind::InWindow:
      return put_op(Opcode::InWindow, 0, static_cast<uint32_t>(atom.window));
    case CheckKind::Approvals:
      return put_op(Opcode::Approvals, 0, static_cast<uint32_t>(atom.requirement));
    case CheckKind::Linear:
      return put_op(Opcode::Linear, 0, linear(atom, scope), compare);
    default:
      break;
  }
  const uint32_t first = operand(atom.operand, scope);
  switch (atom.kind) {
    case CheckKind::Bool:
      return put_op(Opcode::Bool, first, 0);
    case CheckKind::NumberCompare:
      return put_op(Opcode::NumberCompare, first, pools_.number(atom.number), compare);
    case CheckKind::NumberIn:
      return put_op(Opcode::NumberIn, first, pools_.number_set(atom.numbers));
    case CheckKind::StringIn:
      return put_op(Opcode::StringIn, first, pools_.string_set(atom.texts));
    case CheckKind::StringMatch:
      return put_op(Opcode::StringMatch, first, pattern(atom));
    case CheckKind::VersionCompare:
      return put_op(Opcode::VersionCompare, first, pools_.string(atom.texts[0]), compare);
    case CheckKind::VersionIn:
      return put_op(Opcode::VersionIn, first, pools_.string_set(atom.texts));
    case CheckKind::Present:
      return put_op(Opcode::Present, first, 0);
    case CheckKind::SignalIs:
      return put_op(Opcode::SignalIs, first, 0, static_cast<uint8_t>(atom.signal_state));
    case CheckKind::SetHasAny:
    case CheckKind::SetHasAll:
      return put_set_test(atom, first);
    case CheckKind::SetEmpty:
      return put_op(Opcode::SetEmpty, first, 0);
    case CheckKind::StringEqual:
      return put_op(Opcode::StringEqual, first, operand(atom.second, scope));
    case CheckKind::EnumEqual:
      return put_op(Opcode::EnumEqual, first, operand(atom.second, scope));
    case CheckKind::VersionOrder:
      return put_op(Opcode::VersionOrder, first, operand(atom.second, scope), compare);
    default:
      GUARD_CHECK(false, "a connective where an atom belongs");
  }
}

uint32_t CodeWriter::pattern(const check::Condition& atom) {
  format::PatternRow row{};
  row.text = pools_.text(atom.texts[0]);
  row.match = static_cast<format::Match>(atom.match);
  row.dfa = format::kNone;
  const size_t known = pools_.sections.Patterns.size();
  const uint32_t index = pools_.patterns.add_one(row);
  if (index < known || atom.match != check::Match::Regex) return index;
  const partition::Pattern pattern = to_pattern(atom.match, atom.texts[0]);
  const auto dfa = partition::determinise({&pattern}, partition::Utf8::Anything, guardvm::kLimitPatternStates);
  if (!dfa) {
    diagnostics_
        .report(DiagId::LimitExceeded, atom.span,
                "the automaton of `" + atom.texts[0] + "` has more than " +
                    std::to_string(guardvm::kLimitPatternStates) + " states (limit `pattern-states`)")
        .help("match a simpler pattern, or split the condition into several");
    return index;
  }
  // Thousands of large automata would fill the memory long before the bundle's size is known.
  if ((pools_.sections.DfaCells.size() + dfa->table.size()) * sizeof(uint32_t) > guardvm::kLimitBundleBytes) {
    diagnostics_.report(DiagId::LimitExceeded, atom.span,
                        "the automata of the set take more than a bundle may (limit `bundle-bytes`)");
    return index;
  }
  // The row stays as it was for sharing: equal patterns are found before their automaton is known.
  const uint32_t made = append_dfa(pools_, partition::minimise(*dfa), {0}, false);
  regex_dfas_.emplace_back(index, made);
  return index;
}

uint32_t CodeWriter::linear(const check::Condition& atom, const Scope& scope) {
  std::vector<format::LinearTermRow> terms;
  for (const check::LinearTerm& term : atom.terms) terms.push_back({term.coefficient, operand(term.operand, scope), 0});
  format::LinearRow row{};
  row.terms = pools_.linear_terms.add(terms);
  row.constant = atom.number;
  return pools_.linears.add_one(row);
}

uint32_t CodeWriter::operand(const check::Operand& operand, const Scope& scope) {
  using From = check::Operand::From;
  format::OperandRow row{};
  row.text = pools_.text(operand.text);
  row.index = operand.from == From::Element ? 0 : operand.index;
  row.data = row.key = row.list = format::kNone;
  if (operand.from == From::Lookup) {
    row.data = static_cast<uint32_t>(operand.data);
    row.key = this->operand(operand.key[0], scope);
  }
  if (operand.from == From::Column) row.list = static_cast<uint32_t>(scope.list);
  const bool has_enum = operand.type.kind == check::TypeKind::Enum ||
                        (operand.type.kind == check::TypeKind::Set && operand.type.element == check::TypeKind::Enum);
  row.enum_id = has_enum ? static_cast<uint32_t>(operand.type.enum_id) : format::kNone;
  row.from = static_cast<format::From>(operand.from);
  row.type = type_of(operand.type.kind);
  row.element = type_of(operand.type.element);
  row.scale = operand.type.scale;
  row.kind = static_cast<uint32_t>(scope.kind);
  return pools_.operands.add_one(row);
}

void CodeWriter::finish() {
  for (const auto& [pattern, dfa] : regex_dfas_) pools_.sections.Patterns[pattern].dfa = dfa;
}

}  // namespace guard::codegen
