// The parser's budgets, taken from the limits table.
#pragma once
#include <cstdint>

namespace guard::syntax::limits {

#define GUARD_LIMIT(Name, id, value, unit, where) inline constexpr uint64_t k##Name = value;
#include "tables/limits.def"
#undef GUARD_LIMIT

// Reports of one file past this number are dropped: they are no longer about mistakes but about a file of another kind.
inline constexpr uint64_t kReports = 100;

}  // namespace guard::syntax::limits
