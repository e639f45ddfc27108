// Formulas of rules, by the attributes that they read; see dead_end_rules.hpp.
#include "verify/checks/dead_end_rules.hpp"

#include <algorithm>

#include "verify/regions/atoms.hpp"
#include "verify/solve/best_values.hpp"

namespace guard::verify {
namespace {

bool is_signal(KindModel& model, SiteId id) {
  return model.site(id).kind == SiteKind::Signal || model.leaf(id).signal != format::kNone;
}

// It is of the action itself: neither its instant nor an age, an approval or a signal.
bool is_fixed(KindModel& model, SiteId id) {
  const Site& site = model.site(id);
  const SiteId approvals{model.row().approvals};
  if (is_signal(model, id)) return false;
  return id != model.now_site() && !site.age && id != approvals && site.list != approvals;
}

}  // namespace

std::vector<size_t> on_the_same_actions(KindState& kind, size_t at, const std::vector<size_t>& deciding) {
  SiteBounds own = kind.bounds->of(kind.decision.rules[at].fires);
  std::erase_if(own, [&](const Bound& bound) { return !is_fixed(kind.decision.model, bound.site); });
  std::vector<size_t> found = kind.fires->near(own);
  std::erase_if(found, [&](size_t other) { return !std::binary_search(deciding.begin(), deciding.end(), other); });
  return found;
}

Relevance::Relevance(KindState& kind) : kind_(kind), model_(kind.decision.model) {
  const DecisionModel& decision = kind.decision;
  plain_approvals_ = model_.row().approvals != format::kNone;
  for (size_t i = 0; i < decision.rules.size() && plain_approvals_; ++i) {
    const bool asks_for_them = decision.row(decision.rules[i]).effect != format::Effect::Hold;
    plain_approvals_ =
        !reads_approvals(kind.decision.stands(i)) && (asks_for_them || !reads_approvals(decision.rules[i].met));
  }
}

bool Relevance::matters(size_t at) {
  DecisionModel& decision = kind_.decision;
  if (decision.row(decision.rules[at]).effect != format::Effect::Deny) return matters_at_once(at);
  return decision.rules[at].surely != kTrue || !is_fixed_formula(decision.stands(at));
}

bool Relevance::matters_at_once(size_t at) {
  DecisionModel& decision = kind_.decision;
  const RuleOnKind& rule = decision.rules[at];
  if (rule.surely != kTrue) return true;
  if (decision.row(rule).effect == format::Effect::Deny) {
    return reads_approvals(decision.stands(at)) || reads_signals(decision.stands(at));
  }
  if (decision.row(rule).effect == format::Effect::Allow && model_.row().default_outcome != 0) return true;
  return !approvals_meet(rule.met);
}

bool Relevance::is_fixed_formula(Formula f) {
  const std::vector<SiteId> sites = sites_of(model_, f);
  return std::all_of(sites.begin(), sites.end(), [&](SiteId site) { return is_fixed(model_, site); });
}

bool Relevance::reads_approvals(Formula f) {
  const SiteId approvals{model_.row().approvals};
  const std::vector<SiteId> sites = sites_of(model_, f);
  return std::find(sites.begin(), sites.end(), approvals) != sites.end();
}

bool Relevance::reads_signals(Formula f) {
  const std::vector<SiteId> sites = sites_of(model_, f);
  return std::any_of(sites.begin(), sites.end(), [&](SiteId site) { return is_signal(model_, site); });
}

bool Relevance::approvals_meet(Formula met) {
  if (met == kTrue) return true;
  const auto [at, is_new] = known_.try_emplace(met, false);
  if (!is_new || !plain_approvals_) return at->second;
  std::vector<TermId> terms;
  const std::unique_ptr<Grounding> grounding = kind_.grounder.ground({}, {met}, terms);
  Problem& problem = grounding->problem;
  terms.insert(terms.end(), grounding->structure.begin(), grounding->structure.end());
  std::vector<bool> open(problem.variables.size(), false);
  const SiteId approvals{model_.row().approvals};
  for (const Grounding::Instance& own : grounding->instances) {
    if (own.site != approvals && model_.site(own.site).list != approvals) continue;
    if (own.variable != kNoRow) open[own.variable] = true;
    for (uint32_t i = 0; i < own.flags; ++i) open[own.first_flag + i] = true;
  }
  choose_best_values(problem, terms, open);
  // What is left of the structure is not about approvals.
  at->second = terms[0] == kTrueTerm && std::find(open.begin(), open.end(), true) == open.end();
  return at->second;
}

}  // namespace guard::verify
