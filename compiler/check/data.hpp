// Data tables: JSON files, typed like the schema, compiled into the set.
#pragma once
#include <string>
#include <string_view>

#include "check/context.hpp"

namespace guard::check {

// Reads and types every declared table.
void build_data(Context& context);

// SHA-256 as lower-case hex.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace guard::check
