// The set generator: conditions.
#include <algorithm>
#include <limits>

#include "set_builder.hpp"

namespace guard::property {
namespace {

constexpr int64_t kFullMin = std::numeric_limits<int64_t>::min();

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : between) + parts[i];
  return out;
}

bool small_numbers(const ValueType& type) {
  if (type.word == Word::Int) return type.min != kFullMin;
  return type.word == Word::Decimal && type.precision < 10;
}

}  // namespace

Stand SetBuilder::stand(std::vector<size_t> kinds, size_t section) {
  Stand s;
  for (const Readable& r : common_) s.readables.push_back(&r);
  // One kind's own attributes count twice: a rule on one kind should mostly speak of that kind.
  if (kinds.size() == 1)
    for (int twice = 0; twice < 2; ++twice)
      for (const Readable& r : kinds_[kinds[0]].readables) s.readables.push_back(&r);
  s.kinds = std::move(kinds);
  s.section = section;
  return s;
}

std::string SetBuilder::guarded(const std::vector<std::string>& guards, const std::string& atom) {
  if (guards.empty()) return atom;
  std::vector<std::string> present, missing;
  for (const std::string& guard : guards)
    present.push_back(guard + " is present"), missing.push_back(guard + " is missing");
  switch (random_.below(5)) {
    case 0:
      return "(" + joined(missing, " or ") + " or " + atom + ")";
    case 1:
      return "(" + joined(present, " and ") + " implies " + atom + ")";
    case 2:
      return "(" + atom + " and not (" + joined(missing, " or ") + "))";
    default:
      return "(" + joined(present, " and ") + " and " + atom + ")";
  }
}

// Like `guarded`, but parts that are already known are left out of nothing: a guard may stand twice.
std::string SetBuilder::condition(Stand& s, int depth) {
  if (depth <= 0 || random_.chance(35)) return atom(s);
  switch (random_.below(10)) {
    case 0:
    case 1:
      return "(" + condition(s, depth - 1) + " and " + condition(s, depth - 1) + ")";
    case 2:
    case 3:
      return "(" + condition(s, depth - 1) + " or " + condition(s, depth - 1) + ")";
    case 4:
      return "not " + (random_.chance(50) ? "(" + condition(s, depth - 1) + ")" : atom(s));
    case 5:
      return "(" + condition(s, depth - 1) + " implies " + condition(s, depth - 1) + ")";
    case 6:
      return "(" + atom(s) + " or " + atom(s) + " and " + atom(s) + ")";
    case 7:
      return define_use(s);
    case 8:
      return tests_of_one(s);
    default: {
      std::vector<const Readable*> many;
      for (const Readable* r : s.readables)
        if (r->type.word == Word::Set || r->type.word == Word::List) many.push_back(r);
      if (s.in_list || s.in_set || many.empty()) return atom(s);
      return quantifier(s, *random_.pick(many), depth - 1);
    }
  }
}

// Tests of one attribute, each perhaps negated: a row of the index says their union or intersection, or cannot.
std::string SetBuilder::tests_of_one(Stand& s) {
  const Readable& r = *random_.pick(s.readables);
  const std::string joint = random_.chance(60) ? " or " : " and ";
  const uint64_t negated = random_.below(4);  // all, none, or either
  std::string text;
  for (int i = 0; i < 2; ++i) {
    const bool negate = negated < 2 ? negated == 0 : random_.chance(50);
    text += (i == 0 ? "" : joint) + (negate ? "not (" + atom_on(s, r) + ")" : atom_on(s, r));
  }
  return "(" + text + ")";
}

std::string SetBuilder::define_use(Stand& s) {
  if (s.in_list || s.in_set) return atom(s);
  std::vector<std::string> usable;
  for (const NamedText& define : defines_) {
    const bool visible = define.section == 0 || define.section == s.section;
    const bool fits = std::all_of(s.kinds.begin(), s.kinds.end(), [&](size_t k) {
      return std::find(define.kinds.begin(), define.kinds.end(), k) != define.kinds.end();
    });
    if (visible && fits) usable.push_back(define.name);
  }
  if (!usable.empty() && random_.chance(50)) return random_.pick(usable);
  Stand inner = stand(s.kinds, s.section);
  inner.allow_windows = s.allow_windows;
  const std::string text = condition(inner, 1);
  const std::string name = fresh("def");
  add(s.section, "define " + name + " = " + text);
  // A define with windows is not offered again: the next use may stand where windows make every decision an error.
  defines_.push_back({name, s.section, s.kinds});
  return name;
}

