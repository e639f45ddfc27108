// Every change of every window between two instants, computed once per window and shared by the kinds.
#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "verify/model/domain.hpp"

namespace guard::verify {

class WindowTable {
 public:
  // REQUIRES: [from, to) lies inside the bundle's horizon when it has windows.
  WindowTable(const Preds& preds, int64_t from, int64_t to) : preds_(preds), from_(from), to_(to) {}
  struct Change {
    int64_t at;
    bool inside;
  };
  // The state at the beginning, then every instant at which it is another one.
  [[nodiscard]] const std::vector<Change>& changes(uint32_t window);

 private:
  const Preds& preds_;
  int64_t from_, to_;
  std::unordered_map<uint32_t, std::vector<Change>> known_;
};

}  // namespace guard::verify
