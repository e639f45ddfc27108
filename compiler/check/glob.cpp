// The glob parser.
#include "check/glob.hpp"

namespace guard::check {

Result<std::vector<GlobPart>> parse_glob(std::string_view pattern) {
  std::vector<GlobPart> parts;
  const auto literal = [&](char c) {
    if (parts.empty() || parts.back().kind != GlobPart::Kind::Literal) parts.push_back({GlobPart::Kind::Literal, {}});
    parts.back().text += c;
  };
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*') {
      if (parts.empty() || parts.back().kind != GlobPart::Kind::AnyRun) parts.push_back({GlobPart::Kind::AnyRun, {}});
    } else if (c == '?') {
      parts.push_back({GlobPart::Kind::AnyOne, {}});
    } else if (c == '\\') {
      if (++i == pattern.size()) return Failure{"a glob may not end with a lone `\\`; write `\\\\` for a backslash"};
      literal(pattern[i]);
    } else {
      literal(c);
    }
  }
  return parts;
}

}  // namespace guard::check
