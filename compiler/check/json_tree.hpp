// A JSON text as a tree that keeps numbers as written, and keys in order; and the way back.
//
// Reading is strict: a key given twice, too deep nesting and invalid UTF-8 are refused.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guard::check {

struct JsonMember;
struct Json {
  enum class Kind : uint8_t { Null, Bool, Number, String, Array, Object };
  Kind kind = Kind::Null;
  bool truth = false;
  std::string text;  // Number: as written; String: unescaped
  std::vector<Json> items;
  std::vector<JsonMember> members;

  static Json number(std::string text);
  static Json string(std::string text);
  static Json boolean(bool truth);
  static Json object();
  static Json array();
  // The value at `keys`, objects made on the way.
  Json& at(const std::vector<std::string>& keys);
};

struct JsonMember {
  std::string name;
  Json value;
};

[[nodiscard]] Result<Json> parse_json(std::string_view text);
[[nodiscard]] std::string print_json(const Json& json);  // compact

}  // namespace guard::check
