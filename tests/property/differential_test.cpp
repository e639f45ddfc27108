// The reference evaluator against the compiled bundle in guardvm, both tiers: whole decisions, string-equal.
//
//   differential_test [--sets N] [--records N] [--seed S] [--floor N] [--nightly]
//
// First the small family with all its actions, then random sets with random records. `valid_until` is compared on one
// decision in 16 (it re-decides at many instants), everything else on each. A mismatch is shrunk and printed with what
// reproduces it. Exit 0 only when there was none, every set compiled, and every feature decided often enough.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "adapter.hpp"
#include "features.hpp"
#include "generate.hpp"
#include "random.hpp"
#include "records.hpp"
#include "tests/reference/reference.hpp"

namespace guard::property {
namespace {

// Sanitized builds, many times slower, take a part of the random sets; and since a rare feature may stand in few of
// them, they ask for less than that part of each.
#ifndef GUARD_PART_OF_SETS
#define GUARD_PART_OF_SETS 1
#endif

struct Plan {
  size_t sets = 1200 / GUARD_PART_OF_SETS;
  size_t records = 900;
  uint64_t seed = 1;
  uint64_t floor = 10'000 / (GUARD_PART_OF_SETS * GUARD_PART_OF_SETS);
  bool small = true;
};

struct Totals {
  uint64_t sets = 0, decisions = 0, with_valid_until = 0, mismatches = 0, bad_sets = 0;
  uint64_t outcomes[4] = {0, 0, 0, 0};
  FeatureCounts features;
};

constexpr uint64_t kMismatchesShown = 5;
constexpr size_t kValidUntilEvery = 16;
const std::string kRefused = "the bundle is refused: ";

// The sentence of an error is the runtime's own; the rest of the decision is compared. Empty: there is no sentence.
std::string without_sentence(const std::string& json) {
  const size_t error = json.rfind("\"error\":{\"code\":\"");
  if (error == std::string::npos) return json;
  const std::string before = "\",\"message\":\"", after = "\"},\"bundle\":";
  const size_t begin = json.find(before, error), end = json.rfind(after);
  if (begin == std::string::npos || end == std::string::npos || begin + before.size() >= end) return "";
  return json.substr(0, begin + before.size()) + json.substr(end);
}

// One compiled set with everything that decides with it.
struct Bench {
  CompiledSet compiled;
  reference::Evaluator evaluator;
  std::string reason;  // before the machines, which fill it
  Machine indexed, linear;
  explicit Bench(CompiledSet set)
      : compiled(std::move(set)),
        evaluator(compiled.set),
        indexed(compiled.bundle, Machine::Tier::Indexed, reason),
        linear(compiled.bundle, Machine::Tier::Linear, reason) {}

  struct Answers {
    std::string reference, indexed, linear;
    [[nodiscard]] bool same() const {
      return without_sentence(indexed) == reference && without_sentence(linear) == reference && indexed == linear;
    }
  };
  Answers ask(const std::string& record, reference::Options options, reference::Trace* trace) {
    options.bundle_digest = indexed.digest();
    return {evaluator.decide(record, options, trace), indexed.decide(record, options), linear.decide(record, options)};
  }
};

std::unique_ptr<Bench> bench_of(const GeneratedSet& set, std::string& reasons) {
  std::optional<CompiledSet> compiled = compile(set.files(), reasons);
  if (!compiled) return nullptr;
  auto bench = std::make_unique<Bench>(std::move(*compiled));
  if (bench->indexed.ready() && bench->linear.ready()) return bench;
  reasons = kRefused + bench->reason;
  return nullptr;
}

void print_set(const GeneratedSet& set) {
  for (const auto& [path, text] : set.files()) std::printf("=== %s\n%s", path.c_str(), text.c_str());
}

// Leaves out pieces of the set, one by one, for as long as `still_bad` holds.
GeneratedSet shrink(GeneratedSet set, const std::function<bool(const GeneratedSet&)>& still_bad) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (size_t i = set.pieces.size(); i-- > 0;) {
      if (i >= set.pieces.size() || set.pieces[i].fixed) continue;
      GeneratedSet trial = set;
      const size_t group = set.pieces[i].group;
      trial.pieces.erase(trial.pieces.begin() + static_cast<std::ptrdiff_t>(i));
      if (group != 0) std::erase_if(trial.pieces, [&](const Piece& piece) { return piece.group == group; });
      if (!still_bad(trial)) continue;
      set = std::move(trial);
      smaller = true;
    }
  }
  return set;
}

