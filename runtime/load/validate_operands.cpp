// What code names: operands, patterns and their automata, sums, requirements. Each item by itself, once.
#include <algorithm>

#include "load/checker.hpp"

namespace guardvm::load {
namespace {

using format::From;
using format::kNone;
using format::OperandRow;
using format::Type;

constexpr uint32_t kMostTerms = 64;

bool is_number(Type type) {
  return type == Type::Bool || type == Type::Int || type == Type::Decimal || type == Type::Enum ||
         type == Type::Timestamp || type == Type::Duration;
}

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
          !require(is_number(view_.Operands[term.operand].type), place, "not a number")) {
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

}  // namespace guardvm::load
