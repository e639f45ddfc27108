// See builder.hpp.
#include "gate/builder.hpp"

#include <algorithm>
#include <cstdlib>

#include "read/json_value.hpp"
#include "read/json_writer.hpp"
#include "read/plan.hpp"

namespace guardvm::gate {

namespace {

using format::Type;

// What does not have the type's form stays a text, so the reader says what is wrong with it.
std::string scalar_json(Type type, std::string_view text) {
  JsonText number;
  const bool is_number = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) && number.parse(text);
  if ((type == Type::Int || type == Type::Decimal) && is_number) return std::string(text);
  if (type == Type::Bool && (text == "true" || text == "false")) return std::string(text);
  std::string out;
  append_json_string(out, text);
  return out;
}

bool begins_with(const std::vector<std::string_view>& path, const std::vector<std::string_view>& start) {
  return start.size() <= path.size() && std::equal(start.begin(), start.end(), path.begin());
}

}  // namespace

RecordBuilder::RecordBuilder(const Bundle& bundle, uint32_t kind) : bundle_(bundle), kind_(bundle.view().Kinds[kind]) {
  std::vector<std::string_view> path = bundle.read_plan().kind_path;
  if (path.empty()) return;
  Value& value = values_.emplace_back();
  value.edit.path = std::move(path);
  append_json_string(value.edit.json, bundle.text(kind_.name));
}

const format::LeafRow* RecordBuilder::find(std::string_view name) const {
  for (uint32_t i = 0; i < kind_.leaves.count; ++i)
    if (const format::LeafRow& row = leaf_of(bundle_, kind_, i); bundle_.text(row.path) == name) return &row;
  return nullptr;
}

// The keys of an attribute, or of the record that attributes are in; empty: there is none.
std::vector<std::string_view> RecordBuilder::path_of(std::string_view name) const {
  if (const format::LeafRow* row = find(name); row != nullptr) return keys_of(bundle_, *row);
  const std::string start = std::string(name) + '.';
  for (uint32_t i = 0; i < kind_.leaves.count; ++i) {
    const format::LeafRow& row = leaf_of(bundle_, kind_, i);
    const std::string_view path = bundle_.text(row.path);
    if (!path.starts_with(start)) continue;
    const auto parts =
        static_cast<size_t>(std::count(path.begin() + static_cast<ptrdiff_t>(start.size()), path.end(), '.')) + 1;
    std::vector<std::string_view> keys = keys_of(bundle_, row);
    if (keys.size() <= parts) continue;
    keys.resize(keys.size() - parts);
    return keys;
  }
  return {};
}

std::string RecordBuilder::unknown(std::string_view name) const {
  return std::string(bundle_.text(kind_.name)) + " has no attribute `" + std::string(name) + '`';
}

bool RecordBuilder::touches(const std::vector<std::string_view>& path) const {
  return std::any_of(values_.begin(), values_.end(), [&](const Value& value) {
    return begins_with(value.edit.path, path) || begins_with(path, value.edit.path);
  });
}

std::string RecordBuilder::add(std::string_view name, std::string json) {
  std::vector<std::string_view> path = path_of(name);
  if (path.empty()) return unknown(name);
  if (touches(path)) return "`" + std::string(name) + "` is set twice";
  Value& value = values_.emplace_back();
  value.name = name;
  value.edit = {std::move(path), std::move(json)};
  return {};
}

std::string RecordBuilder::set(std::string_view name, std::string_view text) {
  const format::LeafRow* row = find(name);
  if (row == nullptr && path_of(name).empty()) return unknown(name);
  const bool composite =
      row == nullptr || row->type == Type::List || row->type == Type::Presence || row->type == Type::Signal;
  if (composite) return "`" + std::string(name) + "` has more than one part: give it as JSON (`--set-json`)";
  if (row->type != Type::Set) return add(name, scalar_json(row->type, text));
  std::string element = scalar_json(row->element, text);
  for (Value& value : values_) {
    if (value.name != name || !value.is_set) continue;
    value.elements.push_back(std::move(element));
    return {};
  }
  if (std::string problem = add(name, {}); !problem.empty()) return problem;
  values_.back().is_set = true;
  values_.back().elements.push_back(std::move(element));
  return {};
}

std::string RecordBuilder::set_json(std::string_view name, std::string_view json) {
  JsonText text;
  if (!text.parse(json)) return "the value of `" + std::string(name) + "` is not JSON: " + text.problem();
  return add(name, std::string(text.value().raw()));
}

std::string RecordBuilder::take_environment(const std::string& prefix) {
  for (uint32_t i = 0; i < kind_.leaves.count; ++i) {
    const format::LeafRow& row = leaf_of(bundle_, kind_, i);
    const std::string_view path = bundle_.text(row.path);
    std::string variable = prefix;
    for (const char c : path)
      variable += c == '.' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    const char* text = std::getenv(variable.c_str());
    if (text == nullptr || *text == '\0' || touches(keys_of(bundle_, row))) continue;
    const bool is_json =
        row.type == Type::Set || row.type == Type::List || row.type == Type::Presence || row.type == Type::Signal;
    const std::string problem = is_json ? set_json(path, text) : set(path, text);
    if (!problem.empty()) return "environment variable `" + variable + "`: " + problem;
  }
  return {};
}

std::string RecordBuilder::record() const {
  std::vector<Edit> edits;
  for (const Value& value : values_) {
    Edit& edit = edits.emplace_back(value.edit);
    if (!value.is_set) continue;
    edit.json = "[";
    for (size_t i = 0; i < value.elements.size(); ++i) edit.json.append(i > 0 ? "," : "").append(value.elements[i]);
    edit.json += ']';
  }
  std::string out;
  append_edited(out, JsonValue(), edits);
  return out;
}

}  // namespace guardvm::gate
