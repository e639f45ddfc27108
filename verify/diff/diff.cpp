// Kinds one after the other: the rules that differ, the classes over what they touch, and a replayed action per region.
#include "verify/diff/diff.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include "verify/model/bounds.hpp"
#include "verify/regions/regions.hpp"
#include "verify/witness/witness.hpp"

namespace guard::verify {
namespace {

using guardvm::Outcome;

// In the order in which changes are listed: by what comes out.
constexpr std::array kOutcomes = {Outcome::Allow, Outcome::Hold, Outcome::Deny, Outcome::Error};

using Obligation = std::pair<std::string_view, std::string_view>;  // name and value

// What a rule's part in decisions depends on: effect, fires, surely, met, excepted, what overrides it, obligations.
using Meaning =
    std::tuple<format::Effect, Formula, Formula, Formula, Formula, std::vector<Formula>, std::vector<Obligation>>;

// What a side decides, over the rules that matter.
struct Decided {
  std::array<Formula, 4> outcome{};  // by kOutcomes
  std::map<Formula, Formula> unmet;  // by what would meet it: where it is missing
  std::map<Obligation, Formula> obligations;
};

class KindDiff {
 public:
  KindDiff(JointKind& joint, Solver& solver, DiffReport& report, Replayer& before, Replayer& after)
      : joint_(joint),
        model_(joint.main->model),
        formulas_(model_.formulas),
        solver_(solver),
        report_(report),
        before_(before),
        after_(after),
        grounder_(model_),
        bounds_(model_),
        kind_(model_.world().bundle.text(model_.row().name)) {}

  void run() {
    const Formula touched = touched_by_changes();
    if (touched == kFalse) return;
    const Decided old_one = decide(joint_.old_side, touched), new_one = decide(joint_.new_side, touched);
    for (size_t to = 0; to < kOutcomes.size(); ++to) {
      for (size_t from = 0; from < kOutcomes.size(); ++from) {
        if (from == to) continue;
        changes(ChangeOf::Outcome, from, to, formulas_.all({touched, old_one.outcome[from], new_one.outcome[to]}));
      }
    }
    for (size_t same = 0; same + 1 < kOutcomes.size(); ++same) {
      const Formula both = formulas_.all({touched, old_one.outcome[same], new_one.outcome[same]});
      if (kOutcomes[same] == Outcome::Hold) {
        changes(ChangeOf::Requirements, same, same, formulas_.both(both, differ(old_one.unmet, new_one.unmet)));
      }
      changes(ChangeOf::Obligations, same, same,
              formulas_.both(both, differ(old_one.obligations, new_one.obligations)));
    }
  }

 private:
  // Where a rule fires that the other side has not, or all actions when it is not the rules that differ.
  // SOUND: elsewhere the same rules fire on both sides, and each does the same.
  Formula touched_by_changes() {
    const Side &a = joint_.old_side, &b = joint_.new_side;
    std::set<Meaning> olds, news;
    std::vector<Formula> fires;
    const auto each = [&](const auto& visit) {
      for (const Side* side : {&a, &b}) {
        for (const RuleOnKind& rule : side->rules) {
          if (rule.enforced) visit(side == &a, meaning_of(*side, rule), rule.fires, rule_id(*side, rule.rule));
        }
        for (const Side::Glass& glass : side->glasses) {
          visit(side == &a, meaning_of(*side, glass), glass.runs, std::string());
        }
      }
    };
    each([&](bool old_one, const Meaning& meaning, Formula, const std::string&) {
      (old_one ? olds : news).insert(meaning);
    });
    each([&](bool old_one, const Meaning& meaning, Formula where, const std::string& id) {
      if ((old_one ? news : olds).contains(meaning)) return;
      changed_.insert(id);
      fires.push_back(where);
    });
    if (a.default_allow != b.default_allow || a.fits != b.fits) return kTrue;
    return formulas_.any(fires);
  }

  Meaning meaning_of(const Side& side, const RuleOnKind& rule) {
    std::vector<Formula> overriders;
    for (const size_t other : rule.overriders) overriders.push_back(side.rules[other].fires);
    std::sort(overriders.begin(), overriders.end());
    overriders.erase(std::unique(overriders.begin(), overriders.end()), overriders.end());
    const format::Range obligations = side.bundle->view().Rules[rule.rule].obligations;
    return {
        rule.effect, rule.fires, rule.surely, rule.met, rule.excepted, std::move(overriders), asked(side, obligations)};
  }
  Meaning meaning_of(const Side& side, const Side::Glass& glass) {
    return {format::Effect::Oblige, glass.runs, kTrue, kTrue, kFalse, {}, asked(side, glass.obligations)};
  }

