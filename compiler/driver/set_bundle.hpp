// A policy set for the commands that prove something: its bundle, from sources or from a file, read by the runtime's
// loader; and the instant they speak from.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "guardvm/bundle.hpp"
#include "guardvm/exit_codes.hpp"

namespace guard::driver {

struct LoadedSet {
  guardvm::Bundle bundle;
  std::vector<std::string> sources;  // where each of its sources stands, as the user can open it; none: it was a bundle
};

// One path that is a file and no *.guard is a bundle; all else is sources, compiled in memory. What is wrong is written
// to standard error; the exit code then says which kind it was.
[[nodiscard]] std::variant<LoadedSet, guardvm::Exit> load_set(const std::vector<std::string>& paths,
                                                              const std::vector<std::string>& baseline);

// A timestamp, or a date (its first instant in UTC); empty: the first instant of today. Nothing: neither.
[[nodiscard]] std::optional<int64_t> instant_of(const std::string& text);

// Why a bundle cannot be verified from the instant on; empty: it can.
[[nodiscard]] std::string cannot_verify(const guardvm::Bundle& bundle, int64_t as_of_ns);

}  // namespace guard::driver
