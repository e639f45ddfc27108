// Automata of single predicates, walks in their products, and which of them are needed.
#include "verify/model/text_search.hpp"

#include <algorithm>
#include <unordered_map>

#include "partition/automaton.hpp"

namespace guard::verify {
namespace {

namespace format = guardvm::format;
using partition::Dfa;
using partition::Pattern;

constexpr size_t kMaxStates = 100000;    // of one automaton
constexpr size_t kMaxProduct = 1000000;  // of the walk through a product

// A glob's source as a pattern: runs of plain bytes between the wildcards.
Pattern glob_pattern(std::string_view source) {
  std::vector<Pattern> parts;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) parts.push_back(partition::literal(plain));
    plain.clear();
  };
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '*') {
      flush();
      parts.push_back(partition::any_run());
    } else if (source[i] == '?') {
      flush();
      parts.push_back(partition::any_one());
    } else {
      if (source[i] == '\\' && i + 1 < source.size()) ++i;
      plain += source[i];
    }
  }
  flush();
  return partition::sequence(std::move(parts));
}

// Per state, whether a state that is marked can be reached.
std::vector<bool> leads_to(const std::vector<bool>& marked, const std::vector<uint32_t>& table, uint32_t classes) {
  std::vector<std::vector<uint32_t>> from(marked.size());
  for (uint32_t s = 0; s < marked.size(); ++s) {
    for (uint32_t c = 0; c < classes; ++c) {
      const uint32_t to = table[s * classes + c];
      if (from[to].empty() || from[to].back() != s) from[to].push_back(s);
    }
  }
  std::vector<bool> out = marked;
  std::vector<uint32_t> stack;
  for (uint32_t s = 0; s < marked.size(); ++s) {
    if (marked[s]) stack.push_back(s);
  }
  while (!stack.empty()) {
    const uint32_t at = stack.back();
    stack.pop_back();
    for (const uint32_t s : from[at]) {
      if (out[s]) continue;
      out[s] = true;
      stack.push_back(s);
    }
  }
  return out;
}

struct HashStates {
  size_t operator()(const std::vector<uint32_t>& states) const {
    uint64_t h = 0xcbf29ce484222325u;
    for (const uint32_t s : states) h = (h ^ s) * 0x9e3779b97f4a7c15u;
    return static_cast<size_t>(h ^ (h >> 29));
  }
};

}  // namespace

Pattern pattern_of(format::Match match, std::string_view text) {
  switch (match) {
    case format::Match::StartsWith:
      return partition::sequence({partition::literal(text), partition::any_run()});
    case format::Match::EndsWith:
      return partition::sequence({partition::any_run(), partition::literal(text)});
    case format::Match::Contains:
      return partition::sequence({partition::any_run(), partition::literal(text), partition::any_run()});
    case format::Match::Glob:
    case format::Match::Regex:
      break;
  }
  return glob_pattern(text);
}

uint32_t readability(uint32_t byte) {
  if (byte >= 'a' && byte <= 'z') return byte;
  if (byte >= '0' && byte <= '9') return 0x100 + byte;
  if (byte == '-' || (byte >= 'A' && byte <= 'Z')) return 0x200 + byte;
  if (byte > ' ' && byte < 0x7F) return 0x300 + byte;
  return 0x400 + byte;
}

TextSearch::Answer TextSearch::find(const std::vector<Sign>& signs, size_t count) {
  std::vector<Sign> used;
  // The first sign that some text contradicts; what must hold comes first, for it makes the products small.
  const auto wrong = [&](const std::vector<std::string>& texts) -> const Sign* {
    for (const bool holds : {true, false}) {
      for (const Sign& sign : signs) {
        if (sign.holds != holds) continue;
        for (const std::string& text : texts) {
          if (preds_.holds(sign.pred, {true, 0, text}) != holds) return &sign;
        }
      }
    }
    return nullptr;
  };
  const Product* found = &product(used, count);
  while (!found->gave_up) {
    const Sign* sign = wrong(found->texts);
    if (sign == nullptr) break;
    used.insert(std::lower_bound(used.begin(), used.end(), *sign), *sign);
    found = &product(used, count);
  }
  Answer answer{found->texts, {}, found->gave_up};
  if (answer.gave_up || answer.texts.size() == count) return answer;
  for (size_t i = used.size(); i > 0; --i) {
    std::vector<Sign> fewer = used;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i - 1));
    const Product& left = product(fewer, count);
    if (!left.gave_up && left.texts.size() < count) used = std::move(fewer);
  }
  answer.core = std::move(used);
  return answer;
}

