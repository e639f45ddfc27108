// Building the reader's plan; see plan.hpp.
#include "read/plan.hpp"

#include <algorithm>
#include <bit>

#include "guardvm/limits.hpp"

namespace guardvm {
namespace {

using format::kNone;
using format::LeafRow;
using format::Type;

constexpr size_t kMaxNodes =
    size_t{1} << 21;                 // hostile bundles: ranges that overlap multiply; the language's limits stay below
constexpr uint32_t kMaxPath = 1024;  // keys of one path; a record cannot be deeper than kLimitRecordDepth anyway

uint64_t place_hash(uint32_t where, std::string_view text) {
  return hash_text(text) ^ (uint64_t{where} * 0x9e3779b97f4a7c15u >> 7);
}

QuotedWord quoted_word(std::string_view text) {
  QuotedWord word;
  word.text = text.data();
  word.size = static_cast<uint32_t>(text.size());
  if (text.size() > 14) return word;
  for (const char c : text)
    if (c < ' ' || c > '~' || c == '"' || c == '\\') return word;
  word.quoted[0] = '"';
  std::copy(text.begin(), text.end(), word.quoted + 1);
  word.quoted[text.size() + 1] = '"';
  word.mask = (1u << (text.size() + 2)) - 1;
  return word;
}

ReadOp op_of(Type type) {
  switch (type) {
    case Type::Bool:
      return ReadOp::Bool;
    case Type::Int:
      return ReadOp::Int;
    case Type::Decimal:
      return ReadOp::Decimal;
    case Type::String:
      return ReadOp::String;
    case Type::Enum:
      return ReadOp::Enum;
    case Type::Version:
      return ReadOp::Version;
    case Type::Timestamp:
      return ReadOp::Timestamp;
    case Type::Duration:
      return ReadOp::Duration;
    case Type::Set:
      return ReadOp::Set;
    case Type::List:
      return ReadOp::List;
    case Type::Presence:
      return ReadOp::Presence;
    case Type::Signal:
      return ReadOp::Signal;
  }
  return ReadOp::Object;
}

bool is_scalar(Type type) { return type <= Type::Duration; }

// Looks for a perfect hash of the first bytes of the words; leaves byte_mask 0 when there is none.
void find_perfect_hash(WordList& list, const QuotedWord* words) {
  if (list.count == 0 || list.count > 16) return;
  uint32_t shortest = 7;
  for (uint32_t i = 0; i < list.count; ++i) {
    if (words[i].mask == QuotedWord::kNever) return;
    shortest = std::min(shortest, words[i].size);
  }
  // The shortest word and its closing quote: every word has these bytes.
  const uint64_t byte_mask = shortest == 7 ? ~uint64_t{0} : (uint64_t{1} << (8 * (shortest + 1))) - 1;
  uint64_t keys[16];
  for (uint32_t i = 0; i < list.count; ++i) {
    std::memcpy(&keys[i], words[i].quoted + 1, 8);
    keys[i] &= byte_mask;
  }
  uint64_t multiplier = 0x9e3779b97f4a7c15u;
  for (int attempt = 0; attempt < 64; ++attempt) {
    uint64_t taken = 0;
    for (uint32_t i = 0; i < list.count; ++i) {
      const uint64_t bucket = keys[i] * multiplier >> 58;
      if ((taken >> bucket & 1) != 0) {
        taken = 0;
        break;
      }
      taken |= uint64_t{1} << bucket;
      list.table[bucket] = static_cast<uint8_t>(i);
    }
    if (taken != 0) {
      list.byte_mask = byte_mask;
      list.multiplier = multiplier;
      return;
    }
    multiplier = multiplier * 0x5851f42d4c957f2du + 0x14057b7ef767814eu;
    multiplier |= 1;
  }
}

class Builder {
 public:
  Builder(const format::View& view, ReadPlan& plan) : view_(view), plan_(plan) {}

  void build() {
    add_words();
    reserve_nodes();
    plan_.nodes.emplace_back();
    plan_.links.emplace_back();
    const format::Range path = view_.Meta[0].kind_json;
    if (path.count == 0 || path.count > kMaxPath) return fail("the path of the kind");
    for (uint32_t i = 0; i < path.count; ++i) plan_.kind_path.push_back(string(path.first + i));
    if (path.count == 1) plan_.kind_key = quoted_word(plan_.kind_path[0]);
    plan_.kinds.resize(view_.Kinds.size());
    for (size_t i = 0; i < view_.Kinds.size() && plan_.problem.empty(); ++i) add_kind(view_.Kinds[i], plan_.kinds[i]);
  }

