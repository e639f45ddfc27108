// The interpreter: runs bytecode over typed slots. One flag, forward jumps, bodies of quantifiers (opcodes.def).
//
// It reads the bundle without checks: the loader has validated every index (INVARIANT of Bundle). An operand that is
// absent makes its test false, whatever the test. COST: the static step bound of the bundle; no allocation.
#pragma once
#include <cstdint>

#include "decide/windows.hpp"
#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"

namespace guardvm {

enum class Truth : uint8_t { False, Unknown, True };
enum class SignalState : uint8_t { Fresh, Missing, Stale };

// What deciding looks at: the bundle, one action's slots and the instant. The slots' `state` of signals is up to date.
struct Facts {
  const format::View* view = nullptr;
  const format::KindRow* kind = nullptr;
  const Slot* slots = nullptr;
  const Slot* elements = nullptr;
  const Slot* rows = nullptr;
  int64_t now_ns = 0;
  WindowMemory* windows = nullptr;

  [[nodiscard]] std::string_view text(format::Text t) const {
    return {reinterpret_cast<const char*>(view->Bytes.data()) + t.offset, t.size};
  }
  [[nodiscard]] const Slot& leaf(uint32_t index) const { return slots[index]; }
  [[nodiscard]] bool in_window(uint32_t window) const { return windows->inside(window, now_ns); }
};

// Where the enclosing quantifiers stand.
struct Frame {
  const Slot* row = nullptr;
  const Slot* element = nullptr;
};

// The value of an operand. A lookup's set has no slots: its elements are `strings`, a range of Strings, sorted.
struct Value {
  Slot slot;
  const format::Range* strings = nullptr;
};
[[nodiscard]] Value value_of(const Facts& facts, uint32_t operand, const Frame& frame);
// Whether the operand, or the key of its lookup, stands in a quantifier: `value_of` needs a frame for it.
[[nodiscard]] bool needs_frame(const Facts& facts, uint32_t operand);

// Runs the code of `range` and returns the flag.
[[nodiscard]] bool run(const Facts& facts, format::Range range, const Frame& frame = {});

// Distinct persons whose approvals count towards the requirement, saturating at its count.
[[nodiscard]] uint32_t count_approvers(const Facts& facts, const format::RequirementRow& requirement);
[[nodiscard]] bool requirement_met(const Facts& facts, uint32_t requirement);

// The state of a signal leaf at `now_ns`: missing when not given, stale when its as-of is later than now or older than
// its maximum age.
[[nodiscard]] SignalState signal_state(const format::LeafRow& leaf, const Slot& slot, int64_t now_ns);

// Rows of a list or elements of a set: the slots to walk and the step between them.
struct Walk {
  const Slot* first = nullptr;
  uint32_t count = 0;
  uint32_t stride = 1;
  bool is_list = false;
  [[nodiscard]] Frame frame(const Frame& outer, uint32_t i) const {
    Frame inner = outer;
    (is_list ? inner.row : inner.element) = first + static_cast<uint64_t>(i) * stride;
    return inner;
  }
};
[[nodiscard]] Walk walk_of(const Facts& facts, uint32_t operand, const Frame& frame);

}  // namespace guardvm