const TextSearch::Product& TextSearch::product(const std::vector<Sign>& signs, size_t count) {
  const auto [at, is_new] = known_.try_emplace({signs, count});
  if (is_new) at->second = walk(signs, count);
  return at->second;
}

std::optional<TextSearch::Automaton> TextSearch::of_pattern(const Pattern& pattern, partition::Utf8 utf8) {
  const std::optional<Dfa> dfa = partition::determinise({&pattern}, utf8, kMaxStates);
  if (!dfa) return std::nullopt;
  const Dfa least = partition::minimise(*dfa);
  Automaton own{least.classes, least.class_of, least.table, {}, {}, {}};
  for (const auto& atoms : least.accept) own.accepts.push_back(!atoms.empty());
  return own;
}

// A tree of the texts.
TextSearch::Automaton TextSearch::of_texts(const std::vector<std::string_view>& texts) {
  Automaton own;
  for (const std::string_view text : texts) {
    for (const char c : text) {
      uint8_t& cls = own.class_of[static_cast<uint8_t>(c)];
      if (cls == 0) cls = static_cast<uint8_t>(++own.classes);
    }
  }
  ++own.classes;  // 0: bytes of no text. A text is valid UTF-8, so not all 256 bytes are used.
  own.table.assign(size_t{2} * own.classes, 0);
  own.accepts.assign(2, false);
  for (const std::string_view text : texts) {
    uint32_t state = 1;
    for (const char c : text) {
      const size_t edge = size_t{state} * own.classes + own.class_of[static_cast<uint8_t>(c)];
      if (own.table[edge] == 0) {
        own.table[edge] = static_cast<uint32_t>(own.accepts.size());
        own.table.resize(own.table.size() + own.classes, 0);
        own.accepts.push_back(false);
      }
      state = own.table[edge];
    }
    own.accepts[state] = true;
  }
  return own;
}

std::optional<TextSearch::Automaton> TextSearch::make(PredId id) const {
  const Pred& pred = preds_[id];
  if (pred.kind == Pred::Kind::TextIn) return of_texts(preds_.texts(pred.index));
  const guardvm::Bundle& bundle = *preds_.pattern(pred.index).bundle;
  const format::View& view = bundle.view();
  const format::PatternRow& row = view.Patterns[preds_.pattern(pred.index).row];
  if (row.match != format::Match::Regex) {
    return of_pattern(pattern_of(row.match, bundle.text(row.text)), partition::Utf8::Anything);
  }
  const format::DfaRow& dfa = view.Dfas[row.dfa];  // as the bundle runs it
  Automaton own;
  own.classes = dfa.classes;
  for (uint32_t byte = 0; byte < 256; ++byte) own.class_of[byte] = view.Bytes[dfa.class_map + byte];
  const uint32_t* cells = view.DfaCells.data() + dfa.table;
  own.table.assign(cells, cells + size_t{dfa.states} * dfa.classes);
  for (uint32_t s = 0; s < dfa.states; ++s) own.accepts.push_back(view.DfaAccepts[dfa.accept + s].count > 0);
  return own;
}

