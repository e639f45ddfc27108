// A small random generator (splitmix64) that gives the same numbers on every platform.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace guard::property {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ull;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // REQUIRES: bound > 0.
  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
  int64_t between(int64_t from, int64_t to) {
    return static_cast<int64_t>(static_cast<uint64_t>(from) +
                                next() % (static_cast<uint64_t>(to) - static_cast<uint64_t>(from) + 1));
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& list) {
    for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  uint64_t state_;
};

}  // namespace guard::property
