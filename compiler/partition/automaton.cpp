// Subset construction, minimisation and grouping; see automaton.hpp.
#include "partition/automaton.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace guard::partition {
namespace {

// Bytes that no edge tells apart are one class.
void classify_bytes(const Nfa& nfa, Dfa& dfa, std::vector<uint8_t>& first_of_class) {
  std::array<bool, 257> border{};
  border[0] = true;
  for (const Nfa::State& state : nfa.states) {
    for (const Nfa::Edge& edge : state.edges) {
      border[edge.low] = true;
      border[static_cast<size_t>(edge.high) + 1] = true;
    }
  }
  for (size_t byte = 0; byte < 256; ++byte) {
    if (border[byte]) first_of_class.push_back(static_cast<uint8_t>(byte));
    dfa.class_of[byte] = static_cast<uint8_t>(first_of_class.size() - 1);
  }
  dfa.classes = static_cast<uint32_t>(first_of_class.size());
}

struct HashStates {
  size_t operator()(const std::vector<uint32_t>& states) const {
    uint64_t hash = 1469598103934665603u;
    for (const uint32_t s : states) hash = (hash ^ s) * 1099511628211u;
    return static_cast<size_t>(hash ^ (hash >> 29));
  }
};

class Subsets {
 public:
  Subsets(const Nfa& nfa, size_t max_states) : nfa_(nfa), max_states_(max_states), mark_(nfa.states.size(), 0) {}

  std::optional<Dfa> run() {
    std::vector<uint8_t> first_of_class;
    classify_bytes(nfa_, dfa_, first_of_class);
    add({});  // the dead state
    begin();
    for (const uint32_t start : nfa_.starts) close(start, current_);
    if (add(take(current_)) == 0) {  // Nothing is accepted: the start is a second dead state.
      sets_.push_back(sets_[0]);
      dfa_.accept.emplace_back();
    }
    std::vector<std::vector<uint32_t>> moves(dfa_.classes);
    for (uint32_t s = 0; s < sets_.size(); ++s) {
      if (sets_.size() > max_states_ + 1 || elements_ > max_states_ * kElements) return std::nullopt;
      for (auto& targets : moves) targets.clear();
      for (const uint32_t n : *sets_[s]) {
        for (const Nfa::Edge& edge : nfa_.states[n].edges) {
          for (uint32_t c = dfa_.class_of[edge.low]; c <= dfa_.class_of[edge.high]; ++c) moves[c].push_back(edge.to);
        }
      }
      for (uint32_t c = 0; c < dfa_.classes; ++c) dfa_.table.push_back(target(c, moves));
    }
    dfa_.states = static_cast<uint32_t>(sets_.size());
    return std::move(dfa_);
  }

 private:
  void begin() {
    ++stamp_;
    current_.clear();
  }
  std::vector<uint32_t> take(std::vector<uint32_t>& states) {
    std::sort(states.begin(), states.end());
    return states;
  }

  // Neighbouring byte classes often move alike: then the answer is the neighbour's.
  uint32_t target(uint32_t c, const std::vector<std::vector<uint32_t>>& moves) {
    if (moves[c].empty()) return 0;
    if (c > 0 && moves[c] == moves[c - 1]) return dfa_.table.back();
    begin();
    for (const uint32_t to : moves[c]) close(to, current_);
    return add(take(current_));
  }

  // Adds what is reached from `from` without a byte; only states that read a byte or accept are kept.
  void close(uint32_t from, std::vector<uint32_t>& out) {
    std::vector<uint32_t>& stack = stack_;
    stack.assign(1, from);
    while (!stack.empty()) {
      const uint32_t n = stack.back();
      stack.pop_back();
      if (mark_[n] == stamp_) continue;
      mark_[n] = stamp_;
      const Nfa::State& state = nfa_.states[n];
      if (!state.edges.empty() || state.accepts != Nfa::kNoPattern) out.push_back(n);
      for (const uint32_t to : state.empty) stack.push_back(to);
    }
  }

  uint32_t add(const std::vector<uint32_t>& states) {
    const auto [at, is_new] = known_.try_emplace(states, static_cast<uint32_t>(sets_.size()));
    if (is_new) {
      sets_.push_back(&at->first);
      elements_ += states.size();
      std::vector<uint32_t> accepts;
      for (const uint32_t n : states) {
        if (nfa_.states[n].accepts != Nfa::kNoPattern) accepts.push_back(nfa_.states[n].accepts);
      }
      std::sort(accepts.begin(), accepts.end());
      dfa_.accept.push_back(std::move(accepts));
    }
    return at->second;
  }

  // A bound on memory: nested repetitions may give few states, each of very many positions.
  static constexpr size_t kElements = 3000;

