// Globs: `*` any run, `?` one code point, `\` escapes; nothing else is special. They match the whole string.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guard::check {

struct GlobPart {
  enum class Kind : uint8_t { Literal, AnyRun, AnyOne };
  Kind kind = Kind::Literal;
  std::string text;  // Literal: the bytes to match, escapes resolved, not empty
  bool operator==(const GlobPart&) const = default;
};

// Neighbouring literals are joined, neighbouring `*` are one. The failure says what is wrong with the pattern.
[[nodiscard]] Result<std::vector<GlobPart>> parse_glob(std::string_view pattern);

}  // namespace guard::check
