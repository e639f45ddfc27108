// A tree of JSON objects filled leaf by leaf, then printed. Strings are often those that the leaf is tested for:
// otherwise an assumption such as `commit.sha matches /[0-9a-f]{40}/` would end every decision.
#include "tests/property/hostile_records.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "guardvm/opcodes.hpp"
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

// A shortest text of printable characters that an automaton accepts at its end, or "".
std::string accepted_text(const format::View& view, const format::DfaRow& dfa) {
  struct Step {
    uint32_t from = 0;
    char byte = 0;
  };
  std::vector<Step> steps(dfa.states);
  std::vector<uint32_t> queue = {1};
  for (size_t i = 0; i < queue.size(); ++i) {
    const uint32_t state = queue[i];
    if (view.DfaAccepts[dfa.accept + state].count > 0) {
      std::string text;
      for (uint32_t at = state; at != 1; at = steps[at].from) text += steps[at].byte;
      return {text.rbegin(), text.rend()};
    }
    for (char byte = ' '; byte <= '~'; ++byte) {
      const uint8_t byte_class = view.Bytes[dfa.class_map + static_cast<size_t>(byte)];
      const uint32_t next = view.DfaCells[dfa.table + size_t{state} * dfa.classes + byte_class];
      if (next <= 1 || steps[next].from != 0) continue;
      steps[next] = {state, byte};
      queue.push_back(next);
    }
  }
  return {};
}

// A text that the pattern matches: a glob without its stars, a shortest text of a regex.
std::string matching_text(const Bundle& bundle, const format::PatternRow& pattern) {
  const std::string_view source = bundle.text(pattern.text);
  if (pattern.match == format::Match::Regex) return accepted_text(bundle.view(), bundle.view().Dfas[pattern.dfa]);
  if (pattern.match != format::Match::Glob) return std::string(source);
  std::string text;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '*') continue;
    if (source[i] == '\\') ++i;
    text += source[i] == '?' ? 'x' : source[i];
  }
  return text;
}

class Writer {
 public:
  Writer(const Bundle& bundle, uint64_t variant) : bundle_(bundle), view_(bundle.view()), state_(variant * 2 + 1) {
    const format::MetaRow& meta = view_.Meta[0];
    // The horizon may be longer than a signed number of nanoseconds.
    const auto from = static_cast<uint64_t>(meta.horizon_from_ns), to = static_cast<uint64_t>(meta.horizon_to_ns);
    now_ns_ = to != from ? static_cast<int64_t>(from + (next() << 31 | next()) % (to - from)) : 0;
  }

  std::string record(uint32_t kind) {
    Node root;
    const format::KindRow& row = view_.Kinds[kind];
    append_string(place(root, view_.Meta[0].kind_json).value, bundle_.text(row.name));
    find_tests(kind);
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

  // The tests of the kind's code that compare strings of an attribute or column with constants.
  void find_tests(uint32_t kind) {
    const Range leaves = view_.Kinds[kind].leaves;
    for (const format::Instr& instr : view_.Code) {
      const auto op = static_cast<Opcode>(instr.op);
      if (op != Opcode::StringIn && op != Opcode::StringMatch && op != Opcode::SetHasAnyText) continue;
      const format::OperandRow& operand = view_.Operands[instr.a];
      if (operand.kind != kind || operand.from > format::From::Column) continue;
      const Range own = operand.from == format::From::Leaf ? leaves : view_.Leaves[leaves.first + operand.list].columns;
      tests_.push_back({own.first + operand.index, &instr});
    }
  }

  // A string for which one of the tests of the leaf is true. False: there is none.
  bool tested_string(std::string& out, const LeafRow& row) {
    const auto leaf = static_cast<uint32_t>(&row - view_.Leaves.data());
    std::vector<const format::Instr*> own;
    for (const Test& test : tests_) {
      if (test.leaf == leaf) own.push_back(test.instr);
    }
    if (own.empty()) return false;
    const format::Instr& instr = *own[next() % own.size()];
    if (static_cast<Opcode>(instr.op) == Opcode::StringMatch) {
      append_string(out, matching_text(bundle_, view_.Patterns[instr.b]));
      return true;
    }
    const Range constants = view_.StringSets[instr.b];
    if (constants.count == 0) return false;
    append_string(out, string(constants.first + static_cast<uint32_t>(next() % constants.count)));
    return true;
  }

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
        if (next() % 8 != 0 && tested_string(out, row)) return;
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

  struct Test {
    uint32_t leaf;  // Leaves
    const format::Instr* instr;
  };

  const Bundle& bundle_;
  const format::View& view_;
  std::vector<Test> tests_;
  uint64_t state_;
  int64_t now_ns_ = 0;
};

}  // namespace

std::string record(const Bundle& bundle, uint32_t kind, uint64_t variant) {
  return Writer(bundle, variant).record(kind);
}

}  // namespace guardvm::hostile
