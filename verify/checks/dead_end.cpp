// dead-end: holds of the rules that hold an admissible action exactly when the action stays held (or is denied): with
//   everything else in it fixed, no approvals, no signals and no later instant make it allowed. Each rule that is unmet
//   in such an action is named by one finding. Actions that a rule holds which accepts its dead ends are left out.
//
// Ages pass with the instant: a timestamp of the action is as much older at a later instant as has passed. The end of
// the horizon is no dead end: the action's own instant, and those that it names, lie at least 400 days before it, so
// what recurs, recurs.
//
// SOUND: exists-forall by refinement. A held action is proposed, with its instant and ages; every later instant that
//   differs in windows or ages is tried with free approvals and signals. If none allows it, that very action is the
//   finding. If one does, all proposals that the same approvals and signals release at these times are excluded, and
//   the next one is made. A finding is always true. Of the many instants and ages that one proposal stands for, the
//   earliest and the latest are tried; an end that only others of them show is not found.
// COST: two questions per proposal and try.
#include <algorithm>
#include <set>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

constexpr int64_t kMargin_ns = 400LL * 86400 * 1'000'000'000;
constexpr size_t kMaxProposals = 40;

class DeadEnds {
 public:
  DeadEnds(Checker& checker, KindState& kind) : checker_(checker), kind_(kind), model_(kind.decision.model) {}

  void run() {
    DecisionModel& decision = kind_.decision;
    std::vector<size_t> among;
    Formulas& f = model_.formulas;
    std::vector<Formula> waits;  // per position of `among`: applied and unmet
    std::vector<Formula> can_hold;
    for (size_t i = 0; i < decision.rules.size(); ++i) {
      const RuleOnKind& rule = decision.rules[i];
      if (!rule.enforced || !decides(decision.row(rule).effect) || checker_.never[rule.rule]) continue;
      among.push_back(i);
      const bool asks = rule.met != kTrue;
      waits.push_back(asks ? f.both(decision.stands(i), f.negation(rule.met)) : kFalse);
      if (asks) can_hold.push_back(waits.back());
    }
    if (can_hold.empty()) return;
    const Outcomes outcomes = decision.outcomes(among);
    std::vector<Formula> further{f.both(outcomes.allow, decision.holds)};
    further.insert(further.end(), waits.begin(), waits.end());
    for (const size_t i : among) {
      const bool denies = decision.row(decision.rules[i]).effect == format::Effect::Deny;
      further.push_back(denies ? f.negation(decision.stands(i)) : decision.rules[i].met);
    }
    const int64_t last = std::max(model_.world().as_of + 1, model_.world().to - kMargin_ns);
    last_ns_ = last;
    std::vector<TermId> terms;
    grounding_ = kind_.grounder.ground({outcomes.hold, decision.holds, decision.at_time}, further, terms);
    mark();
    for (size_t i = 1 + among.size(); i < terms.size(); ++i) {
      if (terms[i] != kTrueTerm && terms[i] != kFalseTerm) mets_.push_back(terms[i]);
    }
    for (size_t i = 0; i < among.size(); ++i) {
      if (!checker_.accepts(decision.rules[among[i]].rule, CheckId::DeadEnd)) continue;
      grounding_->problem.required.push_back(grounding_->problem.opposite(terms[i + 1]));
    }
    prefer_strangers();
    search(among, terms);
  }

