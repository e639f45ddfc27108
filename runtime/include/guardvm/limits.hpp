// The rows of tables/limits.def as constants: kLimitRecordBytes and so on. What each bounds stands in its row.
#pragma once
#include <cstdint>

namespace guardvm {

#define GUARD_LIMIT(Name, kebab, value, unit, help) inline constexpr uint64_t kLimit##Name = value;
#include "tables/limits.def"
#undef GUARD_LIMIT

}  // namespace guardvm
