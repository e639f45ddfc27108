// guardvm replay: decides past actions by a bundle, and counts what it would have done.
//
// The lines go through the pipeline of `batch`, and each is decided by the same Session, so the decisions are those of
// `batch` and `eval`. Records of decision logs are decided again from the action that they hold.
#include "tool/replay.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "log/segments.hpp"
#include "read/subject.hpp"
#include "tool/arguments.hpp"
#include "tool/files.hpp"
#include "tool/log_filter.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"
#include "tool/pipeline.hpp"
#include "tool/replayable.hpp"

namespace guardvm::tool {

namespace {

// What the workers share; immutable.
struct Shared {
  const Bundle& bundle;
  const Bundle* against;
  const ReplaySettings& settings;
  Subjects subjects;
  ReadLeaves leaves;
  std::optional<ReadLeaves> old_leaves;
};

class ReplayWorker final : public LineWorker {
 public:
  explicit ReplayWorker(const Shared& shared) : shared_(shared), tally_(shared.bundle.view().Rules.size()) {}

  void work(Block& block) override {
    if (!session_) {
      session_.emplace(shared_.bundle);
      if (shared_.against != nullptr) before_.emplace(*shared_.against);
    }
    const ReplaySettings& settings = shared_.settings;
    const ReadOptions options{settings.kind, settings.has_at, settings.at_ns, settings.strict};
    for_each_line(block, [&](std::string_view line, uint64_t i) {
      if (block.starts_as_log)
        decide_record(block, i, line);
      else
        decide(block, i, line, options, std::nullopt);
    });
  }

  [[nodiscard]] const ReplayTally& tally() const { return tally_; }

 private:
  void decide_record(const Block& block, uint64_t i, std::string_view line) {
    if (!record_.read(line)) {
      ++tally_.left_out_other;
      return;
    }
    const std::optional<Replayable> found = replayable(record_);
    if (!found) {
      ++tally_.left_out_unread;
      return;
    }
    ReadOptions given = found->given;
    if (!shared_.settings.kind.empty()) given.kind = shared_.settings.kind;
    decide(block, i, found->action, given, found->decided);
  }

  // Whether no digest stands where the decision would look.
  bool whole(const Decision& decision, const ReadLeaves& leaves) const {
    if (!record_.replaced.there()) return true;
    for (JsonElements e(record_.replaced); e.next();)
      if (!decision.kind_known || !leaves.harmless(decision.kind, e.value().plain_text())) return false;
    return true;
  }

  void decide(const Block& block, uint64_t i, std::string_view action, const ReadOptions& options,
              std::optional<Outcome> then) {
    const Decision& decision = session_->decide(action, options);
    if (block.starts_as_log && !whole(decision, shared_.leaves)) {
      ++tally_.left_out_replaced;
      return;
    }
    if (before_) {
      const Decision& old = before_->decide(action, options);
      if (block.starts_as_log && !whole(old, *shared_.old_leaves)) {
        ++tally_.left_out_replaced;
        return;
      }
      then = old.outcome;
    }
    ++tally_.actions;
    ++tally_.outcomes[static_cast<size_t>(decision.outcome)];
    if (decision.outcome == Outcome::Error) tally_.errors.add(error_word(decision.error.code));
    if (!decision.rules.empty()) count_rules(decision);
    if (then) {
      ++tally_.compared;
      compare(block, i, *then, decision);
    } else if (decision.outcome != Outcome::Allow) {
      count_blocked(decision);
    }
  }

  void count_rules(const Decision& decision) {
    uint64_t deciding = 0;
    for (const FiredRule& fired : decision.rules) deciding += decides(fired, decision.outcome) ? 1 : 0;
    const bool blocked = decision.outcome == Outcome::Deny || decision.outcome == Outcome::Hold;
    for (const FiredRule& fired : decision.rules) {
      RuleTally& rule = tally_.rules[fired.rule];
      ++rule.fired;
      if (fired.status == Status::Shadow || fired.status == Status::Advisory) {
        const int change = strictness(fired.would) - strictness(decision.outcome);
        rule.would += change > 0 ? 1 : 0;
        rule.relax += change < 0 ? 1 : 0;
      } else if (blocked && decides(fired, decision.outcome)) {
        ++rule.stopped;
        rule.alone += deciding == 1 ? 1 : 0;
      }
    }
    if (decision.has_would && strictness(decision.would) > strictness(decision.outcome)) ++tally_.would_all;
  }

  void compare(const Block& block, uint64_t i, Outcome then, const Decision& decision) {
    const auto from = static_cast<size_t>(then), to = static_cast<size_t>(decision.outcome);
    ++tally_.changes[from][to];
    if (from == to) return;
    if (then == Outcome::Allow) count_blocked(decision);
    std::vector<Example>& examples = tally_.examples[from][to];
    if (examples.size() >= shared_.settings.examples) return;  // a worker's blocks come in order
    Example example{.order = block.all_lines_before + i,
                    .input = block.input,
                    .line = block.lines_before + i + 1,
                    .kind = decision.kind_known ? std::string(kind_name(decision.kind)) : "-",
                    .service = {},
                    .actor = {},
                    .rules = rules_of(decision),
                    .message = {}};
    if (decision.outcome == Outcome::Error) {
      example.message =
          decision.error.at.empty() ? decision.error.message : decision.error.at + ": " + decision.error.message;
    } else {
      example.service = shared_.subjects.service(session_->action());
      example.actor = shared_.subjects.actor(session_->action());
      for (const FiredRule& fired : decision.rules) {
        if (!decides(fired, decision.outcome)) continue;
        if (!example.message.empty()) example.message += "; ";
        session_->append_message(example.message, fired);
      }
    }
    examples.push_back(std::move(example));
  }