 private:
  // Which variables a release may choose, and which follow from the instant.
  void mark() {
    const SiteId approvals{model_.row().approvals};
    const size_t count = grounding_->problem.variables.size();
    free_.assign(count, false);
    timed_.assign(count, false);
    for (const Grounding::Instance& own : grounding_->instances) {
      const Site& site = model_.site(own.site);
      const bool is_signal = site.kind == SiteKind::Signal || model_.leaf(own.site).signal != format::kNone;
      const bool is_approval = approvals != kNoSite && (own.site == approvals || site.list == approvals);
      if (is_signal || is_approval) {
        if (own.variable != kNoRow) free_[own.variable] = true;
        for (uint32_t i = 0; i < own.flags; ++i) free_[own.first_flag + i] = true;
      } else if (own.site == model_.now_site()) {
        now_ = own.variable;
        now_group_ = own.group;
        timed_[own.variable] = true;
      } else if (site.age && own.variable != kNoRow) {
        ages_.push_back({own.variable, own.group, own.site});
        timed_[own.variable] = true;
      }
    }
    for (const GroundSum& sum : grounding_->problem.sums) {
      for (const auto& term : sum.terms) {
        const uint32_t variable = term.first;
        sums_of_ages_ = sums_of_ages_ || std::any_of(ages_.begin(), ages_.end(),
                                                     [variable](const Aged& age) { return age.variable == variable; });
      }
    }
    if (now_ == kNoRow) return;
    clock_ = grounding_->problem.variables[now_].intervals;
    Domain& instants = model_.domain(model_.now_site());
    for (uint32_t cls = 0; cls < instants.classes(); ++cls) {
      uint32_t value = 0;
      while (!kind_.grounder.stands_for(now_group_, value, cls)) ++value;
      for (const Interval& part : instants.intervals(cls)) parts_.push_back({part, value});
    }
    std::sort(parts_.begin(), parts_.end(), [](const auto& a, const auto& b) { return a.first.low < b.first.low; });
  }

  // Approvals of people whom no attribute names serve more actions.
  void prefer_strangers() {
    Problem& problem = grounding_->problem;
    if (model_.row().approvals == format::kNone) return;
    const SiteId list{model_.row().approvals}, by = model_.column_site(list, model_.row().approval_by);
    const Grounding::Instance* rows = grounding_->find(list, kNoRow);
    if (rows == nullptr || grounding_->find(by, 0) == nullptr) return;
    std::vector<TermId> all;
    for (uint32_t r = 0; r < rows->flags; ++r) {
      const Grounding::Instance& own = *grounding_->find(by, r);
      const std::vector<GroupValue>& values = grounding_->groups[own.group];
      if (own.fixed != kNoRow) {
        if (values[own.fixed].member < grounding_->named[own.group])
          all.push_back(problem.lit(rows->first_flag + r, {1}));
        continue;
      }
      Mask mask = empty_mask(problem.variables[own.variable].values);
      for (uint32_t v = 0; v < values.size(); ++v) {
        if (values[v].member >= grounding_->named[own.group])
          set_bit(mask, v + (problem.variables[own.variable].absent ? 1 : 0));
      }
      all.push_back(problem.any({problem.lit(rows->first_flag + r, {1}), problem.lit(own.variable, std::move(mask))}));
    }
    const TermId strangers = problem.all(std::move(all));
    if (strangers != kTrueTerm && strangers != kFalseTerm) mets_.insert(mets_.begin(), strangers);
  }

  void search(const std::vector<size_t>& among, const std::vector<TermId>& terms) {
    Problem& problem = grounding_->problem;
    if (now_ != kNoRow) {  // Not in the last 400 days.
      Mask mask = empty_mask(problem.variables[now_].values);
      for (const auto& [part, value] : parts_) {
        if (part.low >= model_.world().as_of && part.low < last_ns_) set_bit(mask, value);
      }
      problem.required.push_back(problem.lit(now_, std::move(mask)));
      problem.variables[now_].intervals = clipped(clock_, model_.world().as_of, last_ns_ - 1);
    }
    stay_in_time();
    unnamed_.assign(among.size(), true);
    for (size_t turn = 0; turn < kMaxProposals + among.size(); ++turn) {
      Assignment held;
      const Verdict verdict = checker_.solver().search(problem, held);
      if (verdict == Verdict::Unknown) return unsure();
      if (verdict == Verdict::Impossible) return coarse_ ? unsure() : void();
      Assignment release;
      const int64_t own = clock_.empty() ? 0 : held.numbers[now_];
      const Verdict at_once = ask_release(terms[0], held, {own_times(held)}, {own, own}, release);
      if (at_once == Verdict::Unknown) return unsure();
      if (at_once == Verdict::Possible) {
        exclude(terms[0], held, {release}, When::AtOnce);
        continue;
      }
      const Verdict far = ask_far(terms[0], held, release);
      if (far == Verdict::Unknown) return unsure();
      if (far == Verdict::Possible) {
        exclude(terms[0], held, {release}, When::Far);
        continue;
      }
      std::vector<Assignment> releases;
      const std::optional<bool> released = releasable(terms[0], held, releases);
      if (!released) return unsure();
      if (*released) {
        exclude(terms[0], held, releases, When::Later);
        continue;
      }
      report(among, terms, held);
    }
    unsure();
  }

