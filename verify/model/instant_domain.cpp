// The instant: elementary intervals between the edges of windows and constants; instants at which the same windows are
// open and that no constant tells apart are one class.
#include "verify/model/instant_domain.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "decide/windows.hpp"

namespace guard::verify {

const std::vector<WindowTable::Change>& WindowTable::changes(uint32_t window) {
  const auto found = known_.find(window);
  if (found != known_.end()) return found->second;
  const Preds::Row own = preds_.window(window);
  const guardvm::format::View& view = own.bundle->view();
  std::vector<Change> list;
  int64_t at = from_;
  while (at < to_) {
    const bool inside = guardvm::in_window(view, own.row, at);
    if (list.empty() || list.back().inside != inside) list.push_back({at, inside});
    const int64_t next = guardvm::next_window_edge(view, own.row, at);
    GUARD_CHECK(next > at, "a window's next edge lies behind");
    at = next;
  }
  return known_.emplace(window, std::move(list)).first->second;
}

namespace {

constexpr int64_t kSecond = 1'000'000'000;

class InstantDomain : public Domain {
 public:
  InstantDomain(const Preds& preds, WindowTable& windows, int64_t from, int64_t to)
      : preds_(preds), windows_(windows), from_(from), to_(to) {}

  void use(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::Window) used_.insert(pred.index);
    if (pred.kind == Pred::Kind::NumberCompare) cuts_.insert({pred.number, pred.number + 1});
    if (pred.kind != Pred::Kind::NumberIn) return;
    for (const int64_t number : preds_.numbers(pred.index)) {
      cuts_.insert({number, number + 1});
    }
  }

  Result<bool> close() override {
    struct Edge {
      int64_t at;
      uint32_t window;  // position in `used_`
      bool inside;
    };
    std::vector<Edge> edges;
    uint32_t position = 0;
    for (const uint32_t window : used_) {
      for (const auto& change : windows_.changes(window)) edges.push_back({change.at, position, change.inside});
      ++position;
    }
    for (const int64_t cut : cuts_) {
      if (cut >= from_ && cut < to_) edges.push_back({cut, position, true});
    }
    std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });
    // The windows that are open, then the number of cuts passed: one class per such pair.
    std::map<std::pair<std::vector<bool>, int64_t>, uint32_t> known;
    std::vector<bool> open(used_.size());
    int64_t passed = 0;
    const auto note = [&](int64_t begin, int64_t end) {
      if (begin >= end) return;
      const auto [at, is_new] = known.try_emplace({open, passed}, static_cast<uint32_t>(parts_.size()));
      if (is_new) parts_.emplace_back();
      parts_[at->second].push_back({begin, end - 1});
    };
    int64_t begin = from_;
    for (const Edge& edge : edges) {
      note(begin, edge.at);
      begin = edge.at;
      if (edge.window == used_.size()) ++passed;
      if (edge.window < used_.size()) open[edge.window] = edge.inside;
    }
    note(begin, to_);
    classes_ = static_cast<uint32_t>(parts_.size());
    members_.resize(classes_);
    return true;
  }

  const std::vector<Value>& members(uint32_t cls, size_t count) override {
    std::vector<Value>& list = members_[cls];
    if (list.size() >= count) return list;
    list.clear();
    for (const Interval& part : parts_[cls]) {
      // A full hour, minute or second where there is one.
      int64_t first = part.low;
      for (const int64_t step : {3600 * kSecond, 60 * kSecond, kSecond}) {
        const int64_t up = part.low + (step - part.low % step) % step;
        if (part.low >= 0 && up <= part.high) {
          first = up;
          break;
        }
      }
      list.push_back({true, first, {}});
      for (int64_t t = first + 1; t <= part.high && list.size() < count; ++t) list.push_back({true, t, {}});
      if (list.size() >= count) break;
    }
    return list;
  }
  uint64_t preference_of(uint32_t cls) const override { return cls; }  // the earliest first
  std::vector<Interval> intervals(uint32_t cls) const override { return parts_[cls]; }
  bool ordered() const override { return false; }

 protected:
  ClassSet evaluate(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::Present) return all();
    ClassSet result;
    for (uint32_t cls = 0; cls < classes_; ++cls) {
      const int64_t at = parts_[cls][0].low;
      const bool inside =
          pred.kind == Pred::Kind::Window ? window_holds(pred.index, at) : preds_.holds(id, {true, at, {}});
      if (inside) result.append(cls, cls + 1);
    }
    return result;
  }

 private:
  [[nodiscard]] bool window_holds(uint32_t window, int64_t at) const {
    return guardvm::in_window(preds_.window(window).bundle->view(), preds_.window(window).row, at);
  }

  const Preds& preds_;
  WindowTable& windows_;
  int64_t from_, to_;
  std::set<uint32_t> used_;
  std::set<int64_t> cuts_;
  std::vector<std::vector<Interval>> parts_;
  std::vector<std::vector<Value>> members_;
};

}  // namespace

std::unique_ptr<Domain> make_instant_domain(const Preds& preds, WindowTable& windows, int64_t from, int64_t to) {
  return std::make_unique<InstantDomain>(preds, windows, from, to);
}

}  // namespace guard::verify
