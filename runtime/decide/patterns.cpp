// Globs by the two-pointer method: on a mismatch, let the last `*` take one more code point.
#include "decide/patterns.hpp"

namespace guardvm {
namespace {

// Bytes of the code point that starts at text[at]; the text is valid UTF-8.
size_t code_point_bytes(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, star_text = 0;
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size()) {
      if (p == pattern.size()) return true;
      return false;  // Only stars could match nothing, and they were taken above.
    }
    if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += code_point_bytes(text, t);
      continue;
    }
    if (p < pattern.size()) {
      const bool escaped = pattern[p] == '\\' && p + 1 < pattern.size();
      if (pattern[p + (escaped ? 1 : 0)] == text[t]) {
        p += escaped ? 2 : 1;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    star_text += code_point_bytes(text, star_text);
    p = star;
    t = star_text;
  }
}

std::span<const uint32_t> dfa_atoms(const format::View& view, uint32_t dfa, std::string_view text) {
  const format::DfaRow& row = view.Dfas[dfa];
  const uint8_t* classes = view.Bytes.data() + row.class_map;
  const uint32_t* table = view.DfaCells.data() + row.table;
  uint32_t state = 1;
  for (const char c : text) {
    state = table[state * row.classes + classes[static_cast<uint8_t>(c)]];
    if (state == 0) break;
  }
  const format::Range accept = view.DfaAccepts[row.accept + state];
  return {view.Indices.data() + accept.first, accept.count};
}

}  // namespace guardvm
