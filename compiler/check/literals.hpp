// Constants before their use gives them a type: scalars, enum words, and sets of them.
//
// `let`s, parameters and set literals become Literals; `coerce` turns one into a Constant of the type that its use
// expects, or reports why it cannot be one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/span.hpp"
#include "check/model.hpp"
#include "syntax/tree.hpp"

namespace guard::check {

struct Context;
struct Site;
struct Scope;
struct Symbol;

struct Literal {
  enum class Kind : uint8_t { Bool, Int, Decimal, String, Duration, Timestamp, Regex, Word, Set };
  Kind kind = Kind::Bool;
  int64_t number = 0;  // Bool, Int, Decimal (times 10^scale), Duration, Timestamp
  uint8_t scale = 0;
  bool unknown = false;           // Word: of no enum
  std::string text;               // String, Regex, Word; a duration as written
  std::vector<Literal> elements;  // Set
  Span span;
};

struct ConstantSet {  // sorted, distinct
  std::vector<int64_t> numbers;
  std::vector<std::string> texts;
};

[[nodiscard]] std::optional<Literal> literal_of(Context& context, const Site& site, const syntax::Scalar& scalar,
                                                bool negative = false);
// A scalar, a set, or a name: of a let, a parameter, or else an enum word. A name that is nothing of these is reported
// here, or, when `later`, by coerce, which knows what was expected.
[[nodiscard]] std::optional<Literal> literal_of(Context& context, const Site& site, const syntax::Value& value,
                                                bool later = false);
// The literal of a let; nothing when it was reported. Marks it used.
[[nodiscard]] const Literal* resolve_let(Context& context, Symbol& let);

// As a constant of `type`, used at `use`.
[[nodiscard]] std::optional<Constant> coerce(Context& context, const Site& site, const Literal& literal,
                                             const Type& type, Span use);
// As a set whose elements have type `element`; refuses an empty one. `let`: where the literal came from, or null.
[[nodiscard]] std::optional<ConstantSet> coerce_set(Context& context, const Site& site, const Literal& literal,
                                                    const Type& element, Span use, Symbol* let);

[[nodiscard]] std::string literal_text(const Literal& literal);       // as a message shows it
[[nodiscard]] std::string_view literal_kind(const Literal& literal);  // "int", "string", …

// ---- types as text ----
[[nodiscard]] std::string type_name(const Context& context, const Type& type);  // "int", "Environment", "set<string>"
[[nodiscard]] std::string type_text(const Context& context, const Type& type);  // "int 0..100", "decimal(5, 2)"
[[nodiscard]] Type element_type(const Type& set);
[[nodiscard]] bool is_number(const Type& type);  // Int, Decimal
[[nodiscard]] bool is_ordered(const Context& context, const Type& type);

}  // namespace guard::check
