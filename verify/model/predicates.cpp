// Interning of predicates, and what one says of one value (needed where data cells are asked).
#include "verify/model/predicates.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "decide/patterns.hpp"
#include "decide/windows.hpp"
#include "partition/version.hpp"

namespace guard::verify {

namespace format = guardvm::format;

PredId Preds::intern(const Pred& pred) {
  const auto [at, is_new] = known_.try_emplace(pred, static_cast<uint32_t>(list_.size()));
  if (is_new) list_.push_back(pred);
  return PredId{at->second};
}

uint32_t Preds::text_set(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  const auto [at, is_new] = known_sets_.try_emplace(texts, static_cast<uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(std::move(texts));
  return at->second;
}

uint32_t Preds::text_set_of(uint32_t string_set) {
  const auto found = of_bundle_.find(string_set);
  if (found != of_bundle_.end()) return found->second;
  const format::Range range = bundle_.view().StringSets[string_set];
  std::vector<std::string_view> texts;
  for (uint32_t i = 0; i < range.count; ++i) texts.push_back(bundle_.text(bundle_.view().Strings[range.first + i]));
  const uint32_t own = text_set(std::move(texts));
  of_bundle_.emplace(string_set, own);
  return own;
}

uint32_t Preds::number_set(std::vector<int64_t> ascending) {
  const auto [at, is_new] = known_numbers_.try_emplace(ascending, static_cast<uint32_t>(numbers_.size()));
  if (is_new) numbers_.push_back(std::move(ascending));
  return at->second;
}

uint32_t Preds::number_set_of(uint32_t row) {
  const auto found = numbers_of_bundle_.find(row);
  if (found != numbers_of_bundle_.end()) return found->second;
  const format::Range range = bundle_.view().NumberSets[row];
  const int64_t* first = bundle_.view().Numbers.data() + range.first;
  const uint32_t own = number_set({first, first + range.count});
  numbers_of_bundle_.emplace(row, own);
  return own;
}

uint32_t Preds::add_pattern(const Row& row) {
  const format::PatternRow& pattern = row.bundle->view().Patterns[row.row];
  const auto [at, is_new] = known_patterns_.try_emplace({pattern.match, row.bundle->text(pattern.text)},
                                                        static_cast<uint32_t>(patterns_.size()));
  if (is_new) patterns_.push_back(row);
  return at->second;
}

uint32_t Preds::pattern_of(uint32_t row) { return add_pattern({&bundle_, row}); }

// SOUND: windows are one only when they have one name and open and close at the same instants.
uint32_t Preds::add_window(const Row& row) {
  const format::View& view = row.bundle->view();
  std::vector<int64_t> edges;
  const int64_t to = view.Meta[0].horizon_to_ns;
  for (int64_t at = view.Meta[0].horizon_from_ns; at < to; at = guardvm::next_window_edge(view, row.row, at)) {
    edges.push_back(guardvm::in_window(view, row.row, at) ? at : ~at);
  }
  std::string name(row.bundle->text(view.Windows[row.row].name));
  const auto [at, is_new] =
      known_windows_.try_emplace({std::move(name), std::move(edges)}, static_cast<uint32_t>(windows_.size()));
  if (is_new) windows_.push_back(row);
  return at->second;
}

uint32_t Preds::window_of(uint32_t row) {
  const auto found = windows_of_bundle_.find(row);
  if (found != windows_of_bundle_.end()) return found->second;
  return windows_of_bundle_.emplace(row, add_window({&bundle_, row})).first->second;
}

std::string Preds::window_name(uint32_t window, const guardvm::Bundle* before) const {
  const auto name_of = [](const Row& row) { return row.bundle->text(row.bundle->view().Windows[row.row].name); };
  const std::string_view name = name_of(windows_[window]);
  const auto same =
      std::count_if(windows_.begin(), windows_.end(), [&](const Row& row) { return name_of(row) == name; });
  return std::string(name) + (same > 1 && windows_[window].bundle == before ? "_before" : "");
}

PredId Preds::take(const Preds& other, PredId id) {
  Pred pred = other[id];
  switch (pred.kind) {
    case Pred::Kind::Present:
    case Pred::Kind::NumberCompare:
      break;
    case Pred::Kind::NumberIn:
      pred.index = number_set(other.numbers(pred.index));
      break;
    case Pred::Kind::TextIn:
    case Pred::Kind::VersionCompare:
    case Pred::Kind::VersionIn:
      pred.index = text_set(other.texts(pred.index));
      break;
    case Pred::Kind::TextMatch:
      pred.index = add_pattern(other.pattern(pred.index));
      break;
    case Pred::Kind::Window:
      pred.index = add_window(other.window(pred.index));
      break;
  }
  return intern(pred);
}

bool Preds::holds(PredId id, const partition::Value& value) const {
  if (!value.present) return false;
  const Pred& pred = (*this)[id];
  switch (pred.kind) {
    case Pred::Kind::Present:
      return true;
    case Pred::Kind::NumberCompare:
      return partition::holds(pred.compare, value.number < pred.number ? -1 : (value.number > pred.number ? 1 : 0));
    case Pred::Kind::NumberIn: {
      const std::vector<int64_t>& own = numbers_[pred.index];
      return std::binary_search(own.begin(), own.end(), value.number);
    }
    case Pred::Kind::TextIn:
      return std::binary_search(sets_[pred.index].begin(), sets_[pred.index].end(), std::string_view(value.text));
    case Pred::Kind::VersionCompare:
      return partition::holds(pred.compare, partition::compare_versions(value.text, sets_[pred.index][0]));
    case Pred::Kind::VersionIn:
      return std::any_of(sets_[pred.index].begin(), sets_[pred.index].end(), [&](std::string_view version) {
        return partition::compare_versions(value.text, version) == 0;
      });
    case Pred::Kind::TextMatch: {
      const guardvm::Bundle& bundle = *patterns_[pred.index].bundle;
      const format::PatternRow& pattern = bundle.view().Patterns[patterns_[pred.index].row];
      const std::string_view source = bundle.text(pattern.text), text = value.text;
      switch (pattern.match) {
        case format::Match::StartsWith:
          return text.starts_with(source);
        case format::Match::EndsWith:
          return text.ends_with(source);
        case format::Match::Contains:
          return text.find(source) != std::string_view::npos;
        case format::Match::Glob:
          return guardvm::glob_matches(source, text);
        case format::Match::Regex:
          return !guardvm::dfa_atoms(bundle.view(), pattern.dfa, text).empty();
      }
      return false;
    }
    case Pred::Kind::Window:
      break;
  }
  GUARD_CHECK(false, "a window asked of a value");
}

}  // namespace guard::verify
