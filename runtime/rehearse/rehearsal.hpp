// What past decisions tell of rules that are not enforced yet: counts over the records of decision logs.
//
//   guardvm::rehearse::Rehearsal rehearsal;
//   for (each record, in order) rehearsal.add(record);      // a log::RecordView
//   rehearsal.end();
//   for (const auto& [id, rule] : rehearsal.rules()) … rehearsal.measure(rule, Measure::WouldBlock) …
//
// An action is a record, or all records of one `run` (a call that decided again while it waited): its last try counts.
// "Would have blocked" is read from the decision, which says of each shadow and advisory rule what the outcome had been
// with that rule enforced and all else as it was, and what with all of them.
// A rule was in shadow or advisory for as long as a bundle decided in which it was: the digest of a bundle names its
// rules, so one record that shows the rule so speaks for all records of that digest. Rules that never fired are known
// only when their bundle is given (`know`).
// Nothing here is believed of a record but what LOG.md says of one; what is not there counts as nothing, an unknown
// outcome as an error. Cost: about 5 us a record. Memory: by what is different (rules, services, days, runs).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "guardvm/bundle.hpp"
#include "log/record_view.hpp"
#include "rehearse/counts.hpp"

namespace guardvm::rehearse {

enum class Measure : uint8_t {
#define GUARD_MEASURE(Name, name, meaning) Name,
#include "rehearse/measures.def"
#undef GUARD_MEASURE
};
struct MeasureInfo {
  Measure measure;
  std::string_view name, meaning;
};
inline constexpr MeasureInfo kMeasures[] = {
#define GUARD_MEASURE(Name, name, meaning) {Measure::Name, name, meaning},
#include "rehearse/measures.def"
#undef GUARD_MEASURE
};

// A quotient: would_block_percent has one. `under` 0: there is nothing to divide by, so there is no value.
struct Value {
  uint64_t over = 0, under = 1;
};

// From the first to the last instant at which something was.
struct Period {
  int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
  void add(int64_t ns) {
    first_ns = std::min(first_ns, ns);
    last_ns = std::max(last_ns, ns);
  }
  void add(const Period& other) {
    first_ns = std::min(first_ns, other.first_ns);
    last_ns = std::max(last_ns, other.last_ns);
  }
  [[nodiscard]] bool empty() const { return first_ns > last_ns; }
};

// One action, for people.
struct Occasion {
  uint64_t sequence = 0;
  int64_t time_ns = 0;
  std::string service, actor;  // empty: none is known
  Outcome from = Outcome::Allow, to = Outcome::Allow;
  std::string rules, message;
};

using Day = int32_t;  // since 1970-01-01, UTC

struct RuleDay {
  uint64_t fired = 0, would_block = 0;
};
struct Repeat {
  uint64_t count = 0;
  Period period;
};
using Pair = std::pair<std::string, std::string>;

struct RuleHistory {
  std::string mode, effect, owner;  // as last seen; mode: shadow, advisory or enforce
  int64_t seen_ns = INT64_MIN;      // when that was
  uint64_t fired = 0;
  std::array<uint64_t, 5> statuses{};  // by Status
  uint64_t blocked = 0;                // applied, and the outcome rests on it
  std::map<Pair, uint64_t> lifted;     // status and what lifted it -> actions
  // While in shadow or advisory.
  std::set<uint32_t> bundles;  // in which it was
  uint64_t rehearsed_fired = 0, would_block = 0, would_let_pass = 0;
  Period blocks;  // of would_block
  std::map<Day, RuleDay> days;
  TextCounts services, actors;  // of would_block
  std::map<Pair, Repeat> pairs;
  std::vector<Occasion> examples;  // the last ones of would_block
  [[nodiscard]] bool rehearsed() const { return !bundles.empty(); }
  [[nodiscard]] bool in_rehearsal() const { return mode == "shadow" || mode == "advisory"; }
};

struct BundleUse {
  std::string digest;
  uint64_t actions = 0;
  Period period;
  std::set<Day> days;
  const Bundle* known = nullptr;
};

struct CandidateHistory {
  uint64_t compared = 0;
  std::array<std::array<uint64_t, 4>, 4> changes{};  // by outcome, then by the candidate's
  uint64_t newly_blocked = 0, newly_allowed = 0;     // allow -> not, not -> allow
  TextCounts services, actors, rules;                // of newly_blocked
  std::vector<Occasion> blocked_examples, allowed_examples;
};

// A call that decided again while it waited.
struct Run {
  std::string id, service, actor, rules;
  uint64_t tries = 0;
  Period period;
  Outcome end = Outcome::Hold;
};

struct Holds {
  uint64_t held = 0;      // actions that were held at some try
  TextCounts rules;       // that held them at the first such try
  std::vector<Run> runs;  // longest first
  [[nodiscard]] uint64_t released() const;
  [[nodiscard]] int64_t median_wait_ns() const;  // of runs; 0: none
};

struct BreakGlass {
  uint64_t used = 0, refused = 0;  // carried by an action and active, or not
  TextCounts by;
  std::vector<Occasion> occasions;  // the last ones of used
};

struct DayCount {
  std::array<uint64_t, 4> outcomes{};
  uint64_t would_block = 0;  // stricter with all shadow and advisory rules enforced
};

class Rehearsal {
 public:
  static constexpr size_t kExamples = 5;    // kept of a kind, the last ones
  static constexpr size_t kOccasions = 50;  // of break-glass