// A set that does not compile, or whose bundle is refused: told with as little of it as gives the same reason.
void report_bad_set(const GeneratedSet& set, const char* family, const std::string& reasons) {
  std::printf("the %s set of seed %llu does not compile:\n%s\n", family, static_cast<unsigned long long>(set.seed),
              reasons.c_str());
  if (!reasons.starts_with(kRefused)) return;  // a compiler's message says where
  print_set(shrink(set, [](const GeneratedSet& trial) {
    std::string why;
    return !bench_of(trial, why) && why.starts_with(kRefused);
  }));
  std::fflush(stdout);
}

void report_mismatch(const GeneratedSet& set, const char* family, const std::string& record,
                     const reference::Options& options) {
  const GeneratedSet small = shrink(set, [&](const GeneratedSet& trial) {
    std::string reasons;
    const auto bench = bench_of(trial, reasons);
    return bench && !bench->ask(record, options, nullptr).same();
  });
  std::string reasons;
  const auto bench = bench_of(small, reasons);
  const Bench::Answers answers = bench->ask(record, options, nullptr);
  std::printf("MISMATCH in the %s set of seed %llu%s%s%s%s%s\n", family, static_cast<unsigned long long>(set.seed),
              options.kind ? " --kind " : "", options.kind ? options.kind->c_str() : "", options.at ? " --at " : "",
              options.at ? options.at->c_str() : "", options.strict ? " --strict" : "");
  print_set(small);
  std::printf("=== record\n%s\n=== reference\n%s\n=== indexed\n%s\n=== linear\n%s\n\n", record.c_str(),
              answers.reference.c_str(), answers.indexed.c_str(), answers.linear.c_str());
  std::fflush(stdout);
}

void count_features(FeatureFinder& finder, const reference::Trace& trace, const GeneratedRecord& record,
                    const std::string& json, Totals& totals) {
  Features features = trace.error.empty() ? finder.find(trace.record, *trace.evaluation, *trace.ruling)
                                          : FeatureFinder::of_error(trace.error);
  const auto mark = [&](Feature feature, bool on) {
    if (on) features.set(static_cast<size_t>(feature));
  };
  const bool decided = trace.error.empty();
  mark(Feature::KindGiven, decided && record.options.kind.has_value());
  mark(Feature::InstantGiven, decided && record.options.at.has_value());
  mark(Feature::Strict, decided && record.options.strict);
  mark(Feature::HoldOpens, json.find("\"opens\":\"") != std::string::npos);
  if (decided && record.options.with_valid_until) {
    const bool never = json.find("\"valid_until\":null") != std::string::npos;
    mark(never ? Feature::ValidForever : Feature::ValidUntil, true);
  }
  if (decided) {
    bool list = false;
    const size_t obligations = json.find("\"obligations\":{");
    if (obligations != std::string::npos)
      list = json.substr(obligations, json.find('}', obligations) - obligations).find(":[") != std::string::npos;
    mark(Feature::ObligationList, list);
  }
  totals.features.add(features);
  totals.outcomes[decided ? static_cast<size_t>(trace.ruling->outcome) : 3] += 1;
}

// False: enough mismatches were shown.
bool decide_one(Bench& bench, const GeneratedSet& set, const char* family, FeatureFinder& finder,
                const GeneratedRecord& record, Totals& totals) {
  reference::Trace trace;
  const Bench::Answers answers = bench.ask(record.json, record.options, &trace);
  totals.decisions += 1;
  totals.with_valid_until += record.options.with_valid_until;
  if (!answers.same()) {
    totals.mismatches += 1;
    report_mismatch(set, family, record.json, record.options);
    return totals.mismatches < kMismatchesShown;
  }
  count_features(finder, trace, record, answers.reference, totals);
  return true;
}

