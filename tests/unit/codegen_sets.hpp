// Checked policy sets made by hand, for tests of the emitter that need no parser: one action kind with an attribute of
// every type, and conditions over it, also random ones.
#pragma once
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "check/model.hpp"

namespace guard::test {

using check::Condition;
using check::LeafId;
using check::TypeKind;

enum LeafIndex : uint32_t {
  kService,
  kEnvironment,
  kCanary,
  kForce,
  kVersion,
  kTime,
  kGroups,
  kPorts,
  kOwnerRecord,
  kOwnerName,
  kOwnerTeams,
  kIncident,
  kSeverity,
  kOpen,
  kDependencies,
  kTarget
};
inline constexpr int64_t kNoon_ns = 1'767'009'600'000'000'000;  // 2025-12-29T12:00:00Z

inline check::Type type(TypeKind kind) {
  check::Type t;
  t.kind = kind;
  if (kind == TypeKind::Int) {
    t.min = -1000000;
    t.max = 1000000;
  }
  return t;
}
inline check::Type set_of(TypeKind element) {
  check::Type t = type(TypeKind::Set);
  t.element = element;
  if (element == TypeKind::Int) {
    t.min = -1000000;
    t.max = 1000000;
  }
  return t;
}
inline check::Leaf leaf(std::string path, check::Type t, std::vector<std::string> json, bool optional = false,
                        uint32_t parent = 0xffffffffu, uint32_t signal = 0xffffffffu) {
  check::Leaf l;
  l.path = std::move(path);
  l.type = t;
  l.json = std::move(json);
  l.optional = optional;
  l.parent = LeafId{parent};
  l.signal = LeafId{signal};
  return l;
}

inline check::PolicySet empty_set() {
  check::PolicySet set;
  set.schema = "test";
  set.kind_json = {"kind"};
  set.tzdata_version = "2024a";
  set.horizon_from_ns = 1'640'995'200'000'000'000;
  set.horizon_to_ns = 2'145'916'800'000'000'000;
  set.enums.push_back({"Environment", {"dev", "staging", "production"}, false});
  set.enums.push_back({"Severity", {"none", "minor", "major", "critical"}, true});
  check::Kind kind;
  kind.name = "deploy";
  check::Type environment = type(TypeKind::Enum), severity = type(TypeKind::Enum);
  severity.enum_id = check::EnumId{1};
  kind.leaves = {
      leaf("service", type(TypeKind::String), {"service"}),
      leaf("environment", environment, {"environment"}),
      leaf("canary", type(TypeKind::Int), {"canary"}, true),
      leaf("force", type(TypeKind::Bool), {"force"}, true),
      leaf("version", type(TypeKind::Version), {"version"}, true),
      leaf("time", type(TypeKind::Timestamp), {"time"}),
      leaf("groups", set_of(TypeKind::String), {"groups"}, true),
      leaf("ports", set_of(TypeKind::Int), {"ports"}),
      leaf("owner", type(TypeKind::Presence), {"owner"}, true),
      leaf("owner.name", type(TypeKind::String), {"owner", "name"}, false, kOwnerRecord),
      leaf("owner.teams", set_of(TypeKind::String), {"owner", "teams"}, false, kOwnerRecord),
      leaf("incident", type(TypeKind::Signal), {"incident"}, true),
      leaf("incident.severity", severity, {"incident", "value", "severity"}, false, kIncident, kIncident),
      leaf("incident.open", type(TypeKind::Int), {"incident", "value", "open"}, true, kIncident, kIncident),
      leaf("dependencies", type(TypeKind::List), {"dependencies"}),
      leaf("target", type(TypeKind::String), {"target"}, true),
  };
  kind.leaves[kIncident].max_age_ns = 300'000'000'000;
  kind.leaves[kDependencies].columns = {leaf("name", type(TypeKind::String), {"name"}),
                                        leaf("ready", type(TypeKind::Bool), {"ready"})};
  kind.now = LeafId{kTime};
  set.kinds.push_back(std::move(kind));
  return set;
}

inline check::Operand operand(const check::PolicySet& set, uint32_t leaf) {
  check::Operand o;
  o.index = leaf;
  o.type = set.kinds[0].leaves[leaf].type;
  o.text = set.kinds[0].leaves[leaf].path;
  return o;
}
inline Condition atom(const check::PolicySet& set, Condition::Kind kind, uint32_t leaf) {
  Condition c;
  c.kind = kind;
  c.operand = operand(set, leaf);
  c.text = c.operand.text + " …";
  return c;
}
inline Condition connect(Condition::Kind kind, std::vector<Condition> children) {
  Condition c;
  c.kind = kind;
  c.children = std::move(children);
  return c;
}

// Adds `deny when condition` and returns its number. Ids sort in order of addition.
inline size_t add_rule(check::PolicySet& set, Condition condition, check::Effect effect = check::Effect::Deny) {
  check::Rule rule;
  const std::string number = std::to_string(set.rules.size());
  rule.name = "r" + std::string(6 - number.size(), '0') + number;
  rule.policy = "p";
  rule.id = "p." + rule.name;
  rule.effect = effect;
  rule.has_condition = true;
  check::RuleOnKind on;
  on.condition = std::move(condition);
  rule.on.push_back(std::move(on));
  set.rules.push_back(std::move(rule));
  return set.rules.size() - 1;
}

// Random conditions and records over few values, so that they meet.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  size_t below(size_t n) { return static_cast<size_t>(engine_() % n); }
  bool chance(size_t percent) { return below(100) < percent; }
  std::string word() {
    static const std::vector<std::string> kWords = {"",        "web",  "web-1", "web-prod", "db",
                                                    "db-prod", "pröd", "api",   "a",        "ab-prod"};
    return kWords[below(kWords.size())];
  }
  std::string version() {
    static const std::vector<std::string> kVersions = {"1.0.0", "1.0.0-rc.1", "1.0.0-rc.2",
                                                       "1.2.0", "2.0.0+b",    "2.0.0"};
    return kVersions[below(kVersions.size())];
  }
  std::vector<std::string> sorted_words(size_t most) {
    std::vector<std::string> words;
    for (size_t i = below(most) + 1; i > 0; --i) words.push_back(word());
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }
  int64_t small() { return static_cast<int64_t>(below(12)) - 2; }
  std::vector<int64_t> sorted_numbers(size_t most) {
    std::vector<int64_t> numbers;
    for (size_t i = below(most) + 1; i > 0; --i) numbers.push_back(small());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
  }
  void pattern(Condition& c) {
    static const std::vector<std::pair<check::Match, std::string>> kPatterns = {
        {check::Match::StartsWith, "web"},
        {check::Match::StartsWith, ""},
        {check::Match::EndsWith, "-prod"},
        {check::Match::Contains, "b-"},
        {check::Match::Contains, "b"},
        {check::Match::Glob, "web*"},
        {check::Match::Glob, "*prod"},
        {check::Match::Glob, "w*d"},
        {check::Match::Glob, "pr?d"},
        {check::Match::Glob, "db"},
        {check::Match::Regex, "[a-z]+-[0-9]"},
        {check::Match::Regex, "(web|db)(-prod)?"},
        {check::Match::Glob, "*"},
        {check::Match::Regex, "pr.d|a{1,2}"},
        {check::Match::Contains, "ö"}};
    const auto& [match, text] = kPatterns[below(kPatterns.size())];
    c.kind = Condition::Kind::StringMatch;
    c.match = match;
    c.texts = {text};
  }

