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

constexpr Needs needs_of(Opcode op) {
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

// A row of the opcode table as the validator asks it, by code: one load per instruction.
struct Shape {
  bool known = false, quantifier = false;
  Field a = Field::None, b = Field::None;
  uint32_t steps = 0;
  Needs needs;
};
constexpr std::array<Shape, 256> shapes() {
  std::array<Shape, 256> rows{};
  for (const OpInfo& info : kOps) {
    rows[static_cast<uint8_t>(info.op)] = {true, is_quantifier(info.op), info.a, info.b, info.steps, needs_of(info.op)};
  }
  return rows;
}
constexpr std::array<Shape, 256> kShapes = shapes();

const char* field_word(Field field) {
  switch (field) {
    case Field::Operand:
      return "operand";
    case Field::Number:
      return "number";
    case Field::NumberSet:
      return "number set";
    case Field::StringSet:
      return "string set";
    case Field::String:
      return "string";
    case Field::Pattern:
      return "pattern";
    case Field::Linear:
      return "sum";
    case Field::Window:
      return "window";
    case Field::Requirement:
      return "requirement";
    case Field::None:
    case Field::Length:
    case Field::Target:
    case Field::Count:
      break;
  }
  return "value";
}

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
  if (!text(row.text, At{"Operands.text", i}) || !word(row.from, From::Lookup, At{"Operands.from", i}) ||
      !word(row.type, Type::Signal, At{"Operands.type", i}) ||
      !word(row.element, Type::Signal, At{"Operands.element", i}) ||
      !index(row.kind, view_.Kinds.size(), At{"Operands.kind", i}, "kind") ||
      !require(row.scale <= 18, At{"Operands.scale", i}, "more than 18 digits")) {
    return false;
  }
  const bool words = row.type == Type::Enum || (row.type == Type::Set && row.element == Type::Enum);
  if (words && !index(row.enum_id, view_.Enums.size(), At{"Operands.enum_id", i}, "enum")) return false;
  root_[i] = static_cast<uint32_t>(i);
  const format::KindRow& kind = view_.Kinds[row.kind];
  switch (row.from) {
    case From::Leaf: {
      const format::LeafRow* leaf = leaf_of(kind, row.index);
      if (leaf == nullptr) return fail_index(At{"Operands.index", i}, "leaf", row.index, kind.leaves.count);
      return require(same_type(row, leaf->type, leaf->element, leaf->enum_id), At{"Operands.type", i},
                     "not the type of its leaf");
    }
    case From::Column: {
      const format::LeafRow* list = leaf_of(kind, row.list);
      if (list == nullptr) return fail_index(At{"Operands.list", i}, "leaf", row.list, kind.leaves.count);
      if (!require(list->type == Type::List, At{"Operands.list", i}, "not a list") ||
          !index(row.index, list->columns.count, At{"Operands.index", i}, "column")) {
        return false;
      }
      const format::LeafRow& column = view_.Leaves[list->columns.first + row.index];
      return require(same_type(row, column.type, column.element, column.enum_id), At{"Operands.type", i},
                     "not the type of its column");
    }
    case From::Element:
      return require(
          row.type == Type::String || row.type == Type::Int || row.type == Type::Enum || row.type == Type::Version,
          At{"Operands.type", i}, "not a type that sets hold");
    case From::Lookup:
      break;
  }
  if (!index(row.key, i, At{"Operands.key", i}, "operand")) return false;
  const OperandRow& key = view_.Operands[row.key];
  // A chain of lookups is followed by recursion: `list` of a lookup is free, so the depth is counted along the chain.
  uint64_t depth = 1;
  for (uint32_t k = row.key; view_.Operands[k].from == From::Lookup; k = view_.Operands[k].key) {
    if (++depth > kLimitNesting) return fail(At{"Operands.key", i}, "lookups nested too deeply");
  }
  root_[i] = root_[row.key];
  if (!require(key.type == Type::String, At{"Operands.key", i}, "not a string") ||
      !require(key.kind == row.kind, At{"Operands.key", i}, "an operand of another kind") ||
      !index(row.data, view_.Data.size(), At{"Operands.data", i}, "data")) {
    return false;
  }
  const format::DataRow& data = view_.Data[row.data];
  if (!index(row.index, data.fields.count, At{"Operands.index", i}, "field")) return false;
  const format::DataFieldRow& field = view_.DataFields[data.fields.first + row.index];
  // `inventory[service] is present` reads the presence of a field that every row has.
  if (row.type == Type::Presence)
    return require(field.optional == 0, At{"Operands.type", i}, "the presence of an optional field");
  return require(same_type(row, field.type, field.element, field.enum_id), At{"Operands.type", i},
                 "not the type of its field");
}

