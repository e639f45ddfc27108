// guardc: the compiler's command line. The only file that sees LLVM (Support, for the command line alone).
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/raw_ostream.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "driver/cli/usage.hpp"
#include "driver/commands.hpp"
#include "guardvm/exit_codes.hpp"
#include "guardvm/format.hpp"
#include "tool/version.hpp"

namespace {

namespace cl = llvm::cl;
using namespace guard;          // NOLINT: one file, one main
using namespace guard::driver;  // NOLINT

std::string exit_code_help() {
  std::string out = "\nEXIT CODES:\n";
  for (const guardvm::ExitInfo& row : guardvm::kExits) {
    const std::string code = std::to_string(static_cast<int>(row.exit));
    out += std::string(4 - code.size(), ' ') + code + "  " + std::string(row.meaning) + "\n";
  }
  return out;
}

// The options of one command; LLVM registers them by being constructed.
struct Paths {
  cl::SubCommand& command;
  cl::OptionCategory& category;
  cl::list<std::string> paths{cl::Positional, cl::OneOrMore, cl::desc("PATHS..."), cl::sub(command), cl::cat(category)};
};

struct Baseline {
  cl::list<std::string> paths;
  Baseline(cl::SubCommand& command, cl::OptionCategory& category)
      : paths("baseline", cl::desc("the organisation's set: merged in, its blocking rules mandatory; may be repeated"),
              cl::value_desc("path"), cl::sub(command), cl::cat(category)) {}
};

struct AsOf {
  cl::opt<std::string> date;
  AsOf(cl::SubCommand& command, cl::OptionCategory& category)
      : date("as-of", cl::desc("speak about instants from here on (default: today)"), cl::value_desc("date"),
             cl::sub(command), cl::cat(category)) {}
};

struct Engine {
  cl::opt<verify::EngineMode> mode;
  Engine(cl::SubCommand& command, cl::OptionCategory& category)
      : mode("engine", cl::desc("what answers the questions"), cl::init(verify::EngineMode::Auto), cl::sub(command),
             cl::cat(category),
             cl::values(
                 clEnumValN(verify::EngineMode::Auto, "auto", "boxes where they suffice, Z3 for the rest (default)"),
                 clEnumValN(verify::EngineMode::Both, "both", "both for everything; a difference is exit code 70"),
                 clEnumValN(verify::EngineMode::Boxes, "boxes", "boxes alone"),
                 clEnumValN(verify::EngineMode::Z3, "z3", "Z3 alone"))) {}
};

std::vector<std::string> strings(const cl::list<std::string>& list) { return {list.begin(), list.end()}; }

struct CommandLine {
  cl::OptionCategory category{"Options"};

  cl::SubCommand build{"build", "compile a policy set to a bundle"};
  Paths build_paths{build, category};
  cl::opt<std::string> output{
      "o", cl::Required, cl::desc("the bundle to write"), cl::value_desc("file"), cl::sub(build), cl::cat(category)};
  cl::opt<bool> stats{"stats", cl::desc("print rules, classes, bytes by section and worst-case steps"), cl::sub(build),
                      cl::cat(category)};
  cl::opt<bool> strip{"strip", cl::desc("leave out what only `verify` reads"), cl::sub(build), cl::cat(category)};
  Baseline build_baseline{build, category};

  cl::SubCommand check{"check", "report what is wrong with a policy set"};
  Paths check_paths{check, category};
  Baseline check_baseline{check, category};
  cl::opt<DiagFormat> check_format{
      "format",
      cl::desc("form of the report"),
      cl::init(DiagFormat::Text),
      cl::sub(check),
      cl::cat(category),
      cl::values(clEnumValN(DiagFormat::Text, "text", "for people, on standard error (default)"),
                 clEnumValN(DiagFormat::Json, "json", "one JSON document"),
                 clEnumValN(DiagFormat::Sarif, "sarif", "SARIF 2.1.0"),
                 clEnumValN(DiagFormat::Github, "github", "GitHub workflow commands"))};

