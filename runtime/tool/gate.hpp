// guardvm gate: what a pipeline runs before an action. The command line, and one try at deciding as it is reported.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/compose.hpp"
#include "guardvm/session.hpp"
#include "log/writer.hpp"

namespace guardvm::tool {

enum class GateFormat : uint8_t { Text, Json, Github };

struct GateOptions {
  std::string bundle, input;
  std::string kind;  // --kind
  bool strict = false;
  std::string signals, approvals, keyring;  // --signals, --approvals (folders), --keyring
  std::string log;                          // --log; empty: none
  log::Options log_options;                 // --log-key, --log-rotate, --log-daily, --log-compress
  std::string revision;                     // --revision
  log::Mode mode = log::Mode::Enforce;
  bool has_at = false;  // --at, dry-run only
  int64_t at_ns = 0;
  std::string candidate;      // --candidate
  int64_t wait_ns = 0;        // --wait; 0: not at all
  std::string expect_digest;  // --expect-digest: 64 lower-case hexadecimal digits; empty: any
  std::string output;         // --output: a file for the decision as JSON
  GateFormat format = GateFormat::Text;
};

// One decision, ready to be reported: it is in the log, when there is one.
struct GateTry {
  const GateOptions& options;
  const Bundle& bundle;
  Session& session;  // stands at the decision
  int64_t instant_ns = 0;
  gate::Composed composed = {};
  std::string action_digest = {};           // empty: the record does not fit the schema, or this build has no SHA-256
  std::optional<int64_t> valid_until = {};  // of the decision and of the approvals it counted
  std::string run = {};                     // with --wait: what its tries share in the log
  uint32_t attempt = 1;
  const Bundle* candidate = nullptr;
  Session* beside = nullptr;                   // of the candidate
  std::string candidate_problem = {};          // why there is none, though one was asked for
  std::optional<log::Appended> recorded = {};  // in the log
};

void append_gate_text(std::string& out, const GateTry& decided);
// One object, one line; GATE.md, "The decision of a gate".
void append_gate_json(std::string& out, const GateTry& decided);
// Workflow commands (one annotation), and what the step summary gets.
void append_gate_annotation(std::string& out, const GateTry& decided);
void append_gate_summary(std::string& out, const GateTry& decided);

[[nodiscard]] std::string gate_help();
// `words`: behind `gate`. Failure: one sentence.
[[nodiscard]] Loaded<GateOptions> parse_gate(const std::vector<std::string>& words);

}  // namespace guardvm::tool
