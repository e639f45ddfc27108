// The set generator: policies, rules, exceptions, break-glass, assumptions; and the set as files.
#include <algorithm>
#include <map>

#include "set_builder.hpp"

namespace guard::property {
namespace {

const std::vector<std::string> kMoments = {"2026-03-29T01:00:00Z",
                                           "2026-06-01T12:00:00Z",
                                           "2026-10-25 01:30 in \"Europe/London\"",
                                           "2026-12-25 in \"America/New_York\"",
                                           "2030-01-01T00:00:00Z",
                                           "2027-06-30 18:00 in \"Asia/Kolkata\""};

}  // namespace

std::vector<std::pair<std::string, std::string>> GeneratedSet::files() const {
  std::map<size_t, std::string> texts;
  for (const Piece& piece : pieces) texts[piece.section] += piece.text + "\n";
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [section, text] : texts)
    out.push_back({section == 0 ? "schema.guard" : "p" + std::to_string(section) + ".guard", text});
  out.insert(out.end(), data_files.begin(), data_files.end());
  return out;
}

std::string SetBuilder::moment() { return random_.pick(kMoments); }

std::vector<size_t> SetBuilder::random_kinds() {
  std::vector<size_t> all;
  for (size_t k = 0; k < kinds_.size(); ++k) all.push_back(k);
  if (random_.chance(20)) return all;
  random_.shuffle(all);
  all.resize(random_.chance(80) ? 1 : std::min<size_t>(2, all.size()));
  std::sort(all.begin(), all.end());
  return all;
}

std::string SetBuilder::kinds_text(const std::vector<size_t>& kinds) {
  if (kinds.size() == kinds_.size() && random_.chance(60)) return "every action";
  std::string text;
  for (size_t k : kinds) text += (text.empty() ? "" : ", ") + kinds_[k].name;
  return text;
}

std::string SetBuilder::rule_ref(size_t rule, size_t section) const {
  const RuleModel& model = rules_[rule];
  return model.section == section ? model.name : "p" + std::to_string(model.section) + "." + model.name;
}

std::string SetBuilder::obligation() {
  const std::vector<std::string> values = {"\"ticket\"", "3", "-2", "0.50", "true", "24h", "\"q\\\"\"", "1h30m"};
  const std::vector<std::string> names = {"review", "notify", "record"};
  return "oblige " + random_.pick(names) + " = " + random_.pick(values);
}

std::string SetBuilder::message(Stand& s) {
  std::vector<std::string> parts = *s.quotable;
  for (const Readable* r : s.readables)
    if (!r->sensitive && r->type.word != Word::List && random_.chance(15)) parts.push_back(r->path);
  random_.shuffle(parts);
  parts.resize(std::min<size_t>(parts.size(), 3));
  std::string text = random_.chance(20) ? "no {{brace}} \\\"here\\\" \xC3\xA9" : "because";
  for (const std::string& part : parts) text += " {" + part + "}";
  return "because \"" + text + "\"";
}

std::string SetBuilder::until_condition(Stand& s) {
  std::vector<std::string> windows;
  for (const NamedText& window : windows_)
    if (window.section == 0 || window.section == s.section) windows.push_back(window.name);
  switch (random_.below(5)) {
    case 0:
      if (!windows.empty()) return now_ + (random_.chance(30) ? " not in " : " in ") + random_.pick(windows);
      break;
    case 1:
      if (const Readable* r = any_of(s, Word::Timestamp); r && !r->now)
        return guarded(r->guards, (random_.chance(50) ? "24h since " : "1h since ") + r->path);
      break;
    case 2:
      return random_.pick(signals_) + " is fresh";
    case 3:
      for (const Readable* r : s.readables)
        if (!r->signal.empty() && random_.chance(60)) return atom_on(s, *r);
      break;
    default:
      break;
  }
  return condition(s, 1);
}

