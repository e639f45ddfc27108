// The reader against a full DOM parse by simdjson, on the same lines in one run: records of about 570 bytes, all
// different.
//
//   read_bench [--benchmark_filter=…]
//
// Three sets of 20,000 records: one producer per kind with keys in its order; the same with keys shuffled in every
// record; and the same with the white space and escapes of a careless producer. At the end the ratios, from the medians
// of five repetitions.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "read/reader.hpp"
#include "tests/unit/read_schema.hpp"

namespace guardvm::test {
namespace {

constexpr size_t kRecords = 20'000;
enum class Manner { Plain, Shuffled, Careless };

class Producer {
 public:
  explicit Producer(Manner manner) : manner_(manner) {}

  std::string record() {
    const int kind = static_cast<int>(random_() % 3);
    std::vector<std::string> members = {member("service", name("service")),
                                        member("environment", pick({"dev", "staging", "production"})),
                                        "\"actor\":" + actor(),
                                        "\"commit\":" + commit(),
                                        member("time", instant()),
                                        "\"approvals\":[" + approval() + "," + approval() + "]"};
    if (random_() % 3 != 0)
      members.push_back("\"incident\":{\"value\":{" + member("severity", pick({"none", "minor", "major"})) +
                        ",\"open\":" + std::to_string(random_() % 50) + "}," + member("as_of", instant()) + "}");
    if (kind == 0) {
      members.push_back(member("version", version()));
      members.push_back("\"canary\":" + std::to_string(random_() % 101));
      members.push_back("\"dependencies\":[{" + member("service", name("service")) + "," +
                        member("required", version()) + "}]");
    } else if (kind == 1) {
      members.push_back(member("database", name("database")));
      members.push_back("\"statements\":[" +
                        quoted(pick({"insert", "update", "drop_table", "create_index_concurrently"})) + "," +
                        quoted(pick({"select", "copy"})) + "]");
      members.push_back(random_() % 2 == 0 ? "\"destructive\":true" : "\"destructive\":false");
      members.push_back("\"rows\":" + std::to_string(random_() % 1'000'000'000));
      members.push_back("\"meta\":{\"load/avg\":" + std::to_string(random_() % 90) + "." +
                        std::to_string(random_() % 1000) + "}");
    } else {
      members.push_back(member("flag", name("flag")));
      members.push_back("\"from\":false");
      members.push_back(random_() % 2 == 0 ? "\"to\":true" : "\"to\":false");
    }
    members.insert(members.begin(), member("kind", kind == 0 ? "deploy" : kind == 1 ? "db_migrate" : "flag_toggle"));
    return object(std::move(members));
  }

 private:
  std::string pick(std::initializer_list<const char*> words) { return words.begin()[random_() % words.size()]; }
  static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
  static std::string member(const std::string& key, const std::string& text) {
    return quoted(key) + ":" + quoted(text);
  }
  std::string name(const char* what) { return std::string(what) + "-" + std::to_string(random_() % 100'000); }
  std::string hex(size_t digits) {
    std::string out;
    while (out.size() < digits) out += "0123456789abcdef"[random_() % 16];
    return out;
  }
  std::string version() {
    return std::to_string(random_() % 30) + "." + std::to_string(random_() % 100) + "." +
           std::to_string(random_() % 100) + (random_() % 8 == 0 ? "-rc.1" : "");
  }
  std::string instant() {
    char text[32];
    std::snprintf(text, sizeof text, "2026-%02u-%02uT%02u:%02u:%02uZ", unsigned(random_() % 12 + 1),
                  unsigned(random_() % 28 + 1), unsigned(random_() % 24), unsigned(random_() % 60),
                  unsigned(random_() % 60));
    return text;
  }
  std::string groups() {
    return "[" + quoted(name("team")) + (random_() % 2 == 0 ? "," + quoted(name("guild")) : "") + "]";
  }
  std::string actor() {
    return object({member("id", name("user")), member("kind", pick({"human", "bot"})), "\"groups\":" + groups()});
  }
  std::string commit() {
    return object({member("sha", hex(40)),
                   member("branch", name(manner_ == Manner::Careless ? "feature\\/x" : "feature/x")),
                   "\"tags\":[" + (random_() % 2 == 0 ? quoted(name("release")) : std::string()) + "]",
                   member("signature", pick({"good", "bad", "unknown", "none"}))});
  }
  std::string approval() {
    return object({member("by", name("user")), "\"groups\":[" + quoted(pick({"dba", "sre", "release-managers"})) + "]",
                   member("at", instant())});
  }
  std::string object(std::vector<std::string> members) {
    if (manner_ == Manner::Shuffled) std::shuffle(members.begin(), members.end(), random_);
    std::string out = "{";
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += manner_ == Manner::Careless ? ", " : ",";
      const size_t colon = members[i].find(':') + 1;
      out += members[i].substr(0, colon) + (manner_ == Manner::Careless ? " " : "") + members[i].substr(colon);
    }
    return out + "}";
  }

  Manner manner_;
  std::mt19937 random_{20260302};
};

const std::vector<std::string>& records(Manner manner) {
  static std::map<Manner, std::vector<std::string>> made;
  auto& list = made[manner];
  if (list.empty()) {
    Producer producer(manner);
    for (size_t i = 0; i < kRecords; ++i) list.push_back(producer.record());
  }
  return list;
}

void count(benchmark::State& state, const std::vector<std::string>& lines) {
  size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(lines.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(lines.size());
}

void read(benchmark::State& state, Manner manner) {
  const auto& lines = records(manner);
  const ReadSchema schema({"kind"}, pipeline_enums(), pipeline_kinds());
  Reader reader(schema.view(), *schema.plan);
  Action action;
  ReadError error;
  for (auto _ : state)
    for (const std::string& line : lines) {
      if (!reader.read(line, {}, action, error)) {
        state.SkipWithError(("a record was refused: " + error.at + ": " + error.message).c_str());
        return;
      }
      benchmark::DoNotOptimize(action.slots.data());
    }
  count(state, lines);
}

void simdjson_dom(benchmark::State& state, Manner manner) {
  const auto& lines = records(manner);
  std::vector<simdjson::padded_string> padded;
  for (const std::string& line : lines) padded.emplace_back(line);
  simdjson::dom::parser parser;
  for (auto _ : state)
    for (const auto& line : padded) {
      simdjson::dom::element root;
      if (parser.parse(line).get(root) != simdjson::SUCCESS) {
        state.SkipWithError("a record was refused");
        return;
      }
      benchmark::DoNotOptimize(root);
    }
  count(state, lines);
}

void make_plan(benchmark::State& state) {
  const ReadSchema schema({"kind"}, pipeline_enums(), pipeline_kinds());
  const format::View view = schema.view();
  for (auto _ : state) benchmark::DoNotOptimize(make_read_plan(view));
  state.counters["leaves"] = static_cast<double>(view.Leaves.size());
}

// Prints as ever, and keeps the medians.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (run.aggregate_name == "median")
        medians_[run.run_name.function_name] =
            run.GetAdjustedCPUTime();  // in ms; of the CPU, since others may use it too
  }
  void print_ratios() const {
    for (const char* manner : {"plain", "shuffled", "careless"}) {
      const auto ours = medians_.find(std::string("read/") + manner),
                 dom = medians_.find(std::string("simdjson_dom/") + manner);
      if (ours == medians_.end() || dom == medians_.end()) continue;
      std::printf("ratio %-9s read %6.1f ns, simdjson DOM %6.1f ns a record: %.2f\n", manner,
                  ours->second / kRecords * 1e6, dom->second / kRecords * 1e6, ours->second / dom->second);
    }
  }

 private:
  std::map<std::string, double> medians_;
};

}  // namespace
}  // namespace guardvm::test

int main(int argc, char** argv) {
  using guardvm::test::Manner;
  benchmark::Initialize(&argc, argv);
  const auto add = [](const std::string& name, auto run, Manner manner) {
    benchmark::RegisterBenchmark(name.c_str(), run, manner)
        ->Repetitions(5)
        ->ReportAggregatesOnly()
        ->Unit(benchmark::kMillisecond);
  };
  const std::pair<std::string, Manner> manners[] = {
      {"plain", Manner::Plain}, {"shuffled", Manner::Shuffled}, {"careless", Manner::Careless}};
  for (const auto& [name, manner] : manners) {
    add("read/" + name, guardvm::test::read, manner);
    add("simdjson_dom/" + name, guardvm::test::simdjson_dom, manner);
  }
  benchmark::RegisterBenchmark("make_read_plan", guardvm::test::make_plan);
  guardvm::test::Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
}
