// The brute force against `guardc verify`.
//
//   verify_oracle [--guardc PATH] [--sets N] [--seed S] [--only ID] [--engine E] [--as-of DATE] [--dump] [--seconds N]
//   [--regions] verify_oracle --diff …         sets with a small change, against `guardc diff` verify_oracle
//   --baselines …    sets with an organisation's baseline: weakened-baseline verify_oracle FILE…            prints the
//   oracle's findings of a set verify_oracle --write NUMBER   prints the random set of that seed
//
// Writes small random sets, decides all their actions with the reference evaluator, computes the findings of every
// check from that table and compares them with the report. Without --guardc only the oracle runs. Exit 0 only when
// nothing was missed or spurious, every witness shows its finding, and the regions of the gaps are exact. What the
// verifier lists as inconclusive is counted and printed, and is no disagreement unless a finding is missed for it.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>

#include "compare.hpp"
#include "diff.hpp"
#include "tests/reference/text_forms.hpp"
#include "write_sets.hpp"

namespace guard::oracle {
namespace {

struct Plan {
  std::string guardc, only, engine, as_of = "2026-11-25";
  size_t sets = 500;
  uint64_t seed = 1;
  bool dump = false, diff = false, baselines = false;
  bool regions = false;  // a gap must come with its regions; without this they are counted only
  double seconds = 1e9;
  std::vector<std::string> files;
};

struct Totals {
  size_t sets = 0, left_out = 0, bad_sets = 0, actions = 0, failures = 0, self_check = 0, witnesses = 0, regions = 0,
         inconclusive = 0;
  std::map<std::string, size_t> findings;
  std::map<std::string, std::map<std::string, size_t>> disagreements;  // by id, by kind
};

constexpr size_t kShownPerKind = 2;
constexpr int kSkipped = 77;  // for ctest: guardc cannot verify yet

void print_set(const property::Files& files) {
  for (const auto& [path, text] : files)
    std::printf("=== %s\n%s%s", path.c_str(), text.c_str(), text.ends_with("\n") ? "" : "\n");
}

// Leaves out pieces of the set for as long as `still_bad` holds.
property::GeneratedSet shrink(property::GeneratedSet set,
                              const std::function<bool(const property::Files&)>& still_bad) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (size_t i = set.pieces.size(); i-- > 0;) {
      if (set.pieces[i].fixed) continue;
      property::GeneratedSet trial = set;
      trial.pieces.erase(trial.pieces.begin() + static_cast<std::ptrdiff_t>(i));
      if (!still_bad(trial.files())) continue;
      set = std::move(trial);
      smaller = true;
    }
  }
  return set;
}

// Whether the two still disagree in the same way about the set.
bool disagrees(const Plan& plan, const Verifier& verifier, int64_t as_of, const property::Files& files,
               const Disagreement& about) {
  std::string reasons;
  const auto compiled = property::compile(files, reasons);
  if (!compiled) return false;
  try {
    const Table table(compiled->set, as_of);
    const VerifierReport report = verifier.verify(files);
    if (!report.failure.empty()) return about.kind == "failure";
    if (about.kind == "failure") return false;
    for (const Disagreement& one : compare(files, table, report, plan.only).disagreements)
      if (one.kind == about.kind && one.id == about.id) return true;
  } catch (const Unsupported&) {
  }
  return false;
}

void report_disagreement(const Plan& plan, const Verifier& verifier, int64_t as_of, const property::GeneratedSet& set,
                         const Disagreement& about, Totals& totals) {
  size_t& count = totals.disagreements[about.id][about.kind];
  if (++count > kShownPerKind) return;
  std::printf("\n--- seed %llu: %s %s: %s\n", static_cast<unsigned long long>(set.seed), about.kind.c_str(),
              about.id.c_str(), about.text.c_str());
  if (!plan.dump) return;
  const property::GeneratedSet small =
      shrink(set, [&](const property::Files& files) { return disagrees(plan, verifier, as_of, files, about); });
  print_set(small.files());
  std::string reasons;
  const auto compiled = property::compile(small.files(), reasons);
  const Table table(compiled->set, as_of);
  const VerifierReport report = verifier.verify(small.files());
  for (const Finding& finding : all_findings(table, plan.only))
    std::printf("oracle:   %s\n", finding_text(finding).c_str());
  for (const VerifierFinding& finding : report.findings) std::printf("verifier: %s\n", finding.text.c_str());
  if (!report.failure.empty()) std::printf("verifier: %s\n", report.failure.c_str());
  std::fflush(stdout);
}

