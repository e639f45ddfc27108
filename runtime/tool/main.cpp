// guardvm: loads a bundle and decides actions by it. See options.cpp for the command line, tables/exit_codes.def for
// the exit codes.
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/exit_codes.hpp"
#include "guardvm/format.hpp"
#include "tool/commands.hpp"
#include "tool/options.hpp"
#include "tool/version.hpp"

namespace {

using guardvm::tool::run_log, guardvm::tool::run_replay, guardvm::tool::run_report;

// Commands that read their own words; those of the others are in options.cpp.
struct Own {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words);
  bool has_help = false;  // else `--help` is that of guardvm
};
constexpr Own kOwn[] = {{"gate", guardvm::tool::run_gate, true},
                        {"approve", guardvm::tool::run_approve, true},
                        {"check-decision", guardvm::tool::run_check_decision, true},
                        {"signal", guardvm::tool::run_signal, true},
                        {"action", guardvm::tool::run_action, true},
                        {"log", run_log, true},
                        {"replay", run_replay},
                        {"report", run_report, true}};

int run(const Own& own, const std::vector<std::string>& words) {
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (own.has_help || std::none_of(words.begin(), words.end(), is_help)) return own.run(words);
  std::fputs(guardvm::tool::help_text().c_str(), stdout);
  return static_cast<int>(guardvm::Exit::Ok);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace guardvm;
  for (const Own& own : kOwn)
    if (argc > 1 && own.name == argv[1]) return run(own, {argv + 2, argv + argc});
  const Loaded<tool::Options> parsed = tool::parse_options({argv + 1, argv + (argc > 0 ? argc : 1)});
  if (!parsed.ok()) {
    std::fprintf(stderr, "guardvm: %s\n", parsed.error().message.c_str());
    return static_cast<int>(Exit::Usage);
  }
  switch (parsed.value().command) {
    case tool::Command::Eval:
      return tool::run_eval(parsed.value());
    case tool::Command::Batch:
      return tool::run_batch(parsed.value());
    case tool::Command::Inspect:
      return tool::run_inspect(parsed.value());
    case tool::Command::Help:
      std::fputs(tool::help_text().c_str(), stdout);
      return static_cast<int>(Exit::Ok);
    case tool::Command::Version:
      std::printf("guardvm %s, bundle format %u\n", kToolVersion, format::kVersion);
      return static_cast<int>(Exit::Ok);
  }
  return static_cast<int>(Exit::Internal);
}
