// Small random policy sets; see write_sets.hpp.
#include "write_sets.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/property/random.hpp"

namespace guard::oracle {
namespace {

using property::Random;
using Texts = std::vector<std::string>;

// An attribute: its field, and what conditions say of it, each with its guard.
struct Attribute {
  std::string field;
  Texts atoms;
  bool signal = false;
};

// {a} and {b} stand for two of the letters or words.
std::vector<Attribute> menu() {
  return {
      {"flag: bool", {"flag", "not flag"}},
      {"env: enum { dev, staging, prod }",
       {"env == dev", "env == prod", "env != prod", "env in { dev, staging }", "env not in { staging }"}},
      {"level: enum { low < mid < high }", {"level >= mid", "level < high", "level == low", "level > mid"}},
      {"n: int 0..3", {"n >= 1", "n > 2", "n == 0", "n < 2", "n in { 1, 3 }", "n != 2"}},
      {"n: int 0..3, m: int 0..2", {"n < m", "n + m >= 3", "2 * n - m > 1", "n == m", "m > 0", "n >= 2"}},
      {"load: decimal(2, 1)", {"load < 0.5", "load >= 1.0", "load == 0.5", "load > -0.1"}},
      {"name: string",
       {"name == \"ab\"", "name in { \"a\", \"ab\" }", "name starts with \"a\"", "name ends with \"b\"",
        "name contains \"ba\"", "name matches \"a*b\"", "name matches \"?b\"", "name matches /a(b|c)*/",
        "name matches /[ab]{2}/", "name != \"\""}},
      {"first: string, second: string",
       {"first == second", "first == \"a\"", "first starts with \"a\"", "second == \"a\"", "second ends with \"b\"",
        "first != second"}},
      {"ver: version",
       {"ver < \"2.0.0\"", "ver == \"1.2.0\"", "ver >= \"1.0.0-rc.1\"", "ver in { \"1.2.0\", \"2.0.0\" }",
        "ver > \"2.0.0-0\""}},
      {"ver: version, old: version?",
       {"(old is present and ver < old)", "(old is missing or ver > old)", "old is missing", "ver >= \"2.0.0\""}},
      {"took: duration", {"took > 1h", "took <= 30m", "took == 1h"}},
      {"staged: timestamp?",
       {"(staged is present and 24h since staged)", "(staged is missing or time - staged < 48h)", "staged is missing",
        "(staged is present and staged < 2026-12-01T00:00:00Z)"}},
      {"tags: set<string>",
       {"tags has any { \"a\", \"b\" }", "tags has all { \"a\", \"b\" }", "\"a\" in tags", "tags is empty",
        "any t in tags: t starts with \"a\"", "at least 2 t in tags: t ends with \"b\"",
        "(all t in tags: t == \"a\")"}},
      {"marks: set<enum { red, green }>", {"marks has any { red }", "marks has all { red, green }", "green in marks"}},
      {"ports: set<int 1..3>",
       {"ports has any { 1, 2 }", "3 in ports", "ports is empty", "exactly 1 p in ports: p > 1"}},
      {"q: int 0..2?",
       {"(q is present and q > 0)", "(q is missing or q == 1)", "q is missing", "(q is present and q < 2)"}},
      {"box: record { open: bool, size: int 0..1 }?",
       {"(box is present and box.open)", "(box is missing or box.size == 1)", "box is present"}},
      {"rows: list<record { ok: bool, k: int 0..1? }>",
       {"(any r in rows: r.ok)", "(all r in rows: r.ok)", "(at least 2 r in rows: not r.ok)",
        "(any r in rows: r.k is present and r.k == 1)", "rows is empty", "(exactly 1 r in rows: r.ok)"}},
      {"deps: list<record { by: string, ver: version }>",
       {"(any d in deps: d.by == actor)", "(all d in deps: d.by != actor)", "(any d in deps: d.ver < \"2.0.0\")"}},
      {"topics: set<string>, team: string",
       {"(any t in topics: t == team)", "(any t in topics: t == team or t == \"a\")", "team == \"a\"",
        "topics has any { \"a\" }", "(all t in topics: t != team)"}},
      {"owner: record { id: string, groups: set<string> }",
       {"owner.groups has any { \"sre\" }", "owner.id == actor", "owner.id == \"ann\"", "owner.groups is empty"}},
      {"signal alarm: bool max age 5m", {"alarm", "not alarm", "alarm is missing", "alarm is fresh"}, true},
      {"signal heat: enum { cold < warm < hot } max age 1h",
       {"heat >= warm", "heat == hot", "heat is stale", "heat != cold"},
       true},
      {"signal count: int 0..2 max age 5m", {"count > 0", "count == 2", "count is missing", "count is present"}, true},
  };
}

struct RuleModel {
  std::string name;
  std::vector<size_t> kinds;
  bool blocking = false, allow = false, mandatory = false, off = false;
};

class SetWriter {
 public:
  explicit SetWriter(uint64_t seed) : random_(seed) { out_.seed = seed; }
  property::GeneratedSet write();

