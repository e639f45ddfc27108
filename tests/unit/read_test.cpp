// The reader (runtime/read): what each record gives, every read error with its pointer, their order, and the limits.
#include "guardvm/limits.hpp"
#include "read/values.hpp"
#include "read_harness.hpp"

namespace guardvm::test {
namespace {

constexpr std::string_view kDeploy =
    R"({"kind":"deploy","service":"checkout","environment":"production","actor":{"id":"ann","kind":"human","groups":["b","a","b"]},)"
    R"("commit":{"sha":"abc","branch":"main","tags":[],"signature":"good"},"time":"2026-03-02T09:30:00Z",)"
    R"("approvals":[{"by":"bob","groups":["dba"],"at":"2026-03-02T09:00:00.5+01:00"},{"at":"2026-03-02T08:00:00Z","groups":[],"by":"eve"}],)"
    R"("incident":{"value":{"severity":"major","open":3},"as_of":"2026-03-02T09:29:00Z"},"error_budget":null,"version":"1.2.3",)"
    R"("previous":null,"canary":10,"dependencies":[{"service":"x","required":"1.0.0","owner":{"team":"core"}}],"soak":"1h30m"})";

std::string edited(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

TEST(Reader, ReadsEveryTypeIntoItsSlot) {
  Harness h = pipeline();
  ASSERT_EQ(h.summary(kDeploy), "ok");
  EXPECT_TRUE(h.reader().kind_known());
  const Action& action = h.read(kDeploy).action;
  EXPECT_EQ(action.kind, 0u);
  EXPECT_EQ(h.slot("service").string(), "checkout");
  EXPECT_EQ(h.slot("environment").number, 2);
  EXPECT_EQ(h.slot("time").number, 1772443800 * kSecond_ns);
  const Slot groups = h.slot("actor.groups");
  ASSERT_EQ(groups.size, 2u);
  EXPECT_EQ(action.elements[groups.first].string(), "a");
  EXPECT_EQ(action.elements[groups.first + 1].string(), "b");
  EXPECT_TRUE(h.slot("commit.tags").present);
  EXPECT_EQ(h.slot("commit.tags").size, 0u);
  EXPECT_EQ(h.slot("incident").number, 1772443740 * kSecond_ns);
  EXPECT_EQ(h.slot("incident.severity").number, 2);
  EXPECT_FALSE(h.slot("error_budget").present);
  EXPECT_FALSE(h.slot("error_budget.value").present);
  EXPECT_FALSE(h.slot("previous").present);
  EXPECT_FALSE(h.slot("break_glass").present);
  EXPECT_EQ(h.slot("version").string(), "1.2.3");
  EXPECT_EQ(h.slot("canary").number, 10);
  EXPECT_EQ(h.slot("soak").number, 5400 * kSecond_ns);
  const Slot approvals = h.slot("approvals");
  ASSERT_EQ(approvals.size, 2u);
  EXPECT_EQ(action.rows[approvals.first].string(), "bob");
  EXPECT_EQ(action.rows[approvals.first + 2].number, 1772438400 * kSecond_ns + 500'000'000);
  EXPECT_EQ(action.rows[approvals.first + 3].string(), "eve");
  const Slot dependencies = h.slot("dependencies");
  ASSERT_EQ(dependencies.size, 1u);
  EXPECT_FALSE(action.rows[dependencies.first + 2].present);
  EXPECT_TRUE(action.rows[dependencies.first + 3].present);
  EXPECT_EQ(action.rows[dependencies.first + 4].string(), "core");
  for (const Slot& slot : action.slots) EXPECT_EQ(slot.state, 0);
}

TEST(Reader, EveryErrorWithItsPointer) {
  struct Case {
    std::string from, to, expected;
  };
  const std::vector<Case> cases = {
      {"\"canary\":10", "\"canary\":101", "out-of-range /canary"},
      {"\"canary\":10", "\"canary\":-1", "out-of-range /canary"},
      {"\"canary\":10", "\"canary\":1.0", "wrong-type /canary"},
      {"\"canary\":10", "\"canary\":1e1", "wrong-type /canary"},
      {"\"canary\":10", "\"canary\":99999999999999999999", "out-of-range /canary"},
      {"\"canary\":10", "\"canary\":\"10\"", "wrong-type /canary"},
      {"\"canary\":10", "\"canary\":[10]", "wrong-type /canary"},
      {"\"canary\":10", "\"canary\":null", "null-value /canary"},
      {"\"canary\":10", "\"canary\":01", "malformed-json "},
      {"\"canary\":10,", "", "missing-attribute /canary"},
      {"\"environment\":\"production\"", "\"environment\":\"prod\"", "unknown-word /environment"},
      {"\"environment\":\"production\"", "\"environment\":\"Production\"", "unknown-word /environment"},
      {"\"environment\":\"production\"", "\"environment\":true", "wrong-type /environment"},
      {"\"environment\":\"production\",", "", "missing-attribute /environment"},
      {"\"id\":\"ann\",", "", "missing-attribute /actor/id"},
      {"\"id\":\"ann\"", "\"id\":7", "wrong-type /actor/id"},
      {"\"actor\":{", "\"actor\":null,\"x\":{", "null-value /actor"},
      {"\"actor\":{", "\"actor\":[],\"x\":{", "wrong-type /actor"},
      {"\"actor\":{", "\"x\":{", "missing-attribute /actor"},
      {"\"groups\":[\"b\",\"a\",\"b\"]", "\"groups\":\"a\"", "wrong-type /actor/groups"},
      {"\"groups\":[\"b\",\"a\",\"b\"]", "\"groups\":[\"a\",null]", "null-value /actor/groups/1"},
      {"\"groups\":[\"b\",\"a\",\"b\"]", "\"groups\":[\"a\",{}]", "wrong-type /actor/groups/1"},
      {"\"groups\":[\"b\",\"a\",\"b\"]", "\"groups\":[\"a\",]", "malformed-json "},
      {"\"time\":\"2026-03-02T09:30:00Z\"", "\"time\":\"2026-03-02T09:30:00\"", "bad-timestamp /time"},
      {"\"time\":\"2026-03-02T09:30:00Z\"", "\"time\":\"2026-02-30T09:30:00Z\"", "bad-timestamp /time"},
      {"\"time\":\"2026-03-02T09:30:00Z\"", "\"time\":\"1600-02-03T09:30:00Z\"", "bad-timestamp /time"},
      {"\"time\":\"2026-03-02T09:30:00Z\"", "\"time\":1772443800", "wrong-type /time"},
      {"\"time\":\"2026-03-02T09:30:00Z\"", "\"time\":null", "null-value /time"},
      {"\"version\":\"1.2.3\"", "\"version\":\"v1.2.3\"", "bad-version /version"},
      {"\"previous\":null", "\"previous\":\"1.2\"", "bad-version /previous"},
      {"\"soak\":\"1h30m\"", "\"soak\":\"30m1h\"", "bad-duration /soak"},
      {"\"approvals\":[", "\"approvals\":[null,", "null-value /approvals/0"},
      {"\"approvals\":[", "\"approvals\":[3,", "wrong-type /approvals/0"},
      {"\"by\":\"bob\",", "", "missing-attribute /approvals/0/by"},
      {",\"by\":\"eve\"", "", "missing-attribute /approvals/1/by"},
      {"\"at\":\"2026-03-02T08:00:00Z\"", "\"at\":\"soon\"", "bad-timestamp /approvals/1/at"},
      {"\"by\":\"eve\"", "\"by\":\"eve\",\"by\":\"eve\"", "duplicate-key /approvals/1/by"},
      {"\"by\":\"eve\"", "\"by\":\"eve\",\"~/\":{\"a\":1,\"b\":2,\"a\":3}", "duplicate-key /approvals/1/~0~1/a"},
      {"\"by\":\"eve\"", "\"by\":\"eve\",\"z\":1,\"\\u007a\":1", "duplicate-key /approvals/1/z"},
      {"\"service\":\"x\"", "\"s\\u0065rvice\":\"x\",\"service\":\"y\"", "duplicate-key /dependencies/0/service"},
      {"\"team\":\"core\"", "", "missing-attribute /dependencies/0/owner/team"},
      {"\"owner\":{\"team\":\"core\"}", "\"owner\":7", "wrong-type /dependencies/0/owner"},
      {"\"required\":\"1.0.0\"", "\"required\":\"1\"", "bad-version /dependencies/0/required"},
      {",\"as_of\":\"2026-03-02T09:29:00Z\"", "", "missing-attribute /incident/as_of"},
      {"\"value\":{\"severity\":\"major\",\"open\":3},", "", "missing-attribute /incident/value"},
      {"\"severity\":\"major\",", "", "missing-attribute /incident/value/severity"},
      {"\"open\":3", "\"open\":10001", "out-of-range /incident/value/open"},
      {"\"value\":{\"severity\":\"major\",\"open\":3}", "\"value\":null", "null-value /incident/value"},
      {"\"as_of\":\"2026-03-02T09:29:00Z\"", "\"as_of\":null", "null-value /incident/as_of"},
      {"\"error_budget\":null", "\"error_budget\":0.5", "wrong-type /error_budget"},
      {"\"error_budget\":null", "\"error_budget\":{\"value\":0.505,\"as_of\":\"2026-03-02T09:29:00Z\"}",
       "out-of-range /error_budget/value"},
      {"\"error_budget\":null", "\"error_budget\":{\"value\":100.01,\"as_of\":\"2026-03-02T09:29:00Z\"}",
       "out-of-range /error_budget/value"},
      {"\"error_budget\":null", "\"error_budget\":{\"value\":5e-1,\"as_of\":\"2026-03-02T09:29:00Z\"}",
       "wrong-type /error_budget/value"},
      {"\"error_budget\":null", "\"error_budget\":{\"value\":null,\"as_of\":\"2026-03-02T09:29:00Z\"}",
       "null-value /error_budget/value"},
      {"\"error_budget\":null", "\"break_glass\":{\"by\":\"ann\"}", "missing-attribute /break_glass/reason"},
      {"\"error_budget\":null", "\"break_glass\":{}", "missing-attribute /break_glass/by"},
      {"\"kind\":\"deploy\"", "\"kind\":\"deplay\"", "unknown-kind /kind"},
      {"\"kind\":\"deploy\"", "\"kind\":\"\"", "unknown-kind /kind"},
      {"\"kind\":\"deploy\"", "\"kind\":null", "null-value /kind"},
      {"\"kind\":\"deploy\"", "\"kind\":1", "wrong-type /kind"},
      {"\"kind\":\"deploy\",", "", "missing-kind /kind"},
      {"\"kind\":\"deploy\"", "\"kind\":\"deploy\",\"kind\":\"deploy\"", "duplicate-key /kind"},
      {"\"kind\":\"deploy\"", "\"kind\":\"deploy\",\"kind\":\"rollback\"", "duplicate-key /kind"},
      {"\"soak\":\"1h30m\"}", "\"soak\":\"1h30m\"} x", "trailing-bytes "},
      {"\"soak\":\"1h30m\"}", "\"soak\":\"1h30m\"},", "trailing-bytes "},
      {"\"soak\":\"1h30m\"}", "\"soak\":\"1h30m\"", "malformed-json "},
      {"\"soak\":\"1h30m\"}", "\"soak\":\"1h30m\",}", "malformed-json "},
      {"\"soak\":\"1h30m\"}", "\"soak\":\"1h30m\"]", "malformed-json "},
      {"\"soak\":\"1h30m\"", "\"soak\" \"1h30m\"", "malformed-json "},
      {"\"soak\":\"1h30m\"", "soak:\"1h30m\"", "malformed-json "},
      {"checkout", "check\xffout", "invalid-utf8 "},
      {"checkout", "check\\xout", "malformed-json "},
      {"checkout", "check\nout", "malformed-json "},
      {"checkout\",", "checkout\xc3\",", "invalid-utf8 "},
      {"\"checkout\"", "checkout", "malformed-json "},
      {"\"checkout\"", "\xff", "invalid-utf8 "},
  };
  Harness h = pipeline();
  for (const Case& c : cases)
    EXPECT_EQ(h.summary(edited(kDeploy, c.from, c.to)), c.expected) << c.from << " -> " << c.to;
  EXPECT_EQ(h.summary(kDeploy), "ok");
  for (const char* text : {"[]", "\"kind\"", "17", "true", "null", " -0.5e+7"})
    EXPECT_EQ(h.summary(text), "not-an-object ") << text;
  for (const char* text : {"", " ", "x", "\"kind", "tru", "-", "{", "{\"kind\"", "{\"kind\":", "{\"kind\":\"deploy",
                           "}", "\xef\xbb\xbf{}"})
    EXPECT_EQ(h.summary(text), "malformed-json ") << text;
  EXPECT_EQ(h.summary("{}"), "missing-kind /kind");
}

TEST(Reader, TheFirstErrorInTheOrderOfBytes) {
  Harness h = pipeline();
  // Two values that do not fit; then one before and one after the kind, one before what is no JSON, and duplicates
  // between.
  EXPECT_EQ(h.summary(R"({"kind":"deploy","canary":"x","service":1})"), "wrong-type /canary");
  EXPECT_EQ(h.summary(R"({"canary":"x","kind":"deploy","service":1})"), "wrong-type /canary");
  EXPECT_EQ(h.summary(R"({"canary":"x","canary":1,"kind":"deploy"})"), "wrong-type /canary");
  EXPECT_EQ(h.summary(R"({"canary":"x","canary":1,"kind":"nope"})"), "duplicate-key /canary");
  EXPECT_EQ(h.summary(R"({"canary":"x","kind":"nope","canary":1})"), "unknown-kind /kind");
  EXPECT_EQ(h.summary(R"({"canary":"x","kind":"deploy",)"), "wrong-type /canary");
  EXPECT_EQ(h.summary(R"({"canary":"x",)"), "malformed-json ");
  EXPECT_EQ(h.summary(R"({"canary":"x"} 1)"), "trailing-bytes ");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","x":1,"x":2,"canary":"x"})"), "duplicate-key /x");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","x":{"a":1,"b":{"c":1,"c":2},"a":3},"canary":"x"})"), "duplicate-key /x/b/c");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","x":{"a":1,"a":3,"b":{"c":1,"c":2}}})"), "duplicate-key /x/a");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","x":{"a":1,"a":3,"b":tru}})"), "duplicate-key /x/a");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","x":{"b":tru,"a":1,"a":3}})"), "malformed-json ");
  EXPECT_EQ(h.summary(R"({"x":{"a":1,"a":3},"kind":tru})"), "duplicate-key /x/a");
  EXPECT_EQ(h.summary(R"({"x":{"a":1,"a":3}})"), "duplicate-key /x/a");
  // What is missing comes last, in leaf order, wherever it is noticed.
  EXPECT_EQ(h.summary(R"({"kind":"deploy","dependencies":[{}]})"), "missing-attribute /service");
  EXPECT_EQ(h.summary(R"({"kind":"deploy","dependencies":[{}]} x)"), "trailing-bytes ");
  EXPECT_EQ(h.summary(edited(edited(edited(kDeploy, "\"by\":\"bob\",", ""), "\"team\":\"core\"", ""),
                             ",\"as_of\":\"2026-03-02T09:29:00Z\"", "")),
            "missing-attribute /approvals/0/by");
  EXPECT_EQ(h.summary(edited(edited(kDeploy, "\"team\":\"core\"", ""), ",\"as_of\":\"2026-03-02T09:29:00Z\"", "")),
            "missing-attribute /incident/as_of");
}

