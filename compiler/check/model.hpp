// The checked policy set: every name resolved, every type known, templates and defines expanded, per action kind.
//
// check/check.cpp makes it from syntax trees (only when there was no error); ir/ lowers it, tests/reference evaluates
// it directly. Everything here is two things at once: total (evaluation cannot fail on a record that fits the schema)
// and explicit (an optional attribute is only read behind its guard; three-valued signals are not yet settled: see
// `Condition`).
//
// Attributes are flattened: every leaf of a kind's record tree is one `Leaf` with a dotted path. Numbers are int64:
// int as is; decimal(p,s) times 10^s; timestamp and duration in nanoseconds (timestamps since 1970-01-01T00:00:00Z,
// range 1678-01-01 to 2261-12-31); enum words by position in their declaration (0-based).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/span.hpp"
#include "syntax/tree.hpp"

namespace guard::check {

// ---- ids (indices into the vectors of PolicySet or Kind) ----
enum class EnumId : uint32_t {};
enum class KindId : uint32_t {};
enum class LeafId : uint32_t {};  // of one kind
enum class RuleId : uint32_t {};
enum class WindowId : uint32_t {};
enum class DataId : uint32_t {};
enum class RequirementId : uint32_t {};
inline constexpr LeafId kNoLeaf = LeafId{0xffffffffu};

// ---- types ----
enum class TypeKind : uint8_t {
  Bool,
  Int,
  Decimal,
  String,
  Enum,
  Version,
  Timestamp,
  Duration,
  Set,
  List,
  Presence,
  Signal
};
// Presence: the pseudo-leaf of an optional record (and of an optional set or list: those are their own leaf, optional).
// Signal:   the pseudo-leaf of a signal attribute: given or missing, with its as-of instant.
struct Type {
  TypeKind kind = TypeKind::Bool;
  int64_t min = 0, max = 0;             // Int, Decimal (scaled): the declared range; full int64 when none was declared
  uint8_t precision = 0, scale = 0;     // Decimal
  EnumId enum_id{};                     // Enum, and Set of enum
  TypeKind element = TypeKind::String;  // Set: String, Int, Enum or Version (numbers: range in min, max)
  bool operator==(const Type&) const = default;
};

struct EnumType {
  std::string name;  // "Environment", or "deploy.commit.signature" for an anonymous one
  std::vector<std::string> words;
  bool ordered = false;
};

// One flattened attribute of a kind, or one column of a list's rows.
struct Leaf {
  std::string path;  // "actor.id"; a row's column: "d.service" is Leaf "service" in `columns` of the list leaf
  Type type;
  bool optional = false;  // may be absent (itself `T?`), given that `parent` is present
  bool sensitive = false;
  LeafId parent =
      kNoLeaf;  // the Presence leaf of the nearest enclosing optional record, or the Signal leaf it belongs to
  LeafId signal = kNoLeaf;  // the Signal leaf when the value belongs to a signal (directly or deeper)
  std::vector<std::string>
      json;  // object keys from the root of the record (or of the row) to the value; a signal's leaf names
             // the object that holds `value` and `as_of`; its values' paths pass through "value"
  int64_t max_age_ns = 0;     // Signal
  std::vector<Leaf> columns;  // List: the row's leaves (scalars, sets and Presence leaves), LeafIds local to the row
  Span span;
};

struct Kind {
  std::string name;
  std::vector<Leaf> leaves;  // order: common attributes first, in declaration order, parents before children
  bool unguarded = false;
  syntax::OutcomeWord default_outcome = syntax::OutcomeWord::Deny;  // Allow or Deny
  LeafId now = kNoLeaf;        // the decision's instant: a required timestamp (every schema must mark one)
  LeafId actor = kNoLeaf;      // string that identifies the acting person, or kNoLeaf
  LeafId approvals = kNoLeaf;  // list leaf, or kNoLeaf
  uint32_t approval_by = 0, approval_groups = 0, approval_at = 0;  // columns of `approvals`
  LeafId break_glass = kNoLeaf;  // Presence leaf of the break-glass record, or kNoLeaf
  LeafId break_glass_by = kNoLeaf, break_glass_reason = kNoLeaf, break_glass_at = kNoLeaf;
  Span span;
};

// ---- constants ----
// A version constant and a string constant are `text`; all else is `number` (scaled as above; bool 0/1).
struct Constant {
  Type type;
  int64_t number = 0;
  std::string text;
};

// ---- operands ----
struct Operand {
  enum class From : uint8_t {
    Leaf,     // an attribute of the action
    Column,   // a column of the row that the enclosing list quantifier is at
    Element,  // the element that the enclosing set quantifier is at
    Lookup    // data[key].field, key a string operand (key.size() == 1)
  };
  From from = From::Leaf;
  Type type;
  uint32_t index = 0;        // Leaf: LeafId; Column: index into columns; Lookup: field index of the data table
  DataId data{};             // Lookup
  std::vector<Operand> key;  // Lookup
  Span span;
  std::string text;  // as the author wrote it: "d.deployed", "inventory[service].tier"
};

// ---- conditions ----
// Truth is Kleene's. The value of a signal attribute (Leaf.signal) is unknown while the signal is missing or stale;
// every other atom is two-valued. An atom over an absent optional operand or a failed lookup is false (the checker
// guarantees that such an atom never decides anything: its guard stands in the same condition).
enum class Compare : uint8_t { Eq, Ne, Lt, Le, Gt, Ge };
enum class Match : uint8_t {
  StartsWith,
  EndsWith,
  Contains,
  Glob,
  Regex
};  // all but Contains/affixes: the whole string
enum class SignalState : uint8_t { Fresh, Missing, Stale };
// A signal is Missing when its object is absent or null; Stale when as_of > now or now - as_of > max age; else Fresh.

struct LinearTerm {
  int64_t coefficient = 1;
  Operand operand;
};

struct Condition {
  enum class Kind : uint8_t {
    // connectives
    Constant,  // value
    And,
    Or,
    Not,  // children (n-ary; `a implies b` is Or(Not a, b))
    // atoms on one operand
    Bool,            // operand is true
    NumberCompare,   // operand `compare` number         (Int, Decimal, Timestamp, Duration, ordered Enum; Eq, Ne on any
                     // Enum, Bool)
    NumberIn,        // operand in numbers               (sorted, distinct)
    StringIn,        // operand in texts                 (`==` is one text; sorted, distinct)
    StringMatch,     // operand `match` texts[0]         (Glob, Regex: as written by the author, validated)
    VersionCompare,  // operand `compare` texts[0]       (semver 2.0.0 precedence; Eq is precedence equality)
    VersionIn,       // operand in texts                 (precedence equality)
    Present,    // operand (optional leaf or column, Presence leaf, Lookup) is present. `inventory[service] is present`
                // asks
                // for a required field of the row (there always is one); a Lookup is present when the key has a row and
                // the field's cell is present
    SignalIs,   // signal leaf operand has state `signal_state` (missing, stale, fresh); `is present` is Not missing
    SetHasAny,  // operand has one of numbers/texts
    SetHasAll,  // operand has every one of numbers/texts
    SetEmpty,   // operand (a set, or a list) has no element
    InWindow,   // the decision's instant is in `window`
    // atoms on two operands
    StringEqual,   // operand == second                (both String)
    EnumEqual,     // operand == second                (both of one enum; ordered comparison is Linear)
    VersionOrder,  // operand `compare` second
    Linear,     // sum of terms `compare` number    (Int, Decimal at one common scale, Timestamp/Duration in ns, ordered
                // Enum).
                // Evaluate sums in __int128: the sum of the absolute values of the terms is < 2^126.
    Approvals,  // requirement is met
    // quantifiers: operand is a list leaf (body reads Columns) or a set (leaf or column; body reads Element)
    Any,
    All,  // children[0]
    AtLeast,
    AtMost,
    Exactly  // number of rows (or of distinct elements) whose body holds `compare` count
  };
  Kind kind = Kind::Constant;
  Span span;         // where the author wrote it (an expanded define or template: at its definition)
  std::string text;  // as written, on one line; filled for atoms and quantifiers, and for a connective that spells out
                     // what its author wrote as one atom (`a != b` is a Not, `a == b` on bools an Or)
  bool value = false;
  std::vector<Condition> children;
  Operand operand, second;
  Compare compare = Compare::Eq;
  Match match = Match::Glob;
  SignalState signal_state = SignalState::Fresh;
  int64_t number = 0;
  std::vector<int64_t> numbers;    // also SetHas… over Int and Enum
  std::vector<std::string> texts;  // also SetHas… over String and Version
  uint32_t count = 0;              // AtLeast, AtMost, Exactly
  WindowId window{};
  RequirementId requirement{};
  std::vector<LinearTerm> terms;
  std::string variable;  // quantifiers: the author's name for the element
};

// ---- approvals ----
// Met when at least `count` distinct persons, none of them the actor (unless included) nor named by an `excluding`
// leaf, each have an approval with one of the groups `from`, not later than the instant, and with `within`: instant -
// at <= within.
struct Requirement {
  uint32_t count = 1;
  std::vector<std::string> from;  // sorted, distinct, not empty
  std::optional<int64_t> within_ns;
  std::vector<LeafId> excluding;  // string leaves of the kind (an absent optional one excludes nobody)
  bool including_actor = false;
  std::string text;  // "2 approvals from {\"dba\"} within 24h"
  KindId kind{};
  Span span;
};

// ---- windows ----
// A window is a set of instants. `steps` are applied in order to "outside": Include adds, Exclude removes the step's
// instants.
struct WindowStep {
  enum class Kind : uint8_t {
    Weekly,    // local time of week in [begin, end) minutes since Monday 00:00; end may pass 7*1440: it wraps; several
               // per step
    LocalDay,  // local date == day (days since 1970-01-01)
    Interval,  // instant in [from_ns, to_ns) (made from local times: first of the two at a fold, the transition at a
               // gap)
    Window     // another window, declared earlier (smaller id)
  };
  Kind kind = Kind::Weekly;
  bool exclude = false;
  std::string zone;  // IANA name: Weekly, LocalDay
  std::vector<std::pair<uint32_t, uint32_t>> minutes;
  int64_t day = 0;
  int64_t from_ns = 0, to_ns = 0;
  WindowId window{};
};
struct Window {
  std::string name;  // "freeze"
  std::string text;  // its expression, on one line
  std::vector<WindowStep> steps;
  Span span;
};

// Offset table of one zone over the horizon: at instant t the local time is t + offset of the last row with from_ns <=
// t.
struct ZoneRow {
  int64_t from_ns = 0;
  int32_t offset_s = 0;
};
struct Zone {
  std::string name;
  std::vector<ZoneRow> rows;  // the first row's from_ns is the horizon's begin
};

// ---- data ----
struct DataField {
  std::string name;  // empty for a map of scalars
  Type type;         // a scalar, or a set of strings
  bool optional = false;
};
struct DataCell {
  bool present = true;
  Constant constant;               // scalars
  std::vector<std::string> texts;  // sets
};
struct DataTable {
  std::string name;
  std::string file;
  std::string sha256;  // hex, of the file's bytes
  std::string policy;  // where it was declared, empty: in the schema
  std::vector<DataField> fields;
  std::map<std::string, std::vector<DataCell>> rows;
  Span span;
};

// ---- rules ----
enum class Effect : uint8_t { Deny, Require, Hold, Allow, Warn, Oblige };
[[nodiscard]] constexpr bool is_blocking(Effect e) {
  return e == Effect::Deny || e == Effect::Require || e == Effect::Hold;
}

struct MessagePart {
  enum class Kind : uint8_t { Literal, Value, Element };
  Kind kind = Kind::Literal;
  std::string text;         // Literal (constants are already rendered into it)
  Operand operand;          // Value: Leaf or Lookup; Element: Column or Element operand of the quantifier below
  uint32_t quantifier = 0;  // Element: pre-order number, among the quantifiers of the rule's condition on that kind, of
                            // the quantifier whose first element that makes the rule fire is quoted
  bool witness_is = true;  // Element: quote the first element whose body is `witness_is` (false under `unless all …`)
};
struct Obligation {
  std::string name;
  Constant value;  // string, int, decimal, bool, duration
  std::string text;
  Span span;
};

// What a rule says on one kind.
struct RuleOnKind {
  KindId kind{};
  Condition condition;                                   // Constant true when the rule has no `when`
  std::vector<std::vector<RequirementId>> requirements;  // all of: any of
  std::optional<Condition> until;                        // Effect::Hold: released when surely true
  std::vector<MessagePart> message;
  std::vector<LeafId> signals;  // Signal leaves that `condition` reads the value of, ascending
};
// A finding of verification that is known and meant.
struct Acceptance {
  std::string check, reason;
  std::string owner;                // may be empty
  std::optional<int64_t> until_ns;  // from then on it is over
};
struct Rule {
  std::string id;  // "policy.rule"
  std::string policy;
  std::string name;
  std::string owner;  // the rule's, else the policy's, else ""
  Effect effect = Effect::Deny;
  bool mandatory = false;
  bool mandatory_said = false;  // by its own words
  bool baseline = false;        // of the organisation's set, where what blocks is mandatory
  syntax::Mode mode = syntax::Mode::Enforce;
  std::optional<int64_t> mode_until_ns;
  syntax::MissingPolicy if_missing = syntax::MissingPolicy::Block;  // of blocking rules
  std::vector<RuleId> overrides;                                    // Allow only; blocking, not mandatory ones
  std::vector<Obligation> obligations;
  std::vector<RuleOnKind> on;  // by ascending kind, not empty
  std::string message_source;  // the template as written
  std::vector<Acceptance> accepted;
  bool has_condition = false;
  Span span;  // the whole rule
  Span name_span;
};

struct ConditionOnKind {
  KindId kind{};
  Condition condition;
};
struct Exception {
  std::string id;  // "policy.exception"
  std::vector<RuleId> rules;
  std::vector<ConditionOnKind> on;  // per kind that the exception covers
  int64_t expires_ns = 0;           // covers instants before it
  std::string owner, reason;
  bool has_condition = false;
  Span span;
};
// Covers an action that carries the break-glass record with `by` equal to the actor, a reason that is not empty and
// at <= now < at + duration, when `who` and `when` surely hold. Lifts the blocking rules named (or every one);
// mandatory ones only with `even mandatory`.
struct BreakGlass {
  std::string id;
  std::vector<ConditionOnKind> on;  // who and when
  bool every = false;
  bool even_mandatory = false;
  bool baseline = false;      // of the organisation's set
  std::vector<RuleId> rules;  // when not `every`, ascending
  int64_t duration_ns = 0;
  std::vector<Obligation> obligations;
  Span span;
};
// The action must surely satisfy it; else the decision is `error` (assume-broken).
struct Assumption {
  std::string text;
  std::vector<ConditionOnKind> on;
  Span span;
};
struct Invariant {
  std::string id;  // "policy.invariant"
  bool never = true;
  std::vector<syntax::OutcomeWord> outcomes;
  std::vector<ConditionOnKind> on;  // Constant true when there was no `when`
  std::string text;
  Span span;
};
struct Cover {
  std::vector<ConditionOnKind> on;
  std::string text;
  std::string policy;
  Span span;
};

// ---- tests ----
struct Expectation {
  syntax::TestStep::Kind kind;
  syntax::OutcomeWord outcome = syntax::OutcomeWord::Allow;  // ExpectOutcome
  std::vector<RuleId> by;  // ExpectOutcome: each of these is applied (and for deny: is a deny …)
  std::string error;       // ExpectError: code, empty for any
  RuleId rule{};           // ExpectStatus
  syntax::TestStep::Status status = syntax::TestStep::Status::Silent;
  std::string obligation;       // ExpectObligation
  std::string obligation_json;  // its value as JSON
  Span span;
};
struct TestCase {
  std::string json;  // the action record, as text (from a record literal, a JSON string or a file)
  std::string kind;  // --kind, or empty
  std::vector<Expectation> expectations;
  Span span;
};
struct Test {
  std::string name;
  std::string policy;
  std::vector<TestCase> cases;  // one per `given`
  Span span;
};

struct SourceDigest {
  FileId file;
  std::string path;
  std::string sha256;  // hex
};

struct PolicySet {
  std::string schema;                  // its name
  std::vector<std::string> kind_json;  // keys of the kind in the record; default {"kind"}
  bool blocking_wins = false;
  std::vector<EnumType> enums;
  std::vector<Kind> kinds;
  std::vector<Window> windows;
  std::vector<Zone> zones;                         // only those used
  int64_t horizon_from_ns = 0, horizon_to_ns = 0;  // [from, to): instants at which windows may be asked
  std::string tzdata_version;
  std::vector<DataTable> data;
  std::vector<Requirement> requirements;
  std::vector<Rule> rules;            // mode `off` included; order: by id (so that file order does not matter)
  std::vector<Exception> exceptions;  // by id
  std::vector<BreakGlass> break_glass;
  std::vector<Assumption> assumptions;
  std::vector<Invariant> invariants;
  std::vector<Cover> covers;
  std::vector<Test> tests;
  std::vector<std::pair<std::string, std::string>> severities;  // check id, error|warning|note|off
  std::vector<SourceDigest> sources;                            // by path
};

}  // namespace guard::check