std::string SetBuilder::let_for(size_t section, const std::string& value) {
  const std::string name = fresh("let");
  add(random_.chance(30) ? 0 : section, "let " + name + " = " + value);
  return name;
}

std::string SetBuilder::constant(Stand& s, const Readable& r) {
  const std::string value = random_.pick(r.constants);
  ValueType type = r.type;
  if (type.word == Word::Set) type.word = type.element;
  if (s.parameters && random_.chance(50)) {
    s.parameters->push_back({fresh("par"), simple_type_text(type), value, random_.pick(r.constants)});
    if (s.quotable && random_.chance(30)) s.quotable->push_back(s.parameters->back().name);
    return s.parameters->back().name;
  }
  if (!random_.chance(8)) return value;
  const std::string name = let_for(s.section, value);
  if (s.quotable && random_.chance(50)) s.quotable->push_back(name);
  return name;
}

std::string SetBuilder::set_constant(Stand& s, const Readable& r, size_t count) {
  std::vector<std::string> values = r.constants;
  random_.shuffle(values);
  values.resize(std::max<size_t>(1, std::min(count, values.size())));
  const std::string text = "{ " + joined(values, ", ") + " }";
  ValueType type = r.type;
  if (type.word == Word::Set) type.word = type.element;
  const bool can_be_element =
      type.word == Word::String || type.word == Word::Int || type.word == Word::Enum || type.word == Word::Version;
  if (s.parameters && can_be_element && random_.chance(30)) {
    s.parameters->push_back(
        {fresh("par"), "set<" + simple_type_text(type) + ">", text, "{ " + random_.pick(r.constants) + " }"});
    return s.parameters->back().name;
  }
  if (!random_.chance(12)) return text;
  const std::string name = let_for(s.section, text);
  if (s.quotable && random_.chance(50)) s.quotable->push_back(name);
  return name;
}

std::string SetBuilder::compare_word(bool order) {
  const std::vector<std::string> words = {"==", "!=", "<", "<=", ">", ">="};
  return words[random_.below(order ? 6 : 2)];
}

const Readable* SetBuilder::other_of(Stand& s, const Readable& r) {
  std::vector<const Readable*> fitting;
  const auto consider = [&](const Readable& other) {
    const bool same = other.type.word == r.type.word && other.path != r.path;
    const bool numbers = r.type.word != Word::Int && r.type.word != Word::Decimal ? true : small_numbers(other.type);
    if (same && numbers && (r.type.word != Word::Enum || other.type.enum_index == r.type.enum_index))
      fitting.push_back(&other);
  };
  for (const Readable* other : s.readables) consider(*other);
  for (const Readable& other : s.locals) consider(other);
  return fitting.empty() ? nullptr : random_.pick(fitting);
}

const Readable* SetBuilder::any_of(Stand& s, Word word) {
  std::vector<const Readable*> fitting;
  for (const Readable* r : s.readables)
    if (r->type.word == word) fitting.push_back(r);
  for (const Readable& r : s.locals)
    if (r.type.word == word) fitting.push_back(&r);
  return fitting.empty() ? nullptr : random_.pick(fitting);
}

std::string SetBuilder::number_atom(Stand& s, const Readable& r) {
  const Readable* other = random_.chance(45) && small_numbers(r.type) ? other_of(s, r) : nullptr;
  if (other) {
    std::string text;
    switch (random_.below(4)) {
      case 0:
        text = r.path + " " + compare_word() + " " + other->path;
        break;
      case 1:
        text = r.path + " + " + other->path + " " + compare_word() + " " + random_.pick(r.constants);
        break;
      case 2:
        text = "2 * " + r.path + " - " + other->path + " " + compare_word() + " " + std::to_string(random_.below(5));
        break;
      default:
        text = "-" + r.path + " + 1 " + compare_word() + " " + other->path + " * 3";
        break;
    }
    return guarded(other->guards, text);
  }
  if (random_.chance(15)) return in_list(s, r);
  if (random_.chance(15) && r.type.word == Word::Int && small_numbers(r.type))
    return r.path + " + 1 " + compare_word() + " " + std::to_string(std::stoll(random_.pick(r.constants)) + 1);
  return r.path + " " + compare_word() + " " + constant(s, r);
}

