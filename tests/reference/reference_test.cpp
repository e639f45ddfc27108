// The reference evaluator on small sets built by hand: text forms, patterns, Kleene's tables, reading, combination,
// time.
#include "reference.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pattern.hpp"
#include "text_forms.hpp"
#include "windows.hpp"

namespace guard::reference {
namespace {

using check::Condition;
using check::Effect;
using check::LeafId;
using check::TypeKind;
using nlohmann::json;

// ---- building sets ----

check::Leaf leaf(const std::string& path, TypeKind kind, bool optional = false) {
  check::Leaf out;
  out.path = path;
  out.type.kind = kind;
  if (kind == TypeKind::Int) out.type.min = 0, out.type.max = 10;
  out.optional = optional;
  out.json = {path};
  return out;
}

check::Operand operand(const check::Kind& kind, uint32_t index) {
  check::Operand out;
  out.index = index;
  out.type = kind.leaves[index].type;
  return out;
}

// Leaves of the one kind `act`: what the tests below speak of by number.
enum : uint32_t {
  kTime,
  kFlag,
  kCount,
  kActor,
  kApprovals,
  kSignal,
  kSignalValue,
  kNote,
  kGlass,
  kGlassBy,
  kGlassReason,
  kGlassAt
};

check::PolicySet base_set() {
  check::PolicySet set;
  set.schema = "s";
  set.kind_json = {"kind"};
  set.horizon_from_ns = days_from_civil(2022, 1, 1) * kDay;
  set.horizon_to_ns = days_from_civil(2038, 1, 1) * kDay;
  check::Kind kind;
  kind.name = "act";
  kind.leaves = {leaf("time", TypeKind::Timestamp),
                 leaf("flag", TypeKind::Bool),
                 leaf("count", TypeKind::Int),
                 leaf("actor", TypeKind::String),
                 leaf("approvals", TypeKind::List),
                 leaf("sig", TypeKind::Signal),
                 leaf("sig", TypeKind::Bool),
                 leaf("note", TypeKind::String, true),
                 leaf("glass", TypeKind::Presence, true),
                 leaf("glass.by", TypeKind::String),
                 leaf("glass.reason", TypeKind::String),
                 leaf("glass.at", TypeKind::Timestamp)};
  kind.leaves[kApprovals].columns = {leaf("by", TypeKind::String), leaf("groups", TypeKind::Set),
                                     leaf("at", TypeKind::Timestamp)};
  kind.leaves[kSignal].max_age_ns = 5 * kMinute;
  kind.leaves[kSignalValue].json = {"sig", "value"};
  kind.leaves[kSignalValue].signal = kind.leaves[kSignalValue].parent = LeafId{kSignal};
  for (uint32_t i = kGlassBy; i <= kGlassAt; ++i) {
    kind.leaves[i].json = {"glass", kind.leaves[i].path.substr(6)};
    kind.leaves[i].parent = LeafId{kGlass};
  }
  kind.now = LeafId{kTime};
  kind.actor = LeafId{kActor};
  kind.approvals = LeafId{kApprovals};
  kind.approval_groups = 1;
  kind.approval_at = 2;
  kind.break_glass = LeafId{kGlass};
  kind.break_glass_by = LeafId{kGlassBy};
  kind.break_glass_reason = LeafId{kGlassReason};
  kind.break_glass_at = LeafId{kGlassAt};
  kind.default_outcome = syntax::OutcomeWord::Allow;
  set.kinds.push_back(kind);
  return set;
}

Condition constant(bool value) {
  Condition c;
  c.value = value;
  return c;
}
Condition bool_of(const check::PolicySet& set, uint32_t index) {
  Condition c;
  c.kind = Condition::Kind::Bool;
  c.operand = operand(set.kinds[0], index);
  return c;
}
Condition count_at_least(const check::PolicySet& set, int64_t n) {
  Condition c;
  c.kind = Condition::Kind::NumberCompare;
  c.compare = check::Compare::Ge;
  c.operand = operand(set.kinds[0], kCount);
  c.number = n;
  return c;
}
Condition join(Condition::Kind kind, std::vector<Condition> children) {
  Condition c;
  c.kind = kind;
  c.children = std::move(children);
  return c;
}
Condition negation(Condition child) { return join(Condition::Kind::Not, {std::move(child)}); }

check::Rule& add_rule(check::PolicySet& set, const std::string& id, Effect effect, Condition condition) {
  check::Rule rule;
  rule.id = id;
  rule.effect = effect;
  check::RuleOnKind on;
  on.condition = std::move(condition);
  rule.on.push_back(std::move(on));
  set.rules.push_back(std::move(rule));
  return set.rules.back();
}

check::RequirementId add_requirement(check::PolicySet& set, uint32_t count,
                                     std::optional<int64_t> within_ns = std::nullopt) {
  check::Requirement requirement;
  requirement.count = count;
  requirement.from = {"dba"};
  requirement.within_ns = within_ns;
  requirement.text = "approvals";
  set.requirements.push_back(requirement);
  return check::RequirementId{static_cast<uint32_t>(set.requirements.size() - 1)};
}

constexpr const char* kNow = "2026-06-01T12:00:00Z";

json record() {
  return {{"kind", "act"}, {"time", kNow},   {"flag", true},
          {"count", 3},    {"actor", "ann"}, {"approvals", json::array()}};
}
json decided(const check::PolicySet& set, const json& rec) { return json::parse(decide(set, rec.dump(), {})); }
json approval(const char* by, const char* at) { return {{"by", by}, {"groups", {"dba"}}, {"at", at}}; }

// ---- text forms ----

TEST(TextForms, TimestampsRoundTrip) {
  for (const char* text :
       {"1678-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z", "2024-02-29T12:30:00.500Z",
        "2026-03-29T01:00:00.000001Z", "2261-12-31T23:59:59.999999999Z"}) {
    int64_t ns = 0;
    ASSERT_EQ(parse_timestamp(text, ns), Fit::Good) << text;
    EXPECT_EQ(timestamp_text(ns), text);
  }
  int64_t a = 0, b = 0;
  ASSERT_EQ(parse_timestamp("2026-01-01T05:30:00+05:30", a), Fit::Good);
  ASSERT_EQ(parse_timestamp("2026-01-01T00:00:00Z", b), Fit::Good);
  EXPECT_EQ(a, b);
}

TEST(TextForms, BadTimestamps) {
  int64_t ns = 0;
  for (const char* text :
       {"", "2026-01-01", "2026-1-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+5:30",
        "2026-01-01T00:00:00Z "})
    EXPECT_EQ(parse_timestamp(text, ns), Fit::Bad) << text;
  EXPECT_EQ(parse_timestamp("1677-12-31T23:59:59Z", ns), Fit::Range);
  EXPECT_EQ(parse_timestamp("2262-01-01T00:00:00Z", ns), Fit::Range);
}

TEST(TextForms, Durations) {
  int64_t ns = 0;
  for (const char* text : {"0s", "1d12h", "-1h30m", "90d", "1ms1us1ns", "1m5ms"}) {
    ASSERT_EQ(parse_duration(text, ns), Fit::Good) << text;
    EXPECT_EQ(duration_text(ns), text);
  }
  ASSERT_EQ(parse_duration("90m", ns), Fit::Good);
  EXPECT_EQ(duration_text(ns), "1h30m");
  for (const char* text : {"", "-", "1", "h", "1m1h", "1h1h", "1.5h", "1h ", "+1h"})
    EXPECT_EQ(parse_duration(text, ns), Fit::Bad) << text;
  EXPECT_EQ(parse_duration("106752d", ns), Fit::Range);
}

TEST(TextForms, Decimals) {
  int64_t n = 0;
  ASSERT_EQ(parse_decimal("-0.5", 2, n), Fit::Good);
  EXPECT_EQ(n, -50);
  EXPECT_EQ(decimal_text(n, 2), "-0.50");
  ASSERT_EQ(parse_decimal("1.500", 1, n), Fit::Good);
  EXPECT_EQ(n, 15);
  EXPECT_EQ(decimal_text(7, 0), "7");
  EXPECT_EQ(parse_decimal("1e2", 2, n), Fit::Bad);
  EXPECT_EQ(parse_decimal("0.001", 2, n), Fit::Range);
  EXPECT_EQ(parse_decimal("99999999999999999999", 0, n), Fit::Range);
}

TEST(TextForms, VersionsInPrecedenceOrder) {
  const std::vector<std::string> ascending = {
      "0.0.0",   "1.0.0-0",     "1.0.0-0.0",     "1.0.0-2",    "1.0.0-10",
      "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0",
      "1.0.1",   "1.2.0",       "1.10.0",        "2.0.0",      "18446744073709551616.0.0"};
  for (size_t i = 0; i < ascending.size(); ++i)
    for (size_t k = 0; k < ascending.size(); ++k) {
      const int c = compare_version_texts(ascending[i], ascending[k]);
      EXPECT_EQ(c < 0, i < k) << ascending[i] << " " << ascending[k];
      EXPECT_EQ(c == 0, i == k) << ascending[i] << " " << ascending[k];
    }
  EXPECT_EQ(compare_version_texts("1.0.0+a", "1.0.0+b"), 0);
  for (const char* text : {"1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0-a..b", "1.0.0.0", ""})
    EXPECT_FALSE(parse_version(text)) << text;
}

TEST(Patterns, Globs) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("a*b?", "axxbb\xC3\xA9"));
  EXPECT_FALSE(glob_matches("a?", "a"));
  EXPECT_TRUE(glob_matches("\\*x", "*x"));
  EXPECT_FALSE(glob_matches("\\*x", "yx"));
}

