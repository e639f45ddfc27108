// guardvm log: reads decision logs. One file per command; each takes the words behind its name and gives the exit code.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "log/segments.hpp"
#include "tool/arguments.hpp"
#include "tool/options.hpp"

namespace guardvm::tool {

int log_verify(Arguments words);
int log_checkpoint(Arguments words);
int log_key(Arguments words);
int log_compress(Arguments words);
int log_query(Arguments words);
int log_stats(Arguments words);

// Calls `use` with each line of a file and whether it had a line end. Failure: the file cannot be read to its end.
using UseLine = std::function<void(std::string_view line, bool ended)>;
[[nodiscard]] Loaded<bool> read_log_lines(const log::LogFile& file, const UseLine& use);

// Says on standard error that lines of a log are no records.
void warn_of_other_lines(uint64_t count);

}  // namespace guardvm::tool
