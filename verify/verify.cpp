// All checks in order, on several threads, and the order of what they found.
//
// Each thread has a checker of its own, with its own models and engines; nothing is shared but the bundle and the list
// of what is still to be done. Only which rules never match and which are in conflict is told to the others, before the
// checks that ask for it. What is found
// about a rule depends on the bundle alone, so the report does not depend on the number of threads.
#include "verify/verify.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "verify/checks/all.hpp"

namespace guard::verify {
namespace {

int64_t clock_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Step {
  std::string_view name;
  void (*run)(Checker&);
};
constexpr Step kFirst[] = {
    {"empty-scope", check_empty_scope},
    {"never-matches", check_never_matches},
    {"pairs in conflict", find_conflicts},
};
// Those whose single questions take longest come first, so that no thread is left alone with one.
constexpr Step kThen[] = {
    {"dead-end", check_dead_end},
    {"unreachable", check_unreachable},
    {"invariant-violated", check_invariants},
    {"signal-fails-open", check_signals},
    {"conflict", check_conflict},
    {"weakened-baseline", check_weakened_baseline},
    {"gap", check_gap},
    {"dead-condition", check_dead_condition},
    {"always-matches", check_always_matches},
    {"contradictory-obligations", check_contradictory_obligations},
    {"override-unused", check_override_unused},
    {"self-release", check_self_release},
    {"exceptions", check_exceptions},
    {"break-glass-too-broad", check_break_glass},
    {"rollout-over", check_rollout},
    {"unproven-promotion", check_promotions},
};

auto order(const Finding& f) {
  static const guardvm::format::SpanRow kNowhere{0, 0, 0, 0, guardvm::format::kNoFile};
  const guardvm::format::SpanRow& span = f.places.empty() ? kNowhere : f.places[0].span;
  return std::tie(span.file, span.line, span.column, f.check, f.rules, f.subject, f.kind, f.message);
}

}  // namespace

namespace {

// What one thread works with.
struct Part {
  std::unique_ptr<Checker> checker;
  std::vector<CheckTime> times;

  template <size_t N>
  void run(const Step (&steps)[N]) {
    int64_t before = clock_ns();
    for (const Step& step : steps) {
      checker->next_check();
      step.run(*checker);
      const int64_t now = clock_ns();
      times.push_back({step.name, now - before});
      before = now;
    }
  }
};

// Runs `work` for each part, on as many threads; meanwhile tells the progress.
void run_parts(std::vector<Part>& parts, const std::function<void(Part&, uint32_t)>& work,
               const std::function<void()>& tell) {
  if (parts.size() == 1 && !tell) return work(parts[0], 0);
  std::mutex mutex;
  std::condition_variable changed;
  size_t running = parts.size();
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < parts.size(); ++i) {
    threads.emplace_back([&, i] {
      work(parts[i], i);
      const std::lock_guard lock(mutex);
      --running;
      changed.notify_one();
    });
  }
  {
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return running == 0; })) {
      if (tell) tell();
    }
  }
  for (std::thread& thread : threads) thread.join();
}

// The report of the parts. REQUIRES: the first one has the findings of all.
Report merged(std::vector<Part>& parts, int64_t as_of_ns) {
  Report report;
  report.as_of_ns = as_of_ns;
  report.times = parts[0].times;
  for (Finding& finding : parts[0].checker->findings()) {
    std::vector<Finding>& list = finding.inconclusive ? report.inconclusive
                                 : finding.acceptance ? report.accepted
                                                      : report.findings;
    list.push_back(std::move(finding));
  }
  for (Part& part : parts) {
    report.engines += part.checker->solver().stats();
    for (size_t i = 0; i < report.times.size(); ++i) {
      report.times[i].ns = std::max(report.times[i].ns, part.times[i].ns);
    }
  }
  const auto before_by_place = [](const Finding& x, const Finding& y) { return order(x) < order(y); };
  for (std::vector<Finding>* list : {&report.findings, &report.inconclusive, &report.accepted}) {
    std::stable_sort(list->begin(), list->end(), before_by_place);
  }
  for (auto& kind : parts[0].checker->kinds()) report.classes += kind->decision.model.class_count();
  return report;
}

}  // namespace

namespace {

constexpr uint32_t kMostOthers = 64;  // Kinds, invariants and the like are few: each has a slot of its own.

}  // namespace

Report run(const guardvm::Bundle& bundle, const Options& options) {
  const auto rules = static_cast<uint32_t>(bundle.view().Rules.size());
  std::vector<Part> parts(threads_for(options, rules));
  WorkList work(1 + std::size(kFirst) + std::size(kThen), std::max(kMostOthers, rules));
  std::function<void()> tell;
  if (options.progress) tell = [&] { options.progress(work.share_done()); };
  run_parts(
      parts,
      [&](Part& part, uint32_t i) {
        const int64_t before = clock_ns();
        part.checker = std::make_unique<Checker>(bundle, options, &work, static_cast<uint8_t>(i + 1));
        part.times.push_back({"model", clock_ns() - before});
        part.run(kFirst);
      },
      tell);
  for (Part& part : parts) {
    for (uint32_t rule = 0; rule < rules; ++rule) {
      if (part.checker->never[rule]) parts[0].checker->never[rule] = true;
    }
  }
  std::vector<ConflictPair> conflicts;
  for (Part& part : parts) {
    conflicts.insert(conflicts.end(), part.checker->conflicts.begin(), part.checker->conflicts.end());
  }
  std::sort(conflicts.begin(), conflicts.end());
  for (Part& part : parts) {
    part.checker->never = parts[0].checker->never;
    part.checker->conflicts = conflicts;
  }
  run_parts(
      parts, [&](Part& part, uint32_t) { part.run(kThen); }, tell);
  // Whether something needs an acceptance is known from the findings of all.
  std::vector<Finding>& all = parts[0].checker->findings();
  for (size_t i = 1; i < parts.size(); ++i) {
    std::vector<Finding>& own = parts[i].checker->findings();
    all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    own.clear();
  }
  check_acceptances(*parts[0].checker);
  return merged(parts, options.as_of_ns);
}

void keep_new(Report& report, const Report& base) {
  const auto key = [](const Finding& f) { return std::tie(f.check, f.rules, f.subject, f.kind, f.region, f.message); };
  std::set<decltype(key(base.findings[0]))> known;
  using Pair = std::pair<std::string_view, std::string_view>;
  std::set<Pair> pairs, grouped;  // in conflict, either way round; told in groups
  for (const Finding& finding : base.findings) {
    known.insert(key(finding));
    if (finding.check != CheckId::Conflict) continue;
    for (size_t i = 1; i < finding.rules.size(); ++i) {
      for (const Pair& pair : {Pair(finding.rules[0], finding.rules[i]), Pair(finding.rules[i], finding.rules[0])}) {
        pairs.insert(pair);
        if (is_group(finding)) grouped.insert(pair);
      }
    }
  }
  std::erase_if(report.findings, [&](const Finding& finding) {
    if (known.contains(key(finding))) return true;
    if (finding.check != CheckId::Conflict) return false;
    // A group is new when one of its pairs is; a pair that was told in a group is not.
    const std::set<Pair>& old = is_group(finding) ? pairs : grouped;
    return std::all_of(finding.rules.begin() + 1, finding.rules.end(), [&](const std::string& other) {
      return old.contains({finding.rules[0], other});
    });
  });
}

bool fails(const Report& report, Severity least) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [least](const Finding& f) { return f.severity <= least; });
}

}  // namespace guard::verify
