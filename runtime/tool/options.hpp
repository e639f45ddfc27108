// The command line of guardvm as values. Written by hand: a library for it would cost more at start than a decision
// does.
#pragma once
#include <string>
#include <vector>

#include "guardvm/action.hpp"
#include "guardvm/session.hpp"

namespace guardvm::tool {

enum class Command : uint8_t { Eval, Batch, Inspect, Help, Version };
enum class Format : uint8_t { Text, Json, Tsv, None };

struct Options {
  Command command = Command::Help;
  std::string bundle;
  std::vector<std::string> inputs;  // "-" is standard input
  std::string kind;                 // --kind
  bool has_at = false;              // --at
  int64_t at_ns = 0;
  bool strict = false;
  bool explain = false;
  bool exit_worst = false;
  bool quiet = false;
  bool count_rules = false;
  bool verify = false;
  Format format = Format::Json;
  Tier tier = Tier::Indexed;

  [[nodiscard]] ReadOptions read_options() const { return {kind, has_at, at_ns, strict}; }
};

// The options of a command line, or an error: what is wrong with it, one sentence.
[[nodiscard]] Loaded<Options> parse_options(const std::vector<std::string>& arguments);
[[nodiscard]] std::string help_text();

// One file per command; each gives the exit code.
int run_eval(const Options& options);
int run_batch(const Options& options);
int run_inspect(const Options& options);
// `words`: behind `log`; log_command.hpp has its commands.
int run_log(const std::vector<std::string>& words);
// `words`: behind `gate`.
int run_gate(const std::vector<std::string>& words);
// `arguments`: behind `replay`.
int run_replay(const std::vector<std::string>& arguments);
// `arguments`: behind `report`.
int run_report(const std::vector<std::string>& arguments);

}  // namespace guardvm::tool
