// See files.hpp.
#include "log/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace guardvm::log {

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

LoadError io_error(std::string_view verb, const std::string& path, std::string_view advice) {
  std::string message = "cannot ";
  message.append(verb).append(" `").append(path).append("`: ").append(std::strerror(errno)).append(advice);
  return {std::move(message)};
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote == 0) errno = ENOSPC;
    if (wrote == 0) return false;
    if (wrote > 0) bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

bool read_at(int descriptor, uint64_t offset, char* out, size_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor, out, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;
    if (got <= 0) return false;
    out += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.open() && ::fsync(descriptor.number()) == 0;
}

bool replace_file(const std::string& path, std::string_view bytes, unsigned mode) {
  // A hidden name: who reads all files of a folder does not take one that is being written for one of them.
  const size_t name = path.rfind('/') + 1;  // 0 without a slash
  const std::string fresh = path.substr(0, name) + '.' + path.substr(name) + ".new";
  ::unlink(fresh.c_str());
  const Descriptor descriptor(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!descriptor.open()) return false;
  const bool good = write_all(descriptor.number(), bytes) && ::fsync(descriptor.number()) == 0 &&
                    ::rename(fresh.c_str(), path.c_str()) == 0 && sync_folder_of(path);
  if (good) return true;
  const int reason = errno;
  ::unlink(fresh.c_str());
  errno = reason;
  return false;
}

Loaded<std::string> read_file(const std::string& path, size_t limit) {
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.open()) return io_error("read", path);
  constexpr size_t kFirstBytes = 4096;  // A small file touches few pages.
  std::string bytes;
  size_t size = 0;
  while (size <= limit) {
    if (size == bytes.size()) bytes.resize(std::min(limit + 1, std::max(kFirstBytes, size * 2)));
    const ssize_t got = ::read(descriptor.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > limit) return LoadError{"`" + path + "` has more than " + std::to_string(limit) + " bytes"};
  bytes.resize(size);
  return bytes;
}

}  // namespace guardvm::log
