// The classes of one attribute: two values are in one class when none of the predicates tells them apart.
//
//   auto p = make_partition({Domain::Number, 0, 100, true}, predicates, 4000);
//   p.value().classes[2].witness       // one value of the class
//
// Exact for every domain: numbers and versions by the points and gaps between constants (gaps without a member have no
// class), strings by a product automaton over valid UTF-8, whose states give witnesses by shortest path.
#pragma once
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "partition/predicate.hpp"

namespace guard::partition {

struct Attribute {
  Domain domain = Domain::Number;
  int64_t min = INT64_MIN, max = INT64_MAX;  // Number
  bool optional = false;                     // may be absent: a class of its own
};

struct Class {
  Value witness;
  std::vector<bool> truth;  // per predicate
  bool single = false;      // the witness is its only value (Number, absent)
};

struct Partition {
  Attribute attribute;
  std::vector<Predicate> predicates;
  std::vector<Class> classes;  // absent first when optional; the others by witness for numbers and versions

  // The class of a value of the attribute.
  [[nodiscard]] size_t class_of(const Value& value) const;
};

// Failure: the strings' automaton would have more than `max_states` states.
[[nodiscard]] Result<Partition> make_partition(const Attribute& attribute, std::vector<Predicate> predicates,
                                               size_t max_states);

// The coarsest partition that refines both. `left[c]` and `right[c]` are the classes of a and b that class c lies in
// (size_t(-1): that attribute has no such value).
// REQUIRES: one domain. The attribute of the result allows what either allows.
struct Refined {
  Partition partition;
  std::vector<size_t> left, right;
};
[[nodiscard]] Result<Refined> refine(const Partition& a, const Partition& b, size_t max_states);

}  // namespace guard::partition
