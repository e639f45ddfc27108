// A rehearsal as a report: text for a terminal, JSON (REPORT.md), Markdown for a pull request, HTML for a change board.
//
// Each form says the same; JSON says all of it, the others leave out what is long. Deterministic: the same log gives
// the same bytes. HTML is one file with its charts in it and refers to nothing outside. Values of actions are escaped
// for each form: nothing in a log can become markup.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rehearse/rehearsal.hpp"
#include "rehearse/require.hpp"

namespace guardvm::rehearse {

// A log that was read to its end, its chain intact.
struct ReadLog {
  std::string name;
  uint64_t records = 0, first = 0, last = 0;  // sequences
  std::string head;                           // hash of the last record
  uint64_t pinned = 0;                        // last record that a checkpoint vouches for; 0: none
};

struct Judged {
  std::string rule;
  Verdict verdict;
};

struct Report {
  const Rehearsal& rehearsal;
  std::vector<ReadLog> logs;
  std::optional<int64_t> since_ns, until_ns;  // what was asked for; else all
  std::string mode;                           // enforce, dry-run; empty: both
  std::optional<Requirement> requirement;
  std::vector<Judged> judged;  // the rules that it was asked of
  [[nodiscard]] bool met() const;
};

void append_json(std::string& out, const Report& report);
void append_text(std::string& out, const Report& report);
void append_markdown(std::string& out, const Report& report);
void append_html(std::string& out, const Report& report);

}  // namespace guardvm::rehearse
