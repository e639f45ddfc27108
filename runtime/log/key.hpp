// Key files: 64 hexadecimal digits and a line end, nobody else's to read. For the digests of sensitive values, and the
// seeds that sign checkpoints.
#pragma once
#include <string>

#include "guardvm/error.hpp"
#include "log/crypto.hpp"

namespace guardvm::log {

// Failure: a sentence; it is not there, holds something else, or may be read or written by others than its owner and
// group.
[[nodiscard]] Loaded<Key> read_key(const std::string& path);
// Makes a file with a random key, mode 0600, synced. Failure: a sentence; so when the file is there.
[[nodiscard]] Loaded<Key> make_key(const std::string& path);
// 64 hexadecimal digits, or the name of a file that holds them: a key that is no secret.
[[nodiscard]] Loaded<Key> read_public_key(const std::string& digits_or_path);

// Names a key without giving it away: the first 8 digits of its own digest.
[[nodiscard]] std::string key_name(const Key& key);

}  // namespace guardvm::log
