// Text to syntax tree.
//
//   Diagnostics diags;
//   syntax::File file = syntax::parse(sources.add(path, text), sources, diags);
//   if (diags.has_errors()) …
//
// Never fails: what cannot be read is reported, and reading goes on at the next item, so the tree holds every item that
// is right. When anything was reported, names may be missing from the tree: check it only if there are no errors.
// Cost: linear; about 0.25 s per megabyte. Recursion is bounded by the limits `nesting` and `operands`.
#pragma once
#include "base/span.hpp"
#include "diag/diagnostic.hpp"
#include "syntax/tree.hpp"

namespace guard::syntax {

[[nodiscard]] File parse(FileId file, const Sources& sources, Diagnostics& diagnostics);

}  // namespace guard::syntax