// ---- patterns and automata ----

bool Checker::patterns() {
  for (size_t i = 0; i < view_.Patterns.size(); ++i) {
    const format::PatternRow& row = view_.Patterns[i];
    const At source{"Patterns.text", i}, dfa{"Patterns.dfa", i};
    if (!text(row.text, source) || !word(row.match, format::Match::Regex, {"Patterns.match", i})) return false;
    if (row.match != format::Match::Regex && !require(row.dfa == kNone, dfa, "an automaton of no regex")) return false;
    if (row.match == format::Match::Regex && !index(row.dfa, view_.Dfas.size(), dfa, "automaton")) return false;
    if (row.match == format::Match::Glob && !glob(view_text(row.text), source)) return false;
  }
  return true;
}

bool Checker::glob(std::string_view pattern, At at) {
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
    const At at{"Patterns.dfa", i};
    if (!require(view_.Dfas[row.dfa].scan == 0, at, "a scanning automaton") ||
        !require(most_atom_[row.dfa] <= 1, at, "an automaton of several atoms")) {
      return false;
    }
  }
  return true;
}

bool Checker::automaton(size_t i) {
  const format::DfaRow& row = view_.Dfas[i];
  if (!require(row.states >= 2, At{"Dfas.states", i}, "fewer than 2 states") ||
      !require(row.classes >= 1 && row.classes <= 256, At{"Dfas.classes", i}, "not 1 to 256 classes") ||
      !index(row.scan, 2, At{"Dfas.scan", i}, "flag") ||
      !range({row.class_map, 256}, view_.Bytes.size(), At{"Dfas.class_map", i}, "bytes")) {
    return false;
  }
  for (size_t b = 0; b < 256; ++b) {
    if (!index(view_.Bytes[row.class_map + b], row.classes, At{"Dfas.class_map", i}, "class")) return false;
  }
  const uint64_t cells = uint64_t{row.states} * row.classes;
  if (row.table > view_.DfaCells.size() || cells > view_.DfaCells.size() - row.table) {
    return fail(At{"Dfas.table", i}, "%llu cells from %u, of %zu", static_cast<unsigned long long>(cells), row.table,
                view_.DfaCells.size());
  }
  if (!range({row.accept, row.states}, view_.DfaAccepts.size(), At{"Dfas.accept", i}, "DfaAccepts") ||
      !spend(cells + row.states + 256, At{"Dfas.table", i})) {
    return false;
  }
  const uint32_t* table = view_.DfaCells.data() + row.table;
  uint32_t greatest = 0;
  for (uint64_t cell = 0; cell < cells; ++cell) greatest = std::max(greatest, table[cell]);
  if (!index(greatest, row.states, At{"Dfas.table", i}, "state")) return false;
  for (uint32_t c = 0; c < row.classes; ++c) {
    if (table[c] != 0) return fail(At{"Dfas.table", i}, "state 0 is not dead");
  }
  for (uint32_t state = 0; state < row.states; ++state) {
    const Range atoms = view_.DfaAccepts[row.accept + state];
    if (!range(atoms, view_.Indices.size(), At{"Dfas.accept", i}, "Indices") ||
        !spend(atoms.count, At{"Dfas.accept", i}))
      return false;
    for (uint32_t a = 0; a < atoms.count; ++a) {
      const uint32_t atom = view_.Indices[atoms.first + a];
      if (!index(atom, kNone, At{"Dfas.accept", i}, "atom")) return false;
      most_atom_[i] = std::max(most_atom_[i], atom + 1);
    }
  }
  return require(view_.DfaAccepts[row.accept].count == 0, At{"Dfas.accept", i}, "the dead state accepts");
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
    const At at{"Linears.terms", i};
    if (!range(row.terms, view_.LinearTerms.size(), at, "LinearTerms") ||
        !require(row.terms.count >= 1, at, "no terms") || !index(row.terms.count, kMostTerms + 1, at, "terms") ||
        !spend(row.terms.count, at)) {
      return false;
    }
    unsigned __int128 most = uint64_t{1} << 63;
    for (uint32_t t = 0; t < row.terms.count; ++t) {
      const size_t own = size_t{row.terms.first} + t;
      const format::LinearTermRow& term = view_.LinearTerms[own];
      const At place{"LinearTerms.operand", own};
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
    if (!text(row.text, At{"Requirements.text", i}) || !text(row.within_text, At{"Requirements.within_text", i}) ||
        !require(row.within_ns >= -1, At{"Requirements.within_ns", i}, "negative") ||
        !require(row.count >= 1 && row.count <= kLimitApprovals, At{"Requirements.count", i},
                 "not within the limit approvals") ||
        !index(row.from, view_.StringSets.size(), At{"Requirements.from", i}, "string set") ||
        !require(view_.StringSets[row.from].count >= 1, At{"Requirements.from", i}, "empty") ||
        !range(row.excluding, view_.Indices.size(), At{"Requirements.excluding", i}, "Indices") ||
        !index(row.including_actor, 2, At{"Requirements.including_actor", i}, "flag")) {
      return false;
    }
  }
  for (size_t i = 0; i < view_.RequirementGroups.size(); ++i) {
    const At at{"RequirementGroups.alternatives", i};
    const Range alternatives = view_.RequirementGroups[i].alternatives;
    if (!indices(alternatives, view_.Requirements.size(), at, "requirement") ||
        !require(alternatives.count >= 1, at, "none")) {
      return false;
    }
  }
  return true;
}