void run_set(const Plan& plan, const Verifier& verifier, int64_t as_of, uint64_t seed, Totals& totals) {
  const property::GeneratedSet set = write_set(seed);
  std::string reasons;
  const auto compiled = property::compile(set.files(), reasons);
  if (!compiled) {
    if (++totals.bad_sets <= kShownPerKind)
      std::printf("the set of seed %llu does not compile:\n%s\n", static_cast<unsigned long long>(seed),
                  reasons.c_str());
    return;
  }
  try {
    const Table table(compiled->set, as_of);
    ++totals.sets;
    totals.actions += table.actions();
    totals.self_check += table.self_check();
    if (plan.guardc.empty()) {
      for (const Finding& finding : all_findings(table, plan.only)) ++totals.findings[finding.id];
      return;
    }
    const VerifierReport report = verifier.verify(set.files());
    totals.inconclusive += report.inconclusive;
    if (!report.failure.empty()) {
      ++totals.failures;
      report_disagreement(plan, verifier, as_of, set, {"failure", "verify", report.failure}, totals);
      return;
    }
    const Comparison comparison = compare(set.files(), table, report, plan.only);
    for (const auto& [id, count] : comparison.findings) totals.findings[id] += count;
    totals.witnesses += comparison.witnesses;
    totals.regions += comparison.regions;
    for (const Disagreement& one : comparison.disagreements)
      report_disagreement(plan, verifier, as_of, set, one, totals);
  } catch (const Unsupported&) {
    ++totals.left_out;
  }
}

// Whether the change is still told wrongly in the same way.
bool diff_disagrees(const Verifier& verifier, int64_t as_of, const property::Files& before,
                    const property::Files& after, const Disagreement& about) {
  std::string reasons;
  if (!property::compile(before, reasons) || !property::compile(after, reasons)) return false;
  try {
    const DiffReport report = verifier.diff(before, after);
    if (!report.failure.empty()) return about.kind == "failure";
    if (about.kind == "failure") return false;
    for (const Disagreement& one : compare_diff(before, after, as_of, report).disagreements)
      if (one.kind == about.kind) return true;
  } catch (const Unsupported&) {
  }
  return false;
}

void report_diff(const Plan& plan, const Verifier& verifier, int64_t as_of, property::GeneratedSet before,
                 property::GeneratedSet after, const Disagreement& about, Totals& totals) {
  if (++totals.disagreements["diff"][about.kind] > kShownPerKind) return;
  std::printf("\n--- seed %llu: %s diff: %s\n", static_cast<unsigned long long>(before.seed), about.kind.c_str(),
              about.text.c_str());
  if (!plan.dump) return;
  before = shrink(before, [&](const property::Files& files) {
    return diff_disagrees(verifier, as_of, files, after.files(), about);
  });
  after = shrink(after, [&](const property::Files& files) {
    return diff_disagrees(verifier, as_of, before.files(), files, about);
  });
  std::printf("##### before\n");
  print_set(before.files());
  std::printf("##### after\n");
  print_set(after.files());
  const DiffReport report = verifier.diff(before.files(), after.files());
  for (const VerifierChange& change : report.changes) std::printf("verifier: %s\n", change.text.c_str());
  if (!report.failure.empty()) {
    std::printf("verifier: %s\n", report.failure.c_str());
    return;
  }
  for (const Disagreement& one : compare_diff(before.files(), after.files(), as_of, report).disagreements)
    std::printf("oracle: %s %s\n", one.kind.c_str(), one.text.c_str());
  std::fflush(stdout);
}

