// Code and what it names. First every item by itself, once; then every range of code in the context that runs it.
#include <algorithm>
#include <array>
#include <bit>

#include "guardvm/opcodes.hpp"
#include "load/checker.hpp"

namespace guardvm::load {
namespace {

using format::From;
using format::kNone;
using format::OperandRow;
using format::Type;

using TypeSet = uint32_t;
constexpr TypeSet bit(Type type) { return TypeSet{1} << static_cast<unsigned>(type); }
constexpr bool has(TypeSet set, Type type) { return (set & bit(type)) != 0; }

constexpr TypeSet kNumbers = bit(Type::Bool) | bit(Type::Int) | bit(Type::Decimal) | bit(Type::Enum) |
                             bit(Type::Timestamp) | bit(Type::Duration);
constexpr TypeSet kCollections = bit(Type::Set) | bit(Type::List);
constexpr TypeSet kAnyType = (TypeSet{1} << (static_cast<unsigned>(Type::Signal) + 1)) - 1;
constexpr TypeSet kText = bit(Type::String), kVersion = bit(Type::Version), kWord = bit(Type::Int) | bit(Type::Enum);

// What operand an opcode reads, and what its aux may be.
struct Needs {
  TypeSet types = 0;     // of a
  TypeSet elements = 0;  // of a, when it must be a set of these
  uint8_t aux = 0;       // greatest aux
  bool constants_are_versions = false;
};

constexpr uint8_t kCompares = 5, kStates = 2;

Needs needs_of(Opcode op) {
  switch (op) {
    case Opcode::Bool:
      return {bit(Type::Bool)};
    case Opcode::NumberCompare:
      return {kNumbers, 0, kCompares};
    case Opcode::NumberIn:
      return {kNumbers};
    case Opcode::StringIn:
    case Opcode::StringMatch:
    case Opcode::StringEqual:
      return {kText};
    case Opcode::VersionCompare:
      return {kVersion, 0, kCompares, true};
    case Opcode::VersionIn:
      return {kVersion, 0, 0, true};
    case Opcode::VersionOrder:
      return {kVersion, 0, kCompares};
    case Opcode::Present:
      return {kAnyType};
    case Opcode::SignalIs:
      return {bit(Type::Signal), 0, kStates};
    case Opcode::SetHasAnyText:
    case Opcode::SetHasAllText:
      return {bit(Type::Set), kText};
    case Opcode::SetHasAnyNumber:
    case Opcode::SetHasAllNumber:
      return {bit(Type::Set), kWord};
    case Opcode::SetHasAnyVersion:
    case Opcode::SetHasAllVersion:
      return {bit(Type::Set), kVersion, 0, true};
    case Opcode::SetEmpty:
    case Opcode::Any:
    case Opcode::All:
      return {kCollections};
    case Opcode::Count:
      return {kCollections, 0, kCompares};
    case Opcode::EnumEqual:
      return {bit(Type::Enum)};
    case Opcode::Linear:
      return {0, 0, kCompares};
    case Opcode::True:
    case Opcode::False:
    case Opcode::Not:
    case Opcode::JumpIfFalse:
    case Opcode::JumpIfTrue:
    case Opcode::InWindow:
    case Opcode::Approvals:
    case Opcode::CountLimit:
      return {};
  }
  return {};
}

constexpr bool is_quantifier(Opcode op) { return op == Opcode::Any || op == Opcode::All || op == Opcode::Count; }
constexpr bool is_jump(Opcode op) { return op == Opcode::JumpIfFalse || op == Opcode::JumpIfTrue; }
// Instructions that use the flag before they set it, so nothing may begin with them.
constexpr bool reads_flag(Opcode op) { return is_jump(op) || op == Opcode::Not || op == Opcode::CountLimit; }

constexpr uint32_t kMostTerms = 64;

// The most an operand's type can differ from its leaf, column, element or field: not at all.
bool same_type(const OperandRow& operand, Type type, Type element, uint32_t enum_id) {
  const bool words = type == Type::Enum || (type == Type::Set && element == Type::Enum);
  return operand.type == type && (type != Type::Set || operand.element == element) &&
         (!words || operand.enum_id == enum_id);
}

}  // namespace

// ---- operands ----

bool Checker::operands() {
  root_.resize(view_.Operands.size());
  for (size_t i = 0; i < view_.Operands.size(); ++i) {
    if (!operand(i)) return false;
  }
  return true;
}

bool Checker::operand(size_t i) {
  const OperandRow& row = view_.Operands[i];
  const auto at = [i](const char* field) { return At{"Operands", i, field}; };
  if (!text(row.text, at("text")) || !word(row.from, From::Lookup, at("from")) ||
      !word(row.type, Type::Signal, at("type")) || !word(row.element, Type::Signal, at("element")) ||
      !index(row.kind, view_.Kinds.size(), at("kind"), "kind") ||
      !require(row.scale <= 18, at("scale"), "more than 18 digits")) {
    return false;
  }
  const bool words = row.type == Type::Enum || (row.type == Type::Set && row.element == Type::Enum);
  if (words && !index(row.enum_id, view_.Enums.size(), at("enum_id"), "enum")) return false;
  root_[i] = static_cast<uint32_t>(i);
  const format::KindRow& kind = view_.Kinds[row.kind];
  switch (row.from) {
    case From::Leaf: {
      const format::LeafRow* leaf = leaf_of(kind, row.index);
      if (leaf == nullptr) return fail_index(at("index"), "leaf", row.index, kind.leaves.count);
      return require(same_type(row, leaf->type, leaf->element, leaf->enum_id), at("type"), "not the type of its leaf");
    }
    case From::Column: {
      const format::LeafRow* list = leaf_of(kind, row.list);
      if (list == nullptr) return fail_index(at("list"), "leaf", row.list, kind.leaves.count);
      if (!require(list->type == Type::List, at("list"), "not a list") ||
          !index(row.index, list->columns.count, at("index"), "column")) {
        return false;
      }
      const format::LeafRow& column = view_.Leaves[list->columns.first + row.index];
      return require(same_type(row, column.type, column.element, column.enum_id), at("type"),
                     "not the type of its column");
    }
    case From::Element:
      return require(
          row.type == Type::String || row.type == Type::Int || row.type == Type::Enum || row.type == Type::Version,
          at("type"), "not a type that sets hold");
    case From::Lookup:
      break;
  }
  if (!index(row.key, i, at("key"), "operand")) return false;
  const OperandRow& key = view_.Operands[row.key];
  // A chain of lookups is followed by recursion: `list` of a lookup is free, so the depth is counted along the chain.
  uint64_t depth = 1;
  for (uint32_t k = row.key; view_.Operands[k].from == From::Lookup; k = view_.Operands[k].key) {
    if (++depth > kLimitNesting) return fail(at("key"), "lookups nested too deeply");
  }
  root_[i] = root_[row.key];
  if (!require(key.type == Type::String, at("key"), "not a string") ||
      !require(key.kind == row.kind, at("key"), "an operand of another kind") ||
      !index(row.data, view_.Data.size(), at("data"), "data")) {
    return false;
  }
  const format::DataRow& data = view_.Data[row.data];
  if (!index(row.index, data.fields.count, at("index"), "field")) return false;
  const format::DataFieldRow& field = view_.DataFields[data.fields.first + row.index];
  // `inventory[service] is present` reads the presence of a field that every row has.
  if (row.type == Type::Presence) return require(field.optional == 0, at("type"), "the presence of an optional field");
  return require(same_type(row, field.type, field.element, field.enum_id), at("type"), "not the type of its field");
}

// ---- patterns and automata ----

bool Checker::patterns() {
  for (size_t i = 0; i < view_.Patterns.size(); ++i) {
    const format::PatternRow& row = view_.Patterns[i];
    const At source{"Patterns", i, "text"}, dfa{"Patterns", i, "dfa"};
    if (!text(row.text, source) || !word(row.match, format::Match::Regex, {"Patterns", i, "match"})) return false;
    if (row.match != format::Match::Regex && !require(row.dfa == kNone, dfa, "an automaton of no regex")) return false;
    if (row.match == format::Match::Regex && !index(row.dfa, view_.Dfas.size(), dfa, "automaton")) return false;
    if (row.match == format::Match::Glob && !glob(view_text(row.text), source)) return false;
  }
  return true;
}

bool Checker::glob(std::string_view pattern, const At& at) {
  if (!index(pattern.size(), kLimitPatternBytes + 1, at, "bytes")) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && ++i == pattern.size()) return fail(at, "ends in a backslash");
  }
  return true;
}

