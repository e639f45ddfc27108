// Shapes of records that were read before: what stood between their values, so that the next record of the same shape
// is read from value to value, one comparison each.
//
// A producer writes the same keys in the same order, record after record; only values differ, and now and then an
// optional attribute is left out. A Shape is learnt from records that were read without any error: a graph whose edges
// (ShapeStep) hold the exact bytes from the end of one value to the start of the next, the *lead*, such as
// `","commit":{"sha":"`, and what value follows. Reader::read_known (known.cpp) walks it. Whatever it does not know, it
// leaves to the pass over the record (reader.cpp), which starts again and alone reports errors.
//
// SOUND: a walk from the start of the graph to its end reads only records that the pass over the record would read to
// the same slots. Take the keys that a walk passes, in order, whether they lead to a value, an object or null.
//  - Bytes: where the walk stands, the same objects are open as in the record from which the edge was learnt, since the
//    path of a key in the record is its path in the schema. So the same bytes mean the same there.
//  - No key twice: a shape keeps its keys in one order, and learns only from records whose keys ascend in it; new keys
//    are put in between, which moves no two others. So keys ascend along each edge, hence along each walk.
//  - Nothing required is missing: let a walk enter the object O, with the keys O = k0 < k1 < … < km of it and within
//    it, then a key k' behind it or the end; and let O require the key w. Whichever pair of keys that follow each other
//    here, up to (km, k'): the edge was learnt from a record in which they do too, which had O, so it had w, behind O,
//    before k', and not between the two. Were w none of the keys: w > k0, so w > k1, and so on, so w > km and not
//    between km and k': w > k'; but in the record of that last pair w stands before k'.
//  - Rows of a list are walks of their own, from `{` to `}`, with keys that stand nowhere else.
// What depends on more than the enclosing object is left out: kinds with detached leaves, instants from the caller.
// Unknown keys are never learnt, so a walk meets none.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "read/plan.hpp"

namespace guardvm {

// What a step does when its lead fits.
enum class StepOp : uint8_t {
  Never,  // does not fit
  Bool,   // a scalar, as in ReadOp; those with quotes stand behind the opening one
  Int,
  Decimal,
  String,
  Enum,
  Version,
  Timestamp,
  Duration,
  Set,      // behind the `[`
  List,     // behind the `[`
  Present,  // behind the `{` of an optional record or signal
  Null,     // behind a `null`
  More,     // the lead goes on in the next step
  End       // behind the record or the row
};

struct ShapeStep {
  static constexpr uint32_t kLead = 32;
  char lead[kLead] = {};
  uint32_t mask = 0;  // the bytes of `lead` that count
  uint8_t size = 0;   // their number
  StepOp op = StepOp::Never;
  StepOp element = StepOp::Never;   // Set
  uint32_t leaf = format::kNone;    // slot of the record or row
  uint16_t other = 0;               // the step to try when this one does not fit
  uint16_t rows = 0;                // List: the first step to try in a row
  const ShapeStep* next = nullptr;  // the first step to try from behind the value
  union {
    const PlanNode* plan = nullptr;
    const WordList* words;  // Enum, set of them
  };
};
static_assert(sizeof(ShapeStep) == 64);

// What a record has, in order.
struct ShapePiece {
  enum class Role : uint8_t {
    Step,
    Passed,  // a key whose value is part of the next lead
    RowsEnd
  };
  uint32_t node;  // of the plan
  StepOp op;
  Role role;
  uint32_t from, to;  // the lead, in the record
};

class Shape {
 public:
  Shape();
  Shape(Shape&&) = default;
  Shape& operator=(Shape&&) = default;

  // Step 0 never fits; its `next` is the first one to try.
  [[nodiscard]] const ShapeStep* steps() const { return steps_.data(); }
  // Makes a walk for a record, as far as there is room. False: its keys stand in another order; nothing has changed.
  bool learn(const ReadPlan& plan, const std::vector<ShapePiece>& pieces, const char* record);
  void forget();

  uint64_t used = 0;  // when it fitted last, to choose the one that makes room for another

 private:
  bool order(const std::vector<ShapePiece>& pieces);
  bool pass(uint32_t node, size_t& place);
  void add_walk(const ReadPlan& plan, const std::vector<ShapePiece>& pieces, const char* record);
  uint16_t add(uint16_t& first, const ShapeStep& step, uint32_t node);

  // What is known of a step, apart from what a walk needs.
  struct Origin {
    uint32_t node;  // of the plan; 0: More, End
    uint16_t next;  // ShapeStep::next
  };
  std::vector<ShapeStep> steps_;  // which never moves
  std::vector<Origin> origins_;
  std::vector<uint32_t> order_, next_order_;  // nodes, in the order of their keys
};

// The shapes of one kind. Trying and learning are rationed, so that records of which no two look alike cost little more
// than they would without.
class KindShapes {
 public:
  // Whether to try the shapes on the next record; if so, hit or missed follows.
  [[nodiscard]] bool try_next() {
    if (pause_ == 0) [[likely]]
      return !shapes_.empty();
    --pause_;
    return false;
  }
  // All of them, the one that fitted last first; null: no more.
  [[nodiscard]] Shape* shape(size_t turn) {
    if (turn == 0) return &shapes_[latest_];
    if (turn == shapes_.size()) return nullptr;
    return &shapes_[turn <= latest_ ? turn - 1 : turn];
  }
  void hit(Shape& shape) {
    latest_ = static_cast<size_t>(&shape - shapes_.data());
    shape.used = ++records_;
    score_ += score_ < kTrust ? 1 : 0;
  }
  void missed();
  // A record that no shape fitted, but was read without error and without anything ignored.
  void learn(const ReadPlan& plan, uint32_t root, std::string_view record, std::vector<ShapePiece>& pieces);

 private:
  static constexpr size_t kShapes = 4;
  static constexpr int kTrust = 8;

  std::vector<Shape> shapes_;
  size_t latest_ = 0;
  uint64_t records_ = 0, next_learning_ = 0;  // records so far; how many there must be before the next one is learnt
  uint32_t learnt_ = 0;
  uint32_t pause_ = 0;  // how many records are not tried
  int score_ = 0;       // of hits against misses
};

}  // namespace guardvm
