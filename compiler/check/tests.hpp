// Tests: what is given, and what is expected of it.
#pragma once
#include "check/context.hpp"

namespace guard::check {

void build_tests(Context& context);

}  // namespace guard::check
