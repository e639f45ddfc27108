// Random records of a schema, for the tests of the reader.
#pragma once
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "read/values.hpp"
#include "read_schema.hpp"

namespace guardvm::test {

using Json = nlohmann::ordered_json;

// Random records of the pipeline schema as JSON trees, and their text with odd white space, escapes and orders.
class Scribe {
 public:
  explicit Scribe(uint64_t seed) : random_(seed) {}

  Json record(const ReadSchema& schema) {
    const auto& kind = schema.kinds[random_() % schema.kinds.size()];
    Json out = Json::object();
    out["kind"] = kind.name;
    fill(schema, kind.leaves, out);
    return out;
  }

  std::string text(const Json& value, bool odd) {
    std::string out;
    write(value, odd, out);
    return out;
  }

  size_t below(size_t bound) { return random_() % bound; }

 private:
  void fill(const ReadSchema& schema, const std::vector<LeafSpec>& leaves, Json& out) {
    std::vector<bool> there(leaves.size(), false);
    for (size_t i = 0; i < leaves.size(); ++i) {
      const LeafSpec& leaf = leaves[i];
      if (leaf.parent != kNone && !there[leaf.parent]) continue;
      const bool can_lack = leaf.optional || leaf.type == Type::Presence || leaf.type == Type::Signal;
      Json* place = &out;
      std::vector<std::string> keys = leaf.json;
      if (keys.empty()) {
        std::string key;
        for (const char c : leaf.path + ".") {
          if (c == '.')
            keys.push_back(std::move(key)), key.clear();
          else
            key += c;
        }
      }
      if (can_lack && random_() % 2 == 0) {
        if (random_() % 2 == 0 && keys.size() == 1) out[keys[0]] = nullptr;
        continue;
      }
      for (const std::string& key : keys) place = &(*place)[key];
      there[i] = true;
      if (leaf.type == Type::Presence) {
        *place = Json::object();
      } else if (leaf.type == Type::Signal) {
        (*place)["as_of"] = timestamp();
      } else if (leaf.type == Type::List) {
        *place = Json::array();
        for (size_t row = random_() % 4; row-- > 0;) {
          Json object = Json::object();
          fill(schema, leaf.columns, object);
          place->push_back(object);
        }
      } else if (leaf.type == Type::Set) {
        *place = Json::array();
        for (size_t element = random_() % 24 / (random_() % 8 + 1); element-- > 0;)
          place->push_back(scalar(schema, leaf, leaf.element));
      } else {
        *place = scalar(schema, leaf, leaf.type);
      }
    }
    if (random_() % 4 == 0)
      out["unknown" + std::to_string(random_() % 1000)] = Json::parse(R"({"a":[1,{"b":"\u20ac"}],"c":null})");
  }

  Json scalar(const ReadSchema& schema, const LeafSpec& leaf, Type type) {
    switch (type) {
      case Type::Bool:
        return random_() % 2 == 0;
      case Type::Int:
        return std::uniform_int_distribution<int64_t>(std::max(leaf.min, -int64_t{1} << 40),
                                                      std::min(leaf.max, int64_t{1} << 40))(random_);
      case Type::Decimal:
        return "#" + decimal(leaf);  // written without quotes below
      case Type::Enum: {
        const auto& words = schema.enums[leaf.enum_id].words;
        return words[random_() % words.size()];
      }
      case Type::Version: {
        std::string text = std::to_string(random_() % 12) + "." + std::to_string(random_() % 100) + ".0";
        if (random_() % 2 == 0) text += "-rc." + std::to_string(random_() % 9) + "+b";
        return text;
      }
      case Type::Timestamp:
        return timestamp();
      case Type::Duration:
        return std::to_string(random_() % 100) + "h" + std::to_string(random_() % 60) + "m";
      default:
        break;
    }
    static const std::vector<std::string> kPieces = {"a",
                                                     "team",
                                                     "/",
                                                     "\\",
                                                     "\"",
                                                     "\n",
                                                     "\xc3\xa9",
                                                     "\xe2\x82\xac",
                                                     "\xf0\x9f\x98\x80",
                                                     "release",
                                                     "-",
                                                     "\x01",
                                                     "0123456789abcdef"};
    std::string text;
    for (size_t piece = random_() % 6; piece-- > 0;)
      text += kPieces[random_() % (random_() % 4 == 0 ? kPieces.size() : 2)];
    return text;
  }

  std::string decimal(const LeafSpec& leaf) {
    std::string text;
    append_decimal(text,
                   std::uniform_int_distribution<int64_t>(std::max<int64_t>(leaf.min, -1'000'000),
                                                          std::min<int64_t>(leaf.max, 1'000'000))(random_),
                   leaf.scale);
    if (random_() % 3 == 0) text += "000";
    return text;
  }

  std::string timestamp() {
    std::string text;
    append_timestamp(text, std::uniform_int_distribution<int64_t>(0, int64_t{4'000'000'000})(random_) * kSecond_ns +
                               (random_() % 3 == 0 ? 120'000'000 : 0));
    return text;
  }

  void space(bool odd, std::string& out) {
    while (odd && random_() % 4 == 0) out += " \n\t\r"[random_() % 4];
  }

  void write_string(const std::string& text, bool odd, std::string& out) {
    out += '"';
    for (const char c : text) {
      const bool must = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
      const bool may = odd && static_cast<unsigned char>(c) < 0x80 && random_() % 8 == 0;
      char escape[8];
      std::snprintf(escape, sizeof escape, random_() % 2 == 0 ? "\\u%04x" : "\\u%04X", static_cast<unsigned>(c));
      if (must || may)
        out += escape;
      else
        out += c;
    }
    out += '"';
  }

  void write(const Json& value, bool odd, std::string& out) {
    space(odd, out);
    if (value.is_object()) {
      std::vector<std::string> keys;
      for (const auto& [key, unused] : value.items()) keys.push_back(key);
      if (odd) std::shuffle(keys.begin(), keys.end(), random_);
      out += '{';
      for (size_t i = 0; i < keys.size(); ++i) {
        if (i > 0) out += ',';
        space(odd, out);
        write_string(keys[i], odd, out);
        space(odd, out);
        out += ':';
        write(value[keys[i]], odd, out);
      }
      space(odd, out);
      out += '}';
    } else if (value.is_array()) {
      out += '[';
      for (size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        write(value[i], odd, out);
      }
      space(odd, out);
      out += ']';
    } else if (value.is_string()) {
      const std::string text = value;
      if (text.starts_with('#'))
        out += text.substr(1);
      else
        write_string(text, odd, out);
    } else {
      out += value.dump();
    }
    space(odd, out);
  }

  std::mt19937_64 random_;
};

}  // namespace guardvm::test
