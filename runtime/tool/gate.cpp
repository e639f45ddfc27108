// guardvm gate: composes the action as it is now, decides it, logs it, tells it, and stops the pipeline by its exit
// code; with --wait, again and again while it is held.
//
// SOUND: nothing is told before it is in the log, and every way out that is not a decision is an exit code that stops
//   the pipeline (tables/exit_codes.def), so nothing fails open.
#include "tool/gate.hpp"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "digest/digest.hpp"
#include "gate/digest.hpp"
#include "gate/folder.hpp"
#include "gate/release.hpp"
#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"
#include "tool/clock.hpp"
#include "tool/files.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

// How often the folders are looked at while an action is held: a file is seen at most so much later.
constexpr int64_t kPoll_ns = kSecond_ns / 2;

int blocked(const std::string& message) {
  return usage_error(message + "; nothing was decided, so the action is blocked");
}

int not_logged(const std::string& message) {
  std::fprintf(stderr, "guardvm: %s; the action is blocked\n", message.c_str());
  return static_cast<int>(Exit::LogNotWritten);
}

// What the tries of a call share.
class Gate {
 public:
  Gate(const GateOptions& options, std::string record) : options_(options), record_(std::move(record)) {}

  // 0, or the exit code with which the call ends before anything is decided.
  int open(Bundle bundle) {
    bundle_.emplace(std::move(bundle));
    if (const int refused = check_bundle(); refused != 0) return refused;
    session_.emplace(*bundle_);
    if (!options_.candidate.empty()) {
      Loaded<Bundle> loaded = Bundle::load(options_.candidate);
      if (loaded.ok()) {
        candidate_.emplace(std::move(loaded.value()));
        beside_.emplace(*candidate_);
      } else {
        candidate_problem_ = loaded.error().message;
      }
    }
    if (options_.log.empty()) return 0;
    Loaded<log::Writer> writer = log::Writer::open(options_.log, options_.log_options);
    if (!writer.ok()) return not_logged(writer.error().message);
    writer_.emplace(std::move(writer.value()));
    return 0;
  }

  int run() {
    started_ns_ = options_.has_at ? options_.at_ns : clock_ns(CLOCK_REALTIME);
    const int64_t end_ns = clock_ns(CLOCK_MONOTONIC) + options_.wait_ns;
    if (options_.wait_ns > 0) run_ = random_name();
    bool last = options_.wait_ns == 0;
    for (uint32_t attempt = 1;; ++attempt) {
      const uint64_t seen = fingerprint();
      GateTry now{options_, *bundle_, *session_};
      now.attempt = attempt;
      if (const int failed = decide(now); failed != 0) return failed;
      const Outcome outcome = session_->decision().outcome;
      if (outcome != Outcome::Hold || last) return report(now);
      const Release release = release_of(now, end_ns);
      if (!release.any()) return report(now);
      // A last try when the time is over: so the log tells when the wait ended, and how.
      last = !wait(now, release, seen, end_ns);
    }
  }

 private:
  // What a held action waits for.
  struct Release {
    std::optional<int64_t> at_ns;  // time alone may change the decision then, before the wait is over
    bool inputs = false;           // a folder may
    [[nodiscard]] bool any() const { return at_ns || inputs; }
  };

  Release release_of(const GateTry& now, int64_t end_ns) const {
    const Decision& held = session_->decision();
    Release release;
    const int64_t left = end_ns - clock_ns(CLOCK_MONOTONIC);
    if (now.valid_until && *now.valid_until - clock_ns(CLOCK_REALTIME) <= left) release.at_ns = now.valid_until;
    release.inputs = (!options_.signals.empty() && gate::signals_may_release(*bundle_, held)) ||
                     (!options_.approvals.empty() && gate::approvals_may_release(*bundle_, held));
    return release;
  }

  [[nodiscard]] uint64_t fingerprint() const {
    if (options_.wait_ns == 0) return 0;
    return gate::fingerprint_of(options_.signals) * 31 + gate::fingerprint_of(options_.approvals);
  }

