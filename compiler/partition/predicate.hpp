// Predicates on one attribute, and what they say of one value.
//
// An absent value makes every predicate false, `Present` included.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "partition/automaton.hpp"
#include "partition/pattern.hpp"

namespace guard::partition {

// Bool is a Number of 0 and 1, an enum word its position, timestamps and durations nanoseconds.
enum class Domain : uint8_t { Number, Text, Version };
enum class Compare : uint8_t { Eq, Ne, Lt, Le, Gt, Ge };

struct Value {
  bool present = false;
  int64_t number = 0;  // Number
  std::string text;    // Text, Version
  bool operator==(const Value&) const = default;
};

struct Predicate {
  enum class Kind : uint8_t {
    Present,
    Compare,  // value `compare` the constant (Number, Version)
    In,       // value is one of the constants (versions: by precedence)
    Matches   // Text: the whole string is of `pattern`
  };
  Kind kind = Kind::Present;
  Compare compare = Compare::Eq;
  std::vector<int64_t> numbers;
  std::vector<std::string> texts;
  Pattern pattern;
};

[[nodiscard]] bool holds(Compare compare, int order);
[[nodiscard]] Compare opposite(Compare compare);  // holds just where `compare` does not

// REQUIRES: the predicate fits the domain. COST: Matches simulates the pattern; linear in the text for a fixed pattern.
[[nodiscard]] bool holds(const Predicate& predicate, Domain domain, const Value& value);

}  // namespace guard::partition
