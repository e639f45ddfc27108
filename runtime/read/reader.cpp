// The pass over the record: bytes to slots; see reader.hpp.
//
// A producer writes its keys in the same order most of the time. So each object remembers which key followed which, and
// a key is found by one comparison of 16 bytes with the expected one; a surprise costs a few more, then a hash lookup.
// INVARIANT: the buffer ends with a NUL and padding (scan.hpp), so no loop here looks for the end.
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 keeps an At, two words, in a vector register, by way of memory: a stall of a dozen cycles for each value read.
#pragma GCC optimize("no-tree-slp-vectorize")
#endif
#include "read/reader.hpp"

#include <algorithm>

#include "guardvm/limits.hpp"
#include "read/scan.hpp"
#include "read/values.hpp"

namespace guardvm {

using format::kNone;

namespace {

constexpr size_t kKeptKeys = 1 << 16;  // more unknown keys than this in one record: their memory is given back after it

}  // namespace

Reader::Reader(const format::View& view, const ReadPlan& plan) : view_(view), plan_(plan), nodes_(plan.nodes.size()) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    const PlanNode& from = plan.nodes[i];
    std::copy(std::begin(from.key.quoted), std::end(from.key.quoted), node.quoted);
    node.mask = from.key.mask;
    // Until a record says otherwise, keys come in the order of their declaration.
    node.next = &nodes_[plan.links[i].next_sibling];
    node.first = &nodes_[plan.links[i].first_child];
    node.plan = &from;
    if (from.op == ReadOp::List)
      node.rows = &nodes_[from.detail];
    else
      node.words = from.op == ReadOp::Enum || from.op == ReadOp::Set ? &plan.lists[from.detail] : nullptr;
    node.leaf = from.leaf;
    node.op = from.op;
    node.required = from.required;
  }
}

// ---- the record ----

bool Reader::read(std::string_view json, const ReadOptions& options, Action& out, ReadError& error) {
  options_ = &options;
  out_ = &out;
  error_ = &error;
  reset(out);
  if (!plan_.problem.empty()) return bool(fail_at(ErrorCode::Internal, nullptr, "", plan_.problem));
  if (json.size() > kLimitRecordBytes)
    return bool(fail_at(ErrorCode::TooLarge, nullptr, "",
                        "the record has more than " + std::to_string(kLimitRecordBytes) + " bytes"));
  if (read_known(json)) return true;
  copy(json);
  const bool good = read_record();
  frame_ = nullptr;
  if (good) learn();
  return good;
}

bool Reader::check(std::string_view json, ReadError& error) {
  Action nothing;
  error_ = &error;
  out_ = &nothing;
  reset(nothing);
  copy(json);
  At at = skip_value(start().space());
  if (at) at = at.space();
  const bool good = at && (at.p == end_ || bool(fail_trailing(at.p)));
  frame_ = nullptr;
  out_ = nullptr;
  return good;
}

void Reader::reset(Action& out) {
  frame_ = nullptr;
  begin_ = end_ = nullptr;
  kind_known_ = missing_known_ = false;
  keep_keys_ = true;
  if (unknown_.capacity() > kKeptKeys) unknown_ = {};
  if (sorted_.capacity() > kKeptKeys) sorted_ = {};
  unknown_.clear();
  for (; !out.ignored.empty(); out.ignored.pop_back()) spare_.push_back(std::move(out.ignored.back()));
  start_over();
  if (stamp_ > 0xc0000000u) {  // a record has fewer than 2^24 objects
    for (Node& node : nodes_) node.seen = 0;
    stamp_ = 0;
  }
}

void Reader::reserve(size_t bytes) {
  if (buffer_ == nullptr || bytes > capacity_) {
    capacity_ = std::max<size_t>(512, bytes + bytes / 2);
    buffer_.reset(new char[capacity_ + kTextPadding]);
    closing_.reset(new uint32_t[string_index_capacity(capacity_)]);
  }
  begin_ = buffer_.get();
  end_ = begin_ + bytes;
}

