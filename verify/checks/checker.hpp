// What every check works with: the kinds as formulas, the engines, and the list of findings.
//
// A check is a free function over a Checker (checks/all.hpp). It asks with `ask`: is there an action of the kind for
// which all these formulas hold? Possible gives a solution that `show` makes readable, replays and turns into a
// witness.
#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verify/checks/finding.hpp"
#include "verify/model/bounds.hpp"
#include "verify/model/decision.hpp"
#include "verify/regions/regions.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/grounding.hpp"
#include "verify/witness/witness.hpp"

namespace guard::verify {

struct Options {
  int64_t as_of_ns = 0;
  EngineMode engine = EngineMode::Auto;
  // What findings count as in this run, whatever the set says; nullopt: off. The last one of a check counts.
  std::vector<std::pair<CheckId, std::optional<Severity>>> severities = {};
  // Rules that a change raises to `enforce` without evidence, and why; see checks/promotion.cpp.
  std::vector<std::pair<uint32_t, std::string>> unproven = {};
  // Also the conditions that no finding is about can be asked: those of `until`, exceptions and break-glasses.
  bool every_condition = false;
  unsigned jobs = 0;  // threads; 0: one per core, of few rules one. The report does not depend on it.
  // Called from time to time with the share of the work that is done, 0 to 1, by the thread that called `run`.
  std::function<void(double)> progress = {};
};
// Of a set of so many rules: one for a few, which have been done before a second thread has its models.
[[nodiscard]] unsigned threads_for(const Options& options, size_t rules);

// Which of several checkers does what: an object of a check (a rule, a kind, an exception, ...) is done by the checker
// that comes to it first, so that none waits long for the others.
class WorkList {
 public:
  // SOUND: objects that share a slot are done by the same checker.
  WorkList(size_t checks, size_t objects) : objects_(objects), owners_(checks * objects) {}
  // Whether the checker (numbers from 1 on) does the object of the check; it does when it is the first to ask.
  bool take(size_t check, uint32_t object, uint8_t checker) {
    std::atomic<uint8_t>& owner = owners_[check * objects_ + object % objects_];
    uint8_t none = 0;
    if (!owner.compare_exchange_strong(none, checker, std::memory_order_relaxed)) return none == checker;
    done_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  // From 0 to 1; checks that do not come to all rules make it less than it is.
  [[nodiscard]] double share_done() const {
    return static_cast<double>(done_.load()) / static_cast<double>(std::max<size_t>(1, owners_.size()));
  }

 private:
  size_t objects_;
  std::vector<std::atomic<uint8_t>> owners_;  // 0: nobody yet
  std::atomic<uint64_t> done_{0};
};

// One kind, ready to be asked about.
struct KindState {
  explicit KindState(World& world, uint32_t kind) : decision(world, kind), grounder(decision.model) {}
  DecisionModel decision;
  Grounder grounder;
  KnownCells cells;
  std::unique_ptr<BoundsTable> bounds;
  std::unique_ptr<BoundsIndex> fires;  // of the rules, by position
  // Per invariant and cover of the set: its condition here (surely, possibly), when it speaks of this kind.
  struct Scope {
    uint32_t object;
    Formula surely, possibly;
  };
  std::vector<Scope> invariants, covers;
  // Per rule: the atoms of its condition, in order, and the match with one of them replaced (filled by dead-condition).
  std::string failure;         // not empty: the kind could not be modelled
  bool contradictory = false;  // no action is admissible
};

// An allow rule and a deny rule that stand on one action: of `kinds()`, and positions in its rules.
struct ConflictPair {
  uint32_t kind = 0, allow = 0, deny = 0;
  auto operator<=>(const ConflictPair&) const = default;
};

struct Answer {
  Verdict verdict = Verdict::Unknown;
  std::unique_ptr<Grounding> grounding;
  Assignment solution;
};

class Checker {
 public:
  // `work` and `number`: which of several checkers it is, from 1 on; without: the only one.
  Checker(const guardvm::Bundle& bundle, const Options& options, WorkList* work = nullptr, uint8_t number = 1);

  [[nodiscard]] const guardvm::Bundle& bundle() const { return bundle_; }
  [[nodiscard]] const format::View& view() const { return bundle_.view(); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] std::vector<std::unique_ptr<KindState>>& kinds() { return kinds_; }
  [[nodiscard]] Solver& solver() { return solver_; }

