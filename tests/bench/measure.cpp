// Medians on the monotonic clock, and processes by posix_spawn and wait4.
#include "measure.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

extern char** environ;

namespace guard::bench {
namespace {

using Clock = std::chrono::steady_clock;

double run_ns(uint64_t per_run, const std::function<void()>& body) {
  const auto start = Clock::now();
  body();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / static_cast<double>(per_run);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

double median_ns(uint32_t runs, uint64_t per_run, const std::function<void()>& body) {
  body();
  std::vector<double> times;
  for (uint32_t i = 0; i < runs; ++i) times.push_back(run_ns(per_run, body));
  return median(std::move(times));
}

Pair median_pair_ns(uint32_t runs, uint64_t per_run, const std::function<void()>& first,
                    const std::function<void()>& second) {
  first();
  second();
  std::vector<double> ones, twos;
  for (uint32_t i = 0; i < runs; ++i) {
    ones.push_back(run_ns(per_run, first));
    twos.push_back(run_ns(per_run, second));
  }
  return {median(std::move(ones)), median(std::move(twos))};
}

ProcessCost run_process(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  ProcessCost cost;
  pid_t child = 0;
  const auto start = Clock::now();
  const int spawned = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return {0, 0, -1};
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  cost.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  cost.peak_kib = usage.ru_maxrss;
  cost.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return cost;
}

std::string machine() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line, model = "unknown processor";
  while (std::getline(cpuinfo, line)) {
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname name{};
  uname(&name);
  return model + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores, " + name.sysname + " " + name.release;
}

void keep(uint64_t value) { asm volatile("" : : "r"(value) : "memory"); }

}  // namespace guard::bench
