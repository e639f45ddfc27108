// guardvm action new: a record for pipelines that have none, from arguments and environment, checked by the schema.
#include "gate/builder.hpp"
#include "gate/compose.hpp"
#include "read/plan.hpp"
#include "read/reader.hpp"
#include "tool/arguments.hpp"
#include "tool/clock.hpp"
#include "tool/commands.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

constexpr std::string_view kUsage =
    "guardvm action new BUNDLE KIND          prints the record of an action, which `guardvm gate` decides\n"
    "\n"
    "      --set PATH=TEXT                   an attribute; a set gets one more element each time\n"
    "      --set-json PATH=JSON              an attribute, or a record of several (actor={\"id\":…}), as JSON\n"
    "      --env-prefix PREFIX               attributes that are not set: from PREFIX and the path in capitals, as\n"
    "                                        GUARD_ACTOR_ID; sets and lists as JSON; an empty variable counts as not "
    "set\n"
    "      --out FILE                        write it there\n"
    "\n"
    "The gate puts in the instant, approvals and signals; they need not be set.\n"
    "exit codes: 0 written, 1 usage or I/O, 3 bundle refused, 6 it does not fit the schema\n";

struct Setting {
  bool json;
  std::string name, value;
};
struct Words {
  std::vector<std::string> names;
  std::vector<Setting> settings;
  std::string prefix, out;
  bool environment = false;
};

Loaded<Words> parse(const std::vector<std::string>& list) {
  Words out;
  Arguments words(list);
  while (words.next()) {
    std::string text;
    if (!words.is_option()) {
      out.names.push_back(words.word());
    } else if (words.is("--set") || words.is("--set-json")) {
      const bool json = words.is("--set-json");
      if (!words.value(text)) break;
      const size_t equals = text.find('=');
      if (equals == std::string::npos)
        words.fail("`" + words.word() + "` needs PATH=VALUE, not `" + text + "`");
      else
        out.settings.push_back({json, text.substr(0, equals), text.substr(equals + 1)});
    } else if (words.is("--env-prefix")) {
      out.environment = words.value(out.prefix);
    } else if (words.is("--out")) {
      words.value(out.out);
    } else {
      words.fail("`action new` has no option `" + words.word() + "`");
    }
  }
  if (words.ok() && (out.names.empty() || out.names[0] != "new"))
    words.fail("`action` has the command new; `guardvm action --help` says more");
  if (words.ok() && out.names.size() != 3) words.fail("`action new` needs a bundle and a kind");
  if (!words.ok()) return LoadError{words.problem()};
  return out;
}

// What is wrong with the record, as `eval` says it; empty: it fits, once a gate has put in what gates put in.
std::string misfit(const Bundle& bundle, const std::string& record, const std::string& kind) {
  gate::Settings settings;
  settings.strict = true;
  settings.compare_time = false;
  if (bundle.read_plan().kind_path.empty()) settings.kind = kind;
  const Loaded<gate::Composed> composed = gate::compose(bundle, record, settings);
  if (!composed.ok()) return composed.error().message;
  Reader reader(bundle);
  Action action;
  ReadError error;
  if (reader.read(composed.value().record, composed.value().given, action, error)) return {};
  return gate::read_problem(error);
}

}  // namespace

int run_action(const std::vector<std::string>& list) {
  if (printed_help(list, kUsage)) return static_cast<int>(Exit::Ok);
  const Loaded<Words> words = parse(list);
  if (!words.ok()) return usage_error(words.error().message);
  const Loaded<Bundle> bundle = Bundle::load(words.value().names[1]);
  if (!bundle.ok()) return refuse(bundle.error());
  const std::string& kind_name = words.value().names[2];
  const uint32_t kind = gate::find_kind(bundle.value(), kind_name);
  if (kind == format::kNone) {
    std::string known;
    for (const format::KindRow& row : bundle.value().view().Kinds)
      known.append(known.empty() ? "" : ", ").append(bundle.value().text(row.name));
    return usage_error("the schema has no kind `" + kind_name + "`; it has " + known);
  }
  gate::RecordBuilder builder(bundle.value(), kind);
  for (const Setting& each : words.value().settings) {
    const std::string problem =
        each.json ? builder.set_json(each.name, each.value) : builder.set(each.name, each.value);
    if (!problem.empty()) return usage_error(problem);
  }
  if (words.value().environment)
    if (const std::string problem = builder.take_environment(words.value().prefix); !problem.empty())
      return usage_error(problem);
  const std::string record = builder.record();
  if (const std::string problem = misfit(bundle.value(), record, kind_name); !problem.empty()) {
    std::fprintf(stderr, "guardvm: the action does not fit the schema: %s\n", problem.c_str());
    return static_cast<int>(Exit::Error);
  }
  return put_out(record + '\n', words.value().out);
}

}  // namespace guardvm::tool