  int check_bundle() {
    const std::string& digest = bundle_->digest();
    if (!options_.expect_digest.empty() && digest != "sha256:" + options_.expect_digest)
      return refuse({"it is " + digest + ", not the one that `--expect-digest` names"});
    if (options_.expect_digest.empty() && options_.log.empty()) return 0;
    switch (check_digest(*bundle_)) {
      case DigestCheck::Matches:
        return 0;
      case DigestCheck::Differs:
        return refuse({"its bytes do not have the SHA-256 that it names"});
      case DigestCheck::NotBuiltIn:
        if (options_.expect_digest.empty()) return 0;  // Such a build has no log either, and says so.
        return refuse({"its SHA-256 cannot be checked: this guardvm was built without libsodium"});
    }
    return static_cast<int>(Exit::Internal);
  }

  static std::string random_name() {
    unsigned char bytes[16];
    if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return std::to_string(clock_ns(CLOCK_REALTIME));
    std::string out;
    for (const unsigned char byte : bytes) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  }

  int decide(GateTry& now) {
    now.instant_ns = options_.has_at ? options_.at_ns : clock_ns(CLOCK_REALTIME);
    std::optional<gate::Keyring> keyring;
    if (!options_.keyring.empty()) {
      Loaded<gate::Keyring> loaded = gate::read_keyring(options_.keyring);
      if (!loaded.ok()) return blocked(loaded.error().message);
      keyring.emplace(std::move(loaded.value()));
    }
    gate::Settings settings;
    settings.kind = options_.kind;
    settings.strict = options_.strict;
    settings.instant_ns = now.instant_ns;
    settings.started_ns = started_ns_;
    settings.inputs = {options_.signals, options_.approvals, keyring ? &*keyring : nullptr};
    Loaded<gate::Composed> composed = gate::compose(*bundle_, record_, settings);
    if (!composed.ok()) return blocked(composed.error().message);
    now.composed = std::move(composed.value());

    const int64_t begin_ns = clock_ns(CLOCK_MONOTONIC);
    const Outcome outcome = session_->decide(now.composed.record, now.composed.given).outcome;
    const int64_t done_ns = clock_ns(CLOCK_MONOTONIC);
    if (candidate_) beside_->decide(now.composed.record, now.composed.given);
    const int64_t beside_ns = clock_ns(CLOCK_MONOTONIC) - done_ns;
    now.candidate = candidate_ ? &*candidate_ : nullptr;
    now.beside = beside_ ? &*beside_ : nullptr;
    now.candidate_problem = candidate_problem_;
    now.run = run_;
    if (outcome != Outcome::Error) settle(now);
    return record(now, done_ns - begin_ns, beside_ns);
  }

  // What is told of a decision that is no error: until when it holds, and of which action it is.
  void settle(GateTry& now) {
    int64_t until = 0;
    if (session_->valid_until(until)) now.valid_until = until;
    if (now.composed.expires) now.valid_until = std::min(now.valid_until.value_or(INT64_MAX), now.composed.expires_ns);
    if (options_.format != GateFormat::Json && options_.output.empty()) return;
    Loaded<std::string> digest = gate::action_digest(*bundle_, session_->action());
    if (digest.ok()) now.action_digest = std::move(digest.value());
  }

  int record(GateTry& now, int64_t evaluation_ns, int64_t beside_ns) {
    if (!writer_) return 0;
    log::Entry entry;
    entry.decided = {&*bundle_, &*session_, options_.revision, static_cast<uint64_t>(evaluation_ns)};
    if (candidate_) entry.candidate = {&*candidate_, &*beside_, {}, static_cast<uint64_t>(beside_ns)};
    entry.action = now.composed.record;
    entry.given = now.composed.given;
    entry.mode = options_.mode;
    entry.time_ns = clock_ns(CLOCK_REALTIME);
    entry.run = run_;
    entry.attempt = now.attempt;
    Loaded<log::Appended> appended = writer_->append(entry);
    if (!appended.ok()) return not_logged(appended.error().message);
    now.recorded = std::move(appended.value());
    return 0;
  }

