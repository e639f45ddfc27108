// Worst-case steps; see steps.hpp.
#include "codegen/steps.hpp"

#include "guardvm/limits.hpp"
#include "guardvm/opcodes.hpp"

namespace guard::codegen {
namespace {

using guardvm::Opcode;

uint64_t multiply_steps(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return product < kManySteps ? static_cast<uint64_t>(product) : kManySteps;
}

uint64_t steps(const Sections& sections, uint32_t begin, uint32_t end, uint64_t times) {
  uint64_t total = 0;
  for (uint32_t at = begin; at < end;) {
    const format::Instr& instr = sections.Code[at++];
    const guardvm::OpInfo* info = guardvm::op_info(instr.op);
    total = add_steps(total, multiply_steps(info->steps, times));
    if (info->b != guardvm::Field::Length) continue;
    if (info->op == Opcode::Count) ++at;  // the limit takes no step
    total = add_steps(total, steps(sections, at, at + instr.b, multiply_steps(times, guardvm::kLimitRecordElements)));
    at += instr.b;
  }
  return total;
}

}  // namespace

uint64_t add_steps(uint64_t a, uint64_t b) { return a + b < kManySteps ? a + b : kManySteps; }

uint64_t steps_of(const Sections& sections, format::Range code) {
  return steps(sections, code.first, code.first + code.count, 1);
}

}  // namespace guard::codegen
