// The commands of `guardvm log`, their help, and what they share.
#include "tool/log_command.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tool/files.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm log: decision logs, as `guardvm gate --log` writes them\n"
    "\n"
    "  guardvm log verify LOG...             whether the records are those that were written, all of them, in order\n"
    "      --public-key KEY                  check checkpoints by this key: 64 digits, or a file that holds them\n"
    "      --checkpoints FILE                those of this file (default: LOG.checkpoints)\n"
    "      --format text|json\n"
    "  guardvm log query LOG...              the records that fit all that is asked\n"
    "      --rule RULE [--status STATUS]     in which the rule fired (with that status: applied, shadow, …)\n"
    "      --outcome allow|deny|hold|error   decided so\n"
    "      --service S, --actor A, --kind K, --mode enforce|dry-run\n"
    "      --since TIME, --until TIME        RFC 3339, or a date; from SINCE on, up to but without UNTIL\n"
    "      --limit N                         the last N of them\n"
    "      --format text|json|csv            json: the records as they stand\n"
    "  guardvm log stats LOG...              counts by outcome, rule, service and actor; how long deciding took\n"
    "      --since TIME, --until TIME, --format text|json\n"
    "  guardvm log checkpoint LOG            verify the log, then pin its last record by a signed line\n"
    "      --key FILE                        the secret key (made by `log key`)\n"
    "      --out FILE                        where the line is appended (default: LOG.checkpoints; keep it elsewhere)\n"
    "  guardvm log key FILE                  make a secret key for checkpoints, print its public key\n"
    "  guardvm log compress LOG              compress the closed files (zstd)\n"
    "\n"
    "LOG stands for the file and the closed ones beside it (LOG.000000000001, …); closed files can be named alone.\n"
    "exit codes: 0 clean, 1 usage or I/O, 2 findings\n";

struct Row {
  std::string_view name;
  int (*run)(Arguments words);
};
constexpr Row kCommands[] = {{"verify", log_verify},         {"query", log_query}, {"stats", log_stats},
                             {"checkpoint", log_checkpoint}, {"key", log_key},     {"compress", log_compress}};

Loaded<bool> read_lines(Input& input, const std::string& path, const UseLine& use) {
  Lines lines(input, kLimitLogRecordBytes);
  std::string_view line;
  while (lines.next(line)) use(line, lines.ended());
  if (!lines.failed()) return true;
  return LoadError{"cannot read `" + path + "` to its end: " +
                   (errno == EBADMSG ? "what is compressed is damaged or cut off" : std::strerror(errno))};
}

}  // namespace

int run_log(const std::vector<std::string>& words) {
  const bool help = words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help" ||
                    (words.size() > 1 && (words[1] == "--help" || words[1] == "-h"));
  if (help) {
    std::fputs(std::string(kUsage).c_str(), words.empty() ? stderr : stdout);
    return static_cast<int>(words.empty() ? Exit::Usage : Exit::Ok);
  }
  for (const Row& row : kCommands)
    if (row.name == words[0]) return row.run(Arguments({words.begin() + 1, words.end()}));
  return usage_error("`log` has no command `" + words[0] + "`; `guardvm log --help` lists them");
}

Loaded<bool> read_log_lines(const log::LogFile& file, const UseLine& use) {
  Loaded<Input> input = file.open.open()
                            ? Loaded<Input>(Input::borrow(file.open.number(), static_cast<size_t>(file.bytes)))
                            : Input::open(file.path);
  // A closed file may have been compressed since it was looked for.
  if (!input.ok() && ::access(file.path.c_str(), F_OK) != 0) {
    Loaded<Input> compressed = Input::open(file.path + ".zst");
    if (compressed.ok()) return read_lines(compressed.value(), file.path, use);
  }
  if (!input.ok()) return input.error();
  return read_lines(input.value(), file.path, use);
}

Loaded<bool> read_records(const std::vector<std::string>& names, const UseRecord& use) {
  const Loaded<std::vector<log::Log>> logs = log::logs_named(names);
  if (!logs.ok()) return logs.error();
  log::RecordView record;
  uint64_t others = 0, loose = 0;  // loose: since the last record
  for (const log::Log& each : logs.value()) {
    for (const log::LogFile& file : each.files) {
      const Loaded<bool> read = read_log_lines(file, [&](std::string_view line, bool) {
        if (!record.read(line)) {
          ++loose;
          return;
        }
        others += record.torn.there() ? 0 : loose;
        loose = 0;
        use(record);
      });
      if (!read.ok()) return read.error();
    }
  }
  others += loose;
  if (others > 0)
    std::fprintf(stderr, "guardvm: %llu %s no record; `guardvm log verify` says more\n",
                 static_cast<unsigned long long>(others), others == 1 ? "line is" : "lines are");
  return true;
}

std::vector<log::Checkpoint> read_checkpoints(const std::string& path, const log::Key& key,
                                              std::vector<log::Finding>& findings) {
  std::vector<log::Checkpoint> good;
  uint64_t number = 0;
  const auto find = [&](std::string text) {
    findings.push_back({log::FindingKind::BadCheckpoint, path, number, std::move(text)});
  };
  const Loaded<bool> read = read_log_lines({path, {}, 0}, [&](std::string_view line, bool) {
    ++number;
    const Loaded<log::Checkpoint> checkpoint = log::read_checkpoint(line, key);
    if (checkpoint.ok())
      good.push_back(checkpoint.value());
    else
      find(checkpoint.error().message);
  });
  if (!read.ok()) {
    number = 0;
    find(read.error().message);
  }
  return good;
}

void append_finding(std::string& out, const log::Finding& finding) {
  out += finding.file;
  if (finding.line > 0) out += ':' + std::to_string(finding.line);
  if (!finding.file.empty()) out += ": ";
  out += "error[";
  out += log::finding_word(finding.kind);
  out += "]: " + finding.text + '\n';
}

}  // namespace guardvm::tool
