// The small family: every combination of a small grammar, many kinds to a set so that few sets need compiling.
//
// Pairs: a blocking rule (effect, missing policy, mode, mandatory) beside a second rule (effect, overriding or not,
// mode), with two conditions and both defaults. Conditions: every connective over every pair of literals, under each
// way in which a rule takes a doubtful truth.
#include <string>
#include <vector>

#include "generate.hpp"

namespace guard::property {
namespace {

constexpr size_t kKindsPerSet = 64;

struct KindText {
  std::string rules;  // "@" stands for the kind's number
  bool default_allow = true;
};

std::vector<KindText> pairs() {
  const std::vector<std::string> effects = {"deny", "require 1 approval from { \"dba\" }", "hold until n >= 1"};
  const std::vector<std::string> missing = {"block", "hold", "ignore"};
  const std::vector<std::string> modes = {"enforce", "shadow", "advisory", "off"};
  const std::vector<std::string> seconds = {
      "allow", "allow\n  overrides x@", "allow\n  require 1 approval from { \"dba\" }\n  overrides x@",
      "warn",  "oblige o = 1",          "deny"};
  const std::vector<std::pair<std::string, std::string>> conditions = {
      {"s and n >= 0", "a"}, {"s or a", "true"}, {"not s", "s"}, {"s", "not a or s"}};
  std::vector<KindText> out;
  size_t turn = 0;
  for (const std::string& effect : effects)
    for (const std::string& policy : missing)
      for (const std::string& first_mode : modes)
        for (const bool mandatory : {false, true})
          for (const std::string& second : seconds)
            for (const std::string& second_mode : modes) {
              if (mandatory && second.find("overrides") != std::string::npos) continue;
              if (first_mode == "off" && second_mode == "off") continue;  // a kind without a rule does not compile
              const auto& [first_when, second_when] = conditions[turn % conditions.size()];
              KindText kind;
              kind.rules = "rule x@ on k@\n  when " + first_when + "\n  " + effect + "\n  if missing: " + policy +
                           "\n  mode " + first_mode + (mandatory ? "\n  mandatory" : "") +
                           "\n  because \"x {s}\"\nrule y@ on k@\n  when " + second_when + "\n  " + second +
                           "\n  mode " + second_mode + "\n  because \"y\"\n";
              kind.default_allow = turn / conditions.size() % 2 == 0;
              out.push_back(std::move(kind));
              ++turn;
            }
  return out;
}

std::vector<KindText> connectives() {
  const std::vector<std::string> literals = {"a",     "not a",        "n >= 1",     "s",
                                             "not s", "s is missing", "s is stale", "s is fresh"};
  const std::vector<std::string> words = {" and ", " or ", " implies "};
  std::vector<KindText> out;
  for (const std::string& left : literals)
    for (const std::string& right : literals)
      for (const std::string& word : words)
        for (const bool negated : {false, true}) {
          const std::string condition = (negated ? "not (" : "(") + left + word + right + ")";
          const auto reads = [](const std::string& literal) { return literal == "s" || literal == "not s"; };
          KindText kind;
          kind.rules = "rule b@ on k@\n  when " + condition + "\n  deny\n  because \"b\"\nrule w@ on k@\n  when " +
                       condition + "\n  allow\n  because \"w\"\n";
          if (reads(left) || reads(right))
            for (const std::string policy : {"hold", "ignore"})
              kind.rules += "rule " + policy.substr(0, 1) + "@ on k@\n  when " + condition +
                            "\n  deny\n  if missing: " + policy + "\n  because \"d\"\n";
          out.push_back(std::move(kind));
        }
  return out;
}

const std::vector<KindText>& all_kinds() {
  static const std::vector<KindText> kinds = [] {
    std::vector<KindText> out = pairs();
    const std::vector<KindText> more = connectives();
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }();
  return kinds;
}

}  // namespace

size_t small_set_count() { return (all_kinds().size() + kKindsPerSet - 1) / kKindsPerSet; }

GeneratedSet small_set(size_t index) {
  GeneratedSet out;
  out.seed = index;
  out.pieces.push_back({0, "schema small\ndefault allow", true});
  out.pieces.push_back(
      {0,
       "action {\n  time: timestamp now,\n  actor: string identity,\n"
       "  approvals: list<record { by: string, groups: set<string>, at: timestamp }> approvals(by, groups, at),\n"
       "  a: bool,\n  n: int 0..1,\n  signal s: bool max age 5m\n}",
       true});
  out.pieces.push_back({1, "policy p", true});
  for (size_t k = index * kKindsPerSet; k < all_kinds().size() && k < (index + 1) * kKindsPerSet; ++k) {
    const KindText& kind = all_kinds()[k];
    const std::string number = std::to_string(k);
    std::string rules;
    for (const char c : kind.rules) rules += c == '@' ? number : std::string(1, c);
    out.pieces.push_back(
        {0, "action k" + number + " { }" + (kind.default_allow ? "" : "\ndefault deny on k" + number), false, k + 1});
    out.pieces.push_back({1, rules, false, k + 1});
  }
  return out;
}

std::vector<std::string> small_records(const std::string& kind) {
  std::vector<std::string> out;
  const std::string time = "2026-06-01T12:00:00Z";
  for (const char* a : {"false", "true"})
    for (const char* n : {"0", "1"})
      for (const std::string signal : {"", R"(,"s":{"value":true,"as_of":"2026-06-01T12:00:00Z"})",
                                       R"(,"s":{"value":false,"as_of":"2026-06-01T11:55:00Z"})",
                                       R"(,"s":{"value":true,"as_of":"2026-06-01T11:54:59.999999999Z"})"})
        for (const std::string approvals : {"", R"({"by":"bob","groups":["dba"],"at":"2026-06-01T12:00:00Z"})"})
          out.push_back(R"({"kind":")" + kind + R"(","time":")" + time + R"(","actor":"ann","approvals":[)" +
                        approvals + R"(],"a":)" + a + R"(,"n":)" + n + signal + "}");
  return out;
}

}  // namespace guard::property
