// guardvm report: reads decision logs, counts (report_count.cpp), judges `--require`, and prints. A log that does not
// verify is no evidence.
#include "tool/report.hpp"

#include <cstdio>

#include "tool/arguments.hpp"
#include "tool/files.hpp"
#include "tool/log_command.hpp"
#include "tool/log_filter.hpp"
#include "tool/outcomes.hpp"
#include "tool/report_document.hpp"

namespace guardvm::tool {

namespace {

enum class Form : uint8_t { Text, Json, Markdown, Html };

struct Settings {
  std::vector<std::string> names, rules;
  std::string bundle, require;
  LogFilter filter;
  size_t form = 0;
};

bool parse(Arguments& words, Settings& out) {
  while (words.next()) {
    if (!words.is_option())
      out.names.push_back(words.word());
    else if (words.is("--rule"))
      words.value(out.rules.emplace_back());
    else if (words.is("--bundle"))
      words.value(out.bundle);
    else if (words.is("--require"))
      words.value(out.require);
    else if (words.is("--format"))
      words.choice({"text", "json", "markdown", "html"}, out.form);
    else if (!out.filter.option(words))
      words.fail("`report` has no option `" + words.word() + "`");
  }
  if (out.names.empty()) words.fail("`report` needs a decision log");
  if (!out.rules.empty() && out.require.empty()) words.fail("`--rule` names what `--require` is asked of");
  return words.ok();
}

// The rules that are asked about: those named, or all that are in rehearsal.
std::vector<std::string> asked(const Report& report, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto& [id, rule] : report.rules)
    if (names.empty() && rule.mode != "enforce") out.push_back(id);
  for (const std::string& name : names) {
    const size_t before = out.size();
    for (const auto& [id, rule] : report.rules)
      if (names_rule(name, id)) out.push_back(id);
    if (out.size() == before) out.push_back(name);  // never heard of: it has nothing
  }
  return out;
}

// SOUND: a rule without a single evaluation in rehearsal has no evidence, whatever the expression makes of zeros.
std::vector<Verdict> judge(const Report& report, const Requirement& requirement,
                           const std::vector<std::string>& rules) {
  std::vector<Verdict> verdicts;
  for (const std::string& id : asked(report, rules)) {
    const RuleFacts facts = report.facts(id);
    const bool evaluated = report.rules.count(id) != 0 && !report.rules.at(id).rehearsal_bundles.empty();
    verdicts.push_back({id, evaluated && requirement.holds(facts), facts});
  }
  return verdicts;
}

}  // namespace

int run_report(const std::vector<std::string>& arguments) {
  Arguments words(arguments);
  Settings settings;
  if (!parse(words, settings)) return usage_error(words.problem());
  std::optional<Requirement> requirement;
  if (!settings.require.empty()) {
    std::vector<std::string_view> names;
    for (const auto& [name, n] : Report().facts("")) names.push_back(name);
    Loaded<Requirement> parsed = Requirement::parse(settings.require, names);
    if (!parsed.ok()) return usage_error(parsed.error().message);
    requirement = std::move(parsed.value());
  }
  Report report;
  const Loaded<bool> read = read_records(settings.names, [&](const log::RecordView& record) {
    if (settings.filter.fits(record)) report.count(record);
  });
  if (!read.ok()) return usage_error(read.error().message);
  if (report.records == 0) return usage_error("no record of the log fits");
  if (requirement) {
    const Loaded<uint64_t> findings = count_findings(settings.names);
    if (!findings.ok()) return usage_error(findings.error().message);
    if (findings.value() > 0) {
      std::fputs("guardvm: no evidence: the log is not what was written; `guardvm log verify` says more\n", stderr);
      return static_cast<int>(Exit::Deny);
    }
  }
  if (!settings.bundle.empty()) {
    const Loaded<Bundle> bundle = Bundle::load(settings.bundle);
    if (!bundle.ok()) return refuse(bundle.error());
    report.add_bundle(bundle.value());
  }
  const std::vector<Verdict> verdicts =
      requirement ? judge(report, *requirement, settings.rules) : std::vector<Verdict>();
  Output output;
  switch (static_cast<Form>(settings.form)) {
    case Form::Json:
      append_report_json(output.buffer(), report, settings.require, verdicts);
      break;
    case Form::Text:
    case Form::Markdown:
    case Form::Html: {
      const DocumentForm form = settings.form == static_cast<size_t>(Form::Text)       ? DocumentForm::Text
                                : settings.form == static_cast<size_t>(Form::Markdown) ? DocumentForm::Markdown
                                                                                       : DocumentForm::Html;
      append_document(output.buffer(), report_document(report, settings.require, verdicts), form);
      break;
    }
  }
  if (!output.flush()) return usage_error("cannot write to standard output");
  if (!requirement) return static_cast<int>(Exit::Ok);
  bool enough = !verdicts.empty();
  for (const Verdict& verdict : verdicts) {
    if (!verdict.holds) std::fprintf(stderr, "guardvm: not enough evidence for `%s`\n", verdict.rule.c_str());
    enough = enough && verdict.holds;
  }
  if (verdicts.empty()) std::fputs("guardvm: no rule is in rehearsal: name one with `--rule`\n", stderr);
  return static_cast<int>(enough ? Exit::Ok : Exit::Deny);
}

}  // namespace guardvm::tool
