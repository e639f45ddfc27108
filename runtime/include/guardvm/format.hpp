// The bundle's layout: one file, mapped and read in place. Little-endian, 8-byte aligned, offsets only;
// runtime/FORMAT.md says the same byte by byte. The compiler writes these structs; the loader validates every index and
// count in them before use.
//
// A file is: Header, then `section_count` SectionRows sorted by id, then the sections, each 8-aligned, zero padded
// between. A section is an array of one struct. A Range is first/count into the array named beside it; a Text is bytes
// of Section Bytes.
#pragma once
#include <cstdint>
#include <type_traits>

namespace guardvm::format {

inline constexpr char kMagic[8] = {'G', 'U', 'A', 'R', 'D', 'B', 'C', '\n'};
inline constexpr uint32_t kVersion = 1;
inline constexpr uint32_t kNone = 0xffffffffu;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t section_count;
  uint64_t file_bytes;
  uint64_t checksum;   // XXH3-64 of every byte of the file after this field
  uint8_t sha256[32];  // of every byte of the file after this field: names the bundle ("sha256:<hex>")
};
struct SectionRow {
  uint32_t id;          // SectionId
  uint32_t item_bytes;  // sizeof the struct
  uint64_t offset;      // from the start of the file
  uint64_t count;       // of items
};

struct Text {
  uint32_t offset, size;  // into Bytes
};
struct Range {
  uint32_t first, count;
};

// ---- schema ----
struct MetaRow {  // exactly one
  Text schema;
  Text tzdata;
  Range kind_json;  // Strings: keys from the root to the kind
  int64_t horizon_from_ns, horizon_to_ns;
  uint8_t blocking_wins;
  uint8_t stripped;
  uint8_t padding[6];
};
enum class Type : uint8_t {
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
};  // = check::TypeKind
struct EnumRow {
  Text name;
  Range words;  // Strings
  uint32_t ordered;
  uint32_t padding;
};
struct LeafRow {
  Text path;
  Range json;          // Strings: object keys from the root (a column: from the row)
  Range columns;       // Leaves: of a list
  int64_t min, max;    // Int, Decimal (scaled); else 0
  int64_t max_age_ns;  // Signal
  uint32_t enum_id;    // Enum, set of enum; else kNone
  uint32_t parent;     // leaf (of the kind, or of the row) that must be present for this one to be; kNone
  uint32_t signal;     // Signal leaf this value belongs to; kNone
  Type type;
  Type element;  // Set
  uint8_t optional;
  uint8_t sensitive;
  uint8_t precision, scale;
  uint8_t padding[6];
};
struct KindRow {
  Text name;
  Range leaves;                                        // Leaves (their columns stand elsewhere in Leaves)
  Range entries;                                       // Entries
  Range dims;                                          // Dims
  uint32_t now, actor, approvals;                      // leaf of the kind, or kNone
  uint32_t approval_by, approval_groups, approval_at;  // columns
  uint32_t break_glass, break_glass_by, break_glass_reason, break_glass_at;  // leaves or kNone
  uint32_t index_words;     // 64-bit words of one index row: ceil(ranked.count / 64)
  Range ranked;             // Candidates: by bit position
  uint32_t scope_dim;       // the dim (of the kind) by whose class entries are listed, or kNone
  uint32_t scope_rows;      // first of that dim's `classes` rows of ScopeRows
  uint8_t default_outcome;  // Outcome: Allow or Deny
  uint8_t unguarded;
  uint8_t uses_windows;
  uint8_t padding;
  uint64_t worst_steps;  // of all entries and candidates, more than either tier takes; recomputed by the loader
};

