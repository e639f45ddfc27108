// See edit.hpp.
#include "gate/edit.hpp"

#include "read/json_writer.hpp"
#include "read/plan.hpp"

namespace guardvm::gate {

namespace {

using Edits = std::vector<const Edit*>;

std::string text_of(JsonValue value) {
  std::string out;
  value.append_text(out);
  return out;
}

void append_new(std::string& out, const Edits& edits, size_t depth);

// The edits with this key at `depth`, taken out of `edits`.
Edits take(Edits& edits, std::string_view key, size_t depth) {
  Edits taken, left;
  for (const Edit* edit : edits) (edit->path[depth] == key ? taken : left).push_back(edit);
  edits = std::move(left);
  return taken;
}

void append_object(std::string& out, JsonValue object, Edits edits, size_t depth) {
  out += '{';
  bool first = true;
  const auto comma = [&] {
    if (!first) out += ',';
    first = false;
  };
  for (JsonMembers m(object); m.next();) {
    const Edits here = take(edits, text_of(m.key_value()), depth);
    if (!here.empty() && here[0]->path.size() == depth + 1 && here[0]->json.empty()) continue;
    comma();
    out += m.key_value().raw();
    out += ':';
    if (here.empty() || (here[0]->path.size() > depth + 1 && !m.value().is_object()))
      out += m.value().raw();
    else if (here[0]->path.size() == depth + 1)
      out += here[0]->json;
    else
      append_object(out, m.value(), here, depth + 1);
  }
  while (!edits.empty()) {
    comma();
    const std::string_view key = edits[0]->path[depth];
    append_json_string(out, key);
    out += ':';
    append_new(out, take(edits, key, depth), depth + 1);
  }
  out += '}';
}

void append_new(std::string& out, const Edits& edits, size_t depth) {
  if (edits[0]->path.size() == depth)
    out += edits[0]->json;
  else
    append_object(out, JsonValue(), edits, depth);
}

}  // namespace

void append_edited(std::string& out, JsonValue object, const std::vector<Edit>& edits) {
  Edits all;
  for (const Edit& edit : edits) all.push_back(&edit);
  append_object(out, object, std::move(all), 0);
}

JsonValue value_at(JsonValue object, const std::vector<std::string_view>& path) {
  for (const std::string_view key : path) {
    JsonValue found;
    for (JsonMembers m(object); !found.there() && m.next();)
      if (text_of(m.key_value()) == key) found = m.value();
    object = found;
  }
  return object;
}

std::vector<std::string_view> keys_of(const Bundle& bundle, const format::LeafRow& leaf) {
  std::vector<std::string_view> keys;
  for (uint32_t i = 0; i < leaf.json.count; ++i)
    keys.push_back(bundle.text(bundle.view().Strings[leaf.json.first + i]));
  return keys;
}

const format::LeafRow& leaf_of(const Bundle& bundle, const format::KindRow& kind, uint32_t leaf) {
  return bundle.view().Leaves[kind.leaves.first + leaf];
}

uint32_t find_kind(const Bundle& bundle, std::string_view name) {
  const auto kinds = bundle.view().Kinds;
  for (uint32_t i = 0; i < kinds.size(); ++i)
    if (bundle.text(kinds[i].name) == name) return i;
  return format::kNone;
}

uint32_t kind_of(const Bundle& bundle, JsonValue record, std::string_view given) {
  if (!given.empty()) return find_kind(bundle, given);
  const JsonValue named = value_at(record, bundle.read_plan().kind_path);
  return named.is_string() ? find_kind(bundle, text_of(named)) : format::kNone;
}

}  // namespace guardvm::gate
