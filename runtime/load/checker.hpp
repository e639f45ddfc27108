// What the validator's files share: the view, the first refusal, small checks, and what one topic learns for the next.
// Every check returns whether to go on; the first that fails writes the message.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "guardvm/bundle.hpp"
#include "guardvm/limits.hpp"
#include "guardvm/opcodes.hpp"
#include "load/utf8_map.hpp"

namespace guardvm::load {

// A field for messages: {"Leaves.parent", 3} is told as `Leaves[3].parent`. Two words, so that it costs nothing where
// nothing fails.
struct At {
  const char* place;
  size_t index;
};

// Where code runs: the kind, and the row and element that enclosing quantifiers stand at.
struct Context {
  uint32_t kind = 0;
  uint32_t list = format::kNone;     // list leaf whose row Column operands read; kNone: no row
  uint32_t element = format::kNone;  // Operands: the set whose element Element operands read; kNone: no element
};

// What the validator found out about a piece of code.
struct CodeFacts {
  uint64_t steps = 0;      // worst case, saturating at kManySteps
  bool in_window = false;  // asks for a window
};
inline constexpr uint64_t kManySteps = uint64_t{1} << 62;
[[nodiscard]] inline uint64_t add_steps(uint64_t a, uint64_t b) { return a + b < kManySteps ? a + b : kManySteps; }
[[nodiscard]] inline uint64_t multiply_steps(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return product < kManySteps ? static_cast<uint64_t>(product) : kManySteps;
}

class Checker {
 public:
  explicit Checker(const format::View& view);
  [[nodiscard]] std::string run();

 private:
  using Range = format::Range;
  using Text = format::Text;
  using Type = format::Type;

  // ---- small checks (checker.cpp) ----
  bool fail(At at, const char* format, ...) __attribute__((format(printf, 3, 4), cold, noinline));
  bool fail_index(At at, const char* what, uint64_t value, uint64_t limit) __attribute__((cold, noinline));
  bool fail_range(At at, const char* what, Range range, uint64_t limit) __attribute__((cold, noinline));
  bool fail_text(At at, Text text) __attribute__((cold, noinline));
  bool fail_budget(At at) __attribute__((cold, noinline));

  bool require(bool holds, At at, const char* otherwise) { return holds || fail(at, "%s", otherwise); }
  bool index(uint64_t value, uint64_t limit, At at, const char* what) {
    return value < limit || fail_index(at, what, value, limit);
  }
  bool index_or_none(uint32_t value, uint64_t limit, At at, const char* what) {
    return value == format::kNone || index(value, limit, at, what);
  }
  bool range(Range r, uint64_t limit, At at, const char* what) {
    return uint64_t{r.first} + r.count <= limit || fail_range(at, what, r, limit);
  }
  bool text(Text t, At at) {
    return (uint64_t{t.offset} + t.size <= view_.Bytes.size() && utf8_.valid(t.offset, t.size)) || fail_text(at, t);
  }
  bool flag(uint8_t value, At at) { return value <= 1 || fail_index(at, "flag", value, 2); }
  template <typename Enum>
  bool word(Enum value, Enum last, At at) {
    static_assert(std::is_enum_v<Enum>);
    return value <= last || fail_index(at, "value", static_cast<uint64_t>(value), static_cast<uint64_t>(last) + 1);
  }
  // Takes `items` from the budget of items to visit.
  bool spend(uint64_t items, At at) {
    if (items > budget_) return fail_budget(at);
    budget_ -= items;
    return true;
  }
  static constexpr uint64_t kTextBytesPerItem = 16;  // bytes of text that cost as much as visiting an item
  bool spend_text(Text text, At at) { return spend(1 + text.size / kTextBytesPerItem, at); }
  bool spend_texts(Range strings, At at);
  // A range of Indices whose values are all below `limit`.
  bool indices(Range r, uint64_t limit, At at, const char* what) {
    return (r.count == 0 && r.first <= view_.Indices.size()) || some_indices(r, limit, at, what);
  }
  bool some_indices(Range r, uint64_t limit, At at, const char* what);
  bool ascending_indices(Range r, uint64_t limit, At at, const char* what);
  bool strings_sorted(Range r, At at);
  [[nodiscard]] std::string_view view_text(Text t) const {
    return {reinterpret_cast<const char*>(view_.Bytes.data()) + t.offset, t.size};
  }
  [[nodiscard]] std::string_view string(uint32_t index) const { return view_text(view_.Strings[index]); }
  [[nodiscard]] bool version_string(uint32_t index) const;

  // ---- validate_schema.cpp ----
  bool schema();
  bool meta();
  bool pools();
  bool enums();
  bool json_path(Range path, At at);
  bool leaves(Range own, bool columns, At at);
  bool leaf(const format::LeafRow& leaf, size_t i, bool column);
  bool leaf_parents(Range own, uint32_t relative);
  bool kind(size_t i);
  bool kind_roles(const format::KindRow& kind, size_t i);
  bool break_glass_roles(const format::KindRow& kind, size_t i);
  bool data();
  bool data_cells(const format::DataRow& data);
  bool data_cell(const format::DataFieldRow& field, size_t i);
  bool zones();
  bool windows();
  bool window_step(const format::WindowStepRow& step, size_t i, size_t window, uint64_t& cost);
  const format::LeafRow* leaf_of(const format::KindRow& kind, uint32_t index) const;