TEST(Reader, IgnoredAndStrict) {
  Harness h = pipeline();
  const std::string text = edited(edited(kDeploy, "\"kind\"", "\"a/b~c\":{\"x\":[1,{\"y\":null}]},\"kind\""),
                                  "\"by\":\"eve\"", "\"by\":\"eve\",\"sigil\":1,\"\\u00e9\":0");
  ASSERT_EQ(h.summary(text), "ok");
  EXPECT_EQ(h.read(text).action.ignored,
            (std::vector<std::string>{"/a~1b~0c", "/approvals/1/sigil", "/approvals/1/\xc3\xa9"}));
  EXPECT_EQ(h.summary(text, strictly()), "unknown-key /a~1b~0c");
  EXPECT_EQ(h.summary(kDeploy, strictly()), "ok");
  EXPECT_EQ(h.summary(edited(kDeploy, "\"by\":\"eve\"", "\"by\":\"eve\",\"x\":1"), strictly()),
            "unknown-key /approvals/1/x");
  EXPECT_TRUE(h.read(kDeploy).action.ignored.empty());
  // Other children of a signal, and of a step on the way to `at "/meta/load~1avg"`, are unknown keys.
  EXPECT_EQ(h.summary(edited(kDeploy, "\"as_of\"", "\"source\":\"pager\",\"as_of\""), strictly()),
            "unknown-key /incident/source");
}

