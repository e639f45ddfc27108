// Random policy sets through verification: the two engines agree, every witness replays (both end the process with 70
// otherwise), and no random action contradicts what was proved: a rule that never matches fires nowhere, one that
// always matches everywhere.
//
//   verify_test [sets [first seed]]
#include "verify/verify.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "driver/compile.hpp"
#include "generate.hpp"
#include "read/values.hpp"
#include "records.hpp"

namespace guard::property {
namespace {

constexpr int kRecords = 300;
constexpr int64_t kAsOf = 1'654'041'600'000'000'000;  // 2022-06-01: before most of the generated records

struct Totals {
  std::map<std::string, size_t> findings;
  size_t sets = 0, records = 0, inconclusive = 0, contradictions = 0;
  uint64_t boxes = 0, z3 = 0;
};

// The last instant the proofs speak of is the bundle's; records before `as_of` are no counterexample.
bool admissible(const guardvm::Decision& decision, guardvm::Session& session, const guardvm::Bundle& bundle) {
  if (decision.outcome == guardvm::Outcome::Error || !decision.kind_known) return false;
  const guardvm::format::KindRow& kind = bundle.view().Kinds[decision.kind];
  const int64_t now = session.action().slots[kind.now].number;
  return now >= kAsOf && now < bundle.view().Meta[0].horizon_to_ns;
}

void try_records(uint64_t seed, const driver::Compiled& compiled, const guardvm::Bundle& bundle,
                 const verify::Report& report, Totals& totals) {
  std::set<std::string> never, always;
  for (const verify::Finding& finding : report.findings) {
    const bool is_never =
        finding.check == verify::CheckId::NeverMatches || finding.check == verify::CheckId::NeverActiveAgain;
    if (is_never) never.insert(finding.rules[0]);
    if (finding.check == verify::CheckId::AlwaysMatches) always.insert(finding.rules[0]);
  }
  guardvm::Session session(bundle);
  RecordSource source(*compiled.set, seed * 31 + 7);
  for (int i = 0; i < kRecords; ++i) {
    const GeneratedRecord record = source.next();
    guardvm::ReadOptions options;
    if (record.options.kind) options.kind = *record.options.kind;
    options.has_at = record.options.at.has_value() && guardvm::parse_timestamp(*record.options.at, options.at_ns);
    const guardvm::Decision& decision = session.decide(record.json, options);
    if (!admissible(decision, session, bundle)) continue;
    ++totals.records;
    std::set<std::string> fired;
    for (const guardvm::FiredRule& rule : decision.rules) {
      fired.insert(std::string(bundle.text(bundle.view().Rules[rule.rule].id)));
    }
    const auto complain = [&](const std::string& rule, const char* what) {
      ++totals.contradictions;
      std::printf("seed %llu: %s %s: %s\n", static_cast<unsigned long long>(seed), rule.c_str(), what,
                  record.json.c_str());
    };
    for (const std::string& rule : never) {
      if (fired.contains(rule)) complain(rule, "never matches, and fired");
    }
    const guardvm::format::KindRow& kind = bundle.view().Kinds[decision.kind];
    for (uint32_t e = kind.entries.first; e < kind.entries.first + kind.entries.count; ++e) {
      const guardvm::format::EntryRow& entry = bundle.view().Entries[e];
      if (entry.what != guardvm::format::What::Rule) continue;
      const std::string id(bundle.text(bundle.view().Rules[entry.object].id));
      if (always.contains(id) && !fired.contains(id)) complain(id, "always matches, and was silent");
    }
  }
}

void try_set(uint64_t seed, Totals& totals) {
  const GeneratedSet set = generate_set(seed);
  const driver::Compiled compiled = driver::compile_text(set.files(), {});
  GUARD_CHECK(compiled.ok(), "a generated set that does not compile");
  const auto bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  GUARD_CHECK(bundle.ok(), "a bundle that does not load");
  std::fprintf(stderr, "\rseed %llu ", static_cast<unsigned long long>(seed));
  const verify::Report report = verify::run(bundle.value(), {kAsOf, verify::EngineMode::Both, {}});
  ++totals.sets;
  totals.boxes += report.engines.boxes;
  totals.z3 += report.engines.z3;
  for (const verify::Finding& finding : report.findings) {
    ++totals.findings[std::string(verify::check_info(finding.check).id)];
  }
  totals.inconclusive += report.inconclusive.size();
  for (const verify::Finding& finding : report.inconclusive) {
    std::printf("seed %llu: inconclusive: %s\n", static_cast<unsigned long long>(seed), finding.message.c_str());
  }
  try_records(seed, compiled, bundle.value(), report, totals);
}

int run(uint64_t sets, uint64_t first) {
  Totals totals;
  for (uint64_t seed = first; seed < first + sets; ++seed) try_set(seed, totals);
  std::fprintf(stderr, "\n");
  std::printf("%zu sets, %zu admissible records, queries: %llu by boxes, %llu by z3\n", totals.sets, totals.records,
              static_cast<unsigned long long>(totals.boxes), static_cast<unsigned long long>(totals.z3));
  for (const auto& [id, count] : totals.findings) std::printf("  %-26s %zu\n", id.c_str(), count);
  std::printf("%zu inconclusive, %zu contradictions\n", totals.inconclusive, totals.contradictions);
  return totals.contradictions == 0 ? 0 : 1;  // What is inconclusive is named above: dead ends have a budget.
}

}  // namespace
}  // namespace guard::property

int main(int argc, char** argv) {
  const uint64_t sets = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 40;
  const uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return guard::property::run(sets, first);
}
