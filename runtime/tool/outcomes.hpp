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

// Whether the outcome rests on this rule.
inline bool decides(const FiredRule& fired, Outcome outcome) {
  using format::Effect;
  if (fired.status != Status::Applied) return false;
  if (outcome == Outcome::Deny) return fired.effect == Effect::Deny;
  if (outcome == Outcome::Allow) return fired.effect == Effect::Allow;
  return !fired.met && fired.effect != Effect::Warn && fired.effect != Effect::Oblige;
}

inline int usage_error(const std::string& message) {
  std::fprintf(stderr, "guardvm: %s\n", message.c_str());
  return static_cast<int>(Exit::Usage);
}

// A file that cannot be read is no bundle that is refused.
inline int refuse(const LoadError& error) {
  if (error.unread) return usage_error("cannot read the bundle " + error.message);
  std::fprintf(stderr, "guardvm: the bundle is refused: %s\n", error.message.c_str());
  return static_cast<int>(Exit::Refused);
}

}  // namespace guardvm::tool
