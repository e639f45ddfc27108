// Bundle: the file mapped (or bytes copied), its sections read and validated, the reader's plan made.
#include "guardvm/bundle.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include "guardvm/limits.hpp"
#include "load/sections.hpp"
#include "load/validate.hpp"
#include "read/plan.hpp"

namespace guardvm {

// A mapping, or words of our own (8-aligned).
struct Bundle::Storage {
  void* map = nullptr;
  std::vector<uint64_t> words;
  size_t size = 0;

  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage() {
    if (map != nullptr) munmap(map, size);
  }
  [[nodiscard]] std::span<const uint8_t> bytes() const {
    return {map != nullptr ? static_cast<const uint8_t*>(map) : reinterpret_cast<const uint8_t*>(words.data()), size};
  }
  void copy(std::string_view from) {
    words.assign((from.size() + 7) / 8, 0);
    if (!from.empty()) std::memcpy(words.data(), from.data(), from.size());
    size = from.size();
  }
};

namespace {

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

LoadError failed(const std::string& path, const std::string& why) { return LoadError{"`" + path + "`: " + why}; }
LoadError unread(const std::string& path, const std::string& why) { return LoadError{failed(path, why).message, true}; }

// All bytes of something that cannot be mapped, such as a pipe. False: read error, errno tells.
bool read_all(int fd, std::string& out) {
  char buffer[65536];
  while (out.size() <= kLimitBundleBytes) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return true;
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    out.append(buffer, static_cast<size_t>(got));
  }
  return true;  // Longer than the limit: refused by its size.
}

std::string hex_digest(const uint8_t (&sha256)[32]) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "sha256:";
  for (const uint8_t byte : sha256) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Bundle::Bundle() = default;
Bundle::Bundle(Bundle&&) noexcept = default;
Bundle& Bundle::operator=(Bundle&&) noexcept = default;
Bundle::~Bundle() = default;

Loaded<Bundle> Bundle::accept(std::unique_ptr<Storage> storage, bool verify_checksum) {
  Loaded<load::Sections> sections = load::read_sections(storage->bytes(), verify_checksum);
  if (!sections.ok()) return sections.error();
  Bundle bundle;
  bundle.storage_ = std::move(storage);
  bundle.header_ = sections.value().header;
  bundle.view_ = sections.value().view;
  if (std::string problem = load::validate(bundle.view_); !problem.empty()) return LoadError{std::move(problem)};
  bundle.plan_ = make_read_plan(bundle.view_);
  if (!bundle.plan_->problem.empty()) return LoadError{"Leaves: " + bundle.plan_->problem};
  bundle.digest_ = hex_digest(bundle.header_->sha256);
  return bundle;
}

Loaded<Bundle> Bundle::load(const std::string& path) try {
  const File file(path);
  if (file.fd() < 0) return unread(path, std::strerror(errno));
  struct stat status;
  if (fstat(file.fd(), &status) != 0) return unread(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return unread(path, "is a directory");
  auto storage = std::make_unique<Storage>();
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    if (static_cast<uint64_t>(status.st_size) > kLimitBundleBytes)
      return failed(path, "larger than the limit bundle-bytes");
    storage->size = static_cast<size_t>(status.st_size);
    void* map = mmap(nullptr, storage->size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
    if (map == MAP_FAILED) return unread(path, std::strerror(errno));
    storage->map = map;
  } else {
    std::string bytes;
    if (!read_all(file.fd(), bytes)) return unread(path, std::strerror(errno));
    storage->copy(bytes);
  }
  Loaded<Bundle> bundle = accept(std::move(storage), true);
  if (!bundle.ok()) return failed(path, bundle.error().message);
  return bundle;
} catch (const std::bad_alloc&) {
  return LoadError{"out of memory while loading"};
} catch (const std::length_error&) {
  return LoadError{"out of memory while loading"};
}

Loaded<Bundle> Bundle::from_bytes(std::string_view bytes, bool verify_checksum) try {
  auto storage = std::make_unique<Storage>();
  storage->copy(bytes);
  return accept(std::move(storage), verify_checksum);
} catch (const std::bad_alloc&) {
  return LoadError{"out of memory while loading"};
} catch (const std::length_error&) {
  return LoadError{"out of memory while loading"};
}

std::string_view Bundle::bytes() const {
  const std::span<const uint8_t> all = storage_->bytes();
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

std::string_view Bundle::text(format::Text t) const {
  return {reinterpret_cast<const char*>(view_.Bytes.data()) + t.offset, t.size};
}

}  // namespace guardvm
