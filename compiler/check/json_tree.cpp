// Reading with nlohmann's SAX parser, so that numbers keep their digits; printing by hand.
#include "check/json_tree.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "check/constants.hpp"
#include "check/limits.hpp"

namespace guard::check {

namespace {

class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Json root;
  std::string failure;

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(Json::boolean(value)); }
  bool number_integer(number_integer_t value) override { return add(Json::number(std::to_string(value))); }
  bool number_unsigned(number_unsigned_t value) override { return add(Json::number(std::to_string(value))); }
  bool number_float(number_float_t, const string_t& text) override { return add(Json::number(text)); }
  bool string(string_t& value) override { return add(Json::string(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Json::object()); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second) return fail("the key " + json_string(name) + " is given twice");
    open_.back()->members.push_back({std::move(name), Json{}});
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return fail("it is not JSON at byte " + std::to_string(position));
  }

 private:
  bool fail(std::string why) {
    if (failure.empty()) failure = std::move(why);
    return false;
  }
  Json& place(Json value) {
    if (open_.empty()) return root = std::move(value);
    Json& outer = *open_.back();
    if (outer.kind == Json::Kind::Object) return outer.members.back().value = std::move(value);
    outer.items.push_back(std::move(value));
    return outer.items.back();
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= limits::kNesting.value) return fail("it is nested too deeply");
    open_.push_back(&place(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  std::vector<Json*> open_;                            // stable: only the innermost container grows
  std::vector<std::unordered_set<std::string>> keys_;  // of each open container
};

void print(const Json& json, std::string& out) {
  switch (json.kind) {
    case Json::Kind::Null:
      out += "null";
      return;
    case Json::Kind::Bool:
      out += json.truth ? "true" : "false";
      return;
    case Json::Kind::Number:
      out += json.text;
      return;
    case Json::Kind::String:
      out += json_string(json.text);
      return;
    case Json::Kind::Array:
      out += '[';
      for (size_t i = 0; i < json.items.size(); ++i) {
        if (i > 0) out += ',';
        print(json.items[i], out);
      }
      out += ']';
      return;
    case Json::Kind::Object:
      out += '{';
      for (size_t i = 0; i < json.members.size(); ++i) {
        if (i > 0) out += ',';
        out += json_string(json.members[i].name) + ":";
        print(json.members[i].value, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

Json Json::number(std::string text) {
  Json json;
  json.kind = Kind::Number;
  json.text = std::move(text);
  return json;
}
Json Json::string(std::string text) {
  Json json;
  json.kind = Kind::String;
  json.text = std::move(text);
  return json;
}
Json Json::boolean(bool truth) {
  Json json;
  json.kind = Kind::Bool;
  json.truth = truth;
  return json;
}
Json Json::object() {
  Json json;
  json.kind = Kind::Object;
  return json;
}
Json Json::array() {
  Json json;
  json.kind = Kind::Array;
  return json;
}

Json& Json::at(const std::vector<std::string>& keys) {
  Json* node = this;
  for (const std::string& key : keys) {
    node->kind = Kind::Object;
    const auto known =
        std::find_if(node->members.begin(), node->members.end(), [&](const JsonMember& m) { return m.name == key; });
    if (known == node->members.end()) {
      node->members.push_back({key, Json{}});
      node = &node->members.back().value;
    } else {
      node = &known->value;
    }
  }
  return *node;
}

Result<Json> parse_json(std::string_view text) {
  Builder builder;
  const bool good = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (!good) return Failure{builder.failure.empty() ? "it is not JSON" : builder.failure};
  return std::move(builder.root);
}

std::string print_json(const Json& json) {
  std::string out;
  print(json, out);
  return out;
}

}  // namespace guard::check
