// guardvm signal: writes the files from which a gate takes signals.
#include <sys/stat.h>

#include <algorithm>

#include "gate/edit.hpp"
#include "gate/incident.hpp"
#include "gate/signal_fit.hpp"
#include "guardvm/bundle.hpp"
#include "read/json_value.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"
#include "tool/arguments.hpp"
#include "tool/clock.hpp"
#include "tool/commands.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm signal set NAME VALUE           the value (JSON) of a signal, as DIR/NAME.json, at once\n"
    "guardvm signal from pagerduty|opsgenie|statuspage FILE|-\n"
    "                                        severity and number of open incidents, from what the tool's API lists\n"
    "\n"
    "      --signals DIR                     the folder that the gate reads; without it, print\n"
    "      --as-of TIME                      when it was so (default: now; `from FILE`: when the file was written)\n"
    "      --name NAME                       `from`: the signal (default: incident)\n"
    "      --bundle BUNDLE                   refuse a signal that no kind of this bundle has, or a value "
    "that fits none\n"
    "\n"
    "exit codes: 0 written, 1 usage, I/O or a payload that does not tell, 3 bundle refused\n";

struct Words {
  std::vector<std::string> names;
  std::string folder, as_of, name, bundle;
};

bool is_signal_name(std::string_view name) {
  constexpr std::string_view kFits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  return !name.empty() && name[0] != '.' && name.find_first_not_of(kFits) == std::string_view::npos;
}

// 0, or the exit code: the bundle cannot be loaded, or has no such signal, or the line fits that of no kind.
int check_fits(const std::string& path, std::string_view name, std::string_view line) {
  const Loaded<Bundle> loaded = Bundle::load(path);
  if (!loaded.ok()) return refuse(loaded.error());
  const Bundle& bundle = loaded.value();
  std::vector<std::string> known;
  std::string misfit;  // of the first kind that has the signal
  for (const format::KindRow& kind : bundle.view().Kinds) {
    for (uint32_t i = 0; i < kind.leaves.count; ++i) {
      const format::LeafRow& row = gate::leaf_of(bundle, kind, i);
      if (row.type != format::Type::Signal) continue;
      const std::string_view found = bundle.text(row.path);
      if (found == name) {
        std::string problem = gate::signal_misfit(bundle, kind, row, line);
        if (problem.empty()) return 0;
        if (misfit.empty()) misfit = std::move(problem);
      }
      if (std::find(known.begin(), known.end(), found) == known.end()) known.emplace_back(found);
    }
  }
  if (!misfit.empty()) return usage_error("the signal does not fit the schema: " + misfit);
  std::string list;
  for (const std::string& each : known) list.append(list.empty() ? "" : ", ").append(each);
  return usage_error("the schema has no signal `" + std::string(name) + "`; " +
                     (known.empty() ? "it has none" : "it has " + list));
}

// Writes or prints `{"value":…,"as_of":…}`.
int put_signal(const Words& words, const std::string& name, std::string_view value, int64_t default_as_of_ns) {
  if (!is_signal_name(name)) return usage_error("a signal's name has letters, digits, `_` and `.`, not `" + name + "`");
  int64_t as_of_ns = default_as_of_ns;
  if (!words.as_of.empty() && !parse_timestamp(words.as_of, as_of_ns))
    return usage_error("`--as-of` needs an RFC 3339 timestamp such as 2026-03-02T09:30:00Z, not `" + words.as_of + "`");
  std::string line;
  JsonWriter json(line);
  json.open('{');
  json.key("value");
  json.raw(value);
  json.key("as_of");
  json.instant(as_of_ns);
  json.close('}');
  if (!words.bundle.empty())
    if (const int failed = check_fits(words.bundle, name, line); failed != 0) return failed;
  line += '\n';
  return put_out(line, words.folder.empty() ? std::string() : words.folder + '/' + name + ".json");
}

int set(const Words& words) {
  if (words.names.size() != 3) return usage_error("`signal set` needs a name and a value");
  JsonText text;
  if (!text.parse(words.names[2]))
    return usage_error("the value is not JSON (" + text.problem() + "); a text needs its quotes: '\"major\"'");
  return put_signal(words, words.names[1], text.value().raw(), clock_ns(CLOCK_REALTIME));
}

int from(const Words& words) {
  if (words.names.size() != 3) return usage_error("`signal from` needs a tool and a file");
  constexpr std::string_view kTools[] = {"pagerduty", "opsgenie", "statuspage"};
  const auto* tool = std::find(std::begin(kTools), std::end(kTools), words.names[1]);
  if (tool == std::end(kTools))
    return usage_error("`signal from` knows pagerduty, opsgenie and statuspage, not `" + words.names[1] + "`");
  const std::string& path = words.names[2];
  const Loaded<std::string> payload = read_record(path);
  if (!payload.ok()) return usage_error(payload.error().message);
  const Loaded<gate::Incidents> incidents =
      gate::read_incidents(static_cast<gate::IncidentTool>(tool - std::begin(kTools)), payload.value());
  if (!incidents.ok()) return usage_error("`" + path + "`: " + incidents.error().message);
  // A list that was fetched long ago must not look fresh.
  int64_t as_of_ns = clock_ns(CLOCK_REALTIME);
  struct stat status {};
  if (path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    as_of_ns = int64_t{status.st_mtim.tv_sec} * kSecond_ns + status.st_mtim.tv_nsec;
  std::string value;
  JsonWriter json(value);
  json.open('{');
  json.member("severity", gate::severity_word(incidents.value().worst));
  json.key("open");
  json.number(incidents.value().open);
  json.close('}');
  return put_signal(words, words.name.empty() ? "incident" : words.name, value, as_of_ns);
}

}  // namespace

int run_signal(const std::vector<std::string>& list) {
  if (printed_help(list, kUsage)) return static_cast<int>(Exit::Ok);
  Words out;
  Arguments words(list);
  while (words.next()) {
    if (!words.is_option())
      out.names.push_back(words.word());
    else if (words.is("--signals"))
      words.value(out.folder);
    else if (words.is("--as-of"))
      words.value(out.as_of);
    else if (words.is("--name"))
      words.value(out.name);
    else if (words.is("--bundle"))
      words.value(out.bundle);
    else
      words.fail("`signal` has no option `" + words.word() + "`");
  }
  if (!words.ok()) return usage_error(words.problem());
  if (!out.names.empty() && out.names[0] == "set") return set(out);
  if (!out.names.empty() && out.names[0] == "from") return from(out);
  return usage_error("`signal` has the commands set and from; `guardvm signal --help` says more");
}

}  // namespace guardvm::tool