TEST(Patterns, RegularExpressions) {
  const auto matches = [](const char* pattern, const char* text) { return regex_matches(*parse_regex(pattern), text); };
  EXPECT_TRUE(matches("(a|b)*c{2,3}", "ababccc"));
  EXPECT_FALSE(matches("(a|b)*c{2,3}", "abc"));
  EXPECT_TRUE(matches("[^a-c\\d]+", "xyz"));
  EXPECT_FALSE(matches("[^a-c\\d]+", "xy1"));
  EXPECT_TRUE(matches("(a*)*", "aaa"));
  EXPECT_TRUE(matches("a{0}", ""));
  EXPECT_TRUE(matches(".\\u{e9}", "\xC3\xA9\xC3\xA9"));
  EXPECT_TRUE(matches("a{2,}", "aaaa"));
  EXPECT_FALSE(parse_regex("(?=a)"));
  EXPECT_FALSE(parse_regex("a)"));
}

// ---- truth ----

TEST(Truth, KleeneTables) {
  for (const Truth a : {Truth::False, Truth::Unknown, Truth::True})
    for (const Truth b : {Truth::False, Truth::Unknown, Truth::True}) {
      const Truth both = a == Truth::False || b == Truth::False ? Truth::False
                         : a == Truth::True && b == Truth::True ? Truth::True
                                                                : Truth::Unknown;
      EXPECT_EQ(truth_and(a, b), both);
      EXPECT_EQ(truth_or(a, b), truth_not(truth_and(truth_not(a), truth_not(b))));
    }
}

