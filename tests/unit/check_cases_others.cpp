// Mistakes in windows, data, fixtures and tests.
#include "check_cases.hpp"

namespace guard::checktest {

namespace {

Case window(std::string name, const std::string& windows, const std::string& asked = "w") {
  return {std::move(name), windows + "\nrule r on deploy warn when now in " + asked + "\n", false, {}};
}
Case data(std::string name, const std::string& type, const std::string& json, bool bad) {
  return {std::move(name),
          "data d from " + std::string(bad ? "«bad-data»" : "") + "\"d.json\": map<string, " + type +
              ">\nrule r on deploy warn when d[service] is present\n",
          false,
          {{"d.json", json}}};
}
Case test(std::string name, const std::string& body, const std::string& before = "") {
  return {std::move(name), before + "\ntest \"t\" {\n" + body + "\n}\n", false, {{"a.json", "{}"}}};
}

}  // namespace

const std::vector<Case>& other_cases() {
  static const std::vector<Case> kCases = {
      window("NeedsZone", "window w = «needs-zone»mon..fri 09:00 to 17:00"),
      window("ZoneOfFirstTerm", "window w = mon 09:00 to 10:00 or tue 09:00 to 10:00 in \"UTC\" except 2026-12-25"),
      window("ZoneOfLaterTerm", "window w = mon 09:00 to 10:00 or tue 09:00 to 10:00 in \"Europe/London\""),
      window("UnknownZoneInherited", "window w = mon 09:00 to 10:00 or tue in «unknown-zone»\"Europe/Lodnon\""),
      window("ZoneOfBase", "window v = mon..fri in \"Europe/London\"\nwindow w = v except fri 15:00 to 17:00"),
      window("TwoZonesOfBases",
             "window u = mon in \"Europe/London\"\nwindow v = tue in \"Europe/Paris\"\nwindow w = u or v except "
             "«needs-zone»fri"),
      window("UnknownZone", "window w = mon in «unknown-zone»\"Europe/Lodnon\""),
      window("BadTimes",
             "window w = mon «bad-time»25:00 to «bad-time»26:00 in \"UTC\"\nwindow v = mon 09:00 to «bad-time»24:01 in "
             "\"UTC\"\nwindow u = mon «bad-time»24:00 to 10:00 in \"UTC\"",
             "w or now in v or now in u"),
      window("EndOfDay", "window w = mon 18:00 to 24:00 in \"UTC\" or 22:00 to 00:00"),
      window("Empty",
             "window w = mon «empty-window»09:00 to 09:00 in \"UTC\"\nwindow v = «empty-window»2026-12-18 18:00 to "
             "2026-12-18 18:00 in \"UTC\"",
             "w or now in v"),
      window("BadDays", "window w = «bad-time»2026-02-29 in \"UTC\" or 2026-01-01 09:00 to «bad-time»2026-13-01 09:00"),
      window(
          "Horizon",
          "window w = «outside-horizon»2021-12-31 in \"UTC\" or 2037-12-31 09:00 to «outside-horizon»2038-01-02 09:00"),
      window("UnknownBase", "window v = mon in \"UTC\"\nwindow w = v or «unknown-name»vv", "w"),
      window("NotAWindow", "let v = 5\nwindow w = «misused-name»v", "w"),
      // ---- data ----
      {"Unreadable",
       "data d from «unreadable-file»\"x.json\": map<string, string>\nrule r on deploy warn when d[service] is "
       "present\n",
       false,
       {}},
      data("NotJson", "string", "{", true),
      data("NotAnObject", "string", "[]", true),
      data("KeyTwice", "string", R"({"a": "x", "a": "y"})", true),
      data("KeyTwiceInRecord", "record { b: int }", R"({"a": {"b": 1, "b": 1}})", true),
      data("WrongType", "record { b: int }", R"({"a": {"b": "1"}})", true),
      data("OutOfRange", "record { b: int 0..5 }", R"({"a": {"b": 6}})", true),
      data("NotWhole", "int", R"({"a": 1.0})", true),
      data("Exponent", "decimal(5, 2)", R"({"a": 1e2})", true),
      data("Decimal", "decimal(5, 2)", R"({"a": 1.50, "b": -3, "c": 1.500})", false),
      data("TooPrecise", "decimal(5, 2)", R"({"a": 1.505})", true),
      data("MissingField", "record { b: int }", R"({"a": {}})", true),
      data("NullField", "record { b: int }", R"({"a": {"b": null}})", true),
      data("OptionalField", "record { b: int?, c: set<string>, e: Environment }",
           R"({"a": {"b": null, "c": ["x"], "e": "dev"}, "b": {"c": [], "e": "staging"}})", false),
      data("UnknownField", "record { b: int }", R"({"a": {"b": 1, "c": 2}})", true),
      data("UnknownWord", "Environment", R"({"a": "prod"})", true),
      data("Scalars", "record { b: bool, v: version, t: timestamp, d: duration }",
           R"({"a": {"b": true, "v": "1.0.0", "t": "2026-01-01T00:00:00Z", "d": "-1h"}})", false),
      data("NoRequiredField", "«bad-type»record { b: int? }", R"({})", false),
      data("OptionalScalar", "«bad-type»string?", R"({})", false),
      data("SetOfInts", "«bad-type»set<int>", R"({})", false),
      {"DataKey",
       "data d from \"a.json\": map<«bad-type»int, string>\nrule r on deploy warn when d[service] is present\n",
       false,
       {{"a.json", "{}"}}},
      // ---- fixtures and tests ----
      test("Records",
           "given deploy { «unknown-attribute»canri: 5, actor: { «unknown-attribute»name: \"a\" }, canary: "
           "«bad-record»500, service: «type-mismatch»5, environment: «unknown-word»prod }\nexpect allow"),
      test("Shapes",
           "given deploy { actor: «bad-record»\"ann\", parts: «bad-record»{}, tags: «bad-record»[ \"a\" ], service: "
           "«bad-record»{ a: 1 }, ports: { «bad-record»70000 } }\nexpect allow"),
      test("Rows",
           "given deploy { parts: [ «bad-record»5, { «unknown-attribute»nam: \"a\" }, { wanted: «bad-version»\"1\" } ] "
           "}\nexpect allow"),
      test("GivenTwice", "given deploy { canary: 5, «bad-record»canary: 6 }\nexpect allow"),
      test("NoKind", "given «bad-record»base\nexpect allow", "fixture base = { canary: 5 }"),
      test("UnknownFixture", "given «unknown-name»bas\nexpect allow"),
      test("FixtureWithoutWith", "given «bad-record»base { canary: 6 }\nexpect allow",
           "fixture base = deploy { canary: 5 }"),
      test("Signals",
           "given deploy { load: «needs-as-of»5 }\nexpect allow\ngiven deploy { load: 5, time: 2026-01-01T00:00:00Z "
           "}\nexpect allow\ngiven deploy { load: 5 as of 2026-01-01T00:00:00Z, incident: missing }\nexpect allow"),
      test("AsOf",
           "given deploy { canary: 5 as of «bad-record»2026-01-01T00:00:00Z, load: 5 as of "
           "«bad-timestamp»2026-02-30T00:00:00Z }\nexpect allow"),
      {"FixtureIsCheckedUnused", "fixture «unused-name»base = deploy { load: 5 }\n", false, {}},
      {"BrokenFixture",
       "fixture base = deploy { «unknown-attribute»canari: 5 }\ntest \"t\" { given base expect allow }\n",
       false,
       {}},
      {"EmptyTest", "test «bad-test»\"t\" { }\n", false, {}},
      test("NothingGiven", "«bad-test»expect allow"),
      test("NothingExpected", "«bad-test»given json \"{}\" as deploy\ngiven file \"a.json\" as deploy\nexpect error"),
      test("NoFile",
           "given file «unreadable-file»\"b.json\" as deploy\nexpect error\ngiven json \"{}\" as "
           "«unknown-kind»deplyo\nexpect error"),
      test("Codes",
           "given json \"{}\" as deploy\nexpect error «unknown-error-code»\"missing\"\nexpect error "
           "\"missing-attribute\""),
      test("Rules",
           "given json \"{}\" as deploy\nexpect deny by «unknown-rule»nobody\nexpect «unknown-rule»q.nobody is "
           "silent\nexpect q.z is silent"),
      test("Obligations", "given json \"{}\" as deploy\nexpect oblige a = «type-mismatch»production"),
      {"TestTwice",
       "test \"t\" { given json \"{}\" as deploy expect error }\ntest «duplicate-name»\"t\" { given json \"{}\" as "
       "deploy expect error }\n",
       false,
       {}},
  };
  return kCases;
}

}  // namespace guard::checktest
