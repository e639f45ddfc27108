// What is wrong with a command line, in guardc's words: what LLVM's parser says of it, said so that one knows what to
// do.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace guard::driver {

struct CommandUsage {
  std::string name;      // as it is called: `build`; empty: no command was
  std::string operands;  // what must stand behind it, as a sentence: `name the files or folders of the set`
  std::vector<std::string> options;
  struct Choice {
    std::string option;
    std::vector<std::string> words;  // that it takes
  };
  std::vector<Choice> choices;
};

// A line per problem that LLVM tells of the command's arguments. What is not known here stays as LLVM says it.
[[nodiscard]] std::string usage_text(std::string_view said, const CommandUsage& command);

// Of a first argument that is no command.
[[nodiscard]] std::string unknown_command(const std::string& word, const std::vector<std::string>& commands);

}  // namespace guard::driver
