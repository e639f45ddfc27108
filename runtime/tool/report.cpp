// guardvm report: what rules that are not enforced yet would have done, from decision logs; and whether that is enough
// to enforce them.
//
// The chain of each log is checked as it is read: from records that are not those that were written there is no report.
#include "rehearse/report.hpp"

#include <cstdio>
#include <deque>

#include "digest/digest.hpp"
#include "log/chain.hpp"
#include "log/key.hpp"
#include "tool/files.hpp"
#include "tool/log_command.hpp"
#include "tool/log_filter.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

using rehearse::Rehearsal;
using rehearse::Report;

constexpr size_t kMostFindings = 10;  // shown

constexpr std::string_view kUsage =
    "guardvm report LOG...: what rules in shadow or advisory, and a candidate bundle, would have done\n"
    "\n"
    "      --format text|json|markdown|html  html: one page with charts, which refers to nothing outside\n"
    "      --bundle BUNDLE                   one that decided: names its rules that never fired; may be repeated\n"
    "      --since TIME, --until TIME        RFC 3339, or a date; from SINCE on, up to but without UNTIL\n"
    "      --mode enforce|dry-run            only such records\n"
    "      --require EXPR                    exit with 2 when a rule in shadow or advisory lacks it\n"
    "      --rule RULE                       ask it of this rule instead; may be repeated\n"
    "      --public-key KEY [--checkpoints FILE]   the log's checkpoints, as for `guardvm log verify`\n"
    "\n"
    "EXPR joins comparisons of a measure and a number by `and`, `or`, `not` and parentheses, for instance\n"
    "`shadow_days >= 7 and would_block <= 5`. The measures are of a rule, while it was in shadow or advisory:\n";

struct Settings {
  std::vector<std::string> names, bundles, rules;
  std::string key, checkpoints, require;
  bool requires_it = false;
  LogFilter filter;
  size_t format = 0;
};

std::string help() {
  std::string out(kUsage);
  for (const rehearse::MeasureInfo& info : rehearse::kMeasures) {
    out.append("      ").append(info.name).append(22 - info.name.size(), ' ');
    out.append(info.meaning) += '\n';
  }
  out +=
      "\nexit codes: 0 reported, 1 usage, I/O or a log that is not what was written, 2 a rule lacks what is required\n";
  return out;
}

bool parse(Arguments& words, Settings& out) {
  while (words.next()) {
    if (!words.is_option())
      out.names.push_back(words.word());
    else if (words.is("--format"))
      words.choice({"text", "json", "markdown", "html"}, out.format);
    else if (words.is("--bundle"))
      words.value(out.bundles.emplace_back());
    else if (words.is("--rule"))
      words.value(out.rules.emplace_back());
    else if (words.is("--require"))
      out.requires_it = words.value(out.require);
    else if (words.is("--public-key"))
      words.value(out.key);
    else if (words.is("--checkpoints"))
      words.value(out.checkpoints);
    else if (words.is("--since") || words.is("--until") || words.is("--mode"))
      out.filter.option(words);
    else
      words.fail("`report` has no option `" + words.word() + "`");
  }
  if (out.names.empty()) words.fail("`report` needs a decision log, as `guardvm gate --log` writes it");
  if (!out.rules.empty() && !out.requires_it) words.fail("`--rule` names what `--require` is asked of: give that too");
  if (!out.checkpoints.empty() && out.key.empty())
    words.fail("checkpoints prove nothing without the key that signed them: give its `--public-key`");
  return words.ok();
}

// Reads a log into the rehearsal and the report. False: it is not what was written, which was said.
bool read_log(const log::Log& each, const Settings& settings, const log::Key& key, Rehearsal& rehearsal,
              std::vector<rehearse::ReadLog>& logs) {
  std::vector<log::Finding> findings;
  std::vector<log::Checkpoint> checkpoints;
  if (!settings.key.empty())
    checkpoints = read_checkpoints(settings.checkpoints.empty() ? each.name + ".checkpoints" : settings.checkpoints,
                                   key, findings);
  log::Chain chain(checkpoints);
  log::RecordView record;
  read_chain(each.files, chain, [&](std::string_view line) {
    if (record.read(line) && settings.filter.fits(record)) rehearsal.add(record);
  });
  logs.push_back(
      {each.name, chain.records(), chain.first_sequence(), chain.head().sequence, chain.head().hash, chain.pinned()});
  findings.insert(findings.end(), chain.findings().begin(), chain.findings().end());
  if (findings.empty()) return true;
  std::string text;
  for (size_t i = 0; i < findings.size() && i < kMostFindings; ++i) append_finding(text, findings[i]);
  std::fprintf(stderr, "%sguardvm: no report: `%s` is not what was written; `guardvm log verify` says more\n",
               text.c_str(), each.name.c_str());
  return false;
}