void run_diff(const Plan& plan, const Verifier& verifier, int64_t as_of, uint64_t seed, Totals& totals) {
  property::GeneratedSet before = write_set(seed), after = change_set(before, seed);
  if (seed % 2 == 0) std::swap(before, after);
  try {
    DiffReport report;
    if (!plan.guardc.empty()) report = verifier.diff(before.files(), after.files());
    totals.inconclusive += report.inconclusive;
    if (!report.failure.empty()) {
      ++totals.sets;
      ++totals.failures;
      report_diff(plan, verifier, as_of, before, after, {"failure", "diff", report.failure}, totals);
      return;
    }
    const DiffComparison comparison = compare_diff(before.files(), after.files(), as_of, report);
    ++totals.sets;
    totals.actions += comparison.actions;
    totals.regions += comparison.regions;
    totals.findings["(empty)"] += comparison.classes.empty();
    for (const auto& [name, count] : comparison.classes) ++totals.findings[name];
    if (plan.guardc.empty()) return;
    for (const Disagreement& one : comparison.disagreements)
      report_diff(plan, verifier, as_of, before, after, one, totals);
  } catch (const Unsupported&) {
    ++totals.left_out;
  }
}

void run_baseline(const Plan& plan, const Verifier& verifier, int64_t as_of, uint64_t seed, Totals& totals) {
  const property::GeneratedSet organisation = write_set(seed);
  property::GeneratedSet team = change_set(organisation, seed);
  for (property::Piece& piece : team.pieces)
    if (piece.text.starts_with("break glass") && piece.text.find("lifts every rule\n") != std::string::npos)
      piece.text.insert(piece.text.find("lifts every rule") + 16, " even mandatory");
  const property::Files organisation_files = with_own_policies(organisation.files(), "org_");
  // One schema: what a change made of it is left out.
  property::Files team_files = team.files();
  team_files[0] = organisation.files()[0];
  try {
    VerifierReport report;
    if (!plan.guardc.empty()) report = verifier.verify(team_files, organisation_files);
    if (!report.failure.empty()) throw Unsupported(report.failure);
    const DiffComparison comparison = compare_baseline(team_files, organisation_files, as_of, report);
    ++totals.sets;
    totals.actions += comparison.actions;
    totals.regions += comparison.regions;
    totals.findings["(kept)"] += comparison.classes.empty();
    for (const auto& [name, count] : comparison.classes) totals.findings[name] += count;
    if (plan.guardc.empty()) return;
    for (const Disagreement& one : comparison.disagreements) {
      if (++totals.disagreements["diff"][one.kind] > kShownPerKind) continue;
      std::printf("\n--- seed %llu: %s %s: %s\n", static_cast<unsigned long long>(seed), one.kind.c_str(),
                  one.id.c_str(), one.text.c_str());
      if (!plan.dump) continue;
      print_set(organisation_files);
      print_set(team_files);
    }
  } catch (const Unsupported&) {
    ++totals.left_out;
  }
}

int diff_summary(const Plan& plan, Totals& totals, double seconds) {
  std::printf("\n%zu changes (%zu more were too large to enumerate), %zu actions, %.1f s, seed %llu\n", totals.sets,
              totals.left_out, totals.actions, seconds, static_cast<unsigned long long>(plan.seed));
  for (const auto& [name, count] : totals.findings) std::printf("%-20s in %zu changes\n", name.c_str(), count);
  size_t bad = totals.failures;
  for (const auto& [kind, count] : totals.disagreements["diff"]) {
    std::printf("wrong: %-10s %zu\n", kind.c_str(), count);
    bad += count;
  }
  std::printf("regions %zu, runs that failed %zu, inconclusive %zu\n", totals.regions, totals.failures,
              totals.inconclusive);
  return bad == 0 ? 0 : 1;
}