  // Sleeps until the held action may be decided otherwise. False: the time is over.
  bool wait(const GateTry& now, const Release& release, uint64_t seen, int64_t end_ns) {
    bool told = false;
    while (true) {
      if (fingerprint() != seen) return true;
      if (release.at_ns && clock_ns(CLOCK_REALTIME) >= *release.at_ns) return true;
      const int64_t left = end_ns - clock_ns(CLOCK_MONOTONIC);
      if (left <= 0) return false;
      if (!told) tell_waiting(now, release, left);
      told = true;
      int64_t pause = std::min(left, kPoll_ns);
      if (release.at_ns) pause = std::clamp(*release.at_ns - clock_ns(CLOCK_REALTIME), int64_t{1}, pause);
      const timespec time{static_cast<time_t>(pause / kSecond_ns), static_cast<long>(pause % kSecond_ns)};
      ::nanosleep(&time, nullptr);
    }
  }

  static void tell_waiting(const GateTry& now, const Release& release, int64_t left) {
    std::string text = "guardvm: held (try " + std::to_string(now.attempt) + "); decided again ";
    if (release.at_ns) {
      text += "at ";
      append_timestamp(text, *release.at_ns);
      if (release.inputs) text += " or ";
    }
    if (release.inputs) text += "when an input changes";
    text += ", for at most ";
    append_duration(text, (left + kSecond_ns - 1) / kSecond_ns * kSecond_ns);
    std::fprintf(stderr, "%s\n", text.c_str());
  }

  int report(const GateTry& now) {
    if (!options_.output.empty()) {
      std::string json;
      append_gate_json(json, now);
      if (!log::replace_file(options_.output, json, 0644))
        return usage_error(log::io_error("write the decision to", options_.output).message + "; the action is blocked");
    }
    Output output;
    switch (options_.format) {
      case GateFormat::Text:
        append_gate_text(output.buffer(), now);
        break;
      case GateFormat::Json:
        append_gate_json(output.buffer(), now);
        break;
      case GateFormat::Github:
        append_gate_annotation(output.buffer(), now);
        write_summary(now);
        break;
    }
    if (!output.flush()) return usage_error("cannot write the decision to standard output; the action is blocked");
    if (options_.mode == log::Mode::DryRun) return static_cast<int>(Exit::Ok);
    return static_cast<int>(exit_code(session_->decision().outcome));
  }

  static void write_summary(const GateTry& now) {
    const char* path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return;
    std::string text;
    append_gate_summary(text, now);
    std::FILE* file = std::fopen(path, "a");
    const bool good = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if ((file != nullptr && std::fclose(file) != 0) || !good)
      std::fprintf(stderr, "guardvm: cannot write the step summary to `%s`\n", path);
  }

  const GateOptions& options_;
  std::string record_;
  std::optional<Bundle> bundle_, candidate_;
  std::optional<Session> session_, beside_;
  std::optional<log::Writer> writer_;
  std::string candidate_problem_, run_;
  int64_t started_ns_ = 0;
};

}  // namespace

int run_gate(const std::vector<std::string>& words) {
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    std::fputs(gate_help().c_str(), stdout);
    return static_cast<int>(Exit::Ok);
  }
  const Loaded<GateOptions> options = parse_gate(words);
  if (!options.ok()) return usage_error(options.error().message);
  Loaded<Bundle> bundle = Bundle::load(options.value().bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  Loaded<Input> input = Input::open(options.value().input);
  if (!input.ok()) return blocked(input.error().message);
  // One byte more than a record may have, so that the reader sees that it is too large.
  Loaded<std::string> record = input.value().all(kLimitRecordBytes + 1);
  if (!record.ok()) return blocked(record.error().message);
  Gate gate(options.value(), std::move(record.value()));
  if (const int failed = gate.open(std::move(bundle.value())); failed != 0) return failed;
  return gate.run();
}

}  // namespace guardvm::tool
