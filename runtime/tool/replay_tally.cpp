// See replay_tally.hpp.
#include "tool/replay_tally.hpp"

#include <algorithm>

namespace guardvm::tool {

void keep_first(std::vector<Example>& examples, size_t most) {
  std::sort(examples.begin(), examples.end(), [](const Example& a, const Example& b) { return a.order < b.order; });
  if (examples.size() > most) examples.resize(most);
}

void ReplayTally::add(const ReplayTally& other, size_t most_examples) {
  actions += other.actions;
  would_all += other.would_all;
  compared += other.compared;
  newly += other.newly;
  left_out_unread += other.left_out_unread;
  left_out_replaced += other.left_out_replaced;
  left_out_other += other.left_out_other;
  errors.add(other.errors);
  services.add(other.services);
  actors.add(other.actors);
  by_rules.add(other.by_rules);
  for (size_t i = 0; i < rules.size(); ++i) {
    rules[i].fired += other.rules[i].fired;
    rules[i].stopped += other.rules[i].stopped;
    rules[i].alone += other.rules[i].alone;
    rules[i].would += other.rules[i].would;
    rules[i].relax += other.rules[i].relax;
  }
  for (size_t from = 0; from < 4; ++from) {
    outcomes[from] += other.outcomes[from];
    for (size_t to = 0; to < 4; ++to) {
      changes[from][to] += other.changes[from][to];
      std::vector<Example>& mine = examples[from][to];
      mine.insert(mine.end(), other.examples[from][to].begin(), other.examples[from][to].end());
      keep_first(mine, most_examples);
    }
  }
}

}  // namespace guardvm::tool