  Condition text_atom(const check::PolicySet& set, uint32_t leaf) {
    Condition c = test::atom(set, Condition::Kind::StringIn, leaf);
    if (chance(50))
      c.texts = sorted_words(3);
    else
      pattern(c);
    return c;
  }

  Condition random_atom(const check::PolicySet& set) {
    using Kind = Condition::Kind;
    switch (below(20)) {
      case 0:
      case 1:
      case 2:
        return text_atom(set, kService);
      case 3:
        return text_atom(set, kTarget);
      case 4:
        return text_atom(set, kOwnerName);
      case 5: {
        Condition c = test::atom(set, chance(50) ? Kind::NumberCompare : Kind::NumberIn, kEnvironment);
        c.compare = chance(50) ? check::Compare::Eq : check::Compare::Ne;
        c.number = static_cast<int64_t>(below(3));
        c.numbers = {0, 2};
        return c;
      }
      case 6:
      case 7: {
        Condition c = test::atom(set, chance(70) ? Kind::NumberCompare : Kind::NumberIn, chance(60) ? kCanary : kOpen);
        c.compare = static_cast<check::Compare>(below(6));
        c.number = small();
        c.numbers = sorted_numbers(3);
        return c;
      }
      case 8:
        return test::atom(set, Kind::Bool, kForce);
      case 9: {
        Condition c = test::atom(set, chance(60) ? Kind::VersionCompare : Kind::VersionIn, kVersion);
        c.compare = static_cast<check::Compare>(below(6));
        c.texts = {version()};
        return c;
      }
      case 10: {
        static constexpr uint32_t kOptional[] = {kCanary,      kForce,  kVersion,  kGroups,
                                                 kOwnerRecord, kTarget, kIncident, kOpen};
        return test::atom(set, Kind::Present, kOptional[below(8)]);
      }
      case 11: {
        Condition c = test::atom(set, Kind::SignalIs, kIncident);
        c.signal_state = static_cast<check::SignalState>(below(3));
        return c;
      }
      case 12: {
        Condition c = test::atom(set, Kind::NumberCompare, kSeverity);
        c.compare = static_cast<check::Compare>(below(6));
        c.number = static_cast<int64_t>(below(4));
        return c;
      }
      case 13:
      case 14: {
        Condition c =
            test::atom(set, chance(60) ? Kind::SetHasAny : Kind::SetHasAll, chance(60) ? kGroups : kOwnerTeams);
        c.texts = sorted_words(3);
        return c;
      }
      case 15: {
        Condition c = test::atom(set, chance(60) ? Kind::SetHasAny : Kind::SetHasAll, kPorts);
        c.numbers = sorted_numbers(3);
        return c;
      }
      case 16: {
        static constexpr uint32_t kSets[] = {kGroups, kPorts, kOwnerTeams};
        return test::atom(set, Kind::SetEmpty, kSets[below(3)]);
      }
      case 17: {
        // The checker sees to it that an absent set is not asked for all of its elements.
        const bool groups = chance(60);
        Condition c = test::atom(set, chance(60) ? Kind::Any : Kind::All, groups ? kGroups : kOwnerTeams);
        Condition body = text_atom(set, kService);
        body.operand.from = check::Operand::From::Element;
        if (chance(20)) body = connect(Kind::Not, {body});
        c.children.push_back(std::move(body));
        if (c.kind == Kind::Any) return c;
        return connect(Kind::And, {test::atom(set, Kind::Present, groups ? kGroups : kOwnerRecord), std::move(c)});
      }
      case 18: {
        static constexpr Kind kQuantifiers[] = {Kind::Any, Kind::All, Kind::AtLeast, Kind::AtMost, Kind::Exactly};
        Condition c = test::atom(set, kQuantifiers[below(5)], kDependencies);
        c.count = static_cast<uint32_t>(below(3));
        Condition name = text_atom(set, kService);
        name.operand.from = check::Operand::From::Column;
        Condition ready = test::atom(set, Kind::Bool, kForce);
        ready.operand.from = check::Operand::From::Column;
        ready.operand.index = 1;
        Condition severity = test::atom(set, Kind::NumberCompare, kSeverity);
        severity.compare = check::Compare::Ge;
        severity.number = 2;
        c.children.push_back(connect(chance(50) ? Kind::And : Kind::Or, {name, chance(60) ? ready : severity}));
        return c;
      }
      default: {
        Condition c = test::atom(set, Kind::StringEqual, kService);
        c.second = operand(set, kTarget);
        return c;
      }
    }
  }

