// guardvm: loads a bundle and decides actions by it. See options.cpp for the command line, tables/exit_codes.def for
// the exit codes.
#include <cstdio>
#include <string_view>

#include "guardvm/exit_codes.hpp"
#include "guardvm/format.hpp"
#include "tool/options.hpp"
#include "tool/version.hpp"

int main(int argc, char** argv) {
  using namespace guardvm;
  if (argc > 1 && std::string_view(argv[1]) == "log") return tool::run_log({argv + 2, argv + argc});
  if (argc > 1 && std::string_view(argv[1]) == "replay") return tool::run_replay({argv + 2, argv + argc});
  if (argc > 1 && std::string_view(argv[1]) == "report") return tool::run_report({argv + 2, argv + argc});
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
