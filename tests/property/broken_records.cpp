// Records with something wrong: the schema's and JSON's own mistakes.
#include <string>

#include "records.hpp"

namespace guard::property {
namespace {

// Where the values of a JSON text begin and end, found by a plain scan.
struct Region {
  size_t begin, end;
};

std::vector<Region> values_of(const std::string& json) {
  std::vector<Region> out;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') {
      size_t end = i + 1;
      while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
      size_t after = end + 1;
      while (after < json.size() &&
             (json[after] == ' ' || json[after] == '\n' || json[after] == '\t' || json[after] == '\r'))
        ++after;
      if (after >= json.size() || json[after] != ':') out.push_back({i, end + 1});
      i = end;
    } else if ((c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n') {
      size_t end = i + 1;
      while (end < json.size() && json[end] != ',' && json[end] != '}' && json[end] != ']' && json[end] > ' ') ++end;
      out.push_back({i, end});
      i = end - 1;
    }
  }
  return out;
}

// "key":value of some member, found the same way; empty when there is none.
Region some_member(const std::string& json, Random& random) {
  std::vector<Region> members;
  for (const Region& value : values_of(json)) {
    const size_t colon = json.rfind(':', value.begin);
    if (colon == std::string::npos || colon + 1 != value.begin || json[colon - 1] != '"') continue;
    const size_t open = json.rfind('"', colon - 2);
    if (open != std::string::npos) members.push_back({open, value.end});
  }
  return members.empty() ? Region{0, 0} : members[random.below(members.size())];
}

}  // namespace

// A value that no value of the type is.
std::string RecordSource::spoiled(check::TypeKind kind) {
  using check::TypeKind;
  const std::vector<std::string> times = {"\"2026-02-30T00:00:00Z\"",
                                          "\"2026-01-01T00:00:00\"",
                                          "\"1600-01-01T00:00:00Z\"",
                                          "\"2300-01-01T00:00:00Z\"",
                                          "\"2026-01-01t00:00:00Z\"",
                                          "\"2026-01-01T00:00:60Z\"",
                                          "\"2026-01-01T00:00:00+24:00\"",
                                          "\"2026-01-01T00:00:00.1234567891Z\"",
                                          "\"\""};
  const std::vector<std::string> versions = {"\"v1.2.3\"",   "\"1.2\"",    "\"01.2.3\"",     "\"1.2.3-\"",
                                             "\"1.2.3-01\"", "\"1.2.3+\"", "\"1.2.3-a..b\"", "\"\""};
  const std::vector<std::string> durations = {"\"1h1d\"", "\"1.5h\"", "\"9999999d\"", "\"h\"", "\"-\"",
                                              "\"1h1h\"", "\" 1h\"",  "\"1\"",        "\"\""};
  const std::vector<std::string> numbers = {"99999999999999",       "-99999999999999",
                                            "9223372036854775808",  "123456789012345678901234567890",
                                            "-9223372036854775809", "0.1234567890123"};
  switch (kind) {
    case TypeKind::Timestamp:
      return random_.pick(times);
    case TypeKind::Version:
      return random_.pick(versions);
    case TypeKind::Duration:
      return random_.pick(durations);
    case TypeKind::Int:
    case TypeKind::Decimal:
      return random_.pick(numbers);
    default:
      return "\"no_such_word\"";
  }
}