// ---- code and what it names ----
struct Instr {
  uint8_t op;   // Opcode
  uint8_t aux;  // Compare or SignalState
  uint16_t padding;
  uint32_t a, b;
};
enum class From : uint8_t { Leaf, Column, Element, Lookup };  // = check::Operand::From
struct OperandRow {
  Text text;       // as the author wrote it
  uint32_t index;  // Leaf: leaf of the kind; Column: column; Lookup: field
  uint32_t data;   // Lookup: Data
  uint32_t key;    // Lookup: Operands (smaller than this row's own index)
  uint32_t enum_id;
  uint32_t list;  // Column: the list leaf of the kind whose row it reads; Element: kNone
  From from;
  Type type;
  Type element;
  uint8_t scale;
  uint32_t kind;  // KindRow the leaf belongs to
  uint32_t padding;
};
enum class Match : uint8_t { StartsWith, EndsWith, Contains, Glob, Regex };  // = check::Match
struct PatternRow {
  Text text;     // affixes, Contains: the bytes; Glob, Regex: the source
  uint32_t dfa;  // Regex: Dfas; else kNone
  Match match;
  uint8_t padding[3];
};
struct DfaRow {  // over bytes of UTF-8; state 0 is dead (all its transitions lead to 0), state 1 is the start
  uint32_t states, classes;
  uint32_t class_map;  // offset into Bytes of 256 bytes: byte -> class
  uint32_t table;      // DfaCells: states * classes next states
  uint32_t accept;     // DfaAccepts: one Range per state, into Indices: atoms (a single regex: atom 0)
  uint32_t scan;  // 1: atoms count at every state passed, the start included (Aho-Corasick); 0: at the last state only
};
struct LinearRow {
  Range terms;  // LinearTerms
  int64_t constant;
};
struct LinearTermRow {
  int64_t coefficient;
  uint32_t operand;
  uint32_t padding;
};
struct RequirementRow {
  Text text;
  Text within_text;   // canonical, empty without `within`
  int64_t within_ns;  // -1: none
  uint32_t count;
  uint32_t from;    // StringSets
  Range excluding;  // Indices: string leaves
  uint32_t including_actor;
  uint32_t padding;
};
struct WindowRow {
  Text name;
  Range steps;
};
enum class StepKind : uint8_t { Weekly, LocalDay, Interval, Window };  // = check::WindowStep::Kind
struct WindowStepRow {
  int64_t from, to;  // Interval: ns; LocalDay: from = day
  Range minutes;     // MinuteRanges
  uint32_t zone;     // Zones, Weekly and LocalDay
  uint32_t window;   // Windows, smaller than the own
  StepKind kind;
  uint8_t exclude;
  uint8_t padding[6];
};
struct MinuteRange {
  uint32_t begin, end;  // minutes of the local week, begin < 10080, begin < end <= begin + 10080
};
struct ZoneRow {
  Text name;
  Range offsets;  // ZoneOffsets
};
struct ZoneOffset {
  int64_t from_ns;
  int64_t offset_s;
};
struct DataRow {
  Text name;
  Text file;
  uint8_t sha256[32];
  Range keys;      // Strings, sorted by bytes
  Range fields;    // DataFields
  uint32_t cells;  // first of keys.count * fields.count items of DataCells, row by row
  uint32_t padding;
};
struct DataFieldRow {
  Text name;
  uint32_t enum_id;
  Type type;
  Type element;
  uint8_t optional;
  uint8_t scale;
};
struct DataCell {
  int64_t number;  // scalars
  Text text;       // String, Version
  uint32_t set;    // StringSets (Set), else kNone
  uint32_t present;
};

