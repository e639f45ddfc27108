// The pass over the record: bytes to slots; see reader.hpp.
//
// A producer writes its keys in the same order most of the time. So each object remembers which key followed which, and a key is
// found by one comparison of 16 bytes with the expected one; a surprise costs a few more, then a hash lookup.
// INVARIANT: the buffer ends with a NUL and padding (scan.hpp), so no loop here looks for the end.
#include "read/reader.hpp"

#include <algorithm>

#include "guardvm/limits.hpp"
#include "read/scan.hpp"
#include "read/values.hpp"

namespace guardvm {

using format::kNone;

namespace {

constexpr size_t kKeptKeys = 1 << 16;  // more unknown keys than this in one record: their memory is given back after it

void set_number(Slot& slot, int64_t number) {
  slot.number = number;
  slot.present = 1;
}
void set_text(Slot& slot, std::string_view text) {
  slot.text = text.data();
  slot.size = static_cast<uint32_t>(text.size());
  slot.present = 1;
}

}  // namespace

Reader::Reader(const format::View& view, const ReadPlan& plan) : view_(view), plan_(plan), state_(plan.nodes.size()) {
  // Until a record says otherwise: the order of declaration.
  for (size_t i = 0; i < state_.size(); ++i) {
    state_[i].first = plan.links[i].first_child;
    state_[i].next = plan.links[i].next_sibling;
  }
}

// ---- the record ----

bool Reader::read(std::string_view json, const ReadOptions& options, Action& out, ReadError& error) {
  options_ = &options;
  out_ = &out;
  error_ = &error;
  reset(out);
  if (!plan_.problem.empty()) return fail_at(ErrorCode::Internal, nullptr, "", plan_.problem) != nullptr;
  if (json.size() > kLimitRecordBytes)
    return fail_at(ErrorCode::TooLarge, nullptr, "",
                   "the record has more than " + std::to_string(kLimitRecordBytes) + " bytes") != nullptr;
  copy(json);
  const bool good = read_record();
  frame_ = nullptr;
  return good;
}

void Reader::reset(Action& out) {
  frame_ = nullptr;
  begin_ = end_ = nullptr;
  scratch_end_ = nullptr;
  depth_ = 0;
  elements_ = 0;
  kind_known_ = missing_known_ = false;
  keep_keys_ = true;
  if (unknown_.capacity() > kKeptKeys) unknown_ = {};
  if (sorted_.capacity() > kKeptKeys) sorted_ = {};
  unknown_.clear();
  for (; !out.ignored.empty(); out.ignored.pop_back()) spare_.push_back(std::move(out.ignored.back()));
  out.slots.clear();
  out.elements.clear();
  out.rows.clear();
  if (stamp_ > 0xc0000000u) {  // a record has fewer than 2^24 objects
    for (NodeState& state : state_) state.seen = 0;
    stamp_ = 0;
  }
}

void Reader::copy(std::string_view json) {
  if (json.size() + scan::kPadding > capacity_) {
    capacity_ = std::max<size_t>(4096, json.size() + json.size() / 2 + scan::kPadding);
    buffer_.reset(new char[capacity_]);
  }
  if (!json.empty()) std::memcpy(buffer_.get(), json.data(), json.size());
  std::memset(buffer_.get() + json.size(), 0, scan::kPadding);
  begin_ = buffer_.get();
  end_ = begin_ + json.size();
}

bool Reader::read_record() {
  const char* p = scan::skip_space(begin_);
  if (*p != '{') {
    if (*p == '[' || skip_value(p) != nullptr)
      fail_at(ErrorCode::NotAnObject, p, "", "the record is a JSON object, `{…}`; this is another value");
    return false;
  }
  if (!find_kind(p)) return false;
  kind_known_ = true;
  out_->kind = kind_;
  const KindPlan& kind = plan_.kinds[kind_];
  out_->slots.assign(kind.slots, Slot{});
  const uint32_t root_stamp = stamp_ + 1;
  p = read_object(p + 1, kind.root, out_->slots.data());
  if (p == nullptr) return false;
  p = scan::skip_space(p);
  if (p != end_)
    return fail_at(ErrorCode::TrailingBytes, p, "",
                   "something follows the record, from byte " + std::to_string(p - begin_) + " on") != nullptr;
  if (options_->has_at) supply_instant();
  if (kind.detached_count != 0) settle_detached(kind, root_stamp);
  return !missing_known_ || fail_missing() != nullptr;
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
      if (state_[up].seen < root_stamp) node = up;
    std::string at;
    append_path(at, node);
    note_missing_at(leaf.node, leaf.leaf, 0, 0, std::move(at));
  }
}