constexpr std::string_view kMigrate =
    R"({"kind":"db_migrate","service":"s","environment":"dev","actor":{"id":"a","kind":"bot","groups":[]},)"
    R"("commit":{"sha":"c","branch":"b","tags":["t"],"signature":"bad"},"time":"2026-03-02T09:30:00Z","approvals":[],)"
    R"("database":"d","statements":["vacuum","create_index_concurrently","select","vacuum"],"destructive":false,"rows":10000000000})";

TEST(Reader, PathsBesideTheirNames) {
  Harness h = pipeline();
  ASSERT_EQ(h.summary(kMigrate), "ok");
  EXPECT_FALSE(h.slot("load").present);
  const Slot statements = h.slot("statements");
  ASSERT_EQ(statements.size, 3u);
  const Action& action = h.read(kMigrate).action;
  EXPECT_EQ(action.elements[statements.first].number, 0);
  EXPECT_EQ(action.elements[statements.first + 1].number, 9);
  EXPECT_EQ(action.elements[statements.first + 2].number, 13);
  EXPECT_EQ(h.slot("rows").number, 10'000'000'000);
  const auto with = [](std::string_view member) {
    return edited(kMigrate, "\"database\"", std::string(member) + ",\"database\"");
  };
  ASSERT_EQ(h.summary(with(R"("meta":{"load/avg":12.5,"other":1})")), "ok");
  EXPECT_EQ(h.slot("load").number, 12500);
  EXPECT_EQ(h.read(with(R"("meta":{"load/avg":12.5,"other":1})")).action.ignored,
            (std::vector<std::string>{"/meta/other"}));
  EXPECT_EQ(h.summary(with(R"("meta":{"load/avg":null})")), "ok");
  EXPECT_EQ(h.summary(with(R"("meta":{})")), "ok");
  EXPECT_EQ(h.summary(with(R"("meta":null)")), "null-value /meta");
  EXPECT_EQ(h.summary(with(R"("meta":{"load/avg":"12"})")), "wrong-type /meta/load~1avg");
  EXPECT_EQ(h.summary(with(R"("shards":[1,100])")), "out-of-range /shards/1");
  EXPECT_EQ(h.summary(with(R"("shards":[3,1,2,3,1])")), "ok");
  EXPECT_EQ(h.slot("shards").size, 3u);
}

TEST(Reader, SuppliedKindAndInstant) {
  Harness h = pipeline();
  const std::string bare = edited(kDeploy, "\"kind\":\"deploy\",", "");
  EXPECT_EQ(h.summary(bare, kind("deploy")), "ok");
  EXPECT_EQ(h.summary(kDeploy, ReadOptions{"deploy", false, 0, true}), "ok");
  EXPECT_EQ(h.summary(kDeploy, kind("db_migrate")), "kind-conflict /kind");
  EXPECT_EQ(h.summary(edited(kDeploy, "\"deploy\"", "7"), kind("deploy")), "kind-conflict /kind");
  EXPECT_EQ(h.summary(edited(kDeploy, "\"deploy\"", "null"), kind("deploy")), "kind-conflict /kind");
  EXPECT_EQ(h.summary(edited(kDeploy, "\"deploy\"", "{"), kind("deploy")), "kind-conflict /kind");
  EXPECT_EQ(h.summary(kDeploy, kind("nope")), "unknown-kind ");
  EXPECT_FALSE(h.reader().kind_known());
  EXPECT_EQ(h.summary("[", kind("nope")), "not-an-object ");

  const std::string timeless = edited(kDeploy, "\"time\":\"2026-03-02T09:30:00Z\",", "");
  EXPECT_EQ(h.summary(timeless), "missing-attribute /time");
  EXPECT_EQ(h.summary(timeless, at(17)), "ok");
  EXPECT_EQ(h.slot("time").number, 17);
  EXPECT_EQ(h.summary(kDeploy, at(1772443800 * kSecond_ns)), "ok");
  EXPECT_EQ(h.summary(edited(kDeploy, "09:30:00Z", "10:30:00+01:00"), at(1772443800 * kSecond_ns)), "ok");
  EXPECT_EQ(h.summary(kDeploy, at(17)), "instant-conflict /time");
  EXPECT_EQ(h.summary(edited(timeless, "\"canary\":10,", ""), at(17)), "missing-attribute /canary");
}

TEST(Reader, KindAndInstantElsewhere) {
  Harness h({"event", "ty/pe"}, {},
            {{"deployment",
              {{.path = "now", .type = Type::Timestamp, .json = {"event", "when", "time"}},
               {.path = "name", .optional = true}},
              0}});
  const std::string good =
      R"({"name":"x","event":{"other":1,"ty\/pe":"deployment","when":{"time":"2026-03-02T09:30:00Z"}}})";
  EXPECT_EQ(h.summary(good), "ok");
  EXPECT_EQ(h.read(good).action.ignored, (std::vector<std::string>{"/event/other"}));
  EXPECT_EQ(h.summary(R"({"name":"x","event":{"when":{"time":"2026-03-02T09:30:00Z"}}})"),
            "missing-kind /event/ty~1pe");
  EXPECT_EQ(h.summary(R"({"event":3})"), "wrong-type /event");
  EXPECT_EQ(h.summary(R"({"event":null})"), "null-value /event");
  EXPECT_EQ(h.summary(R"({"event":{"ty/pe":"deployment","when":{}}})"), "missing-attribute /event/when/time");
  EXPECT_EQ(h.summary(R"({"event":{"ty/pe":"deployment"}})"), "missing-attribute /event/when");
  EXPECT_EQ(h.summary(R"({"event":{"ty/pe":"deployment"}})", at(5)), "ok");
  EXPECT_EQ(h.summary(R"({})", ReadOptions{"deployment", true, 5, false}), "ok");
  EXPECT_EQ(h.summary(R"({})", kind("deployment")), "missing-attribute /event");
  EXPECT_EQ(h.summary(R"({"event":{"ty/pe":"x"}})", kind("deployment")), "kind-conflict /event/ty~1pe");
}

TEST(Reader, LeavesWhoseParentStandsElsewhere) {
  // `title` belongs to the optional record `pr`, but stands outside of it; `number` stands in it, and does not belong
  // to it.
  Harness h({"kind"}, {},
            {{"k",
              {{.path = "pr", .type = Type::Presence},
               {.path = "pr.title", .parent = 0, .json = {"info", "title"}},
               {.path = "number", .type = Type::Int, .json = {"pr", "number"}}}}});
  EXPECT_EQ(h.summary(R"({"kind":"k","pr":{"number":1},"info":{"title":"t"}})"), "ok");
  EXPECT_TRUE(h.slot("pr.title").present);
  EXPECT_EQ(h.summary(R"({"kind":"k","pr":{"number":1},"info":{}})"), "missing-attribute /info/title");
  EXPECT_EQ(h.summary(R"({"kind":"k","pr":{"number":1}})"), "missing-attribute /info");
  EXPECT_EQ(h.summary(R"({"kind":"k","info":{"title":"t"}})"), "missing-attribute /pr");
  EXPECT_EQ(h.summary(R"({"kind":"k","pr":null})"), "missing-attribute /pr/number");
  EXPECT_EQ(h.summary(R"({"kind":"k","pr":{}})"), "missing-attribute /info");
}

TEST(Reader, PlansThatCannotBe) {
  const std::vector<std::vector<LeafSpec>> wrong = {
      {{.path = "a"}, {.path = "a"}},
      {{.path = "a"}, {.path = "a.b"}},
      {{.path = "kind"}},
      {{.path = "a", .type = Type::Set, .element = Type::Set}},
      {{.path = "a", .type = Type::Enum, .enum_id = 9}},
      {{.path = "a", .type = Type::List, .columns = {{.path = "b", .type = Type::List}}}},
  };
  for (const auto& leaves : wrong) {
    const ReadSchema schema({"kind"}, {}, {{"k", leaves}});
    EXPECT_NE(schema.plan->problem, "");
    Reader reader(schema.view(), *schema.plan);
    Action action;
    ReadError error;
    EXPECT_FALSE(reader.read(R"({"kind":"k"})", {}, action, error));
    EXPECT_EQ(error.code, ErrorCode::Internal);
  }
}

TEST(Reader, MessagesSayWhatFitsAndKeepSecrets) {
  Harness h = one_of_each();
  EXPECT_EQ(h.read(R"({"kind":"k","small":77})").error.message, "`77` is not in -5..5");
  EXPECT_EQ(h.read(R"({"kind":"k","decimal":77.1234})").error.message,
            "`77.1234` is not in -100.000..100.000 with at most 3 decimal places");
  EXPECT_EQ(h.read(R"({"kind":"k","word":"blue\u0007"})").error.message,
            "`blue?` is none of red, green, a_word_of_more_than_14_bytes, caf\xc3\xa9");
  EXPECT_EQ(h.read(R"({"kind":"k","text":1})").error.message, "expected a string, found a number");
  EXPECT_EQ(h.read(R"({"kind":"k" "text":1})").error.message, "byte 12 where JSON wants `,` or `}`");
  for (const char* text :
       {R"({"kind":"k","secret":4711})", R"({"kind":"k","secret":4711.5})", R"({"kind":"k","secret":"4711"})",
        R"({"kind":"k","secret_word":"4711"})", R"({"kind":"k","secret":4711x})"}) {
    const Outcome& outcome = h.read(text);
    EXPECT_FALSE(outcome.good) << text;
    EXPECT_EQ(outcome.error.message.find("4711"), std::string::npos) << outcome.error.message;
  }
  const std::string long_word =
      R"({"kind":"k","word":")" + std::string(59, 'x') + "\xc3\xa9" + std::string(100, 'y') + "\"}";
  EXPECT_EQ(h.read(long_word).error.message.substr(0, 64), "`" + std::string(59, 'x') + "…`");
}

