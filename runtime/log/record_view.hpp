// A record as it is read back: views of its members. LOG.md, "The record".
//
// Nothing is believed of the line: a member that is not there or has another form is absent. That the bytes are those
// that were written is what `guardvm log verify` checks.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "read/json_value.hpp"

namespace guardvm::log {

class RecordView {
 public:
  // Looks at a line (without its line end), which is copied. False: it does not start as a record, or its members end
  // before its decision does.
  bool read(std::string_view line);

  [[nodiscard]] std::string_view line() const { return {line_.data(), size_}; }
  uint64_t sequence = 0;
  std::string_view id, time, mode, run;
  uint64_t attempt = 1, evaluation_ns = 0;
  JsonValue service, actor, given, decision, candidate, action, replaced, torn;
  // Of the decision.
  std::string_view outcome, kind, bundle, would;
  JsonValue rules, missing;

 private:
  std::string line_;
  size_t size_ = 0;
};

// The text of a string, or of nothing.
[[nodiscard]] std::string text_of(JsonValue value);

}  // namespace guardvm::log