void Reader::copy(std::string_view json) {
  reserve(json.size());
  plain_ = index_strings(json.data(), json.size(), buffer_.get(), closing_.get());
}

Reader::Text Reader::release() {
  capacity_ = scratch_capacity_ = 0;
  closing_.reset();
  return {std::move(buffer_), std::move(scratch_)};
}

bool Reader::read_record() {
  At at = start().space();
  if (*at.p != '{') {
    const At behind = *at.p == '[' ? at : skip_value(at);
    if (behind && *at.p != '[' && *at.p != '"' && scan::goes_on(behind.p))
      fail_malformed(behind.p, "the end of the value");
    else if (behind)
      fail_at(ErrorCode::NotAnObject, at.p, "", "the record is a JSON object, `{…}`; this is another value");
    return false;
  }
  if (!find_kind(at)) return false;
  kind_known_ = true;
  out_->kind = kind_;
  const KindPlan& kind = plan_.kinds[kind_];
  const uint32_t root_stamp = stamp_ + 1;
  at = read_object(at.to(at.p + 1), &nodes_[kind.root], clear_slots());
  if (!at) return false;
  at = at.space();
  if (at.p != end_) return bool(fail_trailing(at.p));
  if (options_->has_at) supply_instant();
  if (kind.detached_count != 0) settle_detached(kind, root_stamp);
  return !missing_known_ || bool(fail_missing());
}

Slot* Reader::clear_slots() {
  const size_t count = plan_.kinds[kind_].slots;
  if (out_->slots.size() != count) out_->slots.resize(count);
  if (count > 0) std::memset(static_cast<void*>(out_->slots.data()), 0, count * sizeof(Slot));
  return out_->slots.data();
}

// The caller's instant stands in for one the record does not give.
void Reader::supply_instant() {
  const uint32_t now = plan_.kinds[kind_].now;
  if (now < out_->slots.size() && out_->slots[now].present == 0) set_number(out_->slots[now], options_->at_ns);
}

void Reader::settle_detached(const KindPlan& kind, uint32_t root_stamp) {
  std::vector<Slot>& slots = out_->slots;
  const auto there = [&slots](uint32_t parent) { return parent >= slots.size() || slots[parent].present != 0; };
  const format::Range leaves = view_.Kinds[kind_].leaves;
  for (uint32_t i = 0; i < leaves.count; ++i)
    if (!there(view_.Leaves[leaves.first + i].parent)) slots[i] = Slot{};
  for (uint32_t i = 0; i < kind.detached_count; ++i) {
    const DetachedLeaf& leaf = plan_.detached[kind.first_detached + i];
    if (!leaf.required || !there(leaf.parent) || slots[leaf.leaf].present != 0) continue;
    // The pointer of the outermost key on its path that the record does not have.
    uint32_t node = leaf.node;
    for (uint32_t up = node; plan_.links[up].parent != 0; up = plan_.links[up].parent)
      if (nodes_[up].seen < root_stamp) node = up;
    std::string at;
    append_path(at, node);
    note_missing_at(leaf.node, leaf.leaf, 0, 0, std::move(at));
  }
}

// ---- objects ----

