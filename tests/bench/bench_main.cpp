// The benchmark of the runtime and the compiler: prints a table against the bars of the product and writes the same as
// JSON.
//
//   bench --guardc build/bin/guardc --guardvm build/bin/guardvm --empty build/bin/bench_empty [--json FILE]
//   [--max-rules N] [--policies FOLDER] [--only verify]
//
// Every ratio is measured in one run, the two sides alternately; figures are medians.
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "decide/engine.hpp"
#include "generate.hpp"
#include "guardvm/session.hpp"
#include "measure.hpp"
#include "read/reader.hpp"

namespace guard::bench {
namespace {

constexpr uint32_t kActions = 20'000;
constexpr uint32_t kTimed = 512;  // Actions whose text and slots stay in cache between runs.
constexpr uint32_t kRuns = 15;

struct Options {
  std::string guardc, guardvm, empty, json, policies;
  uint32_t max_rules = 100'000;
  bool only_verify = false;
};

class Table {
 public:
  void row(const std::string& what, const std::string& input, double value, const std::string& unit, double bar,
           const std::string& note = {}) {
    const char* verdict = bar <= 0 ? "" : (value <= bar ? "ok" : "MISSED");
    std::printf("%-44s %-22s %12.2f %-8s %10s  %-7s %s\n", what.c_str(), input.c_str(), value, unit.c_str(),
                bar > 0 ? number(bar).c_str() : "-", verdict, note.c_str());
    std::fflush(stdout);
    rows_.push_back({{"what", what},
                     {"input", input},
                     {"value", value},
                     {"unit", unit},
                     {"bar", bar > 0 ? nlohmann::json(bar) : nlohmann::json()},
                     {"ok", bar <= 0 || value <= bar},
                     {"note", note}});
  }
  [[nodiscard]] nlohmann::json json() const { return {{"machine", machine()}, {"rows", rows_}}; }

