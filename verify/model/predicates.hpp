// Predicates on one site, interned: what an opcode asks of one value. Constants stay in the bundle or in `texts`.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "verify/model/formula.hpp"

namespace guard::verify {

struct Pred {
  enum class Kind : uint8_t {
    Present,         // there is a value
    NumberCompare,   // `compare` number
    NumberIn,        // number set `index`
    TextIn,          // text set `index`
    TextMatch,       // pattern `index`
    VersionCompare,  // `compare` the one version of text set `index`
    VersionIn,       // text set `index`, by precedence
    Window           // window `index`
  };
  Kind kind = Kind::Present;
  Compare compare = Compare::Eq;
  int64_t number = 0;
  uint32_t index = 0;
  auto operator<=>(const Pred&) const = default;
};

class Preds {
 public:
  explicit Preds(const guardvm::Bundle& bundle) : bundle_(bundle) {}
  [[nodiscard]] PredId intern(const Pred& pred);
  [[nodiscard]] const Pred& operator[](PredId id) const { return list_[static_cast<uint32_t>(id)]; }

  // Sets of texts: those of the bundle, and those that lookups give. Sorted, distinct.
  [[nodiscard]] uint32_t text_set(std::vector<std::string_view> texts);
  [[nodiscard]] uint32_t text_set_of(uint32_t string_set);
  [[nodiscard]] const std::vector<std::string_view>& texts(uint32_t set) const { return sets_[set]; }

  // Rows of a bundle that predicates speak of. Those of another bundle that say the same are the same (`take`).
  struct Row {
    const guardvm::Bundle* bundle;
    uint32_t row;
    auto operator<=>(const Row&) const = default;
  };
  [[nodiscard]] uint32_t number_set_of(uint32_t row);                                              // NumberSets
  [[nodiscard]] uint32_t pattern_of(uint32_t row);                                                 // Patterns
  [[nodiscard]] uint32_t window_of(uint32_t row);                                                  // Windows
  [[nodiscard]] const std::vector<int64_t>& numbers(uint32_t set) const { return numbers_[set]; }  // ascending
  [[nodiscard]] const Row& pattern(uint32_t pattern) const { return patterns_[pattern]; }
  [[nodiscard]] const Row& window(uint32_t window) const { return windows_[window]; }
  // Its name; of two that have one name, `before`'s ends in `_before`.
  [[nodiscard]] std::string window_name(uint32_t window, const guardvm::Bundle* before) const;
  [[nodiscard]] uint32_t number_set(std::vector<int64_t> ascending);
  // The predicate of another bundle. REQUIRES: its bundle lives as long as this.
  [[nodiscard]] PredId take(const Preds& other, PredId id);

  // A text that lives as long as this.
  [[nodiscard]] std::string_view keep(const std::string& text) { return *kept_.insert(text).first; }

  [[nodiscard]] PredId present() { return intern({}); }
  [[nodiscard]] PredId number(Compare compare, int64_t constant) {
    return intern({Pred::Kind::NumberCompare, compare, constant, 0});
  }

  // What the predicate says of one value; REQUIRES: the value fits, and the predicate is no window.
  [[nodiscard]] bool holds(PredId id, const partition::Value& value) const;

 private:
  uint32_t add_pattern(const Row& row);
  uint32_t add_window(const Row& row);
  const guardvm::Bundle& bundle_;
  std::vector<Pred> list_;
  std::map<Pred, uint32_t> known_;
  std::vector<std::vector<std::string_view>> sets_;
  std::map<std::vector<std::string_view>, uint32_t> known_sets_;
  std::map<uint32_t, uint32_t> of_bundle_;
  std::vector<std::vector<int64_t>> numbers_;
  std::map<std::vector<int64_t>, uint32_t> known_numbers_;
  std::map<uint32_t, uint32_t> numbers_of_bundle_;
  std::vector<Row> patterns_, windows_;
  std::map<std::pair<guardvm::format::Match, std::string_view>, uint32_t> known_patterns_;
  std::map<std::pair<std::string, std::vector<int64_t>>, uint32_t> known_windows_;
  std::map<uint32_t, uint32_t> windows_of_bundle_;
  std::set<std::string> kept_;
};

}  // namespace guard::verify