// ---- rules ----
enum class Effect : uint8_t { Deny, Require, Hold, Allow, Warn, Oblige };  // = check::Effect
enum class Mode : uint8_t { Off, Shadow, Advisory, Enforce };              // = syntax::Mode
enum class IfMissing : uint8_t { Block, Hold, Ignore };                    // = syntax::MissingPolicy
// Where something stands in the sources; lines and columns count from 1, what does not fit stays at the greatest
// number.
struct SpanRow {
  uint32_t line;
  uint16_t lines;               // more, to the last one
  uint16_t column, end_column;  // of the first character, and behind the last one
  uint16_t file;                // Sources; kNoFile: unknown
};
inline constexpr uint16_t kNoFile = 0xffff;
struct RuleRow {
  Range overrides;  // Indices: rules; what deciding looks at stands together
  SpanRow span;
  Effect effect;
  Mode mode;
  IfMissing if_missing;
  uint8_t mandatory;
  uint8_t has_condition;
  uint8_t baseline;        // of the organisation's set; what blocks there is mandatory
  uint8_t mandatory_said;  // mandatory by its own words
  uint8_t padding[5];
  int64_t mode_until_ns;  // INT64_MAX: none
  Text id, policy, owner;
  Text message;       // the template as written
  Range obligations;  // Obligations
  Range accepted;     // Strings, pairs: check id, reason
};
struct ExceptionRow {
  Text id, owner, reason;
  int64_t expires_ns;
  Range rules;  // Indices: rules, ascending
  SpanRow span;
  uint32_t has_condition;
};
struct BreakGlassRow {
  Text id;
  Range rules;  // Indices, ascending; unused when every
  Range obligations;
  int64_t duration_ns;
  SpanRow span;
  uint8_t every, even_mandatory;
  uint8_t baseline;  // of the organisation's set
  uint8_t padding[1];
};
struct AssumptionRow {
  Text text;
  SpanRow span;
};
struct ObligationRow {
  Text name;
  Text json;  // its value, as JSON
};
enum class What : uint8_t { Assumption, Exception, BreakGlass, Rule };
// What one object says on one kind. Code ranges are into Code. Entries of a kind are sorted by (what, object).
struct EntryRow {
  Range match;      // flag true: it fires (assumption: it is broken). Signals are settled: see LANGUAGE.md, "Signals"
  Range surely;     // If-missing hold rules only: flag false means degraded; else count 0
  Range until;      // Hold rules: released when true
  Range groups;     // RequirementGroups: all of
  Range signals;    // Indices: signal leaves whose values the condition reads, ascending
  Range message;    // MessageParts
  uint32_t object;  // Rules, Exceptions, BreakGlasses or Assumptions
  uint32_t node;    // ConditionNodes: the condition's root (kNone: no condition)
  uint32_t until_node;
  What what;
  uint8_t uses_time;  // match, surely, until or the requirements depend on the instant
  uint8_t padding[2];
};
struct RequirementGroupRow {
  Range alternatives;  // Indices: Requirements
};
enum class PartKind : uint8_t { Literal, Value, Element };
struct MessagePartRow {
  Text text;         // Literal
  uint32_t operand;  // Value: a leaf or lookup; Element: a column or element
  uint32_t element;  // Element: MessageElements
  PartKind kind;
  uint8_t padding[3];
};
struct MessageElementRow {
  uint32_t list;   // Operands: the list or set
  Range surely;    // Code: the row is a witness, surely …
  Range possibly;  // … and possibly
};
// The condition as the author wrote it, for explain, coverage and verify: connectives over atoms. Kleene truth: an atom
// that reads the value of a signal that is not fresh is unknown; a quantifier is one atom here (with `code` on settled
// bodies below).
enum class NodeKind : uint8_t { Constant, And, Or, Not, Atom };
struct ConditionNode {
  Text text;           // Atom: as written, one line
  Range parts;         // And, Or, Not: Indices: ConditionNodes, each smaller than this row's own index; Atom: Code
  uint32_t unsettled;  // Atom: PossiblyCodes; kNone: it reads no signal, what is possibly true is surely true
  SpanRow span;
  NodeKind kind;
  uint8_t value;      // Constant
  uint8_t uses_time;  // Atom: depends on the instant
  uint8_t guard;      // Atom: tests presence only
  uint32_t operand;   // Atom: Operands: the one whose value is worth showing; kNone

  [[nodiscard]] Range children() const { return kind == NodeKind::Atom ? Range{0, 0} : parts; }
  // Atom: Code: true when the atom is surely true; when it is possibly true. `view` is the bundle's.
  [[nodiscard]] Range surely() const { return parts; }
  template <typename View>
  [[nodiscard]] Range possibly(const View& view) const {
    return unsettled == kNone ? parts : view.PossiblyCodes[unsettled];
  }
};

