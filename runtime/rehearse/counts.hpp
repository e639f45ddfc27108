// What past decisions are counted by: outcomes, how strict they are, and counts by a text.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "guardvm/session.hpp"

namespace guardvm {

inline constexpr std::array kOutcomes = {Outcome::Allow, Outcome::Deny, Outcome::Hold, Outcome::Error};
// The outcome of a word ("deny"); nothing for other words.
[[nodiscard]] inline std::optional<Outcome> outcome_named(std::string_view word) {
  for (const Outcome outcome : kOutcomes)
    if (outcome_word(outcome) == word) return outcome;
  return std::nullopt;
}

// How strict an outcome is; what is stricter blocks more.
[[nodiscard]] inline int strictness(Outcome outcome) {
  switch (outcome) {
    case Outcome::Allow:
      return 0;
    case Outcome::Hold:
      return 1;
    case Outcome::Deny:
      return 2;
    case Outcome::Error:
      return 3;
  }
  return 3;
}

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
// Counts by a text.
class TextCounts {
 public:
  void add(std::string_view text, uint64_t n = 1) {
    const auto found = counts_.find(text);
    if (found != counts_.end())
      found->second += n;
    else
      counts_.emplace(std::string(text), n);
  }
  void add(const TextCounts& other) {
    for (const auto& [text, n] : other.counts_) add(text, n);
  }
  [[nodiscard]] bool empty() const { return counts_.empty(); }
  [[nodiscard]] size_t size() const { return counts_.size(); }
  // Most first; equals by the text.
  [[nodiscard]] std::vector<std::pair<std::string, uint64_t>> most() const {
    std::vector<std::pair<std::string, uint64_t>> list(counts_.begin(), counts_.end());
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return list;
  }

 private:
  std::unordered_map<std::string, uint64_t, TextHash, std::equal_to<>> counts_;
};

}  // namespace guardvm
