// Syntax tree to text, in the one layout of the language.
//
//   std::string text = syntax::print(syntax::parse(id, sources, diags), sources);
//
// INVARIANT: parse(print(tree)) is the same tree up to spans; print of that is the same text; every comment is kept, an
// own-line comment before the line of what it preceded, another behind what it followed. The author's single empty
// lines between items stay. Print only trees that were parsed without errors: what was not read is not printed.
#pragma once
#include <string>

#include "base/span.hpp"
#include "syntax/tree.hpp"

namespace guard::syntax {

[[nodiscard]] std::string print(const File& file, const Sources& sources);

// On one line; adds parentheses where a tree that no author wrote needs them.
[[nodiscard]] std::string print_condition(const Condition& condition);

// Whether two files say the same: all but spans and comments.
[[nodiscard]] bool same_tree(const File& a, const File& b);

}  // namespace guard::syntax