bool Checker::automata() {
  most_atom_.resize(view_.Dfas.size());
  for (size_t i = 0; i < view_.Dfas.size(); ++i) {
    if (!automaton(i)) return false;
  }
  for (size_t i = 0; i < view_.Patterns.size(); ++i) {
    const format::PatternRow& row = view_.Patterns[i];
    if (row.match != format::Match::Regex) continue;
    const At at{"Patterns", i, "dfa"};
    if (!require(view_.Dfas[row.dfa].scan == 0, at, "a scanning automaton") ||
        !require(most_atom_[row.dfa] <= 1, at, "an automaton of several atoms")) {
      return false;
    }
  }
  return true;
}

bool Checker::automaton(size_t i) {
  const format::DfaRow& row = view_.Dfas[i];
  const auto at = [i](const char* field) { return At{"Dfas", i, field}; };
  if (!require(row.states >= 2, at("states"), "fewer than 2 states") ||
      !require(row.classes >= 1 && row.classes <= 256, at("classes"), "not 1 to 256 classes") ||
      !index(row.scan, 2, at("scan"), "flag") ||
      !range({row.class_map, 256}, view_.Bytes.size(), at("class_map"), "bytes")) {
    return false;
  }
  for (size_t b = 0; b < 256; ++b) {
    if (!index(view_.Bytes[row.class_map + b], row.classes, at("class_map"), "class")) return false;
  }
  const uint64_t cells = uint64_t{row.states} * row.classes;
  if (row.table > view_.DfaCells.size() || cells > view_.DfaCells.size() - row.table) {
    return fail(at("table"), "%llu cells from %u, of %zu", static_cast<unsigned long long>(cells), row.table,
                view_.DfaCells.size());
  }
  if (!range({row.accept, row.states}, view_.DfaAccepts.size(), at("accept"), "DfaAccepts") ||
      !spend(cells + row.states + 256, at("table"))) {
    return false;
  }
  const uint32_t* table = view_.DfaCells.data() + row.table;
  uint32_t greatest = 0;
  for (uint64_t cell = 0; cell < cells; ++cell) greatest = std::max(greatest, table[cell]);
  if (!index(greatest, row.states, at("table"), "state")) return false;
  for (uint32_t c = 0; c < row.classes; ++c) {
    if (table[c] != 0) return fail(at("table"), "state 0 is not dead");
  }
  for (uint32_t state = 0; state < row.states; ++state) {
    const Range atoms = view_.DfaAccepts[row.accept + state];
    if (!range(atoms, view_.Indices.size(), at("accept"), "Indices") || !spend(atoms.count, at("accept"))) return false;
    for (uint32_t a = 0; a < atoms.count; ++a) {
      const uint32_t atom = view_.Indices[atoms.first + a];
      if (!index(atom, kNone, at("accept"), "atom")) return false;
      most_atom_[i] = std::max(most_atom_[i], atom + 1);
    }
  }
  return require(view_.DfaAccepts[row.accept].count == 0, at("accept"), "the dead state accepts");
}

