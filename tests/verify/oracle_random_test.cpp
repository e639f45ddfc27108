// The oracle's values suffice: what any random action makes of a random set, some enumerated action makes of it too.
#include <gtest/gtest.h>

#include <set>

#include "findings.hpp"
#include "tests/property/adapter.hpp"
#include "tests/property/records.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/text_forms.hpp"
#include "write_sets.hpp"

namespace guard::oracle {
namespace {

constexpr uint64_t kSets = 400;
constexpr size_t kRecords = 400;

TEST(OracleRandom, EveryRandomActionIsLikeAnEnumeratedOne) {
  int64_t as_of = 0;
  ASSERT_EQ(reference::parse_timestamp("2026-11-25T00:00:00Z", as_of), reference::Fit::Good);
  size_t compared = 0, unlike = 0;
  for (uint64_t seed = 1; seed <= kSets; ++seed) {
    std::string reasons;
    const auto compiled = property::compile(write_set(seed).files(), reasons);
    ASSERT_TRUE(compiled) << "seed " << seed << "\n" << reasons;
    try {
      const Table table(compiled->set, as_of);
      std::vector<std::set<Row>> rows;
      for (const KindTable& kind : table.kinds()) rows.emplace_back(kind.rows.begin(), kind.rows.end());
      property::RecordSource source(compiled->set, seed);
      reference::Evaluator evaluator(compiled->set);
      for (size_t i = 0; i < kRecords; ++i) {
        const property::GeneratedRecord generated = source.next();
        const reference::Record record = evaluator.read(generated.json, generated.options);
        if (record.error) continue;
        const reference::Evaluation evaluation = evaluator.evaluation(record);
        if (evaluation.now() < as_of || evaluation.now() >= horizon_end(compiled->set)) continue;
        const Row row = table.decide(*record.kind, {evaluation.now(), evaluation.values()});
        if (!row.admissible) continue;
        ++compared;
        if (rows[static_cast<uint32_t>(*record.kind)].contains(row)) continue;
        ++unlike;
        if (unlike <= 3) ADD_FAILURE() << "seed " << seed << "\n" << generated.json;
      }
    } catch (const Unsupported&) {
    }
  }
  EXPECT_EQ(unlike, 0u) << "of " << compared;
  EXPECT_GT(compared, 10'000u);
  RecordProperty("compared", static_cast<int>(compared));
}

// The action with the approvals, the signals and the instant of another.
Action grafted(const check::Kind& kind, Action action, const Action& from) {
  for (uint32_t leaf = 0; leaf < kind.leaves.size(); ++leaf) {
    const bool is_signal =
        kind.leaves[leaf].type.kind == check::TypeKind::Signal || kind.leaves[leaf].signal != check::kNoLeaf;
    if (is_signal || leaf == static_cast<uint32_t>(kind.approvals) || leaf == static_cast<uint32_t>(kind.now))
      action.values[leaf] = from.values[leaf];
  }
  action.now = from.now;
  return action;
}

TEST(OracleRandom, NothingReleasesWhatIsStuck) {
  int64_t as_of = 0;
  ASSERT_EQ(reference::parse_timestamp("2026-11-25T00:00:00Z", as_of), reference::Fit::Good);
  size_t stuck = 0, released = 0;
  for (uint64_t seed = 1; seed <= kSets; ++seed) {
    std::string reasons;
    const auto compiled = property::compile(write_set(seed).files(), reasons);
    ASSERT_TRUE(compiled);
    try {
      const Table table(compiled->set, as_of);
      property::RecordSource source(compiled->set, seed);
      reference::Evaluator evaluator(compiled->set);
      std::vector<std::vector<Action>> actions(table.kinds().size());
      for (size_t i = 0; i < 150; ++i) {
        const property::GeneratedRecord generated = source.next();
        const reference::Record record = evaluator.read(generated.json, generated.options);
        if (record.error) continue;
        const int64_t now = evaluator.evaluation(record).now();
        if (now >= as_of && now < horizon_end(compiled->set))
          actions[static_cast<uint32_t>(*record.kind)].push_back({now, record.values});
      }
      for (const KindTable& kind : table.kinds())
        for (const Action& action : actions[static_cast<uint32_t>(kind.kind)]) {
          const Row row = table.decide(kind.kind, action);
          if (!row.admissible || row.outcome != reference::Outcome::Hold || !is_stuck(table, kind, action)) continue;
          ++stuck;
          for (const Action& other : actions[static_cast<uint32_t>(kind.kind)]) {
            if (other.now < action.now) continue;
            const Row later = table.decide(kind.kind, grafted(table.kind(kind), action, other));
            if (!later.admissible || later.outcome != reference::Outcome::Allow) continue;
            if (++released <= 3)
              ADD_FAILURE() << "seed " << seed << "\n" << record_json(table.set(), kind.kind, action);
            break;
          }
        }
    } catch (const Unsupported&) {
    }
  }
  EXPECT_GT(stuck, 100u);
}

}  // namespace
}  // namespace guard::oracle