 private:
  struct KindModel {
    std::string name;
    std::vector<Attribute> own;
  };
  void add(size_t section, std::string text, bool fixed = false) {
    out_.pieces.push_back({section, std::move(text), fixed, 0});
  }
  std::string name(const char* head) { return head + std::to_string(++names_); }
  void schema();
  std::vector<Attribute> attributes(size_t count);
  std::string kind_text(const std::vector<size_t>& kinds) const;
  std::string atom(const std::vector<size_t>& kinds, bool signals, bool& reads_signal);
  std::string condition(const std::vector<size_t>& kinds, bool signals, bool& reads_signal);
  std::string plain(const std::vector<size_t>& kinds);
  void define();
  std::string requirement();
  std::vector<size_t> some_kinds();
  void rule(const std::vector<size_t>& kinds);
  void clauses(RuleModel& model, std::string& text, bool reads_signal);
  void exception();
  void break_glass();
  void promises();
  std::string refs(size_t at_most, const std::vector<size_t>& kinds);

  Random random_;
  property::GeneratedSet out_;
  std::vector<Attribute> menu_ = menu();
  bool data_ = false;
  std::vector<Attribute> common_;
  std::vector<KindModel> kinds_;
  std::vector<RuleModel> rules_;
  Texts times_;
  bool approvals_ = false, author_ = false, glass_ = false, within_ = false, deny_ = false;
  size_t names_ = 0;
};

std::vector<Attribute> SetWriter::attributes(size_t count) {
  std::vector<Attribute> out;
  for (size_t i = 0; i < count && !menu_.empty(); ++i) {
    const size_t at = random_.below(menu_.size());
    Attribute chosen = menu_[at];
    // Names are not used twice.
    const std::string head = chosen.field.substr(0, chosen.field.find(':'));
    std::erase_if(menu_, [&](const Attribute& other) { return other.field.substr(0, other.field.find(':')) == head; });
    random_.shuffle(chosen.atoms);
    chosen.atoms.resize(std::min<size_t>(chosen.atoms.size(), 2 + random_.below(2)));
    out.push_back(std::move(chosen));
  }
  return out;
}

void SetWriter::schema() {
  deny_ = random_.chance(45);
  add(0, std::string("schema s\ndefault ") + (deny_ ? "deny" : "allow"), true);
  if (random_.chance(15)) add(0, "blocking wins");
  approvals_ = random_.chance(55);
  author_ = approvals_ && random_.chance(25);
  within_ = random_.chance(40);
  glass_ = random_.chance(20);
  const bool two = random_.chance(25);
  common_ = attributes(two ? 2 : 1 + random_.below(4));
  kinds_.push_back({"deploy", {}});
  if (two) {
    kinds_[0].own = attributes(1);
    kinds_.push_back({"migrate", attributes(1)});
  }
  std::string text = "action {\n  time: timestamp now,\n  actor: string identity";
  if (author_) text += ",\n  author: string";
  if (approvals_)
    text += ",\n  approvals: list<record { by: string, groups: set<string>, at: timestamp }> approvals(by, groups, at)";
  if (glass_) text += ",\n  glass: record { by: string, reason: string, at: timestamp }? break glass(by, reason, at)";
  for (const Attribute& attribute : common_) text += ",\n  " + attribute.field;
  add(0, text + "\n}", true);
  for (const KindModel& kind : kinds_) {
    std::string fields;
    for (const Attribute& attribute : kind.own) fields += (fields.empty() ? " " : ", ") + attribute.field;
    add(0, "action " + kind.name + " {" + fields + " }", true);
  }
  if (two && random_.chance(40)) add(0, std::string("default ") + (deny_ ? "allow" : "deny") + " on migrate");
  add(0, "window office = mon..fri 09:00 to 17:00 in \"Europe/London\"");
  add(0, "window freeze = 2026-12-18 18:00 to 2027-01-04 09:00 in \"Europe/London\"");
  add(0, "window past = 2025-12-18 18:00 to 2026-01-04 09:00 in \"Europe/London\"");
  if (random_.chance(50)) {
    times_ = {"time in office",
              "time in freeze",
              "not time in office",
              "time < 2027-03-01T00:00:00Z",
              "time >= 2026-12-01T00:00:00Z",
              "time in past"};
    random_.shuffle(times_);
    times_.resize(2);
  }
  data_ = random_.chance(15);
  if (data_) {
    add(0, "data tiers from \"tiers.json\": map<string, record { tier: int 1..3, zone: string? }>");
    out_.data_files.push_back({"tiers.json", R"({"ann": {"tier": 1, "zone": "eu"}, "ben": {"tier": 3}})"});
  }
  for (const char* check : {"redundant", "conflict", "dead-condition"})
    if (random_.chance(4)) add(0, std::string("severity ") + check + " = " + (random_.chance(50) ? "off" : "error"));
}

std::string SetWriter::kind_text(const std::vector<size_t>& kinds) const {
  std::string out;
  for (const size_t k : kinds) out += (out.empty() ? "" : ", ") + kinds_[k].name;
  return out;
}

std::vector<size_t> SetWriter::some_kinds() {
  if (kinds_.size() == 1) return {0};
  if (random_.chance(40)) return {0, 1};
  return {random_.below(2)};
}

std::string SetWriter::atom(const std::vector<size_t>& kinds, bool signals, bool& reads_signal) {
  if (!times_.empty() && random_.chance(15)) return random_.pick(times_);
  const Texts lookups = {"(tiers[actor] is present and tiers[actor].tier > 1)", "tiers[actor] is missing",
                         "(tiers[actor].zone is present and tiers[actor].zone == \"eu\")"};
  if (data_ && random_.chance(15)) return random_.pick(lookups);
  if (approvals_ && random_.chance(4)) return "approvals has 1 from { \"ops\" }";
  std::vector<const Attribute*> visible;
  for (const Attribute& attribute : common_) visible.push_back(&attribute);
  if (kinds.size() == 1)
    for (const Attribute& attribute : kinds_[kinds[0]].own) visible.push_back(&attribute);
  if (!signals) std::erase_if(visible, [](const Attribute* attribute) { return attribute->signal; });
  if (visible.empty() || random_.chance(6)) return random_.chance(50) ? "actor == \"ann\"" : "actor != \"ann\"";
  const Attribute& attribute = *random_.pick(visible);
  const std::string text = random_.pick(attribute.atoms);
  if (attribute.signal && text.find(" is ") == std::string::npos) reads_signal = true;
  return text.starts_with("any ") || text.starts_with("at least") || text.starts_with("exactly") ? "(" + text + ")"
                                                                                                 : text;
}

std::string SetWriter::condition(const std::vector<size_t>& kinds, bool signals, bool& reads_signal) {
  std::string out = atom(kinds, signals, reads_signal);
  const size_t more = random_.below(10) < 4 ? 0 : 1 + random_.below(2);
  for (size_t i = 0; i < more; ++i) {
    const size_t how = random_.below(10);
    const std::string next = atom(kinds, signals, reads_signal);
    if (how < 5)
      out = "(" + out + ") and " + next;
    else if (how < 8)
      out = "(" + out + ") or " + next;
    else if (how < 9)
      out = "(" + out + ") and not (" + next + ")";
    else
      out = "(" + out + ") implies " + next;
  }
  return out;
}

std::string SetWriter::plain(const std::vector<size_t>& kinds) {
  bool signal = false;
  return condition(kinds, false, signal);
}

// A named condition over the common attributes, which then is one more thing that conditions say.
void SetWriter::define() {
  std::vector<size_t> all;
  for (size_t k = 0; k < kinds_.size(); ++k) all.push_back(k);
  const std::string named = name("d");
  add(0, "define " + named + " = " + plain(all));
  times_.push_back(named);
}

std::string SetWriter::requirement() {
  std::string out = random_.chance(70) ? "1 approval" : "2 approvals";
  out += random_.chance(75) ? " from { \"ops\" }" : " from { \"ops\", \"dba\" }";
  if (within_ && random_.chance(60)) out += " within 24h";
  if (author_ && random_.chance(50)) out += " excluding author";
  if (random_.chance(15)) out += " including the actor";
  return out;
}

std::string SetWriter::refs(size_t at_most, const std::vector<size_t>& kinds) {
  Texts names;
  for (const RuleModel& rule : rules_)
    if (rule.blocking && !rule.mandatory && !rule.off && std::any_of(kinds.begin(), kinds.end(), [&](size_t k) {
          return std::find(rule.kinds.begin(), rule.kinds.end(), k) != rule.kinds.end();
        }))
      names.push_back(rule.name);
  random_.shuffle(names);
  std::string out;
  for (size_t i = 0; i < names.size() && i < at_most; ++i) out += (out.empty() ? "" : ", ") + names[i];
  return out;
}

void SetWriter::clauses(RuleModel& model, std::string& text, bool reads_signal) {
  if (model.blocking && reads_signal && random_.chance(60))
    text += random_.chance(50) ? "\n  if missing: ignore" : "\n  if missing: hold";
  if (model.blocking && random_.chance(6)) text += "\n  mandatory", model.mandatory = true;
  if (random_.chance(8)) {
    const Texts modes = {"shadow", "advisory", "off"};
    const std::string mode = random_.pick(modes);
    text += "\n  mode " + mode;
    model.off = mode == "off";
  }
  if (text.find("\n  warn") == std::string::npos && text.find("\n  oblige") == std::string::npos && random_.chance(20))
    text += "\n  oblige page = " + std::to_string(1 + random_.below(2));
  if (random_.chance(3)) text += "\n  accept redundant because \"meant so\"";
}

void SetWriter::rule(const std::vector<size_t>& kinds) {
  RuleModel model{name("r"), kinds};
  bool reads_signal = false;
  std::string text = "rule " + model.name + " on " + kind_text(kinds);
  if (random_.chance(92)) text += "\n  when " + condition(kinds, true, reads_signal);
  if (random_.chance(12)) text += "\n  unless " + atom(kinds, true, reads_signal);
  const size_t effect = random_.below(100);
  if (effect < 35) {
    text += "\n  deny";
    model.blocking = true;
  } else if (effect < 53 && approvals_) {
    text += "\n  require " + requirement();
    if (random_.chance(20)) text += " or " + requirement();
    if (random_.chance(15)) text += "\n  require " + requirement();
    model.blocking = true;
  } else if (effect < 64) {
    bool of_until = false;
    text += "\n  hold until " + (random_.chance(35) && !times_.empty() ? times_[0] : condition(kinds, true, of_until));
    model.blocking = true;
  } else if (effect < 92) {
    text += "\n  allow";
    if (const std::string named = refs(2, kinds); !named.empty() && random_.chance(55))
      text += "\n  overrides " + named;
    if (approvals_ && random_.chance(20)) text += "\n  require " + requirement();
    model.allow = true;
  } else if (effect < 96) {
    text += "\n  warn";
  } else {
    text += "\n  oblige page = " + std::to_string(1 + random_.below(2));
  }
  clauses(model, text, reads_signal);
  add(1, text);
  rules_.push_back(std::move(model));
}

void SetWriter::exception() {
  const std::string named = refs(1 + random_.below(2), {0});
  if (named.empty()) return;
  std::string text = "exception " + name("x") + " for " + named;
  bool signal = false;
  // What every kind of the rules has: the common attributes.
  std::vector<size_t> all;
  for (size_t k = 0; k < kinds_.size(); ++k) all.push_back(k);
  if (random_.chance(85)) text += "\n  when " + condition(all, true, signal);
  const Texts ends = {"2026-03-31T00:00:00Z", "2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z", "2037-12-31T00:00:00Z"};
  add(1, text + "\n  expires " + random_.pick(ends) + "\n  owner \"ops\"\n  reason \"moving\"");
}

void SetWriter::break_glass() {
  if (!glass_) return;
  bool signal = false;
  const std::string named = refs(1, {0});
  const std::string who = random_.chance(20) ? "true" : atom({0}, true, signal);
  add(1,
      "break glass " + name("g") + " on " + kinds_[0].name + "\n  who " + who + "\n  lifts " +
          (named.empty() || random_.chance(50) ? "every rule" + std::string(random_.chance(50) ? " even mandatory" : "")
                                               : named) +
          "\n  for 1h");
}

void SetWriter::promises() {
  const Texts outcomes = {"never allow", "never deny", "always deny or hold", "never allow or hold", "always allow"};
  for (size_t k = 0; k < kinds_.size(); ++k) {
    if (random_.chance(50)) {
      const std::string kinds = kinds_[k].name;
      add(1, "cover " + kinds + (random_.chance(80) ? " when " + plain({k}) : ""));
    }
    if (random_.chance(40))
      add(1, "invariant " + name("i") + " on " + kinds_[k].name + " " + random_.pick(outcomes) +
                 (random_.chance(85) ? " when " + plain({k}) : ""));
    if (random_.chance(12)) add(1, "assume on " + kinds_[k].name + ": (" + plain({k}) + ") or (" + plain({k}) + ")");
  }
}

property::GeneratedSet SetWriter::write() {
  schema();
  if (random_.chance(15)) define();
  add(1, "policy p", true);
  const size_t count = 2 + random_.below(4);
  for (size_t i = 0; i < count; ++i) rule(some_kinds());
  for (size_t k = 0; k < kinds_.size(); ++k)
    if (std::none_of(rules_.begin(), rules_.end(), [&](const RuleModel& r) {
          return !r.off && std::find(r.kinds.begin(), r.kinds.end(), k) != r.kinds.end();
        }))
      add(1, "rule " + name("r") + " on " + kinds_[k].name + "\n  when " + plain({k}) + "\n  deny");
  if (random_.chance(30)) exception();
  break_glass();
  promises();
  return std::move(out_);
}

}  // namespace

property::GeneratedSet write_set(uint64_t seed) { return SetWriter(seed).write(); }

}  // namespace guard::oracle
