// The numbers of a box: per variable that sums read, the least and the greatest that are left, and what they say about
// sums. Internal to boxes/.
//
// SOUND: a range is the hull of the numbers that are left, so what it decides about a sum is so for all of them, and
// only numbers that no solution of the sum has are cut off.
#pragma once
#include <span>
#include <vector>

#include "verify/solve/problem.hpp"

namespace guard::verify {

enum class Truth : uint8_t { False, Open, True };

class Ranges {
 public:
  explicit Ranges(const Problem& problem);

  [[nodiscard]] Truth truth(const GroundSum& sum, bool negated) const;
  // Cuts the ranges to what the sum allows and names the variables that lost numbers. False: it cannot hold.
  [[nodiscard]] bool cut(const GroundSum& sum, bool negated, std::vector<uint32_t>& less);
  // Takes out the values without a number in the variable's range, and ends the range where the values left end.
  // False: no value is left.
  [[nodiscard]] bool agree(uint32_t variable, std::span<uint64_t> values);
  // A number of the range that the value stands for; 0 when no sum reads the variable.
  [[nodiscard]] int64_t number(uint32_t variable, uint32_t value) const;

  struct Pick {
    uint32_t variable = 0;
    bool greatest = false;  // which end of its range
  };
  // The end of a range that favours the sum. REQUIRES: the sum is open.
  [[nodiscard]] Pick pick(const GroundSum& sum, bool negated) const;
  // Just that number, or all but it.
  void keep(const Pick& pick, bool just);

 private:
  struct Extremes {
    __int128 low, high;
  };
  [[nodiscard]] Extremes extremes(const GroundSum& sum) const;
  const Problem* problem_;
  std::vector<Interval> ranges_;  // per variable
};

}  // namespace guard::verify
