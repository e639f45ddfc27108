// Measuring for the benchmarks: medians of repeated runs on the monotonic clock, processes timed from spawn to exit.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace guard::bench {

// Median nanoseconds of `runs` calls of `body`, each divided by `per_run`; one call before them warms up.
[[nodiscard]] double median_ns(uint32_t runs, uint64_t per_run, const std::function<void()>& body);

// Medians of two bodies run alternately, so that both see the same noise: {first, second} in ns per unit.
struct Pair {
  double first = 0, second = 0;
};
[[nodiscard]] Pair median_pair_ns(uint32_t runs, uint64_t per_run, const std::function<void()>& first,
                                  const std::function<void()>& second);

struct ProcessCost {
  double seconds = 0;
  int64_t peak_kib = 0;  // resident
  int status = 0;        // exit code, or -1
};
// Runs a program with its output thrown away, and waits for it.
[[nodiscard]] ProcessCost run_process(const std::vector<std::string>& arguments);

[[nodiscard]] std::string machine();  // processor, cores, kernel: one line
// Keeps the optimiser from dropping a result.
void keep(uint64_t value);

}  // namespace guard::bench