int summary(const Plan& plan, const Totals& totals, double seconds) {
  std::printf("\n%zu sets (%zu more were too large to enumerate), %zu actions, %.1f s, seed %llu\n", totals.sets,
              totals.left_out, totals.actions, seconds, static_cast<unsigned long long>(plan.seed));
  std::printf("%-28s %9s %7s %9s %9s %8s %7s\n", "check", "findings", "missed", "spurious", "severity", "witness",
              "region");
  size_t bad = totals.bad_sets + totals.failures + totals.self_check;
  for (const Check& check : checks()) {
    const auto about = [&](const char* kind) -> size_t {
      const auto by_kind = totals.disagreements.find(check.id);
      if (by_kind == totals.disagreements.end()) return 0;
      const auto count = by_kind->second.find(kind);
      return count == by_kind->second.end() ? 0 : count->second;
    };
    const auto found = totals.findings.find(check.id);
    std::printf("%-28s %9zu %7zu %9zu %9zu %8zu %7zu\n", check.id, found == totals.findings.end() ? 0 : found->second,
                about("missed"), about("spurious"), about("severity"), about("witness"), about("region"));
    bad += about("missed") + about("spurious") + about("severity") + about("witness");
    if (plan.regions) bad += about("region");
  }
  std::printf(
      "witnesses replayed %zu, regions %zu, sets that did not compile %zu, runs that failed %zu, inconclusive %zu, "
      "own errors %zu\n",
      totals.witnesses, totals.regions, totals.bad_sets, totals.failures, totals.inconclusive, totals.self_check);
  return bad == 0 ? 0 : 1;
}

int print_findings(const Plan& plan, int64_t as_of) {
  property::Files files;
  for (const std::string& path : plan.files) {
    std::ifstream in(path);
    files.push_back({path, {std::istreambuf_iterator<char>(in), {}}});
  }
  std::string reasons;
  const auto compiled = property::compile(files, reasons);
  if (!compiled) {
    std::fputs(reasons.c_str(), stderr);
    return 3;
  }
  try {
    const Table table(compiled->set, as_of);
    for (const Finding& finding : all_findings(table, plan.only)) std::printf("%s\n", finding_text(finding).c_str());
    std::printf("%zu actions\n", table.actions());
  } catch (const Unsupported& why) {
    std::fprintf(stderr, "cannot be enumerated: %s\n", why.what());
    return 1;
  }
  return 0;
}

int run(const Plan& plan) {
  int64_t as_of = 0;
  if (reference::parse_timestamp(plan.as_of + "T00:00:00Z", as_of) != reference::Fit::Good) return 1;
  if (!plan.files.empty()) return print_findings(plan, as_of);
  const Verifier verifier(plan.guardc, "/tmp/verify_oracle." + std::to_string(getpid()), plan.as_of, plan.engine);
  if (const std::string command = plan.diff ? "diff" : "verify"; !plan.guardc.empty() && !verifier.has(command)) {
    std::printf("%s has no command `%s`\n", plan.guardc.c_str(), command.c_str());
    return kSkipped;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  Totals totals;
  for (uint64_t s = 0; totals.sets < plan.sets && s < 20 * plan.sets && seconds() < plan.seconds; ++s)
    (plan.diff        ? run_diff
     : plan.baselines ? run_baseline
                      : run_set)(plan, verifier, as_of, plan.seed * 1'000'003 + s, totals);
  if (plan.diff || plan.baselines) return diff_summary(plan, totals, seconds());
  return summary(plan, totals, seconds());
}

}  // namespace
}  // namespace guard::oracle

int main(int argc, char** argv) {
  guard::oracle::Plan plan;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (arg == "--guardc")
      plan.guardc = value();
    else if (arg == "--sets")
      plan.sets = std::strtoull(value().c_str(), nullptr, 10);
    else if (arg == "--seed")
      plan.seed = std::strtoull(value().c_str(), nullptr, 10);
    else if (arg == "--only")
      plan.only = value();
    else if (arg == "--engine")
      plan.engine = value();
    else if (arg == "--as-of")
      plan.as_of = value();
    else if (arg == "--seconds")
      plan.seconds = std::strtod(value().c_str(), nullptr);
    else if (arg == "--write")
      return guard::oracle::print_set(guard::oracle::write_set(std::strtoull(value().c_str(), nullptr, 10)).files()), 0;
    else if (arg == "--regions")
      plan.regions = true;
    else if (arg == "--dump")
      plan.dump = true;
    else if (arg == "--diff")
      plan.diff = true;
    else if (arg == "--baselines")
      plan.baselines = true;
    else if (arg.starts_with("--"))
      return std::fprintf(stderr, "no option %s\n", arg.c_str()), 1;
    else
      plan.files.push_back(arg);
  }
  return guard::oracle::run(plan);
}
