// conflict: holds of an allow rule and a deny rule, both enforced, exactly when both stand on one admissible action
//   (the deny is neither excepted nor overridden by anything, nor degraded to a hold) and the set does not say
//   `blocking wins`. A warning where the kind's default is allow, a note where it is deny. Its region is all of those
//   actions; none is given when a budget was hit.
// contradictory-obligations: holds of two enforced rules exactly when both fire for one admissible action and give one
//   obligation different values.
//
// COST: one question per pair whose bounds overlap.
#include <algorithm>
#include <map>
#include <set>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

using Pair = std::pair<uint32_t, uint32_t>;

// All of a list as one condition: each is a conjunction, which binds tighter. Empty: a budget was hit.
std::string overlap(const RegionList& list) {
  std::string out;
  if (!list.complete) return out;
  for (const Region& region : list.regions) out += (out.empty() ? "" : " or ") + region.condition;
  return out;
}

void report_conflict(Checker& checker, KindState& kind, size_t allow, size_t deny, Answer& answer, Severity severity,
                     Formula both_stand) {
  const uint32_t a = kind.decision.rules[allow].rule, d = kind.decision.rules[deny].rule;
  Finding finding;
  finding.check = CheckId::Conflict;
  finding.severity = severity;
  finding.rules = {checker.rule_id(a), checker.rule_id(d)};
  finding.kind = checker.kind_name(kind.decision.model.kind());
  finding.message =
      "`" + finding.rules[0] + "` allows what `" + finding.rules[1] + "` denies, and does not override it";
  finding.places = {checker.place(a, "allows"), checker.place(d, "denies")};
  finding.region = overlap(checker.regions(kind, both_stand, Checker::Others::NotReported));
  const bool fixed = checker.view().Rules[d].mandatory != 0;  // what overrides it does not compile
  finding.notes = {"`" + finding.rules[0] + "` could " +
                   (fixed ? "" : "say `overrides " + finding.rules[1] + "`, or ") +
                   "speak of fewer actions; `blocking wins` in the schema says that denies are meant to narrow"};
  Claims claims;
  claims.rules = {{Claim::What::Stands, a}, {Claim::What::Effective, d}};
  claims.outcome_given = true;
  claims.outcomes = {guardvm::Outcome::Deny};
  finding.witness = checker.show(kind, answer, claims);
  checker.report(std::move(finding));
}

}  // namespace

void check_conflict(Checker& checker) {
  if (checker.view().Meta[0].blocking_wins != 0) return;
  std::set<Pair> seen;
  // Kinds whose default is allow first: there the finding weighs more.
  for (const uint8_t outcome : {uint8_t{0}, uint8_t{1}}) {
    for (auto& kind : checker.kinds()) {
      DecisionModel& decision = kind->decision;
      if (decision.model.row().default_outcome != outcome || !kind->failure.empty() || kind->contradictory) continue;
      const Severity severity = outcome == 0 ? check_info(CheckId::Conflict).severity : Severity::Note;
      for (size_t a = 0; a < decision.rules.size(); ++a) {
        const RuleOnKind& allow = decision.rules[a];
        if (decision.row(allow).effect != format::Effect::Allow || !allow.enforced || checker.never[allow.rule])
          continue;
        if (!checker.is_mine(allow.rule)) continue;
        for (const size_t d : checker.candidates(*kind, allow.fires)) {
          const RuleOnKind& deny = decision.rules[d];
          if (decision.row(deny).effect != format::Effect::Deny || checker.never[deny.rule]) continue;
          if (seen.contains({allow.rule, deny.rule})) continue;
          const Formula both_stand = decision.model.formulas.all({allow.fires, decision.stands(d), deny.surely});
          Answer answer = checker.ask(*kind, {both_stand});
          if (answer.verdict == Verdict::Unknown) {
            checker.inconclusive(CheckId::Conflict, {allow.rule, deny.rule}, "whether the two stand on one action");
          }
          if (answer.verdict != Verdict::Possible) continue;
          seen.insert({allow.rule, deny.rule});
          report_conflict(checker, *kind, a, d, answer, severity, both_stand);
        }
      }
    }
  }
}

void check_contradictory_obligations(Checker& checker) {
  std::set<Pair> seen;
  for (auto& kind : checker.kinds()) {
    DecisionModel& decision = kind->decision;
    if (!kind->failure.empty() || kind->contradictory) continue;
    std::map<std::string_view, std::vector<std::pair<size_t, std::string_view>>> by_name;
    for (size_t i = 0; i < decision.rules.size(); ++i) {
      const format::Range range = decision.row(decision.rules[i]).obligations;
      if (!decision.rules[i].enforced || checker.never[decision.rules[i].rule]) continue;
      for (uint32_t o = 0; o < range.count; ++o) {
        const format::ObligationRow& row = checker.view().Obligations[range.first + o];
        by_name[checker.bundle().text(row.name)].emplace_back(i, checker.bundle().text(row.json));
      }
    }
    for (const auto& [name, list] : by_name) {
      for (size_t x = 0; x < list.size(); ++x) {
        if (!checker.is_mine(decision.rules[list[x].first].rule)) continue;
        for (size_t y = x + 1; y < list.size(); ++y) {
          const RuleOnKind &first = decision.rules[list[x].first], &second = decision.rules[list[y].first];
          if (list[x].second == list[y].second || seen.contains({first.rule, second.rule})) continue;
          if (first.rule == second.rule) continue;
          if (BoundsTable::apart(kind->bounds->of(first.fires), kind->bounds->of(second.fires))) continue;
          Answer answer = checker.ask(*kind, {first.fires, second.fires});
          if (answer.verdict == Verdict::Unknown) {
            checker.inconclusive(CheckId::ContradictoryObligations, {first.rule, second.rule},
                                 "whether the two match one action");
          }
          if (answer.verdict != Verdict::Possible) continue;
          seen.insert({first.rule, second.rule});
          Finding finding;
          finding.check = CheckId::ContradictoryObligations;
          finding.severity = check_info(finding.check).severity;
          finding.rules = {checker.rule_id(first.rule), checker.rule_id(second.rule)};
          finding.kind = checker.kind_name(decision.model.kind());
          finding.message = "`" + finding.rules[0] + "` and `" + finding.rules[1] + "` ask for different values of `" +
                            std::string(name) + "`";
          finding.places = {checker.place(first.rule, "asks for " + std::string(list[x].second)),
                            checker.place(second.rule, "asks for " + std::string(list[y].second))};
          finding.witness = checker.show(
              *kind, answer, {{{Claim::What::Fires, first.rule}, {Claim::What::Fires, second.rule}}, false, {}});
          checker.report(std::move(finding));
        }
      }
    }
  }
}

}  // namespace guard::verify
