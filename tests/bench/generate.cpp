// The generator behind the benchmarks. One random source (splitmix64), so that every machine makes the same bytes.
#include "generate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace guard::bench {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(next() % n); }
  bool percent(uint32_t p) { return below(100) < p; }
  // 0 … n-1, small numbers more often.
  uint32_t skewed(uint32_t n) {
    const double u = static_cast<double>(next() >> 11) / 9007199254740992.0;
    return std::min(n - 1, static_cast<uint32_t>(static_cast<double>(n) * u * u));
  }

 private:
  uint64_t state_;
};

constexpr std::array<std::string_view, 4> kKinds = {"deploy", "db_migrate", "config_change", "flag_toggle"};
constexpr std::array<std::string_view, 3> kEnvironments = {"dev", "staging", "production"};
constexpr std::array<std::string_view, 6> kWindows = {"office_hours",  "night",        "weekend",
                                                      "winter_freeze", "release_slot", "india_day"};
constexpr std::array<std::string_view, 8> kGroups = {"dba",    "sre",          "release",  "security",
                                                     "oncall", "db-operators", "platform", "leads"};
constexpr std::array<std::string_view, 4> kSeverities = {"none", "minor", "major", "critical"};

constexpr std::string_view kSchema = R"(schema bench
default allow

enum Environment { dev, staging, production }
enum ActorKind { human, bot }
enum Severity { none < minor < major < critical }

record Actor { id: string, kind: ActorKind, groups: set<string> }
record Commit { sha: string, branch: string, tags: set<string>, signature: enum { good, bad, unknown, none } }
record Approval { by: string, groups: set<string>, at: timestamp }

action {
  service: string, environment: Environment, actor: Actor identity id, commit: Commit,
  time: timestamp now, approvals: list<Approval> approvals(by, groups, at),
  signal incident: record { severity: Severity, open: int 0..10000 } max age 5m
}
action deploy { version: version, previous: version?, canary: int 0..100, risk: int 0..1000000 }
action db_migrate { database: string, destructive: bool, rows: int 0..10_000_000_000, risk: int 0..1000000 }
action config_change { key: string, old: string?, new: string?, risk: int 0..1000000 }
action flag_toggle { flag: string, from: bool, to: bool, automated: bool, risk: int 0..1000000 }

window office_hours = mon..fri 09:00 to 17:30 in "Europe/London"
window night = 22:00 to 06:00 in "America/New_York"
window weekend = sat..sun in "Europe/London"
window winter_freeze = 2026-12-18 18:00 to 2027-01-04 09:00 in "Europe/London"
window release_slot = office_hours except fri 15:00 to 17:30
window india_day = mon..sat 10:00 to 19:00 in "Asia/Kolkata"
)";

uint32_t service_count(const SetOptions& options) { return std::max(20u, options.rules / 10); }
std::string service_name(uint32_t i) { return "team-" + std::to_string(i % 97) + "-svc-" + std::to_string(i); }
std::string team_name(uint32_t i) { return "team-" + std::to_string(i) + "-eng"; }

class SetWriter {
 public:
  explicit SetWriter(const SetOptions& options)
      : options_(options), random_(options.seed * 7919 + 17), services_(service_count(options)) {}

  std::string write() {
    out_ = kSchema;
    if (options_.shape != Shape::Sparse) out_ += "unguarded db_migrate, config_change, flag_toggle\n";
    for (uint32_t i = 0; i < options_.rules; ++i) {
      if (i % 500 == 0)
        out_ += "\npolicy p" + std::to_string(i / 500) + "\nowner \"team-" + std::to_string(i / 500) + "\"\n";
      const size_t start = out_.size();
      rule(i);
      if (changed_ < options_.changes && i >= due()) {
        std::string text = out_.substr(start);
        if (!change(i, text)) continue;
        out_.replace(start, std::string::npos, text);
        ++changed_;
      }
    }
    return std::move(out_);
  }

 private:
  // The place of the next change, on from which it takes the first rule that it fits: at odd steps, so that services
  // differ.
  [[nodiscard]] uint32_t due() const {
    const uint32_t step = options_.rules / options_.changes;
    return changed_ * step + changed_ * 7 % step;
  }

