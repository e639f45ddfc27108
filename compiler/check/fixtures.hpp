// Record literals: fixtures, `with`, and the JSON text of an action.
#pragma once
#include <optional>
#include <string>

#include "check/context.hpp"

namespace guard::check {

// The JSON record that a literal in `scope` means; nothing when something was reported.
[[nodiscard]] std::optional<std::string> record_json(Context& context, Scope& scope, const syntax::Record& record);

// Fixtures of a kind must fit it even when nobody uses them.
void check_fixtures(Context& context);

}  // namespace guard::check
