// Numbers: the constants and the gaps between them. Versions: the same by precedence.
#include <algorithm>

#include "partition/version.hpp"
#include "verify/model/domain.hpp"

namespace guard::verify {

const ClassSet& Domain::of(PredId pred) {
  const auto found = known_.find(static_cast<uint32_t>(pred));
  if (found != known_.end()) return found->second;
  return known_.emplace(static_cast<uint32_t>(pred), evaluate(pred)).first->second;
}

uint64_t Domain::preference(uint32_t cls) {
  for (auto next = static_cast<uint32_t>(preferences_.size()); next < classes_; ++next) {
    preferences_.push_back(preference_of(next));
  }
  return preferences_[cls];
}

std::vector<Interval> Domain::intervals(uint32_t) const {
  GUARD_CHECK(false, "intervals of a domain that has no numbers");
}

namespace {

class NumberDomain : public Domain {
 public:
  NumberDomain(const Preds& preds, Bounds bounds) : preds_(preds), bounds_(std::move(bounds)) {}

  void use(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::NumberCompare) cuts_.push_back(pred.number);
    if (pred.kind == Pred::Kind::NumberIn) {
      const std::vector<int64_t>& numbers = preds_.numbers(pred.index);
      cuts_.insert(cuts_.end(), numbers.begin(), numbers.end());
    }
  }

  Result<bool> close() override {
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    int64_t from = bounds_.min;
    bool done = bounds_.min > bounds_.max;
    for (const int64_t cut : cuts_) {
      if (cut < bounds_.min || cut > bounds_.max) continue;
      if (from < cut) parts_.push_back({from, cut - 1});
      parts_.push_back({cut, cut});
      done = cut == bounds_.max;
      if (!done) from = cut + 1;
    }
    if (!done) parts_.push_back({from, bounds_.max});
    classes_ = static_cast<uint32_t>(parts_.size());
    members_.resize(classes_);
    return true;
  }

  const std::vector<Value>& members(uint32_t cls, size_t count) override {
    std::vector<Value>& list = members_[cls];
    const auto [low, high] = parts_[cls];
    const uint64_t size = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);  // less one
    const uint64_t wanted = std::min<uint64_t>(count, size == UINT64_MAX ? size : size + 1);
    if (list.size() >= wanted) return list;
    // `wanted` neighbours upwards of the most readable value, moved down where the gap ends.
    int64_t first = readable(low, high);
    if (static_cast<uint64_t>(high) - static_cast<uint64_t>(first) < wanted - 1) {
      first = high - static_cast<int64_t>(wanted - 1);
    }
    list.clear();
    for (uint64_t i = 0; i < wanted; ++i) list.push_back({true, first + static_cast<int64_t>(i), {}});
    return list;
  }

  uint64_t preference_of(uint32_t cls) const override {
    const int64_t value = readable(parts_[cls].low, parts_[cls].high);
    return value >= 0 ? static_cast<uint64_t>(value) : (uint64_t{1} << 63) + (0 - static_cast<uint64_t>(value)) / 2;
  }
  std::vector<Interval> intervals(uint32_t cls) const override { return {parts_[cls]}; }
  bool ordered() const override { return true; }

 protected:
  ClassSet evaluate(PredId id) override {
    ClassSet result;
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::Present) return all();
    if (pred.kind == Pred::Kind::NumberIn) {
      for (const int64_t number : preds_.numbers(pred.index)) {
        const uint32_t at = lower(number);
        if (at < classes_ && parts_[at].low == number) result.append(at, at + 1);
      }
      return result;
    }
    // Classes below, at and above the constant.
    const uint32_t at = lower(pred.number);
    const uint32_t after = at < classes_ && parts_[at].low == pred.number ? at + 1 : at;
    if (partition::holds(pred.compare, -1)) result.append(0, at);
    if (partition::holds(pred.compare, 0)) result.append(at, after);
    if (partition::holds(pred.compare, 1)) result.append(after, classes_);
    return result;
  }

 private:
  // The first class whose least value is not below the number (a constant is a class of its own).
  [[nodiscard]] uint32_t lower(int64_t number) const {
    const auto at = std::lower_bound(parts_.begin(), parts_.end(), number,
                                     [](const Interval& part, int64_t n) { return part.low < n; });
    return static_cast<uint32_t>(at - parts_.begin());
  }

  // The value nearest to zero, a multiple of the coarsest step that has one here.
  [[nodiscard]] int64_t readable(int64_t low, int64_t high) const {
    if (low <= 0 && 0 <= high) return 0;
    for (const int64_t step : bounds_.steps) {
      if (low > 0) {
        const int64_t up = (low / step) * step;
        const int64_t value = up == low ? low : (up > INT64_MAX - step ? low : up + step);
        if (value <= high && value % step == 0) return value;
      } else {
        const int64_t down = (high / step) * step;
        const int64_t value = down == high ? high : (down < INT64_MIN + step ? high : down - step);
        if (value >= low && value % step == 0) return value;
      }
    }
    return low > 0 ? low : high;
  }

  const Preds& preds_;
  Bounds bounds_;
  std::vector<int64_t> cuts_;
  std::vector<Interval> parts_;
  std::vector<std::vector<Value>> members_;
};

