// Reads the command line: `guardvm COMMAND BUNDLE [INPUT…] [--option [VALUE]]`, `--option=VALUE` too, options anywhere.
#include "tool/options.hpp"

#include <optional>
#include <string_view>

#include "guardvm/exit_codes.hpp"
#include "read/values.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm: decides actions by a bundle that `guardc build` made\n"
    "\n"
    "  guardvm eval BUNDLE [ACTION.json|-]   decide one action; standard input when no file is named\n"
    "      --format text|json                how the decision is printed (default: text)\n"
    "      --explain                         why; when a blocked action would pass, and what near it passes\n"
    "  guardvm batch BUNDLE [FILE|-]...      decide one action a line (NDJSON): one line out per line in, in order\n"
    "      --format json|tsv|none            json: the decision; tsv: line, decision, kind, rules, message; none: "
    "count only\n"
    "      --exit-worst                      exit with the worst decision's code: error, deny, hold, allow\n"
    "      --count-rules                     the summary counts how often each rule was applied\n"
    "      --quiet                           no summary and no progress on standard error\n"
    "  guardvm inspect BUNDLE                what the bundle is and holds\n"
    "      --verify                          recompute the SHA-256 that names it\n"
    "      --format text|json\n"
    "  guardvm gate BUNDLE [ACTION.json|-]   in a pipeline, before the action: decide it now, log it, stop by the exit "
    "code;\n"
    "                                        `guardvm gate --help`\n"
    "  guardvm approve, check-decision, signal, action\n"
    "                                        what a gate is given and gives: `guardvm COMMAND --help`\n"
    "  guardvm replay BUNDLE [INPUT|-]...    what the bundle would have decided of past actions (NDJSON, decision "
    "logs), "
    "on all cores\n"
    "      --against OLD                     compare with what this bundle decides; of logs: else with what was "
    "decided\n"
    "      --examples N, --top N             how many to show (default: 3 per change, 10 per group)\n"
    "      --threads N, --format text|json, --quiet, --kind, --at, --strict\n"
    "  guardvm report LOG...                 what rules in shadow or advisory, and a candidate bundle, would have "
    "done\n"
    "      --require EXPR                    exit with 2 when a rule lacks it; `guardvm report --help`\n"
    "  guardvm log COMMAND LOG...            decision logs: verify, query, stats, checkpoint, key, compress; `guardvm "
    "log "
    "--help`\n"
    "\n"
    "  eval and batch:\n"
    "      --kind KIND                       the kind of the actions, for records that do not name it\n"
    "      --at TIME                         the instant (RFC 3339) of actions that do not carry one\n"
    "      --strict                          a key that the schema does not know is an error\n"
    "      --tier indexed|linear             which engine decides; both decide alike (for tests)\n"
    "  guardvm --help | --version\n"
    "\n"
    "exit codes (eval: of the decision; batch: 0 when every line was decided, 6 when any was an error; replay: 0 when\n"
    "there is a report, whatever it says):\n";

struct Parser {
  const std::vector<std::string>& arguments;
  Options options;
  size_t at = 0;
  std::optional<std::string> inline_value;  // of `--option=VALUE`
  std::string problem;

  bool fail(std::string message) {
    problem = std::move(message);
    return false;
  }

  bool value(const std::string& option, std::string& out) {
    if (inline_value) {
      out = *inline_value;
      inline_value.reset();
      return true;
    }
    if (at >= arguments.size()) return fail("`" + option + "` needs a value");
    out = arguments[at++];
    return true;
  }

  bool format() {
    std::string word;
    if (!value("--format", word)) return false;
    const bool batch = options.command == Command::Batch;
    if (word == "json") {
      options.format = Format::Json;
    } else if (word == "text" && !batch) {
      options.format = Format::Text;
    } else if (word == "tsv" && batch) {
      options.format = Format::Tsv;
    } else if (word == "none" && batch) {
      options.format = Format::None;
    } else {
      return fail("`--format` is " + std::string(batch ? "json, tsv or none" : "text or json") + ", not `" + word +
                  "`");
    }
    return true;
  }