  // Parts of numbers from `low` to `high`, per value.
  using Parts = std::vector<std::vector<Interval>>;
  static Parts clipped(Parts values, int64_t low, int64_t high) {
    for (std::vector<Interval>& parts : values) {
      std::erase_if(parts, [&](const Interval& part) { return part.high < low || part.low > high; });
      for (Interval& part : parts) part = {std::max(part.low, low), std::min(part.high, high)};
    }
    return values;
  }

  // What waits for an instant that an action itself puts beyond the horizon is not looked at.
  void stay_in_time() {
    Problem& problem = grounding_->problem;
    for (const Grounding::Instance& own : grounding_->instances) {
      const Site& site = model_.site(own.site);
      const bool instant = site.kind == SiteKind::Scalar && model_.leaf(own.site).type == format::Type::Timestamp;
      if (!instant || site.age || own.variable == kNoRow || own.variable == now_ || free_[own.variable]) continue;
      Variable& variable = problem.variables[own.variable];
      if (variable.intervals.empty()) continue;
      variable.intervals = clipped(std::move(variable.intervals), INT64_MIN, last_ns_ - 1);
      Mask mask = empty_mask(variable.values);
      if (variable.absent) set_bit(mask, 0);
      for (uint32_t v = 0; v < variable.intervals.size(); ++v) {
        if (!variable.intervals[v].empty()) set_bit(mask, v + (variable.absent ? 1 : 0));
      }
      const TermId term = problem.lit(own.variable, std::move(mask));
      if (term != kTrueTerm) problem.required.push_back(term);
    }
  }

  void unsure() {
    checker_.inconclusive(CheckId::DeadEnd, {}, "dead ends of kind `" + checker_.kind_name(model_.kind()) + "`");
  }

  // An instant of the proposal: the first of its class, or the last one before the margin. Without ages the later one
  // has the fewer times after it.
  std::optional<int64_t> instant(const Assignment& held, bool late) const {
    if (now_ == kNoRow) return model_.world().as_of;
    if (!clock_.empty()) return held.numbers[now_];
    std::optional<int64_t> found;
    for (const auto& [part, value] : parts_) {
      if (value != held.values[now_] || part.high < model_.world().as_of || part.low >= last_ns_) continue;
      if (!late) return std::max(part.low, model_.world().as_of);
      found = std::min(part.high, last_ns_ - 1);
    }
    return found;
  }

  enum class When : uint8_t { AtOnce, Far, Later };
  [[nodiscard]] std::vector<uint32_t> own_times(const Assignment& held) const {
    std::vector<uint32_t> key;
    if (now_ != kNoRow) key.push_back(held.values[now_]);
    for (const Aged& age : ages_) key.push_back(held.values[age.variable]);
    return key;
  }

  struct Aged {
    uint32_t variable, group;
    SiteId site;
  };

  // The age that a variable's value stands for, the least or the greatest of its cell that is no exaggeration.
  int64_t age_of(const Aged& age, const Assignment& held, bool old) const {
    const Variable& variable = grounding_->problem.variables[age.variable];
    const uint32_t offset = variable.absent ? 1 : 0;
    if (held.values[age.variable] < offset) return 0;
    if (!variable.intervals.empty()) return held.numbers[age.variable];
    const std::vector<Interval> parts =
        model_.domain(age.site).intervals(grounding_->groups[age.group][held.values[age.variable] - offset].cls);
    const int64_t low = parts.front().low, high = parts.back().high;
    const int64_t plain = std::clamp<int64_t>(0, low, high);
    return old && high < model_.max_age() ? high : (low > model_.min_age() ? low : plain);
  }

