// Which engine is asked, and what it cost.
#include <chrono>

#include "base/result.hpp"
#include "verify/solve/engine.hpp"
#include "verify/solve/free_texts.hpp"

namespace guard::verify {
namespace {

int64_t clock_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr size_t kMaxLemmas = 10000;

}  // namespace

EngineStats& EngineStats::operator+=(const EngineStats& other) {
  boxes += other.boxes;
  z3 += other.z3;
  unknown += other.unknown;
  boxes_ns += other.boxes_ns;
  z3_ns += other.z3_ns;
  return *this;
}

// SOUND: a lemma holds of all texts, so it takes no solution away that there is; and it takes away the one it was
// learnt from, so this ends.
template <typename Ask>
Verdict Solver::with_texts(Problem& problem, Assignment& solution, const Ask& ask) {
  for (;;) {
    solution = {};
    const Verdict verdict = ask(solution);
    if (verdict != Verdict::Possible || problem.texts.empty()) return verdict;
    switch (learn(problem, solution)) {
      case Verdict::Possible:
        return Verdict::Possible;
      case Verdict::Impossible:
        if (problem.lemmas.size() < kMaxLemmas) continue;
        break;
      case Verdict::Unknown:
        break;
    }
    ++stats_.unknown;
    return Verdict::Unknown;
  }
}

Verdict Solver::boxes(const Problem& problem, Assignment& solution) {
  const int64_t before = clock_ns();
  const Verdict verdict = boxes_.solve(problem, solution);
  stats_.boxes_ns += clock_ns() - before;
  if (verdict != Verdict::Unknown) ++stats_.boxes;
  return verdict;
}

Verdict Solver::z3(const Problem& problem, Assignment* solution) {
  const int64_t before = clock_ns();
  if (!z3_) z3_ = std::make_unique<Z3Engine>();
  const Verdict verdict = solution != nullptr ? z3_->solve(problem, *solution) : z3_->decide(problem);
  stats_.z3_ns += clock_ns() - before;
  ++stats_.z3;
  if (verdict == Verdict::Unknown) ++stats_.unknown;
  return verdict;
}

Verdict Solver::solve(Problem& problem, Assignment& solution) {
  return with_texts(problem, solution, [&](Assignment& own) { return solve_terms(problem, own); });
}

Verdict Solver::solve_terms(const Problem& problem, Assignment& solution) {
  if (mode_ == EngineMode::Z3) return z3(problem, &solution);
  const Verdict first = boxes(problem, solution);
  if (mode_ == EngineMode::Boxes) return first;
  if (mode_ == EngineMode::Auto) return first == Verdict::Unknown ? z3(problem, &solution) : first;
  Assignment other;
  const Verdict second = z3(problem, first == Verdict::Unknown ? &other : nullptr);
  GUARD_CHECK(first == Verdict::Unknown || second == Verdict::Unknown || first == second,
              "the two engines of verify disagree");
  if (first == Verdict::Unknown) solution = std::move(other);
  return first == Verdict::Unknown ? second : first;
}

Verdict Solver::search(Problem& problem, Assignment& solution) {
  return with_texts(problem, solution, [&](Assignment& own) {
    const Verdict first = mode_ == EngineMode::Z3 ? Verdict::Unknown : boxes(problem, own);
    return first == Verdict::Unknown && mode_ != EngineMode::Boxes ? z3(problem, &own) : first;
  });
}

Verdict Solver::sample(Problem& problem, Assignment& solution) {
  if (!problem.has_sums() || mode_ == EngineMode::Boxes) return search(problem, solution);
  return with_texts(problem, solution, [&](Assignment& own) { return z3(problem, &own); });
}

Verdict Solver::confirm(const Problem& problem) {
  if (mode_ != EngineMode::Auto) return Verdict::Impossible;
  const Verdict verdict = z3(problem, nullptr);
  GUARD_CHECK(verdict != Verdict::Possible, "Z3 does not confirm what the boxes proved");
  return verdict;
}

}  // namespace guard::verify
