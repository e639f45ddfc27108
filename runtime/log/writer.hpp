// Appends evaluations to a decision log: one NDJSON record each, chained by SHA-256 and on disk before it returns.
//
//   guardvm::log::Options options;                                  // rotation, compression, the key for digests
//   auto writer = guardvm::log::Writer::open("decisions.ndjson", options);
//   if (!writer.ok()) block(writer.error().message);                // exit code 5: Exit::LogNotWritten
//   const guardvm::Decision& d = session.decide(action, read_options);
//   auto appended = writer.value().append({.decided = {&bundle, &session}, .action = action, …});
//   if (!appended.ok()) block(appended.error().message);            // exit code 5; the decision must not be reported
//   report(d);
//
// What a record holds, how it is chained, rotated and repaired stands byte by byte in LOG.md.
//
// INVARIANT: when `append` succeeds, the record and all before it are in the file and synced (fdatasync; a new file's
//   folder too). When it fails, the caller blocks the action: nothing fails open.
// Processes: any number on one log, on one machine; flock serialises them. Network file systems without working flock
//   are not supported. Threads: one Writer per thread. A crash at any point leaves a log that the next `append`
//   continues; bytes of a record that was cut short stay where they are, and the next record says so.
// Sensitive values never reach the file: a keyed digest (BLAKE2b-256) stands in their place (LOG.md, "Sensitive
// values"). Cost: one fdatasync per record (about 1 ms on an SSD), 10 to 50 us else; no cost where no Writer is opened.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "guardvm/bundle.hpp"
#include "guardvm/error.hpp"
#include "guardvm/session.hpp"

namespace guardvm::log {

// How the outcome is used: Enforce blocks on it, DryRun only reports it.
enum class Mode : uint8_t { Enforce, DryRun };
[[nodiscard]] std::string_view mode_word(Mode mode);  // "enforce", "dry-run"

// What one bundle said: the last decision of `session`, which was made with `bundle`. Borrowed.
struct Evaluation {
  const Bundle* bundle = nullptr;
  Session* session = nullptr;
  std::string_view revision;   // what the caller knows of the bundle's origin, such as a commit; may be empty
  uint64_t evaluation_ns = 0;  // how long reading and deciding took
};

// One evaluation, as it is to be recorded. Texts are borrowed until `append` returns and must be UTF-8 (else they are
// left out), but for `action`, which may be any bytes.
struct Entry {
  Evaluation decided;
  Evaluation candidate;  // decided beside and never applied; `bundle` null: none
  std::string_view
      action;         // the bytes that both decided: with the instant, signals and approvals that the caller added
  ReadOptions given;  // what both were given beside the record
  Mode mode = Mode::Enforce;
  int64_t time_ns = 0;  // the wall clock when it was evaluated, since 1970
  // Tries of one call that waits for a hold share `run` (any text) and count from 1. Empty: a call of its own.
  std::string_view run;
  uint32_t attempt = 1;
};

struct Options {
  uint64_t rotate_bytes = 0;  // a file that has reached this size is closed before the next record; 0: no bound
  bool rotate_daily = false;  // so is one whose last record is of an earlier day (UTC)
  bool compress = false;      // closed files are compressed (zstd) by the append that closed them, after its record
  std::string key_file;       // 64 hexadecimal digits, not readable by others; empty: LOG.key, made (0600) when needed
};

struct Appended {
  uint64_t sequence = 0;  // from 1, over all files of the log
  std::string id;         // 32 hexadecimal digits, random: names the record for people and other systems
  std::string hash;       // 64 hexadecimal digits
};

class Writer {
 public:
  // Opens or creates the log; nothing is written yet. Failure, as one sentence with the path and what to do: it cannot
  // be opened for writing, is no regular file, does not hold a decision log, its end does not match its hash, or this
  // build has no log (libsodium or libzstd was not there).
  [[nodiscard]] static Loaded<Writer> open(const std::string& path, const Options& options);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) = delete;
  ~Writer();

  // Appends one record and syncs it. Failure: the sentence; the record is not there or must be taken as not there.
  // Every later call of this writer fails too when the failure was one of syncing.
  [[nodiscard]] Loaded<Appended> append(const Entry& entry);

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace guardvm::log
