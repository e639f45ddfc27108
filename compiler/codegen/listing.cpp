// Text of code and values; see listing.hpp.
#include "codegen/listing.hpp"

#include <cstdio>

#include "codegen/values.hpp"
#include "guardvm/opcodes.hpp"

namespace guard::codegen {
namespace {

namespace format = guardvm::format;
using format::Type;
using guardvm::Field;
using guardvm::Opcode;

constexpr const char* kCompares[] = {"==", "!=", "<", "<=", ">", ">="};
constexpr const char* kStates[] = {"fresh", "missing", "stale"};

std::string place(uint32_t index) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04u", index);
  return buffer;
}

// "{a, b, c}"; long sets are cut.
template <typename Item>
std::string braces(uint32_t count, const Item& item) {
  constexpr uint32_t kShown = 20;
  std::string out = "{";
  for (uint32_t i = 0; i < count && i < kShown; ++i) out += (i > 0 ? ", " : "") + item(i);
  if (count > kShown) out += ", … " + std::to_string(count) + " in all";
  return out + "}";
}

}  // namespace

std::string_view type_word(Type type) {
  switch (type) {
    case Type::Bool:
      return "bool";
    case Type::Int:
      return "int";
    case Type::Decimal:
      return "decimal";
    case Type::String:
      return "string";
    case Type::Enum:
      return "enum";
    case Type::Version:
      return "version";
    case Type::Timestamp:
      return "timestamp";
    case Type::Duration:
      return "duration";
    case Type::Set:
      return "set";
    case Type::List:
      return "list";
    case Type::Presence:
      return "record";
    case Type::Signal:
      return "signal";
  }
  return "";
}

std::string Listing::quoted(format::Text text) const { return json_string(bundle_.text(text)); }

std::string Listing::number(int64_t number, Type type, uint8_t scale, uint32_t enum_id) const {
  switch (type) {
    case Type::Bool:
      return number != 0 ? "true" : "false";
    case Type::Decimal:
      return decimal_text(number, scale);
    case Type::Duration:
      return duration_text(number);
    case Type::Timestamp:
      return std::to_string(number) + " ns";
    case Type::Enum: {
      if (enum_id >= view_.Enums.size()) return std::to_string(number);
      const format::Range words = view_.Enums[enum_id].words;
      if (number < 0 || number >= words.count) return std::to_string(number);
      return text(view_.Strings[words.first + static_cast<uint32_t>(number)]);
    }
    default:
      return std::to_string(number);
  }
}

std::string Listing::number_for(uint32_t index, int64_t value) const {
  const format::OperandRow& row = view_.Operands[index];
  return number(value, row.type == Type::Set ? row.element : row.type, row.scale, row.enum_id);
}

std::string Listing::pattern(uint32_t index) const {
  const format::PatternRow& row = view_.Patterns[index];
  switch (row.match) {
    case format::Match::StartsWith:
      return "starts with " + quoted(row.text);
    case format::Match::EndsWith:
      return "ends with " + quoted(row.text);
    case format::Match::Contains:
      return "contains " + quoted(row.text);
    case format::Match::Glob:
      return "matches " + quoted(row.text);
    case format::Match::Regex:
      return "matches /" + text(row.text) + "/ (" + std::to_string(view_.Dfas[row.dfa].states) + " states)";
  }
  return "";
}

std::string Listing::linear(const format::Instr& instr) const {
  const format::LinearRow& row = view_.Linears[instr.b];
  std::string out;
  for (uint32_t i = 0; i < row.terms.count; ++i) {
    const format::LinearTermRow& term = view_.LinearTerms[row.terms.first + i];
    if (i > 0) out += " + ";
    if (term.coefficient != 1) out += std::to_string(term.coefficient) + " * ";
    out += operand(term.operand);
  }
  return out + " " + kCompares[instr.aux] + " " + std::to_string(row.constant);
}

std::string Listing::arguments(const format::Instr& instr) const {
  const guardvm::OpInfo& info = *guardvm::op_info(instr.op);
  std::string out = info.a == Field::Operand ? operand(instr.a) : "";
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " ") + part; };
  switch (info.op) {
    case Opcode::NumberCompare:
    case Opcode::VersionCompare:
    case Opcode::VersionOrder:
    case Opcode::Count:
      add(kCompares[instr.aux]);
      break;
    case Opcode::SignalIs:
      add(kStates[instr.aux]);
      break;
    default:
      break;
  }
  switch (info.b) {
    case Field::None:
      break;
    case Field::Operand:
      add(operand(instr.b));
      break;
    case Field::Number:
      add(number_for(instr.a, view_.Numbers[instr.b]));
      break;
    case Field::NumberSet: {
      const format::Range set = view_.NumberSets[instr.b];
      add(braces(set.count, [&](uint32_t i) { return number_for(instr.a, view_.Numbers[set.first + i]); }));
      break;
    }
    case Field::StringSet: {
      const format::Range set = view_.StringSets[instr.b];
      add(braces(set.count, [&](uint32_t i) { return string(set.first + i); }));
      break;
    }
    case Field::String:
      add(string(instr.b));
      break;
    case Field::Pattern:
      add(pattern(instr.b));
      break;
    case Field::Linear:
      add(linear(instr));
      break;
    case Field::Window:
      add(text(view_.Windows[instr.b].name));
      break;
    case Field::Requirement:
      add(text(view_.Requirements[instr.b].text));
      break;
    case Field::Length:
      add("(" + std::to_string(instr.b) + (instr.b == 1 ? " instruction)" : " instructions)"));
      break;
    case Field::Target:
      add("-> " + place(instr.b));
      break;
    case Field::Count:
      add(std::to_string(instr.b));
      break;
  }
  return out;
}

std::string Listing::code(format::Range range, const std::string& indent) const {
  std::string out;
  for (uint32_t at = range.first; at < range.first + range.count; ++at) {
    const format::Instr& instr = view_.Code[at];
    const std::string arguments = this->arguments(instr);
    std::string mnemonic(guardvm::op_info(instr.op)->mnemonic);
    if (!arguments.empty()) mnemonic.resize(std::max<size_t>(mnemonic.size(), 10), ' ');
    out += indent + place(at) + "  " + mnemonic + (arguments.empty() ? "" : "  " + arguments) + "\n";
  }
  return out;
}

}  // namespace guard::codegen
