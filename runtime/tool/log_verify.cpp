// guardvm log verify, checkpoint, key, compress: whether a log is what was written, and what makes that provable.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "log/chain.hpp"
#include "log/files.hpp"
#include "log/key.hpp"
#include "read/json_writer.hpp"
#include "tool/files.hpp"
#include "tool/log_command.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

using log::Chain;
using log::Checkpoint;
using log::Finding;

enum class Checkpoints : uint8_t { None, NotChecked, Checked };

struct Verified {
  std::string log;
  size_t files = 0;
  Chain chain;
  std::vector<Finding> checkpoint_findings;
  Checkpoints checkpoints = Checkpoints::None;
  std::string checkpoints_file = {};  // where they are, when they were not checked
};

void append_place(std::string& out, const std::string& file, uint64_t line) {
  out += file;
  if (line > 0) out += ':' + std::to_string(line);
}

void print_text(std::string& out, const Verified& verified) {
  const Chain& chain = verified.chain;
  for (const Finding& finding : verified.checkpoint_findings) append_finding(out, finding);
  for (const Finding& finding : chain.findings()) append_finding(out, finding);
  if (chain.finding_count() > chain.findings().size())
    out += "… and " + std::to_string(chain.finding_count() - chain.findings().size()) + " more\n";
  for (const log::TornNote& note : chain.torn()) {
    append_place(out, note.file, note.line);
    out += ": note: a write was cut short before record " + std::to_string(note.sequence) + ", which tells of its " +
           std::to_string(note.bytes) + " bytes\n";
  }
  const uint64_t findings = chain.finding_count() + verified.checkpoint_findings.size();
  out += verified.log + ": " + std::to_string(chain.records()) + (chain.records() == 1 ? " record" : " records");
  if (chain.records() > 0)
    out += ", " + std::to_string(chain.first_sequence()) + " to " + std::to_string(chain.head().sequence);
  out += ", in " + std::to_string(verified.files) + (verified.files == 1 ? " file; " : " files; ");
  if (chain.pinned() > 0)
    out += "a checkpoint pins record " + std::to_string(chain.pinned()) + "; ";
  else if (verified.checkpoints == Checkpoints::None)
    out += "no checkpoint: records cut off at the end would not be missed; ";
  else if (verified.checkpoints == Checkpoints::NotChecked)
    out +=
        "`" + verified.checkpoints_file +
        "` is there but was not checked, so records cut off at the end are not missed: give the `--public-key` of the "
        "key that signed it; apart from that ";
  out +=
      findings == 0 ? std::string("ok\n") : std::to_string(findings) + (findings == 1 ? " finding\n" : " findings\n");
}

void print_json(std::string& out, const Verified& verified) {
  const Chain& chain = verified.chain;
  JsonWriter json(out);
  const auto number = [&json](std::string_view key, uint64_t n) {
    json.key(key);
    json.number(n);
  };
  json.open('{');
  json.member("log", verified.log);
  number("records", chain.records());
  number("first", chain.first_sequence());
  number("last", chain.head().sequence);
  json.member("head", chain.head().hash);
  number("pinned", chain.pinned());
  constexpr std::string_view kWords[] = {"none", "not-checked", "checked"};
  json.member("checkpoints", kWords[static_cast<size_t>(verified.checkpoints)]);
  number("files", verified.files);
  number("finding_count", chain.finding_count() + verified.checkpoint_findings.size());
  json.key("findings");
  json.open('[');
  for (const auto* list : {&verified.checkpoint_findings, &chain.findings()}) {
    for (const Finding& finding : *list) {
      json.open('{');
      json.member("finding", log::finding_word(finding.kind));
      json.member("file", finding.file);
      number("line", finding.line);
      json.member("text", finding.text);
      json.close('}');
    }
  }
  json.close(']');
  number("torn_count", chain.torn_count());
  json.key("torn");
  json.open('[');
  for (const log::TornNote& note : chain.torn()) {
    json.open('{');
    json.member("file", note.file);
    number("line", note.line);
    number("record", note.sequence);
    number("bytes", note.bytes);
    json.close('}');
  }
  json.close(']');
  json.close('}');
  out += '\n';
}

struct VerifySettings {
  std::vector<std::string> names;
  std::string key, checkpoints;
  size_t format = 0;
};

bool parse(Arguments& words, VerifySettings& out) {
  while (words.next()) {
    if (!words.is_option())
      out.names.push_back(words.word());
    else if (words.is("--public-key"))
      words.value(out.key);
    else if (words.is("--checkpoints"))
      words.value(out.checkpoints);
    else if (words.is("--format"))
      words.choice({"text", "json"}, out.format);
    else
      words.fail("`log verify` has no option `" + words.word() + "`");
  }
  if (out.names.empty()) words.fail("`log verify` needs a decision log");
  if (!out.checkpoints.empty() && out.key.empty())
    words.fail("checkpoints prove nothing without the key that signed them: give its `--public-key`");
  return words.ok();
}

}  // namespace

void read_chain(const std::vector<log::LogFile>& files, log::Chain& chain,
                const std::function<void(std::string_view line)>& use) {
  for (const log::LogFile& file : files) {
    chain.begin_file(file.path);
    const Loaded<bool> read = read_log_lines(file, [&](std::string_view line, bool ended) {
      chain.line(line, ended);
      if (use) use(line);
    });
    if (!read.ok()) chain.damaged(read.error().message);
  }
  chain.end();
}

