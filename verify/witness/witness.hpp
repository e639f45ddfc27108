// From a solution to one readable action record, and its replay through the runtime.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "guardvm/session.hpp"
#include "verify/checks/finding.hpp"
#include "verify/model/decision.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/grounding.hpp"

namespace guard::verify {

// The solution whose values are the most readable ones, variable by variable in order of declaration: absent before
// present, false before true, the policy's own literals first, small before large, few rows and elements.
// COST: some questions to the engines; the result does not depend on which of them found the first solution.
void make_readable(Problem& problem, Solver& solver, Assignment& solution);

// The action as JSON, one line. Attributes in order of declaration; what the solution does not speak of gets a plain
// value, or is left out where it is optional.
[[nodiscard]] std::string action_json(KindModel& model, const Grounding& grounding, const Assignment& solution);

// What the action is claimed to show.
struct Claim {
  enum class What : uint8_t { Fires, Silent, Stands, Effective };  // Stands: applied; Effective: applied, as its effect
  What what = What::Fires;
  uint32_t rule = 0;
};
struct Claims {
  std::vector<Claim> rules;
  bool outcome_given = false;
  std::vector<guardvm::Outcome> outcomes;  // one of these
};

class Replayer {
 public:
  explicit Replayer(const guardvm::Bundle& bundle);
  // Decides the action in both tiers. A claim that does not hold, or tiers that differ, is a bug of ours: stops with
  // exit code 70, saying what was claimed and what came out.
  [[nodiscard]] Witness replay(const std::string& action, const Claims& claims);
  // What the indexed tier alone decides of the action; valid until the next one.
  [[nodiscard]] const guardvm::Decision& decide(const std::string& action) { return indexed_.decide(action, {}); }
  // Rules that the last action had applied.
  [[nodiscard]] const std::vector<uint32_t>& applied() const { return applied_; }

 private:
  const guardvm::Bundle& bundle_;
  guardvm::Session indexed_, linear_;
  std::vector<uint32_t> applied_;
};

}  // namespace guard::verify
