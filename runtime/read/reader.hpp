// Reads one action record after another: JSON bytes to typed slots, in one pass, against the bundle's schema.
//
//   guardvm::Reader reader(bundle);
//   if (!reader.read(json, {}, action, error)) refuse(error.code, error.at, error.message);
//
// Everything is checked: RFC 8259 without leniency, UTF-8, duplicate keys (also inside values that are ignored), depth, size,
// types, ranges, words. Of several errors the first in the order of the bytes is reported; what is missing comes last, in leaf
// order. `at` is the pointer of the value that does not fit, and empty when the text is not JSON at all (malformed-json,
// invalid-utf8, too-deep, trailing-bytes: the message names the byte). Messages never quote a value of a sensitive attribute.
// Record bytes are copied first, so any bytes at any address may be given; the action borrows that copy, not the argument.
// What stands where:
//  - a key on the way to an `at "/a/b"` may be absent when nothing below it is required, but not null;
//  - a signal that is there has both `value` and `as_of`, also when its value may be null;
//  - `ignored` of a record with an error holds what was passed before it.
// Ownership: borrows the bundle; one reader per thread. Allocation: none on records without errors, after the first ones of
// their size and kind. Cost: about 0.6 ns a byte for records whose keys come in the order of the last record of their kind,
// some 20 ns more for each key that does not.
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

namespace guardvm {

class Reader {
 public:
  explicit Reader(const Bundle& bundle) : Reader(bundle.view(), bundle.read_plan()) {}
  // For tests. REQUIRES: the plan is of the view; both outlive the reader.
  Reader(const format::View& view, const ReadPlan& plan);

  // True: `out` is the action. False: `error` says why not; `out` is of no use but for `ignored` and, when `kind_known`, `kind`.
  // Only the reader may have touched `out` since it was used last. `error` is only written to on failure.
  bool read(std::string_view json, const ReadOptions& options, Action& out, ReadError& error);
  // Whether the last record named a kind of the schema (or the caller did).
  [[nodiscard]] bool kind_known() const { return kind_known_; }

 private:
  // Where the reader is: one per open object or array, innermost first.
  struct Frame {
    Frame* up;
    uint32_t child = 0;        // the node being read; 0: an unknown key, or an element
    bool is_array = false;
    size_t keys_base = 0;      // objects: unknown_ from here up to the next frame's are its keys
    std::string_view key = {}; // unknown key
    uint64_t index = 0;        // element
  };
  struct NodeState {
    uint32_t seen = 0;   // stamp of the object in which the key was read last
    uint32_t next = 0;   // the key that followed it last
    uint32_t first = 0;  // objects: the key that came first last
  };
  struct UnknownKey {
    const char* text;
    uint32_t size;
    uint32_t position;
    [[nodiscard]] std::string_view view() const { return {text, size}; }
  };
  struct Missing {
    uint32_t leaf = format::kNone, column = 0;
    uint64_t row = 0;
    std::string at, what;
  };

  // reader.cpp: the pass over the record. Each takes the position of a value and gives the one behind it, or null after an error.
  void reset(Action& out);
  void copy(std::string_view json);
  bool read_record();
  const char* read_object(const char* p, uint32_t self, Slot* slots);
  const char* read_scalar(const char* p, const PlanNode& node, ReadOp op, Slot& slot);
  const char* read_number(const char* p, const PlanNode& node, ReadOp op, Slot& slot);
  const char* read_number_slowly(const char* p, const PlanNode& node, ReadOp op, Slot& slot);
  const char* read_enum(const char* p, const PlanNode& node, Slot& slot);
  const char* read_enum_slowly(const char* p, const PlanNode& node, Slot& slot);
  const char* read_version(const char* p, const PlanNode& node, Slot& slot);
  const char* read_timestamp(const char* p, const PlanNode& node, Slot& slot);
  const char* read_duration(const char* p, const PlanNode& node, Slot& slot);
  const char* read_kind(const char* p);
  const char* read_set(const char* p, const PlanNode& node, Slot& slot);
  const char* read_list(const char* p, const PlanNode& node, Slot& slot);
  const char* read_odd_key(const char* p, uint32_t self, uint32_t* link, uint32_t& child);
  const char* read_unknown(const char* p, std::string_view key, const char* key_begin);
  bool count_element();
  void tidy_set(uint64_t first, ReadOp element);
  void supply_instant();
  void settle_detached(const KindPlan& kind, uint32_t root_stamp);