 private:
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
  }
  nlohmann::json rows_ = nlohmann::json::array();
};

std::string size_word(uint32_t rules) {
  return rules % 1000 == 0 ? std::to_string(rules / 1000) + "k" : std::to_string(rules);
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Actions read once, with the text they borrow: what `decide` from typed slots starts from.
struct ReadActions {
  std::vector<guardvm::Action> actions;
  std::vector<guardvm::Reader::Text> texts;
  guardvm::Reader reader;
  ReadActions(const guardvm::Bundle& bundle, const std::vector<std::string>& lines) : reader(bundle) {
    for (uint32_t i = 0; i < kTimed; ++i) {
      guardvm::Action action;
      guardvm::ReadError error;
      if (!reader.read(lines[i], {}, action, error)) {
        std::fprintf(stderr, "bench: a generated action does not fit: %s %s\n%s\n", error.at.c_str(),
                     error.message.c_str(), lines[i].c_str());
        std::exit(70);
      }
      actions.push_back(std::move(action));
      texts.push_back(reader.release());
    }
  }
};

struct Bars {
  double decide, slots, line;
};

void bench_decide(Table& table, const guardvm::Bundle& bundle, const std::vector<std::string>& lines,
                  const std::string& input, const Bars& bars, bool dense) {
  const ReadActions read(bundle, lines);
  guardvm::Engine engine(bundle, guardvm::Tier::Indexed);
  guardvm::Decision decision;
  uint64_t fired = 0;
  for (const guardvm::Action& action : read.actions) {
    engine.decide(action, decision);
    fired += decision.rules.size();
  }
  const double fired_each = static_cast<double>(fired) / kTimed;
  char note[64];
  std::snprintf(note, sizeof note, "%.2f rules fire on an action", fired_each);

  // From class ids: facts and classes are made before the clock starts, as `decide` would leave them.
  guardvm::Index index;
  guardvm::Combiner combiner;
  combiner.reserve(bundle.view());
  std::vector<guardvm::Facts> facts(kTimed);
  std::vector<std::vector<guardvm::Slot>> slots(kTimed);
  std::vector<guardvm::Classes> classes(kTimed);
  for (uint32_t i = 0; i < kTimed; ++i) {
    engine.take(read.actions[i]);
    facts[i] = engine.facts();
    slots[i].assign(facts[i].slots, facts[i].slots + facts[i].kind->leaves.count);
    facts[i].slots = slots[i].data();
    classes[i].classify(facts[i], index.prepare(facts[i]));
  }
  const uint32_t rounds = dense ? 1 : 8;
  const double from_classes = median_ns(kRuns, kTimed * rounds, [&] {
    for (uint32_t r = 0; r < rounds; ++r) {
      for (uint32_t i = 0; i < kTimed; ++i) {
        combiner.combine(facts[i], index.match(facts[i], classes[i]), decision);
        keep(decision.rules.size());
      }
    }
  });
  const double from_slots = median_ns(kRuns, kTimed * rounds, [&] {
    for (uint32_t r = 0; r < rounds; ++r) {
      for (const guardvm::Action& action : read.actions) {
        engine.decide(action, decision);
        keep(decision.rules.size());
      }
    }
  });
  const double per = dense ? std::max(1.0, fired_each) : 1.0;
  table.row(dense ? "decide from class ids, per fired rule" : "decide from class ids", input, from_classes / per, "ns",
            bars.decide, note);
  table.row(dense ? "classify and decide, per fired rule" : "classify and decide from slots", input, from_slots / per,
            "ns", dense ? 0 : bars.slots);
}

// The lines as they stand in a file, one behind the other, with the bytes behind them that simdjson may look at.
struct Log {
  explicit Log(const std::vector<std::string>& all) {
    for (const std::string& line : all) text += line + '\n';
    text.append(simdjson::SIMDJSON_PADDING, ' ');
    size_t at = 0;
    for (const std::string& line : all) {
      lines.push_back(std::string_view(text).substr(at, line.size()));
      at += line.size() + 1;
    }
  }
  std::string text;
  std::vector<std::string_view> lines;
};

void bench_lines(Table& table, const guardvm::Bundle& bundle, const std::vector<std::string>& lines,
                 const std::string& input, double bar) {
  guardvm::Session session(bundle);
  simdjson::dom::parser parser;
  const Log log(lines);
  const Pair times = median_pair_ns(
      kRuns, lines.size(),
      [&] {
        uint64_t denied = 0;
        for (const std::string_view line : log.lines)
          denied += session.decide(line, {}).outcome == guardvm::Outcome::Deny;
        keep(denied);
      },
      [&] {
        uint64_t objects = 0;
        for (const std::string_view line : log.lines) {
          simdjson::dom::element element;
          objects += parser.parse(line.data(), line.size(), false).get(element) == simdjson::SUCCESS;
        }
        keep(objects);
      });
  char note[96];
  std::snprintf(note, sizeof note, "%.0f ns a line; simdjson (%s) DOM %.0f ns", times.first,
                simdjson::get_active_implementation()->name().c_str(), times.second);
  table.row("NDJSON line to decision / simdjson DOM parse", input, times.first / times.second, "x", bar, note);
  guardvm::Engine engine(bundle, guardvm::Tier::Indexed);
  guardvm::Reader reader(bundle);
  guardvm::Action action;
  guardvm::ReadError error;
  const double read_ns = median_ns(5, lines.size(), [&] {
    for (const std::string_view line : log.lines) keep(reader.read(line, {}, action, error));
  });
  table.row("  of which reading the record", input, read_ns, "ns", 0);
}

void bench_start(Table& table, const Options& options, const std::filesystem::path& bundle,
                 const std::filesystem::path& action, const std::string& input) {
  const std::vector<std::string> eval = {options.guardvm, "eval", bundle.string(), action.string(), "--format", "json"};
  const Pair times = median_pair_ns(
      301, 1, [&] { keep(static_cast<uint64_t>(run_process(eval).status)); },
      [&] { keep(static_cast<uint64_t>(run_process({options.empty}).status)); });
  char note[96];
  std::snprintf(note, sizeof note, "%.3f ms; empty static program %.3f ms; bundle %.2f MB", times.first / 1e6,
                times.second / 1e6, static_cast<double>(std::filesystem::file_size(bundle)) / 1e6);
  const bool is_the_bar = std::filesystem::file_size(bundle) >= 950'000;  // "1 MB"
  table.row("`guardvm eval` / empty static program", input, times.first / times.second, "x", is_the_bar ? 2.0 : 0,
            note);
  std::ifstream file(action);
  const std::string at = nlohmann::json::parse(file).at("time");  // of another day than the clock's
  const std::vector<std::string> gate = {options.guardvm, "gate",    bundle.string(), action.string(),
                                         "--mode",        "dry-run", "--at",          at};
  const Pair gated = median_pair_ns(
      301, 1, [&] { keep(static_cast<uint64_t>(run_process(gate).status)); },
      [&] { keep(static_cast<uint64_t>(run_process({options.empty}).status)); });
  std::snprintf(note, sizeof note, "%.3f ms; empty static program %.3f ms", gated.first / 1e6, gated.second / 1e6);
  table.row("`guardvm gate` without a log / empty static program", input, gated.first / gated.second, "x",
            is_the_bar ? 2.0 : 0, note);
  const std::filesystem::path log = bundle.parent_path() / "gate-bench.ndjson";
  std::vector<std::string> logged = gate;
  logged.insert(logged.end(), {"--log", log.string()});
  const Pair synced = median_pair_ns(
      101, 1, [&] { keep(static_cast<uint64_t>(run_process(logged).status)); },
      [&] { keep(static_cast<uint64_t>(run_process(gate).status)); });
  std::snprintf(note, sizeof note, "%.3f ms; without %.3f ms", synced.first / 1e6, synced.second / 1e6);
  table.row("`guardvm gate` with a log, synced / without", input, synced.first / synced.second, "x", 0, note);
}

struct Case {
  Shape shape;
  uint32_t rules;
  Bars bars;
  double build_seconds;
};

void bench_case(Table& table, const Options& options, const Case& one, const std::filesystem::path& folder) {
  const SetOptions set{one.shape, one.rules, 1};
  const std::string input = std::string(shape_word(one.shape)) + " " + size_word(one.rules);
  const std::filesystem::path source =
      folder / (std::string(shape_word(one.shape)) + std::to_string(one.rules) + ".guard");
  const std::filesystem::path path = folder / (source.stem().string() + ".bundle");
  write_file(source, generate_set(set));
  const ProcessCost build = run_process({options.guardc, "build", source.string(), "-o", path.string()});
  if (build.status != 0) {
    std::fprintf(stderr, "bench: guardc build of %s exits with %d\n", source.c_str(), build.status);
    std::exit(1);
  }
  table.row("guardc build", input, build.seconds, "s", one.build_seconds,
            "peak " + std::to_string(build.peak_kib / 1024) + " MiB");
  if (one.rules >= 100'000)
    table.row("guardc build, peak memory", input, static_cast<double>(build.peak_kib) / 1048576.0, "GiB", 2.0);
  table.row("bundle size", input, static_cast<double>(std::filesystem::file_size(path)) / 1e6, "MB",
            one.rules >= 100'000 ? 64.0 : 0);
  const double load_ns = median_ns(5, 1, [&] { keep(guardvm::Bundle::load(path.string()).ok()); });
  table.row("load (map, checksum, validate)", input, load_ns / 1e6, "ms", 0);
  const auto bundle = guardvm::Bundle::load(path.string());
  if (!bundle.ok()) {
    std::fprintf(stderr, "bench: %s is refused: %s\n", path.c_str(), bundle.error().message.c_str());
    std::exit(3);
  }
  const std::vector<std::string> lines = generate_actions(set, kActions, 42);
  uint64_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  if (one.shape == Shape::Sparse && one.rules == 1000) {
    std::printf("input: %u different actions of %.0f bytes on average; seeds: sets 1, actions 42\n", kActions,
                static_cast<double>(bytes) / kActions);
  }
  bench_decide(table, bundle.value(), lines, input, one.bars, one.shape == Shape::Dense);
  if (one.shape != Shape::Dense) bench_lines(table, bundle.value(), lines, input, one.bars.line);
  if (one.shape == Shape::Sparse && one.rules <= 1'600) {
    const std::filesystem::path action = folder / "action.json";
    write_file(action, lines[0]);
    bench_start(table, options, path, action, input);
  }
}

// `guardc verify` as a whole process: its time, its memory, and what the engines took of it, over all threads.
void bench_verify(Table& table, const Options& options, const std::string& input, const std::string& path,
                  const std::filesystem::path& folder, double seconds, double gigabytes) {
  const std::filesystem::path out = folder / "verify.txt";
  ProcessCost best;
  std::vector<double> times;
  const int runs = seconds < 1 ? 5 : 1;
  for (int i = 0; i < runs; ++i) {
    best = run_process({"/bin/sh", "-c", "exec \"$0\" verify \"$1\" --as-of 2026-11-25 --stats > \"$2\"",
                        options.guardc, path, out.string()});
    times.push_back(best.seconds);
  }
  std::sort(times.begin(), times.end());
  std::map<std::string, std::string> stats;
  std::ifstream file(out);
  for (std::string line; std::getline(file, line);) {
    for (const char* name : {"queries by boxes", "queries by z3"}) {
      if (line.starts_with(name)) stats[name] = line.substr(line.find_first_of("0123456789", 15));
    }
    if (line.find(", as of ") != std::string::npos) stats["found"] = line.substr(0, line.find(", as of "));
  }
  const bool complete = best.status == 0 || best.status == 2;
  const std::string note = (complete ? "" : "INCONCLUSIVE or failed; ") + stats["found"] + "; boxes " +
                           stats["queries by boxes"] + ", z3 " + stats["queries by z3"];
  table.row("guardc verify", input, complete ? times[times.size() / 2] : 1e9, "s", seconds, note);
  table.row("guardc verify, peak memory", input, static_cast<double>(best.peak_kib) / 1048576.0, "GiB", gigabytes);
}

void bench_verify_all(Table& table, const Options& options, const std::filesystem::path& folder) {
  struct Input {
    Shape shape;
    uint32_t rules;
    double seconds, gigabytes;
  };
  for (const Input& one : {Input{Shape::Sparse, 1'000, 0.5, 1}, Input{Shape::Sparse, 10'000, 5, 1},
                           Input{Shape::Sparse, 100'000, 120, 6}, Input{Shape::Broad, 200, 10, 0}}) {
    if (one.rules > options.max_rules) continue;
    const std::string input = std::string(shape_word(one.shape)) + " " + size_word(one.rules);
    const std::filesystem::path source = folder / "verify.guard", bundle = folder / "verify.bundle";
    write_file(source, generate_set({one.shape, one.rules, 1}));
    if (run_process({options.guardc, "build", source.string(), "-o", bundle.string()}).status != 0) {
      std::fprintf(stderr, "bench: guardc build of %s fails\n", input.c_str());
      std::exit(1);
    }
    bench_verify(table, options, input, bundle.string(), folder, one.seconds, one.gigabytes);
  }
  if (!options.policies.empty()) bench_verify(table, options, "policies", options.policies, folder, 0.3, 0);
}

// `guardc diff` of a set and the same with some rules changed.
void bench_diff(Table& table, const Options& options, const std::filesystem::path& folder) {
  struct Input {
    uint32_t rules, changes;
    double seconds;
  };
  for (const Input& one : {Input{1'000, 12, 0.5}, Input{10'000, 20, 2}}) {
    if (one.rules > options.max_rules) continue;
    const std::string input = "sparse " + size_word(one.rules) + ", " + std::to_string(one.changes) + " changed";
    const std::filesystem::path source = folder / "diff.guard", out = folder / "diff.txt";
    std::vector<std::string> bundles;
    for (const uint32_t changes : {0u, one.changes}) {
      bundles.push_back((folder / ("diff" + std::to_string(changes) + ".bundle")).string());
      write_file(source, generate_set({Shape::Sparse, one.rules, 1, changes}));
      if (run_process({options.guardc, "build", source.string(), "-o", bundles.back()}).status == 0) continue;
      std::fprintf(stderr, "bench: guardc build of %s fails\n", input.c_str());
      std::exit(1);
    }
    std::vector<double> times;
    ProcessCost cost;
    for (int i = 0; i < 3; ++i) {
      cost = run_process({"/bin/sh", "-c", "exec \"$0\" diff \"$1\" \"$2\" --as-of 2026-11-25 > \"$3\"", options.guardc,
                          bundles[0], bundles[1], out.string()});
      times.push_back(cost.seconds);
    }
    std::sort(times.begin(), times.end());
    std::string found;
    std::ifstream file(out);
    for (std::string line; std::getline(file, line);) {
      if (line.find(", as of ") != std::string::npos) found = line.substr(0, line.find(", as of "));
    }
    const bool complete = cost.status == 2;
    table.row("guardc diff", input, complete ? times[1] : 1e9, "s", one.seconds,
              (complete ? "" : "INCONCLUSIVE or failed; ") + found);
  }
}

int run(const Options& options) {
  Table table;
  std::printf("machine: %s\n", machine().c_str());
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("guard-bench-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::printf("%-44s %-22s %12s %-8s %10s\n", "what", "input", "measured", "", "bar");
  const std::vector<Case> cases = {
      {Shape::Sparse, 1'000, {60, 200, 1.5}, 0},     {Shape::Sparse, 1'600, {0, 0, 0}, 0},
      {Shape::Sparse, 10'000, {170, 320, 1.5}, 1.0}, {Shape::Sparse, 100'000, {1200, 1500, 3.0}, 15.0},
      {Shape::Dense, 1'000, {60, 0, 0}, 0},          {Shape::Dense, 10'000, {170, 0, 0}, 1.0},
      {Shape::Dense, 100'000, {1200, 0, 0}, 15.0},   {Shape::Adversarial, 1'000, {0, 0, 0}, 0},
      {Shape::Adversarial, 10'000, {0, 0, 0}, 0}};
  for (const Case& one : cases) {
    if (!options.only_verify && one.rules <= options.max_rules) bench_case(table, options, one, folder);
  }
  bench_verify_all(table, options, folder);
  bench_diff(table, options, folder);
  std::filesystem::remove_all(folder);
  if (!options.json.empty()) write_file(options.json, table.json().dump(2) + "\n");
  return 0;
}

}  // namespace
}  // namespace guard::bench

int main(int argc, char** argv) {
  guard::bench::Options options;
  std::map<std::string, std::string*> texts = {{"--guardc", &options.guardc},
                                               {"--guardvm", &options.guardvm},
                                               {"--empty", &options.empty},
                                               {"--json", &options.json},
                                               {"--policies", &options.policies}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--max-rules")
      options.max_rules = static_cast<uint32_t>(std::strtoul(argv[i + 1], nullptr, 10));
    else if (name == "--only")
      options.only_verify = std::string_view(argv[i + 1]) == "verify";
    else if (texts.contains(name))
      *texts[name] = argv[i + 1];
    else
      return std::fprintf(stderr, "bench: no option `%s`\n", name.c_str()), 1;
  }
  if (options.guardc.empty() || options.guardvm.empty() || options.empty.empty()) {
    return std::fputs("bench: --guardc, --guardvm and --empty name the programs to measure\n", stderr), 1;
  }
  return guard::bench::run(options);
}
