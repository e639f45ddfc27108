// Aho and Corasick's automaton, completed: every state has a move for every byte class.
#include <algorithm>
#include <map>
#include <utility>

#include "partition/automaton.hpp"

namespace guard::partition {
namespace {

struct Trie {
  std::vector<std::map<uint8_t, uint32_t>> children{2};  // state 0 is dead and unused, state 1 the root
  std::vector<std::vector<uint32_t>> accept{2};
};

Trie make_trie(const std::vector<std::string>& texts) {
  Trie trie;
  for (uint32_t i = 0; i < texts.size(); ++i) {
    uint32_t at = 1;
    for (const char c : texts[i]) {
      const auto [child, is_new] =
          trie.children[at].try_emplace(static_cast<uint8_t>(c), static_cast<uint32_t>(trie.children.size()));
      at = child->second;
      if (is_new) {
        trie.children.emplace_back();
        trie.accept.emplace_back();
      }
    }
    trie.accept[at].push_back(i);
  }
  return trie;
}

}  // namespace

Dfa find_any(const std::vector<std::string>& texts) {
  Trie trie = make_trie(texts);
  Dfa dfa;
  dfa.states = static_cast<uint32_t>(trie.children.size());
  dfa.classes = 1;  // class 0: bytes that occur in no text
  for (const std::string& text : texts) {
    for (const char c : text) {
      uint8_t& byte_class = dfa.class_of[static_cast<uint8_t>(c)];
      if (byte_class == 0) byte_class = static_cast<uint8_t>(dfa.classes++);
    }
  }
  dfa.table.assign(static_cast<size_t>(dfa.states) * dfa.classes, 0);
  std::vector<uint32_t> suffix(dfa.states, 1), queue{1};
  for (uint32_t c = 0; c < dfa.classes; ++c) dfa.table[dfa.classes + c] = 1;
  for (size_t i = 0; i < queue.size(); ++i) {
    const uint32_t state = queue[i];
    uint32_t* row = &dfa.table[static_cast<size_t>(state) * dfa.classes];
    // A state moves like its longest proper suffix, except where the trie goes on.
    if (state != 1) std::copy_n(&dfa.table[static_cast<size_t>(suffix[state]) * dfa.classes], dfa.classes, row);
    for (const auto& [byte, child] : trie.children[state]) {
      const uint8_t c = dfa.class_of[byte];
      suffix[child] = state == 1 ? 1 : row[c];
      row[c] = child;
      // The runtime counts atoms at every state it passes, so a state must name its suffixes' atoms too.
      const std::vector<uint32_t>& inherited = trie.accept[suffix[child]];
      trie.accept[child].insert(trie.accept[child].end(), inherited.begin(), inherited.end());
      queue.push_back(child);
    }
  }
  for (std::vector<uint32_t>& atoms : trie.accept) {
    std::sort(atoms.begin(), atoms.end());
    atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  }
  dfa.accept = std::move(trie.accept);
  return dfa;
}

}  // namespace guard::partition