  // skip.cpp: strings, values that are only checked, the search for the kind, and duplicate keys among unknown ones.
  // `p` is at the opening quote.
  const char* read_string(const char* p, std::string_view& text) {
    const char* const special = scan::find_special(p + 1);
    if (*special != '"') [[unlikely]]
      return read_string_slowly(p, special, text);
    text = {p + 1, static_cast<size_t>(special - p - 1)};
    return special + 1;
  }
  const char* read_string_slowly(const char* p, const char* special, std::string_view& text);
  char* scratch();
  const char* read_escape(const char* p, char*& out);
  const char* colon(const char* p);
  const char* skip_value(const char* p);
  const char* skip_object(const char* p);
  template <typename Value>
  const char* skip_members(const char* p, Value value);
  const char* skip_array(const char* p);
  const char* skip_literal(const char* p, std::string_view word);
  const char* odd_value(const char* p, std::string_view expected, bool nullable);
  bool find_kind(const char* p);
  bool peek_kind(const char* p);
  void search_kind_from_root(const char* p);
  const char* search_kind(const char* p, size_t step);
  const char* search_kind_value(const char* p, size_t step);
  void push_key(std::string_view key, const char* begin);
  bool close_keys(const Frame& frame);
  const UnknownKey* first_duplicate(size_t from, size_t to);

  // report.cpp: what is said of an error. All give null.
  const char* fail(ErrorCode code, const char* position, std::string message);
  const char* fail_at(ErrorCode code, const char* position, std::string at, std::string message);
  const char* fail_malformed(const char* position, std::string_view expected);
  const char* fail_too_deep();
  const char* fail_duplicate(const char* position, std::string_view key);
  const char* fail_unknown_key(const char* position);
  const char* fail_number(const char* p, const char* end, const PlanNode& node, ReadOp op);
  const char* fail_text(ErrorCode code, const char* p, std::string_view text, const PlanNode& node);
  const char* fail_kind(ErrorCode code, const char* p, std::string_view text);
  const char* fail_missing();
  void note_missing(uint32_t self, uint32_t stamp);
  void note_missing_at(uint32_t node, uint32_t leaf, uint64_t row, uint32_t column, std::string at);
  [[nodiscard]] std::string pointer(const Frame* frame) const;
  void append_path(std::string& out, uint32_t node) const;
  void append_pointer(std::string& out, const Frame* frame) const;
  [[nodiscard]] std::string words_of(const WordList& list) const;
  void ignore();

  void open(Frame& frame) {
    frame.keys_base = unknown_.size();
    frame_ = &frame;
  }
  void close(const Frame& frame) { frame_ = frame.up; }

  format::View view_;
  const ReadPlan& plan_;
  std::vector<NodeState> state_;  // per node of the plan
  uint32_t stamp_ = 0;

  std::unique_ptr<char[]> buffer_;  // the record, then padding
  size_t capacity_ = 0;
  std::unique_ptr<char[]> scratch_;  // strings that had escapes; as large as the record, so that it never moves
  size_t scratch_capacity_ = 0;
  char* scratch_end_ = nullptr;      // null: not used by this record
  std::vector<UnknownKey> unknown_;  // keys of the open objects that the schema does not know
  std::vector<UnknownKey> sorted_;
  std::vector<std::string> spare_;   // strings for Action::ignored

  // Of the record at hand.
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  const ReadOptions* options_ = nullptr;
  Action* out_ = nullptr;
  ReadError* error_ = nullptr;
  Frame* frame_ = nullptr;
  unsigned depth_ = 0;
  uint32_t elements_ = 0;
  uint32_t kind_ = 0;
  bool kind_known_ = false;
  bool kind_found_ = false;
  bool keep_keys_ = true;  // the search for the kind leaves duplicates to the pass over the record
  bool missing_known_ = false;
  Missing missing_;
};

}  // namespace guardvm
