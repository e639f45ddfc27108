// What the checker makes of sources that are right: conditions, leaves, windows, requirements, messages, records.
#include <gtest/gtest.h>

#include <algorithm>

#include "check_support.hpp"

namespace guard::checktest {
namespace {

using check::LeafId;
using check::PolicySet;
using check::Rule;

const Rule& rule(const PolicySet& set, const std::string& id) {
  const auto it = std::find_if(set.rules.begin(), set.rules.end(), [&](const Rule& r) { return r.id == id; });
  static const Rule kNone;
  return it == set.rules.end() ? kNone : *it;
}

// ---- conditions ----

struct Shape {
  const char* condition;
  const char* expected;
};

class Shapes : public testing::TestWithParam<Shape> {};
TEST_P(Shapes, AreAsTheModelSays) {
  EXPECT_EQ(
      shape_of_rule(
          std::string("window office = mon in \"UTC\"\ndefine warm = hot or cold\nlet few = { \"b\", \"a\", \"a\" "
                      "}\nlet more = { few, \"c\" }\nlet half = 50\n"
                      "rule keep on deploy warn when now in office and warm and service in more and canary > half\n"
                      "rule r on deploy warn when ") +
          GetParam().condition + "\n"),
      GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, Shapes,
    testing::Values(
        Shape{"hot", "hot"}, Shape{"not hot", "(not hot)"}, Shape{"hot == true", "hot"},
        Shape{"hot != true", "(not hot)"}, Shape{"false == hot", "(not hot)"}, Shape{"true", "true"},
        Shape{"hot == cold", "(or (and hot cold) (and (not hot) (not cold)))"},
        Shape{"hot and (cold and canary > 5) or not not hot", "(or (and hot cold (canary > 5)) (not (not hot)))"},
        Shape{"hot implies cold", "(or (not hot) cold)"}, Shape{"warm and hot", "(and (or hot cold) hot)"},
        Shape{"service == \"a\"", "(service in [a])"}, Shape{"\"a\" != service", "(not (service in [a]))"},
        Shape{"service in { \"b\", \"a\", \"b\" }", "(service in [a b])"},
        Shape{"service in more", "(service in [a b c])"}, Shape{"service not in few", "(not (service in [a b]))"},
        Shape{"5 < canary", "(canary > 5)"}, Shape{"canary <= half", "(canary <= 50)"},
        Shape{"canary != 5", "(canary != 5)"}, Shape{"canary in { 7, 5 }", "(canary in [5 7])"},
        Shape{"share < 1.5", "(share < 150)"}, Shape{"share >= -2", "(share >= -200)"},
        Shape{"environment == production", "(environment == 2)"},
        Shape{"environment in { staging, dev }", "(environment in [0 1])"}, Shape{"level >= middle", "(level >= 1)"},
        Shape{"level > wished", "(1*level -1*wished > 0)"}, Shape{"level == wished", "(level same-word wished)"},
        Shape{"level != wished", "(not (level same-word wished))"},
        Shape{"release < \"1.0.0\"", "(release ver< 1.0.0)"}, Shape{"release != \"1.0.0\"", "(release ver!= 1.0.0)"},
        Shape{"release in { \"2.0.0\", \"1.0.0\" }", "(release ver-in [1.0.0 2.0.0])"},
        Shape{"old is present and old <= release", "(and (present old) (old ver<= release))"},
        Shape{"old is missing", "(not (present old))"}, Shape{"service == actor.id", "(service same actor.id)"},
        Shape{"service != actor.id", "(not (service same actor.id))"},
        Shape{"time > 2026-01-01T00:00:00Z", "(time > 1767225600000000000)"},
        Shape{"took >= 1m", "(took >= 60000000000)"},
        Shape{"staged is present and time - staged >= 1s", "(and (present staged) (1*time -1*staged >= 1000000000))"},
        Shape{"staged is present and 1s since staged", "(and (present staged) (1*time -1*staged >= 1000000000))"},
        Shape{"staged is present and now > staged + 1s", "(and (present staged) (1*time -1*staged > 1000000000))"},
        Shape{"canary + 5 > 10", "(canary > 5)"}, Shape{"10 - canary >= 3", "(canary <= 7)"},
        Shape{"2 * canary + 1 < 100", "(2*canary < 99)"}, Shape{"canary + canary > 9", "(2*canary > 9)"},
        Shape{"canary > share", "(100*canary -1*share > 0)"},
        Shape{"0.5 * canary > share + 1.25", "(50*canary -1*share > 125)"},
        Shape{"canary * 1s > took", "(1000000000*canary -1*took > 0)"},
        Shape{"service starts with \"a\"", "(service starts a)"}, Shape{"service ends with \"a\"", "(service ends a)"},
        Shape{"service contains \"a\"", "(service contains a)"}, Shape{"service matches \"a*\"", "(service glob a*)"},
        Shape{"service matches /a+/", "(service regex a+)"}, Shape{"\"a\" in tags", "(tags any [a])"},
        Shape{"80 not in ports", "(not (ports any [80]))"}, Shape{"tags has all few", "(tags all [a b])"},
        Shape{"ports has any { 443, 80 }", "(ports any [80 443])"}, Shape{"tags is empty", "(empty tags)"},
        Shape{"tags is not empty", "(not (empty tags))"}, Shape{"parts is empty", "(empty parts)"},
        Shape{"approvals is not empty", "(not (empty approvals))"}, Shape{"time in office", "(in office)"},
        Shape{"now not in office", "(not (in office))"}, Shape{"load is missing", "(missing load)"},
        Shape{"load is present", "(not (missing load))"}, Shape{"load is stale", "(stale load)"},
        Shape{"incident is not fresh", "(not (fresh incident))"}, Shape{"load > 5", "(load > 5)"},
        Shape{"incident.severity == high", "(incident.severity == 2)"},
        Shape{"\"a\" in incident.tags", "(incident.tags any [a])"}, Shape{"origin is present", "(present origin)"},
        Shape{"origin.host is present", "(present origin)"},
        Shape{"origin.port is missing", "(not (present origin.port))"},
        Shape{"any p in parts: p.size > 5 and hot", "(any parts (and (row.size > 5) hot))"},
        Shape{"all p in parts: p.got is present", "(all parts (present row.got))"},
        Shape{"at least 2 p in parts: p.name == service", "(at-least 2 parts (row.name same service))"},
        Shape{"at most 0 t in tags: t matches \"a*\"", "(at-most 0 tags (element glob a*))"},
        Shape{"exactly 1 x in ports: x < 1024", "(exactly 1 ports (element < 1024))"},
        Shape{"any p in parts: any l in p.labels: l == p.name", "(any parts (any row.labels (element same row.name)))"},
        Shape{"approvals has 2 from { \"dba\" }", "(approvals 2 [dba])"}));

TEST(Conditions, AtomsCarryTheirTextOnOneLine) {
  const Outcome outcome = check_policy("rule r on deploy warn when hot and\n  canary   // a comment\n  >  5\n");
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_EQ(rule(*outcome.set, "p.r").on[0].condition.children[1].text, "canary > 5");
}

TEST(Conditions, AttributesAsTheyAreNeverOverflow) {
  const Outcome outcome = check_text(
      "schema s\ndefault allow\naction k { time: timestamp now, a: int, b: int, c: decimal(18, 18) }\npolicy p\nrule r "
      "on k warn when a < b and b != a and a > c\n");
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_EQ(shape(*outcome.set, outcome.set->rules[0].on[0].condition),
            "(and (1*a -1*b < 0) (1*b -1*a != 0) (1000000000000000000*a -1*c > 0))");
}

TEST(Conditions, LookupsNameTheirTable) {
  const Outcome outcome = check_policy(
      "data inv from \"i.json\": map<string, record { note: string?, tier: int }>\n"
      "rule r on deploy warn when inv[service] is present and inv[service].tier > 1 and (any p in parts: "
      "inv[p.name].note is missing)\n",
      {{{"i.json", R"({"b": {"tier": 2}, "a": {"tier": 1, "note": "x"}})"}}, {}});
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_EQ(shape(*outcome.set, rule(*outcome.set, "p.r").on[0].condition),
            "(and (present inv[service].tier) (inv[service].tier > 1) (any parts (not (present inv[row.name].note))))");
  const check::DataTable& table = outcome.set->data[0];
  EXPECT_EQ(table.rows.size(), 2u);
  EXPECT_FALSE(table.rows.at("b")[0].present);
  EXPECT_EQ(table.rows.at("a")[0].constant.text, "x");
  EXPECT_EQ(table.rows.at("b")[1].constant.number, 2);
  EXPECT_EQ(table.sha256.size(), 64u);
}

// ---- schema ----

TEST(Schema, LeavesAreFlattenedParentsFirst) {
  const Outcome outcome = check_text(R"(schema s
default deny
default allow on b
kind at "/type"
unguarded b
record R { x: int 0..5, y: string? sensitive at "/deep/y" }
action { time: timestamp now at "/t" }
action a { r: R?, signal g: R max age 1m, signal h: decimal(4, 2) max age 2m, l: list<record { q: R? }> }
action b { e: enum { one < two } }
policy p
owner "team"
rule r on a deny because "no"
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const PolicySet& set = *outcome.set;
  EXPECT_EQ(set.kind_json, std::vector<std::string>{"type"});
  EXPECT_EQ(set.kinds[0].default_outcome, syntax::OutcomeWord::Deny);
  EXPECT_EQ(set.kinds[1].default_outcome, syntax::OutcomeWord::Allow);
  EXPECT_TRUE(set.kinds[1].unguarded);
  std::string leaves;
  for (const check::Leaf& leaf : set.kinds[0].leaves) {
    std::string json;
    for (const std::string& key : leaf.json) json += "/" + key;
    leaves += leaf.path + (leaf.optional ? "?" : "") + (leaf.sensitive ? "!" : "") + " " + json +
              (leaf.parent == check::kNoLeaf ? "" : " in " + std::to_string(static_cast<uint32_t>(leaf.parent))) +
              (leaf.signal == check::kNoLeaf ? "" : " of " + std::to_string(static_cast<uint32_t>(leaf.signal))) + "\n";
  }
  EXPECT_EQ(leaves,
            "time /t\n"
            "r? /r\n"
            "r.x /r/x in 1\n"
            "r.y?! /r/deep/y in 1\n"
            "g /g\n"
            "g.x /g/value/x in 4 of 4\n"
            "g.y?! /g/value/deep/y in 4 of 4\n"
            "h /h\n"
            "h /h/value in 7 of 7\n"
            "l /l\n");
  EXPECT_EQ(set.kinds[0].leaves[9].columns.size(), 3u);
  EXPECT_EQ(set.kinds[0].leaves[9].columns[1].path, "q.x");
  EXPECT_EQ(set.kinds[0].leaves[8].type.max, 9999);
  EXPECT_EQ(set.kinds[0].leaves[7].max_age_ns, 120'000'000'000);
  EXPECT_EQ(set.enums[0].name, "b.e");
  EXPECT_TRUE(set.enums[0].ordered);
  EXPECT_EQ(set.rules[0].owner, "team");
}

TEST(Schema, MarksAreResolved) {
  const Outcome outcome = check_policy("rule r on deploy warn\n");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const check::Kind& kind = outcome.set->kinds[0];
  const auto path = [&](LeafId id) { return kind.leaves[static_cast<uint32_t>(id)].path; };
  EXPECT_EQ(path(kind.now), "time");
  EXPECT_EQ(path(kind.actor), "actor.id");
  EXPECT_EQ(path(kind.approvals), "approvals");
  EXPECT_EQ(path(kind.break_glass), "emergency");
  EXPECT_EQ(path(kind.break_glass_at), "emergency.at");
  EXPECT_EQ(kind.leaves[static_cast<uint32_t>(kind.approvals)].columns[kind.approval_at].path, "at");
}

// ---- rules ----

TEST(Rules, RequirementsAreSharedAndSorted) {
  const Outcome outcome = check_policy(R"(
let dbas = { "dba", "admin" }
rule r on deploy, migrate
  require 2 approvals from dbas within 24h excluding author
  require 1 approval from { "a" } or 3 approvals from { "b" } including the actor
  because "no"
rule s on deploy
  allow require 1 approval from { "a" }
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const PolicySet& set = *outcome.set;
  const Rule& r = rule(set, "p.r");
  ASSERT_EQ(r.on.size(), 2u);
  ASSERT_EQ(r.on[0].requirements.size(), 2u);
  EXPECT_EQ(r.on[0].requirements[1].size(), 2u);
  const check::Requirement& first = set.requirements[static_cast<uint32_t>(r.on[0].requirements[0][0])];
  EXPECT_EQ(first.from, (std::vector<std::string>{"admin", "dba"}));
  EXPECT_EQ(first.within_ns, 86'400'000'000'000);
  EXPECT_EQ(first.text, "2 approvals from dbas within 24h excluding author");
  EXPECT_TRUE(set.requirements[static_cast<uint32_t>(r.on[0].requirements[1][1])].including_actor);
  EXPECT_EQ(rule(set, "p.s").on[0].requirements[0][0], r.on[0].requirements[1][0]);
  EXPECT_EQ(set.requirements.size(), 6u);
}

TEST(Rules, MessagesNameWhatTheyQuote) {
  const Outcome outcome = check_policy(R"(
let allowed = { "b", "a" }
rule r on deploy
  deny unless (all p in parts: p.size < 5) and not (any t in tags: t == "x")
  because "{{{allowed}}} {service}: {p.name}, {t}"
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const auto& parts = rule(*outcome.set, "p.r").on[0].message;
  ASSERT_EQ(parts.size(), 6u);
  EXPECT_EQ(parts[0].text, "{a, b} ");
  EXPECT_EQ(parts[1].operand.text, "service");
  EXPECT_EQ(parts[3].quantifier, 0u);
  EXPECT_FALSE(parts[3].witness_is);
  EXPECT_EQ(parts[5].quantifier, 1u);
  EXPECT_TRUE(parts[5].witness_is);
}

TEST(Rules, SignalsThatAConditionReads) {
  const Outcome outcome = check_policy(
      "rule r on deploy deny when incident.severity == high or load is missing or load > 5 because \"{load}\" if "
      "missing: hold\nrule s on deploy warn when load is stale\n");
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_EQ(rule(*outcome.set, "p.r").on[0].signals.size(), 2u);
  EXPECT_EQ(rule(*outcome.set, "p.r").if_missing, syntax::MissingPolicy::Hold);
  EXPECT_TRUE(rule(*outcome.set, "p.s").on[0].signals.empty());
}

TEST(Rules, TemplatesMakeRules) {
  const Outcome outcome = check_policy(R"(
template sized(most: int, teams: set<string>, env: Environment) on deploy
  deny when canary > most and actor.groups has any teams and environment == env
  because "{most} for {teams} in {env}"
use sized(most: 5, teams: { "b", "a" }, env: production) as small
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const Rule& small = rule(*outcome.set, "p.small");
  EXPECT_EQ(shape(*outcome.set, small.on[0].condition),
            "(and (canary > 5) (actor.groups any [a b]) (environment == 2))");
  EXPECT_EQ(small.on[0].message[0].text, "5 for a, b in production");
}

TEST(Rules, ModesExceptionsAndBreakGlass) {
  const Outcome outcome = check_policy(R"(
rule r on deploy, migrate deny because "no" mode shadow until 2026-03-29 01:30 in "Europe/London" accept dead-condition because "known"
rule s on deploy deny because "no" mandatory
exception e for r when environment == dev expires 2026-07-01 in "Europe/London" owner "a" reason "b"
break glass g on deploy who actor.id == "ann" when hot lifts r, s even mandatory for 2h oblige postmortem = true
rule t on deploy allow overrides r
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const PolicySet& set = *outcome.set;
  EXPECT_EQ(rule(set, "p.r").mode_until_ns,
            1774746000000000000);  // 01:30 does not exist: the clock is put forward at 01:00Z
  EXPECT_EQ(rule(set, "p.r").accepted[0].check, "dead-condition");
  EXPECT_EQ(set.exceptions[0].expires_ns, 1782860400000000000);  // midnight in summer
  EXPECT_EQ(set.exceptions[0].on.size(), 2u);
  EXPECT_EQ(set.break_glass[0].rules.size(), 2u);
  EXPECT_EQ(shape(set, set.break_glass[0].on[0].condition), "(and (actor.id in [ann]) hot)");
  EXPECT_EQ(rule(set, "p.t").overrides.size(), 1u);
}

TEST(Rules, TheBaselineIsMandatory) {
  const std::string text =
      std::string(kSchema) +
      "//--- org.guard\npolicy org\nrule o on deploy, migrate deny because \"no\"\nrule a on deploy allow\n//--- "
      "team.guard\npolicy p\nrule r on deploy deny because \"no\"\nrule s on deploy allow overrides r";
  const Outcome outcome = check_text(text, {{}, {"org.guard"}});
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_TRUE(rule(*outcome.set, "org.o").mandatory);
  EXPECT_FALSE(rule(*outcome.set, "org.a").mandatory);
  EXPECT_FALSE(rule(*outcome.set, "p.r").mandatory);
  const Outcome refused = check_text(text + ", org.«not-overridable»o\n", {{}, {"org.guard"}});
  EXPECT_EQ(refused.got.size(), 1u) << refused.text;
}

TEST(Rules, TheOrderOfFilesMeansNothing) {
  const std::string a =
      "policy a\nlet x = 5\nrule r on deploy warn when canary > x\nrule q on migrate deny because \"no\"\nassume on "
      "deploy: canary >= 0\n";
  const std::string b =
      "policy b\nwindow w = mon in \"UTC\"\nrule r on deploy require 1 approval from { \"a\" } because \"no\"\nrule q "
      "on deploy allow overrides r when now in w\ncover deploy\n";
  const auto ids = [](const Outcome& outcome) {
    std::string out;
    if (!outcome.set) return outcome.text;
    for (const Rule& r : outcome.set->rules) out += r.id + " " + shape(*outcome.set, r.on[0].condition) + "\n";
    for (const auto& source : outcome.set->sources) out += source.path + " " + source.sha256 + "\n";
    return out;
  };
  const std::string schema = kSchema;
  const Outcome one = check_text("//--- 1.guard\n" + schema + "//--- 2.guard\n" + a + "//--- 3.guard\n" + b);
  const Outcome two = check_text("//--- 3.guard\n" + b + "//--- 1.guard\n" + schema + "//--- 2.guard\n" + a);
  EXPECT_EQ(ids(one), ids(two));
  ASSERT_TRUE(one.set) << one.text;
  EXPECT_EQ(one.set->sources.size(), 3u);
}

// ---- windows ----

TEST(Windows, AreStepsInOrder) {
  const Outcome outcome = check_policy(R"(
window base = mon..tue 09:00 to 17:30 in "Europe/London" except 2026-12-25
window w = base or fri..sun 22:00 to 05:00 or 2026-12-18 18:00 to 2027-01-04 09:00 in "America/New_York" except sat
rule r on deploy warn when now in w
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const PolicySet& set = *outcome.set;
  ASSERT_EQ(set.windows.size(), 2u);
  const check::Window& base = set.windows[0];
  ASSERT_EQ(base.steps.size(), 2u);
  EXPECT_EQ(base.steps[0].minutes, (std::vector<std::pair<uint32_t, uint32_t>>{{540, 1050}, {1980, 2490}}));
  EXPECT_TRUE(base.steps[1].exclude);
  EXPECT_EQ(base.steps[1].day, 20812);
  EXPECT_EQ(base.steps[1].zone, "Europe/London");
  const check::Window& w = set.windows[1];
  EXPECT_EQ(
      w.text,
      "base or fri..sun 22:00 to 05:00 or 2026-12-18 18:00 to 2027-01-04 09:00 in \"America/New_York\" except sat");
  EXPECT_EQ(w.steps[0].kind, check::WindowStep::Kind::Window);
  EXPECT_EQ(w.steps[1].zone, "America/New_York");
  EXPECT_EQ(w.steps[1].minutes.back(), (std::pair<uint32_t, uint32_t>{6 * 1440 + 1320, 7 * 1440 + 300}));
  EXPECT_EQ(w.steps[2].from_ns, 1797634800000000000);  // 2026-12-18T23:00:00Z
  ASSERT_EQ(set.zones.size(), 2u);
  EXPECT_EQ(set.zones[1].name, "Europe/London");
  EXPECT_EQ(set.zones[1].rows.front().from_ns, set.horizon_from_ns);
  EXPECT_EQ(set.zones[1].rows.size(), 33u);  // two changes in each of 16 years
  EXPECT_NE(set.tzdata_version, "");
}

TEST(Windows, EndsAtFoldsAndGaps) {
  const Outcome outcome = check_policy(R"(
window w = 2026-03-29 01:30 to 2026-10-25 01:30 in "Europe/London"
rule r on deploy warn when now in w
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  EXPECT_EQ(outcome.set->windows[0].steps[0].from_ns, 1774746000000000000);  // the transition, 01:00Z
  EXPECT_EQ(outcome.set->windows[0].steps[0].to_ns, 1792888200000000000);    // the first 01:30, 00:30Z
}

// ---- records ----

TEST(Tests, RecordsBecomeJson) {
  const Outcome outcome = check_text(R"(schema s
default allow
kind at "/meta/type"
enum E { x, y }
record R { a: int, b: string? }
action k {
  time: timestamp now at "/meta/at", r: R, o: R?, e: E, set: set<string>, d: decimal(4, 2), took: duration, l: list<R>,
  signal n: int max age 5m, signal m: R max age 5m
}
policy p
rule q on k warn
let names = { "u", "v" }
fixture inner = { a: 1, b: "x" }
fixture base = k { time: 2026-01-01T00:00:00+01:00, r: inner, e: y, set: { names, "w" }, d: 1.5, took: -90s, l: [inner, inner with { b: missing }] }
test "t" {
  given base
  expect allow
  given base with { r: { a: 2 }, o: {}, n: 5, m: { a: 3 } as of 2026-01-01T00:00:00.5Z, l: [], time: missing }
  expect error
}
test "u" {
  given base with { r: { a: 2 }, n: 5, e: missing }
  expect deny by q
  expect q is silent
  expect oblige page = 1h30m
  given json "{}" as k
  expect error "missing-attribute"
}
)");
  ASSERT_FALSE(outcome.set);
  EXPECT_EQ(outcome.got.size(), 1u) << outcome.text;  // the second action has no instant for its signal
  EXPECT_EQ(outcome.got[0].substr(0, 11), "needs-as-of");
}

TEST(Tests, WithMergesDeeplyAndMissingRemoves) {
  const Outcome outcome = check_text(R"(schema s
default allow
kind at "/meta/type"
enum E { x, y }
record R { a: int, b: string? }
action k {
  time: timestamp now at "/meta/at", r: R, o: R?, e: E, set: set<string>, d: decimal(4, 2), took: duration, l: list<R>,
  signal n: int max age 5m, signal m: R max age 5m
}
policy p
rule q on k warn
let names = { "u", "v" }
fixture inner = { a: 1, b: "x" }
fixture base = k { time: 2026-01-01T00:00:00+01:00, r: inner, e: y, set: { names, "w" }, d: 1.5, took: -90s, l: [inner, inner with { b: missing }] }
test "t" {
  given base
  expect allow
  given base with { r: { a: 2 }, o: {}, n: 5, m: { a: 3 } as of 2026-01-01T00:00:00.5Z, l: [], e: missing }
  expect deny by q
  expect q is silent
  expect oblige page = 1h30m
  given json "{}" as k
  expect error "missing-attribute"
}
)");
  ASSERT_TRUE(outcome.set) << outcome.text;
  const auto& cases = outcome.set->tests[0].cases;
  ASSERT_EQ(cases.size(), 3u);
  EXPECT_EQ(
      cases[0].json,
      R"({"meta":{"type":"k","at":"2025-12-31T23:00:00Z"},"r":{"a":1,"b":"x"},"e":"y","set":["u","v","w"],"d":1.50,"took":"-1m30s","l":[{"a":1,"b":"x"},{"a":1}]})");
  EXPECT_EQ(
      cases[1].json,
      R"({"meta":{"type":"k","at":"2025-12-31T23:00:00Z"},"r":{"a":2,"b":"x"},"set":["u","v","w"],"d":1.50,"took":"-1m30s","l":[],"o":{},"n":{"value":5,"as_of":"2025-12-31T23:00:00Z"},"m":{"value":{"a":3},"as_of":"2026-01-01T00:00:00.500Z"}})");
  EXPECT_EQ(cases[1].expectations.size(), 3u);
  EXPECT_EQ(cases[1].expectations[2].obligation_json, "\"1h30m\"");
  EXPECT_EQ(cases[2].kind, "k");
  EXPECT_EQ(cases[2].expectations[0].error, "missing-attribute");
}

// ---- budgets ----

TEST(Limits, DefinesThatDoubleEndQuickly) {
  std::string text = "define d0 = hot and cold\n";
  for (int i = 1; i < 60; ++i) {
    const std::string last = "d" + std::to_string(i - 1);
    text += "define d" + std::to_string(i) + " = " + last + " and not " + last + "\n";
  }
  const Outcome outcome = check_policy(text + "rule r on deploy warn when «limit-exceeded»d59\n");
  EXPECT_EQ(outcome.got, outcome.expected) << outcome.text;
}

TEST(Limits, DefinesThatNestTooDeep) {
  std::string text = "define d0 = hot\n";
  for (int i = 1; i < 400; ++i) text += "define d" + std::to_string(i) + " = not d" + std::to_string(i - 1) + "\n";
  const Outcome outcome = check_policy(text + "rule r on deploy warn when d399\n");
  ASSERT_EQ(outcome.got.size(), 1u) << outcome.text;
  EXPECT_EQ(outcome.got[0].substr(0, 14), "limit-exceeded");
}

}  // namespace
}  // namespace guard::checktest
