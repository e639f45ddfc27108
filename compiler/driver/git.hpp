// What a git repository held at a commit, for comparing a policy set with how it was. Git is run with its arguments as
// they are, never through a shell, and changes nothing in the repository: it gets an index of its own.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace guard::driver {

// A folder that holds the files of a commit; it goes with this object.
class Checkout {
 public:
  // The whole tree of `ref` (a branch, a tag, a commit) of the repository that `paths` lie in. Failure: why not, in a
  // sentence.
  static Result<Checkout> of(const std::vector<std::string>& paths, const std::string& ref);
  Checkout(Checkout&& other) noexcept;
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;
  Checkout& operator=(Checkout&&) = delete;
  ~Checkout();
  // Where the paths are in it; those that the commit does not have are left out.
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  Checkout() = default;
  std::string folder_;  // empty: moved from
  std::vector<std::string> paths_;
};

}  // namespace guard::driver
