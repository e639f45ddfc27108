// conflict: holds of an allow rule and a deny rule, both enforced, exactly when both stand on one admissible action
//   (the deny is neither excepted nor overridden by anything, nor degraded to a hold) and the set does not say
//   `blocking wins`. A warning where the kind's default is allow, a note where it is deny. Its region is all of those
//   actions; none is given when a budget was hit. A rule that is in many pairs of a kind has one finding for all of
//   them: it comes first among the finding's rules, and each other one is proved to stand with it on some action, of
//   which one is shown. Pairs in which a rule accepts conflicts are told one by one.
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

// In so many pairs of a kind a rule has one finding for them all; and so many of the others are shown in it.
constexpr size_t kManyPairs = 16;
constexpr size_t kShown = 3;

// All of a list as one condition: each is a conjunction, which binds tighter. Empty: a budget was hit.
std::string overlap(const RegionList& list) {
  std::string out;
  if (!list.complete) return out;
  for (const Region& region : list.regions) out += (out.empty() ? "" : " or ") + region.condition;
  return out;
}

Formula both_stand(DecisionModel& decision, const ConflictPair& pair) {
  return decision.model.formulas.all(
      {decision.rules[pair.allow].fires, decision.stands(pair.deny), decision.rules[pair.deny].surely});
}

// The question of a pair whose answer is known to be an action, asked again to show it.
Answer ask_again(Checker& checker, KindState& kind, const ConflictPair& pair) {
  Answer answer = checker.ask(kind, {both_stand(kind.decision, pair)});
  GUARD_CHECK(answer.verdict == Verdict::Possible, "a conflict that was there before");
  return answer;
}

// What all findings of conflicts of the kind say, with the action of the pair.
Finding conflict_on(Checker& checker, KindState& kind, const ConflictPair& pair, Answer answer) {
  Finding finding;
  finding.check = CheckId::Conflict;
  finding.severity =
      kind.decision.model.row().default_outcome == 0 ? check_info(CheckId::Conflict).severity : Severity::Note;
  finding.kind = checker.kind_name(kind.decision.model.kind());
  Claims claims;
  claims.rules = {{Claim::What::Stands, kind.decision.rules[pair.allow].rule},
                  {Claim::What::Effective, kind.decision.rules[pair.deny].rule}};
  claims.outcome_given = true;
  claims.outcomes = {guardvm::Outcome::Deny};
  finding.witness = checker.show(kind, answer, claims);
  return finding;
}

constexpr std::string_view kNarrowingIsMeant = "; `blocking wins` in the schema says that denies are meant to narrow";

void report_pair(Checker& checker, const ConflictPair& pair) {
  KindState& kind = *checker.kinds()[pair.kind];
  const uint32_t allow = kind.decision.rules[pair.allow].rule, deny = kind.decision.rules[pair.deny].rule;
  Finding finding = conflict_on(checker, kind, pair, ask_again(checker, kind, pair));
  finding.rules = {checker.rule_id(allow), checker.rule_id(deny)};
  finding.message =
      "`" + finding.rules[0] + "` allows what `" + finding.rules[1] + "` denies, and does not override it";
  finding.places = {checker.place(allow, "allows"), checker.place(deny, "denies")};
  finding.region = overlap(checker.regions(kind, both_stand(kind.decision, pair), Checker::Others::NotReported));
  const bool fixed = checker.view().Rules[deny].mandatory != 0;  // what overrides it does not compile
  finding.notes = {"`" + finding.rules[0] + "` could " +
                   (fixed ? "" : "say `overrides " + finding.rules[1] + "`, or ") + "speak of fewer actions" +
                   std::string(kNarrowingIsMeant)};
  checker.report(std::move(finding));
}

// The pairs of one rule, which is the allow or the deny of all of them.
struct Group {
  bool of_deny = false;
  std::vector<ConflictPair> pairs;
};

