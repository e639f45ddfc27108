// guardvm check-decision: whether what a gate allowed may still be done, and is what is about to be done.
#include "gate/compose.hpp"
#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "read/json_value.hpp"
#include "read/values.hpp"
#include "tool/arguments.hpp"
#include "tool/clock.hpp"
#include "tool/commands.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm check-decision BUNDLE DECISION ACTION\n"
    "                                        whether DECISION, which `guardvm gate --output` or `--format json` "
    "wrote,\n"
    "                                        allows ACTION now: by this bundle, enforced, this action, not too late\n"
    "      --kind KIND                       the kind of the action, for records that do not name it\n"
    "\n"
    "exit codes: 0 it does, 2 it does not, 1 usage or I/O, 3 bundle refused\n";

bool instant_of(JsonValue value, int64_t& out) { return parse_timestamp(value.plain_text(), out); }

std::string time_text(int64_t ns) {
  std::string out;
  append_timestamp(out, ns);
  return out;
}

// Why the decision does not allow the action now; empty: it does.
std::string refusal(JsonValue decision, const Bundle& bundle, std::string_view digest, int64_t now_ns) {
  uint64_t form = 0;
  if (!decision.member("guard_gate").number(form) || form != 1) return "this is no decision of `guardvm gate`";
  if (decision.member("outcome").plain_text() != "allow")
    return "it is `" + std::string(decision.member("outcome").plain_text()) + "`, not `allow`";
  if (decision.member("mode").plain_text() != "enforce") return "it is of a dry run";
  if (decision.member("bundle").plain_text() != bundle.digest()) return "it was made with another bundle";
  // Both are said twice, so a file that was edited by hand may contradict itself.
  const JsonValue decided = decision.member("decision");
  if (decided.member("decision").plain_text() != "allow")
    return "it contradicts itself: the decision in it is not `allow`";
  if (decided.member("bundle").plain_text() != bundle.digest())
    return "it contradicts itself: the decision in it was made with another bundle";
  if (decision.member("action").plain_text() != digest) return "it is for another action";
  int64_t at = 0, until = 0;
  if (!instant_of(decision.member("at"), at)) return "it does not say when it was made";
  if (at > now_ns + static_cast<int64_t>(kLimitGateSkewSeconds) * kSecond_ns)
    return "it was made at " + time_text(at) + ", which is still to come";
  const JsonValue valid_until = decision.member("valid_until");
  if (valid_until.is_null()) return {};
  if (!instant_of(valid_until, until)) return "it does not say until when it is valid";
  if (now_ns >= until) return "it was valid until " + time_text(until) + "; ask the gate again";
  return {};
}

}  // namespace

int run_check_decision(const std::vector<std::string>& list) {
  if (printed_help(list, kUsage)) return static_cast<int>(Exit::Ok);
  Arguments words(list);
  std::vector<std::string> names;
  std::string kind;
  while (words.next()) {
    if (!words.is_option())
      names.push_back(words.word());
    else if (words.is("--kind"))
      words.value(kind);
    else
      words.fail("`check-decision` has no option `" + words.word() + "`");
  }
  if (names.size() != 3) words.fail("`check-decision` needs a bundle, a decision and an action");
  if (!words.ok()) return usage_error(words.problem());
  const Loaded<Bundle> bundle = Bundle::load(names[0]);
  if (!bundle.ok()) return refuse(bundle.error());
  const Loaded<std::string> bytes = log::read_file(names[1], kLimitRecordBytes);
  if (!bytes.ok()) return usage_error(bytes.error().message);
  const Loaded<std::string> record = read_record(names[2]);
  if (!record.ok()) return usage_error(record.error().message);

  JsonText text;
  std::string problem;
  const Loaded<std::string> digest = gate::digest_of_record(bundle.value(), record.value(), kind);
  if (!text.parse(bytes.value()))
    problem = "the decision is not JSON: " + text.problem();
  else if (!digest.ok())
    problem = digest.error().message;
  else
    problem = refusal(text.value(), bundle.value(), digest.value(), clock_ns(CLOCK_REALTIME));
  if (problem.empty()) return static_cast<int>(Exit::Ok);
  std::fprintf(stderr, "guardvm: `%s` does not allow `%s`: %s\n", names[1].c_str(), names[2].c_str(), problem.c_str());
  return static_cast<int>(Exit::Deny);
}

}  // namespace guardvm::tool
