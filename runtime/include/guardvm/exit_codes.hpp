// The rows of tables/exit_codes.def: what both tools return to the shell.
#pragma once
#include <array>
#include <string_view>

namespace guardvm {

enum class Exit : int {
#define GUARD_EXIT(Name, code, meaning) Name = code,
#include "tables/exit_codes.def"
#undef GUARD_EXIT
};

struct ExitInfo {
  Exit exit;
  std::string_view name, meaning;
};
// For --help, in the order of the table.
inline constexpr std::array kExits = {
#define GUARD_EXIT(Name, code, meaning) ExitInfo{Exit::Name, #Name, meaning},
#include "tables/exit_codes.def"
#undef GUARD_EXIT
};

}  // namespace guardvm