std::string SetBuilder::in_list(Stand& s, const Readable& r) {
  return r.path + (random_.chance(30) ? " not in " : " in ") + set_constant(s, r, 1 + random_.below(3));
}

std::string SetBuilder::glob_text(const Readable& r) {
  std::string literal = random_.pick(r.constants);
  literal = literal.substr(1, literal.size() - 2);
  // A literal with escapes is kept whole; others are opened with wildcards.
  const bool plain =
      literal.find('\\') == std::string::npos && static_cast<unsigned char>(literal.empty() ? 'a' : literal[0]) < 0x80;
  if (!plain) return "\"*\"";
  switch (random_.below(6)) {
    case 0:
      return "\"" + literal + "*\"";
    case 1:
      return "\"*" + literal + "\"";
    case 2:
      return "\"*" + literal + "*\"";
    case 3:
      return literal.empty() ? "\"?*\"" : "\"" + literal.substr(0, literal.size() - 1) + "?\"";
    case 4:
      return "\"" + literal + "\\\\*?\"";
    default:
      return "\"?*" + literal + "\"";
  }
}

std::string SetBuilder::regex_text() {
  const std::vector<std::string> patterns = {"/a+b?c*/",
                                             "/(a|ab)(c|bcd)?/",
                                             "/[a-c]{1,3}/",
                                             "/team-[^b]/",
                                             "/.*\\d.*/",
                                             "/\\w+(-\\w+)?/",
                                             "/[^\\s]*/",
                                             "/x(\\/[a-z])+/",
                                             "/.{2}/",
                                             "/(prod|dba)(-..)?/",
                                             "/\\u{e9}|.\\u{672c}/",
                                             "/(a{2}|b){0,2}/",
                                             "/\\S+ \\S+/"};
  return random_.pick(patterns);
}

std::string SetBuilder::string_atom(Stand& s, const Readable& r) {
  switch (random_.below(10)) {
    case 0:
      return r.path + " == " + constant(s, r);
    case 1:
      return r.path + " != " + constant(s, r);
    case 2:
      return in_list(s, r);
    case 3:
      return r.path + " starts with " + constant(s, r);
    case 4:
      return r.path + " ends with " + constant(s, r);
    case 5:
      return r.path + " contains " + constant(s, r);
    case 6:
      return r.path + " matches " + glob_text(r);
    case 7:
      return r.path + " matches " + regex_text();
    default:
      break;
  }
  const Readable* other = other_of(s, r);
  if (!other) return r.path + " == " + constant(s, r);
  return guarded(other->guards, r.path + " " + compare_word(false) + " " + other->path);
}

std::string SetBuilder::enum_atom(Stand& s, const Readable& r) {
  const bool ordered = enums_[r.type.enum_index].ordered;
  const Readable* other = random_.chance(60) ? other_of(s, r) : nullptr;
  if (other) return guarded(other->guards, r.path + " " + compare_word(ordered) + " " + other->path);
  if (random_.chance(25)) return in_list(s, r);
  return r.path + " " + compare_word(ordered) + " " + constant(s, r);
}

std::string SetBuilder::version_atom(Stand& s, const Readable& r) {
  const Readable* other = random_.chance(40) ? other_of(s, r) : nullptr;
  if (other) return guarded(other->guards, r.path + " " + compare_word() + " " + other->path);
  if (random_.chance(20)) return in_list(s, r);
  return r.path + " " + compare_word() + " " + constant(s, r);
}

