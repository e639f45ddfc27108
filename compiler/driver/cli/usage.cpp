// LLVM 14's messages, line by line, and what they mean here.
#include "driver/cli/usage.hpp"

#include <algorithm>
#include <optional>

#include "diag/diagnostic.hpp"

namespace guard::driver {
namespace {

// What stands between two texts of a line, when both are there, in this order.
std::optional<std::string> between(std::string_view line, std::string_view before, std::string_view after) {
  const size_t at = line.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  const size_t first = at + before.size(), last = line.find(after, first);
  if (last == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(first, last - first));
}

// An option without its dashes.
std::string bare(const std::string& option) {
  return option.substr(std::min(option.find_first_not_of('-'), option.size()));
}

std::string unknown_option(const std::string& option, const CommandUsage& command) {
  const std::string near = nearest(bare(option), command.options);
  return "there is no option `" + option + "`" + (near.empty() ? "" : "; did you mean `--" + near + "`?");
}

// A problem with one option, named as it is written.
std::optional<std::string> of_option(const std::string& option, std::string_view line, const CommandUsage& command) {
  if (const auto word = between(line, "Cannot find option named '", "'!")) {
    for (const CommandUsage::Choice& choice : command.choices) {
      if (choice.option == bare(option))
        return "`" + option + " " + *word + "`: it takes " + enumerated(choice.words, "or");
    }
  }
  if (const auto word = between(line, "option: '", "' value invalid for uint argument!")) {
    return "`" + option + " " + *word + "`: it takes a whole number";
  }
  if (line.ends_with("must be specified at least once!")) return "`" + option + " FILE` is missing, the file to write";
  if (line.ends_with("requires a value!")) return "`" + option + "` needs a value behind it";
  if (line.find("' is invalid value for boolean argument!") != std::string_view::npos ||
      line.find("does not allow a value!") != std::string_view::npos) {
    return "`" + option + "` takes no value";
  }
  if (line.ends_with("may only occur zero or one times!")) return "`" + option + "` is given more than once";
  return std::nullopt;
}

std::optional<std::string> translated(std::string_view line, const CommandUsage& command) {
  if (const auto word = between(line, "Unknown command line argument '", "'.")) return unknown_option(*word, command);
  if (line.ends_with("Not enough positional command line arguments specified!")) return command.operands;
  if (line.ends_with("Too many positional arguments specified!")) return "too many arguments: " + command.operands;
  if (const auto option = between(line, "for the ", " option: ")) return of_option(*option, line, command);
  return std::nullopt;
}

}  // namespace

std::string usage_text(std::string_view said, const CommandUsage& command) {
  std::string out;
  const std::string called = "guardc" + (command.name.empty() ? "" : " " + command.name);
  while (!said.empty()) {
    const size_t end = std::min(said.find('\n'), said.size());
    const std::string_view line = said.substr(0, end);
    said.remove_prefix(std::min(end + 1, said.size()));
    // What LLVM guesses was meant, and what it adds about numbers of arguments, is said above in other words.
    if (line.find("Did you mean '") != std::string_view::npos || line.starts_with("Must specify at least ") ||
        line.starts_with("Can specify at most ")) {
      continue;
    }
    const std::optional<std::string> own = translated(line, command);
    out += own ? called + ": " + *own + "\n" : std::string(line) + "\n";
  }
  return out + "`" + called + " --help` says more\n";
}

std::string unknown_command(const std::string& word, const std::vector<std::string>& commands) {
  const std::string near = nearest(word, commands);
  return "guardc: there is no command `" + word + "`" +
         (near.empty() ? ": it is " + enumerated(commands, "or") : "; did you mean `" + near + "`?") + "\n";
}

}  // namespace guard::driver
