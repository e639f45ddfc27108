// guardvm report: what decision logs say for those who decide about rules: what shadow rules and a candidate would have
// done, to whom, when; what was overridden or broken through; how long holds waited. report.cpp runs it.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guardvm/bundle.hpp"
#include "log/record_view.hpp"
#include "tool/replay_tally.hpp"
#include "tool/require.hpp"

namespace guardvm::tool {

struct RuleReport {
  std::string mode;  // of its latest firing: shadow, advisory, enforce; of one that never fired: as in the bundle given
  std::string owner;
  uint64_t fired = 0, applied = 0, overridden = 0, excepted = 0;
  uint64_t rehearsed = 0;    // fired in shadow or advisory
  uint64_t would_block = 0;  // of those: the outcome had been stricter with the rule enforced, all else as it was
  uint64_t would_let_pass = 0;
  std::map<std::string, uint64_t> would_block_days;  // by day, UTC
  TextCounts services, actors;                       // of would_block
  TextCounts lifted_by;                              // allow rules, exceptions, break-glasses
  std::set<std::string> rehearsal_bundles;           // digests of the bundles in which it was in shadow or advisory
};

struct BundleReport {
  uint64_t records = 0;
  std::set<std::string> days;  // with a record, UTC
};

struct Wait {  // the tries of one call that waited for a hold
  std::string service, rules;
  std::string outcome;  // of the last try
  int64_t from_ns = 0, to_ns = 0;
  bool held = false;
};

struct CandidateExample {
  uint64_t sequence = 0;
  std::string time, kind, service, actor, was, would;
};

struct Report {
  uint64_t records = 0, dry_runs = 0;
  std::string first, last;  // times
  std::array<uint64_t, 4> outcomes{};
  std::map<std::string, std::array<uint64_t, 4>> days;
  std::map<std::string, BundleReport> bundles;
  std::map<std::string, RuleReport> rules;
  std::set<std::string> all_rules;  // of the bundle given
  TextCounts broken_glass;          // "break-glass, by actor"
  uint64_t candidate_records = 0;
  std::array<std::array<uint64_t, 4>, 4> candidate{};  // by the outcome, then by the candidate's
  std::vector<CandidateExample> newly_allowed;         // the first ones
  TextCounts newly_blocked_services;                   // by the candidate
  std::map<std::string, Wait> waits;                   // by run
  uint64_t holds_without_wait = 0;

  void count(const log::RecordView& record);
  // Rules of a bundle that may never have fired, and what was seen of it.
  void add_bundle(const Bundle& bundle);
  // What is known of a rule for `--require`: names and numbers.
  [[nodiscard]] RuleFacts facts(const std::string& rule) const;
};

// Whether a rule has what is required of it, and what it has.
struct Verdict {
  std::string rule;
  bool holds = false;
  RuleFacts facts;
};

void append_report_json(std::string& out, const Report& report, const std::string& require,
                        const std::vector<Verdict>& verdicts);

}  // namespace guardvm::tool
