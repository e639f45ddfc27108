// The set generator: schema, data and windows.
#include <algorithm>
#include <limits>
#include <tuple>

#include "set_builder.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::property {
namespace {

constexpr int64_t kFullMin = std::numeric_limits<int64_t>::min(), kFullMax = std::numeric_limits<int64_t>::max();

// Strings as source literals: affixes of each other, empty, beyond ASCII, with what JSON and globs escape.
const std::vector<std::string> kStrings = {"\"\"",
                                           "\"a\"",
                                           "\"ab\"",
                                           "\"abc\"",
                                           "\"team-a\"",
                                           "\"team-b\"",
                                           "\"x/y\"",
                                           "\"x/y/z\"",
                                           "\"\xC3\xA9\"",
                                           "\"\xE6\x97\xA5\xE6\x9C\xAC\"",
                                           "\"q\\\"u\\\\o\"",
                                           "\"1\"",
                                           "\"a b\"",
                                           "\"\xF0\x9F\x9A\xA6\"",
                                           "\"prod-eu\"",
                                           "\"prod\"",
                                           "\"*?\"",
                                           "\"line\\nend\""};
const std::vector<std::string> kPersons = {"\"ann\"", "\"bob\"", "\"cy\"", "\"dee\""};
const std::vector<std::string> kGroups = {"\"dba\"", "\"ops\"", "\"sec\"", "\"team-a\""};
const std::vector<std::string> kVersions = {"\"0.0.0\"",         "\"1.2.3-0\"",       "\"1.2.3-0.0\"",
                                            "\"1.2.3-alpha\"",   "\"1.2.3-alpha.1\"", "\"1.2.3-alpha.beta\"",
                                            "\"1.2.3-2\"",       "\"1.2.3-10\"",      "\"1.2.3\"",
                                            "\"1.2.3+build.7\"", "\"1.2.4\"",         "\"1.10.0\"",
                                            "\"2.0.0-rc.1\"",    "\"2.0.0\"",         "\"18446744073709551616.0.0\"",
                                            "\"1.2.3--\""};
const std::vector<std::string> kInstants = {
    "2026-03-08T07:00:00Z", "2026-03-29T01:00:00Z",   "2026-03-29T02:30:00+01:00", "2026-04-04T15:00:00Z",
    "2026-06-01T12:00:00Z", "2026-10-25T01:00:00Z",   "2026-11-01T06:00:00Z",      "2026-12-24T23:59:59.999999999Z",
    "2026-12-25T00:00:00Z", "2026-06-05T15:00:00.5Z", "1969-12-31T23:59:59Z",      "2261-12-31T23:59:59Z",
    "1678-01-01T00:00:00Z", "2026-03-22T02:00:00Z"};
const std::vector<std::string> kDurations = {"0s", "1s", "5m", "1h", "1h30m", "24h", "7d", "500ms", "90s"};
const std::vector<std::string> kZones = {"Europe/London",     "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
                                         "Africa/Casablanca", "Pacific/Apia",     "UTC"};

}  // namespace

void SetBuilder::make_enums() {
  const size_t count = 2 + random_.below(2);
  for (size_t e = 0; e < count; ++e) {
    EnumDeclaration declaration;
    declaration.name = "E" + std::to_string(e);
    declaration.ordered = e == 0 || random_.chance(40);
    const size_t words = 2 + random_.below(3);
    for (size_t w = 0; w < words; ++w)
      declaration.words.push_back(std::string(1, static_cast<char>('f' + e)) + "_" + std::to_string(w));
    std::string text = "enum " + declaration.name + " { ";
    for (size_t w = 0; w < words; ++w)
      text += (w == 0 ? "" : declaration.ordered ? " < " : ", ") + declaration.words[w];
    add(0, text + " }");
    enums_.push_back(std::move(declaration));
  }
}

