// guardvm batch: one decision per line, in order; counts, rate and progress on standard error.
//
// A line that is no action gives a line too: decision `error`. An input without any line is refused, because "nothing
// was denied" would otherwise read as "everything passed".
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

#include "tool/files.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"
#include "tool/pipeline.hpp"

namespace guardvm::tool {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Tabs and line ends would break a row.
void append_cell(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
}

struct Counts {
  std::array<uint64_t, 4> outcomes{};
  std::vector<uint64_t> applied;  // per rule
};

class BatchWorker final : public LineWorker {
 public:
  BatchWorker(const Bundle& bundle, const Options& options)
      : bundle_(bundle), options_(options), read_options_(options.read_options()) {
    counts_.applied.resize(bundle.view().Rules.size(), 0);
  }

  void work(Block& block) override {
    if (!session_) session_.emplace(bundle_, options_.tier);
    for_each_line(block, [&](std::string_view line, uint64_t i) {
      const Decision& decision = session_->decide(line, read_options_);
      ++counts_.outcomes[static_cast<size_t>(decision.outcome)];
      if (options_.count_rules) {
        for (const FiredRule& fired : decision.rules)
          counts_.applied[fired.rule] += fired.status == Status::Applied ? 1u : 0u;
      }
      if (options_.format == Format::None) return;
      if (options_.format == Format::Json)
        session_->append_json(block.out, {});
      else
        print_row(block.out, block.all_lines_before + i + 1, decision);
      block.out += '\n';
    });
  }

  void add_to(Counts& all) const {
    for (size_t i = 0; i < all.outcomes.size(); ++i) all.outcomes[i] += counts_.outcomes[i];
    for (size_t i = 0; i < all.applied.size(); ++i) all.applied[i] += counts_.applied[i];
  }

 private:
  // line, decision, kind, rules that decide, their messages.
  void print_row(std::string& out, uint64_t line, const Decision& decision) const {
    out += std::to_string(line) + '\t';
    out += outcome_word(decision.outcome);
    out += '\t';
    append_cell(out, decision.kind_known ? bundle_.text(bundle_.view().Kinds[decision.kind].name) : "-");
    out += '\t';
    if (decision.outcome == Outcome::Error) {
      out += error_word(decision.error.code);
      out += '\t';
      append_cell(
          out, decision.error.at.empty() ? decision.error.message : decision.error.at + ": " + decision.error.message);
      return;
    }
    std::string messages;
    bool first = true;
    for (const FiredRule& fired : decision.rules) {
      if (!decides(fired, decision.outcome)) continue;
      if (!first) {
        out += ',';
        messages += "; ";
      }
      first = false;
      append_cell(out, bundle_.text(bundle_.view().Rules[fired.rule].id));
      session_->append_message(messages, fired);
    }
    if (first) out += decision.by_default ? "(default)" : "-";
    out += '\t';
    append_cell(out, messages);
  }

  const Bundle& bundle_;
  const Options& options_;
  const ReadOptions read_options_;
  std::optional<Session> session_;
  Counts counts_;
};

class Progress {
 public:
  explicit Progress(bool shown) : shown_(shown && isatty(STDERR_FILENO) == 1) {}

  void show(const Block& block, const std::string& path) {
    if (!shown_ || seconds_since(last_) < 0.1) return;
    last_ = Clock::now();
    constexpr size_t kWidth = 30;
    const size_t filled = block.input_bytes == 0 ? 0 : std::min(kWidth, block.consumed * kWidth / block.input_bytes);
    const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
    std::fprintf(stderr, "\r%s [%s] %llu actions", path.c_str(), bar.c_str(),
                 static_cast<unsigned long long>(block.all_lines_before + block.line_count));
  }
  void clear() const {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

 private:
  bool shown_;
  Clock::time_point last_ = Clock::now();
};

void print_summary(const Bundle& bundle, const Counts& counts, double seconds, bool rules) {
  const auto count = [&](Outcome o) {
    return static_cast<unsigned long long>(counts.outcomes[static_cast<size_t>(o)]);
  };
  const unsigned long long total =
      count(Outcome::Allow) + count(Outcome::Deny) + count(Outcome::Hold) + count(Outcome::Error);
  std::fprintf(stderr, "%llu %s: %llu allow, %llu deny, %llu hold, %llu error; %.3f s, %.0f a second\n", total,
               total == 1 ? "action" : "actions", count(Outcome::Allow), count(Outcome::Deny), count(Outcome::Hold),
               count(Outcome::Error), seconds, seconds > 0 ? static_cast<double>(total) / seconds : 0.0);
  if (!rules) return;
  std::vector<size_t> order;
  for (size_t i = 0; i < counts.applied.size(); ++i) {
    if (counts.applied[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return counts.applied[a] > counts.applied[b]; });
  for (const size_t rule : order) {
    std::fprintf(stderr, "%10llu  %s\n", static_cast<unsigned long long>(counts.applied[rule]),
                 std::string(bundle.text(bundle.view().Rules[rule].id)).c_str());
  }
}

Exit exit_of(const Counts& counts, bool worst) {
  const auto any = [&](Outcome outcome) { return counts.outcomes[static_cast<size_t>(outcome)] > 0; };
  if (any(Outcome::Error)) return Exit::Error;
  if (!worst) return Exit::Ok;
  if (any(Outcome::Deny)) return Exit::Deny;
  return any(Outcome::Hold) ? Exit::Hold : Exit::Ok;
}

}  // namespace

int run_batch(const Options& options) {
  const Clock::time_point start = Clock::now();
  const Loaded<Bundle> bundle = Bundle::load(options.bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  std::vector<std::unique_ptr<LineWorker>> workers;
  for (size_t i = thread_count(); i > 0; --i) workers.push_back(std::make_unique<BatchWorker>(bundle.value(), options));
  LineSource source(options.inputs, kLimitRecordBytes);
  Output output;
  Progress progress(!options.quiet);
  run_workers(source, workers, [&](const Block& block) {
    output.buffer() += block.out;
    output.flush_when_full();
    progress.show(block, source.paths()[block.input]);
    return output.ok();
  });
  const bool written = output.flush();
  progress.clear();
  Counts counts;
  counts.applied.resize(bundle.value().view().Rules.size(), 0);
  for (const std::unique_ptr<LineWorker>& worker : workers) static_cast<const BatchWorker&>(*worker).add_to(counts);
  if (!options.quiet) print_summary(bundle.value(), counts, seconds_since(start), options.count_rules);
  if (!written) return usage_error("cannot write the decisions to standard output");
  if (!source.problem().empty()) return usage_error(source.problem());
  if (counts.outcomes == std::array<uint64_t, 4>{}) return usage_error("there is no action in the input");
  return static_cast<int>(exit_of(counts, options.exit_worst));
}

}  // namespace guardvm::tool
