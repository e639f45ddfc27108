// Code. First every instruction by itself, once; then every range of code in the context that runs it.
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

// What an operand is, as one bit: its type, for a set the type of its elements.
constexpr uint32_t kSetBits = 12;
constexpr TypeSet shape_bit(const OperandRow& operand) {
  return operand.type == Type::Set ? bit(operand.element) << kSetBits : bit(operand.type);
}

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
  TypeSet operand = 0;  // the operands that `a` may be, by shape_bit
  uint32_t steps = 0;
  uint8_t aux = 0;  // the greatest
  Field a = Field::None, b = Field::None;
  bool known = false, quantifier = false;
  bool fits = false;      // what b names has to fit the operand
  bool versions = false;  // what b names are versions
};
constexpr Shape shape_of(const OpInfo& info) {
  const Needs needs = needs_of(info.op);
  TypeSet operand = needs.types & ~bit(Type::Set);
  if (has(needs.types, Type::Set)) operand |= (needs.elements != 0 ? needs.elements : kAnyType) << kSetBits;
  const bool fits = info.b == Field::NumberSet || info.b == Field::Operand || needs.constants_are_versions;
  return {
      operand, info.steps, needs.aux, info.a, info.b, true, is_quantifier(info.op), fits, needs.constants_are_versions};
}
constexpr std::array<Shape, 256> shapes() {
  std::array<Shape, 256> rows{};
  for (const OpInfo& info : kOps) rows[static_cast<uint8_t>(info.op)] = shape_of(info);
  return rows;
}
constexpr std::array<Shape, 256> kShapes = shapes();
static_assert(std::ranges::all_of(kShapes, [](const Shape& shape) { return shape.steps < 128; }),
              "steps of a simple instruction fit 7 bits");

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

}  // namespace

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
  std::vector<TypeSet> operands(view_.Operands.size());
  operand_kind_.resize(operands.size());
  for (size_t i = 0; i < operands.size(); ++i) {
    const OperandRow& row = view_.Operands[i];
    operands[i] = shape_bit(row);
    operand_kind_[i] = view_.Operands[root_[i]].from == From::Leaf ? row.kind + 1 : 0;
  }
  simple_.resize(view_.Code.size());
  for (size_t i = 0; i < view_.Code.size(); ++i) {
    const format::Instr& instr = view_.Code[i];
    const Shape& shape = kShapes[instr.op];
    if (!shape.known || instr.aux > shape.aux || instr.b >= limits[static_cast<size_t>(shape.b)])
      return wrong_instruction(i);
    if (shape.a != Field::Operand) {
      simple_[i] = is_jump(static_cast<Opcode>(instr.op)) ? simple(kJump, shape.steps) : Simple{0};
      continue;
    }
    if (instr.a >= operands.size() || (operands[instr.a] & shape.operand) == 0) return wrong_instruction(i);
    has_quantifiers_ |= shape.quantifier;
    uint32_t kind = shape.quantifier ? 0 : operand_kind_[instr.a];
    if (shape.fits) {
      if (!constant_fits(instr, {"Code.b", i})) return false;
      if (shape.b == Field::Operand && operand_kind_[instr.b] != kind) kind = 0;
    }
    simple_[i] = kind == 0 ? Simple{0} : simple(kind, shape.steps);
  }
  memo_.assign(std::min<size_t>(std::bit_ceil(view_.Code.size() + 1), kMemos), Memo{});
  if (has_quantifiers_) targets_.assign(view_.Code.size() + 1, 0);
  return true;
}

// Says what is wrong with an instruction that `instructions` refuses.
bool Checker::wrong_instruction(size_t i) {
  const format::Instr& instr = view_.Code[i];
  const Shape& shape = kShapes[instr.op];
  if (!shape.known) return fail({"Code.op", i}, "no instruction 0x%02x", instr.op);
  if (instr.aux > shape.aux) return fail_index({"Code.aux", i}, "value", instr.aux, uint64_t{shape.aux} + 1);
  const uint64_t limit = field_limits()[static_cast<size_t>(shape.b)];
  if (instr.b >= limit) return fail_index({"Code.b", i}, field_word(shape.b), instr.b, limit);
  if (instr.a >= view_.Operands.size()) return fail_index({"Code.a", i}, "operand", instr.a, view_.Operands.size());
  return fail({"Code.a", i}, "operand %u has a type that %s does not read", instr.a,
              op_info(instr.op)->mnemonic.data());
}

// Whether what Instr::b names fits the operand that Instr::a names.
bool Checker::constant_fits(const format::Instr& instr, At at) {
  const Shape& shape = kShapes[instr.op];
  switch (shape.b) {
    case Field::NumberSet:
      return words_fit(instr, at);
    case Field::StringSet:
      return !shape.versions || version_set(instr.b, at);
    case Field::String:
      return !shape.versions ||
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
  uint64_t simple = 0;  // Steps of simple instructions: at most 127 each, so their sum cannot overflow.
  for (uint32_t at = begin; at < end;) {
    const format::Instr& instr = view_.Code[at];
    const auto op = static_cast<Opcode>(instr.op);
    const Simple word = simple_[at];
    if (simple_kind(word) == context.kind + 1) {
      simple += simple_steps(word);
      ++at;
      continue;
    }
    if (simple_kind(word) == kJump) {
      const uint32_t target = view_.Code[at].b;
      if (target <= at || target > end) return fail({"Code.b", at}, "a jump that is not forward, or leaves its code");
      if (has_quantifiers_) targets_[target] = serial_;
      simple += simple_steps(word);
      ++at;
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
    if (op == Opcode::CountLimit) {
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
  found.steps = add_steps(found.steps, simple);
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
