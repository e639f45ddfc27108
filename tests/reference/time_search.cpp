// Later instants at which a decision may change; see time_search.hpp.
#include "time_search.hpp"

#include <algorithm>
#include <set>

#include "ruling.hpp"
#include "windows.hpp"

namespace guard::reference {
namespace {

using check::Condition;

void windows_in(const Condition& c, std::set<check::WindowId>& out) {
  if (c.kind == Condition::Kind::InWindow) out.insert(c.window);
  for (const Condition& child : c.children) windows_in(child, out);
}

Wide floor_div(Wide a, Wide b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0); }

// Collects the candidates of one kind's record that are not window boundaries.
class Candidates {
 public:
  explicit Candidates(const Evaluation& evaluation) : e_(evaluation), fresh_(evaluation.with_fresh_signals()) {}

  std::vector<int64_t> collect() {
    const check::PolicySet& set = e_.set();
    const check::KindId kind = kind_id(set, e_.kind());
    for (uint32_t i = 0; i < e_.kind().leaves.size(); ++i) {
      const check::Leaf& leaf = e_.kind().leaves[i];
      if (leaf.type.kind != check::TypeKind::Signal || !e_.values()[i].present) continue;
      const Wide as_of = e_.values()[i].number;
      add(as_of);
      add(as_of + leaf.max_age_ns + 1);
    }
    approvals();
    for (const check::Exception& exception : set.exceptions) add(exception.expires_ns);
    if (e_.kind().break_glass != check::kNoLeaf && e_.values()[static_cast<uint32_t>(e_.kind().break_glass)].present) {
      const Wide at = e_.values()[static_cast<uint32_t>(e_.kind().break_glass_at)].number;
      add(at);
      for (const check::BreakGlass& glass : set.break_glass) add(at + glass.duration_ns);
    }
    for (const Condition* condition : conditions_on(set, kind)) condition_at(*condition, {});
    add(set.horizon_from_ns);
    add(set.horizon_to_ns);
    std::sort(out_.begin(), out_.end());
    out_.erase(std::unique(out_.begin(), out_.end()), out_.end());
    return std::move(out_);
  }

 private:
  void add(Wide instant) {
    if (instant > e_.now() && instant <= last_instant()) out_.push_back(static_cast<int64_t>(instant));
  }

  void approvals() {
    if (e_.kind().approvals == check::kNoLeaf) return;
    for (const std::vector<Value>& row : e_.values()[static_cast<uint32_t>(e_.kind().approvals)].rows) {
      const Wide at = row[e_.kind().approval_at].number;
      add(at);
      for (const check::Requirement& requirement : e_.set().requirements)
        if (requirement.within_ns) add(at + *requirement.within_ns + 1);
    }
  }

  bool is_now(const check::Operand& operand) const {
    return operand.from == check::Operand::From::Leaf && operand.index == static_cast<uint32_t>(e_.kind().now);
  }

  void condition_at(const Condition& c, const Scope& scope) {
    if (is_quantifier(c)) {
      std::vector<Value> storage;
      for (const Scope& inner : fresh_.scopes(c, scope, storage)) condition_at(c.children[0], inner);
      return;
    }
    for (const Condition& child : c.children) condition_at(child, scope);
    if (c.kind == Condition::Kind::NumberCompare && is_now(c.operand)) around(c.number);
    if (c.kind == Condition::Kind::NumberIn && is_now(c.operand))
      for (int64_t number : c.numbers) around(number);
    if (c.kind == Condition::Kind::Linear) linear(c, scope);
  }

  void around(Wide instant) {
    for (int k = -1; k <= 2; ++k) add(instant + k);
  }

  void linear(const Condition& c, const Scope& scope) {
    Wide now_times = 0, rest = 0;
    for (const check::LinearTerm& term : c.terms) {
      if (is_now(term.operand)) {
        now_times += term.coefficient;
        continue;
      }
      Value storage;
      const Read read = fresh_.read(term.operand, scope, storage);
      if (read.state == Read::State::There) rest += Wide(term.coefficient) * read.value->number;
    }
    if (now_times != 0) around(floor_div(Wide(c.number) - rest, now_times));
  }

  const Evaluation& e_;
  const Evaluation fresh_;  // a signal that is stale now may be fresh later
  std::vector<int64_t> out_;
};

}  // namespace

WindowTimeline::WindowTimeline(const check::PolicySet& set, check::KindId kind) : set_(set) {
  std::set<check::WindowId> windows;
  for (const Condition* condition : conditions_on(set, kind)) windows_in(*condition, windows);
  windows_.assign(windows.begin(), windows.end());
  for (check::WindowId window : windows_) {
    const std::vector<int64_t> more = window_boundaries(set, window);
    boundaries_.insert(boundaries_.end(), more.begin(), more.end());
  }
  std::sort(boundaries_.begin(), boundaries_.end());
  boundaries_.erase(std::unique(boundaries_.begin(), boundaries_.end()), boundaries_.end());
  memberships_.resize(boundaries_.size());
}

std::string WindowTimeline::memberships_at(int64_t instant) const {
  std::string out = "m";
  for (check::WindowId window : windows_) out += in_window(set_, window, instant) ? '1' : '0';
  return out;
}

const std::string& WindowTimeline::memberships(size_t boundary) {
  if (memberships_[boundary].empty()) memberships_[boundary] = memberships_at(boundaries_[boundary]);
  return memberships_[boundary];
}

std::optional<int64_t> earliest_later(const Evaluation& evaluation, WindowTimeline& timeline, Wide end,
                                      const std::function<bool(const Evaluation&)>& found) {
  const std::vector<int64_t> fixed = Candidates(evaluation).collect();
  const std::vector<int64_t>& boundaries = timeline.boundaries();
  Evaluation later = evaluation;
  std::set<std::string> tried = {timeline.memberships_at(evaluation.now())};
  size_t f = 0;
  auto b = static_cast<size_t>(std::upper_bound(boundaries.begin(), boundaries.end(), evaluation.now()) -
                               boundaries.begin());
  while (f < fixed.size() || b < boundaries.size()) {
    const bool is_fixed = b == boundaries.size() || (f < fixed.size() && fixed[f] <= boundaries[b]);
    const int64_t instant = is_fixed ? fixed[f] : boundaries[b];
    if (instant >= end) return std::nullopt;
    if (is_fixed) {
      tried = {timeline.memberships_at(instant)};
      f += 1;
    }
    const bool is_boundary = b < boundaries.size() && boundaries[b] == instant;
    if (is_boundary) {
      const bool fresh = tried.insert(timeline.memberships(b)).second;
      b += 1;
      if (!is_fixed && !fresh) continue;
    }
    later.set_now(instant);
    if (found(later)) return instant;
  }
  return std::nullopt;
}

}  // namespace guard::reference
