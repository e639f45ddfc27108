// What predicates say of values; patterns are simulated on their nondeterministic automaton.
#include "partition/predicate.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "partition/version.hpp"

namespace guard::partition {
namespace {

constexpr size_t kStates = 10'000'000;  // Patterns are bounded where they are parsed.

bool matches(const Pattern& pattern, const std::string& text) {
  const auto nfa = make_nfa({&pattern}, Utf8::Anything, kStates);
  GUARD_CHECK(nfa.has_value(), "a pattern without bounds");
  std::vector<uint32_t> now, next;
  std::vector<bool> in(nfa->states.size());
  const auto enter = [&](uint32_t start, std::vector<uint32_t>& into) {
    std::vector<uint32_t> stack{start};
    while (!stack.empty()) {
      const uint32_t s = stack.back();
      stack.pop_back();
      if (in[s]) continue;
      in[s] = true;
      into.push_back(s);
      stack.insert(stack.end(), nfa->states[s].empty.begin(), nfa->states[s].empty.end());
    }
  };
  enter(nfa->starts[0], now);
  for (const char c : text) {
    std::fill(in.begin(), in.end(), false);
    next.clear();
    for (const uint32_t s : now) {
      for (const Nfa::Edge& edge : nfa->states[s].edges) {
        if (edge.low <= static_cast<uint8_t>(c) && static_cast<uint8_t>(c) <= edge.high) enter(edge.to, next);
      }
    }
    now.swap(next);
  }
  return std::any_of(now.begin(), now.end(), [&](uint32_t s) { return nfa->states[s].accepts != Nfa::kNoPattern; });
}

int compare_values(const Predicate& predicate, Domain domain, const Value& value, size_t constant) {
  if (domain == Domain::Version) return compare_versions(value.text, predicate.texts[constant]);
  if (domain == Domain::Text) return value.text.compare(predicate.texts[constant]);
  const int64_t other = predicate.numbers[constant];
  return value.number < other ? -1 : (value.number > other ? 1 : 0);
}

}  // namespace

bool holds(Compare compare, int order) {
  switch (compare) {
    case Compare::Eq:
      return order == 0;
    case Compare::Ne:
      return order != 0;
    case Compare::Lt:
      return order < 0;
    case Compare::Le:
      return order <= 0;
    case Compare::Gt:
      return order > 0;
    case Compare::Ge:
      return order >= 0;
  }
  return false;
}

Compare opposite(Compare compare) {
  switch (compare) {
    case Compare::Eq:
      return Compare::Ne;
    case Compare::Ne:
      return Compare::Eq;
    case Compare::Lt:
      return Compare::Ge;
    case Compare::Le:
      return Compare::Gt;
    case Compare::Gt:
      return Compare::Le;
    case Compare::Ge:
      return Compare::Lt;
  }
  return compare;
}

bool holds(const Predicate& predicate, Domain domain, const Value& value) {
  if (!value.present) return false;
  switch (predicate.kind) {
    case Predicate::Kind::Present:
      return true;
    case Predicate::Kind::Compare:
      return holds(predicate.compare, compare_values(predicate, domain, value, 0));
    case Predicate::Kind::Matches:
      return matches(predicate.pattern, value.text);
    case Predicate::Kind::In: {
      const size_t constants = domain == Domain::Number ? predicate.numbers.size() : predicate.texts.size();
      for (size_t i = 0; i < constants; ++i) {
        if (compare_values(predicate, domain, value, i) == 0) return true;
      }
      return false;
    }
  }
  return false;
}

}  // namespace guard::partition