// ---- objects ----

// `p` is behind the `{`.
const char* Reader::read_object(const char* p, uint32_t self, Slot* slots) {
  Frame frame{frame_};
  open(frame);
  if (++depth_ > kLimitRecordDepth) return fail_too_deep();
  const uint32_t stamp = ++stamp_;
  const PlanNode* const nodes = plan_.nodes.data();
  NodeState* const state = state_.data();
  const char* const end = end_;
  uint32_t* link = &state[self].first;
  uint32_t required = 0;
  if (*p != '"') p = scan::skip_space(p);
  if (*p == '}') {
    ++p;
  } else {
    while (true) {
      const char* const key_begin = p;
      uint32_t child = *link;
      if (scan::starts_with(p, end, nodes[child].key)) [[likely]]
        p += nodes[child].key.size + 2;
      else if ((p = read_odd_key(p, self, link, child)) == nullptr)
        return nullptr;
      if (child != 0) [[likely]] {
        const PlanNode& node = nodes[child];
        frame.child = child;
        link = &state[child].next;
        if (state[child].seen == stamp) return fail_duplicate(key_begin, node.key.view());
        state[child].seen = stamp;
        required += node.required;
        if (*p == ':') [[likely]] {
          ++p;
          if (*p == ' ') ++p;
          if (static_cast<unsigned char>(*p) <= ' ') p = scan::skip_space(p);
        } else if ((p = colon(p)) == nullptr) {
          return nullptr;
        }
        switch (node.op) {
          default: p = read_scalar(p, node, node.op, slots[node.leaf]); break;
          case ReadOp::Set: p = read_set(p, node, slots[node.leaf]); break;
          case ReadOp::List: p = read_list(p, node, slots[node.leaf]); break;
          case ReadOp::Presence:
          case ReadOp::Signal:
            if (*p == '{') slots[node.leaf].present = 1;
            [[fallthrough]];
          case ReadOp::Object:
            p = *p == '{' ? read_object(p + 1, child, slots) : odd_value(p, "an object", node.nullable != 0);
            break;
          case ReadOp::AsOf: p = read_timestamp(p, node, slots[node.leaf]); break;
          case ReadOp::Kind: p = read_kind(p); break;
        }
        if (p == nullptr) return nullptr;
      }
      if (*p == ',') [[likely]] {
        ++p;
        if (*p == ' ') ++p;
        continue;
      }
      p = scan::skip_space(p);
      if (*p == '}') break;
      if (*p != ',') return fail_malformed(p, "`,` or `}`");
      ++p;
    }
    ++p;
  }
  if (unknown_.size() != frame.keys_base && !close_keys(frame)) return nullptr;
  if (required != nodes[self].required_children) note_missing(self, stamp);
  --depth_;
  close(frame);
  return p;
}