std::string SetBuilder::rule_clauses(Stand& s, const std::string& effect, bool mandatory, bool in_template) {
  std::vector<std::string> quotable;
  s.quotable = &quotable;
  s.quotes = true;
  std::string text, until;
  bool conditional = random_.chance(95);
  std::string when = conditional ? condition(s, 2) : "";
  if (conditional && random_.chance(40) && s.quotable) when += " and " + atom(s);
  const auto reads_signal = [&](const std::string& condition) {
    for (const Readable* r : s.readables)
      if (!r->signal.empty() && condition.find(r->path) != std::string::npos) return true;
    return false;
  };
  // `unless` alone, or beside `when`.
  std::string unless;
  if (conditional && random_.chance(20)) unless = condition(s, 1);
  const bool blocking = effect == "deny" || effect == "require" || effect == "hold";
  if (blocking && random_.chance(45)) {
    // Make sure that a signal's value is read, so that its absence can matter.
    std::vector<const Readable*> values;
    for (const Readable* r : s.readables)
      if (!r->signal.empty()) values.push_back(r);
    const std::string value = atom_on(s, *random_.pick(values));
    if (reads_signal(value)) {
      when = when.empty() ? value : "(" + when + (random_.chance(60) ? ") and " : ") or ") + value;
      const std::vector<std::string> policies = {"block", "hold", "ignore"};
      until = "\n  if missing: " + random_.pick(policies);
    }
  }
  if (!when.empty()) text += "\n  when " + when;
  if (!unless.empty()) text += "\n  unless " + unless;
  const auto requirement = [&] {
    std::string out = "\n  require " + std::to_string(1 + random_.below(5) / 2) + " approvals " + approval_terms(s);
    while (random_.chance(35)) out += " or " + std::to_string(1 + random_.below(2)) + " approvals " + approval_terms(s);
    return out;
  };
  if (effect == "deny" || effect == "allow" || effect == "warn") text += "\n  " + effect;
  if (effect == "require" || (effect == "allow" && random_.chance(35))) {
    text += requirement();
    if (random_.chance(30)) text += requirement();
  }
  if (effect == "hold") {
    s.quotable = nullptr;
    s.quotes = false;
    text += "\n  hold until " + until_condition(s);
    s.quotable = &quotable;
  }
  if (effect == "oblige" || random_.chance(10)) text += "\n  " + obligation();
  if (effect == "oblige" && random_.chance(30)) text += "\n  oblige also = 7";
  if (mandatory) text += "\n  mandatory";
  if (random_.chance(85)) text += "\n  " + message(s);
  if (random_.chance(30)) {
    const std::vector<std::string> modes = {"shadow", "advisory", "off", "enforce", "shadow", "advisory"};
    const std::string mode = random_.pick(modes);
    text += "\n  mode " + mode + (mode == "shadow" && random_.chance(50) ? " until " + moment() : "");
  }
  if (random_.chance(15)) text += "\n  owner \"team-x\"";
  (void)in_template;
  return text + until;
}

void SetBuilder::make_rule(size_t section) {
  const std::vector<std::string> effects = {"deny",  "deny",  "require", "hold", "hold",
                                            "allow", "allow", "allow",   "warn", "oblige"};
  const std::string effect = random_.pick(effects);
  RuleModel rule;
  rule.name = fresh("r");
  rule.section = section;
  rule.kinds = random_kinds();
  rule.blocking = effect == "deny" || effect == "require" || effect == "hold";
  rule.mandatory = rule.blocking && random_.chance(break_glass_ ? 35 : 20);
  Stand s = stand(rule.kinds, section);
  std::string clauses = rule_clauses(s, effect, rule.mandatory, false);
  if (effect == "allow" && random_.chance(75)) {
    std::string over;
    for (size_t r = 0; r < rules_.size(); ++r) {
      const RuleModel& other = rules_[r];
      const bool meets = std::any_of(other.kinds.begin(), other.kinds.end(), [&](size_t k) {
        return std::find(rule.kinds.begin(), rule.kinds.end(), k) != rule.kinds.end();
      });
      if (other.blocking && !other.mandatory && meets && random_.chance(60))
        over += (over.empty() ? "" : ", ") + rule_ref(r, section);
    }
    if (!over.empty()) clauses += "\n  overrides " + over;
  }
  rule.off = clauses.find("\n  mode off") != std::string::npos;
  add(section, "rule " + rule.name + " on " + kinds_text(rule.kinds) + clauses);
  rules_.push_back(std::move(rule));
}

void SetBuilder::make_template(size_t section) {
  const std::vector<size_t> kinds = random_kinds();
  std::vector<Stand::Parameter> parameters;
  Stand s = stand(kinds, section);
  s.parameters = &parameters;
  const bool deny = random_.chance(60);
  const std::string clauses = rule_clauses(s, deny ? "deny" : "warn", false, true);
  if (parameters.empty()) return;
  const std::string name = fresh("tpl");
  std::string head, first, second;
  for (const Stand::Parameter& p : parameters) {
    const std::string comma = head.empty() ? "" : ", ";
    head += comma + p.name + ": " + p.type;
    first += comma + p.name + ": " + p.first;
    second += comma + p.name + ": " + p.second;
  }
  add(section, "template " + name + "(" + head + ") on " + kinds_text(kinds) + clauses);
  for (const std::string& arguments : {first, second}) {
    RuleModel rule{fresh("r"), section, kinds, deny, false};
    rule.off = clauses.find("\n  mode off") != std::string::npos;
    add(section, "use " + name + "(" + arguments + ") as " + rule.name);
    rules_.push_back(std::move(rule));
  }
}

