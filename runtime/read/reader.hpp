// Reads one action record after another: JSON bytes to typed slots, in one pass, against the bundle's schema.
//
//   guardvm::Reader reader(bundle);
//   if (!reader.read(json, {}, action, error)) refuse(error.code, error.at, error.message);
//
// Everything is checked: RFC 8259 without leniency, UTF-8, duplicate keys (also inside values that are ignored), depth,
// size, types, ranges, words. Of several errors the first in the order of the bytes is reported; what is missing comes
// last, in leaf order. `at` is the pointer of the value that does not fit, and empty when the text is not JSON at all
// (malformed-json, invalid-utf8, too-deep, trailing-bytes: the message names the byte). Messages never quote a value of
// a sensitive attribute. Record bytes are copied first, so any bytes at any address may be given; the action borrows
// that copy, not the argument. What stands where:
//  - a key on the way to an `at "/a/b"` may be absent when nothing below it is required, but not null;
//  - a signal that is there has both `value` and `as_of`, also when its value may be null;
//  - `ignored` of a record with an error holds what was passed before it.
// A record of a shape that was read before is read faster (shape.hpp); what is said of it is the same.
// Ownership: borrows the bundle; one reader per thread. Allocation: none on records without errors, after the first
// ones of their size, kind and shape. Cost: tests/bench/read_bench.cpp.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"
#include "read/plan.hpp"
#include "read/scan.hpp"
#include "read/shape.hpp"
#include "read/string_index.hpp"

namespace guardvm {

class Reader {
 public:
  explicit Reader(const Bundle& bundle) : Reader(bundle.view(), bundle.read_plan()) {}
  // For tests, and for `check` alone. REQUIRES: the plan is of the view; both outlive the reader.
  Reader(const format::View& view, const ReadPlan& plan);

  // True: `out` is the action. False: `error` says why not; `out` is of no use but for `ignored` and, when
  // `kind_known`, `kind`. `out.elements` and `out.rows` may be longer than what the slots name. `error` is only written
  // to on failure.
  bool read(std::string_view json, const ReadOptions& options, Action& out, ReadError& error);
  // Whether the text is JSON, as strictly as `read` takes it, whatever it says (`error` says why not). For texts that
  // are no action records: see json_value.hpp.
  bool check(std::string_view json, ReadError& error);
  // The text of the last `check`, from its first byte on, with zeros behind it; until the next call.
  [[nodiscard]] const char* text() const { return begin_; }
  // The bytes that the last action borrows, for an action that is to be kept; the next record gets others.
  struct Text {
    std::unique_ptr<char[]> record, unescaped;
  };
  [[nodiscard]] Text release();
  // Whether the last record named a kind of the schema (or the caller did).
  [[nodiscard]] bool kind_known() const { return kind_known_; }

  // For tests: how many records were read as ones of a known shape; and reading those as any processor can.
  [[nodiscard]] uint64_t known_records() const { return known_records_; }
  void use_baseline() { way_ = &kBaselineWay; }

 private:
  // A position in the text and the ends of the strings from there on. `p` null: there was an error.
  struct At {
    const char* p = nullptr;
    const uint32_t* close = nullptr;
    explicit operator bool() const { return p != nullptr; }
    [[nodiscard]] At to(const char* q) const { return {q, close}; }
    [[nodiscard]] At space() const { return {scan::skip_space(p), close}; }
  };
  // A node of the plan with what reading has learnt of it.
  struct Node {
    char quoted[16];  // as in the plan
    uint32_t mask;
    uint32_t seen = 0;  // stamp of the object in which the key was read last
    Node* next;         // the key that followed it last
    Node* first;        // objects: the key that came first last
    const PlanNode* plan;
    union {
      const WordList* words;  // enums, and sets of them
      Node* rows;             // lists
    };
    uint32_t leaf;
    ReadOp op;
    bool required;
  };
  static_assert(sizeof(Node) == 64);
  // One per open object or array.
  struct Frame {
    Frame* up;
    const Node* child = nullptr;  // the node being read; null: an unknown key, or an element
    size_t keys_base = 0;         // objects: unknown_ from here up to the next frame's are its keys
    uint64_t index = 0;           // arrays: the element; else kObject
    std::string_view key = {};    // unknown key
  };
  static constexpr uint64_t kObject = ~uint64_t{0};
  static void set_number(Slot& slot, int64_t number) {
    slot.number = number;
    slot.present = 1;
  }
  static void set_text(Slot& slot, std::string_view text) {
    slot.text = text.data();
    slot.size = static_cast<uint32_t>(text.size());
    slot.present = 1;
  }
  struct UnknownKey {
    const char* text;
    uint32_t size;
    uint32_t position;
    [[nodiscard]] std::string_view view() const { return {text, size}; }
  };
  // Where the quotes of the record at hand are, for known.cpp. Passed by value: for all the compiler knows, a store to
  // a slot might change a member of the reader.
  struct Quotes {
    // A bit for each byte: of the byte at address a (divisible by 8) and the 7 behind it, at bits + a / 8. A record
    // begins at such an address.
    uintptr_t bits;
    bool plain;  // no `\`, control character or byte outside ASCII
    // The first quote from a place on, or the end.
    [[nodiscard]] const char* after(const char* p) const;
  };
  // known.cpp: how it is done, with what the processor has.
  struct Way;
  static const Way kBaselineWay, kAvx2Way;
  // The list that a walk is in.
  struct Rows {
    const ShapeStep* list = nullptr;
    size_t first = 0;
    uint32_t count = 0;
    Slot* slots = nullptr;  // of the row; null: not in a list
  };
  struct Missing {
    uint32_t leaf = format::kNone, column = 0;
    uint64_t row = 0;
    std::string at, what;
  };