GeneratedRecord RecordSource::broken() {
  using check::TypeKind;
  const size_t mistake = random_.below(31);
  const std::vector<TypeKind> kinds = {TypeKind::Timestamp, TypeKind::Version, TypeKind::Duration,
                                       TypeKind::Enum,      TypeKind::Int,     TypeKind::Decimal};
  if (mistake >= 24 && mistake < 29) spoil_ = random_.pick(kinds);
  without_kind_ = mistake == 29;
  GeneratedRecord out = next();
  spoil_.reset();
  without_kind_ = false;
  std::string& json = out.json;
  const std::vector<Region> values = values_of(json);
  const Region value = values.empty() ? Region{0, json.size()} : values[random_.below(values.size())];
  const auto replace = [&](const std::string& with) {
    json = json.substr(0, value.begin) + with + json.substr(value.end);
  };
  switch (mistake) {
    case 0:
    case 1: {
      const std::vector<std::string> wrong = {"1", "\"x\"", "true", "[]", "{}", "1.0", "1e2", "[1]", "-0"};
      replace(random_.pick(wrong));
      break;
    }
    case 2:
      replace("null");
      break;
    case 3: {
      const std::vector<std::string> far = {"99999999999", "-99999999999", "9223372036854775808",
                                            "123456789012345678901234567890", "0.123456789012"};
      replace(random_.pick(far));
      break;
    }
    case 4: {
      // The second mistake of two is not told.
      const std::vector<std::string> texts = {"\"2026-02-30T00:00:00Z\"", "\"1.2\"", "\"1h1d\"", "\"\""};
      replace(random_.pick(texts));
      break;
    }
    case 5:
    case 6: {  // a member is missing
      const Region member = some_member(json, random_);
      if (member.end == 0) break;
      size_t end = member.end, begin = member.begin;
      if (end < json.size() && json[end] == ',')
        ++end;
      else if (begin > 0 && json[begin - 1] == ',')
        --begin;
      json.erase(begin, end - begin);
      break;
    }
    case 7:
    case 8: {  // a member stands twice
      const Region member = some_member(json, random_);
      if (member.end != 0) json.insert(member.end, "," + json.substr(member.begin, member.end - member.begin));
      break;
    }
    case 9: {
      const std::vector<std::string> bytes = {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                              "\xC3", "\x80",     "\xE2\x28\xA1"};
      replace("\"a" + random_.pick(bytes) + "b\"");
      break;
    }
    case 10:
      json.resize(random_.below(json.size()));
      break;
    case 11: {
      const std::vector<std::string> tails = {" {}", "x", ",", "]", "}", std::string("\0", 1), "\xFF", " 1"};
      json += random_.pick(tails);
      break;
    }
    case 12: {
      const size_t depth = 60 + random_.below(12);
      replace(std::string(depth, '[') + std::string(depth, ']'));
      break;
    }
    case 30: {  // an unknown key, so that no wrong type is met first
      const size_t depth = 62 + random_.below(200), at = json.find('{');
      if (at == std::string::npos) break;
      const bool alone = json.find_first_not_of(" \t\r\n", at + 1) == json.find('}', at + 1);
      json.insert(at + 1, "\"zz deep\":" + std::string(depth, '[') + std::string(depth, ']') + (alone ? "" : ","));
      break;
    }
    case 13: {
      const std::vector<std::string> roots = {"",        " ",        "[]",  "1",         "null",           "\"x\"",
                                              "{",       "}",        "{}",  "nul",       "\xEF\xBB\xBF{}", "[1,2",
                                              "{\"a\"}", "{\"a\":}", "{,}", "{\"a\":1,}"};
      json = random_.pick(roots);
      break;
    }
    case 14: {
      const std::vector<std::string> odd = {
          "01",     "1.",  ".5",  "+1", "1e", "'x'", "NaN", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
          "\"\n\"", "tru", "\"a", "--1"};
      replace(random_.pick(odd));
      break;
    }
    case 15:
      out.options.strict = true;
      if (json.starts_with("{\"")) json.insert(1, "\"unknown\":1,");
      break;
    case 16:
      out.options.kind = random_.chance(30) ? "nope" : random_.pick(set_.kinds).name;
      break;
    case 17: {
      const std::vector<std::string> instants = {"2026-06-01T12:00:00Z", "2040-01-01T00:00:00Z"};
      out.options.at = random_.pick(instants);
      break;
    }
    case 18: {  // the kind is unknown, absent or no string
      const std::string name = "\"" + kind_->name + "\"";
      const size_t at = json.find(name);
      const std::vector<std::string> kinds = {"\"nope\"", "1", "null", "\"\"", "{}"};
      if (at != std::string::npos) json.replace(at, name.size(), random_.pick(kinds));
      break;
    }
    case 19: {  // outside of the zone data
      now_ = random_.chance(50) ? set_.horizon_to_ns : set_.horizon_from_ns - 1;
      const size_t at = json.find("T");
      if (at != std::string::npos && at > 10) json.replace(at - 10, 4, random_.chance(50) ? "2038" : "2021");
      break;
    }
    case 20:
      replace("\"unknown_word\"");
      break;
    case 21: {  // one byte is another
      if (json.empty()) break;
      json[random_.below(json.size())] = static_cast<char>(random_.below(256));
      break;
    }
    case 22: {  // an unknown key with something wrong inside
      const std::vector<std::string> members = {"\"u\":{\"a\":1,\"a\":2},", "\"u\":[null,{\"b\":\"\\ud83d\\ude00\"}],",
                                                "\"u\":1e999,", "\"u\":\"\\u0000\",", "\"u/~\":{},"};
      if (json.starts_with("{")) json.insert(1, random_.pick(members));
      break;
    }
    case 23: {  // two mistakes: the first in the document counts
      replace("{\"x\":1}");
      const Region member = some_member(json, random_);
      if (member.end != 0) json.insert(member.end, "," + json.substr(member.begin, member.end - member.begin));
      break;
    }
    default:
      break;  // made by `next`
  }
  return out;
}

}  // namespace guard::property
