// Replay: the runtime has the last word on every action that is shown.
#include <algorithm>
#include <cstdio>

#include "verify/witness/witness.hpp"

namespace guard::verify {
namespace {

using guardvm::Decision;
using guardvm::FiredRule;

// The linear tier looks at each entry for what changes as time passes. Of larger bundles the two are compared without
// it: a set of 100,000 rules has as many findings.
constexpr size_t kFewEntries = 5'000;

[[noreturn]] void contradiction(const std::string& action, const std::string& decision, const std::string& claim) {
  std::fprintf(stderr, "guardc: an action does not show what it was found for: %s\naction:   %s\ndecision: %s\n",
               claim.c_str(), action.c_str(), decision.c_str());
  internal_error("a witness does not replay", __FILE__, __LINE__);
}

bool holds(const Claim& claim, const Decision& decision) {
  const auto at = std::find_if(decision.rules.begin(), decision.rules.end(),
                               [&](const FiredRule& rule) { return rule.rule == claim.rule; });
  const bool fired = at != decision.rules.end();
  switch (claim.what) {
    case Claim::What::Fires:
      return fired;
    case Claim::What::Silent:
      return !fired;
    case Claim::What::Stands:
      return fired && at->status == guardvm::Status::Applied;
    case Claim::What::Effective:
      return fired && at->status == guardvm::Status::Applied && !at->degraded;
  }
  return false;
}

std::string words(const Claim& claim, const guardvm::Bundle& bundle) {
  const std::string rule = "`" + std::string(bundle.text(bundle.view().Rules[claim.rule].id)) + "`";
  switch (claim.what) {
    case Claim::What::Fires:
      return rule + " fires";
    case Claim::What::Silent:
      return rule + " is silent";
    case Claim::What::Stands:
    case Claim::What::Effective:
      return rule + " is applied";
  }
  return rule;
}

}  // namespace

Replayer::Replayer(const guardvm::Bundle& bundle)
    : bundle_(bundle), indexed_(bundle, guardvm::Tier::Indexed), linear_(bundle, guardvm::Tier::Linear) {}

Witness Replayer::replay(const std::string& action, const Claims& claims) {
  Witness witness;
  witness.action = action;
  for (guardvm::Session* session : {&linear_, &indexed_}) {
    const Decision& decision = session->decide(action, {});
    const bool few = bundle_.view().Entries.size() <= kFewEntries;
    std::string text;
    session->append_json(text, {.valid_until = few, .explain = false});
    if (!witness.decision.empty() && witness.decision != text) {
      contradiction(action, text, "both tiers decide the same");
    }
    witness.decision = text;
    if (!few && session == &indexed_) {
      witness.decision.clear();
      session->append_json(witness.decision, {});
    }
    witness.outcome = guardvm::outcome_word(decision.outcome);
    applied_.clear();
    for (const FiredRule& rule : decision.rules) {
      if (rule.status == guardvm::Status::Applied) applied_.push_back(rule.rule);
    }
    const auto& wanted = claims.outcomes;
    const bool found = std::find(wanted.begin(), wanted.end(), decision.outcome) != wanted.end();
    if (decision.outcome == guardvm::Outcome::Error && !(claims.outcome_given && found))
      contradiction(action, text, "the action is admissible");
    for (const Claim& claim : claims.rules) {
      if (!holds(claim, decision)) contradiction(action, text, words(claim, bundle_));
    }
    if (claims.outcome_given && !found) contradiction(action, text, "the outcome is another one");
  }
  return witness;
}

}  // namespace guard::verify
