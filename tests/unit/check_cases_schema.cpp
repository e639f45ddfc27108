// Mistakes in the schema, in names, and of the set as a whole.
#include "check_cases.hpp"

namespace guard::checktest {

namespace {

// A source with one kind `k`, its attributes given; one rule.
Case attributes(std::string name, std::string fields, std::string before = "") {
  return {std::move(name),
          "schema s\ndefault allow\n" + before + "\naction k { time: timestamp now, " + fields +
              " }\npolicy p\nrule r on k warn\n",
          true,
          {}};
}

}  // namespace

const std::vector<Case>& schema_cases() {
  static const std::vector<Case> kCases = {
      {"NoSchema", "«no-schema»policy p\nrule r on k warn\n", true, {}},
      {"SeveralSchemas",
       "schema s\ndefault allow\naction k { time: timestamp now }\n//--- b.guard\nschema «several-schemas»t\ndefault "
       "deny\naction k { time: timestamp now }\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"SameSchemaTwice",
       "schema s\ndefault allow\naction k { time: timestamp now }\n//--- b.guard\nschema s // again\ndefault "
       "allow\naction k { time: timestamp now }\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"NoKinds", "schema «no-kinds»s\ndefault allow\npolicy p\nrule r on every action warn\n", true, {}},
      {"NoRules", "schema «no-rules»s\ndefault allow\naction k { time: timestamp now }\n", true, {}},
      {"UncoveredKind",
       "schema s\ndefault allow\nunguarded b\naction a { time: timestamp now }\naction b { time: timestamp now "
       "}\naction «uncovered-kind»c { time: timestamp now }\npolicy p\nrule r on a warn\n",
       true,
       {}},
      {"RuleOffCoversNothing",
       "schema s\ndefault allow\naction «uncovered-kind»c { time: timestamp now }\npolicy p\nrule r on c warn mode "
       "off\n",
       true,
       {}},
      {"MisplacedItems",
       "schema s\ndefault allow\naction k { time: timestamp now }\n«misplaced-item»owner \"x\"\n«misplaced-item»rule q "
       "on k warn\npolicy p\nrule r on k warn\n«misplaced-item»enum E { a }\n«misplaced-item»default deny\n",
       true,
       {}},
      {"DuplicateKind",
       "schema s\ndefault allow\naction k { time: timestamp now }\naction «duplicate-name»k { time: timestamp now "
       "}\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"DuplicatePolicy",
       "schema s\ndefault allow\naction k { time: timestamp now }\npolicy p\nrule r on k warn\npolicy "
       "«duplicate-name»p\nrule q on k warn\n",
       true,
       {}},
      attributes("DuplicateAttribute", "a: int, «duplicate-name»a: bool"),
      attributes("DuplicateWord", "a: enum { x, y, «duplicate-name»x }"),
      attributes("DuplicateType", "a: E",
                 "enum E { x }\nrecord «duplicate-name»E { b: int }\nenum «duplicate-name»string { c }"),
      attributes("CommonAttributeAgain", "«duplicate-name»c: int", "action { c: int }"),
      attributes("UnknownType", "a: «unknown-type»strng, b: set<«unknown-type»text>, c: list<«unknown-type»Row>"),
      attributes("ListOfScalars", "a: list<«bad-type»string>"),
      attributes("ListInList", "a: list<record { b: «bad-type»list<record { c: int }> }>"),
      attributes("SetOfRecords",
                 "a: set<«bad-type»record { b: int }>, b: set<«bad-type»bool>, c: set<«bad-type»decimal(3, 1)>"),
      attributes("OptionalTwice", "a: «bad-type»int??"),
      attributes("RecursiveRecord", "a: R", "record R { b: «recursive-record»R? }"),
      attributes("UnusedRecord", "a: int",
                 "record R { b: «unknown-type»strng, c: R2 }\nrecord R2 { d: «recursive-record»R }"),
      attributes("MutuallyRecursive", "a: R", "record R { b: S }\nrecord S { c: list<«recursive-record»R> }"),
      attributes("MixedEnum", "a: E", "enum E «mixed-enum»{ x < y, z }"),
      attributes("EmptyRange", "a: «bad-range»int 5..1, b: «bad-range»int 0..99999999999999999999"),
      attributes("BadDecimal",
                 "a: «bad-decimal»decimal(19, 2), b: «bad-decimal»decimal(3, 4), c: «bad-decimal»decimal(0, 0)"),
      attributes("BadPointer", "a: int at «bad-pointer»\"a\", b: int at «bad-pointer»\"/x~2\""),
      attributes("TwoAtOnePlace", "a: int at \"/x\", «duplicate-json-path»b: int at \"/x\""),
      attributes("OneInsideAnother", "a: int at \"/x\", «duplicate-json-path»b: int at \"/x/y\""),
      attributes("WhereTheKindStands", "«duplicate-json-path»kind: string"),
      attributes("InsideAnOptionalRecord", "a: record { x: int }?, «duplicate-json-path»b: int at \"/a/y\""),
      attributes("InsideARequiredRecord", "a: record { x: int }, b: int at \"/a/y\""),
      attributes("SignalWithoutAge", "signal «bad-signal»a: int"),
      attributes("AgeWithoutSignal", "a: int max age «bad-signal»5m"),
      attributes("OptionalSignal",
                 "signal «bad-signal»a: int? max age 5m, signal «bad-signal»b: list<record { c: int }> max age 5m"),
      attributes("SignalInside",
                 "a: record { signal «bad-signal»b: int max age 5m }?, signal c: record { signal «bad-signal»d: int "
                 "max age 1m } max age 1m"),
      attributes("NoAge", "signal a: int max age «bad-duration»0s"),
      attributes("BadMarks",
                 "a: int «bad-mark»now, b: int «bad-mark»identity, c: set<string> «bad-mark»approvals(x, y, z), d: "
                 "string «bad-mark»break glass(x, y, z)"),
      attributes("MarkInOptional", "a: record { b: string «bad-mark»identity }?"),
      attributes("BadMarkFields",
                 "a: list<record { by: string, groups: string, at: timestamp }> approvals(by, «bad-mark»groups, at)"),
      attributes("DuplicateMark",
                 "a: timestamp «duplicate-mark»now, b: string identity, c: string «duplicate-mark»identity"),
      {"MissingInstant",
       "schema s\ndefault allow\naction «missing-instant»k { time: timestamp }\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"MissingDefault",
       "schema «missing-default»s\naction k { time: timestamp now }\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"DefaultHold",
       "schema s\n«bad-default»default hold\naction k { time: timestamp now }\npolicy p\nrule r on k warn\n",
       true,
       {}},
      {"DefaultTwice",
       "schema s\ndefault allow\n«duplicate-name»default deny\naction k { time: timestamp now }\npolicy p\nrule r on k "
       "warn\n",
       true,
       {}},
      {"BadSeverity",
       "schema s\ndefault allow\nseverity conflict = «bad-severity»warn\naction k { time: timestamp now }\npolicy "
       "p\nrule r on k warn\n",
       true,
       {}},
      {"UnknownFinding",
       "schema s\ndefault allow\nseverity «unknown-finding»conflct = error\naction k { time: timestamp now }\npolicy "
       "p\nrule r on k warn accept «unknown-finding»ded-end because \"b\" accept dead-end because \"c\"\n",
       true,
       {}},
      {"UnknownKind",
       "schema s\ndefault allow\nunguarded «unknown-kind»kk\naction k { time: timestamp now }\npolicy p\nrule r on "
       "«unknown-kind»j warn\n",
       true,
       {}},
      // ---- names ----
      {"HidesAnAttribute", "let «shadowed-name»canary = 5\n", false, {}},
      {"HidesAWord", "let «shadowed-name»production = 5\n", false, {}},
      {"HidesTheSchemas",
       "schema s\ndefault allow\nlet a = 1\naction k { time: timestamp now, n: int }\npolicy p\nlet «shadowed-name»a = "
       "2\nrule r on k warn when n > a\n",
       true,
       {}},
      {"VariableHides", "rule r on deploy warn when any «shadowed-name»canary in tags: canary == \"a\"\n", false, {}},
      {"ParameterHides", "template t(«shadowed-name»hot: bool) on deploy warn\nuse t(hot: true) as r\n", false, {}},
      {"FixtureMayHide",
       "fixture canary = deploy { canary: 5 }\ntest \"t\" { given canary expect allow }\n",
       false,
       {}},
      {"DuplicateLet", "let a = 1\nlet «duplicate-name»a = 2\nrule r on deploy warn when canary > a\n", false, {}},
      {"DuplicateRule",
       "rule r on deploy warn\nrule «duplicate-name»r on deploy warn\nexception «duplicate-name»r for x expires "
       "2026-12-31 in \"UTC\" owner \"a\" reason \"b\"\nrule x on deploy deny because \"no\"\n",
       false,
       {}},
      {"UnusedNames",
       "let «unused-name»a = 1\ndefine «unused-name»b = hot\nwindow «unused-name»c = mon in \"UTC\"\ntemplate "
       "«unused-name»d(x: int) on deploy warn when canary > x\nfixture «unused-name»e = deploy { canary: 1 }\n",
       false,
       {}},
      {"NothingUnusedBesideErrors",
       "let approved = 1\nrule r on deploy warn when canary > «unknown-name»aproved\n",
       false,
       {}},
      {"RecursiveLets", "let «recursive-definition»a = b\nlet b = a\n", false, {}},
      {"RecursiveDefines",
       "define «recursive-definition»a = hot and b\ndefine b = not a\nrule r on deploy warn when a\n",
       false,
       {}},
      {"RecursiveWindows", "window «recursive-definition»a = b or sat\nwindow b = a\n", false, {}},
      {"RecursiveFixtures",
       "fixture «recursive-definition»a = b with { canary: 1 }\nfixture b = a with { canary: 2 }\n",
       false,
       {}},
      {"UnknownNames",
       "rule r on deploy warn when «unknown-name»enviroment == dev or canary > «unknown-name»limit or "
       "«unknown-name»canarry == dev\n",
       false,
       {}},
      {"UnknownAttributes",
       "rule r on deploy warn when actor.«unknown-attribute»name == \"a\" or «unknown-attribute»rows > 5 or "
       "tags.«unknown-attribute»x == 1 or parts.«unknown-attribute»name == \"a\"\n",
       false,
       {}},
      {"UnknownWord",
       "rule r on deploy warn when environment == «unknown-word»prod or level in { low, «unknown-word»hihg } or level "
       ">= «unknown-word»hi\n",
       false,
       {}},
      {"WordOfAnotherEnum", "rule r on deploy warn when environment == «unknown-word»low\n", false, {}},
      {"Ambiguous",
       "schema s\ndefault allow\naction k { time: timestamp now, a: enum { b, c }, b: bool }\npolicy p\nrule r on k "
       "warn when a == «ambiguous-name»b and b\n",
       true,
       {}},
      {"Misused",
       "let limit = 5\nwindow office = mon in \"UTC\"\ndefine warm = hot\nrule r on deploy warn when "
       "«misused-name»limit or «misused-name»office or «misused-name»production or canary in «misused-name»warm or "
       "service in { «misused-name»actor.id } or canary > 3 and «misused-name»limit.x == 5\n",
       false,
       {}},
  };
  return kCases;
}

}  // namespace guard::checktest
