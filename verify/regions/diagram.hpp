// Sets of points over bits, as reduced ordered binary decision diagrams (Bryant, "Graph-Based Algorithms for Boolean
// Function Manipulation", 1986): equal sets are one diagram, so comparing two costs nothing.
//
//   Diagrams sets;
//   Diagram either = sets.either(sets.bit(0), sets.bit(3));
//
// COST: an operation is at most the product of the sizes of its operands, and is remembered. Past kMaxNodes nodes every
// result is kNone, and `full()` says so: nothing that was computed then means anything.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace guard::verify {

enum class Diagram : uint32_t {};
inline constexpr Diagram kNone = Diagram{0};  // no point
inline constexpr Diagram kAll = Diagram{1};   // every point

struct Bits {  // [first, last)
  uint32_t first = 0, last = 0;
};

class Diagrams {
 public:
  Diagrams();
  // The points that have the bit.
  [[nodiscard]] Diagram bit(uint32_t bit) { return node(bit, kNone, kAll); }
  // The points with just these bits, from `bits.first` on.
  [[nodiscard]] Diagram point(Bits bits, const std::vector<bool>& values);
  [[nodiscard]] Diagram both(Diagram a, Diagram b) { return apply(Op::And, a, b); }
  [[nodiscard]] Diagram either(Diagram a, Diagram b) { return apply(Op::Or, a, b); }
  [[nodiscard]] Diagram minus(Diagram a, Diagram b) { return apply(Op::Minus, a, b); }
  [[nodiscard]] bool inside(Diagram a, Diagram b) { return minus(a, b) == kNone; }

  // What the points of `a` that lie in `b` have in the kept bits.
  [[nodiscard]] Diagram project(Diagram a, Diagram b, Bits kept);
  [[nodiscard]] bool meet(Diagram a, Diagram b);
  // REQUIRES, of the next three: `a` reads no other bits.
  // The first point in the order of the bits, 0 before 1. REQUIRES: not kNone.
  [[nodiscard]] std::vector<bool> first(Diagram a, Bits bits) const;
  [[nodiscard]] bool has(Diagram a, Bits bits, const std::vector<bool>& point) const;
  [[nodiscard]] double count(Diagram a, Bits bits) const;  // of points

  [[nodiscard]] bool full() const { return full_; }
  static constexpr size_t kMaxNodes = size_t{1} << 22;

 private:
  enum class Op : uint32_t { And = 1, Or, Minus, Meet, Project };
  static constexpr uint32_t kOps = 8;  // more than there are
  struct Node {
    uint32_t bit;
    Diagram low, high;
  };
  struct Known {
    Diagram a = kNone, b = kNone;
    uint32_t what = 0;  // the operation; behind it, of a projection, the number of its bits in `kept_`
    Diagram result = kNone;
    [[nodiscard]] bool is(uint32_t what_, Diagram a_, Diagram b_) const { return what == what_ && a == a_ && b == b_; }
  };
  [[nodiscard]] Diagram node(uint32_t bit, Diagram low, Diagram high);
  [[nodiscard]] Diagram apply(Op op, Diagram a, Diagram b);
  [[nodiscard]] const Node& at(Diagram a) const { return nodes_[static_cast<uint32_t>(a)]; }
  [[nodiscard]] Diagram project(Diagram a, Diagram b, Bits kept, uint32_t what);
  [[nodiscard]] Known& known(uint32_t what, Diagram a, Diagram b);
  void grow();

  std::vector<Node> nodes_;
  std::vector<uint32_t> table_;  // nodes by their hash, 0: free; a power of two
  std::vector<Known> known_;     // results by their hash; the later one stays
  std::vector<Bits> kept_;       // that were projected to
  bool full_ = false;
};

}  // namespace guard::verify