  uint32_t value_at(const Aged& age, int64_t ns, bool absent) const {
    const Variable& variable = grounding_->problem.variables[age.variable];
    const uint32_t offset = variable.absent ? 1 : 0;
    if (absent) return 0;
    Domain& domain = model_.domain(age.site);
    for (uint32_t cls = 0; cls < domain.classes(); ++cls) {
      const Interval part = domain.intervals(cls)[0];
      if (ns < part.low || ns > part.high) continue;
      for (uint32_t v = 0; v + offset < variable.values; ++v) {
        if (kind_.grounder.stands_for(age.group, v, cls)) return v + offset;
      }
    }
    return offset;
  }

  // Whether some later instant, approvals and signals allow the action, from each of its instants and ages that are
  // tried; nothing: not answered.
  std::optional<bool> releasable(TermId allow, const Assignment& held, std::vector<Assignment>& releases) {
    for (const bool late : {true, false}) {
      for (const bool old : {false, true}) {
        if (ages_.empty() && (old || !late)) continue;
        const std::optional<int64_t> t = instant(held, late);
        if (!t) return std::nullopt;
        Assignment release;
        const std::optional<bool> one = releasable_from(allow, held, *t, old, release);
        if (!one) return std::nullopt;
        if (!*one) {
          // Shown at its first instant when it is stuck there already.
          const std::optional<int64_t> first = instant(held, false);
          stuck_at_ = first && releasable_from(allow, held, *first, old, release) == false ? *first : *t;
          stuck_old_ = old;
          return false;
        }
        releases.push_back(std::move(release));
      }
    }
    return true;
  }

  std::optional<bool> releasable_from(TermId allow, const Assignment& held, int64_t t, bool old, Assignment& release) {
    std::set<std::vector<uint32_t>> times;
    std::vector<int64_t> ages;
    for (const Aged& age : ages_) ages.push_back(age_of(age, held, old));
    std::vector<std::pair<Interval, uint32_t>> parts = parts_;
    if (now_ == kNoRow) parts = {{{model_.world().from, model_.world().to - 1}, 0}};
    for (const auto& [part, value] : parts) {
      if (part.high < t) continue;
      const int64_t first = std::max(part.low, t) - t, last = part.high - t;
      std::vector<int64_t> deltas{first};
      for (size_t i = 0; i < ages_.size(); ++i) add_crossings(ages_[i], ages[i], first, last, deltas);
      for (const int64_t delta : deltas) {
        std::vector<uint32_t> key;
        if (now_ != kNoRow) key.push_back(value);
        for (size_t i = 0; i < ages_.size(); ++i) {
          const bool fits = ages[i] <= model_.max_age() - delta;
          key.push_back(value_at(ages_[i], fits ? ages[i] + delta : model_.max_age(), is_absent(ages_[i], held)));
        }
        times.insert(std::move(key));
      }
    }
    const Verdict verdict = ask_release(allow, held, times, {t, model_.world().to - 1}, release);
    return verdict == Verdict::Unknown ? std::nullopt : std::optional(verdict == Verdict::Possible);
  }

  bool is_absent(const Aged& age, const Assignment& held) const {
    return grounding_->problem.variables[age.variable].absent && held.values[age.variable] == 0;
  }

  // The far future: windows that recur, and every age beyond all that is asked of it.
  Verdict ask_far(TermId allow, const Assignment& held, Assignment& release) {
    std::set<std::vector<uint32_t>> times;
    std::vector<uint32_t> key;
    for (const Aged& age : ages_) key.push_back(value_at(age, model_.max_age(), is_absent(age, held)));
    if (now_ == kNoRow) times.insert(key);
    for (const auto& [part, value] : parts_) {
      if (part.high < last_ns_) continue;
      std::vector<uint32_t> own{value};
      own.insert(own.end(), key.begin(), key.end());
      times.insert(std::move(own));
    }
    return ask_release(allow, held, times, {last_ns_, model_.world().to - 1}, release);
  }

