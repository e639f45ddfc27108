// See pipeline.hpp.
#include "tool/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <system_error>
#include <thread>

namespace guardvm::tool {

namespace {

// How a record of a decision log starts, and how it goes on 75 bytes before its end (log/LOG.md). Spelt out here, since
// a build without logs has the pipeline too.
bool looks_like_record(std::string_view line) {
  constexpr std::string_view kStart = "{\"seq\":", kHash = ",\"hash\":\"";
  constexpr size_t kTail = 75;
  return line.starts_with(kStart) && line.size() > kTail && line.substr(line.size() - kTail).starts_with(kHash);
}

// Hands blocks in, in order.
class Turns {
 public:
  explicit Turns(const std::function<bool(const Block&)>& done) : done_(done) {}
  // False: no more are wanted.
  bool hand_in(const Block& block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || next_ == block.index; });
    if (!stopped_ && !done_(block)) stopped_ = true;
    ++next_;
    changed_.notify_all();
    return !stopped_;
  }
  [[nodiscard]] bool stopped() const { return stopped_; }  // not while threads run

 private:
  const std::function<bool(const Block&)>& done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ = 0;
  bool stopped_ = false;
};

void run_one(LineSource& source, LineWorker& worker, Turns& turns) {
  Block block;
  while (source.next(block)) {
    block.out.clear();
    worker.work(block);
    if (!turns.hand_in(block)) return;
  }
}

}  // namespace

bool LineSource::open_next() {
  open_.reset();
  if (at_ == paths_.size()) return false;
  Loaded<Input> input = Input::open(paths_[at_++]);
  if (!input.ok()) {
    problem_ = input.error().message;
    return false;
  }
  open_ = std::make_unique<Open>(std::move(input.value()), limit_);
  lines_ = 0;
  return true;
}

bool LineSource::next(Block& block) {
  const std::lock_guard lock(mutex_);
  if (!problem_.empty()) return false;
  block.lines.clear();
  block.line_count = 0;
  while (true) {
    if (!open_ && !open_next()) return false;
    std::string_view line;
    while (block.lines.size() < kBlockBytes && open_->lines.next(line)) {
      if (lines_ + block.line_count == 0) starts_as_log_ = looks_like_record(line);
      block.lines.append(line) += '\n';
      ++block.line_count;
    }
    if (open_->lines.failed())
      problem_ = "cannot read `" + paths_[at_ - 1] + "` to its end: " +
                 (errno == EBADMSG ? "what is compressed is damaged or cut off" : std::strerror(errno));
    if (block.line_count > 0) break;
    open_.reset();
    if (!problem_.empty()) return false;
  }
  block.index = blocks_++;
  block.input = at_ - 1;
  block.lines_before = lines_;
  block.all_lines_before = all_lines_;
  block.starts_as_log = starts_as_log_;
  block.consumed = open_->lines.consumed();
  block.input_bytes = open_->input.size();
  lines_ += block.line_count;
  all_lines_ += block.line_count;
  return true;
}

bool run_workers(LineSource& source, const std::vector<std::unique_ptr<LineWorker>>& workers,
                 const std::function<bool(const Block&)>& done) {
  Turns turns(done);
  std::vector<std::thread> threads;
  threads.reserve(workers.size());
  for (size_t i = 1; i < workers.size(); ++i) {
    try {
      threads.emplace_back(run_one, std::ref(source), std::ref(*workers[i]), std::ref(turns));
    } catch (const std::system_error&) {
      break;  // fewer do as well
    }
  }
  run_one(source, *workers[0], turns);
  for (std::thread& thread : threads) thread.join();
  return !turns.stopped() && source.problem().empty();
}

size_t thread_count() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace guardvm::tool
