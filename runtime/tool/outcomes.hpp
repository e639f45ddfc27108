// What the commands share: exit codes of outcomes, and how the tool refuses.
#pragma once
#include <cstdio>
#include <string>

#include "guardvm/exit_codes.hpp"
#include "guardvm/limits.hpp"
#include "guardvm/session.hpp"

namespace guardvm::tool {

inline Exit exit_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::Allow:
      return Exit::Ok;
    case Outcome::Deny:
      return Exit::Deny;
    case Outcome::Hold:
      return Exit::Hold;
    case Outcome::Error:
      return Exit::Error;
  }
  return Exit::Internal;
}

inline int usage_error(const std::string& message) {
  std::fprintf(stderr, "guardvm: %s\n", message.c_str());
  return static_cast<int>(Exit::Usage);
}

inline int refuse(const LoadError& error) {
  std::fprintf(stderr, "guardvm: the bundle is refused: %s\n", error.message.c_str());
  return static_cast<int>(Exit::Refused);
}

}  // namespace guardvm::tool