  bool instant() {
    std::string word;
    if (!value("--at", word)) return false;
    options.has_at = parse_timestamp(word, options.at_ns);
    return options.has_at ||
           fail("`--at` needs an RFC 3339 timestamp such as 2026-03-02T09:30:00Z, not `" + word + "`");
  }

  bool tier() {
    std::string word;
    if (!value("--tier", word)) return false;
    if (word != "indexed" && word != "linear") return fail("`--tier` is indexed or linear, not `" + word + "`");
    options.tier = word == "linear" ? Tier::Linear : Tier::Indexed;
    return true;
  }

  bool option(const std::string& name) {
    const Command command = options.command;
    const bool decides = command == Command::Eval || command == Command::Batch;
    if (name == "--format") return format();
    if (name == "--kind" && decides) return value(name, options.kind);
    if (name == "--at" && decides) return instant();
    if (name == "--tier" && decides) return tier();
    bool* flag = nullptr;
    if (name == "--strict" && decides) flag = &options.strict;
    if (name == "--explain" && command == Command::Eval) flag = &options.explain;
    if (name == "--exit-worst" && command == Command::Batch) flag = &options.exit_worst;
    if (name == "--count-rules" && command == Command::Batch) flag = &options.count_rules;
    if (name == "--quiet" && command == Command::Batch) flag = &options.quiet;
    if (name == "--verify" && command == Command::Inspect) flag = &options.verify;
    if (flag == nullptr) return fail("`" + arguments[0] + "` has no option `" + name + "`");
    *flag = true;
    return true;
  }

  bool command() {
    const std::string& word = arguments[0];
    if (word == "--help" || word == "-h" || word == "help") {
      options.command = Command::Help;
    } else if (word == "--version") {
      options.command = Command::Version;
    } else if (word == "eval") {
      options.command = Command::Eval;
      options.format = Format::Text;
    } else if (word == "batch") {
      options.command = Command::Batch;
    } else if (word == "inspect") {
      options.command = Command::Inspect;
      options.format = Format::Text;
    } else {
      return fail("no command `" + word + "`; `guardvm --help` lists them");
    }
    at = 1;
    return true;
  }

  bool run() {
    if (arguments.empty()) return fail("name a command; `guardvm --help` lists them");
    if (!command()) return false;
    bool options_end = false;
    while (at < arguments.size()) {
      std::string word = arguments[at++];
      if (options_end || word == "-" || !word.starts_with('-')) {
        (options.bundle.empty() ? options.bundle : options.inputs.emplace_back()) = word;
        continue;
      }
      if (word == "--") {
        options_end = true;
        continue;
      }
      if (word == "--help" || word == "-h") {
        options.command = Command::Help;
        return true;
      }
      if (const size_t equals = word.find('='); equals != std::string::npos) {
        inline_value = word.substr(equals + 1);
        word.resize(equals);
      }
      if (!option(word)) return false;
      if (inline_value) return fail("`" + word + "` takes no value");
    }
    return complete();
  }

  bool complete() {
    const Command command = options.command;
    if (command == Command::Help || command == Command::Version) return true;
    if (options.bundle.empty()) return fail("`" + arguments[0] + "` needs a bundle, made by `guardc build`");
    if (command == Command::Eval && options.inputs.size() > 1)
      return fail("`eval` decides one action; `batch` decides many");
    if (command == Command::Inspect && !options.inputs.empty()) return fail("`inspect` takes one bundle");
    if (command != Command::Inspect && options.inputs.empty()) options.inputs.emplace_back("-");
    return true;
  }
};

}  // namespace

Loaded<Options> parse_options(const std::vector<std::string>& arguments) {
  Parser parser{arguments, {}, 0, {}, {}};
  if (!parser.run()) return LoadError{std::move(parser.problem)};
  return std::move(parser.options);
}

std::string help_text() {
  std::string out(kUsage);
  for (const ExitInfo& row : kExits) {
    const std::string code = std::to_string(static_cast<int>(row.exit));
    out += std::string(4 - code.size(), ' ') + code + "  ";
    out += row.meaning;
    out += '\n';
  }
  return out;
}

}  // namespace guardvm::tool