  Condition condition(const check::PolicySet& set, size_t depth) {
    using Kind = Condition::Kind;
    const size_t roll = below(100);
    if (depth == 0 || roll < 25) return random_atom(set);
    if (roll < 40) return connect(Kind::Not, {condition(set, depth - 1)});
    std::vector<Condition> children;
    for (size_t i = below(3) + 2; i > 0; --i) children.push_back(condition(set, depth - 1));
    return connect(roll < 75 ? Kind::And : Kind::Or, std::move(children));
  }

  std::string words_json(size_t most) {
    std::string out = "[";
    for (size_t i = below(most + 1); i > 0; --i) out += (out.size() > 1 ? ",\"" : "\"") + word() + "\"";
    return out + "]";
  }

  std::string record() {
    static const char* const kEnvironments[] = {"dev", "staging", "production"};
    static const char* const kSeverities[] = {"none", "minor", "major", "critical"};
    std::string out = "{\"kind\":\"deploy\",\"service\":\"" + word() + "\",\"environment\":\"" +
                      kEnvironments[below(3)] + "\",\"time\":\"2025-12-29T12:00:00Z\",\"ports\":[";
    for (size_t i = 0, n = below(3); i < n; ++i) out += (i > 0 ? "," : "") + std::to_string(small());
    out += "]";
    if (chance(70)) out += ",\"canary\":" + std::to_string(small());
    if (chance(70)) out += std::string(",\"force\":") + (chance(50) ? "true" : "false");
    if (chance(70)) out += ",\"version\":\"" + version() + "\"";
    if (chance(70)) out += ",\"groups\":" + words_json(3);
    if (chance(70)) out += ",\"owner\":{\"name\":\"" + word() + "\",\"teams\":" + words_json(2) + "}";
    if (chance(70)) out += ",\"target\":\"" + word() + "\"";
    if (chance(80)) {
      out += std::string(",\"incident\":{\"value\":{\"severity\":\"") + kSeverities[below(4)] + "\"";
      if (chance(60)) out += ",\"open\":" + std::to_string(small());
      out += std::string("},\"as_of\":\"2025-12-29T") +
             (chance(70)   ? "11:58:00Z"
              : chance(50) ? "11:00:00Z"
                           : "12:30:00Z") +
             "\"}";
    }
    out += ",\"dependencies\":[";
    for (size_t i = 0, n = below(3); i < n; ++i) {
      out += (i > 0 ? ",{\"name\":\"" : "{\"name\":\"") + word() + "\",\"ready\":" + (chance(50) ? "true}" : "false}");
    }
    return out + "]}";
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace guard::test
