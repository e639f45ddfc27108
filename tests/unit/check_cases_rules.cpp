// Mistakes in rules, messages, templates, overrides, exceptions, break glass, claims.
#include "check_cases.hpp"

namespace guard::checktest {

namespace {

const std::string kR = "rule r on deploy\n  deny when hot\n  because \"no\"\n";

Case policy(std::string name, const std::string& text) { return {std::move(name), text, false, {}}; }
Case beside(std::string name, const std::string& text) { return {std::move(name), kR + text, false, {}}; }

// An exception for `r` with everything it needs but what is given.
const std::string kRest = " expires 2026-12-31 in \"UTC\" owner \"a\" reason \"b\"\n";

}  // namespace

const std::vector<Case>& rule_cases() {
  static const std::vector<Case> kCases = {
      policy("NoEffect", "rule «no-effect»r on deploy when hot\n"),
      policy("TwoEffects", "rule r on deploy deny «several-effects»allow because \"no\"\n"),
      policy("DenyRequires",
             "rule r on deploy deny «several-effects»require 1 approval from { \"a\" } because \"no\"\n"),
      policy("AllowRequires",
             "rule r on deploy allow require 1 approval from { \"a\" } require 2 approvals from { \"b\" } or 1 "
             "approval from { \"c\" }\n"),
      policy("TwoWhens",
             "rule r on deploy deny when hot «repeated-clause»when cold because \"no\" «repeated-clause»because "
             "\"never\"\n"),
      policy("TwoDenies", "rule r on deploy deny «repeated-clause»deny because \"no\"\n"),
      policy("ObligedTwice", "rule r on deploy oblige a = 1 oblige «repeated-clause»a = 2\n"),
      policy("KindTwice", "rule r on deploy, «repeated-clause»deploy warn\n"),
      policy("UnknownKind", "rule r on «unknown-kind»deplyo warn\n"),
      policy("NoMessage", "rule «missing-message»r on deploy deny when hot\n"),
      policy("MisplacedClauses",
             "rule r on deploy deny «misplaced-clause»overrides z because \"no\"\nrule s on deploy allow "
             "«misplaced-clause»mandatory\n«misplaced-clause»if missing: hold when load > 5\n"),
      policy("ModeUntil", "rule r on deploy warn mode enforce until «misplaced-clause»2026-12-31 in \"UTC\"\n"),
      policy("ModeUntilWithoutZone", "rule r on deploy warn mode shadow until «needs-zone»2026-12-31\n"),
      policy("IfMissingWithoutSignal",
             "rule r on deploy deny when hot and load is missing «if-missing-without-signal»if missing: hold because "
             "\"no\"\n"),
      policy("IfMissingWithSignal", "rule r on deploy deny when hot and load > 5 if missing: hold because \"no\"\n"),
      policy("ZeroApprovals", "rule r on deploy require «bad-count»0 approvals from { \"a\" } because \"no\"\n"),
      policy("ManyApprovals", "rule r on deploy require «limit-exceeded»65 approvals from { \"a\" } because \"no\"\n"),
      policy("EmptyGroups", "rule r on deploy require 1 approval from «empty-set»{} because \"no\"\n"),
      policy("WrongGroups",
             "rule r on deploy require 1 approval from { «type-mismatch»5 } within «type-mismatch»often excluding "
             "«type-mismatch»canary because \"no\"\nlet often = 5\n"),
      policy("WithinZero",
             "rule r on deploy require 1 approval from { \"a\" } within «bad-duration»0s because \"no\"\n"),
      {"NoApprovalsMark",
       "schema s\ndefault allow\naction k { time: timestamp now }\npolicy p\nrule r on k require «no-approvals-mark»1 "
       "approval from { \"a\" } because \"no\"\n",
       true,
       {}},
      {"NoIdentityMark",
       "schema s\ndefault allow\naction k { time: timestamp now, a: list<record { b: string, g: set<string>, t: "
       "timestamp }> approvals(b, g, t) }\npolicy p\nrule r on k when «no-approvals-mark»a has 1 from { \"a\" } warn\n",
       true,
       {}},
      policy("WrongObligation",
             "rule r on deploy oblige a = «type-mismatch»{ \"x\" } oblige b = «type-mismatch»production oblige c = "
             "1.50 oblige d = 2h\n"),
      // ---- messages ----
      policy("Messages",
             "rule r on deploy deny when hot because \"{«unknown-name»canry} {«bad-message»} «bad-message»} "
             "{«bad-message»actor} {«bad-message»parts} {«bad-message»production} {{x}} «bad-message»{open\"\n"),
      policy("SensitiveMessage",
             "rule r on migrate deny when destructive because \"{«sensitive-message»token} {rows}\"\n"),
      policy("Elements",
             "rule r on deploy deny when any p in parts: p.size > 5 because \"{p.name} {p.«unknown-attribute»nam} "
             "{«bad-message»p}\"\n"),
      policy("InnerElements",
             "rule r on deploy deny when any p in parts: any l in p.labels: l == \"a\" because \"{p.name} "
             "{«bad-message»l}\"\n"),
      policy("TwoOfOneName",
             "rule r on deploy deny when (any p in parts: p.size > 5) or (any p in parts: p.size < 1) because "
             "\"{«ambiguous-name»p.name}\"\n"),
      policy("ElementsOfDefine",
             "define big = any p in parts: p.size > 5\nrule r on deploy deny when big because \"{p.name}\"\n"),
      // ---- templates ----
      policy("UnknownTemplate", "use «unknown-template»sized(a: 1) as r\n"),
      policy("Arguments",
             "template sized(most: int 0..50, who: set<string>) on deploy deny when canary > most and actor.groups has "
             "any who because \"{most} {who}\"\n"
             "use sized(most: 5, who: { \"a\" }) as a\nuse «bad-argument»sized(most: 5) as b\nuse "
             "sized(«bad-argument»mots: 5, who: { \"a\" }) as c\n"
             "use sized(most: «type-mismatch»\"x\", who: «type-mismatch»\"a\") as d\nuse sized(most: "
             "«constant-out-of-range»60, who: «empty-set»{}) as e\nuse sized(most: 1, «bad-argument»most: 2, who: { "
             "\"a\" }) as f\n"),
      policy("ParameterType",
             "template t(x: «bad-type»int?, «duplicate-name»x: int) on deploy warn\nuse t(x: 1) as a\n"),
      policy("BodyOfTemplate",
             "template t(x: string) on deploy warn when canary «type-mismatch»> x\nuse t(x: \"a\") as a\nuse t(x: "
             "\"b\") as b\n"),
      policy("BrokenUseIsNoUnknownRule", "use «unknown-template»t(x: 1) as a\nrule b on deploy allow overrides a\n"),
      // ---- what lifts ----
      beside(
          "UnknownRules",
          "rule s on deploy allow overrides «unknown-rule»rr, «unknown-rule»q.r, «unknown-rule»x\nexception x for r" +
              kRest),
      beside("NotBlocking", "rule s on deploy allow overrides «not-overridable»t\nrule t on deploy warn\n"),
      policy("Mandatory",
             "rule r on deploy deny when hot mandatory because \"no\"\nrule s on deploy allow overrides "
             "«not-overridable»r\nexception e for «not-overridable»r" +
                 kRest +
                 "break glass g on deploy who hot lifts «not-overridable»r for 1h\nbreak glass h on deploy who hot "
                 "lifts r even mandatory for 1h\n"),
      beside("NamedTwice",
             "rule s on deploy allow overrides r, «repeated-clause»r\nexception e for r, «repeated-clause»p.r" + kRest),
      beside(
          "OtherKinds",
          "rule s on migrate allow overrides «no-common-kind»r\nexception e for r on «no-common-kind»migrate" + kRest),
      beside("Incomplete",
             "exception «missing-clause»e for r when hot\nbreak glass «missing-clause»g on deploy oblige a = 1\n"),
      beside("ExceptionOnCommonKind", "exception e for r on every action when hot" + kRest),
      beside("ExceptionCondition", "exception e for r when «unguarded-optional»old < release" + kRest),
      beside("ExceptionClauses",
             "exception e for r owner \"a\" «repeated-clause»owner \"b\" reason \"c\" expires 2026-12-31 in \"UTC\"\n"),
      beside("Expiries",
             "exception e for r owner \"a\" reason \"b\" expires «outside-horizon»2050-01-01T00:00:00Z\nexception f "
             "for r owner \"a\" reason \"b\" expires «bad-time»2026-02-30 in \"UTC\"\n"
             "exception g for r owner \"a\" reason \"b\" expires 2026-12-31 «bad-time»25:00 in \"UTC\"\nexception h "
             "for r owner \"a\" reason \"b\" expires 2026-12-31 in «unknown-zone»\"Europe/Lodnon\"\n"),
      {"NoBreakGlassMark",
       "schema s\ndefault allow\naction k { time: timestamp now, a: string identity }\npolicy p\nrule r on k deny "
       "because \"no\"\nbreak glass «no-break-glass-mark»g on k who a == \"x\" lifts every rule for 1h\n",
       true,
       {}},
      beside("GlassForNothing",
             "break glass g on deploy who hot lifts every rule for «bad-duration»0s oblige a = 1 oblige "
             "«repeated-clause»a = 2\n"),
      // ---- claims ----
      policy("AssumeOnKindsThatHaveIt",
             "assume rows >= 0\nassume canary < 50\nassume actor.kind == bot implies approvals is empty\n"),
      policy("AssumeOnNone", "assume «unknown-attribute»rows >= 0 and canary < 50\n"),
      policy("AssumeUnguarded", "assume on deploy: «unguarded-optional»old < release\n"),
      policy("Invariants",
             "invariant i on deploy never allow when hot and «unknown-name»xx\n«repeated-clause»invariant j on deploy "
             "never allow or allow\ncover deploy when «not-a-condition»canary\n"),
  };
  return kCases;
}

}  // namespace guard::checktest