  static std::vector<Obligation> asked(const Side& side, format::Range obligations) {
    std::vector<Obligation> out;
    for (uint32_t o = 0; o < obligations.count; ++o) {
      const format::ObligationRow& row = side.bundle->view().Obligations[obligations.first + o];
      out.emplace_back(side.bundle->text(row.name), side.bundle->text(row.json));
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  static std::string rule_id(const Side& side, uint32_t rule) {
    return std::string(side.bundle->text(side.bundle->view().Rules[rule].id));
  }

  Decided decide(const Side& side, Formula touched) {
    std::vector<size_t> among;
    const SiteBounds own = bounds_.of(touched);
    Decided out;
    for (size_t i = 0; i < side.rules.size(); ++i) {
      const RuleOnKind& rule = side.rules[i];
      if (!rule.enforced || BoundsTable::apart(own, bounds_.of(rule.fires))) continue;
      among.push_back(i);
      const Formula applied = stands_of(formulas_, side.rules, i, kNothing);
      if (decides(rule.effect)) {
        // A deny can only be short of a signal, which makes it a hold.
        const Formula met = rule.effect == format::Effect::Deny ? rule.surely : rule.met;
        add(out.unmet, met, formulas_.both(applied, formulas_.negation(met)));
      }
      const format::Range obligations = side.bundle->view().Rules[rule.rule].obligations;
      for (const Obligation& obligation : asked(side, obligations)) add(out.obligations, obligation, applied);
    }
    for (const Side::Glass& glass : side.glasses) {
      for (const Obligation& obligation : asked(side, glass.obligations)) add(out.obligations, obligation, glass.runs);
    }
    const Outcomes outcomes = outcomes_of(formulas_, side.rules, side.default_allow, among, kNothing);
    out.outcome = {formulas_.both(side.fits, outcomes.allow), formulas_.both(side.fits, outcomes.hold),
                   formulas_.both(side.fits, outcomes.deny), formulas_.negation(side.fits)};
    return out;
  }

  template <typename Map>
  void add(Map& map, const typename Map::key_type& key, Formula where) {
    Formula& all = map.try_emplace(key, kFalse).first->second;
    all = formulas_.either(all, where);
  }

  template <typename Map>
  Formula differ(const Map& a, const Map& b) {
    std::vector<Formula> parts;
    const auto at = [](const Map& map, const auto& key) {
      const auto found = map.find(key);
      return found == map.end() ? kFalse : found->second;
    };
    for (const auto& [key, where] : a) parts.push_back(formulas_.differ(where, at(b, key)));
    for (const auto& [key, where] : b) {
      if (!a.contains(key)) parts.push_back(where);
    }
    return formulas_.any(parts);
  }

  Verdict ask(const std::vector<Formula>& required, std::unique_ptr<Grounding>& grounding, Assignment& solution) {
    if (std::find(required.begin(), required.end(), kFalse) != required.end()) return Verdict::Impossible;
    solution = {};
    grounding = grounder_.ground(required);
    const auto& terms = grounding->problem.required;
    if (std::find(terms.begin(), terms.end(), kFalseTerm) != terms.end()) return Verdict::Impossible;
    return solver_.solve(grounding->problem, solution);
  }

  void changes(ChangeOf what, size_t from, size_t to, Formula where) {
    std::unique_ptr<Grounding> grounding;
    Assignment solution;
    const std::string name = std::string(guardvm::outcome_word(kOutcomes[from])) + " to " +
                             std::string(guardvm::outcome_word(kOutcomes[to]));
    const Verdict verdict = ask({where, joint_.at_time}, grounding, solution);
    if (verdict == Verdict::Impossible) return;
    const Formula errors =
        formulas_.both(formulas_.negation(joint_.old_side.fits), formulas_.negation(joint_.new_side.fits));
    const Formula free = formulas_.either(errors, formulas_.negation(joint_.at_time));
    const Formula wanted = formulas_.both(where, joint_.at_time);
    const RegionList list = regions_of(model_, grounder_, solver_, cells_, {wanted, free, joint_.at_time});
    if (verdict == Verdict::Unknown || !list.complete || !exact(list, wanted, free)) {
      report_.inconclusive.push_back("`" + kind_ + "`, " + name + ": the budget of the engines was not enough");
      return;
    }
    // SOUND: all of a region is wanted but what is free, so what is asked for is in short words the same. The variables
    // are those of all the regions, so it is asked over the same values.
    std::vector<Formula> formulas;
    for (const Region& region : list.regions) formulas.push_back(region.formula);
    std::vector<TermId> terms;
    grounding = grounder_.ground({formulas_.negation(free)}, formulas, terms, {wanted});
    const std::vector<TermId> always = grounding->problem.required;
    for (size_t r = 0; r < list.regions.size(); ++r) {
      grounding->problem.required = always;
      grounding->problem.required.push_back(terms[r]);
      solution = {};
      const bool found = terms[r] != kFalseTerm && solver_.solve(grounding->problem, solution) == Verdict::Possible;
      GUARD_CHECK(found, "a region of a change that has no action");
      show(what, from, to, list.regions[r], *grounding, solution);
    }
  }

  // The regions are just the actions they were made of; asked of the formulas, not of the boxes.
  bool exact(const RegionList& list, Formula wanted, Formula free) {
    std::vector<Formula> formulas;
    for (const Region& region : list.regions) formulas.push_back(region.formula);
    std::unique_ptr<Grounding> grounding;
    Assignment unused;
    const Formula wrong = formulas_.both(formulas_.differ(formulas_.any(formulas), wanted), formulas_.negation(free));
    const Verdict verdict = ask({wrong}, grounding, unused);
    GUARD_CHECK(verdict != Verdict::Possible, "regions that are not the actions they were made of");
    return verdict == Verdict::Impossible;
  }

  void show(ChangeOf what, size_t from, size_t to, const Region& region, Grounding& grounding, Assignment& solution) {
    make_readable(grounding.problem, solver_, solution);
    Change change;
    change.what = what;
    change.from = guardvm::outcome_word(kOutcomes[from]);
    change.to = guardvm::outcome_word(kOutcomes[to]);
    change.kind = kind_;
    change.region = region.condition;
    change.action = action_json(model_, grounding, solution);
    change.before = before_.replay(change.action, {{}, true, {kOutcomes[from]}}).decision;
    std::set<std::string> applied;
    for (const uint32_t rule : before_.applied()) applied.insert(rule_id(joint_.old_side, rule));
    change.after = after_.replay(change.action, {{}, true, {kOutcomes[to]}}).decision;
    for (const uint32_t rule : after_.applied()) applied.insert(rule_id(joint_.new_side, rule));
    for (const std::string& rule : applied) {
      if (changed_.contains(rule)) change.rules.push_back(rule);
    }
    if (change.rules.empty()) change.rules.assign(applied.begin(), applied.end());
    report_.changes.push_back(std::move(change));
  }

  JointKind& joint_;
  KindModel& model_;
  Formulas& formulas_;
  Solver& solver_;
  DiffReport& report_;
  Replayer &before_, &after_;
  Grounder grounder_;
  KnownCells cells_;
  BoundsTable bounds_;
  std::string kind_;
  std::set<std::string> changed_;  // rules whose meaning is another one
};

}  // namespace

namespace {

struct KindPair {
  uint32_t old_kind = 0, new_kind = 0;
  DiffReport part;
};

// With models and engines of its own, so that what is found does not depend on what was asked before.
void compare(const guardvm::Bundle& before, const guardvm::Bundle& after, const Options& options, KindPair& kind) {
  World old_world(before, options.as_of_ns), new_world(after, options.as_of_ns);
  const std::unique_ptr<JointKind> joint = join_kinds(old_world, kind.old_kind, new_world, kind.new_kind);
  if (!joint->failure.empty()) {
    const std::string name(after.text(after.view().Kinds[kind.new_kind].name));
    kind.part.inconclusive.push_back("actions of kind `" + name + "` are not compared: " + joint->failure);
    return;
  }
  Solver solver(options.engine);
  Replayer old_replayer(before), new_replayer(after);
  KindDiff(*joint, solver, kind.part, old_replayer, new_replayer).run();
  kind.part.engines = solver.stats();
}

// Each thread takes the next kind.
void compare_all(const guardvm::Bundle& before, const guardvm::Bundle& after, const Options& options,
                 std::vector<KindPair>& kinds) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t k = next++; k < kinds.size(); k = next++) compare(before, after, options, kinds[k]);
  };
  const size_t rules = std::max(before.view().Rules.size(), after.view().Rules.size());
  std::vector<std::thread> threads;
  for (size_t t = 1; t < std::min<size_t>(threads_for(options, rules), kinds.size()); ++t) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

DiffReport diff(const guardvm::Bundle& before, const guardvm::Bundle& after, const Options& options) {
  DiffReport report;
  report.as_of_ns = options.as_of_ns;
  std::vector<KindPair> kinds;
  std::map<std::string, uint32_t> old_kinds;
  for (uint32_t k = 0; k < before.view().Kinds.size(); ++k) {
    old_kinds.emplace(before.text(before.view().Kinds[k].name), k);
  }
  for (uint32_t k = 0; k < after.view().Kinds.size(); ++k) {
    const std::string name(after.text(after.view().Kinds[k].name));
    const auto found = old_kinds.find(name);
    if (found == old_kinds.end()) {
      report.schema.push_back({name, {}, "added"});
      continue;
    }
    for (SchemaChange& change : schema_changes(before, found->second, after, k)) {
      report.schema.push_back(std::move(change));
    }
    kinds.push_back({found->second, k, {}});
    old_kinds.erase(found);
  }
  for (const auto& [name, kind] : old_kinds) report.schema.push_back({name, {}, "removed"});
  compare_all(before, after, options, kinds);
  for (KindPair& kind : kinds) {
    std::move(kind.part.changes.begin(), kind.part.changes.end(), std::back_inserter(report.changes));
    std::move(kind.part.inconclusive.begin(), kind.part.inconclusive.end(), std::back_inserter(report.inconclusive));
    report.engines += kind.part.engines;
  }
  return report;
}

}  // namespace guard::verify