  cl::SubCommand fmt{"fmt", "rewrite files in the one layout"};
  Paths fmt_paths{fmt, category};
  cl::opt<bool> fmt_check{"check", cl::desc("change nothing; name the files that would change"), cl::sub(fmt),
                          cl::cat(category)};

  cl::SubCommand test{"test", "run the tests of a policy set"};
  Paths test_paths{test, category};
  Baseline test_baseline{test, category};
  cl::opt<bool> coverage{"coverage", cl::desc("report rules and conditions that were not exercised both ways"),
                         cl::sub(test), cl::cat(category)};
  cl::opt<unsigned> min_coverage{"min-coverage", cl::desc("fail below this coverage"), cl::value_desc("percent"),
                                 cl::sub(test), cl::cat(category)};
  cl::opt<std::string> filter{"filter", cl::desc("run the tests whose `policy.name` matches"), cl::value_desc("glob"),
                              cl::sub(test), cl::cat(category)};
  cl::opt<std::string> write_missing{
      "write-missing", cl::desc("write a test for each rule and condition side that no test shows; a new file"),
      cl::value_desc("file"), cl::sub(test), cl::cat(category)};
  cl::opt<TestFormat> test_format{
      "format",
      cl::desc("form of the report"),
      cl::init(TestFormat::Text),
      cl::sub(test),
      cl::cat(category),
      cl::values(clEnumValN(TestFormat::Text, "text", "for people (default)"),
                 clEnumValN(TestFormat::Json, "json", "one JSON document"),
                 clEnumValN(TestFormat::Junit, "junit", "JUnit XML"), clEnumValN(TestFormat::Tap, "tap", "TAP 13"))};

  cl::SubCommand dump{"dump", "print a bundle readably"};
  cl::opt<std::string> bundle{cl::Positional, cl::Required, cl::desc("BUNDLE"), cl::sub(dump), cl::cat(category)};
  cl::opt<std::string> rule{"rule", cl::desc("only this rule"), cl::value_desc("policy.rule"), cl::sub(dump),
                            cl::cat(category)};
  cl::opt<std::string> kind{"kind", cl::desc("only this action kind"), cl::value_desc("kind"), cl::sub(dump),
                            cl::cat(category)};

  cl::SubCommand verify{"verify", "prove what is wrong with a policy set"};
  cl::list<std::string> verify_paths{cl::Positional, cl::OneOrMore, cl::desc("PATHS...|BUNDLE"), cl::sub(verify),
                                     cl::cat(category)};
  Baseline verify_baseline{verify, category};
  cl::opt<bool> verify_stats{"stats", cl::desc("print queries by engine, time by check and classes"), cl::sub(verify),
                             cl::cat(category)};
  cl::opt<unsigned> verify_jobs{"jobs", cl::desc("threads (default: one per core); the report is the same"),
                                cl::value_desc("N"), cl::sub(verify), cl::cat(category)};
  AsOf verify_as_of{verify, category};
  cl::opt<std::string> base{"base", cl::desc("also show what changed since this set or bundle"), cl::value_desc("old"),
                            cl::sub(verify), cl::cat(category)};
  cl::opt<std::string> base_ref{"base-ref", cl::desc("the same, since this commit of the paths' git repository"),
                                cl::value_desc("gitref"), cl::sub(verify), cl::cat(category)};
  cl::opt<std::string> evidence{
      "evidence", cl::desc("what `guardvm report --format json --require ...` said: rules raised to enforce need it"),
      cl::value_desc("report"), cl::sub(verify), cl::cat(category)};
  cl::opt<bool> new_only{"new-only", cl::desc("report only findings that the base does not have"), cl::sub(verify),
                         cl::cat(category)};
  Engine verify_engine{verify, category};
  cl::opt<verify::ReportFormat> verify_format{"format",
                                              cl::desc("form of the report"),
                                              cl::init(verify::ReportFormat::Text),
                                              cl::sub(verify),
                                              cl::cat(category),
                                              cl::ValuesClass{
#define GUARD_REPORT_FORMAT(Name, word, whom) clEnumValN(verify::ReportFormat::Name, #word, whom),
#include "verify/report/formats.def"
#undef GUARD_REPORT_FORMAT
                                              }};
  cl::list<std::string> verify_outputs{"output", cl::desc("write the report into a file too; may be repeated"),
                                       cl::value_desc("format=file"), cl::sub(verify), cl::cat(category)};
  cl::list<std::string> verify_severities{"severity", cl::desc("what a finding counts as: error, warning, note or off"),
                                          cl::value_desc("check=level"), cl::sub(verify), cl::cat(category)};
  cl::opt<std::string> witness_dir{"witness-dir",
                                   cl::desc("write each action into a file, and the lines that decide it again"),
                                   cl::value_desc("folder"), cl::sub(verify), cl::cat(category)};
  cl::opt<Severity> fail_on{
      "fail-on",
      cl::desc("exit with 2 for findings at least this severe"),
      cl::init(Severity::Warning),
      cl::sub(verify),
      cl::cat(category),
      cl::values(clEnumValN(Severity::Error, "error", ""), clEnumValN(Severity::Warning, "warning", "(default)"),
                 clEnumValN(Severity::Note, "note", ""))};