// ---- index: see runtime/decide/index.hpp ----
// A dim classifies one leaf. Class dims give one class id; multi dims give the set of true atoms. An entry that matches
// in few classes of the scope dim (most rules name a service) stands in the lists of those classes, with the code that
// is left to run. Every other entry has a bit position: bit i of a row speaks of candidate i; an entry whose bit
// survives in every dim matches as far as the index can tell.
enum class Classifier : uint8_t {
  Flag,       // class: 0 absent, 1 false, 2 true (Bool)
  Presence,   // class: 0 absent, 1 present (any leaf)
  Signal,     // class: SignalState (0 fresh, 1 missing, 2 stale)
  Numbers,    // class: 0 absent, else 1 + 2 * (number of cuts below) + (value is a cut): cuts in Numbers
  Versions,   // class: as Numbers, by precedence: cuts in Strings
  Strings,    // class: 0 absent, 1 no constant, 2 + i: constant i (hash table)
  TextAtoms,  // multi: of a string leaf: patterns
  SetAtoms,   // multi: of a set leaf: "some element is one of / matches"
  Windows     // multi: of the instant: windows
};
struct DimRow {
  uint32_t leaf;
  uint32_t classes;  // class dims: number of classes; multi dims: number of atoms
  Range cuts;  // Numbers | Versions: cuts. SetAtoms over numbers: sorted constants in Numbers, parallel to `lists`
  Range hash;  // HashSlots, count a power of two (or 0): Strings: value = class; SetAtoms over strings: value = row of
               // AtomLists
  Range prefixes;     // Affixes, by descending length: TextAtoms, SetAtoms over strings
  Range suffixes;     // Affixes, by descending length
  Range dfas;         // Dfas
  Range windows;      // Indices: Windows, one per atom
  uint32_t lists;     // SetAtoms over numbers: first of cuts.count rows of AtomLists
  uint32_t any_atom;  // SetAtoms: atom that holds when the set has any element, or kNone
  uint32_t dense;  // class dims: 2: no rows (only the scope dim); 1: `rows` are dense; 0: sparse over the wildcard row
  uint32_t wildcard;  // IndexWords: index_words words, then ceil(index_words / 64) summary words (multi and sparse
                      // class dims)
  uint32_t negative;  // multi: the same for entries that need some atom to be false (one atom per entry and dim)
  uint32_t rows;      // dense: IndexWords: per class index_words words then its summary words.
                  // sparse: first of `classes` rows of SparseRows; multi: 2 * classes rows: per atom positive, negative
  Classifier classifier;
  uint8_t padding[7];
};
struct HashSlot {  // open addressing, linear probing; hash = guardvm::hash_text (hash.hpp)
  Text text;
  uint32_t value;
  uint32_t tag;  // the high half of the text's hash, with the lowest bit set; 0: empty
};
struct AffixRow {  // all affixes of one length
  uint32_t bytes;  // the length (0: always)
  uint32_t padding;
  Range hash;  // HashSlots: value = row of AtomLists
};
struct AtomList {
  Range atoms;  // Indices
};
struct SparseRow {
  Range words;  // SparseWords, ascending word
};
struct SparseWord {
  uint64_t bits;
  uint32_t word;
  uint32_t padding;
};

// An entry that the bits, or the class in whose list it stands, leave standing: it matches when the number of a leaf
// lies in a range and `code` holds.
struct Candidate {
  int64_t least, most;  // of `leaf`, both included; an absent leaf is in no range
  uint32_t entry;       // relative to the kind's first
  uint32_t leaf;        // of the kind, a number; the instant, with all instants, when nothing is asked
  Range code;           // Code; count 0: nothing else is asked
};