bool run_small(size_t index, Totals& totals) {
  const GeneratedSet set = small_set(index);
  std::string reasons;
  const auto bench = bench_of(set, reasons);
  if (!bench) {
    report_bad_set(set, "small", reasons);
    totals.bad_sets += 1;
    return true;
  }
  totals.sets += 1;
  FeatureFinder finder(bench->compiled.set, bench->compiled.texts);
  for (const check::Kind& kind : bench->compiled.set.kinds)
    for (const std::string& json : small_records(kind.name)) {
      GeneratedRecord record{json, {}};
      record.options.with_valid_until = totals.decisions % kValidUntilEvery == 0;
      if (!decide_one(*bench, set, "small", finder, record, totals)) return false;
    }
  return true;
}

bool run_random(uint64_t seed, size_t records, Totals& totals) {
  const GeneratedSet set = generate_set(seed);
  std::string reasons;
  const auto bench = bench_of(set, reasons);
  if (!bench) {
    report_bad_set(set, "random", reasons);
    totals.bad_sets += 1;
    return totals.bad_sets < kMismatchesShown;
  }
  totals.sets += 1;
  FeatureFinder finder(bench->compiled.set, bench->compiled.texts);
  RecordSource source(bench->compiled.set, seed * 0x9E3779B97F4A7C15ull + 7);
  for (size_t i = 0; i < records; ++i) {
    GeneratedRecord record = i % 4 == 3 ? source.broken() : source.next();
    record.options.with_valid_until = (seed + i) % kValidUntilEvery == 0;
    if (!decide_one(*bench, set, "random", finder, record, totals)) return false;
  }
  return true;
}

Plan plan_of(int argc, char** argv) {
  Plan plan;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (flag == "--sets") {
      plan.sets = static_cast<size_t>(value());
    } else if (flag == "--records") {
      plan.records = static_cast<size_t>(value());
    } else if (flag == "--seed") {
      plan.seed = value();
    } else if (flag == "--floor") {
      plan.floor = value();
    } else if (flag == "--no-small") {
      plan.small = false;
    } else if (flag == "--nightly") {
      plan.sets = 20'000;
      plan.seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) % 1'000'000'000;
    } else {
      std::printf("unknown flag %s\n", flag.c_str());
      std::exit(1);
    }
  }
  return plan;
}

int run(const Plan& plan) {
  Totals totals;
  bool go_on = true;
  std::printf("seed %llu: the small family, then %zu random sets with %zu records each\n",
              static_cast<unsigned long long>(plan.seed), plan.sets, plan.records);
  std::fflush(stdout);
  for (size_t i = 0; plan.small && go_on && i < small_set_count(); ++i) go_on = run_small(i, totals);
  for (size_t i = 0; go_on && i < plan.sets; ++i) go_on = run_random(plan.seed + i, plan.records, totals);
  std::string table;
  const size_t low = totals.features.print(table, plan.floor);
  std::printf("decisions in which each feature decides (* below %llu)\n%s\n",
              static_cast<unsigned long long>(plan.floor), table.c_str());
  std::printf(
      "%llu sets, %llu decisions (%llu allow, %llu deny, %llu hold, %llu error), %llu with valid_until; %llu "
      "mismatches, %llu sets that do "
      "not compile, %zu features below the floor\n",
      static_cast<unsigned long long>(totals.sets), static_cast<unsigned long long>(totals.decisions),
      static_cast<unsigned long long>(totals.outcomes[0]), static_cast<unsigned long long>(totals.outcomes[1]),
      static_cast<unsigned long long>(totals.outcomes[2]), static_cast<unsigned long long>(totals.outcomes[3]),
      static_cast<unsigned long long>(totals.with_valid_until), static_cast<unsigned long long>(totals.mismatches),
      static_cast<unsigned long long>(totals.bad_sets), low);
  return totals.mismatches == 0 && totals.bad_sets == 0 && low == 0 ? 0 : 1;
}

}  // namespace
}  // namespace guard::property

int main(int argc, char** argv) { return guard::property::run(guard::property::plan_of(argc, argv)); }
