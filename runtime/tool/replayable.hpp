// Lines to decide again: actions as they are, or the actions that records of a decision log hold.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"
#include "guardvm/session.hpp"
#include "log/record_view.hpp"

namespace guardvm::tool {

// Which leaves of a bundle its rules read, in any way that decides.
class ReadLeaves {
 public:
  explicit ReadLeaves(const Bundle& bundle);
  // Whether a value that was replaced by a digest, a string, leaves every decision as it was: the schema does not know
  // it, or it is a string that nothing reads. `pointer`: a JSON pointer without escapes of characters (`~0`, `~1`).
  [[nodiscard]] bool harmless(uint32_t kind, std::string_view pointer) const;

 private:
  const Bundle& bundle_;
  std::vector<std::vector<bool>> read_;  // per kind, per leaf
};

// What a record of a log asks to decide. Borrowed from the record.
struct Replayable {
  std::string_view action;
  ReadOptions given;
  std::optional<Outcome> decided;  // what was decided then
};
// Nothing: the record holds no action.
[[nodiscard]] std::optional<Replayable> replayable(const log::RecordView& record);

}  // namespace guardvm::tool
