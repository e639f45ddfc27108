// Counts, per feature of the language, the decisions in which it decides (features.def says what that means).
#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "check/model.hpp"
#include "tests/reference/reference.hpp"

namespace guard::property {

enum class Feature : uint8_t {
#define GUARD_FEATURE(Name, what) Name,
#include "features.def"
#undef GUARD_FEATURE
  Count
};
// From here on the features are of reading records, not of the language: a fifth of the floor is theirs.
inline constexpr Feature kFirstOfReading = Feature::KindGiven;
inline constexpr size_t kFeatureCount = static_cast<size_t>(Feature::Count);
[[nodiscard]] const char* feature_text(Feature feature);

using Features = std::bitset<kFeatureCount>;

class FeatureCounts {
 public:
  void add(const Features& features) {
    for (size_t f = 0; f < kFeatureCount; ++f) counts_[f] += features[f];
  }
  [[nodiscard]] uint64_t of(Feature feature) const { return counts_[static_cast<size_t>(feature)]; }
  // The table, with a mark at every count below `floor`; the number of those.
  [[nodiscard]] size_t print(std::string& out, uint64_t floor) const;

 private:
  std::array<uint64_t, kFeatureCount> counts_{};
};

// Finds what decides in the decisions of one set.
class FeatureFinder {
 public:
  // `texts` are the sources by FileId. REQUIRES: the set outlives the finder.
  FeatureFinder(const check::PolicySet& set, std::vector<std::string> texts) : set_(set), texts_(std::move(texts)) {}

  // What decides in a decision that is no error.
  [[nodiscard]] Features find(const reference::Record& record, const reference::Evaluation& evaluation,
                              const reference::Ruling& ruling);
  // What the error of a decision says, as in the decision's JSON.
  [[nodiscard]] static Features of_error(const std::string& code);

 private:
  Features of_atom(const check::Kind& kind, const check::Condition& atom, bool nested);
  void operand_features(const check::Kind& kind, const check::Operand& operand, Features& out) const;
  void window_features(check::WindowId window, Features& out) const;
  void written_features(const check::Condition& atom, Features& out) const;
  // Adds the features of every atom of `root` whose flip changes `state(truth of root)`; whether there was one.
  template <typename State>
  bool pivots(reference::Evaluation& evaluation, const check::Condition& root, const State& state, Features& out);
  template <typename State>
  bool pivots_in(reference::Evaluation& evaluation, const check::Condition& root, const check::Condition& c,
                 bool nested, const State& state, Features& out);
  void conditions(reference::Evaluation& evaluation, const reference::Ruling& ruling, Features& out);
  void statuses(const reference::Evaluation& evaluation, const reference::Ruling& ruling, Features& out) const;
  void window_instant(const reference::Evaluation& evaluation, const check::Condition& atom, Features& out) const;

  const check::PolicySet& set_;
  std::vector<std::string> texts_;
  std::map<std::pair<const check::Kind*, const check::Condition*>, Features> known_;
};

}  // namespace guard::property
