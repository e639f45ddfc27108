// What a path in a condition or message means: an attribute, a column, an element, a lookup, a constant, a condition, …
#pragma once
#include "check/context.hpp"

namespace guard::check {

struct Found {
  enum class Kind : uint8_t {
    Error,    // reported (or, when quiet, simply not found)
    Value,    // `operand`: a leaf, column, element or lookup
    Record,   // a required record, or the row variable of a list quantifier
    Literal,  // `literal`: a let (then `symbol` too) or a parameter
    Word,     // an enum word
    Define,   // `symbol`
    Window    // `symbol`
  };
  Kind kind = Kind::Error;
  Operand operand;          // Value
  LeafId signal = kNoLeaf;  // the path itself names this signal
  const Literal* literal = nullptr;
  Symbol* symbol = nullptr;
};

// Resolves `operand` at `site`. Reports what is wrong with it unless `quiet`.
[[nodiscard]] Found find_operand(Context& context, const Site& site, const syntax::Operand& operand,
                                 bool quiet = false);

// The leaf behind a Leaf or Column operand; null for elements and lookups.
[[nodiscard]] const Leaf* leaf_of(const Context& context, const Site& site, const Operand& operand);

// Whether the operand's value belongs to a signal.
[[nodiscard]] bool reads_signal(const Context& context, const Site& site, const Operand& operand);

}  // namespace guard::check
