// Which records of a log a question is about: the options that `log query`, `log stats` and others share.
#pragma once
#include <cstdint>
#include <string>

#include "log/record_view.hpp"
#include "tool/arguments.hpp"

namespace guardvm::tool {

struct LogFilter {
  std::string rule, status, outcome, service, actor, kind, mode;  // empty: any
  int64_t since_ns = INT64_MIN, until_ns = INT64_MAX;

  // Takes the option at hand when it is one of the filter's; a value that does not fit is the problem of `words`.
  bool option(Arguments& words);
  [[nodiscard]] bool fits(const log::RecordView& record) const;
};

// Whether the name is the rule's id, or the last part of it.
[[nodiscard]] bool names_rule(std::string_view name, std::string_view id);
// RFC 3339, or a date: its first instant in UTC.
bool parse_moment(Arguments& words, int64_t& out_ns);

}  // namespace guardvm::tool
