// A bar on standard error for what takes longer than a second: only when that is a terminal, gone when the work is
// done.
//
//   Progress progress("verify");
//   if (progress.shown()) … progress.show(0.4);
//   progress.clear();
#pragma once
#include <chrono>
#include <string>

namespace guard::driver {

class Progress {
 public:
  explicit Progress(std::string what);
  [[nodiscard]] bool shown() const { return terminal_; }
  // `share`: of the work that is done, 0 to 1. Draws at most ten times a second, and not in the first second.
  void show(double share);
  void clear();

 private:
  std::string what_;
  bool terminal_, drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace guard::driver