  // Whether the rule's text was one that the next change fits.
  bool change(uint32_t i, std::string& text) const {
    const auto replace = [&](std::string_view what, std::string_view with) {
      const size_t at = text.find(what);
      if (at != std::string::npos) text.replace(at, what.size(), with);
      return at != std::string::npos;
    };
    const std::string name = std::to_string(i), kind(kKinds[kind_]);
    const std::string head = "rule extra" + name + " on " + kind + "\n  when ";
    const size_t condition = text.find("when ") + 5, effect = text.find("\n  ", condition);
    const size_t last = text.rfind(" and ", effect);
    switch (changed_ % 10) {
      case 0:
        return replace("\n  deny\n", "\n  require 1 approvals from { \"leads\" }\n");
      case 1:
        if (text.find(" and ", condition) >= last) return false;  // The scope stays.
        text.erase(last, effect - last);
        return true;
      case 2:
        text.insert(effect, kind == "deploy" ? " and canary > 5" : " and environment != dev");
        return true;
      case 3:
        if (text.find("require ", effect) == std::string::npos) return false;  // A deny may be overridden.
        text.clear();
        return true;
      case 4:
        text += head + text.substr(condition, text.find(" and ") - condition) +
                " and risk >= 900000\n  deny because \"new\"\n";
        return true;
      case 5:
        if (text.find("\n  deny") == std::string::npos) return false;
        text += head + text.substr(condition, effect - condition) + " and actor.groups has any { \"leads\" }" +
                "\n  allow overrides p" + std::to_string(i / 500) + ".r" + name + "\n";
        return true;
      case 6:
        return replace("time in night", "time in office_hours") || replace("time in office_hours", "time in weekend");
      case 7:
        return replace("service == \"team-", "service starts with \"team-");
      case 8:
        return replace("require 1 ", "require 2 ") || replace("require 2 ", "require 1 ");
      default:
        if (text.find("\n  deny") == std::string::npos) return false;
        text += "  mode shadow\n";
        return true;
    }
  }

  std::string_view pick(std::initializer_list<std::string_view> words) {
    return *(words.begin() + random_.below(static_cast<uint32_t>(words.size())));
  }

