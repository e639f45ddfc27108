// Two engines answer whether a problem has a solution, and share nothing but the problem.
//
//   boxes   boxes/box_engine: cuts boxes of values down until every term holds or none is left
//   z3      smt/z3_engine: Z3 over bit-vectors (QF_FD)
//
// `Solver` asks the one or the other by mode; mode Both asks both and stops loudly when they disagree. Where a solution
// needs texts that there are not, it is asked again with what was learnt (solve/free_texts.hpp).
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "verify/solve/problem.hpp"

namespace guard::verify {

class Z3Engine {
 public:
  Z3Engine();
  ~Z3Engine();
  Z3Engine(const Z3Engine&) = delete;
  Z3Engine& operator=(const Z3Engine&) = delete;
  // The solution depends on the problem alone.
  [[nodiscard]] Verdict solve(const Problem& problem, Assignment& solution);
  // The verdict alone. COST: half of it for a small problem, whose solver is kept.
  [[nodiscard]] Verdict decide(const Problem& problem);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class BoxEngine {
 public:
  // Unknown: too many boxes would be needed.
  [[nodiscard]] Verdict solve(const Problem& problem, Assignment& solution);
};

enum class EngineMode : uint8_t { Auto, Both, Boxes, Z3 };

struct EngineStats {
  uint64_t boxes = 0, z3 = 0, unknown = 0;
  int64_t boxes_ns = 0, z3_ns = 0;
  EngineStats& operator+=(const EngineStats& other);
};

class Solver {
 public:
  explicit Solver(EngineMode mode) : mode_(mode) {}
  [[nodiscard]] Verdict solve(Problem& problem, Assignment& solution);
  // A solution by whichever engine finds one; its absence proves nothing and is not compared.
  [[nodiscard]] Verdict search(Problem& problem, Assignment& solution);
  // The same for who learns from one solution after the other: of sums the boxes give the ends of ranges, Z3 does not.
  [[nodiscard]] Verdict sample(Problem& problem, Assignment& solution);
  // Whether Z3 says so too (mode Boxes: nothing is asked).
  [[nodiscard]] Verdict confirm(const Problem& problem);
  [[nodiscard]] const EngineStats& stats() const { return stats_; }

 private:
  template <typename Ask>
  Verdict with_texts(Problem& problem, Assignment& solution, const Ask& ask);
  Verdict solve_terms(const Problem& problem, Assignment& solution);
  Verdict boxes(const Problem& problem, Assignment& solution);
  Verdict z3(const Problem& problem, Assignment* solution);
  EngineMode mode_;
  BoxEngine boxes_;
  std::unique_ptr<Z3Engine> z3_;  // made at the first question: a context costs 11 ms
  EngineStats stats_;
};

}  // namespace guard::verify