  void add(const log::RecordView& record);
  // What a bundle holds, by its digest: its rules, also those that never fired. Borrowed until `end`.
  void know(const Bundle& bundle);
  // No more records. Failure: a bundle was made known that decided nothing in them.
  [[nodiscard]] Loaded<bool> end();

  [[nodiscard]] const std::map<std::string, RuleHistory>& rules() const { return rules_; }
  [[nodiscard]] const std::vector<BundleUse>& bundles() const { return bundles_; }
  [[nodiscard]] const std::map<std::string, CandidateHistory>& candidates() const { return candidates_; }
  [[nodiscard]] const std::map<Day, DayCount>& days() const { return days_; }
  [[nodiscard]] const Holds& holds() const { return holds_; }
  [[nodiscard]] const BreakGlass& break_glass() const { return break_glass_; }
  [[nodiscard]] uint64_t records() const { return records_; }
  [[nodiscard]] uint64_t actions() const { return actions_; }
  [[nodiscard]] uint64_t dry_runs() const { return dry_runs_; }  // of the actions
  [[nodiscard]] const std::array<uint64_t, 4>& outcomes() const { return outcomes_; }
  [[nodiscard]] uint64_t would_block_all() const { return would_block_all_; }
  [[nodiscard]] const Period& period() const { return period_; }
  // Rules of the known bundles that fired on no action, with their mode; null: no bundle is known.
  [[nodiscard]] const std::optional<std::vector<Pair>>& never_fired() const { return never_fired_; }

  // While the rule was in shadow or advisory: when, and how much of everything.
  [[nodiscard]] Period rehearsed_period(const RuleHistory& rule) const;
  [[nodiscard]] Value measure(const RuleHistory& rule, Measure measure) const;

 private:
  struct Fired {
    std::string id, effect, owner, by, message;
    Status status = Status::Applied;
    bool unmet = false;
    Outcome would = Outcome::Allow;
  };
  struct Other {
    std::string bundle, rules, message;
    std::vector<std::string> deciding;
    Outcome outcome = Outcome::Error;
  };
  // The decision of one record; members are reused.
  struct Try {
    uint64_t sequence = 0;
    int64_t time_ns = 0;
    bool dry_run = false;
    std::string service, actor;
    std::string bundle;
    Outcome outcome = Outcome::Error;
    std::optional<Outcome> would;
    std::vector<Fired> rules;
    std::optional<std::vector<std::string>> break_glass;
    std::optional<Other> candidate;
  };
  struct Waiting {
    Run run;
    Try last;
    bool held = false;
  };

  static void read(const log::RecordView& record, Try& out);
  void count(const Try& seen);
  void count_rule(const Fired& fired, const Try& seen);
  void count_candidate(const Try& seen);
  void count_break_glass(const Try& seen);
  void count_hold(const Try& seen);
  uint32_t bundle_index(const std::string& digest);

  std::map<std::string, RuleHistory> rules_;
  std::vector<BundleUse> bundles_;
  std::map<std::string, uint32_t> bundle_of_;
  std::map<std::string, CandidateHistory> candidates_;
  std::map<std::string, Waiting> waiting_;
  std::map<std::string, const Bundle*> known_;
  std::map<Day, DayCount> days_;
  Holds holds_;
  BreakGlass break_glass_;
  uint64_t records_ = 0, actions_ = 0, dry_runs_ = 0, would_block_all_ = 0;
  std::array<uint64_t, 4> outcomes_{};
  Period period_;
  std::optional<std::vector<Pair>> never_fired_;
};

}  // namespace guardvm::rehearse
