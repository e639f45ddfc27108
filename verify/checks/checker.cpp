// Making the kinds, asking the engines, and filing findings.
#include "verify/checks/checker.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "read/values.hpp"
#include "verify/checks/all.hpp"

namespace guard::verify {

unsigned threads_for(const Options& options, size_t rules) {
  constexpr unsigned kMostThreads = 255;
  constexpr size_t kFewRules = 30;
  if (options.jobs != 0) return std::min(options.jobs, kMostThreads);
  return rules < kFewRules ? 1 : std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
}

Checker::Checker(const guardvm::Bundle& bundle, const Options& options, WorkList* work, uint8_t number)
    : never(bundle.view().Rules.size(), false),
      bundle_(bundle),
      options_(options),
      work_(work),
      number_(number),
      world_(bundle, options.as_of_ns),
      solver_(options.engine),
      replayer_(bundle) {
  add_acceptances();
  for (uint32_t k = 0; k < view().Kinds.size(); ++k) {
    kinds_.push_back(std::make_unique<KindState>(world_, k));
    add_claims(*kinds_.back());
    prepare_checks(*this, *kinds_.back());
    const Result<bool> closed = kinds_.back()->decision.model.close();
    kinds_.back()->bounds = std::make_unique<BoundsTable>(kinds_.back()->decision.model);
    std::vector<Formula> fires;
    for (const RuleOnKind& rule : kinds_.back()->decision.rules) fires.push_back(rule.fires);
    if (closed.ok()) kinds_.back()->fires = std::make_unique<BoundsIndex>(*kinds_.back()->bounds, fires);
    std::string& failure = kinds_.back()->failure;
    if (!closed.ok()) failure = closed.error();
    if (!kinds_.back()->decision.model.unsupported().empty()) failure = kinds_.back()->decision.model.unsupported()[0];
    if (failure.empty() || !is_mine(k)) continue;
    Finding finding;
    finding.check = CheckId::EmptyScope;
    finding.inconclusive = true;
    finding.subject = kind_name(k);
    finding.message = "actions of kind `" + kind_name(k) + "` are not verified: " + failure;
    findings_.push_back(std::move(finding));
  }
}

void Checker::add_claims(KindState& kind) {
  const auto add = [&](const auto& rows, std::vector<KindState::Scope>& scopes) {
    for (uint32_t i = 0; i < rows.size(); ++i) {
      for (uint32_t c = 0; c < rows[i].on.count; ++c) {
        const format::CheckOnKindRow& on = view().CheckOnKinds[rows[i].on.first + c];
        if (on.kind != kind.decision.model.kind()) continue;
        KindState::Scope scope{i, kTrue, kTrue};
        if (on.surely.count > 0) scope.surely = kind.decision.model.code(on.surely);
        if (on.possibly.count > 0) scope.possibly = kind.decision.model.code(on.possibly);
        scopes.push_back(scope);
      }
    }
  };
  add(view().Invariants, kind.invariants);
  add(view().Covers, kind.covers);
}

std::string Checker::instant_text(int64_t ns) {
  std::string text;
  guardvm::append_timestamp(text, ns);
  return text;
}

bool Checker::fires_in_class(KindState& kind, size_t rule, uint32_t instants) {
  // The class is cut out of the finished problem: no predicate says it.
  const std::unique_ptr<Grounding> grounding =
      kind.grounder.ground({kind.decision.holds, kind.decision.rules[rule].fires});
  Problem& problem = grounding->problem;
  const Grounding::Instance* now = grounding->find(kind.decision.model.now_site(), kNoRow);
  if (now != nullptr) {
    const auto& values = grounding->groups[now->group];
    Mask mask = empty_mask(problem.variables[now->variable].values);
    for (uint32_t v = 0; v < values.size(); ++v) {
      if (kind.grounder.stands_for(now->group, v, instants)) set_bit(mask, v);
    }
    problem.required.push_back(problem.lit(now->variable, std::move(mask)));
  }
  Assignment unused;
  return solver_.search(problem, unused) == Verdict::Possible;
}

Answer Checker::ask(KindState& kind, std::vector<Formula> required) {
  required.push_back(kind.decision.at_time);
  required.push_back(kind.decision.holds);
  return ask_alone(kind, required);
}

Answer Checker::ask_alone(KindState& kind, const std::vector<Formula>& required) {
  Answer answer;
  if (std::find(required.begin(), required.end(), kFalse) != required.end()) {
    answer.verdict = Verdict::Impossible;
    return answer;
  }
  answer.grounding = kind.grounder.ground(required);
  const auto& terms = answer.grounding->problem.required;
  if (std::find(terms.begin(), terms.end(), kFalseTerm) != terms.end()) {
    answer.verdict = Verdict::Impossible;
    return answer;
  }
  answer.verdict = solver_.solve(answer.grounding->problem, answer.solution);
  return answer;
}

Answer Checker::search(KindState& kind, std::vector<Formula> required) {
  required.push_back(kind.decision.at_time);
  required.push_back(kind.decision.holds);
  Answer answer;
  answer.grounding = kind.grounder.ground(required);
  answer.verdict = solver_.search(answer.grounding->problem, answer.solution);
  return answer;
}

const guardvm::Decision& Checker::decide(KindState& kind, const Answer& answer) {
  return decide(kind, *answer.grounding, answer.solution);
}

const guardvm::Decision& Checker::decide(KindState& kind, const Grounding& grounding, const Assignment& solution) {
  return replayer_.decide(action_json(kind.decision.model, grounding, solution));
}

std::string Checker::lifter(const guardvm::FiredRule& fired) const {
  switch (fired.by_what) {
    case guardvm::FiredRule::By::None:
      break;
    case guardvm::FiredRule::By::Exception:
      return std::string(bundle_.text(view().Exceptions[fired.by].id));
    case guardvm::FiredRule::By::BreakGlass:
      return std::string(bundle_.text(view().BreakGlasses[fired.by].id));
    case guardvm::FiredRule::By::Rule:
      return rule_id(fired.by);
  }
  return {};
}

bool Checker::impossible(KindState& kind, std::vector<Formula> required, bool& unknown) {
  const Answer answer = ask(kind, std::move(required));
  unknown = unknown || answer.verdict == Verdict::Unknown;
  return answer.verdict == Verdict::Impossible;
}

bool Checker::confirmed_impossible(KindState& kind, const std::vector<Formula>& required, bool& unknown) {
  const Answer answer = ask(kind, required);
  unknown = unknown || answer.verdict == Verdict::Unknown;
  if (answer.verdict != Verdict::Impossible) return false;
  if (answer.grounding == nullptr) return true;
  const auto& terms = answer.grounding->problem.required;
  if (std::find(terms.begin(), terms.end(), kFalseTerm) != terms.end()) return true;
  const Verdict confirmed = solver_.confirm(answer.grounding->problem);
  unknown = unknown || confirmed == Verdict::Unknown;
  return confirmed == Verdict::Impossible;
}

Witness Checker::show(KindState& kind, Answer& answer, const Claims& claims) {
  make_readable(answer.grounding->problem, solver_, answer.solution);
  return replayer_.replay(action_json(kind.decision.model, *answer.grounding, answer.solution), claims);
}

Witness Checker::replay(KindState& kind, const Grounding& grounding, const Assignment& solution, const Claims& claims) {
  return replayer_.replay(action_json(kind.decision.model, grounding, solution), claims);
}

RegionList Checker::regions(KindState& kind, Formula wanted, Others others) {
  Formulas& f = kind.decision.model.formulas;
  const Formula admissible = kind.decision.admissible();
  RegionList list = regions_of(kind.decision.model, kind.grounder, solver_, kind.cells,
                               {f.both(admissible, wanted), f.negation(admissible), kind.decision.at_time});
  if (!list.complete) return list;
  std::vector<Formula> formulas;
  for (const Region& region : list.regions) formulas.push_back(region.formula);
  bool unknown = false;
  const std::vector<Formula> wrong{f.differ(f.any(formulas), wanted)};
  const bool exact =
      others == Others::Reported ? confirmed_impossible(kind, wrong, unknown) : impossible(kind, wrong, unknown);
  GUARD_CHECK(exact || unknown, "regions that are not the actions they were made of");
  list.complete = !unknown;
  return list;
}

std::vector<size_t> Checker::candidates(KindState& kind, Formula region) {
  std::vector<size_t> found;
  for (const size_t i : kind.fires->near(kind.bounds->of(region))) {
    const RuleOnKind& rule = kind.decision.rules[i];
    if (rule.enforced && decides(kind.decision.row(rule).effect)) found.push_back(i);
  }
  return found;
}

void Checker::add_acceptances() {
  const auto string = [&](uint32_t at) { return std::string(bundle_.text(view().Strings[at])); };
  for (uint32_t rule = 0; rule < view().Rules.size(); ++rule) {
    const format::Range pairs = view().Rules[rule].accepted;
    if (pairs.count > 0) accepting_.emplace(bundle_.text(view().Rules[rule].id), rule);
    for (uint32_t at = pairs.first; at + 1 < pairs.first + pairs.count; at += 2) {
      const std::string name = string(at);
      if (name == "owner" && !acceptances_.empty()) {
        acceptances_.back().owner = string(at + 1);
      } else if (name == "until" && !acceptances_.empty()) {
        // Of bytes that are no timestamp: it is over, so that nothing is hidden by them.
        int64_t until_ns = std::numeric_limits<int64_t>::min();
        if (!guardvm::parse_timestamp(string(at + 1), until_ns)) until_ns = std::numeric_limits<int64_t>::min();
        acceptances_.back().until_ns = until_ns;
      } else {
        acceptances_.push_back({rule, name, string(at + 1), {}, {}});
      }
    }
  }
}

const Acceptance* Checker::acceptance_of(uint32_t rule, CheckId check) const {
  const auto before = [](const Acceptance& acceptance, uint32_t wanted) { return acceptance.rule < wanted; };
  auto at = std::lower_bound(acceptances_.begin(), acceptances_.end(), rule, before);
  for (; at != acceptances_.end() && at->rule == rule; ++at) {
    if (at->check == check_info(check).id && !expired(*at)) return &*at;
  }
  return nullptr;
}

bool Checker::accepts(uint32_t rule, CheckId check) const { return acceptance_of(rule, check) != nullptr; }

std::optional<Severity> Checker::severity_of(CheckId check, Severity severity) const {
  for (auto given = options_.severities.rbegin(); given != options_.severities.rend(); ++given) {
    if (given->first == check) return given->second;
  }
  for (const format::SeverityRow& row : view().Severities) {
    if (bundle_.text(row.check) != check_info(check).id) continue;
    const std::string_view word = bundle_.text(row.severity);
    if (word == "off") return std::nullopt;
    return word == "error" ? Severity::Error : (word == "warning" ? Severity::Warning : Severity::Note);
  }
  return severity;
}

void Checker::report(Finding finding) {
  const std::optional<Severity> severity = severity_of(finding.check, finding.severity);
  if (!severity) return;
  finding.severity = *severity;
  for (const std::string& rule : finding.rules) {
    const auto at = accepting_.find(rule);
    const Acceptance* acceptance = at == accepting_.end() ? nullptr : acceptance_of(at->second, finding.check);
    if (acceptance == nullptr) continue;
    finding.acceptance = *acceptance;
    break;
  }
  findings_.push_back(std::move(finding));
}

void Checker::inconclusive(CheckId check, const std::vector<uint32_t>& rules, const std::string& what) {
  Finding finding;
  finding.check = check;
  finding.severity = check_info(check).severity;
  finding.inconclusive = true;
  for (const uint32_t rule : rules) {
    finding.rules.push_back(rule_id(rule));
    finding.places.push_back(place(rule));
  }
  finding.message = what + ": the budget of the engines was not enough";
  findings_.push_back(std::move(finding));
}

}  // namespace guard::verify