// A key other than the expected one; `p` is where a key should be. Gives the position behind the key and the node it names, or
// behind the member of an unknown key and 0.
const char* Reader::read_odd_key(const char* p, uint32_t self, uint32_t* link, uint32_t& child) {
  p = scan::skip_space(p);
  if (*p != '"') return fail_malformed(p, "a key in double quotes");
  // Keys that are often left out: look a few further on the way the last records went.
  uint32_t candidate = *link;
  for (int steps = 0; steps < 4 && candidate != 0; ++steps, candidate = state_[candidate].next) {
    const QuotedWord& key = plan_.nodes[candidate].key;
    if (!scan::starts_with(p, end_, key)) continue;
    child = candidate;
    return p + key.size + 2;
  }
  std::string_view key;
  const char* const behind = read_string(p, key);
  if (behind == nullptr) return nullptr;
  child = plan_.find_child(self, key);
  if (child == 0) return read_unknown(behind, key, p);
  *link = child;
  return behind;
}

// `p` is behind the key.
const char* Reader::read_unknown(const char* p, std::string_view key, const char* key_begin) {
  Frame& frame = *frame_;
  frame.child = 0;
  frame.key = key;
  for (size_t i = frame.keys_base; i < unknown_.size(); ++i)
    if (unknown_[i].view() == key) return fail_duplicate(key_begin, key);
  if (options_->strict) return fail_unknown_key(key_begin);
  if (out_->ignored.size() >= kLimitIgnoredKeys)
    return fail(ErrorCode::TooLarge, key_begin,
                "the record has more than " + std::to_string(kLimitIgnoredKeys) + " keys that the schema does not know");
  push_key(key, key_begin);
  ignore();
  p = colon(p);
  return p == nullptr ? nullptr : skip_value(p);
}

// ---- scalars ----

inline const char* Reader::read_scalar(const char* p, const PlanNode& node, ReadOp op, Slot& slot) {
  switch (op) {
    case ReadOp::String: {
      if (*p != '"') break;
      std::string_view text;
      p = read_string(p, text);
      set_text(slot, text);
      return p;
    }
    case ReadOp::Enum: return read_enum(p, node, slot);
    case ReadOp::Int:
    case ReadOp::Decimal: return read_number(p, node, op, slot);
    case ReadOp::Timestamp: return read_timestamp(p, node, slot);
    case ReadOp::Version: return read_version(p, node, slot);
    case ReadOp::Duration: return read_duration(p, node, slot);
    case ReadOp::Bool:
      if (std::memcmp(p, "true", 4) == 0) {
        set_number(slot, 1);
        return p + 4;
      }
      if (std::memcmp(p, "false", 5) == 0) {
        set_number(slot, 0);
        return p + 5;
      }
      break;
    default: break;
  }
  return odd_value(p, op == ReadOp::Bool ? "true or false" : "a string", node.nullable != 0);
}

const char* Reader::read_number(const char* p, const PlanNode& node, ReadOp op, Slot& slot) {
  const char* q = p;
  const bool negative = *q == '-';
  if (negative) ++q;
  const char* const first = q;
  uint64_t value = 0;
  for (; scan::is_digit(*q); ++q) value = value * 10 + static_cast<uint64_t>(*q - '0');  // too many digits: not used
  auto digits = q - first;
  if (digits == 0 || (*first == '0' && digits > 1)) return read_number_slowly(p, node, op, slot);
  if (op == ReadOp::Decimal) {
    unsigned scale = node.scale;
    if (*q == '.' && scale > 0 && scan::is_digit(q[1])) {
      for (++q; scale > 0 && scan::is_digit(*q); ++q, --scale) value = value * 10 + static_cast<uint64_t>(*q - '0');
      if (scan::is_digit(*q)) return read_number_slowly(p, node, op, slot);
    }
    digits += node.scale;
    for (; scale > 0; --scale) value *= 10;
  }
  if (digits > 18 || *q == '.' || *q == 'e' || *q == 'E') return read_number_slowly(p, node, op, slot);
  const int64_t number = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  if (number < node.min || number > node.max) return fail_number(p, q, node, op);
  set_number(slot, number);
  return q;
}