TEST(Truth, ContradictionOverAMissingSignalIsUnknown) {
  check::PolicySet set = base_set();
  add_rule(set, "p.deny", Effect::Deny,
           join(Condition::Kind::And, {bool_of(set, kSignalValue), negation(bool_of(set, kSignalValue))}));
  EXPECT_EQ(decided(set, record())["decision"], "deny");
  json fresh = record();
  fresh["sig"] = {{"value", true}, {"as_of", kNow}};
  EXPECT_EQ(decided(set, fresh)["decision"], "allow");
}

TEST(Truth, MissingPoliciesOfBlockingRules) {
  const std::vector<std::pair<syntax::MissingPolicy, const char*>> expected = {
      {syntax::MissingPolicy::Block, "deny"},
      {syntax::MissingPolicy::Hold, "hold"},
      {syntax::MissingPolicy::Ignore, "allow"}};
  for (const auto& [policy, outcome] : expected) {
    check::PolicySet set = base_set();
    check::Rule& rule = add_rule(set, "p.deny", Effect::Deny, bool_of(set, kSignalValue));
    rule.if_missing = policy;
    rule.on[0].signals = {LeafId{kSignal}};
    EXPECT_EQ(decided(set, record())["decision"], outcome);
    json stale = record();
    stale["sig"] = {{"value", false}, {"as_of", "2026-06-01T11:54:59.999999999Z"}};
    EXPECT_EQ(decided(set, stale)["decision"], outcome);
    const json named = json::parse(R"([{"rule":"p.deny","kind":"signal","signal":"sig","state":"stale"}])");
    EXPECT_EQ(decided(set, stale)["missing"], policy == syntax::MissingPolicy::Hold ? named : json::array());
    stale["sig"]["as_of"] = "2026-06-01T11:55:00Z";  // exactly the maximum age is fresh
    EXPECT_EQ(decided(set, stale)["decision"], "allow");
  }
}

// ---- reading ----