// ---- limits ----

TEST(Reader, Depth) {
  Harness h = one_of_each();
  const auto nested = [](size_t levels) {
    std::string text = R"({"kind":"k","x":)";
    for (size_t i = 0; i < levels; ++i) text += i % 2 == 0 ? "[" : "{\"a\":";
    if (levels % 2 == 0) text += "1";
    for (size_t i = levels; i-- > 0;) text += i % 2 == 0 ? "]" : "}";
    return text + "}";
  };
  EXPECT_EQ(h.summary(nested(kLimitRecordDepth - 1)), "ok");
  EXPECT_EQ(h.summary(nested(kLimitRecordDepth)), "too-deep ");
  EXPECT_EQ(h.summary(R"({"x":)" + std::string(1'000'000, '[')), "too-deep ");
  EXPECT_EQ(h.summary(std::string(1000, '[')), "not-an-object ");
  EXPECT_EQ(h.summary(R"({"kind":"k","rows":[{"name":"n","tags":[],"x":)" + std::string(kLimitRecordDepth - 2, '[')),
            "too-deep ");
}

TEST(Reader, SizesAndCounts) {
  Harness h = one_of_each();
  const std::string head = R"({"kind":"k","text":")";
  const auto padded = [&head](size_t size) { return head + std::string(size - head.size() - 2, 'a') + "\"}"; };
  EXPECT_EQ(h.summary(padded(kLimitRecordBytes)), "ok");
  EXPECT_EQ(h.summary(padded(kLimitRecordBytes + 1)), "too-large ");

  const auto with_unknown = [](size_t count) {
    std::string text = R"({"kind":"k")";
    for (size_t i = 0; i < count; ++i) text += ",\"u" + std::to_string(i) + "\":" + std::to_string(i);
    return text + "}";
  };
  EXPECT_EQ(h.summary(with_unknown(kLimitIgnoredKeys)), "ok");
  EXPECT_EQ(h.summary(with_unknown(kLimitIgnoredKeys + 1)), "too-large /u" + std::to_string(kLimitIgnoredKeys));

  const auto with_elements = [](size_t ints, size_t rows) {
    std::string text = R"({"kind":"k","ints":[)";
    for (size_t i = 0; i < ints; ++i) text += i == 0 ? "1" : ",1";
    text += "],\"rows\":[";
    for (size_t i = 0; i < rows; ++i) text += i == 0 ? R"({"name":"","tags":[]})" : R"(,{"name":"","tags":[]})";
    return text + "]}";
  };
  EXPECT_EQ(h.summary(with_elements(kLimitRecordElements - 10, 10)), "ok");
  EXPECT_EQ(h.summary(with_elements(kLimitRecordElements - 10, 11)), "too-large /rows");
  EXPECT_EQ(h.summary(with_elements(kLimitRecordElements + 1, 0)), "too-large /ints");
}

TEST(Reader, HostileKeysCostNoMoreThanSorting) {
  Harness h = one_of_each();
  std::string text = R"({"kind":"k","x":{)";
  for (int i = 0; i < 400'000; ++i) text += "\"the same beginning " + std::to_string(i) + "\":0,";
  const std::string distinct = text + "\"end\":0}}", twice = text + "\"the same beginning 77\":0}}";
  EXPECT_EQ(h.summary(distinct), "ok");
  EXPECT_EQ(h.summary(twice), "duplicate-key /x/the same beginning 77");
  EXPECT_EQ(h.summary(text + "\"the same beginning 77\":0,\"the same beginning 5\":0,tru"),
            "duplicate-key /x/the same beginning 77");
}

}  // namespace
}  // namespace guardvm::test