  // Whether some action satisfies all of `required` (the assumptions are added).
  [[nodiscard]] Answer ask(KindState& kind, std::vector<Formula> required);
  // The same by one engine, for a shortcut: only Possible counts.
  [[nodiscard]] Answer search(KindState& kind, std::vector<Formula> required);
  // The same without the assumptions and at any instant of the bundle's horizon.
  [[nodiscard]] Answer ask_alone(KindState& kind, const std::vector<Formula>& required);
  // Whether the rule at the position fires for some action at an instant of the class.
  [[nodiscard]] bool fires_in_class(KindState& kind, size_t rule, uint32_t instants);
  // The same, when only the answer No counts: Z3 confirms it in mode auto.
  [[nodiscard]] bool impossible(KindState& kind, std::vector<Formula> required, bool& unknown);
  [[nodiscard]] bool confirmed_impossible(KindState& kind, const std::vector<Formula>& required, bool& unknown);
  // The readable, replayed action of a Possible answer.
  [[nodiscard]] Witness show(KindState& kind, Answer& answer, const Claims& claims);

  // The same for a solution as it is.
  [[nodiscard]] Witness replay(KindState& kind, const Grounding& grounding, const Assignment& solution,
                               const Claims& claims);
  // What the runtime decides of the action of a Possible answer, readable or not; valid until the next one.
  [[nodiscard]] const guardvm::Decision& decide(KindState& kind, const Answer& answer);
  [[nodiscard]] const guardvm::Decision& decide(KindState& kind, const Grounding& grounding,
                                                const Assignment& solution);

  // What lifted the rule, an exception, a break-glass or a rule; empty: nothing.
  [[nodiscard]] std::string lifter(const guardvm::FiredRule& fired) const;

  // The rules that were applied in the last action that was shown, ascending.
  [[nodiscard]] const std::vector<uint32_t>& last_applied() const { return replayer_.applied(); }

  // The admissible actions that satisfy the formula, as conditions; see regions.hpp. That they are just these is
  // asked once more: of Z3 too, when that there are no others is what is reported.
  enum class Others : uint8_t { NotReported, Reported };
  [[nodiscard]] RegionList regions(KindState& kind, Formula wanted, Others others);

  // Positions of the deciding, enforced rules of the kind that can fire together with all of `region`.
  [[nodiscard]] std::vector<size_t> candidates(KindState& kind, Formula region);

  [[nodiscard]] std::string rule_id(uint32_t rule) const { return std::string(bundle_.text(view().Rules[rule].id)); }
  [[nodiscard]] std::string kind_name(uint32_t kind) const {
    return std::string(bundle_.text(view().Kinds[kind].name));
  }
  [[nodiscard]] static std::string instant_text(int64_t ns);
  [[nodiscard]] Place place(uint32_t rule, std::string text = {}) const {
    return {view().Rules[rule].span, std::move(text)};
  }

  // The acceptances beside all rules, in order.
  [[nodiscard]] const std::vector<Acceptance>& acceptances() const { return acceptances_; }
  [[nodiscard]] bool expired(const Acceptance& acceptance) const {
    return acceptance.until_ns && *acceptance.until_ns <= options_.as_of_ns;
  }
  // Whether the rule has an acceptance of the check's findings beside it that has not expired.
  [[nodiscard]] bool accepts(uint32_t rule, CheckId check) const;
  // What findings of the check count as: by the run, else by the set, else `severity`; nullopt: off.
  [[nodiscard]] std::optional<Severity> severity_of(CheckId check, Severity severity) const;
  // Adds the finding unless it is off, with its severity, and the acceptance of the first rule of it that accepts it.
  void report(Finding finding);
  // A question that no engine could answer within its budget.
  void inconclusive(CheckId check, const std::vector<uint32_t>& rules, const std::string& what);
  [[nodiscard]] std::vector<Finding>& findings() { return findings_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

  // Whether this checker reports about the object (a rule, an exception, …) in the check that runs.
  [[nodiscard]] bool is_mine(uint32_t object) { return work_ == nullptr || work_->take(check_, object, number_); }
  // The next check runs from here on.
  void next_check() { ++check_; }

  // Rules that match nothing: no other finding is reported about them.
  std::vector<bool> never;  // per rule
  // Ascending: once per pair of rules, on the kind where it weighs most.
  std::vector<ConflictPair> conflicts;

 private:
  void add_claims(KindState& kind);
  void add_acceptances();
  // The rule's acceptance of the check, or nullptr; one that has expired is none.
  [[nodiscard]] const Acceptance* acceptance_of(uint32_t rule, CheckId check) const;
  const guardvm::Bundle& bundle_;
  Options options_;
  WorkList* work_;
  uint8_t number_;
  size_t check_ = 0;  // making the kinds is the first
  World world_;
  Solver solver_;
  std::vector<std::unique_ptr<KindState>> kinds_;
  Replayer replayer_;
  std::vector<Finding> findings_;
  std::vector<Acceptance> acceptances_;                       // by rule
  std::unordered_map<std::string_view, uint32_t> accepting_;  // ids of the rules that accept some check
};

}  // namespace guard::verify