void report_group(Checker& checker, const Group& group) {
  KindState& kind = *checker.kinds()[group.pairs[0].kind];
  const auto rule = [&](const ConflictPair& pair, bool deny) {
    return kind.decision.rules[deny ? pair.deny : pair.allow].rule;
  };
  const uint32_t own = rule(group.pairs[0], group.of_deny);
  Finding finding = conflict_on(checker, kind, group.pairs[0], ask_again(checker, kind, group.pairs[0]));
  finding.rules = {checker.rule_id(own)};
  finding.places = {checker.place(own, group.of_deny ? "denies" : "allows")};
  std::string shown;
  for (const ConflictPair& pair : group.pairs) {
    const uint32_t other = rule(pair, !group.of_deny);
    finding.rules.push_back(checker.rule_id(other));
    if (finding.places.size() > kShown) continue;
    finding.places.push_back(checker.place(other, group.of_deny ? "allows" : "denies"));
    shown += (shown.empty() ? "`" : ", `") + finding.rules.back() + "`";
  }
  const size_t more = group.pairs.size() - std::min(group.pairs.size(), kShown);
  if (more > 0) shown += " and " + std::to_string(more) + " more (`--format json` names all)";
  const std::string others = std::to_string(group.pairs.size()) + " rules ";
  finding.message = group.of_deny
                        ? "`" + finding.rules[0] + "` denies what " + others + "allow, and none of them overrides it"
                        : "`" + finding.rules[0] + "` allows what " + others + "deny, and overrides none of them";
  finding.notes = {(group.of_deny ? "they are " : "these are ") + shown,
                   "`" + finding.rules[0] + "` could speak of fewer actions, or " +
                       (group.of_deny ? "the others override it" : "override the others") +
                       std::string(kNarrowingIsMeant)};
  checker.report(std::move(finding));
}

}  // namespace

void find_conflicts(Checker& checker) {
  if (checker.view().Meta[0].blocking_wins != 0) return;
  const std::optional<Severity> denied = checker.severity_of(CheckId::Conflict, Severity::Note);
  if (!denied && !checker.severity_of(CheckId::Conflict, Severity::Warning)) return;
  std::set<Pair> seen;
  // Kinds whose default is allow first: there the finding weighs more.
  for (const uint8_t outcome : {uint8_t{0}, uint8_t{1}}) {
    for (uint32_t k = 0; k < checker.kinds().size(); ++k) {
      KindState& kind = *checker.kinds()[k];
      DecisionModel& decision = kind.decision;
      if (decision.model.row().default_outcome != outcome || !kind.failure.empty() || kind.contradictory) continue;
      for (uint32_t a = 0; a < decision.rules.size(); ++a) {
        const RuleOnKind& allow = decision.rules[a];
        if (decision.row(allow).effect != format::Effect::Allow || !allow.enforced) continue;
        if (!checker.is_mine(allow.rule)) continue;
        for (const size_t d : checker.candidates(kind, allow.fires)) {
          const RuleOnKind& deny = decision.rules[d];
          if (decision.row(deny).effect != format::Effect::Deny || seen.contains({allow.rule, deny.rule})) continue;
          const ConflictPair pair{k, a, static_cast<uint32_t>(d)};
          const Answer answer = checker.ask(kind, {both_stand(decision, pair)});
          if (answer.verdict == Verdict::Unknown) {
            checker.inconclusive(CheckId::Conflict, {allow.rule, deny.rule}, "whether the two stand on one action");
          }
          if (answer.verdict != Verdict::Possible) continue;
          seen.insert({allow.rule, deny.rule});
          checker.conflicts.push_back(pair);
        }
      }
    }
  }
}

void check_conflict(Checker& checker) {
  // By kind and rule of the kind: how many pairs it is in.
  using Member = std::pair<uint32_t, uint32_t>;
  std::map<Member, size_t> pairs_of;
  for (const ConflictPair& pair : checker.conflicts) {
    ++pairs_of[{pair.kind, pair.allow}];
    ++pairs_of[{pair.kind, pair.deny}];
  }
  std::map<Member, Group> groups;
  for (const ConflictPair& pair : checker.conflicts) {
    const DecisionModel& decision = checker.kinds()[pair.kind]->decision;
    const uint32_t allow = decision.rules[pair.allow].rule, deny = decision.rules[pair.deny].rule;
    const size_t of_allow = pairs_of[{pair.kind, pair.allow}], of_deny = pairs_of[{pair.kind, pair.deny}];
    const bool alone = checker.accepts(allow, CheckId::Conflict) || checker.accepts(deny, CheckId::Conflict) ||
                       std::max(of_allow, of_deny) < kManyPairs;
    if (!alone) {
      Group& group = groups[{pair.kind, of_deny >= of_allow ? pair.deny : pair.allow}];
      group.of_deny = of_deny >= of_allow;
      group.pairs.push_back(pair);
    } else if (checker.is_mine(allow)) {
      report_pair(checker, pair);
    }
  }
  for (const auto& [member, group] : groups) {
    const bool one = group.pairs.size() == 1;
    if (!checker.is_mine(checker.kinds()[member.first]->decision.rules[member.second].rule)) continue;
    one ? report_pair(checker, group.pairs[0]) : report_group(checker, group);
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