  // Where an age reaches the next class while the instant moves from t + first to t + last.
  void add_crossings(const Aged& age, int64_t from, int64_t first, int64_t last, std::vector<int64_t>& deltas) const {
    Domain& domain = model_.domain(age.site);
    for (uint32_t cls = 0; cls < domain.classes(); ++cls) {
      const __int128 delta = static_cast<__int128>(domain.intervals(cls)[0].low) - from;
      if (delta > first && delta <= last) deltas.push_back(static_cast<int64_t>(delta));
    }
  }

  // Whether the action is allowed at one of the times, each a value of `now` and of the ages; `within`: where sums read
  // the instant, it lies there.
  Verdict ask_release(TermId allow, const Assignment& held, const std::set<std::vector<uint32_t>>& times,
                      const Interval& within, Assignment& release) {
    Problem problem = grounding_->problem;
    if (now_ != kNoRow) problem.variables[now_].intervals = clipped(clock_, within.low, within.high);
    problem.required = grounding_->structure;
    problem.required.push_back(allow);
    for (uint32_t v = 0; v < problem.variables.size(); ++v) {
      if (!free_[v] && !timed_[v]) fix_value(problem, v, held.values[v], held.numbers[v]);
    }
    std::vector<TermId> either;
    for (const std::vector<uint32_t>& key : times) {
      std::vector<TermId> parts;
      const auto is = [&](uint32_t v, uint32_t value) {
        Mask mask = empty_mask(problem.variables[v].values);
        set_bit(mask, value);
        parts.push_back(problem.lit(v, std::move(mask)));
      };
      size_t at = 0;
      if (now_ != kNoRow) is(now_, key[at++]);
      for (const Aged& age : ages_) is(age.variable, key[at++]);
      either.push_back(problem.all(std::move(parts)));
    }
    const TermId at_some_time = problem.any(std::move(either));
    if (at_some_time != kTrueTerm) problem.required.push_back(at_some_time);
    release = {};
    const Verdict verdict = checker_.solver().search(problem, release);
    if (verdict == Verdict::Possible) make_generous(problem, release);
    return verdict;
  }

  // A release that meets whatever can be met with it serves many other actions too.
  void make_generous(Problem& problem, Assignment& release) {
    std::vector<TermId> open = mets_;
    for (size_t step = open.size(); step > 0; step /= 2) {
      for (size_t first = 0; first < open.size(); first += step) {
        const size_t before = problem.required.size();
        for (size_t i = first; i < std::min(open.size(), first + step); ++i) problem.required.push_back(open[i]);
        Assignment other;
        if (checker_.solver().search(problem, other) == Verdict::Possible) {
          release = std::move(other);
          const auto from = open.begin() + static_cast<std::ptrdiff_t>(first);
          open.erase(from, open.begin() + static_cast<std::ptrdiff_t>(std::min(open.size(), first + step)));
          first -= step;
        } else {
          problem.required.resize(before);
        }
      }
    }
  }

  void fix_value(Problem& problem, uint32_t v, uint32_t value, int64_t number) {
    Variable& variable = problem.variables[v];
    const uint32_t offset = variable.absent ? 1 : 0;
    if (!variable.intervals.empty() && !timed_[v] && value >= offset)
      variable.intervals[value - offset] = {{number, number}};
    Mask mask = empty_mask(variable.values);
    set_bit(mask, value);
    const TermId term = problem.lit(v, std::move(mask));
    if (term != kTrueTerm) problem.required.push_back(term);
  }