  cl::SubCommand diff{"diff", "show what a change of a policy set newly allows, denies or holds"};
  cl::opt<std::string> diff_before{cl::Positional, cl::Required, cl::desc("OLD"), cl::sub(diff), cl::cat(category)};
  cl::opt<std::string> diff_after{cl::Positional, cl::Required, cl::desc("NEW"), cl::sub(diff), cl::cat(category)};
  AsOf diff_as_of{diff, category};
  Engine diff_engine{diff, category};
  cl::opt<verify::DiffFormat> diff_format{
      "format",
      cl::desc("form of the report"),
      cl::init(verify::DiffFormat::Text),
      cl::sub(diff),
      cl::cat(category),
      cl::values(clEnumValN(verify::DiffFormat::Text, "text", "for people (default)"),
                 clEnumValN(verify::DiffFormat::Json, "json", "one JSON document"))};

  std::string exit_codes = exit_code_help();  // LLVM keeps a reference
  cl::extrahelp exits{exit_codes};
};

std::optional<std::string> given(const cl::opt<std::string>& option) {
  return option.getNumOccurrences() > 0 ? std::optional<std::string>(option.getValue()) : std::nullopt;
}

const std::vector<std::string> kCommands{"build", "check", "fmt", "test", "verify", "diff", "dump"};

guardvm::Exit run_selected(const CommandLine& line) {
  if (line.build) {
    return run_build(
        {strings(line.build_paths.paths), strings(line.build_baseline.paths), line.output, line.stats, line.strip});
  }
  if (line.check)
    return run_check({strings(line.check_paths.paths), strings(line.check_baseline.paths), line.check_format});
  if (line.fmt) return run_fmt({strings(line.fmt_paths.paths), line.fmt_check});
  if (line.test) {
    std::optional<unsigned> least;
    if (line.min_coverage.getNumOccurrences() > 0) least = line.min_coverage;
    return run_test({strings(line.test_paths.paths), strings(line.test_baseline.paths), line.filter, line.coverage,
                     least, line.test_format, line.write_missing});
  }
  if (line.dump) return run_dump({line.bundle, given(line.rule), given(line.kind)});
  if (line.verify) {
    return run_verify({strings(line.verify_paths), strings(line.verify_baseline.paths), line.verify_as_of.date,
                       line.verify_engine.mode, line.verify_format, line.fail_on, line.verify_stats,
                       strings(line.verify_outputs), strings(line.verify_severities), line.witness_dir, line.base,
                       line.base_ref, line.evidence, line.new_only, line.verify_jobs});
  }
  if (line.diff) {
    return run_diff({line.diff_before, line.diff_after, line.diff_as_of.date, line.diff_engine.mode, line.diff_format});
  }
  return usage_error("name a command: " + enumerated(kCommands, "or") + "; `guardc --help` says more");
}

// What is written to standard error while it lives: LLVM tells some problems to a stream, and some only there.
class ErrorCapture {
 public:
  ErrorCapture() : file_(std::tmpfile()), own_(dup(STDERR_FILENO)) {
    if (file_ != nullptr && own_ >= 0) dup2(fileno(file_), STDERR_FILENO);
  }
  ErrorCapture(const ErrorCapture&) = delete;
  ErrorCapture& operator=(const ErrorCapture&) = delete;
  ~ErrorCapture() { (void)end(); }
  // Standard error is as it was again; gives what was written.
  std::string end() {
    std::string text;
    if (file_ == nullptr || own_ < 0) return text;
    dup2(own_, STDERR_FILENO);
    close(own_);
    own_ = -1;
    std::rewind(file_);
    char part[4096];
    for (size_t n = 0; (n = std::fread(part, 1, sizeof part, file_)) > 0;) text.append(part, n);
    std::fclose(file_);
    file_ = nullptr;
    return text;
  }

