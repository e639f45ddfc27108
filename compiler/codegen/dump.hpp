// A bundle as text for people: its schema, its index, and per rule the code, instruction by instruction.
//
//   Result<std::string> text = guard::codegen::dump(bundle, {.rule = "p.r"});
//
// Only a loaded bundle can be dumped, so nothing is checked again. Failure: it has no such rule or kind.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "guardvm/bundle.hpp"

namespace guard::codegen {

struct DumpOptions {
  std::optional<std::string> rule, kind;  // only this rule, only this kind; none: everything
};

[[nodiscard]] Result<std::string> dump(const guardvm::Bundle& bundle, const DumpOptions& options);

}  // namespace guard::codegen