std::string SetBuilder::time_atom(Stand& s, const Readable& r) {
  const std::vector<std::string> ages = {"5m", "1h", "24h", "7d", "1s"};
  if (r.type.word == Word::Duration) {
    const Readable* other = random_.chance(25) ? other_of(s, r) : nullptr;
    if (other) return guarded(other->guards, r.path + " " + compare_word() + " " + other->path);
    return r.path + " " + compare_word() + " " + constant(s, r);
  }
  if (!r.now) {
    if (random_.chance(25)) return random_.pick(ages) + " since " + r.path;
    if (random_.chance(25)) return now_ + " - " + r.path + " " + compare_word() + " " + random_.pick(ages);
  }
  const Readable* other = random_.chance(35) ? other_of(s, r) : nullptr;
  if (other) {
    if (random_.chance(50)) return guarded(other->guards, r.path + " " + compare_word() + " " + other->path);
    return guarded(other->guards, r.path + " - " + other->path + " " + compare_word() + " " + random_.pick(ages));
  }
  return r.path + " " + compare_word() + " " + constant(s, r);
}

std::string SetBuilder::quantifier_word() {
  switch (random_.below(7)) {
    case 0:
    case 1:
      return "any ";
    case 2:
    case 3:
      return "all ";
    case 4:
      return "at least " + std::to_string(1 + random_.below(2)) + " ";
    case 5:
      return "at most " + std::to_string(random_.below(3)) + " ";
    default:
      return "exactly " + std::to_string(random_.below(3)) + " ";
  }
}

std::string SetBuilder::quantifier(Stand& s, const Readable& r, int depth) {
  const std::string variable = fresh("v");
  const size_t locals = s.locals.size();
  const bool was_list = s.in_list, was_set = s.in_set;
  std::vector<std::string> parts;
  if (r.type.word == Word::List) {
    s.in_list = true;
    for (Readable column : r.columns) {
      column.path = variable + "." + column.path;
      for (std::string& guard : column.guards) guard = variable + "." + guard;
      if (!column.sensitive && column.type.word != Word::List && s.quotes) parts.push_back(column.path);
      s.locals.push_back(std::move(column));
    }
  } else {
    s.in_set = true;
    Readable element = r;
    element.path = variable;
    element.guards.clear();
    element.type.word = r.type.element;
    if (!r.sensitive && s.quotes) parts.push_back(variable);
    s.locals.push_back(std::move(element));
  }
  const std::string body = condition(s, depth > 1 ? 1 : depth);
  s.locals.resize(locals);
  s.in_list = was_list, s.in_set = was_set;
  // An element of an inner quantifier cannot be quoted.
  if (s.quotable && !parts.empty() && !was_list && !was_set) s.quotable->push_back(random_.pick(parts));
  const std::string text = "(" + quantifier_word() + variable + " in " + r.path + ": " + body + ")";
  return guarded(r.guards, text);
}

std::string SetBuilder::set_atom(Stand& s, const Readable& r) {
  const bool lookup = r.path.find('[') != std::string::npos;
  switch (random_.below(lookup ? 6 : 8)) {
    case 0:
      return random_.pick(r.constants) + (random_.chance(25) ? " not in " : " in ") + r.path;
    case 1:
    case 2:
      return r.path + " has any " + set_constant(s, r, 1 + random_.below(3));
    case 3:
    case 4:
      return r.path + " has all " + set_constant(s, r, 1 + random_.below(2));
    case 5:
      return r.path + (random_.chance(50) ? " is empty" : " is not empty");
    default: {
      if (s.in_set) return r.path + " is empty";
      Readable bare = r;
      bare.guards.clear();
      return quantifier(s, bare, 1);
    }
  }
}

std::string SetBuilder::atom_on(Stand& s, const Readable& r) {
  std::string text;
  switch (r.type.word) {
    case Word::Bool: {
      const std::vector<std::string> forms = {"", " == true", " == false", " != true"};
      text = r.path + forms[random_.below(random_.chance(50) ? 1 : 4)];
      break;
    }
    case Word::Int:
    case Word::Decimal:
      text = number_atom(s, r);
      break;
    case Word::String:
      text = string_atom(s, r);
      break;
    case Word::Enum:
      text = enum_atom(s, r);
      break;
    case Word::Version:
      text = version_atom(s, r);
      break;
    case Word::Timestamp:
    case Word::Duration:
      text = time_atom(s, r);
      break;
    case Word::Set:
      text = set_atom(s, r);
      break;
    case Word::List:
      if (random_.chance(15) || s.in_list || s.in_set)
        text = r.path + (random_.chance(50) ? " is empty" : " is not empty");
      else {
        Readable bare = r;
        bare.guards.clear();
        text = quantifier(s, bare, 1);
      }
      break;
  }
  return guarded(r.guards, text);
}

