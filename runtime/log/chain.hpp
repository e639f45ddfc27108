// Checks the records of a log, line by line: each by its hash, and that they follow each other. No I/O.
//
//   guardvm::log::Chain chain(checkpoints);
//   for (each file, in order) { chain.begin_file(name); for (each line) chain.line(text, ended); }
//   chain.end();
//   for (const Finding& f : chain.findings()) …;
//
// SOUND: with the hash of the last record known to be right (a checkpoint), no finding means that the lines are those
//   that were written, all of them and in order, as far as SHA-256 is collision-free: each record's hash covers its
//   bytes and `prev`, the hash of the record before; bytes that are no record are covered by the `torn` of the next
//   one. Without a checkpoint the end may have been cut off, or all records from one on written anew.
// Cost: SHA-256 of every byte. Memory: one line; at most kKept findings.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "log/checkpoint.hpp"
#include "log/frame.hpp"

namespace guardvm::log {

enum class FindingKind : uint8_t {
#define GUARD_LOG_FINDING(Name, kebab, meaning) Name,
#include "log/findings.def"
#undef GUARD_LOG_FINDING
};
[[nodiscard]] std::string_view finding_word(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::Changed;
  std::string file;
  uint64_t line = 0;  // 1-based; 0: of the file or log as a whole
  std::string text;   // one sentence
};

// A write that was cut short and told of: nothing is wrong.
struct TornNote {
  std::string file;
  uint64_t line = 0;      // of the record that tells
  uint64_t sequence = 0;  // of it
  uint64_t bytes = 0;
};

class Chain {
 public:
  static constexpr size_t kKept = 1000;  // findings and notes; what goes beyond is counted only

  // `checkpoints` were checked (signatures).
  explicit Chain(const std::vector<Checkpoint>& checkpoints);

  void begin_file(const std::string& name);
  // One line without its line end; `ended`: it had one.
  void line(std::string_view text, bool ended);
  // The file cannot be read on.
  void damaged(std::string_view why);
  void end();

  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] uint64_t finding_count() const { return finding_count_; }
  [[nodiscard]] const std::vector<TornNote>& torn() const { return torn_; }
  [[nodiscard]] uint64_t torn_count() const { return torn_count_; }
  [[nodiscard]] uint64_t records() const { return records_; }
  [[nodiscard]] uint64_t first_sequence() const { return first_; }
  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] uint64_t pinned() const { return pinned_; }  // the last record that a checkpoint vouches for; 0: none

 private:
  void find(FindingKind kind, uint64_t line, std::string text);
  void record(const Frame& frame);
  void settle_torn(const Frame& frame);
  void settle_order(const Frame& frame);
  void settle_pins(const Frame& frame, bool holds);

  std::map<uint64_t, std::string> pins_;  // sequence -> hash
  std::vector<Finding> findings_;
  std::vector<TornNote> torn_;
  uint64_t finding_count_ = 0, torn_count_ = 0;
  std::string file_;
  uint64_t line_ = 0;
  uint64_t records_ = 0, first_ = 0, pinned_ = 0;
  Head head_;                // of the last record that is in order
  std::string actual_hash_;  // of its bytes: another one when it was changed
  // Lines that are no record, since the last record.
  uint64_t loose_bytes_ = 0, loose_line_ = 0;
  Sha256 loose_;
};

}  // namespace guardvm::log
