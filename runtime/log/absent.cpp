// The writer of a build without libsodium or libzstd: it cannot be opened, so the caller blocks.
#include "log/writer.hpp"

namespace guardvm::log {

struct Writer::Impl {};

std::string_view mode_word(Mode mode) { return mode == Mode::Enforce ? "enforce" : "dry-run"; }

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer::~Writer() = default;

Loaded<Writer> Writer::open(const std::string& path, const Options&) {
  return LoadError{"the decision log `" + path +
                   "` cannot be written: this guardvm was built without libsodium or libzstd"};
}

Loaded<Appended> Writer::append(const Entry&) { return LoadError{"no decision log is open"}; }

}  // namespace guardvm::log
