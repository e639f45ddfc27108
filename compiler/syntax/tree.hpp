// The syntax tree: what the author wrote, with spans, before any name means anything.
//
// parse.cpp (the only file that sees ANTLR) makes it; print.cpp prints it back (`guardc fmt`), parse(print(tree)) ==
// tree up to spans; check/ reads it. Nodes are values; recursive ones own their children in vectors.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/boxed.hpp"
#include "base/span.hpp"

namespace guard::syntax {

struct Name {
  std::string text;
  Span span;
};
struct Path {  // a.b.c
  std::vector<Name> parts;
  Span span;
};
struct Text {  // a string literal, unescaped
  std::string value;
  Span span;
};

// ---- constants and records ----
enum class ScalarKind : uint8_t { Int, Decimal, String, Duration, Timestamp, True, False, Regex };
struct Scalar {
  ScalarKind kind;
  bool negative = false;  // Int, Decimal, Duration
  std::string text;       // String: unescaped; Regex: between the slashes, as written; others: as written, `_` kept
  Span span;
};
struct Value;
struct Entry {
  Name name;
  bool missing = false;         // `previous: missing`
  std::vector<Value> value;     // exactly one unless missing
  std::optional<Scalar> as_of;  // a timestamp
};
struct Record {  // `deploy { … }`, `base with { … }`, `base`, `{ id: "ann" }`
  std::optional<Name> head;
  bool with = false;    // `head with { … }`
  bool braces = false;  // has a brace part
  std::vector<Entry> entries;
  Span span;
};
struct Value {
  enum class Kind : uint8_t { Scalar, Name, Set, Record, List };
  Kind kind;
  Span span;
  Boxed<Scalar> scalar;         // Scalar
  Path path;                    // Name: an enum word, a let, a parameter, a fixture
  std::vector<Value> elements;  // Set, List ( `{}` is a Set )
  Boxed<Record> record;         // Record
};

// ---- expressions and conditions ----
struct Operand {  // path, or path[key].rest
  Path path;
  std::vector<Operand> key;  // zero or one
  std::optional<Path> rest;  // after the brackets
  Span span;
};
struct Primary {
  Boxed<Operand> operand;  // either this
  Boxed<Scalar> scalar;    // or this
  Span span;
};
struct Term {  // +/- primary [* primary]
  bool negative = false;
  std::vector<Primary> factors;  // one or two
  Span span;
};
struct Expr {
  std::vector<Term> terms;
  Span span;
};
enum class CompareOp : uint8_t { Eq, Ne, Lt, Le, Gt, Ge };
enum class IsWhat : uint8_t { Missing, Present, Stale, Fresh, Empty };
enum class Affix : uint8_t { StartsWith, EndsWith, Contains };

struct ApprovalTerms {
  Value from;
  std::optional<Scalar> within;     // a duration literal …
  std::optional<Name> within_name;  // … or the name of a let
  std::vector<Path> excluding;
  bool including_actor = false;
  Span span;
};

struct Condition {
  enum class Kind : uint8_t {
    Not,
    And,
    Or,
    Implies,
    Paren,  // children
    Any,
    All,
    AtLeast,
    AtMost,
    Exactly,       // quantifier: variable, list, count, children[0]
    Compare,       // left op right
    In,            // left [not] in (operand | set)
    Has,           // left has any|all value       (has_all)
    HasApprovals,  // left has count from …
    Is,            // left is [not] what
    Affix,         // left starts with … value
    Matches,       // left matches "glob" | /regex/ | name
    Since,         // duration since list
    Bare           // left
  };
  Kind kind;
  Span span;     // the whole condition
  Span op_span;  // the operator word or symbol
  std::vector<Condition> children;
  Name variable;           // quantifiers
  uint32_t count = 0;      // AtLeast, AtMost, Exactly, HasApprovals
  Boxed<Operand> operand;  // quantifiers: the list or set; In: right side when it is a name; Since: the attribute
  CompareOp op = CompareOp::Eq;
  IsWhat what = IsWhat::Missing;
  Affix affix = Affix::StartsWith;
  bool negated = false;  // `not in`, `is not`
  bool has_all = false;
  Boxed<Expr> left, right;
  Boxed<Value> value;  // In: set literal; Has, Affix: the constant; Matches: pattern (Scalar String|Regex, or Name)
  Boxed<ApprovalTerms> approvals;
  std::optional<Scalar> duration;  // Since
};

// ---- schema ----
struct EnumBody {
  std::vector<Name> words;
  bool ordered = false;
  bool mixed = false;  // both `,` and `<` were used: an error of the checker
  Span span;
};
struct Field;
struct Type {
  enum class Kind : uint8_t { Int, Decimal, Set, List, Record, Enum, Optional, Named };
  Kind kind;
  Span span;
  std::optional<Scalar> min, max;          // Int with a range
  std::optional<Scalar> precision, scale;  // Decimal
  std::vector<Type> inner;                 // Set, List, Optional: one
  std::vector<Field> fields;               // Record
  EnumBody body;                           // Enum
  Name name;                               // Named
};
struct Mark {
  enum class Kind : uint8_t { Now, Sensitive, At, Identity, Approvals, BreakGlass };
  Kind kind;
  Span span;
  Text pointer;              // At
  std::optional<Path> path;  // Identity
  std::vector<Name> fields;  // Approvals: person, groups, time; BreakGlass: person, reason, time
};
struct Field {
  bool signal = false;
  Name name;
  Type type;
  std::optional<Scalar> max_age;
  std::vector<Mark> marks;
  Span span;
};

// ---- rules ----
struct RuleRef {
  Name first;
  std::optional<Name> second;  // policy.rule
  Span span;
};
struct Kinds {
  bool every = false;  // `every action`
  std::vector<Name> names;
  Span span;
};
struct Moment {  // a timestamp, or a local date and time in a zone
  std::optional<Scalar> timestamp;
  std::optional<Text> date, time, zone;  // date as "2026-12-31", time as "18:00"
  Span span;
};
struct Requirement {
  uint32_t count = 0;
  ApprovalTerms terms;
  Span span;
};
enum class OutcomeWord : uint8_t { Allow, Deny, Hold };
enum class MissingPolicy : uint8_t { Block, Hold, Ignore };
enum class Mode : uint8_t { Off, Shadow, Advisory, Enforce };
struct Clause {
  enum class Kind : uint8_t {
    When,
    Unless,
    Deny,
    Allow,
    Overrides,
    Require,
    HoldUntil,
    Warn,
    Oblige,
    Because,
    IfMissing,
    Mode,
    Mandatory,
    Owner,
    Accept
  };
  Kind kind;
  Span span;
  Boxed<Condition> condition;             // When, Unless, HoldUntil
  std::vector<RuleRef> rules;             // Overrides
  std::vector<Requirement> alternatives;  // Require
  Name name;                              // Oblige, Accept (check id)
  Boxed<Value> value;                     // Oblige
  Text text;                              // Because, Owner, Accept
  MissingPolicy missing = MissingPolicy::Block;
  Mode mode = Mode::Enforce;
  Boxed<Moment> until;        // Mode, Accept
  std::optional<Text> owner;  // Accept
};

// ---- windows ----
struct WindowTerm {
  enum class Kind : uint8_t { Weekly, Daily, Dated, Day, Named };
  Kind kind;
  Span span;
  std::vector<std::pair<uint8_t, uint8_t>> days;  // Weekly: inclusive ranges, 0 = mon … 6 = sun
  std::optional<Text> from_date, from_time, to_date, to_time, zone;
  Name name;
};
struct WindowExpr {
  std::vector<WindowTerm> terms;
  std::vector<WindowTerm> except;
  Span span;
};

// ---- items ----
struct DefaultItem {
  OutcomeWord outcome;
  std::optional<Kinds> kinds;
};
struct UnguardedItem {
  std::vector<Name> kinds;
};
struct BlockingWinsItem {};
struct KindAtItem {
  Text pointer;
};
struct EnumItem {
  Name name;
  EnumBody body;
};
struct RecordItem {
  Name name;
  std::vector<Field> fields;
};
struct ActionItem {
  std::optional<Name> name;
  std::vector<Field> fields;
};
struct SeverityItem {
  Name check;
  Name severity;
};
struct LetItem {
  Name name;
  Value value;
};
struct DefineItem {
  Name name;
  Condition condition;
};
struct WindowItem {
  Name name;
  WindowExpr window;
};
struct DataItem {
  Name name;
  Text file;
  Type key, value;
};
struct FixtureItem {
  Name name;
  Record record;
};
struct AssumeItem {
  std::optional<Kinds> kinds;
  Condition condition;
};
struct OwnerItem {
  Text owner;
};
struct RuleItem {
  Name name;
  Kinds kinds;
  std::vector<Clause> clauses;
};
struct Param {
  Name name;
  Type type;
};
struct TemplateItem {
  Name name;
  std::vector<Param> params;
  Kinds kinds;
  std::vector<Clause> clauses;
};
struct Argument {
  Name name;
  Value value;
};
struct UseItem {
  Name name;
  std::vector<Argument> args;
  Name as;
};
struct ExceptionItem {
  Name name;
  std::vector<RuleRef> rules;
  std::optional<Kinds> kinds;
  Boxed<Condition> when;
  Boxed<Moment> expires;
  std::optional<Text> owner, reason;
  std::vector<Span> repeated;  // clauses given twice
};
struct BreakGlassItem {
  Name name;
  Kinds kinds;
  Boxed<Condition> who, when;
  bool lifts_given = false, lifts_every = false, even_mandatory = false;
  Span lifts_span;  // `lifts …`
  std::vector<RuleRef> lifts;
  std::optional<Scalar> duration;
  std::vector<Argument> obligations;
  std::vector<Span> repeated;
};
struct InvariantItem {
  Name name;
  Kinds kinds;
  bool never = true;  // else always
  std::vector<OutcomeWord> outcomes;
  Boxed<Condition> when;
};
struct CoverItem {
  Kinds kinds;
  Boxed<Condition> when;
};
struct TestStep {
  enum class Kind : uint8_t {
    GivenRecord,
    GivenJson,
    GivenFile,
    ExpectOutcome,
    ExpectError,
    ExpectStatus,
    ExpectObligation
  };
  enum class Status : uint8_t { Applied, Overridden, Excepted, Shadow, Advisory, Silent };
  Kind kind;
  Span span;
  Boxed<Record> record;
  Text text;               // GivenJson, GivenFile, ExpectError (code; empty: any)
  std::optional<Name> as;  // kind of GivenJson, GivenFile
  OutcomeWord outcome = OutcomeWord::Allow;
  std::vector<RuleRef> rules;  // ExpectOutcome: by …; ExpectStatus: one
  Status status = Status::Applied;
  Name name;  // ExpectObligation
  Boxed<Value> value;
};
struct TestItem {
  Text name;
  std::vector<TestStep> steps;
};

struct Item {
  std::variant<DefaultItem, UnguardedItem, BlockingWinsItem, KindAtItem, EnumItem, RecordItem, ActionItem, SeverityItem,
               LetItem, DefineItem, WindowItem, DataItem, FixtureItem, TestItem, AssumeItem, OwnerItem, RuleItem,
               TemplateItem, UseItem, ExceptionItem, BreakGlassItem, InvariantItem, CoverItem>
      node;
  Span span;
};
struct Section {
  bool schema = false;  // else a policy
  Name name;
  std::vector<Item> items;
  Span span;
};
struct Comment {     // kept for the printer
  std::string text;  // with its `//`
  Span span;
  bool own_line = true;  // nothing but space before it on its line
};
struct File {
  FileId id = kNoFile;
  std::vector<Section> sections;
  std::vector<Comment> comments;
};

}  // namespace guard::syntax
