// All checks in order, and the order of what they found.
#include "verify/verify.hpp"

#include <algorithm>
#include <chrono>
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
constexpr Step kSteps[] = {
    {"empty-scope", check_empty_scope},
    {"never-matches", check_never_matches},
    {"always-matches", check_always_matches},
    {"dead-condition", check_dead_condition},
    {"conflict", check_conflict},
    {"contradictory-obligations", check_contradictory_obligations},
    {"unreachable", check_unreachable},
    {"gap", check_gap},
    {"invariant-violated", check_invariants},
    {"override-unused", check_override_unused},
    {"dead-end", check_dead_end},
    {"self-release", check_self_release},
    {"exceptions", check_exceptions},
    {"break-glass-too-broad", check_break_glass},
    {"signal-fails-open", check_signals},
    {"rollout-over", check_rollout},
    {"acceptances", check_acceptances},
};

auto order(const Finding& f) {
  static const guardvm::format::SpanRow kNowhere{0, 0, 0, 0, guardvm::format::kNoFile};
  const guardvm::format::SpanRow& span = f.places.empty() ? kNowhere : f.places[0].span;
  return std::tie(span.file, span.line, span.column, f.check, f.rules, f.subject, f.kind, f.message);
}

}  // namespace

Report run(const guardvm::Bundle& bundle, const Options& options) {
  Report report;
  report.as_of_ns = options.as_of_ns;
  int64_t before = clock_ns();
  const auto note = [&](std::string_view what) {
    const int64_t now = clock_ns();
    report.times.push_back({what, now - before});
    before = now;
  };
  Checker checker(bundle, options);
  note("model");
  for (const Step& step : kSteps) {
    step.run(checker);
    note(step.name);
  }
  for (Finding& finding : checker.findings()) {
    std::vector<Finding>& list = finding.inconclusive ? report.inconclusive
                                 : finding.acceptance ? report.accepted
                                                      : report.findings;
    list.push_back(std::move(finding));
  }
  const auto before_by_place = [](const Finding& x, const Finding& y) { return order(x) < order(y); };
  for (std::vector<Finding>* list : {&report.findings, &report.inconclusive, &report.accepted}) {
    std::stable_sort(list->begin(), list->end(), before_by_place);
  }
  report.engines = checker.solver().stats();
  for (auto& kind : checker.kinds()) report.classes += kind->decision.model.class_count();
  return report;
}

void keep_new(Report& report, const Report& base) {
  const auto known = [&](const Finding& finding) {
    return std::any_of(base.findings.begin(), base.findings.end(), [&](const Finding& other) {
      return finding.check == other.check && finding.rules == other.rules && finding.subject == other.subject &&
             finding.kind == other.kind && finding.region == other.region && finding.message == other.message;
    });
  };
  std::erase_if(report.findings, known);
}

bool fails(const Report& report, Severity least) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [least](const Finding& f) { return f.severity <= least; });
}

}  // namespace guard::verify