TEST(Reading, FirstErrorOfTheDocument) {
  const check::PolicySet set = base_set();
  const std::string rest = R"("time":"2026-06-01T12:00:00Z","flag":true,"actor":"ann","approvals":[])";
  const auto error = [&](const std::string& text, const Options& options = {}) {
    const json decision = json::parse(decide(set, text, options));
    EXPECT_EQ(decision["decision"], "error") << text;
    return decision["error"]["code"].get<std::string>() + " " + decision["error"]["at"].get<std::string>();
  };
  EXPECT_EQ(error(""), "malformed-json ");
  EXPECT_EQ(error("[]"), "not-an-object ");
  EXPECT_EQ(error("{}"), "missing-kind /kind");
  EXPECT_EQ(error(R"({"kind":"nope"})"), "unknown-kind /kind");
  EXPECT_EQ(error(R"({"kind":"act",)" + rest + "}"), "missing-attribute /count");
  EXPECT_EQ(error(R"({"count":11,"kind":"act",)" + rest + "}"), "out-of-range /count");
  EXPECT_EQ(error(R"({"count":1.0,"kind":"act",)" + rest + "}"), "wrong-type /count");
  EXPECT_EQ(error(R"({"count":1e1,"kind":"act",)" + rest + "}"), "wrong-type /count");
  EXPECT_EQ(error(R"({"count":1e-75807,"kind":"act",)" + rest + "}"), "wrong-type /count");
  EXPECT_EQ(error(R"({"count":null,"kind":"act",)" + rest + "}"), "null-value /count");
  EXPECT_EQ(error(R"({"count":1,"count":2,"kind":"act",)" + rest + "}"), "duplicate-key /count");
  EXPECT_EQ(error(R"({"count":1,"x":{"a":1,"a":2},"kind":"act",)" + rest + "}"), "duplicate-key /x/a");
  EXPECT_EQ(error(R"({"count":11,"kind":"act",)" + rest), "out-of-range /count");
  EXPECT_EQ(error(R"({"count":1,"kind":"act",)" + rest), "malformed-json ");
  EXPECT_EQ(error(R"({"count":1,"kind":"act",)" + rest + "} x"), "trailing-bytes ");
  EXPECT_EQ(error(R"({"count":1,"kind":"act","note":")" + std::string("\xFF") + "\"," + rest + "}"), "invalid-utf8 ");
  EXPECT_EQ(error(R"({"count":1,"kind":"act","x":)" + std::string(100, '[')), "too-deep ");
  Options strict;
  strict.strict = true;
  EXPECT_EQ(error(R"({"count":1,"a/b":1,"kind":"act",)" + rest + "}", strict), "unknown-key /a~1b");
  Options other;
  other.kind = "act";
  EXPECT_EQ(error(R"({"count":1,"kind":"nope",)" + rest + "}", other), "kind-conflict /kind");
  other.at = "2026-06-01T12:00:01Z";
  EXPECT_EQ(error(R"({"count":1,)" + rest + "}", other), "instant-conflict /time");
}

TEST(Reading, IgnoredKeysInOrder) {
  json decision = json::parse(
      decide(base_set(), R"({"z":1,"kind":"act","count":1,"a":null,"time":"2026-06-01T12:00:00Z","flag":true,
    "actor":"ann","approvals":[{"by":"bob","at":"2026-06-01T12:00:00Z","groups":[],"extra":[]}],"sig":{"value":true,"as_of":"2026-06-01T12:00:00Z","b":1}})",
             {}));
  EXPECT_EQ(decision["ignored"], json({"/z", "/a", "/approvals/0/extra", "/sig/b"}));
  EXPECT_EQ(decision["error"], json());
}

// ---- combination ----

TEST(Combination, AllowOverridesAndExceptionsExpire) {
  check::PolicySet set = base_set();
  add_rule(set, "p.a", Effect::Deny, constant(true));
  check::Rule& allow = add_rule(set, "p.b", Effect::Allow, bool_of(set, kFlag));
  allow.overrides = {check::RuleId{0}};
  EXPECT_EQ(decided(set, record())["rules"][0]["status"], "overridden");
  EXPECT_EQ(decided(set, record())["decision"], "allow");
  check::Exception exception;
  exception.id = "p.e";
  exception.rules = {check::RuleId{0}};
  exception.on.push_back({check::KindId{0}, constant(true)});
  ASSERT_EQ(parse_timestamp("2026-06-01T12:00:00.000000001Z", exception.expires_ns), Fit::Good);
  set.exceptions.push_back(exception);
  const json decision = decided(set, record());
  EXPECT_EQ(decision["rules"][0]["by"], "p.e");
  EXPECT_EQ(decision["valid_until"], "2026-06-01T12:00:00.000000001Z");
}

