// Formulas over one kind's attributes: a hash-consed graph of And, Or and Not over tests.
//
// A test is what one opcode asks, or a part of it: a site (an attribute, a column, an element of a set) satisfies a
// predicate, two sites compare, a sum compares, rows or elements are counted. Nothing here knows values: `Domains`
// tells what a predicate means, `Grounder` makes a finite problem of a formula.
#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "partition/predicate.hpp"

namespace guard::verify {

using Compare = partition::Compare;

enum class Formula : uint32_t {};
inline constexpr Formula kFalse = Formula{0};
inline constexpr Formula kTrue = Formula{1};

enum class SiteId : uint32_t {};
inline constexpr SiteId kNoSite = SiteId{0xffffffffu};
enum class PredId : uint32_t {};

enum class Op : uint8_t {
  False,
  True,
  Not,        // a
  And,        // a, b
  Or,         // a, b
  Lit,        // site a is present and satisfies predicate b
  Equal,      // sites a and b are present and equal (strings, enum words)
  Order,      // sites a and b are present and compare (versions, by precedence)
  Linear,     // row a of the linear sums: every term is present and the sum compares
  CountSet,   // number of elements of set site a for which c holds, against b
  CountList,  // number of rows of list site a for which c holds, against b
  Persons     // number of different persons among the rows of list site a for which c holds: at least b
};

struct Node {
  Op op = Op::False;
  Compare compare = Compare::Eq;
  bool reads_row = false, reads_element = false;  // depends on the enclosing quantifier's row or element
  uint32_t a = 0, b = 0, c = 0;
};

// Rounded down. REQUIRES: b is not 0.
[[nodiscard]] constexpr __int128 floor_div(__int128 a, __int128 b) {
  return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}

struct LinearTerm {
  SiteId site;
  int64_t coefficient;
};
struct LinearSum {
  std::vector<LinearTerm> terms;  // at least two, by site
  Compare compare = Compare::Eq;
  __int128 constant = 0;
};

class Formulas {
 public:
  Formulas();
  [[nodiscard]] const Node& operator[](Formula f) const { return nodes_[static_cast<uint32_t>(f)]; }
  [[nodiscard]] const LinearSum& linear(uint32_t row) const { return linears_[row]; }
  [[nodiscard]] size_t size() const { return nodes_.size(); }

  [[nodiscard]] Formula negation(Formula f);
  [[nodiscard]] Formula both(Formula a, Formula b);
  [[nodiscard]] Formula either(Formula a, Formula b);
  [[nodiscard]] Formula all(const std::vector<Formula>& parts);
  [[nodiscard]] Formula any(const std::vector<Formula>& parts);
  // `condition` ? `then` : `otherwise`, in the shape that And and Or give: code made of `a and (b or c)` reads back so.
  [[nodiscard]] Formula choose(Formula condition, Formula then, Formula otherwise);
  [[nodiscard]] Formula differ(Formula a, Formula b) { return either(both(a, negation(b)), both(negation(a), b)); }

  struct Place {  // where a site stands: of a row, an element, or the action
    bool row = false, element = false;
  };
  [[nodiscard]] Formula lit(SiteId site, PredId pred, Place place);
  [[nodiscard]] Formula equal(SiteId a, SiteId b, Place place);
  [[nodiscard]] Formula order(SiteId a, Compare compare, SiteId b, Place place);
  [[nodiscard]] Formula linear(LinearSum sum, Place place);
  [[nodiscard]] Formula count_set(SiteId set, Compare compare, uint32_t limit, Formula body, Place place);
  [[nodiscard]] Formula count_list(SiteId list, Compare compare, uint32_t limit, Formula body);
  [[nodiscard]] Formula persons(SiteId list, uint32_t limit, Formula body);

 private:
  Formula add(Node node);
  struct Hash {
    size_t operator()(const Node& node) const;
  };
  struct Same {
    bool operator()(const Node& x, const Node& y) const;
  };
  std::vector<Node> nodes_;
  std::vector<LinearSum> linears_;
  std::unordered_map<Node, uint32_t, Hash, Same> known_;
};

}  // namespace guard::verify