  const Nfa& nfa_;
  size_t max_states_;
  size_t elements_ = 0;
  Dfa dfa_;
  std::unordered_map<std::vector<uint32_t>, uint32_t, HashStates> known_;
  std::vector<const std::vector<uint32_t>*> sets_;
  std::vector<uint32_t> mark_, stack_, current_;
  uint32_t stamp_ = 0;
};

// Splits [first, last) in halves until each part fits.
void group_range(const std::vector<const Pattern*>& patterns, uint32_t first, uint32_t last, const GroupLimits& limits,
                 std::vector<Group>& out, std::vector<uint32_t>& refused) {
  if (first == last) return;
  if (out.size() >= limits.max_groups) {
    for (uint32_t i = first; i < last; ++i) refused.push_back(i);
    return;
  }
  const std::vector<const Pattern*> part(patterns.begin() + first, patterns.begin() + last);
  const size_t budget = last - first == 1 ? limits.max_single : limits.max_states;
  if (std::optional<Dfa> dfa = determinise(part, Utf8::Anything, budget)) {
    Group result;
    result.members.resize(last - first);
    std::iota(result.members.begin(), result.members.end(), first);
    result.dfa = minimise(*dfa);
    out.push_back(std::move(result));
    return;
  }
  if (last - first == 1) {
    refused.push_back(first);
    return;
  }
  const uint32_t middle = first + (last - first) / 2;
  group_range(patterns, first, middle, limits, out, refused);
  group_range(patterns, middle, last, limits, out, refused);
}

}  // namespace

std::optional<Dfa> determinise(const std::vector<const Pattern*>& patterns, Utf8 utf8, size_t max_states) {
  const std::optional<Nfa> nfa = make_nfa(patterns, utf8, max_states * 64 + 100000);
  if (!nfa) return std::nullopt;
  return Subsets(*nfa, max_states).run();
}

Dfa minimise(const Dfa& dfa) {
  // Moore: states are alike while they accept alike and move to alike states.
  std::vector<uint32_t> block(dfa.states);
  std::map<std::vector<uint32_t>, uint32_t> by_accept;
  for (uint32_t s = 0; s < dfa.states; ++s) {
    block[s] = by_accept.try_emplace(dfa.accept[s], static_cast<uint32_t>(by_accept.size())).first->second;
  }
  size_t blocks = by_accept.size();
  while (true) {
    std::unordered_map<std::vector<uint32_t>, uint32_t, HashStates> signatures;
    std::vector<uint32_t> next(dfa.states);
    std::vector<uint32_t> signature(dfa.classes + 1);
    for (uint32_t s = 0; s < dfa.states; ++s) {
      signature[0] = block[s];
      for (uint32_t c = 0; c < dfa.classes; ++c) signature[c + 1] = block[dfa.table[s * dfa.classes + c]];
      next[s] = signatures.try_emplace(signature, static_cast<uint32_t>(signatures.size())).first->second;
    }
    block = std::move(next);
    if (signatures.size() == blocks) break;
    blocks = signatures.size();
  }
  // The dead state keeps number 0, the start number 1, even when they are alike.
  constexpr uint32_t kUnset = 0xffffffffu;
  std::vector<uint32_t> number(blocks, kUnset), representative;
  number[block[0]] = 0;
  representative.push_back(0);
  if (number[block[1]] == kUnset) number[block[1]] = 1;
  representative.push_back(1);
  for (uint32_t s = 2; s < dfa.states; ++s) {
    if (number[block[s]] != kUnset) continue;
    number[block[s]] = static_cast<uint32_t>(representative.size());
    representative.push_back(s);
  }
  Dfa result;
  result.classes = dfa.classes;
  result.class_of = dfa.class_of;
  result.states = static_cast<uint32_t>(representative.size());
  for (const uint32_t s : representative) {
    for (uint32_t c = 0; c < dfa.classes; ++c) result.table.push_back(number[block[dfa.table[s * dfa.classes + c]]]);
    result.accept.push_back(dfa.accept[s]);
  }
  return result;
}

std::vector<Group> group(const std::vector<const Pattern*>& patterns, const GroupLimits& limits,
                         std::vector<uint32_t>& refused) {
  std::vector<Group> out;
  group_range(patterns, 0, static_cast<uint32_t>(patterns.size()), limits, out, refused);
  return out;
}

std::vector<std::optional<std::string>> shortest_texts(const Dfa& dfa) {
  // Per class its most readable byte; classes in order of that.
  const auto rank = [](uint32_t byte) -> uint32_t {
    if (byte >= 'a' && byte <= 'z') return byte;
    if (byte >= '0' && byte <= '9') return 0x100 + byte;
    if (byte == '-' || (byte >= 'A' && byte <= 'Z')) return 0x200 + byte;
    if (byte > ' ' && byte < 0x7F) return 0x300 + byte;
    return 0x400 + byte;
  };
  std::vector<uint32_t> bytes;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    if (std::none_of(bytes.begin(), bytes.end(), [&](uint32_t b) { return dfa.class_of[b] == dfa.class_of[byte]; })) {
      bytes.push_back(byte);
    }
  }
  for (uint32_t& best : bytes) {
    const uint8_t wanted = dfa.class_of[best];
    for (uint32_t byte = 0; byte < 256; ++byte) {
      if (dfa.class_of[byte] == wanted && rank(byte) < rank(best)) best = byte;
    }
  }
  std::sort(bytes.begin(), bytes.end(), [&](uint32_t a, uint32_t b) { return rank(a) < rank(b); });
  std::vector<std::optional<std::string>> texts(dfa.states);
  std::vector<uint32_t> queue{1};
  texts[1] = "";
  for (size_t i = 0; i < queue.size(); ++i) {
    for (const uint32_t byte : bytes) {
      const uint32_t to = dfa.table[queue[i] * dfa.classes + dfa.class_of[byte]];
      if (to == 0 || texts[to]) continue;
      texts[to] = *texts[queue[i]] + static_cast<char>(byte);
      queue.push_back(to);
    }
  }
  return texts;
}

}  // namespace guard::partition