TEST(Combination, BreakGlassLiftsForItsTime) {
  check::PolicySet set = base_set();
  add_rule(set, "p.a", Effect::Deny, constant(true)).mandatory = true;
  check::BreakGlass glass;
  glass.id = "p.g";
  glass.on.push_back({check::KindId{0}, constant(true)});
  glass.every = glass.even_mandatory = true;
  glass.duration_ns = 60 * kMinute;
  set.break_glass.push_back(glass);
  json rec = record();
  rec["glass"] = {{"by", "ann"}, {"reason", "fire"}, {"at", "2026-06-01T11:00:00.000000001Z"}};
  EXPECT_EQ(decided(set, rec)["rules"][0]["status"], "excepted");
  EXPECT_EQ(decided(set, rec)["break_glass"], json({"p.g"}));
  EXPECT_EQ(decided(set, rec)["valid_until"], "2026-06-01T12:00:00.000000001Z");
  rec["glass"]["at"] = "2026-06-01T11:00:00Z";
  EXPECT_EQ(decided(set, rec)["decision"], "deny");
  rec["glass"]["at"] = kNow;
  rec["glass"]["reason"] = "";
  EXPECT_EQ(decided(set, rec)["decision"], "deny");
}

TEST(Combination, ApprovalsCountDistinctPeopleButNotTheActor) {
  check::PolicySet set = base_set();
  const check::RequirementId two = add_requirement(set, 2, 60 * kMinute);
  add_rule(set, "p.r", Effect::Require, constant(true)).on[0].requirements = {{two}};
  json rec = record();
  rec["approvals"] = {approval("ann", kNow), approval("bob", kNow), approval("bob", kNow),
                      approval("cy", "2026-06-01T10:59:59Z"), approval("di", "2026-06-01T12:00:01Z")};
  const json decision = decided(set, rec);
  EXPECT_EQ(decision["decision"], "hold");
  EXPECT_EQ(decision["missing"][0]["any_of"][0]["have"], 1);
  EXPECT_EQ(decision["valid_until"], "2026-06-01T12:00:01Z");
  rec["approvals"].push_back(approval("eve", "2026-06-01T11:00:00Z"));
  EXPECT_EQ(decided(set, rec)["decision"], "allow");
  EXPECT_EQ(decided(set, rec)["valid_until"], "2026-06-01T12:00:00.000000001Z");  // eve's is too old then
}

// Every pair of effects, modes and truths: adding a deny never turns a decision that is not `allow` into one.
TEST(Laws, AddingADenyNeverNewlyAllows) {
  const std::vector<Effect> effects = {Effect::Deny,  Effect::Require, Effect::Hold,
                                       Effect::Allow, Effect::Warn,    Effect::Oblige};
  const std::vector<syntax::Mode> modes = {syntax::Mode::Off, syntax::Mode::Shadow, syntax::Mode::Advisory,
                                           syntax::Mode::Enforce};
  int tried = 0;
  for (const Effect effect : effects)
    for (const syntax::Mode mode : modes)
      for (int truth = 0; truth < 3; ++truth)
        for (const bool default_allow : {false, true})
          for (int count = 0; count < 4; ++count) {
            check::PolicySet set = base_set();
            set.kinds[0].default_outcome = default_allow ? syntax::OutcomeWord::Allow : syntax::OutcomeWord::Deny;
            const check::RequirementId one = add_requirement(set, 1);
            check::Rule& rule =
                add_rule(set, "p.a", effect, truth == 2 ? bool_of(set, kSignalValue) : constant(truth == 1));
            rule.mode = mode;
            if (effect == Effect::Require) rule.on[0].requirements = {{one}};
            if (effect == Effect::Hold) rule.on[0].until = bool_of(set, kFlag);
            json rec = record();
            rec["count"] = count;
            const json before = decided(set, rec);
            add_rule(set, "p.z", Effect::Deny, count_at_least(set, 2));
            const json after = decided(set, rec);
            EXPECT_TRUE(before["decision"] == "allow" || after["decision"] != "allow") << before << after;
            EXPECT_EQ(after["decision"] == "deny", before["decision"] == "deny" || count >= 2) << before << after;
            ++tried;
          }
  EXPECT_EQ(tried, 6 * 4 * 3 * 2 * 4);
}

