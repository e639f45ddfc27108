// Random syntax trees, such as the parser could have made: see syntax_tree_maker.cpp.
#pragma once
#include <cstdint>

#include "syntax/tree.hpp"

namespace guard {

[[nodiscard]] syntax::File make_syntax_tree(uint64_t seed);

}  // namespace guard
