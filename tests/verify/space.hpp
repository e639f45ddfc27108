// All relevant actions of one kind: the product of finitely many options for each part of a record.
//
//   Space space(set, kind, from_ns, to_ns);
//   for (size_t i = 0; i < space.size(); ++i) use(space.at(i));
//
// A part is an attribute, an optional record with what it holds, a signal, the approvals, the break-glass record, or
// the instant. Instants of things that age (signals, approvals, break-glasses, attributes whose age is asked) are
// relative to the decision's instant, which itself takes one value for every combination of windows, constants and
// expiries that occurs in [from, to).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "domains.hpp"
#include "tests/reference/record.hpp"

namespace guard::oracle {

// How much of the horizon is its edge: later than that, things do not come back only because the horizon ends.
constexpr int64_t kEdge = 400LL * 86400 * 1'000'000'000;

struct Action {
  int64_t now = 0;
  std::vector<reference::Value> values;
};

class Space {
 public:
  // REQUIRES: the set outlives the space. Throws Unsupported.
  Space(const check::PolicySet& set, check::KindId kind, int64_t from_ns, int64_t to_ns);

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] Action at(size_t index) const;
  // The same record as late as can be: at the last instant of the same combination that is not at the edge of
  // the horizon, things that age moved along.
  [[nodiscard]] Action late(size_t index) const;

  // For questions that fix all else: the actions that differ from `action` in approvals, signals and the instant only,
  // at an instant that is not earlier. Stops when `found` says so; whether it did.
  template <typename Found>
  bool any_release(const Action& action, const Found& found) const;

  // The record without its approvals and signals: what `any_release` keeps.
  [[nodiscard]] std::string fixed_key(const Action& action) const;

  // The value of each part by number, for regions: which option of which part the action takes.
  [[nodiscard]] size_t parts() const { return parts_.size(); }
  [[nodiscard]] size_t option(size_t index, size_t part) const {
    return index / parts_[part].stride % parts_[part].options.size();
  }
  [[nodiscard]] size_t options(size_t part) const { return parts_[part].options.size(); }
  [[nodiscard]] size_t with_option(size_t index, size_t part, size_t option) const {
    return index + (option - this->option(index, part)) * parts_[part].stride;
  }

 private:
  enum class Role { Other, Now, Approvals, Signal };
  struct Approval {
    int person = 0;  // -1: the actor; -2 - leaf: the person in an excluding attribute; else somebody else
    std::vector<std::string> groups;
    int64_t age_ns = 0;
  };
  struct Setting {
    uint32_t leaf = 0;
    reference::Value value;
    bool relative = false;
    std::vector<Approval> approvals{};
    bool by_actor = false;  // the text is the actor's
  };
  using Option = std::vector<Setting>;
  struct Part {
    Role role = Role::Other;
    std::vector<Option> options{};
    size_t stride = 1;
  };
  struct Moment {
    int64_t at = 0;
    std::string truths;
  };

  void make_moments(int64_t from_ns, int64_t to_ns);
  [[nodiscard]] std::string truths_at(int64_t instant) const;
  [[nodiscard]] std::vector<Option> leaf_options(uint32_t leaf);
  [[nodiscard]] std::vector<Option> signal_options(uint32_t leaf);
  [[nodiscard]] std::vector<Option> approval_options() const;
  [[nodiscard]] std::vector<Option> break_glass_options() const;
  void apply(const Option& option, Action& action) const;
  [[nodiscard]] std::vector<int64_t> later(const Action& action) const;
  [[nodiscard]] static std::vector<Option> product(std::vector<Option> a, const std::vector<Option>& b);

  const check::PolicySet& set_;
  const check::KindId kind_id_;
  const check::Kind& kind_;
  Domains domains_;
  std::vector<Part> parts_;
  std::vector<int64_t> age_thresholds_;
  std::vector<Moment> moments_;                        // every candidate instant, ascending
  std::vector<std::pair<int64_t, int64_t>> instants_;  // first and last of each combination
  size_t size_ = 0;
};

// The action as a JSON record, on one line.
[[nodiscard]] std::string record_json(const check::PolicySet& set, check::KindId kind, const Action& action);

template <typename Found>
bool Space::any_release(const Action& action, const Found& found) const {
  std::vector<const Part*> free;
  for (const Part& part : parts_)
    if (part.role == Role::Approvals || part.role == Role::Signal) free.push_back(&part);
  for (const int64_t now : later(action)) {
    std::vector<size_t> chosen(free.size(), 0);
    while (true) {
      Action trial = action;
      trial.now = now;
      trial.values[static_cast<uint32_t>(kind_.now)].number = now;
      for (uint32_t leaf = 0; leaf < kind_.leaves.size(); ++leaf)  // A missing signal is what no option sets.
        if (kind_.leaves[leaf].type.kind == check::TypeKind::Signal || kind_.leaves[leaf].signal != check::kNoLeaf)
          trial.values[leaf] = {};
      for (size_t i = 0; i < free.size(); ++i) apply(free[i]->options[chosen[i]], trial);
      if (found(trial)) return true;
      size_t i = 0;
      while (i < free.size() && ++chosen[i] == free[i]->options.size()) chosen[i++] = 0;
      if (i == free.size()) break;
    }
  }
  return false;
}

}  // namespace guard::oracle
