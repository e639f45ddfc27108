// The emitter from hand-made sets: bundles load, both tiers agree with each other, output is deterministic, the laws of
// settling hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "codegen/pools.hpp"
#include "codegen_sets.hpp"
#include "guardvm/bundle.hpp"
#include "guardvm/session.hpp"
#include "ir/settle.hpp"

namespace guard {
namespace {

using namespace test;

// Everything is indexed, however little it pays: that is what these tests are about.
std::string emitted(const check::PolicySet& set, codegen::Stats* stats = nullptr, bool prune_index = false) {
  Sources sources;
  Diagnostics diagnostics;
  const auto bytes = codegen::emit(set, sources, {.prune_index = prune_index}, diagnostics, stats);
  EXPECT_TRUE(bytes.has_value());
  return bytes.value_or("");
}

guardvm::Bundle loaded(const std::string& bytes) {
  auto bundle = guardvm::Bundle::from_bytes(bytes);
  EXPECT_TRUE(bundle.ok()) << (bundle.ok() ? "" : bundle.error().message);
  if (!bundle.ok()) std::abort();
  return std::move(bundle.value());
}

std::set<uint32_t> fired(guardvm::Session& session, const std::string& json) {
  const guardvm::Decision& decision = session.decide(json, {});
  EXPECT_NE(decision.outcome, guardvm::Outcome::Error) << decision.error.message << "\n" << json;
  std::set<uint32_t> rules;
  for (const guardvm::FiredRule& rule : decision.rules) rules.insert(rule.rule);
  return rules;
}

void expect_same_tiers(const check::PolicySet& set, Random& random, size_t records, uint64_t seed) {
  const guardvm::Bundle bundle = loaded(emitted(set, nullptr, seed % 3 == 0));
  guardvm::Session indexed(bundle, guardvm::Tier::Indexed), linear(bundle, guardvm::Tier::Linear);
  for (size_t i = 0; i < records; ++i) {
    const std::string json = random.record();
    ASSERT_EQ(fired(indexed, json), fired(linear, json)) << "seed " << seed << "\n" << json;
  }
}

TEST(Codegen, OneRuleDecides) {
  check::PolicySet set = empty_set();
  Condition service = atom(set, Condition::Kind::StringIn, kService);
  service.texts = {"web"};
  Condition production = atom(set, Condition::Kind::NumberCompare, kEnvironment);
  production.number = 2;
  add_rule(set, connect(Condition::Kind::And, {service, production}));
  set.kinds[0].default_outcome = syntax::OutcomeWord::Allow;
  codegen::Stats stats;
  const guardvm::Bundle bundle = loaded(emitted(set, &stats));
  EXPECT_EQ(stats.kinds.at(0).exact, 1u);
  guardvm::Session session(bundle);
  const auto decide = [&](const std::string& service_name, const std::string& environment) {
    return session
        .decide("{\"kind\":\"deploy\",\"service\":\"" + service_name + "\",\"environment\":\"" + environment +
                    "\",\"time\":\"2025-12-29T12:00:00Z\",\"ports\":[],\"dependencies\":[]}",
                {})
        .outcome;
  };
  EXPECT_EQ(decide("web", "production"), guardvm::Outcome::Deny);
  EXPECT_EQ(decide("web", "staging"), guardvm::Outcome::Allow);
  EXPECT_EQ(decide("db", "production"), guardvm::Outcome::Allow);
}

TEST(Codegen, TiersAgreeOnRandomSets) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    check::PolicySet set = empty_set();
    const size_t rules = 1 + random.below(seed % 10 == 0 ? 300 : 40);
    for (size_t i = 0; i < rules; ++i) {
      const size_t rule =
          add_rule(set, random.condition(set, random.below(4)), static_cast<check::Effect>(random.chance(50) ? 0 : 4));
      set.rules[rule].if_missing = static_cast<syntax::MissingPolicy>(random.below(3));
    }
    expect_same_tiers(set, random, 60, seed);
    if (HasFatalFailure()) return;
  }
}