  // One more test on an attribute that every kind has, or that `kind` has.
  std::string test(std::string_view kind) {
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
        return "environment == " + std::string(kEnvironments[random_.below(3)]);
      case 3:
        return "not (actor.groups has any { \"" + team_name(random_.below(97)) + "\", \"" +
               std::string(kGroups[random_.below(8)]) + "\" })";
      case 4:
        return "actor.groups has any { \"" + std::string(kGroups[random_.below(8)]) + "\" }";
      case 5:
        return "time in " + std::string(kWindows[random_.below(6)]);
      case 6:
        return "commit.branch " +
               std::string(pick({"!= \"main\"", "starts with \"release/\"", "matches \"hotfix/*\"", "== \"main\""}));
      case 7:
        return "commit.signature != good";
      case 8:
        return "risk >= " + std::to_string(random_.below(1000) * 1000);
      case 9:
        return "actor.kind == bot";
      case 10:
        return "incident.severity >= " + std::string(kSeverities[1 + random_.below(3)]);
      default:
        break;
    }
    if (kind == "deploy")
      return random_.percent(50)
                 ? "canary > " + std::to_string(random_.below(100))
                 : "version < \"" + std::to_string(random_.below(6)) + "." + std::to_string(random_.below(20)) + ".0\"";
    if (kind == "db_migrate")
      return random_.percent(50) ? "destructive" : "rows > " + std::to_string(random_.below(1000) * 1000000);
    if (kind == "config_change")
      return "key starts with \"" + std::string(pick({"tls.", "public.", "secret.", "db.", "cache."})) + "\"";
    return random_.percent(50)
               ? "automated"
               : "flag matches \"" + std::string(pick({"unsafe-*", "*-kill", "exp-*", "beta-*"})) + "\"";
  }

  std::string scope(uint32_t i) {
    const uint32_t roll = random_.below(1000);
    if (roll < 960) return "service == \"" + service_name(i % services_) + "\"";
    if (roll < 990) return "service starts with \"team-" + std::to_string(random_.below(97)) + "-\"";
    if (roll < 995) return "service matches \"team-*-svc-" + std::to_string(random_.below(90) + 10) + "?\"";
    return {};
  }

  void rule(uint32_t i) {
    if (options_.shape == Shape::Sparse) return sparse(i);
    if (options_.shape == Shape::Dense) return dense(i);
    if (options_.shape == Shape::Broad) return broad(i);
    adversarial(i);
  }

  void sparse(uint32_t i) {
    kind_ = random_.below(4);
    const std::string_view kind = kKinds[kind_];
    std::string condition = scope(i);
    const bool wide = !condition.starts_with("service ==");  // A wide rule is a careful one.
    const uint32_t more = (wide ? 3 : 1) + random_.below(wide ? 2 : 3);
    for (uint32_t k = 0; k < more; ++k) condition += (condition.empty() ? "" : " and ") + test(kind);
    out_ +=
        "rule r" + std::to_string(i) + " on " + std::string(kind) + "\n  when " + condition + "\n  " + effect(i) + "\n";
  }

  std::string effect(uint32_t i) {
    const std::string because = "\n  because \"rule " + std::to_string(i) + " stops {service}\"";
    const uint32_t roll = random_.below(100);
    if (roll < 70) {
      last_deny_[kind_] = static_cast<int64_t>(i);
      return "deny" + because;
    }
    if (roll < 85)
      return "require " + std::to_string(1 + random_.below(2)) + " approvals from { \"" +
             std::string(kGroups[random_.below(8)]) + "\" } within 24h" + because;
    if (roll < 93) {
      const int64_t denied = last_deny_[kind_];
      if (denied < 0 || !random_.percent(33)) return "allow";
      return "allow overrides p" + std::to_string(denied / 500) + ".r" + std::to_string(denied);
    }
    if (roll < 98) return "warn" + because;
    return "hold until time in office_hours" + because;
  }

  void dense(uint32_t i) {
    out_ += "rule r" + std::to_string(i) + " on deploy\n  when risk >= " + std::to_string(random_.below(800) * 1000) +
            " and canary <= " + std::to_string(20 + random_.below(80)) +
            " and environment != " + std::string(kEnvironments[random_.below(3)]) + "\n  deny because \"dense rule\"\n";
  }

  void broad(uint32_t i) {
    const auto band = [&](std::string_view attribute, uint32_t room, uint32_t width, uint32_t step) {
      const uint32_t low = random_.below(room / step) * step;
      return std::string(attribute) + " >= " + std::to_string(low) + " and " + std::string(attribute) +
             " <= " + std::to_string(low + width);
    };
    out_ += "rule r" + std::to_string(i) + " on deploy\n  when " + band("risk", 400'000, 600'000, 1000) + " and " +
            band("canary", 41, 60, 1) + " and environment != " + std::string(kEnvironments[random_.below(3)]) +
            " and " + band("incident.open", 4000, 6000, 1) +
            " and commit.signature != " + std::string(pick({"good", "bad", "unknown", "none"})) +
            "\n  deny because \"broad rule\"\n";
  }

  void adversarial(uint32_t i) {
    const std::string n = std::to_string(i);
    std::string condition = "risk != " + std::to_string(random_.below(1000000));
    switch (i % 6) {
      case 0:
        condition += " and service contains \"svc-" + n + "\"";
        break;
      case 1:
        condition += " and service starts with \"team-" + std::to_string(i % 97) + "-svc-" + n.substr(0, 2) + "\"";
        break;
      case 2:
        condition += " and commit.branch ends with \"/" + n + "\"";
        break;
      case 3:
        condition += " and commit.sha matches /[0-9a-f]*" + std::to_string(i % 10) + "[a-f]" + std::to_string(i % 7) +
                     "[0-9a-f]*/";
        break;
      case 4:
        condition +=
            " and not (actor.groups has all { \"g" + n + "\", \"" + std::string(kGroups[random_.below(8)]) + "\" })";
        break;
      default:
        condition += " and (service == \"" + service_name(i % services_) + "\" or version > \"" +
                     std::to_string(i % 50) + "." + n + ".1\")";
        break;
    }
    out_ += "rule r" + n + " on deploy\n  when " + condition + "\n  deny because \"adversarial rule\"\n";
  }

  SetOptions options_;
  Random random_;
  uint32_t services_;
  uint32_t kind_ = 0;
  uint32_t changed_ = 0;
  std::array<int64_t, 4> last_deny_ = {-1, -1, -1, -1};  // per kind: the last rule that denies
  std::string out_;
};

