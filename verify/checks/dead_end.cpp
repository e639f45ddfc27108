// dead-end: holds of the rules that hold an admissible action exactly when the action stays held (or is denied): with
//   everything else in it fixed, no approvals, no signals and no later instant make it allowed. Each rule that is unmet
//   in such an action is named by one finding. Actions that a rule holds which accepts its dead ends are left out.
//
// Ages pass with the instant: a timestamp of the action is as much older at a later instant as has passed. The end of
// the horizon is no dead end: the action's own instant, and those that it names, lie at least 400 days before it, so
// what recurs, recurs.
//
// SOUND: exists-forall. Approvals and signals that serve at least as well as any others are given at once
//   (solve/best_values.hpp). What they release at the action's own instant, and in the far future, where every
//   recurring window comes again and every age is beyond all that is asked of it, is excluded as formulas. What is left
//   is refined: a held action is proposed, with its instant and ages; every later instant that differs in windows or
//   ages is tried. If none allows it, that very action is the finding. If one does, all proposals are excluded that are
//   released the same way: that have the ages it relies on, come before its instant, and are allowed whatever the other
//   ages are. A finding is always true. Of the many instants and ages that one proposal stands for, the earliest and
//   the latest are tried; an end that only others of them show is not found.
// COST: one question per waiting rule for most; two per proposal. A kind of many rules is asked rule by rule, about the
//   rules that can fire on the same actions.
#include <algorithm>
#include <optional>

#include "verify/checks/all.hpp"
#include "verify/checks/dead_end_rules.hpp"
#include "verify/solve/best_values.hpp"

namespace guard::verify {
namespace {

constexpr int64_t kMargin_ns = 400LL * 86400 * 1'000'000'000;
constexpr size_t kMaxProposals = 2000;
constexpr size_t kFirstSamples = 64;  // by the engine that is quick: most ends need fewer
constexpr size_t kFewRules = 64;      // of a kind: all are asked about together
constexpr size_t kManyRules = 300;    // among so many, some always makes it wait

// When the classes of a kind's instants are.
struct Calendar {
  Calendar(KindModel& model, int64_t last_ns) {
    Domain& instants = model.domain(model.now_site());
    early.assign(instants.classes(), false);
    far = early;
    for (uint32_t cls = 0; cls < instants.classes(); ++cls) {
      for (const Interval& part : instants.intervals(cls)) {
        parts.push_back({part, cls});
        if (part.low >= model.world().as_of && part.low < last_ns) early[cls] = true;
        if (part.high >= last_ns) far[cls] = true;
      }
    }
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.first.low < b.first.low; });
  }
  std::vector<std::pair<Interval, uint32_t>> parts;  // of the horizon, ascending, with their class
  std::vector<bool> early, far;                      // per class: comes from `as_of` to the last instant, after it
};

class DeadEnds {
 public:
  DeadEnds(Checker& checker, KindState& kind, const Calendar& calendar, int64_t last_ns, std::vector<bool>& named)
      : checker_(checker),
        kind_(kind),
        model_(kind.decision.model),
        calendar_(calendar),
        last_ns_(last_ns),
        named_(named) {}

  // Dead ends of the rules at the positions `targets`; `among`: all that can fire on the same actions.
  void run(const std::vector<size_t>& targets, std::vector<size_t> among) {
    prepare(targets, std::move(among));
    search();
  }

  // Those of one rule, when only the rules at `some` are known to matter. Gives others, out of `among`, that deny what
  // seemed to be a dead end: it is to be asked again with them. Nothing: done.
  [[nodiscard]] std::vector<size_t> run_some(size_t target, std::vector<size_t> some,
                                             const std::vector<size_t>& among) {
    beside_ = &among;
    prepare({target}, std::move(some));
    alone_ = true;
    search();
    return std::move(deniers_);
  }

  // Whether it is proved that of one rule, among those at `some`, approvals and signals allow every action at its own
  // instant.
  [[nodiscard]] bool none_at_once(size_t target, std::vector<size_t> some) {
    at_once_ = true;
    prepare({target}, std::move(some));
    return search();
  }