// `at` is behind the `{`.
Reader::At Reader::read_object(At at, Node* self, Slot* slots) {
  Frame frame{.up = frame_, .index = kObject};
  open(frame);
  const uint32_t stamp = ++stamp_;
  Node** link = &self->first;
  uint32_t required = 0;
  if (*at.p != '"') at = at.space();
  if (*at.p != '}') {
    while (true) {
      Node* node = *link;
      if (scan::starts_with(at.p, node->quoted, node->mask)) [[likely]] {
        at = behind_string(at);
      } else {
        at = read_odd_key(at, self, link);
        if (!at) return {};
        node = odd_;
      }
      if (node != nullptr) [[likely]] {
        frame.child = node;
        link = &node->next;
        if (node->seen == stamp) return fail_duplicate(at.p, node->plan->key.view());
        node->seen = stamp;
        required += node->required;
        if (*at.p != ':') [[unlikely]] {
          at = colon(at);
          if (!at) return {};
        } else if (*++at.p <= ' ') {
          if (*at.p == ' ') ++at.p;
          at = at.space();
        }
        at = read_value(at, *node, slots);
        if (!at) return {};
      }
      if (*at.p == ',') [[likely]] {
        ++at.p;
        if (*at.p == ' ') ++at.p;
        continue;
      }
      at = at.space();
      if (*at.p == '}') break;
      if (*at.p != ',') return fail_malformed(at.p, "`,` or `}`");
      ++at.p;
    }
  }
  if (unknown_.size() != frame.keys_base && !close_keys(frame)) return {};
  if (required != self->plan->required_children) note_missing(*self, stamp);
  close(frame);
  return at.to(at.p + 1);
}

[[gnu::always_inline]] inline Reader::At Reader::read_value(At at, Node& node, Slot* slots) {
  switch (node.op) {
    case ReadOp::String:
      return read_text(at, node, slots[node.leaf]);
    case ReadOp::Enum:
      return read_enum(at, node, slots[node.leaf]);
    case ReadOp::Timestamp:
    case ReadOp::AsOf:
      return read_timestamp(at, node, slots[node.leaf]);
    case ReadOp::Bool:
    case ReadOp::Int:
    case ReadOp::Decimal:
    case ReadOp::Version:
    case ReadOp::Duration:
      return read_scalar(at, node, node.op, slots[node.leaf]);
    case ReadOp::Set:
      return read_set(at, node, slots[node.leaf]);
    case ReadOp::List:
      return read_list(at, node, slots[node.leaf]);
    case ReadOp::Presence:
    case ReadOp::Signal:
      if (*at.p == '{') slots[node.leaf].present = 1;
      [[fallthrough]];
    case ReadOp::Object:
      return *at.p == '{' ? read_object(at.to(at.p + 1), &node, slots)
                          : odd_value(at, "an object", node.plan->nullable);
    case ReadOp::Kind:
      return read_kind(at);
    case ReadOp::TooDeep:
      return *at.p == '{' || *at.p == '[' ? fail_too_deep() : odd_value(at, "an object or array", node.plan->nullable);
  }
  return {};
}

// A key other than the expected one; `at` is where a key should be. Gives the position behind the key and in `odd_` the
// node it names, or behind the member of an unknown key and null.
Reader::At Reader::read_odd_key(At at, Node* self, Node** link) {
  at = at.space();
  if (*at.p != '"') return fail_malformed(at.p, "a key in double quotes");
  // Keys that are often left out: look a few further on the way the last records went. Node 0 is nothing.
  odd_ = *link;
  for (int steps = 0; steps < 4 && odd_ != nodes_.data(); ++steps, odd_ = odd_->next)
    if (scan::starts_with(at.p, odd_->quoted, odd_->mask)) return behind_string(at);
  std::string_view key;
  const At behind = read_string(at, key);
  if (!behind) return {};
  if (*link != nodes_.data() && (*link)->plan->key.view() == key) {  // too long for one comparison
    odd_ = *link;
    return behind;
  }
  const uint32_t child = plan_.find_child(number_of(*self), key);
  if (child == 0) {
    odd_ = nullptr;
    return read_unknown(behind, key, at.p);
  }
  odd_ = *link = &nodes_[child];
  return behind;
}