// Many constants and entries: sparse rows, coarse cuts and literals that are left to the code.
TEST(Codegen, TiersAgreeOnLargeSets) {
  Random random(7);
  check::PolicySet set = empty_set();
  for (int64_t i = 0; i < 4000; ++i) {
    Condition service = atom(set, Condition::Kind::StringIn, kService);
    service.texts = {"svc-" + std::to_string(i % 1500)};
    if (i % 3 == 0) service = connect(Condition::Kind::Not, {service});
    Condition canary = atom(set, Condition::Kind::NumberCompare, kCanary);
    canary.compare = static_cast<check::Compare>(i % 6);
    canary.number = i;
    Condition open = atom(set, Condition::Kind::NumberCompare, kOpen);
    open.compare = check::Compare::Gt;
    open.number = i * 7 % 1000;
    Condition groups = atom(set, Condition::Kind::SetHasAny, kGroups);
    groups.texts = {"g" + std::to_string(i % 700)};
    add_rule(set, connect(Condition::Kind::And, {service, i % 2 == 0 ? canary : open, groups}));
  }
  codegen::Stats stats;
  const guardvm::Bundle bundle = loaded(emitted(set, &stats));
  guardvm::Session indexed(bundle, guardvm::Tier::Indexed), linear(bundle, guardvm::Tier::Linear);
  for (int i = 0; i < 300; ++i) {
    const std::string json =
        "{\"kind\":\"deploy\",\"service\":\"svc-" + std::to_string(random.below(1600)) +
        "\",\"environment\":\"dev\",\"time\":\"2025-12-29T12:00:00Z\",\"ports\":[],\"dependencies\":[],"
        "\"groups\":[\"g" +
        std::to_string(random.below(800)) + "\"],\"canary\":" + std::to_string(random.below(4100)) +
        ",\"incident\":{\"value\":{\"severity\":\"none\",\"open\":" + std::to_string(random.below(1000)) +
        "},\"as_of\":\"2025-12-29T11:59:00Z\"}}";
    ASSERT_EQ(fired(indexed, json), fired(linear, json)) << json;
  }
}

TEST(Codegen, OutputIsDeterministic) {
  Random first(3), second(3);
  check::PolicySet a = empty_set(), b = empty_set();
  for (int i = 0; i < 50; ++i) {
    add_rule(a, first.condition(a, 3));
    add_rule(b, second.condition(b, 3));
  }
  EXPECT_EQ(emitted(a), emitted(b));
}

TEST(Codegen, StripLeavesOutWhatOnlyVerifyNeeds) {
  check::PolicySet set = empty_set();
  add_rule(set, atom(set, Condition::Kind::Bool, kForce));
  set.severities.emplace_back("conflict", "error");
  set.invariants.push_back({"p.i",
                            true,
                            {syntax::OutcomeWord::Allow},
                            {{check::KindId{0}, atom(set, Condition::Kind::Bool, kForce)}},
                            "never allow when force",
                            {}});
  Sources sources;
  Diagnostics diagnostics;
  const guardvm::Bundle full = loaded(*codegen::emit(set, sources, {.strip = false}, diagnostics));
  const guardvm::Bundle stripped = loaded(*codegen::emit(set, sources, {.strip = true}, diagnostics));
  EXPECT_EQ(full.view().Invariants.size(), 1u);
  EXPECT_EQ(full.view().Severities.size(), 1u);
  EXPECT_TRUE(stripped.view().Invariants.empty());
  EXPECT_TRUE(stripped.view().Severities.empty());
  EXPECT_EQ(stripped.view().Meta[0].stripped, 1);
}

TEST(Codegen, PatternPastTheLimitIsRefused) {
  check::PolicySet set = empty_set();
  Condition c = atom(set, Condition::Kind::StringMatch, kService);
  c.match = check::Match::Regex;
  c.texts = {"[ab]*a[ab]{20}"};  // 2^21 states
  add_rule(set, c);
  Sources sources;
  Diagnostics diagnostics;
  EXPECT_FALSE(codegen::emit(set, sources, {}, diagnostics).has_value());
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].id, DiagId::LimitExceeded);
}

// Past the automata's budgets patterns are indexed by a literal part: the answers stay the same.
TEST(Codegen, TiersAgreeWhenPatternsOverflowTheirAutomata) {
  check::PolicySet set = empty_set();
  Random random(11);
  static constexpr char kLetters[] = "abcd";
  const auto word = [&](size_t size) {
    std::string out;
    for (size_t i = 0; i < size; ++i) out += kLetters[random.below(4)];
    return out;
  };
  for (int i = 0; i < 400; ++i) {
    Condition c = atom(set, Condition::Kind::StringMatch, i % 2 == 0 ? kService : kTarget);
    c.match = check::Match::Glob;
    c.texts = {"*" + word(2) + "*" + word(2) + "*"};
    add_rule(set, i % 5 == 0 ? connect(Condition::Kind::Not, {c}) : c);
  }
  const guardvm::Bundle bundle = loaded(emitted(set));
  guardvm::Session indexed(bundle, guardvm::Tier::Indexed), linear(bundle, guardvm::Tier::Linear);
  for (int i = 0; i < 300; ++i) {
    const std::string json =
        "{\"kind\":\"deploy\",\"service\":\"" + word(random.below(12)) + "\",\"target\":\"" + word(random.below(12)) +
        "\",\"environment\":\"dev\",\"time\":\"2025-12-29T12:00:00Z\",\"ports\":[],\"dependencies\":[]}";
    ASSERT_EQ(fired(indexed, json), fired(linear, json)) << json;
  }
}

