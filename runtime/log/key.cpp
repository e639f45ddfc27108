// See key.hpp.
#include "log/key.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "log/files.hpp"

namespace guardvm::log {

namespace {

constexpr size_t kKeyFileBytes = 4096;

Loaded<Key> parse_key(const std::string& path, std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  Key key;
  if (!from_hex(text, key)) return LoadError{"`" + path + "` is no key: one holds 64 hexadecimal digits"};
  return key;
}

}  // namespace

Loaded<Key> read_key(const std::string& path) {
  const Loaded<std::string> text = read_file(path, kKeyFileBytes);
  if (!text.ok()) return text.error();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return io_error("read", path);
  if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    return LoadError{"the key `" + path +
                     "` is open to others: `chmod 600` it, and make a new one if they may have read it"};
  return parse_key(path, text.value());
}

Loaded<Key> make_key(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return LoadError{"`" + path + "` is there already: a key is not replaced"};
  Key key;
  if (!fill_random(key)) return LoadError{"the system gives no random bytes for a key"};
  if (!replace_file(path, hex(key) + "\n", 0600)) return io_error("write the key", path);
  return key;
}

Loaded<Key> read_public_key(const std::string& digits_or_path) {
  Key key;
  if (from_hex(digits_or_path, key)) return key;
  const Loaded<std::string> text = read_file(digits_or_path, kKeyFileBytes);
  if (!text.ok()) return text.error();
  return parse_key(digits_or_path, text.value());
}

std::string key_name(const Key& key) { return keyed_digest(key, "guard key name", "").substr(0, 8); }

}  // namespace guardvm::log
