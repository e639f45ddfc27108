// guardvm: loads a bundle and decides actions by it. See options.cpp for the command line, tables/exit_codes.def for
// the exit codes.
#include <cstdio>
#include <string_view>
#include <vector>

#include "guardvm/exit_codes.hpp"
#include "guardvm/format.hpp"
#include "tool/commands.hpp"
#include "tool/options.hpp"
#include "tool/version.hpp"

namespace {

// Commands with a command line of their own; the others share options.cpp.
struct Row {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words);
};
constexpr Row kRows[] = {
    {"gate", guardvm::tool::run_gate},
    {"approve", guardvm::tool::run_approve},
    {"check-decision", guardvm::tool::run_check_decision},
    {"signal", guardvm::tool::run_signal},
    {"action", guardvm::tool::run_action},
    {"log", guardvm::tool::run_log},
    {"replay", guardvm::tool::run_replay},
    {"report", guardvm::tool::run_report},
};

}  // namespace

int main(int argc, char** argv) {
  using namespace guardvm;
  if (argc > 1) {
    for (const Row& row : kRows)
      if (row.name == argv[1]) return row.run({argv + 2, argv + argc});
  }
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
