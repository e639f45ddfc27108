// Reading an action record; see record.hpp.
//
// The document is walked once in its order, so that the first error found is the first in the document; what is missing
// is looked for only when nothing was wrong.
#include "record.hpp"

#include <algorithm>
#include <set>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

using check::Leaf;
using check::LeafId;
using check::TypeKind;

constexpr DocumentLimits kLimits = {16u << 20, 64};

uint32_t raw(LeafId id) { return static_cast<uint32_t>(id); }

Place& place_at(Place& root, const std::vector<std::string>& path) {
  Place* place = &root;
  for (const std::string& key : path) place = &place->children[key];
  return *place;
}

void add_leaf(Place& root, const Leaf& leaf, uint32_t index) {
  Place& place = place_at(root, leaf.json);
  place.leaf = &leaf;
  place.index = index;
  if (leaf.type.kind != TypeKind::Signal) return;
  Place& as_of = place.children["as_of"];
  as_of.leaf = &leaf;
  as_of.index = index;
  as_of.is_as_of = true;
}

bool has_key(const Node& object, const std::string& key) {
  return std::any_of(object.members.begin(), object.members.end(), [&](const auto& m) { return m.first == key; });
}

const Node* member(const Node& object, const std::string& key) {
  for (const auto& [name, value] : object.members)
    if (name == key) return value ? &*value : nullptr;
  return nullptr;
}

}  // namespace