const char* Reader::read_number_slowly(const char* p, const PlanNode& node, ReadOp op, Slot& slot) {
  if (*p != '-' && !scan::is_digit(*p)) return odd_value(p, op == ReadOp::Int ? "an integer" : "a number", node.nullable != 0);
  const char* bad = nullptr;
  const char* const q = scan::skip_number(p, bad);
  if (q == nullptr) return fail_malformed(bad, "a digit, or the end of the number");
  const std::string_view text(p, static_cast<size_t>(q - p));
  int64_t number = 0;
  DecimalFit fit = DecimalFit::BadForm;
  if (op == ReadOp::Decimal || text.find('.') == std::string_view::npos)
    fit = parse_decimal(text, op == ReadOp::Decimal ? node.scale : 0, number);
  if (fit == DecimalFit::BadForm)
    return fail(ErrorCode::WrongType, p,
                op == ReadOp::Int ? "expected an integer, found a number with a fraction or an exponent"
                                  : "expected a number without an exponent");
  if (fit == DecimalFit::OutOfRange || number < node.min || number > node.max) return fail_number(p, q, node, op);
  set_number(slot, number);
  return q;
}

inline const char* Reader::read_enum(const char* p, const PlanNode& node, Slot& slot) {
  const WordList& list = plan_.lists[node.detail];
  if (const QuotedWord* word = scan::match_word(p, end_, plan_, list)) [[likely]] {
    set_number(slot, word - &plan_.words[list.first]);
    return p + word->size + 2;
  }
  return read_enum_slowly(p, node, slot);
}

const char* Reader::read_enum_slowly(const char* p, const PlanNode& node, Slot& slot) {
  if (*p != '"') return odd_value(p, "a string", node.nullable != 0);
  std::string_view text;
  const char* const behind = read_string(p, text);
  if (behind == nullptr) return nullptr;
  const uint32_t word = plan_.find_word(node.detail, text);
  if (word == kNone) return fail_text(ErrorCode::UnknownWord, p, text, node);
  set_number(slot, word);
  return behind;
}

const char* Reader::read_version(const char* p, const PlanNode& node, Slot& slot) {
  if (*p != '"') return odd_value(p, "a string", node.nullable != 0);
  std::string_view text;
  p = read_string(p, text);
  if (p == nullptr) return nullptr;
  if (!is_version(text)) return fail_text(ErrorCode::BadVersion, p, text, node);
  set_text(slot, text);
  return p;
}

const char* Reader::read_timestamp(const char* p, const PlanNode& node, Slot& slot) {
  int64_t ns = 0;
  const char* behind = p + 22;
  if (!scan::timestamp20(p, ns)) [[unlikely]] {
    if (*p != '"') return odd_value(p, "a string", node.nullable != 0);
    std::string_view text;
    behind = read_string(p, text);
    if (behind == nullptr) return nullptr;
    if (!parse_timestamp(text, ns)) return fail_text(ErrorCode::BadTimestamp, p, text, node);
  }
  if (node.is_now != 0 && options_->has_at && ns != options_->at_ns)
    return fail(ErrorCode::InstantConflict, p, "the record's instant is not the one given by the caller");
  set_number(slot, ns);
  return behind;
}

const char* Reader::read_duration(const char* p, const PlanNode& node, Slot& slot) {
  if (*p != '"') return odd_value(p, "a string", node.nullable != 0);
  std::string_view text;
  p = read_string(p, text);
  if (p == nullptr) return nullptr;
  int64_t ns = 0;
  if (!parse_duration(text, ns)) return fail_text(ErrorCode::BadDuration, p, text, node);
  set_number(slot, ns);
  return p;
}

// The kind is known by now; here the record must not say otherwise.
const char* Reader::read_kind(const char* p) {
  const QuotedWord& kind = plan_.words[plan_.lists.back().first + kind_];
  if (scan::starts_with(p, end_, kind)) return p + kind.size + 2;
  std::string_view text;
  const char* behind = nullptr;
  if (*p == '"')
    behind = read_string(p, text);
  else if (*p == '{' || *p == '[')
    behind = p;
  else
    behind = skip_value(p);
  if (behind == nullptr) return nullptr;
  if (*p != '"' || text != kind.view()) return fail_kind(ErrorCode::KindConflict, p, text);
  return behind;
}