// ---- settling ----

// The tree's Kleene truth: 0 false, 1 unknown, 2 true; atoms are Bool constants by number, unknown when `fresh` is
// false.
int kleene(const Condition& c, const std::vector<bool>& values, bool fresh) {
  switch (c.kind) {
    case Condition::Kind::Constant:
      return c.value ? 2 : 0;
    case Condition::Kind::Not:
      return 2 - kleene(c.children[0], values, fresh);
    case Condition::Kind::And: {
      int least = 2;
      for (const Condition& child : c.children) least = std::min(least, kleene(child, values, fresh));
      return least;
    }
    case Condition::Kind::Or: {
      int most = 0;
      for (const Condition& child : c.children) most = std::max(most, kleene(child, values, fresh));
      return most;
    }
    default:
      if (c.operand.index == kSeverity && !fresh) return 1;
      return values[static_cast<size_t>(c.number)] ? 2 : 0;
  }
}

bool holds(const ir::Condition& c, const std::vector<bool>& values, bool fresh) {
  using Kind = ir::Condition::Kind;
  switch (c.kind) {
    case Kind::True:
      return true;
    case Kind::False:
      return false;
    case Kind::Fresh:
      return fresh;
    case Kind::Not:
      return !holds(c.children[0], values, fresh);
    case Kind::And:
      return std::all_of(c.children.begin(), c.children.end(), [&](const auto& x) { return holds(x, values, fresh); });
    case Kind::Or:
      return std::any_of(c.children.begin(), c.children.end(), [&](const auto& x) { return holds(x, values, fresh); });
    default:
      return values[static_cast<size_t>(c.atom->number)];
  }
}

TEST(Settle, IsTrueAndNotFalseOfKleene) {
  const check::PolicySet set = empty_set();
  Random random(5);
  const auto random_tree = [&](const auto& self, size_t depth) -> Condition {
    if (depth == 0 || random.chance(20)) {
      if (random.chance(5)) {
        Condition constant;
        constant.value = random.chance(50);
        return constant;
      }
      Condition c = atom(set, Condition::Kind::NumberCompare, random.chance(50) ? kSeverity : kCanary);
      c.number = static_cast<int64_t>(random.below(4));
      return c;
    }
    if (random.chance(30)) return connect(Condition::Kind::Not, {self(self, depth - 1)});
    std::vector<Condition> children;
    for (size_t i = random.below(3) + 1; i > 0; --i) children.push_back(self(self, depth - 1));
    return connect(random.chance(50) ? Condition::Kind::And : Condition::Kind::Or, std::move(children));
  };
  for (int i = 0; i < 2000; ++i) {
    const Condition tree = random_tree(random_tree, 4);
    const ir::Condition surely = ir::settle(tree, set.kinds[0], ir::Truth::Surely);
    const ir::Condition possibly = ir::settle(tree, set.kinds[0], ir::Truth::Possibly);
    for (uint32_t bits = 0; bits < 32; ++bits) {
      const std::vector<bool> values = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
      const bool fresh = (bits & 16) != 0;
      const int truth = kleene(tree, values, fresh);
      ASSERT_EQ(holds(surely, values, fresh), truth == 2);
      ASSERT_EQ(holds(possibly, values, fresh), truth != 0);
    }
  }
}

TEST(Settle, AContradictionOverAMissingSignalStaysPossible) {
  const check::PolicySet set = empty_set();
  const Condition severe = atom(set, Condition::Kind::NumberCompare, kSeverity);
  const Condition both = connect(Condition::Kind::And, {severe, connect(Condition::Kind::Not, {severe})});
  EXPECT_TRUE(holds(ir::settle(both, set.kinds[0], ir::Truth::Possibly), {true}, false));
  EXPECT_FALSE(holds(ir::settle(both, set.kinds[0], ir::Truth::Possibly), {true}, true));
  EXPECT_FALSE(holds(ir::settle(both, set.kinds[0], ir::Truth::Surely), {true}, false));
}

}  // namespace
}  // namespace guard
