// See commands.hpp.
#include "tool/commands.hpp"

#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "tool/files.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

bool printed_help(const std::vector<std::string>& words, std::string_view usage) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word != "--help" && word != "-h") continue;
    std::fwrite(usage.data(), 1, usage.size(), stdout);
    return true;
  }
  return false;
}

Loaded<std::string> read_record(const std::string& path) {
  Loaded<Input> input = Input::open(path);
  if (!input.ok()) return input.error();
  // One byte more than a record may have, so that the reader sees that it is too large.
  return input.value().all(kLimitRecordBytes + 1);
}

int put_out(const std::string& line, const std::string& path) {
  if (path.empty()) {
    Output output;
    output.buffer() = line;
    return output.flush() ? static_cast<int>(Exit::Ok) : usage_error("cannot write to standard output");
  }
  if (!log::replace_file(path, line, 0644)) return usage_error(log::io_error("write", path).message);
  return static_cast<int>(Exit::Ok);
}

}  // namespace guardvm::tool
