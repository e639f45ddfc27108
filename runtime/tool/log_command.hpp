// guardvm log: reads decision logs. One file per command; each takes the words behind its name and gives the exit code.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "log/chain.hpp"
#include "log/record_view.hpp"
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

// The lines of a log's files, in order, through the chain to its end; `use` gets each as well. A file that cannot be
// read is a finding of the chain.
void read_chain(const std::vector<log::LogFile>& files, log::Chain& chain,
                const std::function<void(std::string_view line)>& use = {});

// Calls `use` with each record of the logs, in order. Lines that are no record, and that no record tells of as torn,
// are named on standard error at the end. Failure: a file cannot be read to its end.
using UseRecord = std::function<void(const log::RecordView& record)>;
[[nodiscard]] Loaded<bool> read_records(const std::vector<std::string>& names, const UseRecord& use);

// The checkpoints of a file that are signed with the key; others, and a file that cannot be read, are findings.
[[nodiscard]] std::vector<log::Checkpoint> read_checkpoints(const std::string& path, const log::Key& key,
                                                            std::vector<log::Finding>& findings);
// "log:4: error[changed]: …" and a line end.
void append_finding(std::string& out, const log::Finding& finding);

}  // namespace guardvm::tool