  // known.cpp: records of a shape that was learnt. False: read_record is to read it.
  bool read_known(std::string_view json);
  template <typename Bytes>
  bool walk(const ShapeStep* steps, Quotes quotes);
  bool walk_avx2(const ShapeStep* steps, Quotes quotes);
  template <StepOp op>
  const char* walk_scalar(const char* p, const ShapeStep& step, Slot& slot, Quotes quotes);
  const char* walk_element(const char* p, const ShapeStep& step, Slot& slot, Quotes quotes);
  const char* walk_set(const char* p, const ShapeStep& step, Slot& slot, Quotes quotes);
  const char* walk_list(const char* p, Rows& rows);
  const char* walk_odd_string(const char* p, Slot& slot);
  const char* walk_odd_timestamp(const char* p, Slot& slot, Quotes quotes);
  const char* walk_odd_word(const char* p, const ShapeStep& step, Slot& slot);
  void learn();
  [[nodiscard]] KindShapes& shapes() { return shapes_[options_->kind.empty() ? kind_ : plan_.kinds.size() + kind_]; }

  // reader.cpp: the pass over the record. Each takes the position of a value and gives the one behind it.
  void reset(Action& out);
  void start_over() {
    elements_ = 0;
    elements_used_ = rows_used_ = 0;
    scratch_end_ = nullptr;
  }
  void reserve(size_t bytes);
  void copy(std::string_view json);
  Slot* clear_slots();
  bool read_record();
  At read_object(At at, Node* self, Slot* slots);
  At read_value(At at, Node& node, Slot* slots);
  At read_text(At at, const Node& node, Slot& slot);
  At read_scalar(At at, const Node& node, ReadOp op, Slot& slot);
  At read_number(At at, const Node& node, ReadOp op, Slot& slot);
  At read_number_slowly(At at, const Node& node, ReadOp op, Slot& slot);
  At read_enum(At at, const Node& node, Slot& slot);
  At read_enum_slowly(At at, const Node& node, Slot& slot);
  At read_version(At at, const Node& node, Slot& slot);
  At read_timestamp(At at, const Node& node, Slot& slot);
  At read_timestamp_slowly(At at, const Node& node, Slot& slot);
  At read_duration(At at, const Node& node, Slot& slot);
  At read_kind(At at);
  At read_set(At at, const Node& node, Slot& slot);
  At read_list(At at, const Node& node, Slot& slot);
  Slot* add_row(size_t columns);
  At read_odd_key(At at, Node* self, Node** link);
  At read_unknown(At at, std::string_view key, const char* key_begin);
  bool count_element();
  void tidy_set(size_t first, bool texts);
  void supply_instant();
  void settle_detached(const KindPlan& kind, uint32_t root_stamp);