// `at` is behind the key.
Reader::At Reader::read_unknown(At at, std::string_view key, const char* key_begin) {
  Frame& frame = *frame_;
  frame.child = nullptr;
  frame.key = key;
  for (size_t i = frame.keys_base; i < unknown_.size(); ++i)
    if (unknown_[i].view() == key) return fail_duplicate(key_begin, key);
  if (options_->strict) return fail_unknown_key(key_begin);
  if (out_->ignored.size() >= kLimitIgnoredKeys)
    return fail(
        ErrorCode::TooLarge, key_begin,
        "the record has more than " + std::to_string(kLimitIgnoredKeys) + " keys that the schema does not know");
  push_key(key, key_begin);
  ignore();
  at = colon(at);
  return at ? skip_value(at) : at;
}

// ---- scalars ----

inline Reader::At Reader::read_text(At at, const Node& node, Slot& slot) {
  if (*at.p != '"') [[unlikely]]
    return odd_value(at, "a string", node.plan->nullable);
  std::string_view text;
  at = read_string(at, text);
  set_text(slot, text);
  return at;
}

inline Reader::At Reader::read_enum(At at, const Node& node, Slot& slot) {
  if (const QuotedWord* word = scan::match_word(at.p, *node.words)) [[likely]] {
    set_number(slot, word - node.words->words);
    return behind_string(at);
  }
  return read_enum_slowly(at, node, slot);
}

inline Reader::At Reader::read_timestamp(At at, const Node& node, Slot& slot) {
  const int64_t seconds = scan::timestamp20(at.p);
  if (seconds == scan::kNoTimestamp || (node.plan->is_now && options_->has_at))
    return read_timestamp_slowly(at, node, slot);
  set_number(slot, seconds * kSecond_ns);
  return behind_string(at);
}

Reader::At Reader::read_scalar(At at, const Node& node, ReadOp op, Slot& slot) {
  switch (op) {
    case ReadOp::String:
      return read_text(at, node, slot);
    case ReadOp::Enum:
      return read_enum(at, node, slot);
    case ReadOp::Int:
    case ReadOp::Decimal:
      return read_number(at, node, op, slot);
    case ReadOp::Timestamp:
      return read_timestamp(at, node, slot);
    case ReadOp::Version:
      return read_version(at, node, slot);
    case ReadOp::Duration:
      return read_duration(at, node, slot);
    default:
      break;
  }
  const bool yes = std::memcmp(at.p, "true", 4) == 0;
  if (!yes && std::memcmp(at.p, "false", 5) != 0) return odd_value(at, "true or false", node.plan->nullable);
  set_number(slot, yes ? 1 : 0);
  return at.to(at.p + (yes ? 4 : 5));
}

inline Reader::At Reader::read_number(At at, const Node& node, ReadOp op, Slot& slot) {
  int64_t number = 0;
  const char* const q = scan::quick_number(at.p, op == ReadOp::Decimal ? node.plan->scale : 0, number);
  if (q == nullptr || *q == '.' || *q == 'e' || *q == 'E') return read_number_slowly(at, node, op, slot);
  if (number < node.plan->min || number > node.plan->max) return fail_number(at.p, q, node, op);
  set_number(slot, number);
  return at.to(q);
}

Reader::At Reader::read_number_slowly(At at, const Node& node, ReadOp op, Slot& slot) {
  const char* const p = at.p;
  if (*p != '-' && !scan::is_digit(*p))
    return odd_value(at, op == ReadOp::Int ? "an integer" : "a number", node.plan->nullable);
  const char* bad = nullptr;
  const char* const q = scan::skip_number(p, bad);
  if (q == nullptr) return fail_malformed(bad, "a digit, or the end of the number");
  const std::string_view text(p, static_cast<size_t>(q - p));
  int64_t number = 0;
  DecimalFit fit = DecimalFit::BadForm;
  if (op == ReadOp::Decimal || text.find('.') == std::string_view::npos)
    fit = parse_decimal(text, op == ReadOp::Decimal ? node.plan->scale : 0, number);
  if (fit == DecimalFit::BadForm && scan::goes_on(q)) return fail_malformed(q, "the end of the number");
  if (fit == DecimalFit::BadForm)
    return fail(ErrorCode::WrongType, p,
                op == ReadOp::Int ? "expected an integer, found a number with a fraction or an exponent"
                                  : "expected a number without an exponent");
  if (fit == DecimalFit::OutOfRange || number < node.plan->min || number > node.plan->max)
    return fail_number(p, q, node, op);
  set_number(slot, number);
  return at.to(q);
}

