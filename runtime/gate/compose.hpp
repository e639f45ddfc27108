// The record that a gate decides: the action as the pipeline gave it, with the gate's instant, signals and approvals.
//
//   auto composed = compose(bundle, record, {.instant_ns = now, .started_ns = now, .inputs = {…}});
//   if (!composed.ok()) block(composed.error().message);           // an input cannot be read
//   session.decide(composed.value().record, composed.value().given);
//
// SOUND: where a folder is given, nothing that the record says of such values is decided by: who asks writes the
// record. A record that does not fit the schema is given back as it is, so deciding it is an error that says what is
// wrong.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/approval.hpp"
#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"

namespace guardvm::gate {

struct Inputs {
  std::string signals;               // folder, the only source of signals; empty: the record's own count
  std::string approvals;             // folder, the only source of approvals; empty: the record's own count
  const Keyring* keyring = nullptr;  // null: approvals need no signature
};

struct Settings {
  std::string_view kind;   // supplied kind, or empty
  bool strict = false;     // unknown keys are errors
  int64_t instant_ns = 0;  // of the decision
  // What the record's own time is compared with: the clock when the gate got it. More than kLimitGateSkewSeconds apart,
  // the decision is an error (instant-conflict): a backdated record would slip past a freeze.
  int64_t started_ns = 0;
  bool compare_time = true;  // false: the record's own time does not matter, for its digest
  Inputs inputs;
};

struct Composed {
  std::string record;
  ReadOptions given;               // `kind` borrowed from the settings
  std::vector<std::string> notes;  // signals and approvals that do not count, and why; files that are no signal
  bool too_far = false;            // the record's own time is too far from the clock
  bool expires = false;            // approvals were counted; the first person's are over at `expires_ns`
  int64_t expires_ns = 0;
};

// Failure: a folder or a signal's file cannot be read, or this build cannot check approvals; nothing may be decided.
[[nodiscard]] Loaded<Composed> compose(const Bundle& bundle, std::string_view record, const Settings& settings);

// The digest of the action in a record, whatever its time, signals and approvals, which may be left out.
// Failure: it does not fit the schema, or this build has no SHA-256.
[[nodiscard]] Loaded<std::string> digest_of_record(const Bundle& bundle, std::string_view record,
                                                   std::string_view kind);

// "error out-of-range at /canary: …", as `guardvm eval` says it.
[[nodiscard]] std::string read_problem(const ReadError& error);

}  // namespace guardvm::gate
