// A tree of JSON objects filled leaf by leaf, then printed.
#include "tests/property/hostile_records.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "read/values.hpp"

namespace guardvm::hostile {
namespace {

using format::kNone;
using format::LeafRow;
using format::Range;
using format::Type;

void append_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '"' || c == '\\') {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

// An object, or a value as JSON text. Keys stay in the order in which they came.
struct Node {
  std::string value;
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;

  Node& at(std::string_view key) {
    for (auto& [name, node] : members) {
      if (name == key) return *node;
    }
    members.emplace_back(key, std::make_unique<Node>());
    return *members.back().second;
  }
  void print(std::string& out) const {
    if (!value.empty()) {
      out += value;
      return;
    }
    out += '{';
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      append_string(out, members[i].first);
      out += ':';
      members[i].second->print(out);
    }
    out += '}';
  }
};

class Writer {
 public:
  Writer(const Bundle& bundle, uint64_t variant) : bundle_(bundle), view_(bundle.view()), state_(variant * 2 + 1) {
    const format::MetaRow& meta = view_.Meta[0];
    const int64_t length = meta.horizon_to_ns - meta.horizon_from_ns;
    now_ns_ = length > 0 ? meta.horizon_from_ns + static_cast<int64_t>(next() % static_cast<uint64_t>(length)) : 0;
  }

  std::string record(uint32_t kind) {
    Node root;
    const format::KindRow& row = view_.Kinds[kind];
    append_string(place(root, view_.Meta[0].kind_json).value, bundle_.text(row.name));
    leaves(root, row.leaves, row.now);
    std::string out;
    root.print(out);
    return out;
  }

 private:
  uint64_t next() {
    state_ = state_ * 0x5851f42d4c957f2du + 0x14057b7ef767814eu;
    return state_ >> 33;
  }
  std::string_view string(uint32_t index) const { return bundle_.text(view_.Strings[index]); }

  Node& place(Node& root, Range path) {
    Node* node = &root;
    for (uint32_t i = 0; i < path.count; ++i) node = &node->at(string(path.first + i));
    return *node;
  }

  // What is absent takes what stands below it along.
  void leaves(Node& root, Range own, uint32_t now) {
    std::vector<bool> there(own.count);
    for (uint32_t i = 0; i < own.count; ++i) {
      const LeafRow& row = view_.Leaves[own.first + i];
      const bool above = row.parent == kNone || there[row.parent];
      const bool may_lack = row.optional != 0 || row.type == Type::Presence || row.type == Type::Signal;
      there[i] = above && (!may_lack || next() % 4 != 0);
      if (!there[i]) continue;
      Node& node = place(root, row.json);
      if (row.type == Type::Presence) continue;
      if (row.type == Type::Signal) {
        append_timestamp_json(node.at("as_of").value, now_ns_ - static_cast<int64_t>(next() % 600) * 1'000'000'000);
      } else if (i == now) {
        append_timestamp_json(node.value, now_ns_);
      } else {
        value(node.value, row);
      }
    }
  }

  static void append_timestamp_json(std::string& out, int64_t ns) {
    out += '"';
    append_timestamp(out, std::clamp(ns, kFirstInstant_ns, kLastInstant_ns));
    out += '"';
  }

  void value(std::string& out, const LeafRow& row) {
    if (row.type == Type::List) return list(out, row);
    if (row.type != Type::Set) return scalar(out, row.type, row);
    out += '[';
    const uint64_t count = next() % 4;
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      scalar(out, row.element, row);
    }
    out += ']';
  }

  void list(std::string& out, const LeafRow& row) {
    out += '[';
    const uint64_t count = next() % 4;
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      Node node;
      leaves(node, row.columns, kNone);
      node.print(out);
    }
    out += ']';
  }

  // Numbers at the ends of their range and at the bundle's constants; strings that the bundle knows.
  void scalar(std::string& out, Type type, const LeafRow& row) {
    switch (type) {
      case Type::Bool:
        out += next() % 2 == 0 ? "false" : "true";
        return;
      case Type::Int:
        out += std::to_string(number(row));
        return;
      case Type::Decimal:
        append_decimal(out, number(row), row.scale);
        return;
      case Type::Enum: {
        const Range words = view_.Enums[row.enum_id].words;
        return append_string(out, string(words.first + static_cast<uint32_t>(next() % words.count)));
      }
      case Type::Version: {
        for (int tries = 0; tries < 8 && !view_.Strings.empty(); ++tries) {
          const std::string_view text = string(static_cast<uint32_t>(next() % view_.Strings.size()));
          if (is_version(text)) return append_string(out, text);
        }
        out += "\"1.2.3\"";
        return;
      }
      case Type::Timestamp:
        return append_timestamp_json(out, now_ns_ - static_cast<int64_t>(next() % 200'000) * 1'000'000'000);
      case Type::Duration:
        out += "\"1h30m\"";
        return;
      case Type::String: {
        // Often the same, so that attributes that are compared with each other meet.
        if (next() % 2 == 0) return append_string(out, "ann");
        return append_string(out, string(static_cast<uint32_t>(next() % view_.Strings.size())));
      }
      case Type::Set:
      case Type::List:
      case Type::Presence:
      case Type::Signal:
        return;
    }
  }

  int64_t number(const LeafRow& row) {
    switch (next() % 3) {
      case 0:
        return row.min;
      case 1:
        return row.max;
      default:
        break;
    }
    if (view_.Numbers.empty()) return row.min;
    return std::clamp(view_.Numbers[next() % view_.Numbers.size()], row.min, row.max);
  }

  const Bundle& bundle_;
  const format::View& view_;
  uint64_t state_;
  int64_t now_ns_ = 0;
};

}  // namespace

std::string record(const Bundle& bundle, uint32_t kind, uint64_t variant) {
  return Writer(bundle, variant).record(kind);
}

}  // namespace guardvm::hostile
