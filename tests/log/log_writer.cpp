// Decides actions and logs them, as a gate does, for the tests of the log: a line on standard output for each decision,
// written after its record is on disk and not before.
//
//   log_writer BUNDLE LOG ACTIONS [--times N] [--rotate BYTES] [--daily] [--compress] [--key FILE] [--candidate BUNDLE]
//              [--clock NS | --clock-of-action] [--dry-run] [--run NAME] [--kind KIND]
//
// ACTIONS: NDJSON, gone through N times. --clock: the wall clock of the first record; each is a second later.
// --clock-of-action: that of a record is its action's instant. Exit codes: those of guardvm, so 5 when the log cannot
// be written.
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "guardvm/guardvm.hpp"
#include "log/writer.hpp"

namespace {

using guardvm::Exit;

int stop(Exit code, const std::string& message) {
  std::fprintf(stderr, "log_writer: %s\n", message.c_str());
  return static_cast<int>(code);
}

struct Settings {
  std::vector<std::string> names;
  std::string candidate;
  guardvm::log::Options log;
  guardvm::log::Mode mode = guardvm::log::Mode::Enforce;
  uint64_t times = 1, clock_ns = 0;
  std::string run, kind;
  bool clock_of_action = false;
};

// The instant of the action that was decided last.
int64_t instant_of(const guardvm::Bundle& bundle, const guardvm::Session& session) {
  return session.action().slots[bundle.view().Kinds[session.decision().kind].now].number;
}

bool parse(int argc, char** argv, Settings& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto text = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    const auto number = [&](uint64_t& to) {
      const std::string digits = text();
      return std::from_chars(digits.data(), digits.data() + digits.size(), to).ec == std::errc();
    };
    bool good = true;
    if (word == "--times")
      good = number(out.times);
    else if (word == "--rotate")
      good = number(out.log.rotate_bytes);
    else if (word == "--clock")
      good = number(out.clock_ns);
    else if (word == "--daily")
      out.log.rotate_daily = true;
    else if (word == "--compress")
      out.log.compress = true;
    else if (word == "--dry-run")
      out.mode = guardvm::log::Mode::DryRun;
    else if (word == "--key")
      out.log.key_file = text();
    else if (word == "--candidate")
      out.candidate = text();
    else if (word == "--kind")
      out.kind = text();
    else if (word == "--clock-of-action")
      out.clock_of_action = true;
    else if (word == "--run")
      out.run = text();
    else
      out.names.push_back(word);
    if (!good) return false;
  }
  return out.names.size() == 3;
}

uint64_t now_ns(auto clock) {
  return static_cast<uint64_t>(std::chrono::nanoseconds(clock.time_since_epoch()).count());
}

}  // namespace

int main(int argc, char** argv) {
  using namespace guardvm;
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is then an error of write
  Settings settings;
  if (!parse(argc, argv, settings)) return stop(Exit::Usage, "bad arguments");
  const Loaded<Bundle> bundle = Bundle::load(settings.names[0]);
  if (!bundle.ok()) return stop(Exit::Refused, bundle.error().message);
  Loaded<Bundle> candidate = Bundle::load(settings.candidate.empty() ? settings.names[0] : settings.candidate);
  if (!candidate.ok()) return stop(Exit::Refused, candidate.error().message);
  std::ifstream file(settings.names[2], std::ios::binary);
  std::vector<std::string> actions;
  for (std::string line; std::getline(file, line);) actions.push_back(line);

  Loaded<log::Writer> writer = log::Writer::open(settings.names[1], settings.log);
  if (!writer.ok()) return stop(Exit::LogNotWritten, writer.error().message);
  Session session(bundle.value()), beside(candidate.value());
  const ReadOptions given{.kind = settings.kind};
  uint64_t count = 0;
  for (uint64_t time = 0; time < settings.times; ++time) {
    for (const std::string& action : actions) {
      const uint64_t start = now_ns(std::chrono::steady_clock::now());
      const Decision& decision = session.decide(action, given);
      log::Entry entry;
      entry.decided = {&bundle.value(), &session, "r1", now_ns(std::chrono::steady_clock::now()) - start};
      if (!settings.candidate.empty()) {
        beside.decide(action, given);
        entry.candidate = {&candidate.value(), &beside, "r2", 1};
      }
      entry.action = action;
      entry.mode = settings.mode;
      entry.run = settings.run;
      entry.given = given;
      entry.attempt = static_cast<uint32_t>(count + 1);
      entry.time_ns = static_cast<int64_t>(settings.clock_ns != 0 ? settings.clock_ns + count * 1'000'000'000
                                                                  : now_ns(std::chrono::system_clock::now()));
      if (settings.clock_of_action && decision.outcome != Outcome::Error)
        entry.time_ns = instant_of(bundle.value(), session);
      ++count;
      const Loaded<log::Appended> appended = writer.value().append(entry);
      if (!appended.ok()) return stop(Exit::LogNotWritten, appended.error().message);
      const std::string report = std::to_string(appended.value().sequence) + ' ' + appended.value().id + ' ' +
                                 std::string(outcome_word(decision.outcome)) + '\n';
      if (::write(STDOUT_FILENO, report.data(), report.size()) != static_cast<ssize_t>(report.size()))
        return stop(Exit::Usage, "cannot report");
    }
  }
  return 0;
}