Reader::At Reader::read_enum_slowly(At at, const Node& node, Slot& slot) {
  if (*at.p != '"') return odd_value(at, "a string", node.plan->nullable);
  std::string_view text;
  const At behind = read_string(at, text);
  if (!behind) return {};
  const uint32_t word = plan_.find_word(node.plan->detail, text);
  if (word == kNone) return fail_text(ErrorCode::UnknownWord, at.p, text, node);
  set_number(slot, word);
  return behind;
}

Reader::At Reader::read_version(At at, const Node& node, Slot& slot) {
  if (*at.p != '"') return odd_value(at, "a string", node.plan->nullable);
  std::string_view text;
  const At behind = read_string(at, text);
  if (!behind) return {};
  if (!is_version(text)) return fail_text(ErrorCode::BadVersion, at.p, text, node);
  set_text(slot, text);
  return behind;
}

Reader::At Reader::read_timestamp_slowly(At at, const Node& node, Slot& slot) {
  if (*at.p != '"') return odd_value(at, "a string", node.plan->nullable);
  std::string_view text;
  const At behind = read_string(at, text);
  if (!behind) return {};
  int64_t ns = 0;
  if (!parse_timestamp(text, ns)) return fail_text(ErrorCode::BadTimestamp, at.p, text, node);
  if (node.plan->is_now && options_->has_at && ns != options_->at_ns)
    return fail(ErrorCode::InstantConflict, at.p, "the record's instant is not the one given by the caller");
  set_number(slot, ns);
  return behind;
}

Reader::At Reader::read_duration(At at, const Node& node, Slot& slot) {
  if (*at.p != '"') return odd_value(at, "a string", node.plan->nullable);
  std::string_view text;
  const At behind = read_string(at, text);
  if (!behind) return {};
  int64_t ns = 0;
  if (!parse_duration(text, ns)) return fail_text(ErrorCode::BadDuration, at.p, text, node);
  set_number(slot, ns);
  return behind;
}

// The kind is known by now; here the record must not say otherwise.
Reader::At Reader::read_kind(At at) {
  const QuotedWord& kind = plan_.words[plan_.lists.back().first + kind_];
  if (scan::starts_with(at.p, kind)) return behind_string(at);
  std::string_view text;
  At behind;
  if (*at.p == '"')
    behind = read_string(at, text);
  else if (*at.p == '{' || *at.p == '[')
    behind = at;
  else
    behind = skip_value(at);
  if (!behind) return {};
  if (*at.p != '"' || text != kind.view()) return fail_kind(ErrorCode::KindConflict, at.p, text);
  return behind;
}

// ---- sets and lists ----

bool Reader::count_element() {
  if (++elements_ <= kLimitRecordElements) [[likely]]
    return true;
  frame_ = frame_->up;  // the whole array is what is too large
  fail(ErrorCode::TooLarge, nullptr,
       "the record has more than " + std::to_string(kLimitRecordElements) + " list rows and set elements");
  return false;
}