 private:
  std::string_view text(format::Text t) const {
    return {reinterpret_cast<const char*>(view_.Bytes.data()) + t.offset, t.size};
  }
  std::string_view string(uint32_t index) const { return text(view_.Strings[index]); }

  void fail(std::string_view what) {
    if (plan_.problem.empty()) plan_.problem = "the schema cannot be read from JSON: " + std::string(what);
  }

  // ---- words ----

  void add_words() {
    size_t total = view_.Kinds.size();
    for (const format::EnumRow& row : view_.Enums) total += row.words.count;
    plan_.words.reserve(total);
    plan_.lists.reserve(view_.Enums.size() + 1);
    for (const format::EnumRow& row : view_.Enums) {
      const uint32_t first = static_cast<uint32_t>(plan_.words.size());
      for (uint32_t i = 0; i < row.words.count; ++i) plan_.words.push_back(quoted_word(string(row.words.first + i)));
      add_list(first);
    }
    const uint32_t first = static_cast<uint32_t>(plan_.words.size());
    for (const format::KindRow& row : view_.Kinds) plan_.words.push_back(quoted_word(text(row.name)));
    add_list(first);
    plan_.word_table.assign(std::bit_ceil(2 * plan_.words.size() + 1), kNone);
    const size_t mask = plan_.word_table.size() - 1;
    for (uint32_t list = 0; list < plan_.lists.size(); ++list)
      for (uint32_t i = 0; i < plan_.lists[list].count; ++i) {
        const uint32_t word = plan_.lists[list].first + i;
        size_t slot = place_hash(list, plan_.words[word].view()) & mask;
        while (plan_.word_table[slot] != kNone) slot = (slot + 1) & mask;
        plan_.word_table[slot] = word;
      }
  }

  void add_list(uint32_t first) {
    WordList& list = plan_.lists.emplace_back();
    list.first = first;
    list.words = plan_.words.data() + first;  // reserved: they do not move
    list.count = static_cast<uint32_t>(plan_.words.size()) - first;
    find_perfect_hash(list, list.words);
  }

  // ---- nodes ----

  void reserve_nodes() {
    size_t total = 1;
    for (const format::KindRow& kind : view_.Kinds) total += kind.leaves.count + size_t{kind.leaves.count} / 2 + 4;
    for (const LeafRow& leaf : view_.Leaves) total += leaf.columns.count;
    total = std::min(total, kMaxNodes);
    plan_.nodes.reserve(total);
    plan_.links.reserve(total);
    plan_.node_table.assign(std::bit_ceil(2 * total), 0);
  }

  uint32_t new_node() {
    plan_.nodes.emplace_back();
    plan_.links.emplace_back();
    return static_cast<uint32_t>(plan_.nodes.size()) - 1;
  }

  void enter(uint32_t node) {
    const size_t mask = plan_.node_table.size() - 1;
    size_t slot = place_hash(plan_.links[node].parent, plan_.nodes[node].key.view()) & mask;
    while (plan_.node_table[slot] != 0) slot = (slot + 1) & mask;
    plan_.node_table[slot] = node;
  }

  // The child with this key, made when it is not there.
  uint32_t child(uint32_t parent, std::string_view key, uint32_t made_by) {
    if (const uint32_t last = plan_.links[parent].last_child; last != 0 && plan_.nodes[last].key.view() == key)
      return last;
    if (const uint32_t found = plan_.find_child(parent, key); found != 0) return found;
    if (plan_.nodes.size() >= kMaxNodes) {
      fail("too many attributes");
      return 0;
    }
    const uint32_t node = new_node();
    plan_.nodes[node].key = quoted_word(key);
    PlanLinks& links = plan_.links[node];
    links.parent = parent;
    links.made_by = made_by;
    links.depth = plan_.links[parent].depth + 1;
    PlanLinks& up = plan_.links[parent];
    (up.first_child == 0 ? up.first_child : plan_.links[up.last_child].next_sibling) = node;
    up.last_child = node;
    if (2 * plan_.nodes.size() > plan_.node_table.size()) {
      plan_.node_table.assign(2 * plan_.node_table.size(), 0);
      for (uint32_t i = 1; i < plan_.nodes.size(); ++i)
        if (plan_.links[i].parent != 0) enter(i);
    } else {
      enter(node);
    }
    return node;
  }

