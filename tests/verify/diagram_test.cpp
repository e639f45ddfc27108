// Diagrams against sets of points that are listed: every operation, on sets that chance chose.
#include "verify/regions/diagram.hpp"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace guard::verify {
namespace {

constexpr uint32_t kBits = 6, kPoints = 1 << kBits;
constexpr Bits kEvery = {0, kBits};
using Set = std::bitset<kPoints>;  // by the point's bits, the first one above

bool bit_of(uint32_t point, uint32_t bit) { return (point >> (kBits - 1 - bit) & 1) != 0; }

std::vector<bool> values(uint32_t point) {
  std::vector<bool> out;
  for (uint32_t bit = 0; bit < kBits; ++bit) out.push_back(bit_of(point, bit));
  return out;
}

class DiagramTest : public testing::Test {
 protected:
  Diagram made(const Set& set) {
    Diagram out = kNone;
    for (uint32_t p = 0; p < kPoints; ++p) {
      if (set[p]) out = sets_.either(out, sets_.point(kEvery, values(p)));
    }
    return out;
  }
  Set chance() {
    Set out;
    const uint32_t one_in = 1 + static_cast<uint32_t>(random_() % 20);
    for (uint32_t p = 0; p < kPoints; ++p) out[p] = random_() % one_in == 0;
    return out;
  }
  // Whether some point of `a` and `b` has the kept bits of `point`.
  static bool projected(const Set& a, const Set& b, Bits kept, uint32_t point) {
    for (uint32_t p = 0; p < kPoints; ++p) {
      if (!a[p] || !b[p]) continue;
      bool same = true;
      for (uint32_t bit = kept.first; bit < kept.last && bit < kBits; ++bit) {
        same = same && bit_of(p, bit) == bit_of(point, bit);
      }
      if (same) return true;
    }
    return false;
  }

  Diagrams sets_;
  std::mt19937 random_{7};
};

TEST_F(DiagramTest, EqualSetsAreOneDiagram) {
  for (int round = 0; round < 200; ++round) {
    const Set a = chance(), b = chance();
    const Diagram x = made(a), y = made(b);
    EXPECT_EQ(sets_.both(x, y), made(a & b));
    EXPECT_EQ(sets_.either(x, y), made(a | b));
    EXPECT_EQ(sets_.minus(x, y), made(a & ~b));
    EXPECT_EQ(sets_.meet(x, y), (a & b).any());
    EXPECT_EQ(sets_.inside(x, y), (a & ~b).none());
    EXPECT_EQ(sets_.count(x, kEvery), static_cast<double>(a.count()));
  }
}

// Ranges of bits that begin at one place, or are empty, are different questions.
TEST_F(DiagramTest, ProjectionsByEveryRangeOfBits) {
  for (int round = 0; round < 50; ++round) {
    const Set a = chance(), b = chance();
    const Diagram x = made(a), y = made(b);
    for (uint32_t first = 0; first <= kBits; ++first) {
      for (uint32_t last = first; last <= kBits + 1; ++last) {
        const Bits kept{first, last > kBits ? UINT32_MAX : last};
        Set wanted;
        for (uint32_t p = 0; p < kPoints; ++p) wanted[p] = projected(a, b, kept, p);
        EXPECT_EQ(sets_.project(x, y, kept), made(wanted)) << first << ' ' << last;
      }
    }
  }
}

TEST_F(DiagramTest, PointsOneByOne) {
  for (int round = 0; round < 50; ++round) {
    const Set a = chance();
    const Diagram x = made(a);
    bool first = true;
    for (uint32_t p = 0; p < kPoints; ++p) {
      EXPECT_EQ(sets_.has(x, kEvery, values(p)), a[p]);
      if (!a[p]) continue;
      if (first) {
        EXPECT_EQ(sets_.first(x, kEvery), values(p));
      }
      first = false;
    }
  }
}

}  // namespace
}  // namespace guard::verify
