// Texts that satisfy some predicates and not others, without the classes of all texts.
//
//   search.find({{starts_with_web, true}, {contains_prod, false}}, 2)     // texts: "web", "weba"
//   search.find({{starts_with_web, true}, {starts_with_db, true}}, 1)     // no texts; core: both
//
// SOUND: a predicate's automaton is put into the product only when the texts found so far say the wrong thing about it;
//   texts are checked against every predicate. What the product of some of the automata does not have is in no product
//   of more of them, so these predicates, made as few as can be, are the reason.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "partition/nfa.hpp"
#include "partition/pattern.hpp"
#include "verify/model/predicates.hpp"

namespace guard::verify {

// An affix or a glob of a bundle; REQUIRES: no regular expression.
[[nodiscard]] partition::Pattern pattern_of(guardvm::format::Match match, std::string_view text);

// The order in which bytes are put into texts that people read: letters, digits, then the rest.
[[nodiscard]] uint32_t readability(uint32_t byte);

struct Sign {
  PredId pred;  // TextIn or TextMatch
  bool holds = false;
  auto operator<=>(const Sign&) const = default;
};

class TextSearch {
 public:
  explicit TextSearch(const Preds& preds) : preds_(preds) {}

  struct Answer {
    std::vector<std::string> texts;  // as many as were asked for, different ones, the shortest first; or fewer: all of
    std::vector<Sign> core;          // what these signs, which are among the given ones, leave
    bool gave_up = false;            // the product has too many states
  };
  // Depends on the arguments alone. COST: answers about few automata are kept; a new one visits the states of their
  // product, at most kMaxProduct.
  [[nodiscard]] Answer find(const std::vector<Sign>& signs, size_t count);

 private:
  // Over bytes; 0 is dead, 1 the start. Says the right thing of valid UTF-8 only.
  struct Automaton {
    uint32_t classes = 0;
    std::array<uint8_t, 256> class_of{};
    std::vector<uint32_t> table;  // states * classes
    std::vector<bool> accepts, may_accept, may_reject;
  };
  // Of the predicate, or of valid UTF-8; nullptr: it has too many states.
  const Automaton* automaton(std::optional<PredId> pred);
  [[nodiscard]] std::optional<Automaton> make(PredId pred) const;
  [[nodiscard]] static std::optional<Automaton> of_pattern(const partition::Pattern& pattern, partition::Utf8 utf8);
  [[nodiscard]] static Automaton of_texts(const std::vector<std::string_view>& texts);
  struct Product {
    std::vector<std::string> texts;
    bool gave_up = false;
  };
  const Product& product(const std::vector<Sign>& signs, size_t count);
  [[nodiscard]] Product walk(const std::vector<Sign>& signs, size_t count);

  const Preds& preds_;
  std::map<std::optional<PredId>, std::optional<Automaton>> automata_;
  std::map<std::pair<std::vector<Sign>, size_t>, Product> known_;
};

}  // namespace guard::verify
