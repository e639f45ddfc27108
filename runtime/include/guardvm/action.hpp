// An action as typed slots: what the reader makes of a JSON record, and all that deciding looks at.
//
// One Slot per leaf of the kind, in leaf order. A slot borrows the record's bytes (or the reader's scratch where a
// string had escapes): an Action lives as long as both, and until the reader's next record.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/error.hpp"

namespace guardvm {

struct Slot {
  union {
    int64_t number = 0;  // Bool 0/1, Int, Decimal (scaled), Enum (word), Timestamp and Duration (ns); Signal: as_of
    const char* text;    // String, Version: `size` bytes, UTF-8, not terminated
    uint64_t first;  // Set: first of `size` Slots in Action::elements; List: first Slot of `size` rows in Action::rows
  };
  uint32_t size = 0;
  uint8_t present = 0;  // 0: absent (a signal: missing; a value below an absent record or missing signal: absent)
  uint8_t state = 0;    // Signal: SignalState at the action's instant, set by `Session`; else 0
  uint16_t padding = 0;

  [[nodiscard]] std::string_view string() const { return {text, size}; }
};
static_assert(sizeof(Slot) == 16);

struct Action {
  uint32_t kind = 0;           // KindRow
  std::vector<Slot> slots;     // per leaf
  std::vector<Slot> elements;  // set elements: each set is sorted (strings, versions by bytes; numbers) and distinct
  std::vector<Slot> rows;      // list rows: columns of row 0, columns of row 1, …
  std::vector<std::string> ignored;  // JSON pointers of unknown keys, in order of appearance
};

struct ReadError {
  ErrorCode code = ErrorCode::None;
  std::string at;       // JSON pointer
  std::string message;  // one sentence, says what was found and what would fit; never quotes a sensitive value
};

struct ReadOptions {
  std::string_view kind;  // supplied kind, or empty
  bool has_at = false;    // supplied instant
  int64_t at_ns = 0;
  bool strict = false;  // unknown keys are errors
};

}  // namespace guardvm