std::string pointer_step(const std::string& pointer, std::string_view key) {
  std::string out = pointer + "/";
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

// One walk over one document.
class RecordWalk {
 public:
  RecordWalk(const RecordReader& reader, const Options& options, Record& record)
      : reader_(reader), options_(options), record_(record) {}

  void run(const Document& document) {
    if (document.error && !document.root) return fail(*document.error, "");
    const Node& root = *document.root;
    if (root.kind != Node::Kind::Object) return fail("not-an-object", "");
    find_kind(root);
    if (options_.kind && !record_.kind) return fail("unknown-kind", "");
    if (record_.kind) {
      kind_ = &reader_.set_.kinds[static_cast<uint32_t>(*record_.kind)];
      record_.values.resize(kind_->leaves.size());
    }
    object(root, places_root(), "", record_.values);
    if (failed()) return;
    if (document.error) return fail(*document.error, "");
    if (!record_.kind) return fail("missing-kind", kind_pointer());
    instant();
    missing(root);
  }

 private:
  [[nodiscard]] bool failed() const { return record_.error.has_value(); }
  void fail(std::string code, std::string at) {
    if (!failed()) record_.error = RecordError{std::move(code), std::move(at)};
  }
  const Place& places_root() const {
    return record_.kind ? reader_.places_[static_cast<uint32_t>(*record_.kind)].root : reader_.unknown_;
  }
  std::string kind_pointer() const {
    std::string out;
    for (const std::string& key : reader_.set_.kind_json) out = pointer_step(out, key);
    return out;
  }

  void find_kind(const Node& root) {
    std::optional<std::string> name = options_.kind;
    if (!name) {
      const Node* node = &root;
      for (const std::string& key : reader_.set_.kind_json)
        if (node) node = node->kind == Node::Kind::Object ? member(*node, key) : nullptr;
      if (node && node->kind == Node::Kind::String) name = node->text;
    }
    if (!name) return;
    for (uint32_t i = 0; i < reader_.set_.kinds.size(); ++i)
      if (reader_.set_.kinds[i].name == *name) record_.kind = check::KindId{i};
  }

  // `values` are those of the record or of one row; `place` may be null below an ignored key.
  void object(const Node& node, const Place& place, const std::string& pointer, std::vector<Value>& values) {
    std::set<std::string> seen;
    for (const auto& [key, value] : node.members) {
      const std::string at = pointer_step(pointer, key);
      if (!seen.insert(key).second) return fail("duplicate-key", at);
      const auto child = place.children.find(key);
      if (child == place.children.end()) {
        if (record_.kind) {
          if (options_.strict) return fail("unknown-key", at);
          record_.ignored.push_back(at);
        }
        if (value) unknown(*value, at);
      } else if (value) {
        placed(*value, child->second, at, values);
      }
      if (failed()) return;
    }
  }

  // Inside an ignored value only what is wrong in any document is wrong.
  void unknown(const Node& node, const std::string& pointer) {
    if (node.refused) return fail(*node.refused, "");
    std::set<std::string> seen;
    for (const auto& [key, value] : node.members) {
      const std::string at = pointer_step(pointer, key);
      if (!seen.insert(key).second) return fail("duplicate-key", at);
      if (value) unknown(*value, at);
      if (failed()) return;
    }
    for (size_t i = 0; i < node.elements.size() && !failed(); ++i)
      unknown(node.elements[i], pointer + "/" + std::to_string(i));
  }

  void placed(const Node& node, const Place& place, const std::string& at, std::vector<Value>& values) {
    if (node.refused) return fail(*node.refused, "");
    if (place.is_kind) return kind(node, at);
    if (place.is_as_of) return as_of(node, at, values[place.index]);
    const TypeKind type = place.leaf ? place.leaf->type.kind : TypeKind::Presence;
    if (node.kind == Node::Kind::Null) {
      const bool may_be_absent =
          place.leaf && (place.leaf->optional || type == TypeKind::Presence || type == TypeKind::Signal);
      if (!may_be_absent) fail("null-value", at);
      return;
    }
    if (type == TypeKind::Presence || type == TypeKind::Signal) {
      if (node.kind != Node::Kind::Object) return fail("wrong-type", at);
      if (place.leaf) values[place.index].present = true;
      if (type == TypeKind::Signal && place.leaf && !has_key(node, "value"))
        without_value_.insert(&values[place.index]);
      return object(node, place, at, values);
    }
    value(node, *place.leaf, place.index, at, values[place.index]);
  }

  void kind(const Node& node, const std::string& at) {
    if (options_.kind) {
      if (node.kind != Node::Kind::String || node.text != *options_.kind) fail("kind-conflict", at);
      return;
    }
    if (node.kind == Node::Kind::Null) return fail("null-value", at);
    if (node.kind != Node::Kind::String) return fail("wrong-type", at);
    if (!record_.kind) fail("unknown-kind", at);
  }

  void as_of(const Node& node, const std::string& at, Value& signal) {
    if (node.kind == Node::Kind::Null) return fail("null-value", at);
    if (node.kind != Node::Kind::String) return fail("wrong-type", at);
    as_of_seen_.insert(&signal);
    fit(parse_timestamp(node.text, signal.number), "bad-timestamp", at);
  }

  void fit(Fit fit, const char* bad, const std::string& at, const char* range = nullptr) {
    if (fit == Fit::Bad) fail(bad, at);
    if (fit == Fit::Range) fail(range ? range : bad, at);
  }

  void value(const Node& node, const Leaf& leaf, uint32_t index, const std::string& at, Value& out) {
    out.present = true;
    if (leaf.type.kind == TypeKind::Set) return set_value(node, leaf, at, out);
    if (leaf.type.kind == TypeKind::List) return list_value(node, index, leaf, at, out);
    scalar(node, leaf.type, leaf.type.kind, at, out);
    if (failed() || !kind_ || &leaf != &kind_->leaves[raw(kind_->now)] || !options_.at) return;
    int64_t given = 0;
    if (parse_timestamp(*options_.at, given) == Fit::Good && given != out.number) fail("instant-conflict", at);
  }

  void scalar(const Node& node, const check::Type& type, TypeKind kind, const std::string& at, Value& out) {
    switch (kind) {
      case TypeKind::Bool:
        if (node.kind != Node::Kind::Bool) return fail("wrong-type", at);
        out.number = node.boolean;
        return;
      case TypeKind::Int:
      case TypeKind::Decimal: {
        if (node.kind != Node::Kind::Number) return fail("wrong-type", at);
        if (kind == TypeKind::Int && node.text.find_first_not_of("-0123456789") != std::string::npos)
          return fail("wrong-type", at);
        fit(parse_decimal(node.text, kind == TypeKind::Int ? 0 : type.scale, out.number), "wrong-type", at,
            "out-of-range");
        if (!failed() && (out.number < type.min || out.number > type.max)) fail("out-of-range", at);
        return;
      }
      default:
        break;
    }
    if (node.kind != Node::Kind::String) return fail("wrong-type", at);
    switch (kind) {
      case TypeKind::String:
        out.text = node.text;
        return;
      case TypeKind::Version:
        if (!parse_version(node.text)) return fail("bad-version", at);
        out.text = node.text;
        return;
      case TypeKind::Enum: {
        const auto& words = reader_.set_.enums[static_cast<uint32_t>(type.enum_id)].words;
        const auto word = std::find(words.begin(), words.end(), node.text);
        if (word == words.end()) return fail("unknown-word", at);
        out.number = word - words.begin();
        return;
      }
      case TypeKind::Timestamp:
        return fit(parse_timestamp(node.text, out.number), "bad-timestamp", at);
      case TypeKind::Duration:
        return fit(parse_duration(node.text, out.number), "bad-duration", at);
      default:
        return fail("internal", at);
    }
  }

  void set_value(const Node& node, const Leaf& leaf, const std::string& at, Value& out) {
    if (node.kind != Node::Kind::Array) return fail("wrong-type", at);
    for (size_t i = 0; i < node.elements.size(); ++i) {
      const std::string element_at = at + "/" + std::to_string(i);
      if (node.elements[i].refused) return fail(*node.elements[i].refused, "");
      if (node.elements[i].kind == Node::Kind::Null) return fail("null-value", element_at);
      Value element;
      scalar(node.elements[i], leaf.type, leaf.type.element, element_at, element);
      if (failed()) return;
      if (leaf.type.element == TypeKind::String || leaf.type.element == TypeKind::Version)
        out.texts.push_back(element.text);
      else
        out.numbers.push_back(element.number);
    }
    const auto tidy = [](auto& list) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    };
    tidy(out.texts);
    tidy(out.numbers);
  }

  void list_value(const Node& node, uint32_t index, const Leaf& leaf, const std::string& at, Value& out) {
    if (node.kind != Node::Kind::Array) return fail("wrong-type", at);
    const Place& row_places = reader_.places_[static_cast<uint32_t>(*record_.kind)].rows.at(index);
    for (size_t i = 0; i < node.elements.size(); ++i) {
      const Node& element = node.elements[i];
      const std::string row_at = at + "/" + std::to_string(i);
      if (element.refused) return fail(*element.refused, "");
      if (element.kind == Node::Kind::Null) return fail("null-value", row_at);
      if (element.kind != Node::Kind::Object) return fail("wrong-type", row_at);
      std::vector<Value> row(leaf.columns.size());
      object(element, row_places, row_at, row);
      if (failed()) return;
      out.rows.push_back(std::move(row));
    }
  }

  void instant() {
    if (raw(kind_->now) >= record_.values.size() || !options_.at) return;
    Value& now = record_.values[raw(kind_->now)];
    if (now.present) return;
    fit(parse_timestamp(*options_.at, now.number), "bad-timestamp", "");
    now.present = true;
  }

  // The pointer of the outermost key on the way to `path` that the object does not have.
  static std::string missing_pointer(const Node& from, const std::vector<std::string>& path, std::string pointer) {
    const Node* node = &from;
    for (const std::string& key : path) {
      pointer = pointer_step(pointer, key);
      node = node->kind == Node::Kind::Object ? member(*node, key) : nullptr;
      if (!node) break;
    }
    return pointer;
  }

  void missing_in(const std::vector<Leaf>& leaves, const std::vector<Value>& values, const Node& node,
                  const std::string& pointer) {
    for (uint32_t i = 0; i < leaves.size() && !failed(); ++i) {
      const Leaf& leaf = leaves[i];
      const Value& value = values[i];
      const bool parent_there = leaf.parent == check::kNoLeaf || values[raw(leaf.parent)].present;
      if (leaf.type.kind == TypeKind::Signal) {
        if (value.present && !as_of_seen_.contains(&value)) {
          std::vector<std::string> path = leaf.json;
          path.push_back("as_of");
          fail("missing-attribute", missing_pointer(node, path, pointer));
        }
        if (without_value_.contains(&value)) {
          std::vector<std::string> path = leaf.json;
          path.push_back("value");
          fail("missing-attribute", missing_pointer(node, path, pointer));
        }
      } else if (leaf.type.kind == TypeKind::Presence || leaf.optional) {
        // may be absent
      } else if (parent_there && !value.present) {
        fail("missing-attribute", missing_pointer(node, leaf.json, pointer));
      }
      if (leaf.type.kind == TypeKind::List && value.present) missing_in_rows(leaf, value, node, pointer);
    }
  }

  void missing_in_rows(const Leaf& leaf, const Value& value, const Node& node, const std::string& pointer) {
    const Node* list = &node;
    std::string at = pointer;
    for (const std::string& key : leaf.json) {
      list = member(*list, key);
      at = pointer_step(at, key);
    }
    for (size_t i = 0; i < value.rows.size() && !failed(); ++i)
      missing_in(leaf.columns, value.rows[i], list->elements[i], at + "/" + std::to_string(i));
  }

  void missing(const Node& root) {
    if (!failed()) missing_in(kind_->leaves, record_.values, root, "");
  }

  const RecordReader& reader_;
  const Options& options_;
  Record& record_;
  const check::Kind* kind_ = nullptr;
  std::set<const Value*> as_of_seen_, without_value_;  // of signals
};

RecordReader::RecordReader(const check::PolicySet& set) : set_(set), places_(set.kinds.size()) {
  place_at(unknown_, set.kind_json).is_kind = true;
  for (size_t k = 0; k < set.kinds.size(); ++k) {
    const check::Kind& kind = set.kinds[k];
    place_at(places_[k].root, set.kind_json).is_kind = true;
    for (uint32_t i = 0; i < kind.leaves.size(); ++i) {
      add_leaf(places_[k].root, kind.leaves[i], i);
      if (kind.leaves[i].type.kind != TypeKind::List) continue;
      Place& row = places_[k].rows[i];
      for (uint32_t c = 0; c < kind.leaves[i].columns.size(); ++c) add_leaf(row, kind.leaves[i].columns[c], c);
    }
  }
}

Record RecordReader::read(std::string_view json, const Options& options) const {
  Record record;
  RecordWalk(*this, options, record).run(read_document(json, kLimits));
  return record;
}

}  // namespace guard::reference
