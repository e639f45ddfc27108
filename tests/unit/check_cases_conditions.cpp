// Mistakes in conditions: types, ranges, patterns, guards, quantifiers, windows asked.
#include "check_cases.hpp"

namespace guard::checktest {

namespace {

// One rule with this condition.
Case when(std::string name, const std::string& condition, const std::string& before = "") {
  return {std::move(name), before + "\nrule r on deploy\n  warn\n  when " + condition + "\n", false, {}};
}
Case with_data(std::string name, const std::string& condition) {
  return {std::move(name),
          "data inv from \"i.json\": map<string, record { tier: int 1..3, note: string?, tags: set<string> }>\n"
          "data owners from \"o.json\": map<string, string>\nrule q on deploy warn when inv[service] is present and "
          "owners[service] is present\nrule r on deploy\n  warn\n  when " +
              condition + "\n",
          false,
          {{"i.json", R"({"a": {"tier": 1, "tags": []}})"}, {"o.json", R"({"a": "x"})"}}};
}

}  // namespace

const std::vector<Case>& condition_cases() {
  static const std::vector<Case> kCases = {
      when("CompareIntString", "canary «type-mismatch»> \"ten\""),
      when("CompareIntDecimal", "canary «type-mismatch»> 0.5"),
      when("CompareTwoTypes",
           "canary «type-mismatch»== service or service «type-mismatch»== environment or tags «type-mismatch»== "
           "service"),
      when("CompareEnumString", "environment «type-mismatch»== \"production\""),
      when("CompareStringWord", "service «type-mismatch»== production"),
      when("CompareRecord", "actor «type-mismatch»== \"ann\""),
      when("CompareSetConstant", "tags «type-mismatch»== \"a\""),
      when("OrderOfStrings", "service «type-mismatch»< \"a\" or hot «type-mismatch»< true"),
      when("OrderOfTwoStrings", "service «type-mismatch»< actor.id"),
      when("UnorderedEnum", "environment «unordered-enum»>= staging"),
      when("UnorderedEnums", "actor.kind «unordered-enum»< actor.kind"),
      when("DifferentEnums", "environment «type-mismatch»== level"),
      when("OutOfRange",
           "canary > «constant-out-of-range»101 or canary == «constant-out-of-range»-1 or share < "
           "«constant-out-of-range»1000"),
      when("OutOfRangeInSet", "canary in { 5, «constant-out-of-range»500 }"),
      when("OutOfRangeInSum", "«constant-out-of-range»canary + 10 > 200"),
      when("LetOutOfRange", "canary > «constant-out-of-range»most", "let most = 500\n"),
      when("TooManyDigits", "share > «too-many-digits»0.125"),
      when("TrailingZerosAreNone", "share > 0.1200"),
      when("TooLarge", "took > «bad-duration»99999999999d or canary > «number-out-of-range»99999999999999999999"),
      when("BadVersion", "release < «bad-version»\"v1.2.3\" or release in { \"1.0.0\", «bad-version»\"1.0\" }"),
      when("BadTimestamp", "time < «bad-timestamp»2026-02-30T00:00:00Z or time > «bad-timestamp»1500-01-01T00:00:00Z"),
      when("BadDuration", "took > «bad-duration»1m1h"),
      when("NotLinear", "«not-linear»canary * canary > 5 or «not-linear»time * 2 > time"),
      {"MayOverflow",
       "rule r on migrate warn when «may-overflow»2 * rows > 5 or tables * 1000 - 5 > tables\n",
       false,
       {}},
      when("SumOfTimes", "«type-mismatch»time + time > time or «type-mismatch»canary + 5s > 5s"),
      when("SumOfWrong", "canary + «type-mismatch»service > 5 or canary + 5 «type-mismatch»> 1h"),
      when("NegatedString", "service == -«type-mismatch»\"a\""),
      when("NotACondition",
           "«not-a-condition»canary or «not-a-condition»5 or «not-a-condition»canary + 1 or «not-a-condition»actor"),
      when("NothingToCompare",
           "«nothing-to-compare»5 > 3 or «nothing-to-compare»canary - canary > 0 or «nothing-to-compare»\"a\" starts "
           "with \"b\""),
      when("SetsOfAttributes",
           "tags has any «set-needs-constants»actor.groups or «set-needs-constants»tags == actor.groups or "
           "«set-needs-constants»service in tags"),
      when("EmptySets", "tags has any «empty-set»{} or service in «empty-set»{}"),
      when("SetNeeded",
           "tags has any «type-mismatch»\"a\" or service in «type-mismatch»one or service «type-mismatch»has any { "
           "\"a\" } or tags «type-mismatch»in { \"a\" }",
           "let one = \"a\"\n"),
      when("WrongElements", "service in { \"a\", «type-mismatch»5 } or tags has all «type-mismatch»{ a1 }",
           "let a1 = 1\n"),
      when("InAttribute", "5 in «type-mismatch»canary or «type-mismatch»5 in tags"),
      when("Globs", "service matches «bad-pattern»\"a\\\\\""),
      when("Regexes",
           "service matches «bad-pattern»/a(?=b)/ or service matches «bad-pattern»/^a/ or service matches "
           "«bad-pattern»/(a)\\1/ or service matches «bad-pattern»/a{2,1}/"),
      when("PatternOfNumber",
           "service matches «type-mismatch»five or canary «type-mismatch»matches \"a\" or tags «type-mismatch»starts "
           "with \"a\" or service contains «type-mismatch»5",
           "let five = 5\n"),
      when("WindowOfAnother",
           "«windows-ask-the-instant»took in office or emergency is present and «windows-ask-the-instant»emergency.at "
           "in office",
           "window office = mon in \"UTC\"\n"),
      when("BrokenWindow", "time in office", "window office = mon in «unknown-zone»\"Mars/Base\"\n"),
      when("NestedLists", "any p in parts: «nested-quantifier»any q in parts: p.name == \"a\""),
      when("NestedSets", "any t in tags: «nested-quantifier»any g in actor.groups: g == t"),
      when("ListInSet", "any t in tags: «nested-quantifier»any p in parts: p.name == t"),
      when("NestedByDefine", "any p in parts: p.size > 1 and «nested-quantifier»other",
           "define other = any q in parts: q.size > 2\n"),
      when("QuantifiedScalar", "any x in «type-mismatch»service: x == \"a\""),
      when("Counts", "«bad-count»at least 0 p in parts: p.size > 1"),
      when("ZeroApprovals", "«bad-count»approvals has 0 from { \"a\" }"),
      when("AlwaysPresent",
           "«always-present»canary is missing or «always-present»actor is present or load is present and "
           "«always-present»incident.severity is missing"),
      when("NotASignal", "«not-a-signal»canary is stale or «not-a-signal»incident.severity is fresh"),
      when("EmptyScalar", "service «type-mismatch»is empty"),
      when("RowAlone", "any p in parts: p «type-mismatch»== \"a\""),
      when("RowAttribute", "any p in parts: p.«unknown-attribute»nam == \"a\""),
      when("ElementAttribute", "any t in tags: «unknown-attribute»t.x == \"a\""),
      when("SinceWhat", "24h since «type-mismatch»service"),
      when("NoLookup", "«misused-name»service[canary] == 5"),
      // ---- guards ----
      when("Unguarded", "release < «unguarded-optional»old"),
      when("UnguardedSame", "«unguarded-optional»old < release or old is missing"),
      when("GuardedByAnd", "release < old and old is present"),
      when("GuardedByOr", "old is missing or old < release"),
      when("GuardedByImplies", "old is present implies old < release"),
      when("GuardedByNot", "not (old is missing or old >= release)"),
      when("GuardOfOnlyOneBranch", "(old is present or hot) and «unguarded-optional»old < release"),
      when("GuardOfBothBranches", "(old is present and hot or old is present and cold) and old < release"),
      when("GuardOutside", "old is present and (hot or old < release)"),
      when("GuardByDefine", "known and old < release", "define known = old is present\n"),
      when("OptionalRecord", "«unguarded-optional»origin.host == \"a\""),
      when("OptionalRecordGuarded", "origin is present and origin.host == \"a\""),
      when("OptionalInOptional", "origin is present and «unguarded-optional»origin.port == 5"),
      when("OptionalInOptionalGuarded", "origin.port is present and origin.port == 5 and origin.host == \"a\""),
      when("OptionalColumn", "any p in parts: «unguarded-optional»p.got < p.wanted"),
      when("OptionalColumnGuarded", "any p in parts: p.got is missing or p.got < p.wanted"),
      when("OptionalRecordOfRow", "any p in parts: p.box is present and p.box.id == \"a\""),
      when("GuardInOneRowOnly",
           "(any p in parts: p.got is present) and (any q in parts: «unguarded-optional»q.got < q.wanted)"),
      when("OptionalOfAction", "old is present and (any p in parts: p.wanted < old)"),
      when("OptionalInSum", "24h since «unguarded-optional»staged"),
      when("SignalsNeedNone", "load > 50 and incident.severity == high"),
      when("OptionalInSignal", "«unguarded-optional»incident.open > 5"),
      when("OptionalInSignalGuarded", "incident.open is present and incident.open > 5"),
      {"WhenGuardsUnless", "rule r on deploy warn when old is present unless old < release\n", false, {}},
      {"UnlessGuardsWhen", "rule r on deploy warn when old < release unless old is missing\n", false, {}},
      {"WhenGuardsUntil",
       "rule r on deploy when staged is present hold until 24h since staged because \"wait\"\n",
       false,
       {}},
      {"UntilUnguarded",
       "rule r on deploy when hot hold until 24h since «unguarded-optional»staged because \"wait\"\n",
       false,
       {}},
      // ---- lookups ----
      with_data("LookupUnguarded", "«unguarded-optional»inv[service].tier == 1"),
      with_data("LookupGuarded", "inv[service] is present and inv[service].tier == 1"),
      with_data("LookupField", "inv[service] is present and «unguarded-optional»inv[service].note == \"a\""),
      with_data("LookupFieldGuarded",
                "inv[service].note is present and inv[service].note == \"a\" and inv[service].tier == 1"),
      with_data("LookupOtherKey", "inv[actor.id] is present and «unguarded-optional»inv[service].tier == 1"),
      with_data(
          "LookupScalar",
          "owners[service] is present and owners[service] == \"a\" or «unguarded-optional»owners[service] == \"b\""),
      with_data("LookupOptionalKey", "inv[«unguarded-optional»author] is present"),
      with_data("LookupOptionalKeyGuarded", "author is present and inv[author] is present and inv[author].tier < 3"),
      with_data("LookupWrongKey", "inv[«type-mismatch»canary] is present or inv[«type-mismatch»load] is missing"),
      with_data("LookupUnknownField",
                "inv[service].«unknown-attribute»teir == 1 or owners[service].«unknown-attribute»x == 1"),
      with_data("LookupWholeRow", "inv[service] is present and inv[service] «type-mismatch»== 1"),
      with_data("TableAlone", "«misused-name»inv == 1 or service in «misused-name»inv"),
      with_data("LookupQuantified",
                "inv[service] is present and (any t in «type-mismatch»inv[service].tags: t == \"a\")"),
      with_data("LookupSet",
                "inv[service] is present and \"a\" in inv[service].tags and inv[service].tags has any { \"b\" }"),
      with_data("LookupInRow", "any p in parts: inv[p.name] is present and inv[p.name].tier == 1"),
  };
  return kCases;
}

}  // namespace guard::checktest
