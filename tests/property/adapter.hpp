// What is under test, seen from the differential test: sources to a checked set and a bundle, records to decisions.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/model.hpp"
#include "tests/reference/record.hpp"

namespace guard::property {

struct CompiledSet {
  check::PolicySet set;
  std::vector<std::string> texts;  // sources by FileId
  std::string bundle;
};
using Files = std::vector<std::pair<std::string, std::string>>;

// The reasons, as the compiler prints them, when the files do not compile.
[[nodiscard]] std::optional<CompiledSet> compile(const Files& files, std::string& reasons);

// Decides with a bundle; one per set and tier.
class Machine {
 public:
  enum class Tier { Indexed, Linear };
  // `reason` says why the bundle was refused; then `decide` must not be called.
  Machine(const std::string& bundle, Tier tier, std::string& reason);
  ~Machine();
  [[nodiscard]] bool ready() const;
  [[nodiscard]] const std::string& digest() const;
  [[nodiscard]] std::string decide(std::string_view record, const reference::Options& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guard::property
