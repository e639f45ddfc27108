// The forms of a report, their files, and the witness folder:
//
//   DIR/set.bundle                what was verified
//   DIR/CHECK.POLICY.RULE.json    an action per finding that has one; CHECK.POLICY.RULE.2.json where there are several
//   DIR/replay.sh                 the `guardvm eval` line of each, with the outcome that it gave
#include "driver/verify_report.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "driver/compile.hpp"
#include "driver/sources.hpp"

namespace guard::driver {
namespace {

// `NAME=VALUE`; without `=`, VALUE is empty.
std::pair<std::string, std::string> split(const std::string& text) {
  const size_t at = std::min(text.find('='), text.size());
  return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? "" : "; did you mean `" + near + "`?";
}

std::string file_name(const verify::Finding& finding) {
  std::string name(verify::check_info(finding.check).id);
  const std::string about = finding.rules.empty() ? finding.subject : finding.rules[0];
  if (!about.empty()) name += "." + about;
  // Subjects may be sentences: each run of what is no part of a name becomes one `-`.
  std::string plain;
  for (const char c : name) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (kept) {
      plain += c;
    } else if (!plain.ends_with('-')) {
      plain += '-';
    }
  }
  while (plain.ends_with('-')) plain.pop_back();
  return plain;
}

bool write(const std::string& path, const std::string& bytes) {
  const Result<bool> written = write_file(path, bytes);
  if (!written.ok()) (void)usage_error(written.error());
  return written.ok();
}

bool write_witnesses(const verify::Report& report, const guardvm::Bundle& bundle, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    (void)usage_error("cannot make the folder `" + folder + "`: " + failed.message());
    return false;
  }
  std::string script =
      "#!/bin/sh\n# Each line decides one action again; its comment is what came out when the set was verified.\n"
      "cd \"$(dirname \"$0\")\" || exit 1\n";
  std::map<std::string, size_t> seen;
  for (const auto* list : {&report.findings, &report.inconclusive, &report.accepted}) {
    for (const verify::Finding& finding : *list) {
      if (finding.witness.action.empty()) continue;
      std::string name = file_name(finding);
      if (const size_t before = seen[name]++; before > 0) name += "." + std::to_string(before + 1);
      if (!write(folder + "/" + name + ".json", finding.witness.action + "\n")) return false;
      script += "guardvm eval set.bundle " + name + ".json  # " + finding.witness.outcome + "\n";
    }
  }
  return write(folder + "/set.bundle", std::string(bundle.bytes())) && write(folder + "/replay.sh", script);
}

}  // namespace

Result<decltype(verify::Options::severities)> read_severities(const std::vector<std::string>& given) {
  static const std::vector<std::pair<std::string, std::optional<Severity>>> levels = {
      {"error", Severity::Error}, {"warning", Severity::Warning}, {"note", Severity::Note}, {"off", std::nullopt}};
  decltype(verify::Options::severities) out;
  for (const std::string& text : given) {
    const auto [name, word] = split(text);
    const std::optional<verify::CheckId> check = verify::find_check(name);
    if (!check) {
      return Failure{"`--severity " + text + "`: `" + name + "` is no finding" + did_you_mean(name, finding_ids())};
    }
    const auto level =
        std::find_if(levels.begin(), levels.end(), [&word = word](const auto& l) { return l.first == word; });
    if (level == levels.end()) {
      return Failure{"`--severity " + text + "`: say " + name + "=error, warning, note or off"};
    }
    out.emplace_back(*check, level->second);
  }
  return out;
}

Result<ReportFiles> read_outputs(const std::vector<std::string>& given) {
  ReportFiles out;
  for (const std::string& text : given) {
    const auto [word, path] = split(text);
    const std::optional<verify::ReportFormat> format = verify::find_format(word);
    if (!format || path.empty())
      return Failure{"`--output " + text + "`: say FORMAT=FILE, with a format that --format knows"};
    out.emplace_back(*format, path);
  }
  return out;
}

bool write_reports(const verify::Report& report, const LoadedSet& set, const VerifyOptions& options,
                   const ReportFiles& files) {
  const guardvm::Bundle& bundle = set.bundle;
  const verify::RenderOptions how{options.stats, options.fail_on, set.sources};
  if (!options.witness_dir.empty() && !write_witnesses(report, bundle, options.witness_dir)) return false;
  for (const auto& [format, path] : files) {
    if (!write(path, verify::render(report, bundle, format, how))) return false;
  }
  return write_output(verify::render(report, bundle, options.format, how));
}

}  // namespace guard::driver
