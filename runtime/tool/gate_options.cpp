// The command line of `guardvm gate`.
#include "read/values.hpp"
#include "tool/arguments.hpp"
#include "tool/gate.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm gate BUNDLE [ACTION.json|-]     decide an action now, before it is done; stop it by the exit code\n"
    "\n"
    "  what is decided:\n"
    "      --kind KIND                       the kind of the action, for records that do not name it\n"
    "      --strict                          a key that the schema does not know is an error\n"
    "      --expect-digest SHA256            refuse any other bundle (64 hexadecimal digits, `sha256:` before them or "
    "not)\n"
    "      --signals DIR                     signals from DIR/NAME.json alone; without it, the action's own count\n"
    "      --approvals DIR                   approvals made by `guardvm approve` alone; without it, the action's own "
    "count\n"
    "      --keyring FILE                    approvals count only when signed by a key of this file\n"
    "  how:\n"
    "      --mode enforce|dry-run            dry-run: report, and exit with 0 whatever is decided (default: enforce)\n"
    "      --at TIME                         the instant, instead of the clock's; dry-run only\n"
    "      --wait DURATION                   decide a hold again when time or an input can change it, for so long "
    "(30m)\n"
    "      --candidate BUNDLE                decide by this one too: reported and recorded, never applied\n"
    "  what is told:\n"
    "      --format text|json|github         github: an annotation, and the step summary ($GITHUB_STEP_SUMMARY)\n"
    "      --output FILE                     write the decision there too, as JSON, for `guardvm check-decision`\n"
    "      --log FILE                        append to this decision log before anything is told\n"
    "      --log-key FILE, --log-rotate BYTES, --log-daily, --log-compress\n"
    "      --revision TEXT                   what the log says of the bundle's origin, such as a commit\n"
    "\n"
    "exit codes: 0 allow (dry-run: decided), 2 deny, 4 hold, 6 error, 3 bundle refused, 5 log not written, 1 usage or "
    "I/O;\n"
    "all but 0 stop the pipeline.\n";

struct Parser {
  Arguments words;
  GateOptions options;
  std::vector<std::string> names;

  void instant() {
    std::string text;
    if (!words.value(text)) return;
    options.has_at = parse_timestamp(text, options.at_ns);
    if (!options.has_at)
      words.fail("`--at` needs an RFC 3339 timestamp such as 2026-03-02T09:30:00Z, not `" + text + "`");
  }

  void wait() {
    std::string text;
    if (words.value(text) && (!parse_duration(text, options.wait_ns) || options.wait_ns <= 0))
      words.fail("`--wait` needs a duration such as 30m or 1h30m, not `" + text + "`");
  }

  void digest() {
    std::string text;
    if (!words.value(text)) return;
    std::string_view digits = text;
    if (digits.starts_with("sha256:")) digits.remove_prefix(7);
    if (digits.size() != log::kHashDigits || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
      words.fail("`--expect-digest` needs the 64 hexadecimal digits that `guardvm inspect` prints, not `" + text + "`");
    options.expect_digest = digits;
  }

  void mode() {
    size_t chosen = 0;
    if (words.choice({"enforce", "dry-run"}, chosen))
      options.mode = chosen == 1 ? log::Mode::DryRun : log::Mode::Enforce;
  }

  void format() {
    size_t chosen = 0;
    if (words.choice({"text", "json", "github"}, chosen)) options.format = static_cast<GateFormat>(chosen);
  }

  bool text_option() {
    struct Row {
      std::string_view name;
      std::string& value;
    };
    const Row rows[] = {{"--kind", options.kind},
                        {"--signals", options.signals},
                        {"--approvals", options.approvals},
                        {"--keyring", options.keyring},
                        {"--log", options.log},
                        {"--log-key", options.log_options.key_file},
                        {"--revision", options.revision},
                        {"--candidate", options.candidate},
                        {"--output", options.output}};
    for (const Row& row : rows) {
      if (!words.is(row.name)) continue;
      if (words.value(row.value) && row.value.empty()) words.fail("`" + words.word() + "` needs a value");
      return true;
    }
    return false;
  }

  void option() {
    if (text_option()) return;
    if (words.is("--strict"))
      options.strict = true;
    else if (words.is("--at"))
      instant();
    else if (words.is("--wait"))
      wait();
    else if (words.is("--expect-digest"))
      digest();
    else if (words.is("--mode"))
      mode();
    else if (words.is("--format"))
      format();
    else if (words.is("--log-rotate"))
      words.number(options.log_options.rotate_bytes);
    else if (words.is("--log-daily"))
      options.log_options.rotate_daily = true;
    else if (words.is("--log-compress"))
      options.log_options.compress = true;
    else
      words.fail("`gate` has no option `" + words.word() + "`");
  }

  void complete() {
    const bool dry = options.mode == log::Mode::DryRun;
    if (names.empty()) words.fail("`gate` needs a bundle, made by `guardc build`");
    if (names.size() > 2) words.fail("`gate` decides one action");
    if (options.has_at && !dry) words.fail("`--at` is for `--mode dry-run`: what is enforced is decided by the clock");
    if (options.wait_ns > 0 && dry) words.fail("`--wait` is for `--mode enforce`: a dry run never holds anything up");
    if (!options.keyring.empty() && options.approvals.empty())
      words.fail("`--keyring` says whose approvals in `--approvals DIR` count; give both");
    const log::Options& log = options.log_options;
    const bool log_asked =
        !log.key_file.empty() || log.rotate_bytes > 0 || log.rotate_daily || log.compress || !options.revision.empty();
    if (options.log.empty() && log_asked)
      words.fail("`--revision` and `--log-…` are for a decision log: give `--log FILE`");
    if (!words.ok()) return;
    options.bundle = names[0];
    options.input = names.size() > 1 ? names[1] : "-";
  }
};

}  // namespace

std::string gate_help() { return std::string(kUsage); }

Loaded<GateOptions> parse_gate(const std::vector<std::string>& words) {
  Parser parser{Arguments(words), {}, {}};
  while (parser.words.next()) {
    if (parser.words.is_option())
      parser.option();
    else
      parser.names.push_back(parser.words.word());
  }
  if (parser.words.ok()) parser.complete();
  if (!parser.words.ok()) return LoadError{parser.words.problem()};
  return std::move(parser.options);
}

}  // namespace guardvm::tool