std::string SetBuilder::simple_type_text(const ValueType& type) const {
  switch (type.word) {
    case Word::Bool:
      return "bool";
    case Word::Int:
      return type.min == kFullMin ? "int" : "int " + std::to_string(type.min) + ".." + std::to_string(type.max);
    case Word::Decimal:
      return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    case Word::String:
      return "string";
    case Word::Enum:
      return enums_[type.enum_index].name;
    case Word::Version:
      return "version";
    case Word::Timestamp:
      return "timestamp";
    case Word::Duration:
      return "duration";
    case Word::Set:
    case Word::List:
      break;
  }
  return "";
}

std::string SetBuilder::type_text(const ValueType& type) const {
  if (type.word != Word::Set) return simple_type_text(type);
  ValueType element = type;
  element.word = type.element;
  return "set<" + simple_type_text(element) + ">";
}

ValueType SetBuilder::random_type(bool allow_set) {
  ValueType type;
  type.word = static_cast<Word>(random_.below(allow_set ? 9 : 8));
  const Word word = type.word == Word::Set ? std::vector<Word>{Word::String, Word::String, Word::Int, Word::Enum,
                                                               Word::Version}[random_.below(5)]
                                           : type.word;
  type.element = word;
  if (word == Word::Int) {
    const std::vector<std::pair<int64_t, int64_t>> ranges = {
        {0, 3}, {0, 100}, {-5, 5}, {0, 1'000'000'000}, {kFullMin, kFullMax}};
    const auto& range = ranges[random_.below(type.word == Word::Set ? 3 : ranges.size())];
    type.min = range.first, type.max = range.second;
  }
  if (word == Word::Decimal) {
    const std::vector<std::pair<unsigned, unsigned>> shapes = {{4, 2}, {5, 2}, {3, 0}, {6, 3}, {18, 9}};
    std::tie(type.precision, type.scale) = shapes[random_.below(shapes.size())];
  }
  if (word == Word::Enum) type.enum_index = random_.below(enums_.size());
  return type;
}

std::vector<std::string> SetBuilder::random_constants(const ValueType& type) {
  std::vector<std::string> out;
  const auto some_of = [&](const std::vector<std::string>& list, size_t count) {
    std::vector<std::string> copy = list;
    random_.shuffle(copy);
    copy.resize(std::min(count, copy.size()));
    return copy;
  };
  switch (type.word == Word::Set ? type.element : type.word) {
    case Word::Int: {
      const bool full = type.min == kFullMin;
      const int64_t low = full ? -9'223'372'036'854'775'807 : type.min, high = type.max;
      for (int64_t value : {low, high, random_.between(std::max<int64_t>(low, -10), std::min<int64_t>(high, 10)),
                            random_.between(std::max<int64_t>(low, -1000), std::min<int64_t>(high, 1000))})
        if (std::find(out.begin(), out.end(), std::to_string(value)) == out.end()) out.push_back(std::to_string(value));
      return out;
    }
    case Word::Decimal: {
      int64_t limit = 1;
      for (unsigned i = 0; i < type.precision; ++i) limit *= 10;
      for (int64_t value : {int64_t{0}, limit - 1, random_.between(-200, 200), random_.between(0, 999)})
        if (value < limit) out.push_back(reference::decimal_text(value, type.scale));
      std::sort(out.begin(), out.end());
      out.erase(std::unique(out.begin(), out.end()), out.end());
      return out;
    }
    case Word::String:
      return some_of(kStrings, 5);
    case Word::Enum:
      return enums_[type.enum_index].words;
    case Word::Version:
      return some_of(kVersions, 4);
    case Word::Timestamp:
      return some_of(kInstants, 3);
    case Word::Duration:
      return some_of(kDurations, 3);
    case Word::Bool:
      return {"true", "false"};
    case Word::Set:
    case Word::List:
      break;
  }
  return out;
}

// One attribute or record, as text; what can be read of it goes to `out`. `guards` hold around it.
std::string SetBuilder::field_text(const std::string& prefix, const std::string& name, std::vector<std::string> guards,
                                   std::vector<Readable>& out, int depth) {
  const std::string path = prefix + name;
  const bool optional = random_.chance(30);
  if (optional) guards.push_back(path);
  if (depth > 0 && random_.chance(25)) {
    std::string text = name + ": record { ";
    const size_t count = 1 + random_.below(3);
    if (optional && prefix.empty()) optionals_.push_back(path);
    for (size_t i = 0; i < count; ++i)
      text += (i == 0 ? "" : ", ") + field_text(path + ".", fresh("a"), guards, out, depth - 1);
    return text + " }" + (optional ? "?" : "") +
           (prefix.empty() && random_.chance(15) ? " at \"/spec/" + name + "\"" : "");
  }
  Readable readable;
  readable.path = path;
  readable.type = random_type(true);
  readable.guards = guards;
  readable.constants = random_constants(readable.type);
  readable.sensitive = random_.chance(8);
  std::string text = name + ": " + type_text(readable.type) + (optional ? "?" : "");
  if (readable.sensitive) text += " sensitive";
  if (random_.chance(12)) text += " at \"/" + std::string(random_.chance(50) ? "deep/er/" : "x~1y/") + name + "\"";
  out.push_back(std::move(readable));
  return text;
}

std::string SetBuilder::list_text(const std::string& prefix, const std::string& name, std::vector<std::string> guards,
                                  std::vector<Readable>& out) {
  Readable list;
  list.path = prefix + name;
  list.type.word = Word::List;
  const bool optional = random_.chance(25);
  if (optional) guards.push_back(list.path);
  list.guards = guards;
  std::string text = name + ": list<record { ";
  // Always a set and a string, so that nested quantifiers and lookups find something.
  Readable tags;
  tags.path = fresh("a");
  tags.type.word = Word::Set;
  tags.type.element = Word::String;
  tags.constants = random_constants(tags.type);
  text += tags.path + ": set<string>";
  list.columns.push_back(std::move(tags));
  const size_t more = 2 + random_.below(4);
  for (size_t i = 0; i < more; ++i) text += ", " + field_text("", fresh("a"), {}, list.columns, 1);
  std::erase_if(optionals_, [&](const std::string& path) {
    return std::any_of(list.columns.begin(), list.columns.end(),
                       [&](const Readable& c) { return c.path.starts_with(path + "."); });
  });
  out.push_back(std::move(list));
  return text + " }>" + (optional ? "?" : "");
}

std::string SetBuilder::signal_text(const std::string& name, std::vector<Readable>& out) {
  const std::vector<std::string> ages = {"5m", "15m", "1h", "1s"};
  std::string text = "signal " + name + ": ";
  signals_.push_back(name);
  if (random_.chance(50)) {
    text += "record { ";
    const size_t count = 1 + random_.below(3);
    const size_t before = out.size();
    for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + field_text(name + ".", fresh("a"), {}, out, 0);
    for (size_t i = before; i < out.size(); ++i) out[i].signal = name;
    text += " }";
  } else {
    Readable readable;
    readable.path = name;
    readable.type = random_type(true);
    readable.constants = random_constants(readable.type);
    readable.signal = name;
    text += type_text(readable.type);
    out.push_back(std::move(readable));
  }
  return text + " max age " + ages[random_.below(ages.size())] +
         (random_.chance(10) ? " at \"/signals/" + name + "\"" : "");
}

std::string SetBuilder::common_text() {
  const auto string_readable = [&](const std::string& path, const std::vector<std::string>& constants,
                                   std::vector<std::string> guards = {}) {
    Readable r;
    r.path = path;
    r.type.word = Word::String;
    r.constants = constants;
    r.guards = std::move(guards);
    return r;
  };
  const auto instant_readable = [&](const std::string& path, bool now, std::vector<std::string> guards = {}) {
    Readable r;
    r.path = path;
    r.type.word = Word::Timestamp;
    r.constants = random_constants(r.type);
    r.now = now;
    r.guards = std::move(guards);
    return r;
  };
  Readable groups;
  groups.type.word = Word::Set;
  groups.type.element = Word::String;
  groups.constants = kGroups;

  std::string text = "action {\n  time: timestamp now" + std::string(random_.chance(15) ? " at \"/meta/at\"" : "");
  common_.push_back(instant_readable("time", true));
  if (random_.chance(25)) {
    actor_ = "actor";
    text += ",\n  actor: string identity";
    common_.push_back(string_readable("actor", kPersons));
  } else {
    text += ",\n  actor: record { id: string, groups: set<string>, bot: bool } identity id";
    common_.push_back(string_readable("actor.id", kPersons));
    groups.path = "actor.groups";
    common_.push_back(groups);
    Readable bot;
    bot.path = "actor.bot";
    common_.push_back(bot);
  }
  text += ",\n  author: string?";
  common_.push_back(string_readable("author", kPersons, {"author"}));
  text += ",\n  approvals: list<record { by: string, groups: set<string>, at: timestamp }> approvals(by, groups, at)";
  Readable approvals;
  approvals.path = "approvals";
  approvals.type.word = Word::List;
  approvals.columns.push_back(string_readable("by", kPersons));
  groups.path = "groups";
  approvals.columns.push_back(groups);
  approvals.columns.push_back(instant_readable("at", false));
  common_.push_back(approvals);
  break_glass_ = random_.chance(70);
  if (break_glass_) {
    text += ",\n  emergency: record { by: string, reason: string, at: timestamp }? break glass(by, reason, at)";
    common_.push_back(string_readable("emergency.by", kPersons, {"emergency"}));
    common_.push_back(instant_readable("emergency.at", false, {"emergency"}));
    optionals_.push_back("emergency");
  }
  const size_t signals = 1 + random_.below(2);
  for (size_t i = 0; i < signals; ++i) text += ",\n  " + signal_text("s" + std::to_string(i), common_);
  const size_t more = 1 + random_.below(3);
  for (size_t i = 0; i < more; ++i) text += ",\n  " + field_text("", fresh("a"), {}, common_, 1);
  return text + "\n}";
}

void SetBuilder::make_schema() {
  add(0, "schema s" + std::to_string(out_.seed % 1000), true);
  add(0, random_.chance(50) ? "default allow" : "default deny", true);
  if (random_.chance(20)) add(0, "kind at \"/meta/type\"", true);
  if (random_.chance(10)) add(0, "blocking wins");
  make_enums();
  add(0, common_text(), true);
  const size_t kinds = 1 + random_.below(3);
  for (size_t k = 0; k < kinds; ++k) {
    KindModel kind;
    kind.name = "k" + std::to_string(k);
    std::string text = "action " + kind.name + " {";
    const size_t count = 3 + random_.below(5);
    for (size_t i = 0; i < count; ++i)
      text += (i == 0 ? "\n  " : ",\n  ") + field_text("", fresh("a"), {}, kind.readables, 2);
    if (random_.chance(75)) text += ",\n  " + list_text("", fresh("a"), {}, kind.readables);
    add(0, text + "\n}", true);
    if (random_.chance(20))
      add(0, std::string("default ") + (random_.chance(50) ? "allow" : "deny") + " on " + kind.name);
    kinds_.push_back(std::move(kind));
  }
  if (random_.chance(60)) make_data(0);
  if (random_.chance(80)) make_windows(0, 1 + random_.below(2));
}

void SetBuilder::make_data(size_t section) {
  DataModel data;
  data.name = fresh("t");
  data.section = section;
  data.keys = {"a", "ab", "ann", "bob", "prod", "x/y", "dba"};
  random_.shuffle(data.keys);
  data.keys.resize(3 + random_.below(4));
  const bool scalars = random_.chance(35);
  std::string type = scalars ? "" : "record { ";
  const size_t fields = scalars ? 1 : 1 + random_.below(4);
  std::vector<bool> optional;
  for (size_t f = 0; f < fields; ++f) {
    Readable field;
    field.type = random_type(!scalars);
    if (field.type.word == Word::Set) field.type.element = Word::String;
    field.constants = random_constants(field.type);
    field.path = scalars ? "" : fresh("a");
    optional.push_back(!scalars && f > 0 && random_.chance(30));
    if (optional.back()) field.guards = {field.path};
    type += (f == 0 ? "" : ", ") + (scalars ? type_text(field.type)
                                            : field.path + ": " + type_text(field.type) + (optional.back() ? "?" : ""));
    data.fields.push_back(std::move(field));
  }
  const auto json_of = [&](const Readable& field, const std::string& constant) {
    const bool text =
        field.type.word == Word::Enum || field.type.word == Word::Timestamp || field.type.word == Word::Duration;
    return text ? "\"" + constant + "\""
                : constant;  // strings and versions carry their quotes; their escapes are JSON's
  };
  std::string json = "{";
  for (size_t k = 0; k < data.keys.size(); ++k) {
    json += (k == 0 ? "\n" : ",\n") + reference::json_string(data.keys[k]) + ": ";
    if (!scalars) json += "{";
    bool first = true;
    for (size_t f = 0; f < fields; ++f) {
      const Readable& field = data.fields[f];
      if (optional[f] && random_.chance(40)) continue;
      if (!scalars) json += (first ? "" : ", ") + reference::json_string(field.path) + ": ";
      first = false;
      if (field.type.word == Word::Set)
        json += "[" + (random_.chance(20) ? "" : random_.pick(field.constants)) + "]";
      else
        json += json_of(field, random_.pick(field.constants));
    }
    if (!scalars) json += "}";
  }
  const std::string file = data.name + ".json";
  out_.data_files.push_back({file, json + "\n}\n"});
  add(section, "data " + data.name + " from \"" + file + "\": map<string, " + type + (scalars ? "" : " }") + ">");
  data_.push_back(std::move(data));
}

std::string SetBuilder::zone_text() { return " in \"" + random_.pick(kZones) + "\""; }

std::string SetBuilder::window_term(bool zone) {
  const std::vector<std::string> days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  const std::vector<std::string> times = {"00:00", "00:30", "01:00", "01:30", "02:00", "02:30",
                                          "03:00", "09:00", "12:00", "17:30", "22:00", "23:30"};
  const std::vector<std::string> dates = {"2026-03-08", "2026-03-29", "2026-04-05", "2026-06-01",
                                          "2026-10-04", "2026-10-25", "2026-11-01", "2026-12-25",
                                          "2026-12-31", "2027-01-01", "2026-03-22", "2026-02-15"};
  const auto two_times = [&] {
    std::string from = random_.pick(times), to = random_.pick(times);
    while (to == from) to = random_.pick(times);
    if (random_.chance(10)) to = "24:00";
    return from + " to " + to;
  };
  const std::string where = zone ? zone_text() : "";
  switch (random_.below(5)) {
    case 0: {
      const size_t from = random_.below(7), to = random_.below(7);
      std::string text = days[from];
      if (to != from && random_.chance(60)) text += ".." + days[to];
      if (random_.chance(20)) text += " and " + days[random_.below(7)];
      if (random_.chance(70)) text += " " + two_times();
      return text + where;
    }
    case 1:
      return two_times() + where;
    case 2: {
      // From before to after the hours in which clocks change, or it may be empty.
      const std::string& day = random_.pick(dates);
      const std::vector<std::string> ends = {"03:30", "09:00", "12:00", "17:30", "24:00"};
      return day + " " + times[random_.below(6)] + " to " + day + " " + random_.pick(ends) + where;
    }
    case 3:
      return random_.pick(dates) + where;
    default:
      return days[random_.below(5)] + ".." + "sun " + two_times() + where;
  }
}

void SetBuilder::make_windows(size_t section, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    std::string text = window_term(true);
    std::vector<std::string> earlier;
    for (const NamedText& window : windows_)
      if (window.section == 0 || window.section == section) earlier.push_back(window.name);
    if (!earlier.empty() && random_.chance(30)) text = random_.pick(earlier);
    if (random_.chance(35)) text += " or " + window_term(true);
    if (random_.chance(45)) {
      text += " except " + window_term(true);
      if (random_.chance(30)) text += ", " + (earlier.empty() ? window_term(true) : random_.pick(earlier));
    }
    const std::string name = fresh("win");
    add(section, "window " + name + " = " + text);
    windows_.push_back({name, section, {}});
  }
}

}  // namespace guard::property