class VersionDomain : public Domain {
 public:
  explicit VersionDomain(const Preds& preds) : preds_(preds) {}

  void use(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind != Pred::Kind::VersionCompare && pred.kind != Pred::Kind::VersionIn) return;
    for (const std::string_view version : preds_.texts(pred.index)) cuts_.emplace_back(version);
  }

  Result<bool> close() override {
    const auto before = [](const std::string& a, const std::string& b) {
      return partition::compare_versions(a, b) < 0;
    };
    std::stable_sort(cuts_.begin(), cuts_.end(), before);
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end(), [&](const auto& a, const auto& b) { return !before(a, b); }),
                cuts_.end());
    std::optional<std::string> low;
    for (const std::string& cut : cuts_) {
      if (partition::version_between(low, cut)) parts_.push_back({false, low, cut});
      parts_.push_back({true, cut, cut});
      low = cut;
    }
    if (partition::version_between(low, std::nullopt)) parts_.push_back({false, low, std::nullopt});
    classes_ = static_cast<uint32_t>(parts_.size());
    members_.resize(classes_);
    return true;
  }

  // Ascending by precedence; a constant's class has one.
  const std::vector<Value>& members(uint32_t cls, size_t count) override {
    std::vector<Value>& list = members_[cls];
    const Part& part = parts_[cls];
    if (part.point) {
      if (list.empty()) list.push_back({true, 0, *part.low});
      return list;
    }
    while (list.size() < count) {
      // Behind the last one, or in the first place between two that has room.
      bool grown = false;
      for (size_t at = list.size() + 1; at > 0 && !grown; --at) {
        const std::optional<std::string> low = at == 1 ? part.low : std::optional(list[at - 2].text);
        const std::optional<std::string> high = at == list.size() + 1 ? part.high : std::optional(list[at - 1].text);
        if (auto between = partition::version_between(low, high)) {
          list.insert(list.begin() + static_cast<std::ptrdiff_t>(at - 1), {true, 0, std::move(*between)});
          grown = true;
        }
      }
      if (!grown) break;
    }
    return list;
  }

  std::vector<Value> spellings(uint32_t cls, size_t count) override {
    std::vector<Value> list = members(cls, 1);
    const std::string base = list[0].text.substr(0, list[0].text.find('+'));
    list.resize(1);
    for (size_t i = 1; i < count; ++i) list.push_back({true, 0, base + "+" + std::to_string(i)});
    return list;
  }

  uint64_t preference_of(uint32_t cls) const override { return (parts_[cls].point ? 0 : uint64_t{1} << 32) + cls; }
  bool ordered() const override { return true; }

 protected:
  ClassSet evaluate(PredId id) override {
    ClassSet result;
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::Present) return all();
    for (uint32_t cls = 0; cls < classes_; ++cls) {
      if (preds_.holds(id, members(cls, 1)[0])) result.append(cls, cls + 1);
    }
    return result;
  }

 private:
  struct Part {
    bool point;
    std::optional<std::string> low, high;
  };
  const Preds& preds_;
  std::vector<std::string> cuts_;
  std::vector<Part> parts_;
  std::vector<std::vector<Value>> members_;
};

}  // namespace

std::unique_ptr<Domain> make_number_domain(const Preds& preds, Bounds bounds) {
  return std::make_unique<NumberDomain>(preds, std::move(bounds));
}
std::unique_ptr<Domain> make_version_domain(const Preds& preds) { return std::make_unique<VersionDomain>(preds); }

}  // namespace guard::verify
