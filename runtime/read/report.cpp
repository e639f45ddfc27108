// What is said of a record that does not fit: codes, pointers and messages.
//
// Nothing here runs for a record that fits, but for `ignore`. No message quotes a value of a sensitive attribute.
#include <algorithm>
#include <tuple>

#include "guardvm/limits.hpp"
#include "read/reader.hpp"
#include "read/scan.hpp"
#include "read/values.hpp"

namespace guardvm {

using format::kNone;

namespace {

constexpr size_t kQuotedBytes = 60;
constexpr size_t kQuotedWords = 12;

// The text in back-ticks, cut to a readable length at a character, without control characters.
std::string quoted(std::string_view text) {
  size_t size = std::min(text.size(), kQuotedBytes);
  if (size < text.size())
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  std::string out = "`";
  for (const char c : text.substr(0, size)) out += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
  out += size < text.size() ? "…`" : "`";
  return out;
}

}  // namespace

// ---- pointers ----

void Reader::append_pointer(std::string& out, const Frame* frame) const {
  if (frame == nullptr) return;
  append_pointer(out, frame->up);
  if (frame->index != kObject) {
    out += '/';
    out += std::to_string(frame->index);
  } else {
    append_pointer_step(out, frame->child != nullptr ? frame->child->plan->key.view() : frame->key);
  }
}

// Of the value that is read in the frame.
std::string Reader::pointer(const Frame* frame) const {
  std::string out;
  append_pointer(out, frame);
  return out;
}

// Of a node outside of lists.
void Reader::append_path(std::string& out, uint32_t node) const {
  if (plan_.links[node].parent == 0) return;
  append_path(out, plan_.links[node].parent);
  append_pointer_step(out, plan_.nodes[node].key.view());
}

// Lists the key at hand as ignored.
void Reader::ignore() {
  std::string text;
  if (!spare_.empty()) {
    text = std::move(spare_.back());
    spare_.pop_back();
    text.clear();
  }
  append_pointer(text, frame_);
  out_->ignored.push_back(std::move(text));
}

// ---- failing ----

Reader::At Reader::fail(ErrorCode code, const char* position, std::string message) {
  return fail_at(code, position, pointer(frame_), std::move(message));
}

// Unless an unknown key stood in an open object for the second time before: then that is the first error.
Reader::At Reader::fail_at(ErrorCode code, const char* position, std::string at, std::string message) {
  size_t to = unknown_.size();
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->up) {
    const UnknownKey* const twice = first_duplicate(frame->keys_base, to);
    to = frame->keys_base;
    if (twice == nullptr || (position != nullptr && begin_ + twice->position >= position)) continue;
    position = begin_ + twice->position;
    code = ErrorCode::DuplicateKey;
    at = pointer(frame->up);
    append_pointer_step(at, twice->view());
    message = "the key " + quoted(twice->view()) + " stands in this object for the second time";
  }
  error_->code = code;
  error_->at = std::move(at);
  error_->message = std::move(message);
  return {};
}

Reader::At Reader::fail_malformed(const char* position, std::string_view expected) {
  const std::string place = position == end_ ? "the text ends" : "byte " + std::to_string(position - begin_);
  const auto byte = static_cast<unsigned char>(*position);
  if (byte >= 0x80 && scan::utf8_sequence(position) == 0)
    return fail_at(ErrorCode::InvalidUtf8, position, "", place + " is not part of valid UTF-8");
  return fail_at(ErrorCode::MalformedJson, position, "", place + " where JSON wants " + std::string(expected));
}

Reader::At Reader::fail_trailing(const char* position) {
  return fail_at(ErrorCode::TrailingBytes, position, "",
                 "something follows the record, from byte " + std::to_string(position - begin_) + " on");
}

Reader::At Reader::fail_too_deep() {
  return fail_at(ErrorCode::TooDeep, nullptr, "",
                 "values are nested more than " + std::to_string(kLimitRecordDepth) + " levels deep");
}

Reader::At Reader::fail_duplicate(const char* position, std::string_view key) {
  std::string at = pointer(frame_->up);
  append_pointer_step(at, key);
  return fail_at(ErrorCode::DuplicateKey, position, std::move(at),
                 "the key " + quoted(key) + " stands in this object for the second time");
}