void SetBuilder::make_exception(size_t section) {
  std::vector<size_t> candidates;
  for (size_t r = 0; r < rules_.size(); ++r)
    if (rules_[r].blocking && !rules_[r].mandatory) candidates.push_back(r);
  if (candidates.empty()) return;
  random_.shuffle(candidates);
  candidates.resize(std::min<size_t>(candidates.size(), 1 + random_.below(2)));
  std::string names;
  for (size_t r : candidates) names += (names.empty() ? "" : ", ") + rule_ref(r, section);
  // The condition may speak of what every covered kind has: the common attributes, or one kind's when the rule has one.
  const std::vector<size_t>& kinds = rules_[candidates[0]].kinds;
  const bool one = candidates.size() == 1 && kinds.size() == 1;
  std::vector<size_t> all;
  for (size_t k = 0; k < kinds_.size(); ++k) all.push_back(k);
  Stand s = stand(one ? kinds : all, section);
  if (!one) s.readables.resize(common_.size());
  std::string text = "exception " + fresh("e") + " for " + names;
  if (one && random_.chance(30)) text += "\n  on " + kinds_[kinds[0]].name;
  if (random_.chance(75)) text += "\n  when " + condition(s, 1);
  text += "\n  expires " + moment() + "\n  owner \"sre\"\n  reason \"migration\"";
  add(section, text);
}

void SetBuilder::make_break_glass(size_t section) {
  if (!break_glass_) return;
  const std::vector<size_t> kinds = random_kinds();
  Stand s = stand(kinds, section);
  std::string text = "break glass " + fresh("g") + " on " + kinds_text(kinds) + "\n  who " +
                     (random_.chance(60) ? "time >= 1990-01-01T00:00:00Z" : condition(s, random_.chance(50) ? 0 : 1));
  if (random_.chance(25)) text += "\n  when " + condition(s, 1);
  std::string names;
  for (size_t r = 0; r < rules_.size(); ++r) {
    const bool meets = std::any_of(rules_[r].kinds.begin(), rules_[r].kinds.end(),
                                   [&](size_t k) { return std::find(kinds.begin(), kinds.end(), k) != kinds.end(); });
    if (rules_[r].blocking && !rules_[r].mandatory && meets && random_.chance(40))
      names += (names.empty() ? "" : ", ") + rule_ref(r, section);
  }
  text += "\n  lifts " + (names.empty() || random_.chance(50)
                              ? "every rule" + std::string(random_.chance(90) ? " even mandatory" : "")
                              : names);
  const std::vector<std::string> durations = {"4h", "1h", "30m", "106751d"};
  text += "\n  for " + random_.pick(durations);
  if (random_.chance(60)) text += "\n  " + obligation();
  add(section, text);
}

void SetBuilder::make_assumption(size_t section) {
  const std::vector<size_t> kinds = random_kinds();
  Stand s = stand(kinds, section);
  // Mostly true, or every decision would be an error.
  std::string text = "(" + condition(s, 1) + ") or (" + condition(s, 1) + ")";
  if (random_.chance(60)) text += " or (" + atom(s) + ") or (" + atom(s) + ")";
  add(section, "assume on " + kinds_text(kinds) + ": " + text);
}

void SetBuilder::make_policy(size_t section) {
  add(section, "policy p" + std::to_string(section), true);
  if (random_.chance(60)) add(section, "owner \"team-" + std::to_string(section) + "\"");
  if (!windows_.empty() && random_.chance(50)) make_windows(section, 1);
  if (random_.chance(30)) make_data(section);
  const size_t rules = 3 + random_.below(5);
  for (size_t i = 0; i < rules; ++i) make_rule(section);
  if (random_.chance(35)) make_template(section);
}

GeneratedSet SetBuilder::build() {
  make_schema();
  const size_t policies = 1 + random_.below(2);
  for (size_t p = 1; p <= policies; ++p) make_policy(p);
  const size_t last = policies;
  // Every kind needs a rule.
  for (size_t k = 0; k < kinds_.size(); ++k)
    if (std::none_of(rules_.begin(), rules_.end(), [&](const RuleModel& r) {
          return !r.off && std::find(r.kinds.begin(), r.kinds.end(), k) != r.kinds.end();
        })) {
      Stand s = stand({k}, last);
      RuleModel rule{fresh("r"), last, {k}, true, false};
      add(last, "rule " + rule.name + " on " + kinds_[k].name + "\n  when " + condition(s, 1) + "\n  deny");
      rules_.push_back(std::move(rule));
    }
  if (random_.chance(70)) make_exception(last);
  if (random_.chance(40)) make_exception(1);
  if (random_.chance(90)) make_break_glass(last);
  if (random_.chance(30)) make_break_glass(1);
  if (random_.chance(20)) make_assumption(random_.chance(50) ? 0 : last);
  return std::move(out_);
}

GeneratedSet generate_set(uint64_t seed) { return SetBuilder(seed).build(); }

}  // namespace guard::property