  // No more proposals of these times that the same approvals and signals release at the same later times: each of the
  // releases, where there are several.
  void exclude(TermId allow, const Assignment& held, const std::vector<Assignment>& releases, When when) {
    Problem& problem = grounding_->problem;
    std::vector<bool> chosen = free_;
    for (uint32_t v = 0; v < chosen.size(); ++v) chosen[v] = chosen[v] || (timed_[v] && when != When::AtOnce);
    // The numbers of ages, and instants beside ages, are not tied to each other.
    coarse_ = coarse_ || (when != When::AtOnce && (sums_of_ages_ || (!clock_.empty() && !ages_.empty())));
    std::vector<TermId> parts;
    for (const Assignment& release : releases) parts.push_back(problem.opposite(problem.fix(allow, chosen, release)));
    // At once: the times are the proposal's own. From any time the far future is reached, by what is there; a nearer
    // time is not.
    for (const Aged& age : ages_) {
      if (when == When::Far && problem.variables[age.variable].absent) {
        Mask mask = empty_mask(problem.variables[age.variable].values);
        set_bit(mask, 0);
        const TermId gone = problem.lit(age.variable, std::move(mask));
        parts.push_back(is_absent(age, held) ? problem.opposite(gone) : gone);
      }
      if (when == When::Later) parts.push_back(other_value(age.variable, held.values[age.variable]));
    }
    if (when == When::Later && !clock_.empty()) {
      for (const Assignment& release : releases) {
        parts.push_back(problem.sum({{{now_, 1}}, Compare::Gt, release.numbers[now_]}, false));
      }
    } else if (when == When::Later && now_ != kNoRow) {
      parts.push_back(other_value(now_, held.values[now_]));
    }
    problem.required.push_back(problem.any(std::move(parts)));
  }
  TermId other_value(uint32_t v, uint32_t value) {
    Problem& problem = grounding_->problem;
    Mask mask = full_mask(problem.variables[v].values);
    mask[value / 64] &= ~(uint64_t{1} << (value % 64));
    return problem.lit(v, std::move(mask));
  }

  void report(const std::vector<size_t>& among, const std::vector<TermId>& terms, const Assignment& held) {
    Problem& problem = grounding_->problem;
    Assignment shown = held;
    if (now_ != kNoRow) shown.exact[now_] = stuck_at_;
    for (const Aged& age : ages_) shown.exact[age.variable] = age_of(age, held, stuck_old_);
    Finding finding;
    finding.check = CheckId::DeadEnd;
    finding.severity = check_info(finding.check).severity;
    finding.kind = checker_.kind_name(model_.kind());
    Claims claims;
    claims.outcome_given = true;
    claims.outcomes = {guardvm::Outcome::Hold};
    for (size_t i = 0; i < among.size(); ++i) {
      if (!problem.holds(terms[i + 1], held)) continue;
      claims.rules.push_back({Claim::What::Stands, kind_.decision.rules[among[i]].rule});
      if (!unnamed_[i]) continue;
      const uint32_t rule = kind_.decision.rules[among[i]].rule;
      finding.rules.push_back(checker_.rule_id(rule));
      finding.places.push_back(checker_.place(rule, "is never met"));
      unnamed_[i] = false;
    }
    GUARD_CHECK(!finding.rules.empty(), "a held action that no rule holds");
    finding.message = "an action held by `" + finding.rules[0] + "` can never be released";
    std::vector<TermId> others;  // The next one is held by a rule that was not named.
    for (size_t i = 0; i < among.size(); ++i) {
      if (unnamed_[i]) others.push_back(terms[i + 1]);
    }
    problem.required.push_back(problem.any(std::move(others)));
    finding.witness = checker_.replay(kind_, *grounding_, shown, claims);
    checker_.report(std::move(finding));
  }

  Checker& checker_;
  KindState& kind_;
  KindModel& model_;
  std::unique_ptr<Grounding> grounding_;
  std::vector<bool> free_, timed_;
  std::vector<TermId> mets_;
  uint32_t now_ = kNoRow, now_group_ = kNoRow;
  std::vector<Aged> ages_;
  std::vector<std::pair<Interval, uint32_t>> parts_;  // of the horizon, ascending; the value of `now` there
  Parts clock_;                                       // of `now`, when sums read it
  bool sums_of_ages_ = false;                         // a sum reads an age
  int64_t last_ns_ = 0, stuck_at_ = 0;
  bool stuck_old_ = false;
  std::vector<bool> unnamed_;  // per position of `among`: no finding names the rule yet
  bool coarse_ = false;        // More proposals than were shown to be released have been excluded.
};

}  // namespace

void check_dead_end(Checker& checker) {
  for (auto& kind : checker.kinds()) {
    if (kind->failure.empty() && !kind->contradictory) DeadEnds(checker, *kind).run();
  }
}

}  // namespace guard::verify