std::string two(uint32_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string timestamp(Random& random) {
  return "2026-" + two(1 + random.below(12)) + "-" + two(1 + random.below(28)) + "T" + two(random.below(24)) + ":" +
         two(random.below(60)) + ":" + two(random.below(60)) + "Z";
}

std::string hex(Random& random, uint32_t digits) {
  std::string text;
  for (uint32_t i = 0; i < digits; ++i) text += "0123456789abcdef"[random.below(16)];
  return text;
}

std::string action(const SetOptions& options, Random& random) {
  const std::string_view kind = options.shape == Shape::Sparse ? kKinds[random.below(4)] : kKinds[0];
  const std::string time = timestamp(random);
  std::string json =
      "{\"kind\":\"" + std::string(kind) + "\",\"service\":\"" + service_name(random.skewed(service_count(options))) +
      "\",\"environment\":\"" + std::string(kEnvironments[random.below(3)]) + "\",\"actor\":{\"id\":\"user-" +
      hex(random, 6) + "\",\"kind\":\"" + (random.percent(30) ? "bot" : "human") + "\",\"groups\":[\"" +
      team_name(random.below(97)) + "\",\"" + std::string(kGroups[random.below(8)]) + "\"]},\"commit\":{\"sha\":\"" +
      hex(random, 40) + "\",\"branch\":\"" + (random.percent(60) ? "main" : "feature/" + hex(random, 8)) +
      "\",\"tags\":[\"v" + std::to_string(random.below(9)) + "\"],\"signature\":\"" +
      (random.percent(80) ? "good" : "none") + "\"},\"time\":\"" + time + "\",\"approvals\":[{\"by\":\"user-" +
      hex(random, 6) + "\",\"groups\":[\"" + std::string(kGroups[random.below(8)]) + "\"],\"at\":\"" + time +
      "\"}],\"incident\":{\"value\":{\"severity\":\"" + std::string(kSeverities[random.skewed(4)]) +
      "\",\"open\":" + std::to_string(random.below(9)) + "},\"as_of\":\"" + time +
      "\"},\"risk\":" + std::to_string(random.below(1000000));
  if (kind == "deploy") {
    json += ",\"version\":\"" + std::to_string(random.below(6)) + "." + std::to_string(random.below(20)) + "." +
            std::to_string(random.below(50)) + "\",\"canary\":" + std::to_string(random.below(101));
  } else if (kind == "db_migrate") {
    json += ",\"database\":\"db-" + hex(random, 4) + "\",\"destructive\":" + (random.percent(20) ? "true" : "false") +
            ",\"rows\":" + std::to_string(random.below(1000000000));
  } else if (kind == "config_change") {
    json +=
        ",\"key\":\"tls." + hex(random, 8) + "\",\"old\":\"" + hex(random, 6) + "\",\"new\":\"" + hex(random, 6) + "\"";
  } else {
    json += ",\"flag\":\"exp-" + hex(random, 8) +
            "\",\"from\":false,\"to\":true,\"automated\":" + (random.percent(50) ? "true" : "false");
  }
  return json + "}";
}

}  // namespace

std::string_view shape_word(Shape shape) {
  switch (shape) {
    case Shape::Sparse:
      return "sparse";
    case Shape::Dense:
      return "dense";
    case Shape::Adversarial:
      return "adversarial";
    case Shape::Broad:
      return "broad";
  }
  return "";
}

std::string generate_set(const SetOptions& options) { return SetWriter(options).write(); }

std::vector<std::string> generate_actions(const SetOptions& options, uint32_t count, uint64_t seed) {
  Random random(seed);
  std::vector<std::string> actions;
  actions.reserve(count);
  for (uint32_t i = 0; i < count; ++i) actions.push_back(action(options, random));
  return actions;
}

}  // namespace guard::bench
