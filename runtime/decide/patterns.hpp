// String patterns over whole strings of valid UTF-8: globs matched directly, automata by table.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "guardvm/bundle.hpp"

namespace guardvm {

// `*` any run, `?` one code point, `\` escapes the next character; everything else stands for itself.
// COST: O(pattern * text) at worst, no recursion.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

// Runs an automaton over the whole text; the atoms that its last state accepts (scan automata: use scan_atoms).
[[nodiscard]] std::span<const uint32_t> dfa_atoms(const format::View& view, uint32_t dfa, std::string_view text);

// Runs a scanning automaton (Aho-Corasick) and calls `found(atom)` for the atoms of every state passed, repeats
// included.
template <typename Found>
void scan_atoms(const format::View& view, uint32_t dfa, std::string_view text, const Found& found) {
  const format::DfaRow& row = view.Dfas[dfa];
  const uint8_t* classes = view.Bytes.data() + row.class_map;
  const uint32_t* table = view.DfaCells.data() + row.table;
  uint32_t state = 1;
  for (size_t i = 0;; ++i) {
    const format::Range accept = view.DfaAccepts[row.accept + state];
    for (uint32_t a = 0; a < accept.count; ++a) found(view.Indices[accept.first + a]);
    if (i == text.size()) return;
    state = table[state * row.classes + classes[static_cast<uint8_t>(text[i])]];
  }
}

}  // namespace guardvm