// ---- sets and lists ----

bool Reader::count_element() {
  if (++elements_ <= kLimitRecordElements) return true;
  frame_ = frame_->up;  // the whole array is what is too large
  fail(ErrorCode::TooLarge, nullptr,
       "the record has more than " + std::to_string(kLimitRecordElements) + " list rows and set elements");
  return false;
}

const char* Reader::read_set(const char* p, const PlanNode& node, Slot& slot) {
  if (*p != '[') return odd_value(p, "an array", node.nullable != 0);
  Frame frame{frame_};
  frame.is_array = true;
  open(frame);
  if (++depth_ > kLimitRecordDepth) return fail_too_deep();
  std::vector<Slot>& elements = out_->elements;
  const size_t first = elements.size();
  ++p;
  if (static_cast<unsigned char>(*p) <= ' ') p = scan::skip_space(p);
  if (*p != ']') {
    while (true) {
      if (!count_element()) return nullptr;
      Slot element;
      p = read_scalar(p, node, node.element, element);
      if (p == nullptr) return nullptr;
      elements.push_back(element);
      p = scan::skip_space(p);
      if (*p == ']') break;
      if (*p != ',') return fail_malformed(p, "`,` or `]`");
      p = scan::skip_space(p + 1);
      ++frame.index;
    }
  }
  tidy_set(first, node.element);
  slot.first = first;
  slot.size = static_cast<uint32_t>(elements.size() - first);
  slot.present = 1;
  --depth_;
  close(frame);
  return p + 1;
}

// Sorts the elements of a set and drops what stands there twice.
void Reader::tidy_set(uint64_t first, ReadOp element) {
  std::vector<Slot>& elements = out_->elements;
  const auto tidy = [&elements, first](auto less) {
    const auto begin = elements.begin() + static_cast<ptrdiff_t>(first), end = elements.end();
    const auto out_of_order = [&less](const Slot& a, const Slot& b) { return !less(a, b); };
    if (std::adjacent_find(begin, end, out_of_order) == end) return;
    if (end - begin <= 16) {
      for (auto i = begin; i != end; ++i) std::rotate(std::upper_bound(begin, i, *i, less), i, i + 1);
    } else {
      std::sort(begin, end, less);
    }
    elements.erase(std::unique(begin, end, out_of_order), end);
  };
  if (elements.size() - first < 2) return;
  if (element == ReadOp::String || element == ReadOp::Version)
    tidy([](const Slot& a, const Slot& b) { return a.string() < b.string(); });
  else
    tidy([](const Slot& a, const Slot& b) { return a.number < b.number; });
}

const char* Reader::read_list(const char* p, const PlanNode& node, Slot& slot) {
  if (*p != '[') return odd_value(p, "an array", node.nullable != 0);
  Frame frame{frame_};
  frame.is_array = true;
  open(frame);
  if (++depth_ > kLimitRecordDepth) return fail_too_deep();
  const uint32_t root = node.detail, columns = plan_.nodes[root].detail;
  std::vector<Slot>& rows = out_->rows;
  const size_t first = rows.size();
  p = scan::skip_space(p + 1);
  if (*p != ']') {
    while (true) {
      if (!count_element()) return nullptr;
      if (*p != '{') return odd_value(p, "an object", false);
      const size_t row = rows.size();
      rows.resize(row + columns);
      p = read_object(p + 1, root, rows.data() + row);
      if (p == nullptr) return nullptr;
      ++frame.index;
      p = scan::skip_space(p);
      if (*p == ']') break;
      if (*p != ',') return fail_malformed(p, "`,` or `]`");
      p = scan::skip_space(p + 1);
    }
  }
  slot.first = first;
  slot.size = static_cast<uint32_t>(frame.index);
  slot.present = 1;
  --depth_;
  close(frame);
  return p + 1;
}

}  // namespace guardvm