// What a requirement reads is there on the kind.
bool Checker::requirement_fits(uint32_t requirement, uint32_t kind, At at) {
  if (requirement_kind_[requirement] == kind + 1) return true;
  const format::RequirementRow& row = view_.Requirements[requirement];
  const format::KindRow& own = view_.Kinds[kind];
  const At excluding{"Requirements.excluding", requirement};
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

// How many of each thing there are that Instr::b may name; plain numbers and what the context decides are bounded
// elsewhere.
std::array<uint64_t, Checker::kFields> Checker::field_limits() const {
  std::array<uint64_t, kFields> limits{};
  limits.fill(UINT64_MAX);
  const auto limit = [&limits](Field field, size_t count) { limits[static_cast<size_t>(field)] = count; };
  limit(Field::Operand, view_.Operands.size());
  limit(Field::Number, view_.Numbers.size());
  limit(Field::NumberSet, view_.NumberSets.size());
  limit(Field::StringSet, view_.StringSets.size());
  limit(Field::String, view_.Strings.size());
  limit(Field::Pattern, view_.Patterns.size());
  limit(Field::Linear, view_.Linears.size());
  limit(Field::Window, view_.Windows.size());
  limit(Field::Requirement, view_.Requirements.size());
  return limits;
}

bool Checker::instructions() {
  set_is_versions_.assign(view_.StringSets.size(), 0);
  const std::array<uint64_t, kFields> limits = field_limits();
  simple_.resize(view_.Code.size());
  for (size_t i = 0; i < view_.Code.size(); ++i) {
    if (!instruction(i, limits)) return false;
    simple_[i] = simple_word(view_.Code[i]);
  }
  const size_t slots = std::min<size_t>(std::bit_ceil(view_.Code.size() + 1), 1024);
  memo_.assign(slots, Memo{});
  if (has_quantifiers_) targets_.assign(view_.Code.size() + 1, 0);
  return true;
}

// REQUIRES: the instruction is valid by itself.
uint32_t Checker::simple_word(const format::Instr& instr) const {
  const Shape& shape = kShapes[instr.op];
  if (shape.quantifier || shape.a != Field::Operand) return 0;
  const OperandRow& first = view_.Operands[instr.a];
  if (view_.Operands[root_[instr.a]].from != From::Leaf) return 0;
  if (shape.b == Field::Operand) {
    const OperandRow& second = view_.Operands[instr.b];
    if (second.kind != first.kind || view_.Operands[root_[instr.b]].from != From::Leaf) return 0;
  }
  return (first.kind + 1) | (shape.steps << 16);
}

bool Checker::instruction(size_t i, const std::array<uint64_t, kFields>& limits) {
  const format::Instr& instr = view_.Code[i];
  const Shape& shape = kShapes[instr.op];
  if (!shape.known) return fail({"Code.op", i}, "no instruction 0x%02x", instr.op);
  if (instr.aux > shape.needs.aux)
    return fail_index({"Code.aux", i}, "value", instr.aux, uint64_t{shape.needs.aux} + 1);
  const uint64_t limit = limits[static_cast<size_t>(shape.b)];
  if (instr.b >= limit && limit != UINT64_MAX) return fail_index({"Code.b", i}, field_word(shape.b), instr.b, limit);
  has_quantifiers_ |= shape.quantifier;
  if (shape.a != Field::Operand) return true;
  if (!index(instr.a, view_.Operands.size(), {"Code.a", i}, "operand")) return false;
  const OperandRow& operand = view_.Operands[instr.a];
  if (!has(shape.needs.types, operand.type) ||
      (shape.needs.elements != 0 && !has(shape.needs.elements, operand.element))) {
    return fail({"Code.a", i}, "operand %u has a type that %s does not read", instr.a,
                op_info(instr.op)->mnemonic.data());
  }
  return constant_fits(instr, {"Code.b", i});
}

// Whether what Instr::b names fits the operand that Instr::a names.
bool Checker::constant_fits(const format::Instr& instr, At at) {
  const Shape& shape = kShapes[instr.op];
  switch (shape.b) {
    case Field::NumberSet:
      return words_fit(instr, at);
    case Field::StringSet:
      return !shape.needs.constants_are_versions || version_set(instr.b, at);
    case Field::String:
      return !shape.needs.constants_are_versions ||
             (spend(view_.Strings[instr.b].size, at) && require(version_string(instr.b), at, "not a version"));
    case Field::Operand: {
      const OperandRow& first = view_.Operands[instr.a];
      const OperandRow& second = view_.Operands[instr.b];
      return require(second.type == first.type && (first.type != Type::Enum || second.enum_id == first.enum_id), at,
                     "not the type of the first operand");
    }
    case Field::None:
    case Field::Number:
    case Field::Pattern:
    case Field::Linear:
    case Field::Window:
    case Field::Requirement:
    case Field::Length:
    case Field::Target:
    case Field::Count:
      return true;
  }
  return true;
}

// Words of an enum that a set constant names are there: they are shown by name.
bool Checker::words_fit(const format::Instr& instr, At at) {
  const OperandRow& operand = view_.Operands[instr.a];
  if (operand.type != Type::Enum && (operand.type != Type::Set || operand.element != Type::Enum)) return true;
  const Range numbers = view_.NumberSets[instr.b];
  if (numbers.count == 0) return true;
  const uint64_t words = view_.Enums[operand.enum_id].words.count;
  return index(static_cast<uint64_t>(view_.Numbers[numbers.first]), words, at, "word") &&
         index(static_cast<uint64_t>(view_.Numbers[numbers.first + numbers.count - 1]), words, at, "word");
}

bool Checker::version_set(uint32_t set, At at) {
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

bool Checker::any_code(Range r, const Context& context, At at, CodeFacts& found) {
  if (!range(r, view_.Code.size(), at, "Code")) return false;
  if (r.count == 1) return piece(r.first, r.first + 1, context, found);  // Cheaper than remembering it.
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
    return fail({"Code.op", begin}, "reads the flag before anything sets it");
  }
  for (uint32_t at = begin; at < end;) {
    const format::Instr& instr = view_.Code[at];
    const auto op = static_cast<Opcode>(instr.op);
    if (simple_on(at, context.kind)) {
      found.steps = add_steps(found.steps, simple_steps(at++));
      continue;
    }
    const Shape& shape = kShapes[instr.op];
    const At a{"Code.a", at}, b{"Code.b", at};
    if (shape.a == Field::Operand && !operand_fits(instr.a, context, a)) return false;
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
      return fail({"Code.op", at}, "a limit without its count");
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
    } else if (shape.b == Field::Operand && !operand_fits(instr.b, context, b)) {
      return false;
    }
    found.steps = add_steps(found.steps, shape.steps);
    ++at;
  }
  return true;
}

// Any, All or Count at `at`, with its body; `next` is the instruction after the body.
bool Checker::quantifier(uint32_t at, uint32_t end, const Context& context, CodeFacts& found, uint32_t& next) {
  const format::Instr& instr = view_.Code[at];
  const auto op = static_cast<Opcode>(instr.op);
  const OperandRow& operand = view_.Operands[instr.a];
  const At a{"Code.a", at}, b{"Code.b", at};
  uint32_t body = at + 1;
  if (op == Opcode::Count) {
    if (body == end || static_cast<Opcode>(view_.Code[body].op) != Opcode::CountLimit)
      return fail(b, "a count without its limit");
    ++body;
  }
  if (!require(instr.b >= 1 && instr.b <= end - body, b, "a body that is empty or leaves its code")) return false;
  next = body + instr.b;
  for (uint32_t inside = at + 1; inside < next; ++inside) {
    if (targets_[inside] == serial_) return fail({"Code.op", inside}, "a jump leads into the body of a quantifier");
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
bool Checker::operand_fits(uint32_t operand, const Context& context, At at) {
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
