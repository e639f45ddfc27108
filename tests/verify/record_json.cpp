// An action as a JSON record: every present value at the place that the schema gives it.
#include <nlohmann/json.hpp>

#include "space.hpp"
#include "tests/reference/message.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

using check::TypeKind;
using nlohmann::json;
using reference::Value;

json scalar(const check::PolicySet& set, const check::Type& type, const Value& value) {
  const std::string text = reference::value_text(set, type, value);
  // Numbers have at most 18 digits, of which a double keeps the few that these sets use.
  const bool plain = type.kind == TypeKind::Bool || type.kind == TypeKind::Int || type.kind == TypeKind::Decimal;
  return plain ? json::parse(text) : json(text);
}

json& child(json& root, const std::vector<std::string>& path) {
  json* at = &root;
  for (const std::string& key : path) at = &(*at)[key];
  return *at;
}

void put(const check::PolicySet& set, const std::vector<check::Leaf>& leaves, const std::vector<Value>& values,
         json& root) {
  for (size_t i = 0; i < leaves.size(); ++i) {
    const check::Leaf& leaf = leaves[i];
    const Value& value = values[i];
    if (!value.present) continue;
    json& place = child(root, leaf.json);
    switch (leaf.type.kind) {
      case TypeKind::Presence:
        if (place.is_null()) place = json::object();
        break;
      case TypeKind::Signal:
        place["as_of"] = reference::timestamp_text(value.number);
        break;
      case TypeKind::Set: {
        place = json::array();
        check::Type element = leaf.type;
        element.kind = leaf.type.element;
        Value one;
        for (const std::string& text : value.texts) one.text = text, place.push_back(scalar(set, element, one));
        for (const int64_t number : value.numbers) one.number = number, place.push_back(scalar(set, element, one));
        break;
      }
      case TypeKind::List:
        place = json::array();
        for (const std::vector<Value>& row : value.rows) {
          json object = json::object();
          put(set, leaf.columns, row, object);
          place.push_back(std::move(object));
        }
        break;
      default:
        place = scalar(set, leaf.type, value);
    }
  }
}

}  // namespace

std::string record_json(const check::PolicySet& set, check::KindId kind, const Action& action) {
  json root = json::object();
  const check::Kind& k = set.kinds[static_cast<uint32_t>(kind)];
  child(root, set.kind_json) = k.name;
  put(set, k.leaves, action.values, root);
  return root.dump();
}

}  // namespace guard::oracle