 private:
  std::FILE* file_;
  int own_;
};

template <typename T>
CommandUsage::Choice choice(cl::opt<T>& option) {
  CommandUsage::Choice own{option.ArgStr.str(), {}};
  for (unsigned i = 0; i < option.getParser().getNumOptions(); ++i) {
    own.words.push_back(option.getParser().getOption(i).str());
  }
  return own;
}

// The command that was called.
CommandUsage usage_of(CommandLine& line) {
  const std::string set = "name the files or folders of the set";
  CommandUsage usage{"", "name a command", {"help", "version"}, {}};
  cl::SubCommand* called = nullptr;
  const auto is = [&](cl::SubCommand& command, const std::string& operands, std::vector<CommandUsage::Choice> choices) {
    if (!command) return;
    called = &command;
    usage = {command.getName().str(), operands, {}, std::move(choices)};
  };
  is(line.build, set, {});
  is(line.check, set, {choice(line.check_format)});
  is(line.fmt, set, {});
  is(line.test, set, {choice(line.test_format)});
  is(line.dump, "name one bundle", {});
  is(line.verify, set + ", or a bundle",
     {choice(line.verify_format), choice(line.verify_engine.mode), choice(line.fail_on)});
  is(line.diff, "name two sets or bundles, the old one first",
     {choice(line.diff_format), choice(line.diff_engine.mode)});
  if (called == nullptr) return usage;
  for (const auto& option : cl::getRegisteredOptions(*called)) {
    if (option.second->getOptionHiddenFlag() == cl::NotHidden) usage.options.push_back(option.first().str());
  }
  return usage;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  // Of what LLVM's library brings along, only --help and --version are ours.
  for (cl::SubCommand* command : {&*cl::TopLevelSubCommand, &line.build, &line.check, &line.fmt, &line.test,
                                  &line.verify, &line.dump, &line.diff}) {
    cl::HideUnrelatedOptions(line.category, *command);
  }
  cl::SetVersionPrinter([](llvm::raw_ostream& out) {
    out << "guardc " << guardvm::kToolVersion << ", bundle format " << guardvm::format::kVersion << "\n";
  });
  std::string problems;
  llvm::raw_string_ostream problem_stream(problems);
  const char* overview = "guardc: compiles guardrails (*.guard) to a bundle that guardvm decides by\n";
  // Messages name the program, not the path that it was called by.
  std::vector<const char*> arguments(argv, argv + argc);
  if (!arguments.empty()) arguments[0] = "guardc";
  const std::string first = argc > 1 ? argv[1] : "-";
  if (!first.starts_with('-') && std::find(kCommands.begin(), kCommands.end(), first) == kCommands.end()) {
    llvm::errs() << unknown_command(first, kCommands);
    return static_cast<int>(guardvm::Exit::Usage);
  }
  ErrorCapture capture;
  const bool parsed =
      cl::ParseCommandLineOptions(static_cast<int>(arguments.size()), arguments.data(), overview, &problem_stream);
  const std::string said = capture.end() + problem_stream.str();
  if (!parsed) {
    const CommandUsage usage = usage_of(line);
    llvm::errs() << usage_text(said, usage);
    return static_cast<int>(guardvm::Exit::Usage);
  }
  return static_cast<int>(run_selected(line));
}