const TextSearch::Automaton* TextSearch::automaton(std::optional<PredId> pred) {
  const auto [at, is_new] = automata_.try_emplace(pred);
  std::optional<Automaton>& own = at->second;
  if (!is_new) return own ? &*own : nullptr;
  own = pred ? make(*pred) : of_pattern(partition::any_run(), partition::Utf8::OnlyValid);
  if (!own) return nullptr;
  std::vector<bool> rejects = own->accepts;
  rejects.flip();
  own->may_accept = leads_to(own->accepts, own->table, own->classes);
  own->may_reject = leads_to(rejects, own->table, own->classes);
  return &*own;
}

// Breadth first, so that short texts come first. SOUND: the `count` shortest texts need no more than the `count`
// shortest walks to each state.
TextSearch::Product TextSearch::walk(const std::vector<Sign>& signs, size_t count) {
  std::vector<std::pair<const Automaton*, bool>> parts{{automaton(std::nullopt), true}};
  for (const Sign& sign : signs) parts.emplace_back(automaton(sign.pred), sign.holds);
  Product out;
  for (const auto& part : parts) out.gave_up = out.gave_up || part.first == nullptr;
  if (out.gave_up) return out;

  // Bytes that no automaton tells apart, the readable ones first.
  std::map<std::vector<uint8_t>, std::vector<uint8_t>> alike;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    std::vector<uint8_t> key;
    for (const auto& [own, holds] : parts) key.push_back(own->class_of[byte]);
    alike[key].push_back(static_cast<uint8_t>(byte));
  }
  std::vector<std::vector<uint8_t>> bytes;
  for (auto& [key, list] : alike) {
    std::sort(list.begin(), list.end(), [](uint8_t a, uint8_t b) { return readability(a) < readability(b); });
    bytes.push_back(std::move(list));
  }
  std::sort(bytes.begin(), bytes.end(),
            [](const auto& a, const auto& b) { return readability(a[0]) < readability(b[0]); });

  std::unordered_map<std::vector<uint32_t>, uint32_t, HashStates> known;
  std::vector<const std::vector<uint32_t>*> states;
  std::vector<size_t> visits;
  const auto add = [&](const std::vector<uint32_t>& at) {
    const auto [found, is_new] = known.try_emplace(at, static_cast<uint32_t>(states.size()));
    if (is_new) {
      states.push_back(&found->first);
      visits.push_back(0);
    }
    return found->second;
  };
  const auto accepted = [&](uint32_t state) {
    for (size_t p = 0; p < parts.size(); ++p) {
      if (parts[p].first->accepts[(*states[state])[p]] != parts[p].second) return false;
    }
    return true;
  };
  struct Step {
    uint32_t state;
    size_t before;  // in the queue
    uint8_t byte;
  };
  std::vector<Step> queue{{add(std::vector<uint32_t>(parts.size(), 1)), 0, 0}};
  const auto text_of = [&](size_t at) {
    std::string text;
    for (; at != 0; at = queue[at].before) text += static_cast<char>(queue[at].byte);
    std::reverse(text.begin(), text.end());
    return text;
  };
  std::vector<uint32_t> to(parts.size());
  for (size_t i = 0; i < queue.size(); ++i) {
    for (const std::vector<uint8_t>& list : bytes) {
      bool alive = true;
      for (size_t p = 0; p < parts.size() && alive; ++p) {
        const auto& [own, holds] = parts[p];
        const uint32_t at = (*states[queue[i].state])[p];
        to[p] = own->table[size_t{at} * own->classes + own->class_of[list[0]]];
        alive = holds ? own->may_accept[to[p]] : own->may_reject[to[p]];
      }
      if (!alive) continue;
      const uint32_t target = add(to);
      for (size_t b = 0; b < list.size() && visits[target] < count; ++b) {
        ++visits[target];
        queue.push_back({target, i, list[b]});
        if (!accepted(target)) continue;
        out.texts.push_back(text_of(queue.size() - 1));
        if (out.texts.size() == count) return out;
      }
    }
    if (queue.size() > kMaxProduct) {
      out.gave_up = true;
      return out;
    }
  }
  if (accepted(queue[0].state)) out.texts.emplace_back();  // Valid, and hard to read: it comes last.
  return out;
}

}  // namespace guard::verify