int log_verify(Arguments words) {
  VerifySettings settings;
  if (!parse(words, settings)) return usage_error(words.problem());
  const Loaded<std::vector<log::Log>> logs = log::logs_named(settings.names);
  if (!logs.ok()) return usage_error(logs.error().message);
  if (!settings.checkpoints.empty() && logs.value().size() > 1)
    return usage_error("`--checkpoints` are of one log; verify the others on their own");
  log::Key key{};
  if (!settings.key.empty()) {
    const Loaded<log::Key> read = log::read_public_key(settings.key);
    if (!read.ok()) return usage_error(read.error().message);
    key = read.value();
  }
  Output output;
  bool clean = true;
  for (const log::Log& each : logs.value()) {
    std::vector<Finding> findings;
    std::vector<Checkpoint> checkpoints;
    const std::string beside = each.name + ".checkpoints";
    if (!settings.key.empty())
      checkpoints = read_checkpoints(settings.checkpoints.empty() ? beside : settings.checkpoints, key, findings);
    Verified verified{each.name, each.files.size(), Chain(checkpoints), std::move(findings)};
    if (!settings.key.empty()) {
      verified.checkpoints = Checkpoints::Checked;
    } else if (::access(beside.c_str(), F_OK) == 0) {
      verified.checkpoints = Checkpoints::NotChecked;
      verified.checkpoints_file = beside;
    }
    read_chain(each.files, verified.chain);
    if (settings.format == 0)
      print_text(output.buffer(), verified);
    else
      print_json(output.buffer(), verified);
    clean = clean && verified.chain.finding_count() == 0 && verified.checkpoint_findings.empty();
  }
  if (!output.flush()) return usage_error("cannot write to standard output");
  return static_cast<int>(clean ? Exit::Ok : Exit::Deny);
}

int log_checkpoint(Arguments words) {
  std::vector<std::string> names;
  std::string key_file, out_file;
  while (words.next()) {
    if (!words.is_option())
      names.push_back(words.word());
    else if (words.is("--key"))
      words.value(key_file);
    else if (words.is("--out"))
      words.value(out_file);
    else
      words.fail("`log checkpoint` has no option `" + words.word() + "`");
  }
  if (names.size() != 1) words.fail("`log checkpoint` takes one decision log");
  if (key_file.empty()) words.fail("`log checkpoint` needs a `--key`, made by `guardvm log key FILE`");
  if (!words.ok()) return usage_error(words.problem());
  const Loaded<log::Key> key = log::read_key(key_file);
  if (!key.ok()) return usage_error(key.error().message);
  const Loaded<std::vector<log::Log>> logs = log::logs_named(names);
  if (!logs.ok()) return usage_error(logs.error().message);

  // What is pinned is said to be right, so it is looked at first.
  Verified verified{names[0], logs.value()[0].files.size(), Chain({}), {}};
  read_chain(logs.value()[0].files, verified.chain);
  if (verified.chain.finding_count() > 0) {
    Output output;
    print_text(output.buffer(), verified);
    output.flush();
    std::fputs("guardvm: no checkpoint: the log has findings\n", stderr);
    return static_cast<int>(Exit::Deny);
  }
  const int64_t now_ns = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::string line = log::make_checkpoint(verified.chain.head(), now_ns, key.value()) + '\n';
  if (out_file.empty()) out_file = names[0] + ".checkpoints";
  const log::Descriptor out(::open(out_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
  if (!out.open() || !log::write_all(out.number(), line) || ::fsync(out.number()) != 0)
    return usage_error(log::io_error("write the checkpoint to", out_file).message);
  std::printf("record %llu is pinned in %s\n", static_cast<unsigned long long>(verified.chain.head().sequence),
              out_file.c_str());
  return static_cast<int>(Exit::Ok);
}

int log_key(Arguments words) {
  std::vector<std::string> names;
  while (words.next()) {
    if (words.is_option()) words.fail("`log key` has no option `" + words.word() + "`");
    names.push_back(words.word());
  }
  if (names.size() != 1) words.fail("`log key` takes the name of the file to make");
  if (!words.ok()) return usage_error(words.problem());
  const Loaded<log::Key> key = log::make_key(names[0]);
  if (!key.ok()) return usage_error(key.error().message);
  std::printf("%s\n", log::hex(log::public_key(key.value())).c_str());
  return static_cast<int>(Exit::Ok);
}

int log_compress(Arguments words) {
  std::vector<std::string> names;
  while (words.next()) {
    if (words.is_option()) words.fail("`log compress` has no option `" + words.word() + "`");
    names.push_back(words.word());
  }
  if (names.empty()) words.fail("`log compress` needs a decision log");
  if (!words.ok()) return usage_error(words.problem());
  for (const std::string& name : names) {
    const Loaded<log::Log> log = log::log_named(name);
    if (!log.ok()) return usage_error(log.error().message);
    for (const log::LogFile& file : log.value().files) {
      if (file.open.open() || file.path.ends_with(".zst")) continue;
      if (const Loaded<bool> done = log::compress_segment(file.path); !done.ok())
        return usage_error(done.error().message);
    }
  }
  return static_cast<int>(Exit::Ok);
}

}  // namespace guardvm::tool
