// guardvm approve: writes a record that approves one action, for a time.
#include <unistd.h>

#include <optional>

#include "gate/compose.hpp"
#include "log/files.hpp"
#include "log/key.hpp"
#include "read/values.hpp"
#include "tool/arguments.hpp"
#include "tool/clock.hpp"
#include "tool/commands.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm approve BUNDLE --action FILE    approve this action, and no other, for a time; prints the approval "
    "record\n"
    "\n"
    "      --by NAME, --group GROUP          who approves, and as what; --group as often as needed\n"
    "      --key FILE                        sign with this secret key (made by `guardvm log key`); then name and "
    "groups\n"
    "                                        come from the gate's keyring, and --by and --group are not given\n"
    "      --expires-in DURATION             for how long (default: 24h), or\n"
    "      --expires TIME                    until when\n"
    "      --kind KIND                       the kind of the action, for records that do not name it\n"
    "      --approvals DIR                   write it into this folder, which the gate reads\n"
    "\n"
    "exit codes: 0 written, 1 usage or I/O, 3 bundle refused, 6 the action does not fit the schema\n";

struct Words {
  std::string bundle, action, kind, key, folder, expires_in = "24h", expires;
  gate::Approval approval;
};

Loaded<Words> parse(const std::vector<std::string>& list) {
  Words out;
  Arguments words(list);
  while (words.next()) {
    std::string group;
    if (!words.is_option() && out.bundle.empty())
      out.bundle = words.word();
    else if (words.is("--action"))
      words.value(out.action);
    else if (words.is("--kind"))
      words.value(out.kind);
    else if (words.is("--by"))
      words.value(out.approval.by);
    else if (words.is("--group") && words.value(group))
      out.approval.groups.push_back(group);
    else if (words.is("--key"))
      words.value(out.key);
    else if (words.is("--expires-in"))
      words.value(out.expires_in);
    else if (words.is("--expires"))
      words.value(out.expires);
    else if (words.is("--approvals"))
      words.value(out.folder);
    else
      words.fail("`approve` does not know `" + words.word() + "`; `guardvm approve --help` says more");
  }
  const gate::Approval& approval = out.approval;
  if (out.bundle.empty()) words.fail("`approve` needs the bundle that the gate has");
  if (out.action.empty()) words.fail("`approve` needs `--action FILE`: what is approved");
  if (out.key.empty() && approval.by.empty()) words.fail("say who approves: `--by NAME`, or `--key FILE`");
  if (!out.key.empty() && (!approval.by.empty() || !approval.groups.empty()))
    words.fail("with `--key`, name and groups come from the keyring; leave out `--by` and `--group`");
  if (!words.ok()) return LoadError{words.problem()};
  return out;
}

// Sets from when until when the approval counts. What is wrong with the words; empty: nothing.
std::string set_times(const Words& words, gate::Approval& approval) {
  approval.at_ns = clock_ns(CLOCK_REALTIME);
  if (!words.expires.empty()) {
    if (!parse_timestamp(words.expires, approval.expires_ns))
      return "`--expires` needs an RFC 3339 timestamp such as 2026-03-02T09:30:00Z, not `" + words.expires + "`";
    if (approval.expires_ns <= approval.at_ns) return "`--expires` is over already: " + words.expires;
    return {};
  }
  int64_t span_ns = 0;
  if (!parse_duration(words.expires_in, span_ns) || span_ns <= 0)
    return "`--expires-in` needs a duration such as 4h, not `" + words.expires_in + "`";
  if (span_ns > kLastInstant_ns - approval.at_ns) return "`--expires-in " + words.expires_in + "` is too long";
  approval.expires_ns = approval.at_ns + span_ns;
  return {};
}

}  // namespace

int run_approve(const std::vector<std::string>& list) {
  if (printed_help(list, kUsage)) return static_cast<int>(Exit::Ok);
  Loaded<Words> words = parse(list);
  if (!words.ok()) return usage_error(words.error().message);
  gate::Approval& approval = words.value().approval;
  if (const std::string problem = set_times(words.value(), approval); !problem.empty()) return usage_error(problem);
  const Loaded<Bundle> bundle = Bundle::load(words.value().bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  const std::string& folder = words.value().folder;
  if (!folder.empty() && ::access(folder.c_str(), W_OK | X_OK) != 0)
    return usage_error(log::io_error("write into the folder", folder).message);
  const Loaded<std::string> record = read_record(words.value().action);
  if (!record.ok()) return usage_error(record.error().message);
  Loaded<std::string> digest = gate::digest_of_record(bundle.value(), record.value(), words.value().kind);
  if (!digest.ok()) {
    std::fprintf(stderr, "guardvm: nothing is approved: %s\n", digest.error().message.c_str());
    return static_cast<int>(Exit::Error);
  }
  approval.action = digest.value();
  std::optional<log::Key> secret;
#ifdef GUARDVM_HAS_LOG
  if (!words.value().key.empty()) {
    const Loaded<log::Key> key = log::read_key(words.value().key);
    if (!key.ok()) return usage_error(key.error().message);
    secret = key.value();
  }
#endif
  const std::string line = gate::approval_line(approval, secret ? &*secret : nullptr);
  if (folder.empty()) return put_out(line, {});
  // One file per approval: digest and instant tell them apart.
  const std::string path = folder + '/' + digest.value().substr(7, 16) + '-' + std::to_string(approval.at_ns) + ".json";
  const int done = put_out(line, path);
  if (done == 0) std::printf("%s\n", path.c_str());
  return done;
}

}  // namespace guardvm::tool
