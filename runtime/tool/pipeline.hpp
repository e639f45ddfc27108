// Many lines decided by many threads, in order where it matters: what `batch` and `replay` share.
//
//   LineSource source(paths, kLimitRecordBytes);
//   std::vector<std::unique_ptr<LineWorker>> workers = …;     // one per thread, each with a Session of its own
//   bool good = run_workers(source, workers, [&](const Block& block) { return write(block.out); });
//
// A thread takes the next block of whole lines under a lock, works on it without one, and hands it in when its turn has
// come: `done` is called for one block after another, in the order of the input. Memory: a block per thread, of
// kBlockBytes or one line.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/files.hpp"

namespace guardvm::tool {

inline constexpr size_t kBlockBytes = size_t{256} << 10;

struct Block {
  uint64_t index = 0;             // of all blocks
  size_t input = 0;               // which of the inputs
  uint64_t lines_before = 0;      // of this block in its input
  uint64_t all_lines_before = 0;  // of this block in all inputs
  uint64_t line_count = 0;
  size_t consumed = 0, input_bytes = 0;  // of the input so far, and of all of it; 0: not known
  bool starts_as_log = false;            // the input's first line looks like a record of a decision log
  std::string lines;                     // each with a line end
  std::string out;                       // what the worker made of it
};

// Calls `use` with each line of a block.
template <typename Use>
void for_each_line(const Block& block, Use use) {
  std::string_view rest = block.lines;
  for (uint64_t i = 0; i < block.line_count; ++i) {
    const size_t end = rest.find('\n');
    use(rest.substr(0, end), i);
    rest.remove_prefix(end + 1);
  }
}

// The lines of several inputs as blocks. Any thread may call `next`.
class LineSource {
 public:
  // Lines longer than `limit` are cut to `limit` + 1 bytes; see Lines.
  LineSource(std::vector<std::string> paths, size_t limit) : paths_(std::move(paths)), limit_(limit) {}
  // False: there is none, or an input cannot be opened or read.
  bool next(Block& block);
  // What was wrong; empty: nothing. Not while threads run.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  bool open_next();
  std::mutex mutex_;
  std::vector<std::string> paths_;
  size_t limit_;
  size_t at_ = 0;  // the next input to open
  struct Open {
    explicit Open(Input&& from, size_t limit) : input(std::move(from)), lines(input, limit) {}
    Input input;
    Lines lines;
  };
  std::unique_ptr<Open> open_;
  uint64_t blocks_ = 0, lines_ = 0, all_lines_ = 0;
  bool starts_as_log_ = false;
  std::string problem_;
};

class LineWorker {
 public:
  virtual ~LineWorker() = default;
  virtual void work(Block& block) = 0;
};

// Runs until the source ends or `done` gives false; with one worker on the calling thread. False: `done` did, or the
// source had a problem.
bool run_workers(LineSource& source, const std::vector<std::unique_ptr<LineWorker>>& workers,
                 const std::function<bool(const Block&)>& done);

// As many threads as this process may use.
[[nodiscard]] size_t thread_count();

}  // namespace guardvm::tool