Reader::At Reader::fail_unknown_key(const char* position) {
  return fail(ErrorCode::UnknownKey, position, "the schema does not know the key " + quoted(frame_->key) + " here");
}

Reader::At Reader::fail_number(const char* p, const char* end, const Node& node, ReadOp op) {
  if (scan::goes_on(end)) return fail_malformed(end, "the end of the number");
  std::string range;
  const unsigned scale = op == ReadOp::Decimal ? node.plan->scale : 0;
  append_decimal(range, node.plan->min, scale);
  range += "..";
  append_decimal(range, node.plan->max, scale);
  if (scale > 0) range += " with at most " + std::to_string(scale) + " decimal places";
  const std::string found =
      node.plan->sensitive ? "the number" : quoted({p, std::min(static_cast<size_t>(end - p), size_t{40})});
  return fail(ErrorCode::OutOfRange, p, found + " is not in " + range);
}

std::string Reader::words_of(const WordList& list) const {
  std::string out;
  for (uint32_t i = 0; i < list.count && i < kQuotedWords; ++i) {
    if (i > 0) out += ", ";
    out += list.words[i].view();
  }
  if (list.count > kQuotedWords) out += ", …";
  return out;
}

Reader::At Reader::fail_text(ErrorCode code, const char* p, std::string_view text, const Node& node) {
  const std::string found = node.plan->sensitive ? "the text" : quoted(text);
  switch (code) {
    case ErrorCode::UnknownWord:
      return fail(code, p, found + " is none of " + words_of(*node.words));
    case ErrorCode::BadTimestamp:
      return fail(code, p, found + " is not an RFC 3339 timestamp of 1678 to 2261, such as 2026-03-02T09:30:00Z");
    case ErrorCode::BadVersion:
      return fail(code, p, found + " is not a semantic version such as 1.4.0-rc.1");
    default:
      return fail(code, p, found + " is not a duration such as 1h30m");
  }
}

Reader::At Reader::fail_kind(ErrorCode code, const char* p, std::string_view text) {
  const std::string kinds = words_of(plan_.lists.back());
  switch (code) {
    case ErrorCode::MissingKind: {
      std::string at;
      for (const std::string_view key : plan_.kind_path) append_pointer_step(at, key);
      return fail_at(code, p, std::move(at), "the record does not name its kind, one of " + kinds);
    }
    case ErrorCode::UnknownKind:
      return fail(code, p, "the schema has no kind " + quoted(text) + "; it has " + kinds);
    default:
      return fail(code, p,
                  "the caller gave the kind " + quoted(plan_.words[plan_.lists.back().first + kind_].view()) +
                      ", the record another");
  }
}

// ---- what is missing ----

// The object at hand ends and lacks a key that it must have.
void Reader::note_missing(const Node& self, uint32_t stamp) {
  for (uint32_t child = plan_.links[number_of(self)].first_child; child != 0; child = plan_.links[child].next_sibling) {
    const PlanNode& node = plan_.nodes[child];
    if (!node.required || nodes_[child].seen == stamp) continue;
    if (options_->has_at && (node.is_now || node.only_now)) continue;
    const uint32_t order = plan_.links[child].order;
    const Frame* list = frame_->up;
    while (list != nullptr && list->index == kObject) list = list->up;
    std::string at = pointer(frame_->up);
    append_pointer_step(at, node.key.view());
    if (list == nullptr)
      note_missing_at(child, order, 0, 0, std::move(at));
    else
      note_missing_at(child, list->child->leaf, list->index, order, std::move(at));
  }
}

// Keeps what comes first in leaf order (within a list: rows, then columns).
void Reader::note_missing_at(uint32_t node, uint32_t leaf, uint64_t row, uint32_t column, std::string at) {
  const auto place = std::make_tuple(leaf, row, column);
  if (missing_known_ && std::make_tuple(missing_.leaf, missing_.row, missing_.column) <= place) return;
  missing_known_ = true;
  missing_ = {leaf, column, row, std::move(at),
              "the required key " + quoted(plan_.nodes[node].key.view()) + " is absent"};
}

Reader::At Reader::fail_missing() { return fail_at(ErrorCode::MissingAttribute, end_, missing_.at, missing_.what); }

}  // namespace guardvm