  uint32_t walk(uint32_t root, format::Range path, uint32_t made_by) {
    if (path.count == 0 || path.count > kMaxPath) fail("the path of an attribute");
    uint32_t node = root;
    for (uint32_t i = 0; i < path.count && plan_.problem.empty(); ++i)
      node = child(node, string(path.first + i), made_by);
    return node;
  }

  // A node that was no more than a step so far becomes the place of a value.
  bool claim(uint32_t node, ReadOp op) {
    if (!plan_.problem.empty()) return false;
    PlanNode& n = plan_.nodes[node];
    if (n.op != ReadOp::Object || plan_.links[node].parent == 0) {
      fail("two attributes at one place");
      return false;
    }
    n.op = op;
    return true;
  }

  void add_leaf(uint32_t root, uint32_t row_index, uint32_t leaf, bool in_row) {
    const LeafRow& row = view_.Leaves[row_index];
    const uint32_t node = walk(root, row.json, leaf);
    if (!claim(node, op_of(row.type))) return;
    plan_.links[node].row = row_index;
    PlanNode& n = plan_.nodes[node];
    n.leaf = leaf;
    n.min = row.min;
    n.max = row.max;
    n.scale = row.scale;
    n.sensitive = row.sensitive != 0;
    n.nullable = row.optional != 0 || row.type == Type::Presence || row.type == Type::Signal;
    if (row.type == Type::Enum || (row.type == Type::Set && row.element == Type::Enum)) {
      if (row.enum_id >= view_.Enums.size()) return fail("an enum that is not there");
      n.detail = row.enum_id;
    }
    if (row.type == Type::Set) {
      if (!is_scalar(row.element)) return fail("a set of other than scalars");
      n.element = op_of(row.element);
    }
    if (in_row && (row.type == Type::List || row.type == Type::Signal)) return fail("a list or signal in a list");
    if (row.type == Type::List) add_rows(node, row);
    if (row.type == Type::Signal) add_as_of(node, leaf, row_index);
  }

  void add_as_of(uint32_t signal, uint32_t leaf, uint32_t row_index) {
    const uint32_t node = child(signal, "as_of", leaf);
    if (!claim(node, ReadOp::AsOf)) return;
    plan_.links[node].row = row_index;
    plan_.nodes[node].leaf = leaf;
    plan_.nodes[node].sensitive = plan_.nodes[signal].sensitive;
  }

  void add_rows(uint32_t list, const LeafRow& row) {
    const uint32_t root = new_node();
    plan_.nodes[list].detail = root;
    plan_.nodes[root].detail = row.columns.count;
    plan_.links[root].depth = plan_.links[list].depth + 1;
    for (uint32_t i = 0; i < row.columns.count && plan_.problem.empty(); ++i)
      add_leaf(root, row.columns.first + i, i, true);
    if (plan_.problem.empty()) require(root, nullptr);
  }

  void add_kind(const format::KindRow& row, KindPlan& kind) {
    kind.root = new_node();
    kind.slots = row.leaves.count;
    kind.now = row.now;
    kind.first_detached = static_cast<uint32_t>(plan_.detached.size());
    claim(walk(kind.root, view_.Meta[0].kind_json, 0), ReadOp::Kind);
    for (uint32_t i = 0; i < row.leaves.count && plan_.problem.empty(); ++i)
      add_leaf(kind.root, row.leaves.first + i, i, false);
    if (plan_.problem.empty()) require(kind.root, &kind);
    std::sort(plan_.detached.begin() + kind.first_detached, plan_.detached.end(),
              [](const DetachedLeaf& a, const DetachedLeaf& b) { return a.leaf < b.leaf; });
    kind.detached_count = static_cast<uint32_t>(plan_.detached.size()) - kind.first_detached;
  }

  // ---- what is required ----

  // The nearest enclosing optional record or signal: its slot, or kNone.
  uint32_t enclosing(uint32_t node) const {
    for (uint32_t up = plan_.links[node].parent; up != 0; up = plan_.links[up].parent)
      if (plan_.nodes[up].op == ReadOp::Presence || plan_.nodes[up].op == ReadOp::Signal) return plan_.nodes[up].leaf;
    return kNone;
  }