 private:
  void prepare(const std::vector<size_t>& targets, std::vector<size_t> among) {
    among_ = std::move(among);
    alone_ = targets.size() < among_.size() && targets.size() == 1;
    DecisionModel& decision = kind_.decision;
    Formulas& f = model_.formulas;
    std::vector<Formula> waits, wanted;  // per position of `among`: applied and unmet
    for (const size_t i : among_) {
      const RuleOnKind& rule = decision.rules[i];
      waits.push_back(rule.met != kTrue ? f.both(decision.stands(i), f.negation(rule.met)) : kFalse);
      is_target_.push_back(std::find(targets.begin(), targets.end(), i) != targets.end());
      if (is_target_.back()) wanted.push_back(waits.back());
    }
    const Outcomes outcomes = decision.outcomes(among_);
    std::vector<Formula> further{f.both(outcomes.allow, decision.holds)};
    further.insert(further.end(), waits.begin(), waits.end());
    for (const size_t i : among_) {
      const bool denies = decision.row(decision.rules[i]).effect == format::Effect::Deny;
      further.push_back(denies ? f.negation(decision.stands(i)) : decision.rules[i].met);
    }
    std::vector<TermId> terms;
    grounding_ =
        kind_.grounder.ground({f.any(wanted), outcomes.hold, decision.holds, decision.at_time}, further, terms);
    waits_.assign(terms.begin() + 1, terms.begin() + 1 + static_cast<std::ptrdiff_t>(among_.size()));
    mark();
    Problem& problem = grounding_->problem;
    for (size_t i = 1 + among_.size(); i < terms.size(); ++i) {
      if (terms[i] != kTrueTerm && terms[i] != kFalseTerm) mets_.push_back(terms[i]);
    }
    std::sort(mets_.begin(), mets_.end());  // Many rules require the same.
    mets_.erase(std::unique(mets_.begin(), mets_.end()), mets_.end());
    for (size_t i = 0; i < among_.size(); ++i) {
      if (!checker_.accepts(decision.rules[among_[i]].rule, CheckId::DeadEnd)) continue;
      problem.required.push_back(problem.opposite(waits_[i]));
    }
    prefer_strangers();
    choose_best(terms[0]);
  }

  enum class When : uint8_t { AtOnce, Far, Later };

  // Which variables a release may choose, and which follow from the instant.
  void mark() {
    const SiteId approvals{model_.row().approvals};
    const size_t count = grounding_->problem.variables.size();
    free_.assign(count, false);
    timed_.assign(count, false);
    said_.assign(count, false);
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
        ages_.push_back({own.variable, own.group, own.site, steps_of(own)});
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
    for (const FreeText& text : grounding_->problem.texts) {
      for (uint32_t i = 0; i < text.matches.size(); ++i) {
        (text.late ? free_ : said_)[text.first_flag + i] = true;
      }
    }
    if (now_ == kNoRow) return;
    clock_ = grounding_->problem.variables[now_].intervals;
    value_of_class_.assign(calendar_.early.size(), 0);
    for (uint32_t v = 0; v < grounding_->problem.variables[now_].values; ++v) {
      for (const ClassSet::Interval& part : kind_.grounder.classes(now_group_, v).intervals()) {
        // Of values that stand for one class, the first.
        for (uint32_t cls = part.first; cls < part.last; ++cls) {
          if (value_of_class_[cls] == 0) value_of_class_[cls] = v + 1;
        }
      }
    }
    for (uint32_t& value : value_of_class_) --value;
  }

  // The values of `now` whose classes are marked.
  [[nodiscard]] Mask values_of(const std::vector<bool>& classes) const {
    Mask mask = empty_mask(grounding_->problem.variables[now_].values);
    for (uint32_t cls = 0; cls < classes.size(); ++cls) {
      if (classes[cls]) set_bit(mask, value_of_class_[cls]);
    }
    return mask;
  }

