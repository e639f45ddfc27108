// The rows of tables/opcodes.def: codes, names, what Instr::a and Instr::b are, and the steps of each instruction.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace guardvm {

enum class Opcode : uint8_t {
#define GUARD_OP(code, Name, mnemonic, a, b, steps, meaning) Name = code,
#include "tables/opcodes.def"
#undef GUARD_OP
};

// What a field of an instruction is: nothing, an index into the section of that name, or a plain number.
enum class Field : uint8_t {
  None,
  Operand,
  Number,
  NumberSet,
  StringSet,
  String,
  Pattern,
  Linear,
  Window,
  Requirement,
  Length,  // instructions of the body that follows
  Target,  // index into Code
  Count    // a plain number
};

struct OpInfo {
  Opcode op;
  std::string_view name, mnemonic;
  Field a, b;
  uint32_t steps;
  std::string_view meaning;
};

inline constexpr std::array kOps = {
#define GUARD_OP(code, Name, mnemonic, a, b, steps, meaning) \
  OpInfo{Opcode::Name, #Name, mnemonic, Field::a, Field::b, steps, meaning},
#include "tables/opcodes.def"
#undef GUARD_OP
};

namespace detail {
constexpr std::array<uint8_t, 256> rows_of_codes() {
  std::array<uint8_t, 256> rows{};
  for (uint8_t& row : rows) row = 0xff;
  for (size_t i = 0; i < kOps.size(); ++i) rows[static_cast<uint8_t>(kOps[i].op)] = static_cast<uint8_t>(i);
  return rows;
}
inline constexpr std::array<uint8_t, 256> kRowOfCode = rows_of_codes();
}  // namespace detail

// The row of a code; nullptr when there is no such instruction.
[[nodiscard]] constexpr const OpInfo* op_info(uint8_t code) {
  const uint8_t row = detail::kRowOfCode[code];
  return row == 0xff ? nullptr : &kOps[row];
}

}  // namespace guardvm