// ---- sums and requirements ----

// The greatest absolute value that an operand can have.
uint64_t Checker::magnitude(const OperandRow& operand) const {
  constexpr uint64_t kFull = uint64_t{1} << 63;
  if (operand.type != Type::Int && operand.type != Type::Decimal) return kFull;
  const format::KindRow& kind = view_.Kinds[operand.kind];
  const format::LeafRow* leaf = nullptr;
  if (operand.from == From::Leaf) leaf = &view_.Leaves[kind.leaves.first + operand.index];
  if (operand.from == From::Column) {
    leaf = &view_.Leaves[view_.Leaves[kind.leaves.first + operand.list].columns.first + operand.index];
  }
  if (leaf == nullptr) return kFull;
  const auto absolute = [](int64_t n) {
    return n < 0 ? uint64_t{0} - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  };
  return std::max(absolute(leaf->min), absolute(leaf->max));
}

// SOUND: the sum of the terms' greatest absolute values and the constant's fits 127 bits, so no order of additions
// overflows the 128-bit accumulator.
bool Checker::linears() {
  constexpr auto kMost = static_cast<unsigned __int128>((~static_cast<unsigned __int128>(0)) >> 1);
  for (size_t i = 0; i < view_.Linears.size(); ++i) {
    const format::LinearRow& row = view_.Linears[i];
    const At at{"Linears", i, "terms"};
    if (!range(row.terms, view_.LinearTerms.size(), at, "LinearTerms") ||
        !require(row.terms.count >= 1, at, "no terms") || !index(row.terms.count, kMostTerms + 1, at, "terms") ||
        !spend(row.terms.count, at)) {
      return false;
    }
    unsigned __int128 most = uint64_t{1} << 63;
    for (uint32_t t = 0; t < row.terms.count; ++t) {
      const size_t own = size_t{row.terms.first} + t;
      const format::LinearTermRow& term = view_.LinearTerms[own];
      const At place{"LinearTerms", own, "operand"};
      if (!index(term.operand, view_.Operands.size(), place, "operand") ||
          !require(has(kNumbers, view_.Operands[term.operand].type), place, "not a number")) {
        return false;
      }
      const uint64_t coefficient = term.coefficient < 0 ? uint64_t{0} - static_cast<uint64_t>(term.coefficient)
                                                        : static_cast<uint64_t>(term.coefficient);
      const unsigned __int128 product =
          static_cast<unsigned __int128>(coefficient) * magnitude(view_.Operands[term.operand]);
      if (product > kMost - most) return fail(at, "the sum may not fit 128 bits");
      most += product;
    }
  }
  return true;
}

