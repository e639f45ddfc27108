// The reader's plan: per action kind, the tree of JSON keys that lead to the kind's leaves.
//
// make_read_plan builds it once per bundle, at load; it is immutable then and shared by all readers. It borrows texts
// of the bundle. A node stands for one key of one object: an attribute, a record on the way to attributes, a signal,
// its `as_of`, or the kind. The rows of a list have a tree of their own, whose leaves are the list's columns. Cost:
// O(keys of all leaves), about 20 ns a leaf, a dozen allocations.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "guardvm/format.hpp"
#include "guardvm/hash.hpp"

namespace guardvm {

// What stands at a key. The scalars come first, numbered as format::Type.
enum class ReadOp : uint8_t {
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
  Object,    // a record, or a step of an `at "/a/b"`
  Presence,  // an optional record
  Signal,
  AsOf,
  Kind,
  TooDeep  // an object or array that no record may have, since it lies too deep
};

// A word as it stands in JSON, with its quotes, for comparing 16 bytes at once: when it fits there and is written as
// itself (printable ASCII without `"` and `\`).
struct QuotedWord {
  static constexpr uint32_t kNever = 0x10000;  // no comparison of 16 bytes has this bit
  char quoted[16] = {};
  const char* text = nullptr;
  uint32_t size = 0;
  uint32_t mask = kNever;  // the bytes of `quoted` that count

  [[nodiscard]] std::string_view view() const { return {text, size}; }
};

struct PlanNode {
  QuotedWord key;
  int64_t min = 0, max = 0;
  uint32_t leaf = format::kNone;  // slot of the record or row; AsOf: the signal's
  uint32_t detail = 0;  // Enum, set of enum: ReadPlan::lists; List: root of its rows; that root: columns of a row
  uint32_t required_children = 0;
  ReadOp op = ReadOp::Object;
  ReadOp element = ReadOp::String;  // Set
  uint8_t scale = 0;
  bool required = false;  // its absence from the enclosing object, when that is there, is an error
  bool nullable = false;  // null is absence
  bool sensitive = false;
  bool is_now = false;    // the decision's instant
  bool only_now = false;  // the instant is all that is required below
};

struct PlanLinks {
  uint32_t parent = 0;                                         // 0: a root
  uint32_t first_child = 0, last_child = 0, next_sibling = 0;  // in order of declaration; 0: none
  uint32_t order = format::kNone;  // required nodes: the first leaf that is missing without it
  uint32_t row = format::kNone;    // Leaves of the bundle: what is read here; kNone for steps
  uint32_t made_by = 0;            // the first leaf whose path passes here
  uint32_t depth = 1;              // levels of nesting of the value that stands here, if it is an object or array
};

// Words to choose among: an enum's, or the kinds' names. Up to 16 are told apart by a perfect hash of their first
// bytes.
struct WordList {
  uint32_t first = 0, count = 0;  // ReadPlan::words
  const QuotedWord* words = nullptr;
  uint64_t byte_mask = 0;  // of the 8 bytes after the opening quote; 0: no perfect hash, use find_word
  uint64_t multiplier = 0;
  uint8_t table[64] = {};
};

// A leaf whose parent is not the record that encloses it in the JSON (`at` can do that): what is absent and what is
// missing is settled when the whole record was read.
struct DetachedLeaf {
  uint32_t leaf, parent;  // slots; parent: kNone when it is required always
  uint32_t node;
  bool required;
};

struct KindPlan {
  uint32_t root = 0;
  uint32_t slots = 0;
  uint32_t now = format::kNone;
  uint32_t first_detached = 0, detached_count = 0;
};

struct ReadPlan {
  std::vector<PlanNode> nodes;  // node 0 is nothing: no key is it
  std::vector<PlanLinks> links;
  std::vector<uint32_t> node_table;  // open addressing, by enclosing node and key
  std::vector<QuotedWord> words;
  std::vector<WordList> lists;       // per EnumRow; last: the kinds
  std::vector<uint32_t> word_table;  // by list and word
  std::vector<KindPlan> kinds;       // per KindRow
  std::vector<DetachedLeaf> detached;
  std::vector<std::string_view> kind_path;
  QuotedWord kind_key;  // of a path of one key
  // Not empty: two attributes stand at one place, or the like; no record can be read, and a loader should refuse the
  // bundle.
  std::string problem;

  // The child of a node with this key, or 0.
  [[nodiscard]] uint32_t find_child(uint32_t node, std::string_view key) const;
  // The position of a word in a list, or kNone.
  [[nodiscard]] uint32_t find_word(uint32_t list, std::string_view word) const;
};

// REQUIRES: every index, Range and Text of Meta, Kinds, Leaves and Enums is within its section. Never null; see
// `problem`.
[[nodiscard]] std::unique_ptr<ReadPlan> make_read_plan(const format::View& view);

}  // namespace guardvm
