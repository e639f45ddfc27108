// Approvals outside of the action: one file each, made by `guardvm approve`, for one action and a time. With a keyring
// they are signed, and names and groups come from the keyring alone. GATE.md has both formats.
//
// SOUND: an approval counts only when its digest is that of the action at hand, its time is not over, its person is not
//   the action's actor and, with a keyring, one of the keyring's keys has signed its bytes. Everything else is named
//   and left out; so what cannot be read never counts.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/error.hpp"
#include "log/crypto.hpp"

namespace guardvm::gate {

struct Person {
  std::string name;
  std::vector<std::string> groups;
  std::vector<log::Key> keys;  // public
};

// Who may approve. Failure to read: a sentence; it is no keyring, or two people share a key or a name.
struct Keyring {
  std::vector<Person> people;
};
[[nodiscard]] Loaded<Keyring> read_keyring(const std::string& path);

struct Approval {
  std::string by;
  std::vector<std::string> groups;
  int64_t at_ns = 0, expires_ns = 0;  // counts from `at_ns` on, up to but without `expires_ns`
  std::string action;                 // digest
};

// The line of an approval record; signed when `secret` is given.
[[nodiscard]] std::string approval_line(const Approval& approval, const log::Key* secret);

struct Approvals {
  std::vector<Approval> counted;
  std::vector<std::string> notes;  // one sentence per file that does not count: which, and why
};

// The approvals of a folder (files `*.json`, by name) for the action with this digest at this instant.
// Failure: the folder cannot be read, or this build has no signatures (no libsodium). A missing folder is a failure.
[[nodiscard]] Loaded<Approvals> read_approvals(const std::string& folder, const Keyring* keyring,
                                               std::string_view digest, std::string_view actor, int64_t instant_ns);

}  // namespace guardvm::gate
