// Files of the log as the writer and the keys need them: POSIX, errors as sentences, nothing half written.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "guardvm/error.hpp"

namespace guardvm::log {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { close(); }
  void close();
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// "cannot <verb> `<path>`: <reason of errno>", and what else there is to say.
[[nodiscard]] LoadError io_error(std::string_view verb, const std::string& path, std::string_view advice = {});

[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);
// Exactly `size` bytes from `offset` on. False: fewer are there, or an error (errno).
[[nodiscard]] bool read_at(int descriptor, uint64_t offset, char* out, size_t size);
// The folder that holds the file: its entries are on disk after this.
[[nodiscard]] bool sync_folder_of(const std::string& path);
// Writes a new file beside `path`, of a name that starts with a dot, and renames it over it, both synced: whoever looks
// sees the old file or the new one. False: errno says why, and `path` is as it was.
[[nodiscard]] bool replace_file(const std::string& path, std::string_view bytes, unsigned mode);
// The whole of a small file. Failure: a sentence; more than `limit` bytes too.
[[nodiscard]] Loaded<std::string> read_file(const std::string& path, size_t limit);

}  // namespace guardvm::log
