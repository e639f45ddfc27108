// Whom an action is about, for logs, reports and groups: its service and its actor.
//
// The service is the text of the attribute `service`, by its name; the actor that of the attribute which the schema
// marks as the actor's identity. Sensitive ones are not given.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"

namespace guardvm {

class Subjects {
 public:
  explicit Subjects(const Bundle& bundle);
  // Of an action that was read, by a reader of this bundle. Empty: it has none. Borrowed from the action.
  [[nodiscard]] std::string_view service(const Action& action) const {
    return text(action, kinds_[action.kind].service);
  }
  [[nodiscard]] std::string_view actor(const Action& action) const { return text(action, kinds_[action.kind].actor); }

 private:
  static std::string_view text(const Action& action, uint32_t leaf);
  struct Leaves {
    uint32_t service, actor;  // leaf of the kind, a String; kNone
  };
  std::vector<Leaves> kinds_;
};

}  // namespace guardvm
