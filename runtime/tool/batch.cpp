// guardvm batch: one decision per line, in order; counts, rate and progress on standard error.
//
// A line that is no action gives a line too: decision `error`. An input without any line is refused, because "nothing
// was denied" would otherwise read as "everything passed".
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <vector>

#include "tool/files.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Tabs and line ends would break a row.
void append_cell(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
}

class Batch {
 public:
  Batch(const Bundle& bundle, const Options& options)
      : bundle_(bundle),
        options_(options),
        session_(bundle, options.tier),
        applied_(bundle.view().Rules.size(), 0),
        progress_(!options.quiet && isatty(STDERR_FILENO) == 1) {}

  // False: the input could not be read to its end, or a decision could not be written.
  bool decide_all(Input& input, const std::string& path) {
    Lines lines(input, kLimitRecordBytes);
    std::string_view line;
    while (output_.ok() && lines.next(line)) {
      const Decision& decision = session_.decide(line, read_options_);
      ++total_;
      ++counts_[static_cast<size_t>(decision.outcome)];
      if (options_.count_rules) count_rules(decision);
      if (options_.format != Format::None) print(decision);
      if (progress_ && total_ % 4096 == 0) show_progress(path, lines.consumed(), input.size());
    }
    if (lines.failed()) std::fprintf(stderr, "guardvm: cannot read `%s` to its end\n", path.c_str());
    return !lines.failed() && output_.ok();
  }

  bool finish() {
    const double seconds = seconds_since(start_);
    const bool written = output_.flush();
    if (progress_) std::fputs("\r\x1b[K", stderr);
    if (!options_.quiet) summary(seconds);
    return written;
  }

  [[nodiscard]] uint64_t total() const { return total_; }

  [[nodiscard]] Exit code() const {
    const auto any = [&](Outcome outcome) { return counts_[static_cast<size_t>(outcome)] > 0; };
    if (any(Outcome::Error)) return Exit::Error;
    if (!options_.exit_worst) return Exit::Ok;
    if (any(Outcome::Deny)) return Exit::Deny;
    return any(Outcome::Hold) ? Exit::Hold : Exit::Ok;
  }

 private:
  void count_rules(const Decision& decision) {
    for (const FiredRule& fired : decision.rules) applied_[fired.rule] += fired.status == Status::Applied ? 1u : 0u;
  }

  void print(const Decision& decision) {
    std::string& out = output_.buffer();
    if (options_.format == Format::Json) {
      session_.append_json(out, {});
    } else {
      print_row(out, decision);
    }
    out += '\n';
    output_.flush_when_full();
  }

  // line, decision, kind, rules that decide, their messages.
  void print_row(std::string& out, const Decision& decision) {
    out += std::to_string(total_) + '\t';
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
      session_.append_message(messages, fired);
    }
    if (first) out += decision.by_default ? "(default)" : "-";
    out += '\t';
    append_cell(out, messages);
  }

  // Whether the outcome rests on this rule.
  static bool decides(const FiredRule& fired, Outcome outcome) {
    using format::Effect;
    if (fired.status != Status::Applied) return false;
    if (outcome == Outcome::Deny) return fired.effect == Effect::Deny;
    if (outcome == Outcome::Allow) return fired.effect == Effect::Allow;
    return !fired.met && fired.effect != Effect::Warn && fired.effect != Effect::Oblige;
  }

  void show_progress(const std::string& path, size_t done, size_t size) {
    if (seconds_since(last_shown_) < 0.1) return;
    last_shown_ = Clock::now();
    constexpr size_t kWidth = 30;
    const size_t filled = size == 0 ? 0 : std::min(kWidth, done * kWidth / size);
    const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
    std::fprintf(stderr, "\r%s [%s] %llu actions", path.c_str(), bar.c_str(), static_cast<unsigned long long>(total_));
  }

  void summary(double seconds) const {
    const auto count = [&](Outcome o) { return static_cast<unsigned long long>(counts_[static_cast<size_t>(o)]); };
    std::fprintf(stderr, "%llu actions: %llu allow, %llu deny, %llu hold, %llu error; %.3f s, %.0f a second\n",
                 static_cast<unsigned long long>(total_), count(Outcome::Allow), count(Outcome::Deny),
                 count(Outcome::Hold), count(Outcome::Error), seconds,
                 seconds > 0 ? static_cast<double>(total_) / seconds : 0.0);
    if (!options_.count_rules) return;
    std::vector<size_t> order;
    for (size_t i = 0; i < applied_.size(); ++i) {
      if (applied_[i] > 0) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return applied_[a] > applied_[b]; });
    for (const size_t rule : order) {
      std::fprintf(stderr, "%10llu  %s\n", static_cast<unsigned long long>(applied_[rule]),
                   std::string(bundle_.text(bundle_.view().Rules[rule].id)).c_str());
    }
  }

  const Bundle& bundle_;
  const Options& options_;
  const ReadOptions read_options_ = options_.read_options();
  Session session_;
  Output output_;
  std::array<uint64_t, 4> counts_{};
  std::vector<uint64_t> applied_;
  uint64_t total_ = 0;
  bool progress_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_shown_ = start_;
};

}  // namespace

int run_batch(const Options& options) {
  const Loaded<Bundle> bundle = Bundle::load(options.bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  Batch batch(bundle.value(), options);
  bool read = true;
  for (const std::string& path : options.inputs) {
    Loaded<Input> input = Input::open(path);
    if (!input.ok()) return usage_error(input.error().message);
    read = batch.decide_all(input.value(), path);
    if (!read) break;
  }
  if (!batch.finish()) return usage_error("cannot write the decisions to standard output");
  if (!read) return static_cast<int>(Exit::Usage);
  if (batch.total() == 0) return usage_error("there is no action in the input");
  return static_cast<int>(batch.code());
}

}  // namespace guardvm::tool