// What can be looked up by the strings in sight.
std::vector<Readable> SetBuilder::lookups(const Stand& s) {
  std::vector<Readable> out;
  std::vector<const Readable*> keys;
  for (const Readable* r : s.readables)
    if (r->type.word == Word::String && r->signal.empty()) keys.push_back(r);
  for (const Readable& r : s.locals)
    if (r.type.word == Word::String && r.signal.empty()) keys.push_back(&r), keys.push_back(&r);
  if (keys.empty() || data_.empty()) return out;
  const Readable& key = *random_.pick(keys);
  for (const DataModel& data : data_)
    for (const Readable& field : data.fields) {
      if (data.section != 0 && data.section != s.section) continue;
      Readable r = field;
      const std::string row = data.name + "[" + key.path + "]";
      r.path = field.path.empty() ? row : row + "." + field.path;
      r.guards = key.guards;
      r.guards.push_back(row);
      if (!field.guards.empty()) r.guards.push_back(r.path);
      r.sensitive = key.sensitive;
      out.push_back(std::move(r));
    }
  return out;
}

std::string SetBuilder::approval_terms(Stand& s) {
  const std::vector<std::string> sets = {"{ \"dba\" }", "{ \"ops\", \"sec\" }", "{ \"dba\", \"team-a\" }",
                                         "{ \"ops\" }"};
  const std::vector<std::string> ages = {"1h", "24h", "5m"};
  std::string from = random_.pick(sets);
  if (random_.chance(15)) from = let_for(s.section, from);
  std::string text = "from " + from;
  if (random_.chance(45)) {
    const std::string age = random_.pick(ages);
    text += " within " + (random_.chance(20) ? let_for(s.section, age) : age);
  }
  if (random_.chance(30)) text += " excluding author";
  if (random_.chance(25)) text += " including the actor";
  return text;
}

std::string SetBuilder::special_atom(Stand& s) {
  std::vector<std::string> windows;
  for (const NamedText& window : windows_)
    if (window.section == 0 || window.section == s.section) windows.push_back(window.name);
  switch (random_.below(6)) {
    case 0:
    case 1:
      if (!s.allow_windows || windows.empty()) break;
      return now_ + (random_.chance(25) ? " not in " : " in ") + random_.pick(windows);
    case 2:
      return "approvals has " + std::to_string(1 + random_.below(2)) + " " + approval_terms(s);
    case 3: {
      const std::vector<std::string> states = {"missing", "present", "stale", "fresh", "not missing", "not stale"};
      return random_.pick(signals_) + " is " + random_.pick(states);
    }
    case 4:
      if (optionals_.empty()) break;
      {
        std::vector<std::string> present;
        for (const Readable* r : s.readables)
          if (!r->guards.empty() && r->signal.empty()) present.push_back(r->guards[0]);
        if (!present.empty()) return random_.pick(present) + " is " + (random_.chance(50) ? "present" : "missing");
      }
      break;
    default: {
      const std::vector<Readable> found = lookups(s);
      if (!found.empty()) {
        const Readable& r = found[random_.below(found.size())];
        if (s.quotable && !r.sensitive && random_.chance(20) && s.locals.empty()) s.quotable->push_back(r.path);
        if (random_.chance(20) && s.locals.empty()) {
          const size_t keys =
              r.guards.size() -
              (r.guards.back() == r.path && r.guards.size() > 1 && r.path.find("].") != std::string::npos ? 2 : 1);
          const std::vector<std::string> key_guards(r.guards.begin(),
                                                    r.guards.begin() + static_cast<std::ptrdiff_t>(keys));
          return guarded(key_guards, r.guards[keys] + (random_.chance(50) ? " is present" : " is missing"));
        }
        return atom_on(s, r);
      }
      break;
    }
  }
  const Readable* r = any_of(s, Word::Bool);
  return r ? atom_on(s, *r) : "true";
}

std::string SetBuilder::atom(Stand& s) {
  if (!s.locals.empty() && random_.chance(75)) return atom_on(s, Readable(random_.pick(s.locals)));
  if (random_.chance(25)) return special_atom(s);
  return atom_on(s, *random_.pick(s.readables));
}

}  // namespace guard::property