  // Settles `required` for the nodes of one tree; children have higher numbers than their parents. The rows of lists
  // are trees of their own between them, settled before.
  void require(uint32_t root, KindPlan* kind) {
    for (uint32_t node = static_cast<uint32_t>(plan_.nodes.size()); node-- > root + 1;) {
      if (!in_tree(node, root)) continue;
      PlanNode& n = plan_.nodes[node];
      PlanLinks& links = plan_.links[node];
      PlanLinks& up = plan_.links[links.parent];
      PlanNode& above = plan_.nodes[links.parent];
      if (above.op != ReadOp::Object && above.op != ReadOp::Presence && above.op != ReadOp::Signal)
        return fail("an attribute below another");
      settle(node, kind);
      const bool nests = n.op == ReadOp::Set || n.op == ReadOp::List || n.op == ReadOp::Object ||
                         n.op == ReadOp::Presence || n.op == ReadOp::Signal;
      if (nests && links.depth + (n.op == ReadOp::List ? 1 : 0) > kLimitRecordDepth) n.op = ReadOp::TooDeep;
      if (!n.required) continue;
      above.required_children += 1;
      above.only_now = above.required_children == 1 && (n.is_now || n.only_now);
      up.order = std::min(up.order, links.order);
    }
  }

  bool in_tree(uint32_t node, uint32_t root) const {
    if (plan_.links[node].parent == 0) return false;
    // Trees of rows stand in one piece behind their list; a node of another tree has another root.
    uint32_t up = node;
    while (plan_.links[up].parent != 0) up = plan_.links[up].parent;
    return up == root;
  }

  void settle(uint32_t node, KindPlan* kind) {
    PlanNode& n = plan_.nodes[node];
    PlanLinks& links = plan_.links[node];
    const bool is_signal_part =
        plan_.nodes[links.parent].op == ReadOp::Signal && (n.op == ReadOp::AsOf || n.key.view() == "value");
    if (is_signal_part) {
      n.required = true;
      links.order = std::min(links.order, n.op == ReadOp::AsOf ? n.leaf : links.made_by);
      return;
    }
    if (n.op == ReadOp::Kind) return;
    if (n.op == ReadOp::Object) {
      n.required = n.required_children > 0;
      return;
    }
    const LeafRow& row = view_.Leaves[links.row];
    n.is_now = kind != nullptr && n.leaf == kind->now;
    const bool required = row.optional == 0 && n.op != ReadOp::Presence && n.op != ReadOp::Signal;
    if (row.parent != enclosing(node)) {
      if (kind == nullptr) return fail("a column outside of its record");
      if (row.parent != kNone && row.parent >= kind->slots) return fail("a parent that is not there");
      plan_.detached.push_back({n.leaf, row.parent, node, required});
      return;
    }
    n.required = required;
    links.order = n.op == ReadOp::Presence || n.op == ReadOp::Signal ? kNone : n.leaf;
  }

  const format::View& view_;
  ReadPlan& plan_;
};

}  // namespace

uint32_t ReadPlan::find_child(uint32_t node, std::string_view key) const {
  const size_t mask = node_table.size() - 1;
  for (size_t slot = place_hash(node, key) & mask; node_table[slot] != 0; slot = (slot + 1) & mask) {
    const uint32_t found = node_table[slot];
    if (links[found].parent == node && nodes[found].key.view() == key) return found;
  }
  return 0;
}

uint32_t ReadPlan::find_word(uint32_t list, std::string_view word) const {
  const WordList& in = lists[list];
  const size_t mask = word_table.size() - 1;
  for (size_t slot = place_hash(list, word) & mask; word_table[slot] != format::kNone; slot = (slot + 1) & mask) {
    const uint32_t found = word_table[slot] - in.first;  // wraps for words of earlier lists
    if (found < in.count && words[word_table[slot]].view() == word) return found;
  }
  return format::kNone;
}

std::unique_ptr<ReadPlan> make_read_plan(const format::View& view) {
  auto plan = std::make_unique<ReadPlan>();
  if (view.Meta.empty()) {
    plan->problem = "no schema";
    return plan;
  }
  Builder(view, *plan).build();
  return plan;
}

}  // namespace guardvm
