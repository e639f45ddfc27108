// See cases.hpp.
#include "verify/cases/cases.hpp"

#include "verify/checks/all.hpp"
#include "verify/checks/conditions.hpp"

namespace guard::verify {
namespace {

Options over_all_time(const guardvm::Bundle& bundle) {
  Options options;
  options.as_of_ns = bundle.view().Meta[0].horizon_from_ns;
  options.every_condition = true;
  return options;
}

}  // namespace

struct CaseFinder::Impl {
  explicit Impl(const guardvm::Bundle& bundle) : checker(bundle, over_all_time(bundle)) {}
  Checker checker;
};

CaseFinder::CaseFinder(const guardvm::Bundle& bundle) : impl_(std::make_unique<Impl>(bundle)) {}
CaseFinder::~CaseFinder() = default;

Verdict CaseFinder::find(const Side& side, Witness& action) {
  Checker& checker = impl_->checker;
  KindState& kind = *checker.kinds()[side.kind];
  if (!kind.failure.empty()) return Verdict::Unknown;
  DecisionModel& decision = kind.decision;
  Claims claims;
  Formula shows = kFalse;
  if (side.node == format::kNone) {
    const uint32_t rule = checker.view().Entries[side.entry].object;
    shows = decision.rules[decision.find(rule)].fires;
    claims.rules = {{side.yes ? Claim::What::Fires : Claim::What::Silent, rule}};
  } else {
    shows = ConditionReader(checker, kind).formula(side.node, side.yes ? Truth::Surely : Truth::Possibly);
  }
  if (!side.yes) shows = decision.model.formulas.negation(shows);
  Answer answer = checker.ask(kind, {shows});
  if (answer.verdict == Verdict::Possible) action = checker.show(kind, answer, claims);
  if (answer.verdict != Verdict::Impossible) return answer.verdict;
  bool unknown = false;
  return checker.confirmed_impossible(kind, {shows}, unknown) ? Verdict::Impossible : Verdict::Unknown;
}

}  // namespace guard::verify