TEST(Laws, WouldIsTheDecisionWithTheModeChanged) {
  for (const Effect effect : {Effect::Deny, Effect::Require, Effect::Hold, Effect::Allow})
    for (const bool flag : {false, true}) {
      check::PolicySet set = base_set();
      const check::RequirementId one = add_requirement(set, 1);
      add_rule(set, "p.a", Effect::Deny, bool_of(set, kFlag));
      check::Rule& rule = add_rule(set, "p.b", effect, constant(true));
      rule.mode = syntax::Mode::Shadow;
      if (effect == Effect::Require) rule.on[0].requirements = {{one}};
      if (effect == Effect::Hold) rule.on[0].until = bool_of(set, kFlag);
      if (effect == Effect::Allow) rule.overrides = {check::RuleId{0}};
      json rec = record();
      rec["flag"] = flag;
      const json shadow = decided(set, rec);
      set.rules[1].mode = syntax::Mode::Enforce;
      EXPECT_EQ(shadow["would"], decided(set, rec)["decision"]);
      EXPECT_EQ(shadow["rules"].back()["would"], shadow["would"]);
    }
}

// ---- time ----

check::PolicySet window_set() {
  check::PolicySet set = base_set();
  check::Zone zone;
  zone.name = "Europe/London";
  int64_t spring = 0, autumn = 0;
  EXPECT_EQ(parse_timestamp("2026-03-29T01:00:00Z", spring), Fit::Good);
  EXPECT_EQ(parse_timestamp("2026-10-25T01:00:00Z", autumn), Fit::Good);
  zone.rows = {{set.horizon_from_ns, 0}, {spring, 3600}, {autumn, 0}};
  set.zones.push_back(zone);
  check::Window window;
  window.name = "nights";
  check::WindowStep step;
  step.zone = zone.name;
  for (uint32_t day = 0; day < 7; ++day)
    step.minutes.push_back({day * 1440 + 1410, day * 1440 + 1440 + 90});  // 23:30 to 01:30
  window.steps.push_back(step);
  set.windows.push_back(window);
  Condition in;
  in.kind = Condition::Kind::InWindow;
  add_rule(set, "p.a", Effect::Deny, in);
  return set;
}

TEST(Time, WindowsAcrossMidnightAndDaylightSaving) {
  const check::PolicySet set = window_set();
  const auto inside = [&](const char* text) {
    int64_t ns = 0;
    EXPECT_EQ(parse_timestamp(text, ns), Fit::Good);
    return in_window(set, check::WindowId{0}, ns);
  };
  EXPECT_TRUE(inside("2026-01-05T01:29:59.999999999Z"));
  EXPECT_FALSE(inside("2026-01-05T01:30:00Z"));
  EXPECT_TRUE(inside("2026-03-28T23:30:00Z"));
  EXPECT_TRUE(inside("2026-03-29T00:59:59Z"));
  EXPECT_FALSE(inside("2026-03-29T01:00:00Z"));  // 01:00 does not exist; it is 02:00
  EXPECT_TRUE(inside("2026-10-25T00:29:59Z"));   // 01:29:59, first of two
  EXPECT_FALSE(inside("2026-10-25T00:30:00Z"));
  EXPECT_TRUE(inside("2026-10-25T01:00:00Z"));  // 01:00 again
  EXPECT_FALSE(inside("2026-10-25T01:30:00Z"));
}

// valid_until against a walk in small steps, around both clock changes and at the horizon's end.
TEST(Time, ValidUntilAgreesWithASlowWalk) {
  const check::PolicySet set = window_set();
  for (const char* begin :
       {"2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z", "2026-10-25T00:10:00Z", "2037-12-31T22:00:00Z"}) {
    int64_t at = 0;
    ASSERT_EQ(parse_timestamp(begin, at), Fit::Good);
    json rec = record();
    rec["time"] = timestamp_text(at);
    const json now = decided(set, rec);
    int64_t walk = at;
    do {
      walk += 5 * kMinute;
      rec["time"] = timestamp_text(walk);
    } while (decided(set, rec)["decision"] == now["decision"]);
    EXPECT_EQ(now["valid_until"], timestamp_text(walk)) << begin;
  }
}

TEST(Time, OutsideTheHorizonIsAnError) {
  const check::PolicySet set = window_set();
  json rec = record();
  rec["time"] = "2038-01-01T00:00:00Z";
  EXPECT_EQ(decided(set, rec)["error"]["code"], "outside-horizon");
  rec["time"] = "2037-12-31T22:30:00Z";
  EXPECT_EQ(decided(set, rec)["valid_until"], "2037-12-31T23:30:00Z");
}

}  // namespace
}  // namespace guard::reference
