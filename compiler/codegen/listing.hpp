// Names and values of a loaded bundle as text; and code, one line per instruction.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "guardvm/bundle.hpp"

namespace guard::codegen {

class Listing {
 public:
  explicit Listing(const guardvm::Bundle& bundle) : bundle_(bundle), view_(bundle.view()) {}

  [[nodiscard]] std::string text(guardvm::format::Text text) const { return std::string(bundle_.text(text)); }
  [[nodiscard]] std::string quoted(guardvm::format::Text text) const;
  [[nodiscard]] std::string string(uint32_t index) const { return quoted(view_.Strings[index]); }
  [[nodiscard]] std::string operand(uint32_t index) const { return text(view_.Operands[index].text); }
  // "production", "0.50", "90s", 17
  [[nodiscard]] std::string number(int64_t number, guardvm::format::Type type, uint8_t scale, uint32_t enum_id) const;
  // "  0012  num.cmp  canary >= 5", a line each
  [[nodiscard]] std::string code(guardvm::format::Range range, const std::string& indent) const;

 private:
  [[nodiscard]] std::string arguments(const guardvm::format::Instr& instr) const;
  [[nodiscard]] std::string number_for(uint32_t operand, int64_t number) const;
  [[nodiscard]] std::string pattern(uint32_t index) const;
  [[nodiscard]] std::string linear(const guardvm::format::Instr& instr) const;

  const guardvm::Bundle& bundle_;
  const guardvm::format::View& view_;
};

[[nodiscard]] std::string_view type_word(guardvm::format::Type type);

}  // namespace guard::codegen