  void count_blocked(const Decision& decision) {
    ++tally_.newly;
    if (decision.outcome == Outcome::Error) {
      tally_.by_rules.add("(error)");
      return;
    }
    const std::string_view service = shared_.subjects.service(session_->action());
    const std::string_view actor = shared_.subjects.actor(session_->action());
    if (!service.empty()) tally_.services.add(service);
    if (!actor.empty()) tally_.actors.add(actor);
    bool any = false;
    for (const FiredRule& fired : decision.rules) {
      if (!decides(fired, decision.outcome)) continue;
      tally_.by_rules.add(rule_id(fired.rule));
      any = true;
    }
    if (!any) tally_.by_rules.add("(default)");
  }

  std::string rules_of(const Decision& decision) const {
    if (decision.outcome == Outcome::Error) return std::string(error_word(decision.error.code));
    std::string out;
    for (const FiredRule& fired : decision.rules) {
      if (!decides(fired, decision.outcome)) continue;
      if (!out.empty()) out += ", ";
      out += rule_id(fired.rule);
    }
    return out.empty() ? "(default)" : out;
  }
  std::string_view rule_id(uint32_t rule) const { return shared_.bundle.text(shared_.bundle.view().Rules[rule].id); }
  std::string_view kind_name(uint32_t kind) const {
    return shared_.bundle.text(shared_.bundle.view().Kinds[kind].name);
  }

  const Shared& shared_;
  std::optional<Session> session_, before_;
  log::RecordView record_;
  ReplayTally tally_;
};

bool parse(Arguments& words, ReplaySettings& out) {
  while (words.next()) {
    if (!words.is_option())
      (out.bundle.empty() ? out.bundle : out.inputs.emplace_back()) = words.word();
    else if (words.is("--against"))
      words.value(out.against);
    else if (words.is("--kind"))
      words.value(out.kind);
    else if (words.is("--at"))
      out.has_at = parse_moment(words, out.at_ns);
    else if (words.is("--strict"))
      out.strict = true;
    else if (words.is("--quiet"))
      out.quiet = true;
    else if (words.is("--examples"))
      words.number(out.examples);
    else if (words.is("--top"))
      words.number(out.top);
    else if (words.is("--threads"))
      words.number(out.threads);
    else if (words.is("--format"))
      words.choice({"text", "json"}, out.format);
    else
      words.fail("`replay` has no option `" + words.word() + "`");
  }
  if (out.bundle.empty()) words.fail("`replay` needs a bundle, made by `guardc build`");
  if (out.inputs.empty()) out.inputs.emplace_back("-");
  return words.ok();
}

// A decision log stands for its closed files as well.
Loaded<std::vector<std::string>> expand(const std::vector<std::string>& inputs) {
  std::vector<std::string> paths;
  for (const std::string& input : inputs) {
    const Loaded<std::vector<log::Segment>> closed = log::closed_segments(input);
    if (input == "-" || !closed.ok() || closed.value().empty()) {
      paths.push_back(input);
      continue;
    }
    const Loaded<log::Log> log = log::log_named(input);
    if (!log.ok()) return log.error();
    for (const log::LogFile& file : log.value().files) paths.push_back(file.path);
  }
  return paths;
}

}  // namespace

int run_replay(const std::vector<std::string>& arguments) {
  const auto start = std::chrono::steady_clock::now();
  Arguments words(arguments);
  ReplaySettings settings;
  if (!parse(words, settings)) return usage_error(words.problem());
  const Loaded<Bundle> bundle = Bundle::load(settings.bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  std::optional<Loaded<Bundle>> against;
  if (!settings.against.empty()) {
    against.emplace(Bundle::load(settings.against));
    if (!against->ok()) return refuse(against->error());
  }
  const Bundle* const old = against ? &against->value() : nullptr;
  Loaded<std::vector<std::string>> paths = expand(settings.inputs);
  if (!paths.ok()) return usage_error(paths.error().message);

  Shared shared{bundle.value(), old, settings, Subjects(bundle.value()), ReadLeaves(bundle.value()), std::nullopt};
  if (old != nullptr) shared.old_leaves.emplace(*old);
  std::vector<std::unique_ptr<LineWorker>> workers;
  const size_t threads = settings.threads > 0 ? std::min<size_t>(settings.threads, 256) : thread_count();
  for (size_t i = 0; i < threads; ++i) workers.push_back(std::make_unique<ReplayWorker>(shared));
  LineSource source(paths.value(), kLimitLogRecordBytes);
  run_workers(source, workers, [](const Block&) { return true; });
  if (!source.problem().empty()) return usage_error(source.problem());
  ReplayTally tally(bundle.value().view().Rules.size());
  for (const std::unique_ptr<LineWorker>& worker : workers)
    tally.add(static_cast<const ReplayWorker&>(*worker).tally(), settings.examples);

  if (tally.actions == 0) return usage_error("there is no action to decide in the input");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!settings.quiet)
    std::fprintf(stderr, "%llu %s in %.3f s, %.0f a second, %zu %s\n", static_cast<unsigned long long>(tally.actions),
                 tally.actions == 1 ? "action" : "actions", seconds, static_cast<double>(tally.actions) / seconds,
                 threads, threads == 1 ? "thread" : "threads");
  Output output;
  const ReplayResult result{bundle.value(), old, settings, source.paths(), tally};
  if (settings.format == 0)
    append_replay_text(output.buffer(), result);
  else
    append_replay_json(output.buffer(), result);
  if (!output.flush()) return usage_error("cannot write to standard output");
  return static_cast<int>(Exit::Ok);
}

}  // namespace guardvm::tool