// The rules that the requirement is asked of: those that are named, else those that are in shadow or advisory.
Loaded<bool> judge(const Settings& settings, Report& report) {
  const rehearse::RuleHistory none;
  const auto add = [&report](const std::string& id, const rehearse::RuleHistory& rule) {
    report.judged.push_back({id, report.requirement->judge(report.rehearsal, rule)});
  };
  for (const std::string& name : settings.rules) {
    bool found = false;
    for (const auto& [id, rule] : report.rehearsal.rules()) {
      if (!names_rule(name, id)) continue;
      add(id, rule);
      found = true;
    }
    if (!found) add(name, none);
  }
  if (!settings.rules.empty()) return true;
  for (const auto& [id, rule] : report.rehearsal.rules())
    if (rule.in_rehearsal()) add(id, rule);
  if (report.judged.empty())
    return LoadError{
        "no rule is in shadow or advisory in the log, so nothing is required of any: name one with `--rule`"};
  return true;
}

}  // namespace

int run_report(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::fputs(help().c_str(), stdout);
    return static_cast<int>(Exit::Ok);
  }
  Arguments words(arguments);
  Settings settings;
  if (!parse(words, settings)) return usage_error(words.problem());
  Rehearsal rehearsal;
  Report report{.rehearsal = rehearsal,
                .logs = {},
                .since_ns = {},
                .until_ns = {},
                .mode = settings.filter.mode,
                .requirement = {},
                .judged = {}};
  if (settings.requires_it) {
    Loaded<rehearse::Requirement> parsed = rehearse::Requirement::parse(settings.require);
    if (!parsed.ok()) return usage_error(parsed.error().message);
    report.requirement = std::move(parsed.value());
  }
  if (settings.filter.since_ns != INT64_MIN) report.since_ns = settings.filter.since_ns;
  if (settings.filter.until_ns != INT64_MAX) report.until_ns = settings.filter.until_ns;
  log::Key key{};
  if (!settings.key.empty()) {
    const Loaded<log::Key> read = log::read_public_key(settings.key);
    if (!read.ok()) return usage_error(read.error().message);
    key = read.value();
  }
  std::deque<Bundle> bundles;
  for (const std::string& path : settings.bundles) {
    Loaded<Bundle> bundle = Bundle::load(path);
    if (!bundle.ok()) return refuse(bundle.error());
    if (check_digest(bundle.value()) != DigestCheck::Matches)
      return refuse({"`" + path + "` is not what its SHA-256 names"});
    bundles.push_back(std::move(bundle.value()));
    rehearsal.know(bundles.back());
  }
  const Loaded<std::vector<log::Log>> logs = log::logs_named(settings.names);
  if (!logs.ok()) return usage_error(logs.error().message);
  if (!settings.checkpoints.empty() && logs.value().size() > 1)
    return usage_error("`--checkpoints` are of one log; report on the others on their own");
  for (const log::Log& each : logs.value())
    if (!read_log(each, settings, key, rehearsal, report.logs)) return static_cast<int>(Exit::Usage);
  if (rehearsal.records() == 0) return usage_error("there is no record to report on: none fits what was asked for");
  if (const Loaded<bool> ended = rehearsal.end(); !ended.ok()) return usage_error(ended.error().message);
  if (report.requirement)
    if (const Loaded<bool> judged = judge(settings, report); !judged.ok()) return usage_error(judged.error().message);

  static constexpr void (*kForms[])(std::string&, const Report&) = {rehearse::append_text, rehearse::append_json,
                                                                    rehearse::append_markdown, rehearse::append_html};
  Output output;
  kForms[settings.format](output.buffer(), report);
  if (!output.flush()) return usage_error("cannot write to standard output");
  for (const rehearse::Judged& judged : report.judged)
    for (const std::string& lack : judged.verdict.lacks)
      std::fprintf(stderr, "guardvm: `%s` is not to be enforced yet: %s\n", judged.rule.c_str(), lack.c_str());
  return static_cast<int>(report.met() ? Exit::Ok : Exit::Deny);
}

}  // namespace guardvm::tool
