// The checker's view of runtime/tables/limits.def: one constant per row and how to say that it was exceeded.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace guard::check {

struct Limit {
  std::string_view id;  // kebab-case
  uint64_t value;
  std::string_view unit;
  std::string_view help;
};

namespace limits {
#define GUARD_LIMIT(Name, kebab, value, unit, help) inline constexpr Limit k##Name{kebab, value, unit, help};
#include "tables/limits.def"
#undef GUARD_LIMIT
}  // namespace limits

}  // namespace guard::check
