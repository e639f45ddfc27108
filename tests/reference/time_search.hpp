// Later instants at which something about a decision may change.
//
// Every instant at which an atom can change its truth is a candidate; they are tried in order. Between two candidates
// that are not window boundaries, the truth of everything depends on the windows' memberships alone, so a combination
// of memberships that was tried there already is not tried again.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "evaluate.hpp"
#include "text_forms.hpp"

namespace guard::reference {

// The window boundaries of one kind, with the memberships that follow each.
class WindowTimeline {
 public:
  WindowTimeline(const check::PolicySet& set, check::KindId kind);
  [[nodiscard]] const std::vector<int64_t>& boundaries() const { return boundaries_; }
  // The memberships of all the kind's windows from the boundary on, as a text of 0 and 1.
  [[nodiscard]] const std::string& memberships(size_t boundary);
  [[nodiscard]] std::string memberships_at(int64_t instant) const;

 private:
  const check::PolicySet& set_;
  std::vector<check::WindowId> windows_;
  std::vector<int64_t> boundaries_;
  std::vector<std::string> memberships_;  // filled when asked for
};

// The earliest candidate later than the evaluation's instant and before `end` at which `found` holds.
[[nodiscard]] std::optional<int64_t> earliest_later(const Evaluation& evaluation, WindowTimeline& timeline, Wide end,
                                                    const std::function<bool(const Evaluation&)>& found);

}  // namespace guard::reference
