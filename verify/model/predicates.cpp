// Interning of predicates, and what one says of one value (needed where data cells are asked).
#include "verify/model/predicates.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "decide/patterns.hpp"
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

bool Preds::holds(PredId id, const partition::Value& value) const {
  if (!value.present) return false;
  const Pred& pred = (*this)[id];
  switch (pred.kind) {
    case Pred::Kind::Present:
      return true;
    case Pred::Kind::NumberCompare:
      return partition::holds(pred.compare, value.number < pred.number ? -1 : (value.number > pred.number ? 1 : 0));
    case Pred::Kind::NumberIn: {
      const format::Range range = bundle_.view().NumberSets[pred.index];
      const int64_t* first = bundle_.view().Numbers.data() + range.first;
      return std::binary_search(first, first + range.count, value.number);
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
      const format::PatternRow& pattern = bundle_.view().Patterns[pred.index];
      const std::string_view source = bundle_.text(pattern.text), text = value.text;
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
          return !guardvm::dfa_atoms(bundle_.view(), pattern.dfa, text).empty();
      }
      return false;
    }
    case Pred::Kind::Window:
      break;
  }
  GUARD_CHECK(false, "a window asked of a value");
}

}  // namespace guard::verify