  // ---- validate_code.cpp ----
  bool operands();
  bool operand(size_t i);
  bool patterns();
  bool glob(std::string_view pattern, At at);
  bool automata();
  bool automaton(size_t i);
  bool linears();
  bool requirements();
  static constexpr size_t kFields = static_cast<size_t>(Field::Count) + 1;
  [[nodiscard]] std::array<uint64_t, kFields> field_limits() const;
  bool instructions();
  bool wrong_instruction(size_t i) __attribute__((cold, noinline));
  bool constant_fits(const format::Instr& instr, At at);
  bool version_set(uint32_t set, At at);
  bool words_fit(const format::Instr& instr, At at);
  // A range of Code in a context: types and kinds of operands, jumps, bodies. `found` adds up.
  bool code(Range r, const Context& context, At at, CodeFacts& found) {
    if (r.count == 0 && range(r, view_.Code.size(), at, "Code")) return true;
    if (r.count == 1 && r.first < simple_.size() && simple_kind(simple_[r.first]) == context.kind + 1) {
      found.steps = add_steps(found.steps, simple_steps(simple_[r.first]));
      return true;
    }
    return any_code(r, context, at, found);
  }
  bool any_code(Range r, const Context& context, At at, CodeFacts& found);
  // Most instructions read attributes of one kind and nothing else: for those one small word tells the kind they fit
  // (+ 1; 0: not simple; kJump: a jump) and their steps. Small, because touching memory first is what costs here.
  using Simple = uint16_t;
  static constexpr uint32_t kKindBits = 9, kJump = (1u << kKindBits) - 1;
  static_assert(kLimitKinds < kJump);
  static Simple simple(uint32_t kind, uint32_t steps) { return static_cast<Simple>(kind | steps << kKindBits); }
  static uint32_t simple_kind(Simple word) { return word & kJump; }
  static uint32_t simple_steps(Simple word) { return word >> kKindBits; }
  bool piece(uint32_t begin, uint32_t end, const Context& context, CodeFacts& found);
  bool quantifier(uint32_t at, uint32_t end, const Context& context, CodeFacts& found, uint32_t& next);
  bool operand_fits(uint32_t operand, const Context& context, At at);
  bool requirement_fits(uint32_t requirement, uint32_t kind, At at);
  [[nodiscard]] uint64_t magnitude(const format::OperandRow& operand) const;

  // ---- validate_rules.cpp ----
  bool rules();
  bool rule(size_t i);
  bool exceptions();
  bool break_glasses();
  bool assumptions();
  bool obligations();
  bool obligation_json(std::string_view json);
  bool span(const format::SpanRow& span, At at);
  bool nodes();
  [[nodiscard]] uint16_t kind_of_node(const format::ConditionNode& row) const;
  bool node_tree(uint32_t node, uint32_t kind, At at);
  bool entries();
  bool kind_entries(size_t kind);
  bool entry(size_t i, uint32_t kind);
  bool entry_rule(const format::EntryRow& entry, size_t i);
  bool message(const format::EntryRow& entry, size_t i, uint32_t kind);
  bool message_part(size_t i, uint32_t kind);
  bool provenance();
  bool check_on_kinds();

  // ---- validate_index.cpp ----
  bool indexes();
  bool kind_index(size_t i);
  bool candidate(size_t c, uint32_t kind);
  bool scope(uint32_t kind, std::vector<uint64_t>& seen);
  bool dim(size_t i, const format::KindRow& kind);
  bool class_count(const format::DimRow& dim, size_t i);
  bool cuts(const format::DimRow& dim, size_t i);
  bool hash_table(Range table, uint64_t limit, const char* what, At at);
  bool atom_lists(Range table, uint32_t atoms, At at);
  bool affixes(Range rows, uint32_t atoms, At at);
  bool no_other_tables(const format::DimRow& dim, size_t i, bool texts, bool numbers);
  bool multi_tables(const format::DimRow& dim, size_t i, const format::KindRow& kind);
  bool text_tables(const format::DimRow& dim, size_t i);
  bool number_tables(const format::DimRow& dim, size_t i);
  bool dim_rows(const format::DimRow& dim, size_t i, const format::KindRow& kind);
  bool bit_row(uint64_t first, const format::KindRow& kind, At at);
  bool sparse_rows(uint64_t first, uint64_t count, const format::KindRow& kind, At at);

  const format::View& view_;
  std::string error_;
  uint64_t budget_ = 0;
  Utf8Map utf8_;
  std::vector<uint32_t> root_;              // per operand: the end of its chain of lookup keys
  std::vector<uint8_t> set_is_versions_;    // per string set: 0 not looked at, 1 all are versions
  std::vector<uint32_t> most_atom_;         // per automaton: greatest accepted atom + 1
  std::vector<uint32_t> requirement_kind_;  // per requirement: kind + 1 it was last found to fit
  struct Memo {
    Range range{0, 0};
    uint32_t kind = format::kNone;
    bool in_window = false;
    uint64_t steps = 0;
  };
  static constexpr size_t kMemos = 256;
  std::vector<Memo> memo_;              // direct-mapped: ranges found valid on a kind
  std::vector<uint32_t> operand_kind_;  // per operand: kind + 1 when only an attribute of the action is read, else 0
  std::vector<Simple> simple_;          // per instruction
  std::vector<uint32_t> targets_;       // per instruction: serial of the range in which it is a jump's target
  uint32_t serial_ = 0;
  std::vector<uint64_t> steps_;      // per kind: worst case of what was checked so far
  std::vector<uint16_t> node_kind_;  // per condition node: kind + 1 it was last found to fit
  uint64_t sparse_used_ = 0;         // SparseRows that dims use
  uint64_t sparse_words_used_ = 0;   // SparseWords of those
  bool has_quantifiers_ = false;
};

}  // namespace guardvm::load