  // skip.cpp: strings, values that are only checked, the search for the kind, and duplicate keys among unknown ones.
  [[nodiscard]] At start() const { return {begin_, closing_.get()}; }
  // Behind a string that is known to be in order.
  [[nodiscard]] At behind_string(At at) const { return {begin_ + *at.close + 1, at.close + 1}; }
  // `at` is at the opening quote.
  At read_string(At at, std::string_view& text) {
    const char* const close = begin_ + *at.close;
    if (!plain_ && (scan::find_special(at.p + 1) != close || close == end_)) [[unlikely]]
      return read_string_slowly(at, text);
    text = {at.p + 1, static_cast<size_t>(close - at.p - 1)};
    return {close + 1, at.close + 1};
  }
  At read_string_slowly(At at, std::string_view& text);
  char* scratch();
  const char* read_escape(const char* p, char*& out);
  At colon(At at);
  At skip_value(At at);
  At skip_object(At at);
  template <typename Value>
  At skip_members(At at, Value value);
  At skip_array(At at);
  At skip_literal(At at, std::string_view word);
  At odd_value(At at, std::string_view expected, bool nullable);
  bool find_kind(At at);
  bool peek_kind(const char* p);
  void search_kind_from_root(At at);
  At search_kind(At at, size_t step);
  At search_kind_value(At at, size_t step);
  void push_key(std::string_view key, const char* begin);
  bool close_keys(const Frame& frame);
  const UnknownKey* first_duplicate(size_t from, size_t to);

  // report.cpp: what is said of an error. All give an At without position.
  At fail(ErrorCode code, const char* position, std::string message);
  At fail_at(ErrorCode code, const char* position, std::string at, std::string message);
  At fail_malformed(const char* position, std::string_view expected);
  At fail_trailing(const char* position);
  At fail_too_deep();
  At fail_duplicate(const char* position, std::string_view key);
  At fail_unknown_key(const char* position);
  At fail_number(const char* p, const char* end, const Node& node, ReadOp op);
  At fail_text(ErrorCode code, const char* p, std::string_view text, const Node& node);
  At fail_kind(ErrorCode code, const char* p, std::string_view text);
  At fail_missing();
  void note_missing(const Node& self, uint32_t stamp);
  void note_missing_at(uint32_t node, uint32_t leaf, uint64_t row, uint32_t column, std::string at);
  void append_path(std::string& out, uint32_t node) const;
  void append_pointer(std::string& out, const Frame* frame) const;
  [[nodiscard]] std::string pointer(const Frame* frame) const;
  [[nodiscard]] std::string words_of(const WordList& list) const;
  void ignore();

  void open(Frame& frame) {
    frame.keys_base = unknown_.size();
    frame_ = &frame;
  }
  void close(const Frame& frame) { frame_ = frame.up; }
  [[nodiscard]] bool in_array() const { return frame_ != nullptr && frame_->index != kObject; }
  [[nodiscard]] bool too_deep() const;
  [[nodiscard]] uint32_t number_of(const Node& node) const { return static_cast<uint32_t>(&node - nodes_.data()); }

  format::View view_;
  const ReadPlan& plan_;
  std::vector<Node> nodes_;  // per node of the plan
  Node* odd_ = nullptr;      // read_odd_key: the node; null: none
  uint32_t stamp_ = 0;

  std::unique_ptr<char[]> buffer_;       // the record, then padding
  std::unique_ptr<uint32_t[]> closing_;  // index_strings
  size_t capacity_ = 0;                  // bytes of records that both are large enough for
  std::unique_ptr<char[]> scratch_;      // strings that had escapes; as large as the record, so that it never moves
  size_t scratch_capacity_ = 0;
  char* scratch_end_ = nullptr;      // null: not used by this record
  std::vector<UnknownKey> unknown_;  // keys of the open objects that the schema does not know
  std::vector<UnknownKey> sorted_;
  std::vector<std::string> spare_;  // strings for Action::ignored
  std::vector<KindShapes> shapes_;  // per kind: of records that name it, then of those for which the caller does
  std::vector<ShapePiece> pieces_;
  bool has_read_ = false;
  uint64_t known_records_ = 0;
  const Way* way_ = nullptr;  // null: not chosen yet

  // Of the record at hand.
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  bool plain_ = false;  // index_strings
  const ReadOptions* options_ = nullptr;
  Action* out_ = nullptr;
  ReadError* error_ = nullptr;
  Frame* frame_ = nullptr;
  uint32_t elements_ = 0;                     // list rows and set elements seen
  size_t elements_used_ = 0, rows_used_ = 0;  // of Action::elements and rows, which never shrink
  uint32_t kind_ = 0;
  bool kind_known_ = false;
  bool kind_found_ = false;
  bool keep_keys_ = true;  // the search for the kind leaves duplicates to the pass over the record
  bool missing_known_ = false;
  Missing missing_;
};

}  // namespace guardvm