// ---- provenance, and what `--strip` removes ----
struct SourceRow {
  Text path;
  uint8_t sha256[32];
};
struct InvariantRow {
  Text id, text;
  SpanRow span;
  Range on;  // CheckOnKinds
  uint8_t never;
  uint8_t outcomes;  // bit per Outcome
  uint8_t padding[6];
};
struct CoverRow {
  Text policy, text;
  SpanRow span;
  Range on;
};
struct CheckOnKindRow {
  uint32_t kind;
  uint32_t node;  // ConditionNodes, kNone: no condition
  Range surely, possibly;
};
struct SeverityRow {
  Text check, severity;
};
struct ExcerptRow {       // whole lines of source that a rule, exception, … touches: for carets
  uint32_t offset, size;  // into the inflated ExcerptBytes
  uint32_t source;
  uint32_t line;  // of its first line
};

// id, Name, struct. Ids are on disk: never reused. Consumers: SectionId, the writer, the loader, dump, FORMAT.md.
#define GUARD_SECTIONS(X)                                                                                              \
  X(1, Meta, MetaRow)                                                                                                  \
  X(2, Bytes, uint8_t)                                                                                                 \
  X(3, Strings, Text)                                                                                                  \
  X(4, Numbers, int64_t)                                                                                               \
  X(5, Indices, uint32_t)                                                                                              \
  X(6, NumberSets, Range)                                                                                              \
  X(7, StringSets, Range)                                                                                              \
  X(10, Enums, EnumRow)                                                                                                \
  X(11, Leaves, LeafRow)                                                                                               \
  X(12, Kinds, KindRow)                                                                                                \
  X(20, Code, Instr) X(21, Operands, OperandRow) X(22, Patterns, PatternRow) X(23, Dfas, DfaRow)                       \
      X(24, DfaCells, uint32_t) X(25, DfaAccepts, Range) X(26, Linears, LinearRow) X(27, LinearTerms, LinearTermRow)   \
          X(28, Requirements, RequirementRow) X(29, RequirementGroups, RequirementGroupRow) X(30, Windows, WindowRow)  \
              X(31, WindowSteps, WindowStepRow) X(32, MinuteRanges, MinuteRange) X(33, Zones, ZoneRow)                 \
                  X(34, ZoneOffsets, ZoneOffset) X(35, Data, DataRow) X(36, DataFields, DataFieldRow) X(               \
                      37, DataCells, DataCell) X(40, Rules, RuleRow) X(41, Exceptions, ExceptionRow)                   \
                      X(42, BreakGlasses, BreakGlassRow) X(43, Assumptions, AssumptionRow) X(                          \
                          44, Obligations, ObligationRow) X(45, Entries, EntryRow) X(46, MessageParts, MessagePartRow) \
                          X(47, ConditionNodes, ConditionNode) X(48, PossiblyCodes, Range)                             \
                              X(49, MessageElements, MessageElementRow) X(50, Dims, DimRow) X(51, HashSlots, HashSlot) \
                                  X(52, Affixes, AffixRow) X(53, AtomLists, AtomList) X(54, IndexWords, uint64_t)      \
                                      X(55, SparseRows, SparseRow) X(56, SparseWords, SparseWord)                      \
                                          X(57, ScopeRows, Range) X(58, Candidates, Candidate)                         \
                                              X(60, Sources, SourceRow) X(70, Invariants, InvariantRow)                \
                                                  X(71, Covers, CoverRow) X(72, CheckOnKinds, CheckOnKindRow)          \
                                                      X(73, Severities, SeverityRow) X(74, Excerpts, ExcerptRow)       \
                                                          X(75, ExcerptBytes, uint8_t)

enum class SectionId : uint32_t {
#define GUARD_SECTION_ID(id, name, item) name = id,
  GUARD_SECTIONS(GUARD_SECTION_ID)
#undef GUARD_SECTION_ID
};
#define GUARD_SECTION_POD(id, name, item) static_assert(std::is_trivially_copyable_v<item> && alignof(item) <= 8);
GUARD_SECTIONS(GUARD_SECTION_POD)
#undef GUARD_SECTION_POD

}  // namespace guardvm::format
