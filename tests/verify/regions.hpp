// Whether a list of regions, each a condition of the language, is an exact cover of some actions: compiled back and
// compared action by action.
#pragma once
#include <string>
#include <vector>

#include "space.hpp"
#include "tests/property/adapter.hpp"

namespace guard::oracle {

// The actions of one kind, and which of them the regions are to cover.
struct Wanted {
  const check::PolicySet& set;  // the one that `space` is of
  check::KindId kind{};
  const Space& space;
  std::vector<bool> inside;    // to be covered
  std::vector<bool> relevant;  // not an error, which no region needs to respect
  bool whole = true;           // the regions are one list: none needless, each as large as can be
};

// What is wrong, in words. `files` are the sources of the set; one example of each kind of problem.
[[nodiscard]] std::vector<std::string> cover_problems(const property::Files& files, const Wanted& wanted,
                                                      const std::vector<std::string>& regions);

}  // namespace guard::oracle