  // What allows the action, with the approvals and signals that are given at once.
  void choose_best(TermId allow) {
    Problem& problem = grounding_->problem;
    std::vector<TermId> release{allow};
    for (const TermId term : grounding_->structure) release.push_back(term);
    open_ = free_;
    choose_best_values(problem, release, open_);
    allow_ = problem.all(std::move(release));
    for (uint32_t v = 0; v < open_.size(); ++v) any_open_ = any_open_ || open_[v];
    timed_sums_ = sums_of_ages_ || !clock_.empty();
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

  Verdict sample(Problem& problem, Assignment& solution) {
    Solver& solver = checker_.solver();
    return ++samples_ > kFirstSamples ? solver.sample(problem, solution) : solver.search(problem, solution);
  }

  // False: a probe found what may be a dead end, or it was not answered.
  bool search() {
    Problem& problem = grounding_->problem;
    if (now_ != kNoRow) {  // Not in the last 400 days.
      problem.required.push_back(problem.lit(now_, values_of(calendar_.early)));
      problem.variables[now_].intervals = clipped(clock_, model_.world().as_of, last_ns_ - 1);
    }
    stay_in_time();
    if (!any_open_) exclude_allowed(allow_);
    for (size_t turn = 0; turn < kMaxProposals; ++turn) {
      Assignment held;
      const Verdict verdict = sample(problem, held);
      if (verdict == Verdict::Unknown) return unsure();
      if (verdict == Verdict::Impossible) return coarse_ ? unsure() : true;
      const std::optional<bool> released = exclude_released(held);
      if (!released) return unsure();
      if (!*released && at_once_) return false;
      if (!*released && beside_ != nullptr && is_denied(held)) return false;
      if (!*released) report(held);
    }
    return unsure();
  }

  // No more proposals that `allow` allows at their own instant or in the far future.
  void exclude_allowed(TermId allow) {
    Problem& problem = grounding_->problem;
    problem.required.push_back(problem.opposite(allow));
    if (timed_sums_ || at_once_) return;
    for (const TermId term : allowed_far(allow)) problem.required.push_back(problem.opposite(term));
  }

  // Whether the proposal can be released; excludes all that the same release serves. Nothing: not answered.
  std::optional<bool> exclude_released(const Assignment& held) {
    Assignment release;
    if (any_open_) {
      const int64_t own = clock_.empty() ? 0 : held.numbers[now_];
      const Verdict at_once = ask_release(held, {own_time(held)}, {own, own}, release);
      if (at_once == Verdict::Unknown) return std::nullopt;
      if (at_once == Verdict::Possible) return exclude_served(held, release, When::AtOnce);
    }
    if (at_once_) return false;
    if (any_open_ || timed_sums_) {
      const Verdict far = ask_far(held, release);
      if (far == Verdict::Unknown) return std::nullopt;
      if (far == Verdict::Possible) return exclude_served(held, release, When::Far);
    }
    std::vector<Assignment> releases;
    const std::optional<bool> released = releasable(held, releases);
    if (released && *released) {
      if (timed_sums_) {
        exclude(held, releases, When::Later);
      } else {
        exclude_later(held, releases);
      }
    }
    return released;
  }

  // No more proposals that approvals and signals which need no waiting serve: those of the release.
  bool exclude_served(const Assignment& held, const Assignment& release, When when) {
    if (timed_sums_) {
      exclude(held, {release}, when);
    } else {
      exclude_allowed(grounding_->problem.fix(allow_, open_, release));
    }
    return true;
  }

  // What allows an action in the far future, at each instant there that no other is better than.
  std::vector<TermId> allowed_far(TermId allow) {
    Problem& problem = grounding_->problem;
    std::vector<uint32_t> instants;
    if (now_ == kNoRow) {
      instants.push_back(0);
    } else {
      const Mask far = values_of(calendar_.far);
      const std::vector<uint32_t> masks = masks_of(problem, {allow})[now_];
      std::vector<std::vector<bool>> serves;  // per instant, which masks admit it
      for (uint32_t v = 0; v < problem.variables[now_].values; ++v) {
        if (!has_bit(far, v)) continue;
        std::vector<bool> own;
        for (const uint32_t row : masks) own.push_back(has_bit(problem.mask(row), v));
        const auto as_good = [&](const std::vector<bool>& better, const std::vector<bool>& than) {
          for (size_t i = 0; i < than.size(); ++i) {
            if (than[i] && !better[i]) return false;
          }
          return true;
        };
        if (std::any_of(serves.begin(), serves.end(), [&](const auto& other) { return as_good(other, own); })) continue;
        for (size_t i = serves.size(); i > 0; --i) {
          if (!as_good(own, serves[i - 1])) continue;
          serves.erase(serves.begin() + static_cast<std::ptrdiff_t>(i - 1));
          instants.erase(instants.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
        serves.push_back(std::move(own));
        instants.push_back(v);
      }
    }
    std::vector<uint32_t> oldest(problem.variables.size(), kNoRow);
    for (const Aged& age : ages_) oldest[age.variable] = value_at(age, model_.max_age());
    std::vector<TermId> terms;
    for (const uint32_t instant : instants) {
      terms.push_back(problem.rewrite(allow, [&](TermId leaf) {
        const Term own = problem.term(leaf);
        if (own.op != Term::Op::Lit) return leaf;
        const Mask mask = problem.mask(own.row);
        if (own.variable == now_) return has_bit(mask, instant) ? kTrueTerm : kFalseTerm;
        if (oldest[own.variable] == kNoRow) return leaf;
        return when_present(own.variable, has_bit(mask, oldest[own.variable]), mask);
      }));
    }
    return terms;
  }

  // The literal of an age that is another one by now: `there` when it is present; absent as the mask says.
  TermId when_present(uint32_t variable, bool there, const Mask& mask) {
    Problem& problem = grounding_->problem;
    if (!problem.variables[variable].absent) return there ? kTrueTerm : kFalseTerm;
    const bool absent = has_bit(mask, 0);
    if (absent == there) return there ? kTrueTerm : kFalseTerm;
    Mask own = empty_mask(problem.variables[variable].values);
    set_bit(own, 0);
    const TermId gone = problem.lit(variable, std::move(own));
    return absent ? gone : problem.opposite(gone);
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

  bool unsure() {
    if (at_once_) return false;
    checker_.inconclusive(CheckId::DeadEnd, {}, "dead ends of kind `" + checker_.kind_name(model_.kind()) + "`");
    return false;
  }

  // An instant of the proposal: the first of its class, or the last one before the margin. Without ages the later one
  // has the fewer times after it.
  std::optional<int64_t> instant(const Assignment& held, bool late) const {
    if (now_ == kNoRow) return model_.world().as_of;
    if (!clock_.empty()) return held.numbers[now_];
    std::optional<int64_t> found;
    for (const auto& [part, cls] : calendar_.parts) {
      if (part.high < model_.world().as_of || part.low >= last_ns_) continue;
      if (value_of_class_[cls] != held.values[now_]) continue;
      if (!late) return std::max(part.low, model_.world().as_of);
      found = std::min(part.high, last_ns_ - 1);
    }
    return found;
  }

  // A time of the action: the values of the ages, and what `now` is in the meantime.
  struct Span {
    int64_t wait_ns = 0;  // from the proposal's instant on
    std::vector<uint32_t> ages;
    Mask now;
  };
  [[nodiscard]] Span own_time(const Assignment& held) const {
    Span span;
    if (now_ != kNoRow) {
      span.now = empty_mask(grounding_->problem.variables[now_].values);
      set_bit(span.now, held.values[now_]);
    }
    for (const Aged& age : ages_) span.ages.push_back(held.values[age.variable]);
    return span;
  }

  struct Aged {
    uint32_t variable, group;
    SiteId site;
    std::vector<std::pair<int64_t, uint32_t>> steps;  // the age from which on it has the value, ascending
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

  std::vector<std::pair<int64_t, uint32_t>> steps_of(const Grounding::Instance& own) const {
    const Variable& variable = grounding_->problem.variables[own.variable];
    const uint32_t offset = variable.absent ? 1 : 0;
    std::vector<std::pair<int64_t, uint32_t>> steps;
    Domain& domain = model_.domain(own.site);
    for (uint32_t v = 0; v + offset < variable.values; ++v) {
      for (const ClassSet::Interval& part : kind_.grounder.classes(own.group, v).intervals()) {
        steps.emplace_back(domain.intervals(part.first)[0].low, v + offset);
      }
    }
    // Of values that stand for one class, the first.
    std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    steps.erase(
        std::unique(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
        steps.end());
    return steps;
  }

  static uint32_t value_at(const Aged& age, __int128 ns) {
    uint32_t value = age.steps[0].second;
    for (const auto& [from, own] : age.steps) {
      if (from <= ns) value = own;
    }
    return value;
  }

  // Whether some later instant, approvals and signals allow the action, from each of its instants and ages that are
  // tried; nothing: not answered.
  std::optional<bool> releasable(const Assignment& held, std::vector<Assignment>& releases) {
    waits_ns_.clear();
    for (const bool late : {true, false}) {
      for (const bool old : {false, true}) {
        if (ages_.empty() && (old || !late)) continue;
        const std::optional<int64_t> t = instant(held, late);
        if (!t) return std::nullopt;
        Assignment release;
        const std::optional<bool> one = releasable_from(held, *t, old, release);
        if (!one) return std::nullopt;
        if (!*one) {
          // Shown at its first instant when it is stuck there already.
          const std::optional<int64_t> first = instant(held, false);
          stuck_at_ = first && releasable_from(held, *first, old, release) == false ? *first : *t;
          stuck_old_ = old;
          return false;
        }
        releases.push_back(std::move(release));
        waits_ns_.push_back(wait_ns_);
      }
    }
    return true;
  }

  std::optional<bool> releasable_from(const Assignment& held, int64_t t, bool old, Assignment& release) {
    // Between the instants at which some age reaches its next value, only the windows change.
    const int64_t end = model_.world().to - 1 - t;
    std::vector<int64_t> ages, starts{0};
    for (const Aged& age : ages_) {
      ages.push_back(age_of(age, held, old));
      if (is_absent(age, held)) continue;
      for (const auto& [from, value] : age.steps) {
        const __int128 wait = static_cast<__int128>(from) - ages.back();
        if (wait > 0 && wait <= end) starts.push_back(static_cast<int64_t>(wait));
      }
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    std::vector<Span> spans;
    auto part = calendar_.parts.begin();
    for (size_t s = 0; s < starts.size(); ++s) {
      Span span{starts[s], {}, {}};
      for (size_t i = 0; i < ages_.size(); ++i) {
        const bool absent = is_absent(ages_[i], held);
        span.ages.push_back(absent ? 0 : value_at(ages_[i], static_cast<__int128>(ages[i]) + starts[s]));
      }
      if (now_ != kNoRow) {
        span.now = empty_mask(grounding_->problem.variables[now_].values);
        const int64_t first = t + starts[s], last = t + (s + 1 < starts.size() ? starts[s + 1] - 1 : end);
        while (part->first.high < first) ++part;
        for (auto at = part; at != calendar_.parts.end() && at->first.low <= last; ++at) {
          set_bit(span.now, value_of_class_[at->second]);
        }
      }
      spans.push_back(std::move(span));
    }
    const Verdict verdict = ask_release(held, spans, {t, model_.world().to - 1}, release);
    if (verdict == Verdict::Possible) wait_ns_ = wait_of(spans, release);
    return verdict == Verdict::Unknown ? std::nullopt : std::optional(verdict == Verdict::Possible);
  }

  // How long after the proposal's instant the ages are first those of the release.
  [[nodiscard]] int64_t wait_of(const std::vector<Span>& spans, const Assignment& release) const {
    for (const Span& span : spans) {
      bool same = now_ == kNoRow || has_bit(span.now, release.values[now_]);
      for (size_t i = 0; i < ages_.size(); ++i) same = same && span.ages[i] == release.values[ages_[i].variable];
      if (same) return span.wait_ns;
    }
    GUARD_CHECK(false, "a release at no time that was offered");
  }

  bool is_absent(const Aged& age, const Assignment& held) const {
    return grounding_->problem.variables[age.variable].absent && held.values[age.variable] == 0;
  }

  // The far future: windows that recur, and every age beyond all that is asked of it.
  Verdict ask_far(const Assignment& held, Assignment& release) {
    Span span;
    if (now_ != kNoRow) span.now = values_of(calendar_.far);
    for (const Aged& age : ages_) span.ages.push_back(is_absent(age, held) ? 0 : value_at(age, model_.max_age()));
    return ask_release(held, {span}, {last_ns_, model_.world().to - 1}, release);
  }

  // Whether the action is allowed at one of the times; `within`: where sums read the instant, it lies there.
  Verdict ask_release(const Assignment& held, const std::vector<Span>& times, const Interval& within,
                      Assignment& release) {
    Problem& problem = grounding_->problem;
    std::vector<TermId> proposed = std::move(problem.required);
    Parts own_clock;
    if (now_ != kNoRow) {
      own_clock = std::move(problem.variables[now_].intervals);
      problem.variables[now_].intervals = clipped(clock_, within.low, within.high);
    }
    fixed_.resize(problem.variables.size());
    for (uint32_t v = 0; v < fixed_.size(); ++v) fixed_[v] = !free_[v] && !timed_[v];
    problem.required = {problem.fix(allow_, fixed_, held)};
    std::vector<TermId> either;
    for (const Span& span : times) {
      std::vector<TermId> parts;
      if (now_ != kNoRow) parts.push_back(problem.lit(now_, span.now));
      for (size_t i = 0; i < ages_.size(); ++i) parts.push_back(is(ages_[i].variable, span.ages[i]));
      either.push_back(problem.all(std::move(parts)));
    }
    problem.required.push_back(problem.any(std::move(either)));
    for (uint32_t v = 0; v < said_.size(); ++v) {
      if (said_[v]) problem.required.push_back(is(v, held.values[v]));
    }
    release = {};
    const Verdict verdict = sample(problem, release);
    if (verdict == Verdict::Possible && any_open_) make_generous(held, release);
    problem.required = std::move(proposed);
    if (now_ != kNoRow) problem.variables[now_].intervals = std::move(own_clock);
    return verdict;
  }

  TermId is(uint32_t variable, uint32_t value) {
    Mask mask = empty_mask(grounding_->problem.variables[variable].values);
    set_bit(mask, value);
    return grounding_->problem.lit(variable, std::move(mask));
  }

  // A release that meets whatever can be met with it serves many other actions too.
  void make_generous(const Assignment& held, Assignment& release) {
    Problem& problem = grounding_->problem;
    std::vector<TermId> open;
    for (const TermId met : mets_) {
      const TermId own = problem.fix(met, fixed_, held);
      if (own != kTrueTerm && own != kFalseTerm) open.push_back(own);
    }
    for (size_t step = open.size(); step > 0; step /= 2) {
      for (size_t first = 0; first < open.size(); first += step) {
        const size_t before = problem.required.size();
        for (size_t i = first; i < std::min(open.size(), first + step); ++i) problem.required.push_back(open[i]);
        Assignment other;
        if (sample(problem, other) == Verdict::Possible) {
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

  // No more proposals of these times that the same approvals and signals release at the same later times: each of the
  // releases, where there are several.
  void exclude(const Assignment& held, const std::vector<Assignment>& releases, When when) {
    Problem& problem = grounding_->problem;
    std::vector<bool> chosen = open_;
    for (uint32_t v = 0; v < chosen.size(); ++v) chosen[v] = chosen[v] || (timed_[v] && when != When::AtOnce);
    // The numbers of ages, and instants beside ages, are not tied to each other.
    coarse_ = coarse_ || (when != When::AtOnce && (sums_of_ages_ || (!clock_.empty() && !ages_.empty())));
    std::vector<TermId> parts;
    for (const Assignment& release : releases) parts.push_back(problem.opposite(problem.fix(allow_, chosen, release)));
    // At once: the times are the proposal's own. From any time the far future is reached, by what is there; a nearer
    // time is not.
    for (const Aged& age : ages_) {
      if (when == When::Far && problem.variables[age.variable].absent) {
        Mask mask = empty_mask(problem.variables[age.variable].values);
        set_bit(mask, 0);
        const TermId gone = problem.lit(age.variable, std::move(mask));
        parts.push_back(is_absent(age, held) ? problem.opposite(gone) : gone);
      }
      if (when == When::Later) parts.push_back(problem.opposite(is(age.variable, held.values[age.variable])));
    }
    if (when == When::Later && !clock_.empty()) {
      for (const Assignment& release : releases) {
        parts.push_back(problem.sum({{{now_, 1}}, Compare::Gt, release.numbers[now_]}, false));
      }
    } else if (when == When::Later && now_ != kNoRow) {
      parts.push_back(problem.opposite(is(now_, held.values[now_])));
    }
    problem.required.push_back(problem.any(std::move(parts)));
  }

  // The same for releases at a later instant when no sum reads a time: only what a release relies on must be as it was.
  void exclude_later(const Assignment& held, const std::vector<Assignment>& releases) {
    Problem& problem = grounding_->problem;
    std::vector<bool> relies(problem.variables.size(), false);
    for (size_t r = 0; r < releases.size(); ++r) note_reliance(held, releases[r], waits_ns_[r], relies);
    std::vector<TermId> parts;
    bool ages = false;
    for (const Aged& age : ages_) {
      if (!relies[age.variable]) continue;
      ages = true;
      parts.push_back(problem.opposite(is(age.variable, held.values[age.variable])));
    }
    for (const Assignment& release : releases) {
      const TermId allowed = problem.rewrite(allow_, [&](TermId leaf) {
        const Term own = problem.term(leaf);
        if (own.op != Term::Op::Lit) return leaf;
        const Mask mask = problem.mask(own.row);
        const bool there = has_bit(mask, release.values[own.variable]);
        if (open_[own.variable]) return there ? kTrueTerm : kFalseTerm;
        if (!timed_[own.variable]) return leaf;
        if (relies[own.variable]) return there ? kTrueTerm : kFalseTerm;
        return own.variable == now_ ? kFalseTerm : when_present(own.variable, false, mask);
      });
      parts.push_back(problem.opposite(allowed));
    }
    if (now_ != kNoRow && relies[now_]) {
      parts.push_back(ages ? problem.opposite(is(now_, held.values[now_])) : after(releases));
    }
    problem.required.push_back(problem.any(std::move(parts)));
  }

  // Marks the times without which the action might not be allowed by the release.
  void note_reliance(const Assignment& held, const Assignment& release, int64_t wait_ns, std::vector<bool>& relies) {
    Problem& problem = grounding_->problem;
    Assignment point = held;
    std::vector<bool> own(problem.variables.size(), false);
    for (uint32_t v = 0; v < own.size(); ++v) {
      if (free_[v] || timed_[v]) point.values[v] = release.values[v];
      own[v] = timed_[v];
    }
    const auto allowed = [&] {
      return problem.holds_where(allow_, [&](const Term& leaf) {
        if (leaf.op != Term::Op::Lit || !timed_[leaf.variable] || own[leaf.variable]) {
          return problem.leaf_holds(leaf, point);
        }
        // Its value is unknown; whether there is one is not.
        const bool absent = problem.variables[leaf.variable].absent && point.values[leaf.variable] == 0;
        return absent && has_bit(problem.mask(leaf.row), 0);
      });
    };
    GUARD_CHECK(allowed(), "a release that does not allow");
    bool ages = false;
    for (const Aged& age : ages_) {
      own[age.variable] = false;
      if (!allowed()) own[age.variable] = ages = true;
    }
    // To wait for an age is possible from every instant when it fits before the horizon.
    if (now_ != kNoRow && (!ages || wait_ns <= kMargin_ns)) {
      own[now_] = false;
      if (!allowed()) own[now_] = true;
    }
    for (uint32_t v = 0; v < own.size(); ++v) relies[v] = relies[v] || own[v];
  }

  // `now` has a value whose last instant comes after the last one of some release.
  TermId after(const std::vector<Assignment>& releases) {
    Problem& problem = grounding_->problem;
    std::vector<int64_t> last(problem.variables[now_].values, INT64_MIN), proposed = last;
    for (const auto& [part, cls] : calendar_.parts) {
      last[value_of_class_[cls]] = part.high;
      if (part.low < last_ns_) proposed[value_of_class_[cls]] = std::min(part.high, last_ns_ - 1);
    }
    int64_t earliest = INT64_MAX;
    for (const Assignment& release : releases) earliest = std::min(earliest, last[release.values[now_]]);
    Mask mask = empty_mask(problem.variables[now_].values);
    for (uint32_t v = 0; v < proposed.size(); ++v) {
      if (proposed[v] > earliest) set_bit(mask, v);
    }
    return problem.lit(now_, std::move(mask));
  }

  // The proposal at the instant and with the ages at which it is stuck.
  [[nodiscard]] Assignment stuck(const Assignment& held) const {
    Assignment shown = held;
    if (now_ != kNoRow) shown.exact[now_] = stuck_at_;
    for (const Aged& age : ages_) shown.exact[age.variable] = age_of(age, held, stuck_old_);
    return shown;
  }

  // Whether the runtime denies it by rules that were not thought of; notes them.
  bool is_denied(const Assignment& held) {
    const guardvm::Decision& decision = checker_.decide(kind_, *grounding_, stuck(held));
    if (decision.outcome != guardvm::Outcome::Deny) return false;
    for (const guardvm::FiredRule& fired : decision.rules) {
      const size_t at = kind_.decision.find(fired.rule);
      const bool is_new = std::binary_search(beside_->begin(), beside_->end(), at) &&
                          std::find(among_.begin(), among_.end(), at) == among_.end();
      if (is_new && fired.status == guardvm::Status::Applied) deniers_.push_back(at);
    }
    GUARD_CHECK(!deniers_.empty(), "a denied action that no rule denies");
    return true;
  }

  void report(const Assignment& held) {
    Problem& problem = grounding_->problem;
    const Assignment shown = stuck(held);
    Finding finding;
    finding.check = CheckId::DeadEnd;
    finding.severity = check_info(finding.check).severity;
    finding.kind = checker_.kind_name(model_.kind());
    Claims claims;
    claims.outcome_given = true;
    claims.outcomes = {guardvm::Outcome::Hold};
    std::vector<TermId> others;  // The next one is held by a target that was not named.
    for (const bool targets : {true, false}) {
      for (size_t i = 0; i < among_.size(); ++i) {
        if (is_target_[i] != targets) continue;
        const uint32_t rule = kind_.decision.rules[among_[i]].rule;
        const bool waits = problem.holds(waits_[i], held);
        if (waits) claims.rules.push_back({Claim::What::Stands, rule});
        // Asked rule by rule, each has a finding of its own.
        if (waits && !named_[among_[i]] && (is_target_[i] || !alone_)) {
          finding.rules.push_back(checker_.rule_id(rule));
          finding.places.push_back(checker_.place(rule, "is never met"));
          named_[among_[i]] = true;
        }
        if (targets && !named_[among_[i]]) others.push_back(waits_[i]);
      }
    }
    GUARD_CHECK(!finding.rules.empty(), "a held action that no rule holds");
    finding.message = "an action held by `" + finding.rules[0] + "` can never be released";
    problem.required.push_back(problem.any(std::move(others)));
    finding.witness = checker_.replay(kind_, *grounding_, shown, claims);
    checker_.report(std::move(finding));
  }

  Checker& checker_;
  KindState& kind_;
  KindModel& model_;
  std::unique_ptr<Grounding> grounding_;
  const Calendar& calendar_;
  const int64_t last_ns_;
  std::vector<bool>& named_;     // per rule of the kind: a finding names it
  std::vector<size_t> among_;    // rules that can have a say
  std::vector<bool> is_target_;  // per position of `among_`
  std::vector<TermId> waits_;    // the same: applied and unmet
  TermId allow_ = kFalseTerm;    // the action is allowed, with the best approvals and signals
  std::vector<bool> free_, timed_, fixed_;
  std::vector<bool> said_;  // of a text of the action itself
  std::vector<bool> open_;  // free, and not chosen once and for all
  bool any_open_ = false;
  bool alone_ = false;                           // one target of many rules
  const std::vector<size_t>* beside_ = nullptr;  // rules that may deny besides those of `among_`
  std::vector<size_t> deniers_;                  // those of them that were found to
  bool at_once_ = false;                         // a probe: no later instant, and nothing is reported
  size_t samples_ = 0;
  std::vector<TermId> mets_;
  uint32_t now_ = kNoRow, now_group_ = kNoRow;
  std::vector<Aged> ages_;
  std::vector<uint32_t> value_of_class_;  // of `now`
  Parts clock_;                           // of `now`, when sums read it
  bool sums_of_ages_ = false;             // a sum reads an age
  bool timed_sums_ = false;               // a sum reads an age or the instant
  int64_t stuck_at_ = 0, wait_ns_ = 0;
  std::vector<int64_t> waits_ns_;  // of the releases that `releasable` found
  bool stuck_old_ = false;
  bool coarse_ = false;  // More proposals than were shown to be released have been excluded.
};

void check_kind(Checker& checker, KindState& kind) {
  DecisionModel& decision = kind.decision;
  std::vector<size_t> deciding, waiting;
  for (size_t i = 0; i < decision.rules.size(); ++i) {
    const RuleOnKind& rule = decision.rules[i];
    if (!rule.enforced || !decides(decision.row(rule).effect) || checker.never[rule.rule]) continue;
    deciding.push_back(i);
    if (rule.met != kTrue && !checker.accepts(rule.rule, CheckId::DeadEnd)) waiting.push_back(i);
  }
  if (waiting.empty()) return;
  const World& world = decision.model.world();
  const int64_t last_ns = std::max(world.as_of + 1, world.to - kMargin_ns);
  const Calendar calendar(decision.model, last_ns);
  std::vector<bool> named(decision.rules.size(), false);
  if (deciding.size() <= kFewRules) {
    if (!checker.is_mine(decision.model.kind())) return;
    DeadEnds(checker, kind, calendar, last_ns, named).run(waiting, deciding);
    return;
  }
  Relevance relevance(kind);
  std::vector<bool> matters(decision.rules.size(), false), at_once = matters;
  for (const size_t i : deciding) {
    matters[i] = relevance.matters(i) || checker.accepts(decision.rules[i].rule, CheckId::DeadEnd);
    at_once[i] = relevance.matters_at_once(i);
  }
  for (const size_t target : waiting) {
    if (!checker.is_mine(decision.rules[target].rule)) continue;
    const std::vector<size_t> among = on_the_same_actions(kind, target, deciding);
    const auto of = [&](const std::vector<bool>& counts) {
      std::vector<size_t> some = among;
      std::erase_if(some, [&](size_t i) { return i != target && !counts[i]; });
      return some;
    };
    const std::vector<size_t> few = of(at_once);
    if (few.size() < kManyRules && DeadEnds(checker, kind, calendar, last_ns, named).none_at_once(target, few))
      continue;
    std::vector<size_t> some = of(matters), deniers;
    do {
      deniers = DeadEnds(checker, kind, calendar, last_ns, named).run_some(target, some, among);
      some.insert(some.end(), deniers.begin(), deniers.end());
      std::sort(some.begin(), some.end());
    } while (!deniers.empty());
  }
}

}  // namespace

void check_dead_end(Checker& checker) {
  for (auto& kind : checker.kinds()) {
    if (kind->failure.empty() && !kind->contradictory) check_kind(checker, *kind);
  }
}

}  // namespace guard::verify