bool Checker::requirements() {
  requirement_kind_.assign(view_.Requirements.size(), 0);
  for (size_t i = 0; i < view_.Requirements.size(); ++i) {
    const format::RequirementRow& row = view_.Requirements[i];
    const auto at = [i](const char* field) { return At{"Requirements", i, field}; };
    if (!text(row.text, at("text")) || !text(row.within_text, at("within_text")) ||
        !require(row.within_ns >= -1, at("within_ns"), "negative") ||
        !require(row.count >= 1 && row.count <= kLimitApprovals, at("count"), "not within the limit approvals") ||
        !index(row.from, view_.StringSets.size(), at("from"), "string set") ||
        !require(view_.StringSets[row.from].count >= 1, at("from"), "empty") ||
        !range(row.excluding, view_.Indices.size(), at("excluding"), "Indices") ||
        !index(row.including_actor, 2, at("including_actor"), "flag")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.RequirementGroups.size(); ++i) {
    const At at{"RequirementGroups", i, "alternatives"};
    const Range alternatives = view_.RequirementGroups[i].alternatives;
    if (!indices(alternatives, view_.Requirements.size(), at, "requirement") ||
        !require(alternatives.count >= 1, at, "none")) {
      return false;
    }
  }
  return true;
}

// What a requirement reads is there on the kind.
bool Checker::requirement_fits(uint32_t requirement, uint32_t kind, const At& at) {
  if (requirement_kind_[requirement] == kind + 1) return true;
  const format::RequirementRow& row = view_.Requirements[requirement];
  const format::KindRow& own = view_.Kinds[kind];
  const At excluding{"Requirements", requirement, "excluding"};
  if (!require(own.approvals != kNone, at, "a requirement on a kind without approvals") ||
      !require(row.including_actor != 0 || own.actor != kNone, at, "a requirement on a kind without an actor") ||
      !indices(row.excluding, own.leaves.count, excluding, "leaf")) {
    return false;
  }
  for (uint32_t e = 0; e < row.excluding.count; ++e) {
    const uint32_t leaf = view_.Indices[row.excluding.first + e];
    if (!require(leaf_of(own, leaf)->type == Type::String, excluding, "not a string")) return false;
  }
  requirement_kind_[requirement] = kind + 1;
  return true;
}

// ---- instructions by themselves ----

bool Checker::instructions() {
  set_is_versions_.assign(view_.StringSets.size(), 0);
  for (size_t i = 0; i < view_.Code.size(); ++i) {
    if (!instruction(i)) return false;
  }
  const size_t slots = std::min<size_t>(std::bit_ceil(view_.Code.size() + 1), 16384);
  memo_.assign(slots, Memo{});
  if (has_quantifiers_) targets_.assign(view_.Code.size() + 1, 0);
  return true;
}

bool Checker::instruction(size_t i) {
  const format::Instr& instr = view_.Code[i];
  const OpInfo* info = op_info(instr.op);
  if (info == nullptr) return fail({"Code", i, "op"}, "no instruction 0x%02x", instr.op);
  const At a{"Code", i, "a"}, b{"Code", i, "b"};
  const Needs needs = needs_of(info->op);
  if (instr.aux > needs.aux) return fail_index({"Code", i, "aux"}, "value", instr.aux, uint64_t{needs.aux} + 1);
  if (info->a == Field::Operand) {
    if (!index(instr.a, view_.Operands.size(), a, "operand")) return false;
    const OperandRow& operand = view_.Operands[instr.a];
    if (!has(needs.types, operand.type) || (needs.elements != 0 && !has(needs.elements, operand.element))) {
      return fail(a, "operand %u has a type that %s does not read", instr.a, info->mnemonic.data());
    }
  }
  switch (info->b) {
    case Field::Number:
      return index(instr.b, view_.Numbers.size(), b, "number");
    case Field::NumberSet:
      return index(instr.b, view_.NumberSets.size(), b, "number set") && words_fit(instr, b);
    case Field::StringSet:
      return index(instr.b, view_.StringSets.size(), b, "string set") &&
             (!needs.constants_are_versions || version_set(instr.b, b));
    case Field::String:
      return index(instr.b, view_.Strings.size(), b, "string") && spend(view_.Strings[instr.b].size, b) &&
             (!needs.constants_are_versions || require(version_string(instr.b), b, "not a version"));
    case Field::Pattern:
      return index(instr.b, view_.Patterns.size(), b, "pattern");
    case Field::Linear:
      return index(instr.b, view_.Linears.size(), b, "sum");
    case Field::Window:
      return index(instr.b, view_.Windows.size(), b, "window");
    case Field::Requirement:
      return index(instr.b, view_.Requirements.size(), b, "requirement");
    case Field::Operand: {
      if (!index(instr.b, view_.Operands.size(), b, "operand")) return false;
      const OperandRow& first = view_.Operands[instr.a];
      const OperandRow& second = view_.Operands[instr.b];
      return require(second.type == first.type && (first.type != Type::Enum || second.enum_id == first.enum_id), b,
                     "not the type of the first operand");
    }
    case Field::Length:
      has_quantifiers_ = true;
      return true;
    case Field::None:
    case Field::Target:
    case Field::Count:
      return true;
  }
  return true;
}

// Words of an enum that a set constant names are there: they are shown by name.
bool Checker::words_fit(const format::Instr& instr, const At& at) {
  const OperandRow& operand = view_.Operands[instr.a];
  if (operand.type != Type::Enum && (operand.type != Type::Set || operand.element != Type::Enum)) return true;
  const Range numbers = view_.NumberSets[instr.b];
  if (numbers.count == 0) return true;
  const uint64_t words = view_.Enums[operand.enum_id].words.count;
  return index(static_cast<uint64_t>(view_.Numbers[numbers.first]), words, at, "word") &&
         index(static_cast<uint64_t>(view_.Numbers[numbers.first + numbers.count - 1]), words, at, "word");
}

bool Checker::version_set(uint32_t set, const At& at) {
  if (set_is_versions_[set] != 0) return true;
  const Range strings = view_.StringSets[set];
  for (uint32_t s = 0; s < strings.count; ++s) {
    if (!spend(view_.Strings[strings.first + s].size, at)) return false;
    if (!require(version_string(strings.first + s), at, "a set that holds something else than versions")) return false;
  }
  set_is_versions_[set] = 1;
  return true;
}

// ---- ranges of code in their context ----

bool Checker::code(Range r, const Context& context, const At& at, CodeFacts& found) {
  if (!range(r, view_.Code.size(), at, "Code")) return false;
  if (r.count == 0) return true;
  const bool plain = context.list == kNone && context.element == kNone;
  Memo& memo = memo_[(r.first * 0x9e3779b1u >> 7) & (memo_.size() - 1)];
  if (plain && memo.range.first == r.first && memo.range.count == r.count && memo.kind == context.kind) {
    found.steps = add_steps(found.steps, memo.steps);
    found.in_window |= memo.in_window;
    return true;
  }
  if (!spend(r.count, at)) return false;
  ++serial_;
  CodeFacts own;
  if (!piece(r.first, r.first + r.count, context, own)) return false;
  if (plain) memo = {r, context.kind, own.in_window, own.steps};
  found.steps = add_steps(found.steps, own.steps);
  found.in_window |= own.in_window;
  return true;
}

// One straight piece: a whole range, or the body of a quantifier. Every jump in it stays in it and lands on an
// instruction of it, so a body is entered from its quantifier only.
bool Checker::piece(uint32_t begin, uint32_t end, const Context& context, CodeFacts& found) {
  if (begin < end && reads_flag(static_cast<Opcode>(view_.Code[begin].op))) {
    return fail({"Code", begin, "op"}, "reads the flag before anything sets it");
  }
  for (uint32_t at = begin; at < end;) {
    const format::Instr& instr = view_.Code[at];
    const auto op = static_cast<Opcode>(instr.op);
    const OpInfo& info = *op_info(instr.op);
    const At a{"Code", at, "a"}, b{"Code", at, "b"};
    if (info.a == Field::Operand && !operand_fits(instr.a, context, a)) return false;
    if (is_quantifier(op)) {
      uint32_t next = 0;
      if (!quantifier(at, end, context, found, next)) return false;
      at = next;
      continue;
    }
    if (is_jump(op)) {
      if (!require(instr.b > at && instr.b <= end, b, "a jump that is not forward, or leaves its code")) return false;
      if (has_quantifiers_) targets_[instr.b] = serial_;
    } else if (op == Opcode::CountLimit) {
      return fail({"Code", at, "op"}, "a limit without its count");
    } else if (op == Opcode::InWindow) {
      found.in_window = true;
    } else if (op == Opcode::Approvals) {
      if (!requirement_fits(instr.b, context.kind, b)) return false;
    } else if (op == Opcode::Linear) {
      const Range terms = view_.Linears[instr.b].terms;
      if (!spend(terms.count, b)) return false;
      for (uint32_t t = 0; t < terms.count; ++t) {
        if (!operand_fits(view_.LinearTerms[terms.first + t].operand, context, b)) return false;
      }
    } else if (info.b == Field::Operand && !operand_fits(instr.b, context, b)) {
      return false;
    }
    found.steps = add_steps(found.steps, info.steps);
    ++at;
  }
  return true;
}

// Any, All or Count at `at`, with its body; `next` is the instruction after the body.
bool Checker::quantifier(uint32_t at, uint32_t end, const Context& context, CodeFacts& found, uint32_t& next) {
  const format::Instr& instr = view_.Code[at];
  const auto op = static_cast<Opcode>(instr.op);
  const OperandRow& operand = view_.Operands[instr.a];
  const At a{"Code", at, "a"}, b{"Code", at, "b"};
  uint32_t body = at + 1;
  if (op == Opcode::Count) {
    if (body == end || static_cast<Opcode>(view_.Code[body].op) != Opcode::CountLimit)
      return fail(b, "a count without its limit");
    ++body;
  }
  if (!require(instr.b >= 1 && instr.b <= end - body, b, "a body that is empty or leaves its code")) return false;
  next = body + instr.b;
  for (uint32_t inside = at + 1; inside < next; ++inside) {
    if (targets_[inside] == serial_) return fail({"Code", inside, "op"}, "a jump leads into the body of a quantifier");
  }
  if (!require(operand.from == From::Leaf || operand.from == From::Column, a, "not a list or set of the action"))
    return false;
  Context inner = context;
  if (operand.type == Type::List) {
    if (!require(context.list == kNone && context.element == kNone, a, "a list inside a quantifier")) return false;
    inner.list = operand.index;
  } else {
    if (!require(context.element == kNone, a, "a set inside a quantifier over a set")) return false;
    inner.element = instr.a;
  }
  CodeFacts own;
  if (!spend(instr.b, b) || !piece(body, next, inner, own)) return false;
  found.steps = add_steps(found.steps, op_info(instr.op)->steps);
  found.steps = add_steps(found.steps, multiply_steps(own.steps, kLimitRecordElements));
  found.in_window |= own.in_window;
  return true;
}

// The operand belongs to the kind, and what it reads (a row, an element) is there.
bool Checker::operand_fits(uint32_t operand, const Context& context, const At& at) {
  const OperandRow& row = view_.Operands[operand];
  if (row.kind != context.kind) return fail(at, "operand %u belongs to another kind", operand);
  const OperandRow& root = view_.Operands[root_[operand]];
  if (root.from == From::Leaf) return true;
  if (root.from == From::Column) {
    return require(context.list != kNone && root.list == context.list, at, "a column outside of its list");
  }
  if (!require(context.element != kNone, at, "an element outside of a set")) return false;
  const OperandRow& set = view_.Operands[context.element];
  return require(root.type == set.element && (root.type != Type::Enum || root.enum_id == set.enum_id), at,
                 "an element of another type than the set's");
}

}  // namespace guardvm::load
