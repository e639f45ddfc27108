// What a replay counts: outcomes, rules, changes against other decisions, and who is newly blocked.
//
// Each thread counts into a tally of its own; `add` puts them together, and the result does not depend on who had which
// block: counts are sums, and of examples the first ones in the order of the input are kept.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "guardvm/session.hpp"
#include "rehearse/counts.hpp"

namespace guardvm::tool {

struct RuleTally {
  uint64_t fired = 0;
  uint64_t stopped = 0;  // enforced: it blocked, and the outcome rests on it
  uint64_t alone = 0;    // of those: the outcome had been less strict without it
  uint64_t would = 0;    // shadow, advisory: the outcome had been stricter with it enforced
  uint64_t relax = 0;    // shadow, advisory allows: less strict
};

// One action, for people.
struct Example {
  uint64_t order = 0;  // among all lines of all inputs
  size_t input = 0;
  uint64_t line = 0;  // in its input, from 1
  std::string kind, service, actor, rules, message;
};

struct ReplayTally {
  explicit ReplayTally(size_t rules) : rules(rules) {}

  uint64_t actions = 0;
  std::array<uint64_t, 4> outcomes{};
  std::vector<RuleTally> rules;
  uint64_t would_all = 0;  // the outcome had been stricter with all shadow and advisory rules enforced
  TextCounts errors;       // by code
  // What was compared with another decision: by that one's outcome, then by this one's.
  uint64_t compared = 0;
  std::array<std::array<uint64_t, 4>, 4> changes{};
  std::array<std::array<std::vector<Example>, 4>, 4> examples;
  // Of actions that are blocked and were allowed; when nothing is compared, of all that are blocked.
  uint64_t newly = 0;
  TextCounts services, actors, by_rules;
  // Records of logs that are no actions to decide again.
  uint64_t left_out_unread = 0;    // the record holds no action: it could not be read
  uint64_t left_out_replaced = 0;  // digests stand for values that the bundle reads
  uint64_t left_out_other = 0;     // lines of a log that are no record

  void add(const ReplayTally& other, size_t most_examples);
};

// Keeps the first `most` examples in the order of the input.
void keep_first(std::vector<Example>& examples, size_t most);

}  // namespace guardvm::tool