Reader::At Reader::read_set(At at, const Node& node, Slot& slot) {
  if (*at.p != '[') return odd_value(at, "an array", node.plan->nullable);
  Frame frame{.up = frame_};
  open(frame);
  const ReadOp element = node.plan->element;
  const size_t first = elements_used_;
  if (*++at.p <= ' ') at = at.space();
  if (*at.p != ']') {
    while (true) {
      if (!count_element()) return {};
      if (elements_used_ == out_->elements.size()) out_->elements.resize(2 * elements_used_ + 16);
      Slot& into = out_->elements[elements_used_++];
      into = Slot{};
      at = element == ReadOp::String ? read_text(at, node, into) : read_scalar(at, node, element, into);
      if (!at) return {};
      if (*at.p <= ' ') at = at.space();
      if (*at.p == ']') break;
      if (*at.p != ',') return fail_malformed(at.p, "`,` or `]`");
      if (*++at.p <= ' ') at = at.space();
      ++frame.index;
    }
  }
  if (elements_used_ - first > 1) tidy_set(first, element == ReadOp::String || element == ReadOp::Version);
  slot.first = first;
  slot.size = static_cast<uint32_t>(elements_used_ - first);
  slot.present = 1;
  close(frame);
  return at.to(at.p + 1);
}

// Sorts the elements of a set and drops what stands there twice.
void Reader::tidy_set(size_t first, bool texts) {
  Slot* const begin = out_->elements.data() + first;
  Slot* end = out_->elements.data() + elements_used_;
  const auto tidy = [begin, &end](auto order) {
    Slot* last = begin + 1;  // up to here: sorted and distinct
    while (last != end && order(last[-1], *last) < 0) ++last;
    if (end - last > 16) {
      std::sort(begin, end, [&order](const Slot& a, const Slot& b) { return order(a, b) < 0; });
      last = std::unique(begin, end, [&order](const Slot& a, const Slot& b) { return order(a, b) == 0; });
      end = last;
    }
    for (const Slot* i = last; i != end; ++i) {
      Slot* to = last;
      int64_t behind = 1;
      while (to != begin && (behind = order(*i, to[-1])) < 0) --to;
      if (to != begin && behind == 0) continue;
      const Slot moving = *i;
      for (Slot* from = last++; from != to; --from) *from = from[-1];
      *to = moving;
    }
    end = last;
  };
  if (texts) {
    tidy([](const Slot& a, const Slot& b) -> int64_t {
      const int first =
          a.size > 0 && b.size > 0 ? static_cast<unsigned char>(a.text[0]) - static_cast<unsigned char>(b.text[0]) : 0;
      return first != 0 ? first : a.string().compare(b.string());
    });
  } else {
    tidy([](const Slot& a, const Slot& b) { return int64_t{a.number > b.number} - int64_t{a.number < b.number}; });
  }
  elements_used_ = static_cast<size_t>(end - out_->elements.data());
}

Slot* Reader::add_row(size_t columns) {
  if (rows_used_ + columns > out_->rows.size()) out_->rows.resize(2 * rows_used_ + 8 * columns);
  Slot* const row = out_->rows.data() + rows_used_;
  for (size_t column = 0; column < columns; ++column) row[column] = Slot{};
  rows_used_ += columns;
  return row;
}

Reader::At Reader::read_list(At at, const Node& node, Slot& slot) {
  if (*at.p != '[') return odd_value(at, "an array", node.plan->nullable);
  Frame frame{.up = frame_, .child = &node};
  open(frame);
  const size_t columns = node.rows->plan->detail;
  const size_t first = rows_used_;
  if (*++at.p <= ' ') at = at.space();
  if (*at.p != ']') {
    while (true) {
      if (!count_element()) return {};
      if (*at.p != '{') return odd_value(at, "an object", false);
      at = read_object(at.to(at.p + 1), node.rows, add_row(columns));
      if (!at) return {};
      ++frame.index;
      if (*at.p <= ' ') at = at.space();
      if (*at.p == ']') break;
      if (*at.p != ',') return fail_malformed(at.p, "`,` or `]`");
      if (*++at.p <= ' ') at = at.space();
    }
  }
  slot.first = first;
  slot.size = static_cast<uint32_t>(frame.index);
  slot.present = 1;
  close(frame);
  return at.to(at.p + 1);
}

}  // namespace guardvm
