// The small commands around a gate, what they share. `words`: behind the command's name; each gives the exit code.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/error.hpp"
#include "guardvm/exit_codes.hpp"

namespace guardvm::tool {

int run_approve(const std::vector<std::string>& words);
int run_check_decision(const std::vector<std::string>& words);
int run_signal(const std::vector<std::string>& words);
int run_action(const std::vector<std::string>& words);

// Whether the words ask for help; then it was printed.
bool printed_help(const std::vector<std::string>& words, std::string_view usage);
// The whole of a file or standard input (`-`), at most as large as a record may be.
[[nodiscard]] Loaded<std::string> read_record(const std::string& path);
// Prints the line, or puts it into the file at once (the old one or the new one is there). Gives the exit code.
int put_out(const std::string& line, const std::string& path);

}  // namespace guardvm::tool
