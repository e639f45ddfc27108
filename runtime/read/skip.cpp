// Strings, values that are only checked, the search for the kind, and duplicate keys among those the schema does not
// know.
//
// Unknown keys are collected while their object is open and compared when it closes (sorted, so that a hostile object
// of a million keys costs no more than sorting them); an error that comes first asks the open objects too (report.cpp).
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 keeps an At, two words, in a vector register, by way of memory: a stall of a dozen cycles for each value read.
#pragma GCC optimize("no-tree-slp-vectorize")
#endif
#include <algorithm>

#include "guardvm/limits.hpp"
#include "read/reader.hpp"
#include "read/scan.hpp"

namespace guardvm {

using format::kNone;

// ---- strings ----

// A string that may hold anything. Those with escapes are copied to the scratch.
Reader::At Reader::read_string_slowly(At at, std::string_view& text) {
  const char* copied = at.p + 1;  // up to here in the scratch, when there are escapes
  char* out = nullptr;
  const char* q = scan::find_special(copied);
  while (*q != '"') {
    if (static_cast<unsigned char>(*q) >= 0x80) {
      const unsigned length = scan::utf8_sequence(q);
      if (length == 0) return fail_malformed(q, "UTF-8");
      q = scan::find_special(q + length);
      continue;
    }
    if (*q != '\\')
      return fail_malformed(q, q == end_ ? "the closing `\"` of a string" : "a control character to be escaped");
    if (out == nullptr) out = scratch();
    out = std::copy(copied, q, out);
    copied = read_escape(q, out);
    if (copied == nullptr) return {};
    q = scan::find_special(copied);
  }
  if (out == nullptr) {
    text = {at.p + 1, static_cast<size_t>(q - at.p - 1)};
  } else {
    out = std::copy(copied, q, out);
    text = {scratch_end_, static_cast<size_t>(out - scratch_end_)};
    scratch_end_ = out;
  }
  return {q + 1, at.close + 1};
}

// Room for what is left of the record's strings, each of which is read at most once per pass and never grows.
char* Reader::scratch() {
  if (scratch_end_ == nullptr) {
    const auto needed = static_cast<size_t>(end_ - begin_) + 16;
    if (needed > scratch_capacity_) {
      scratch_capacity_ = std::max<size_t>(4096, needed + needed / 2);
      scratch_.reset(new char[scratch_capacity_]);
    }
    scratch_end_ = scratch_.get();
  }
  return scratch_end_;
}

// `p` is at the backslash.
const char* Reader::read_escape(const char* p, char*& out) {
  const char* bad = nullptr;
  std::string_view wanted;
  const char* const behind = scan::decode_escape(p, out, bad, wanted);
  return behind != nullptr ? behind : fail_malformed(bad, wanted).p;
}

// ---- values that are only checked ----

// `at` is behind a key; gives the position of its value.
Reader::At Reader::colon(At at) {
  at = at.space();
  if (*at.p != ':') return fail_malformed(at.p, "`:`");
  return at.to(at.p + 1).space();
}

Reader::At Reader::skip_literal(At at, std::string_view word) {
  for (size_t i = 0; i < word.size(); ++i)
    if (at.p[i] != word[i]) return fail_malformed(at.p + i, "`true`, `false` or `null`");
  return at.to(at.p + word.size());
}

Reader::At Reader::skip_value(At at) {
  switch (*at.p) {
    case '"': {
      std::string_view text;
      return read_string(at, text);
    }
    case '{':
      return skip_object(at);
    case '[':
      return skip_array(at);
    case 't':
      return skip_literal(at, "true");
    case 'f':
      return skip_literal(at, "false");
    case 'n':
      return skip_literal(at, "null");
    default:
      break;
  }
  if (*at.p != '-' && !scan::is_digit(*at.p)) return fail_malformed(at.p, "a value");
  const char* bad = nullptr;
  const char* const behind = scan::skip_number(at.p, bad);
  return behind != nullptr ? at.to(behind) : fail_malformed(bad, "a digit, or the end of the number");
}

// Every open frame is one level.
bool Reader::too_deep() const {
  uint64_t depth = 0;
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->up) ++depth;
  return depth > kLimitRecordDepth;
}

Reader::At Reader::skip_array(At at) {
  Frame frame{.up = frame_};
  open(frame);
  if (too_deep()) return fail_too_deep();
  at = at.to(at.p + 1).space();
  while (*at.p != ']') {
    at = skip_value(at);
    if (!at) return {};
    ++frame.index;
    at = at.space();
    if (*at.p == ']') break;
    if (*at.p != ',') return fail_malformed(at.p, "`,` or `]`");
    at = at.to(at.p + 1).space();
    if (*at.p == ']') return fail_malformed(at.p, "a value");
  }
  close(frame);
  return at.to(at.p + 1);
}

// The members of an object, whose values `value` reads.
template <typename Value>
Reader::At Reader::skip_members(At at, Value value) {
  Frame frame{.up = frame_, .index = kObject};
  open(frame);
  if (too_deep()) return fail_too_deep();
  at = at.to(at.p + 1).space();
  while (*at.p != '}') {
    if (*at.p != '"') return fail_malformed(at.p, "a key in double quotes");
    const char* const key_begin = at.p;
    at = read_string(at, frame.key);
    if (!at) return {};
    if (keep_keys_) push_key(frame.key, key_begin);
    at = colon(at);
    if (!at) return {};
    at = value(at, frame.key);
    if (!at) return {};
    at = at.space();
    if (*at.p == '}') break;
    if (*at.p != ',') return fail_malformed(at.p, "`,` or `}`");
    at = at.to(at.p + 1).space();
    if (*at.p == '}') return fail_malformed(at.p, "a key in double quotes");
  }
  if (unknown_.size() != frame.keys_base && !close_keys(frame)) return {};
  close(frame);
  return at.to(at.p + 1);
}

Reader::At Reader::skip_object(At at) {
  return skip_members(at, [this](At value, std::string_view) { return skip_value(value); });
}

// A value of another type than expected, or null. Its text is checked as far as it is one token.
Reader::At Reader::odd_value(At at, std::string_view expected, bool nullable) {
  const bool element = in_array();
  const char first = *at.p;
  const At behind = first == '{' || first == '[' ? at : skip_value(at);
  if (!behind) return {};
  if (first != '{' && first != '[' && first != '"' && scan::goes_on(behind.p))
    return fail_malformed(behind.p, "the end of the value");
  std::string_view found = "a number";
  switch (first) {
    case '{':
      found = "an object";
      break;
    case '[':
      found = "an array";
      break;
    case '"':
      found = "a string";
      break;
    case 't':
    case 'f':
      found = "a boolean";
      break;
    case 'n':
      if (nullable && !element) return behind;
      return fail(ErrorCode::NullValue, at.p, "expected " + std::string(expected) + ", found null");
    default:
      break;
  }
  return fail(ErrorCode::WrongType, at.p, "expected " + std::string(expected) + ", found " + std::string(found));
}

// ---- the kind ----

// `at` is at the `{` of the record.
bool Reader::find_kind(At at) {
  const auto kinds = static_cast<uint32_t>(plan_.lists.size() - 1);
  if (!options_->kind.empty()) {
    kind_ = plan_.find_word(kinds, options_->kind);
    return kind_ != kNone || bool(fail_kind(ErrorCode::UnknownKind, nullptr, options_->kind));
  }
  if (peek_kind(at.p)) return true;
  // Duplicates are left to the pass over the record, which knows what else is wrong before them; unless there is none.
  kind_found_ = false;
  for (const bool keep : {false, true}) {
    keep_keys_ = keep;
    frame_ = nullptr;
    scratch_end_ = nullptr;
    unknown_.clear();
    search_kind_from_root(at);
    if (kind_found_) break;
  }
  keep_keys_ = true;
  frame_ = nullptr;
  scratch_end_ = nullptr;
  return kind_found_;
}

// The usual case: the kind is the first key of the record and as plain as can be. Only looks; the pass over the record
// checks.
bool Reader::peek_kind(const char* p) {
  p = scan::skip_space(p + 1);
  if (plan_.kind_path.size() != 1 || !scan::starts_with(p, plan_.kind_key)) return false;
  p = scan::skip_space(p + plan_.kind_key.size + 2);
  if (*p != ':') return false;
  p = scan::skip_space(p + 1);
  const WordList& kinds = plan_.lists.back();
  const QuotedWord* const word = scan::match_word(p, kinds);
  if (word == nullptr) return false;
  kind_ = static_cast<uint32_t>(word - kinds.words);
  return true;
}

void Reader::search_kind_from_root(At at) {
  at = search_kind(at, 0);
  if (!at) return;
  at = at.space();
  if (at.p != end_)
    fail_trailing(at.p);
  else
    fail_kind(ErrorCode::MissingKind, at.p, {});
}

// No position: found, or an error.
Reader::At Reader::search_kind(At at, size_t step) {
  return skip_members(at, [this, step](At value, std::string_view key) {
    return key == plan_.kind_path[step] ? search_kind_value(value, step) : skip_value(value);
  });
}

Reader::At Reader::search_kind_value(At at, size_t step) {
  if (step + 1 < plan_.kind_path.size())
    return *at.p == '{' ? search_kind(at, step + 1) : odd_value(at, "an object", false);
  if (*at.p != '"') return odd_value(at, "a string", false);
  std::string_view text;
  if (!read_string(at, text)) return {};
  kind_ = plan_.find_word(static_cast<uint32_t>(plan_.lists.size() - 1), text);
  if (kind_ == kNone) return fail_kind(ErrorCode::UnknownKind, at.p, text);
  kind_found_ = true;
  return {};
}

// ---- duplicate keys ----

void Reader::push_key(std::string_view key, const char* begin) {
  unknown_.push_back({key.data(), static_cast<uint32_t>(key.size()), static_cast<uint32_t>(begin - begin_)});
}

bool Reader::close_keys(const Frame& frame) {
  if (const UnknownKey* twice = first_duplicate(frame.keys_base, unknown_.size())) {
    const UnknownKey key = *twice;
    return bool(fail_duplicate(begin_ + key.position, key.view()));
  }
  unknown_.resize(frame.keys_base);
  return true;
}

// Among some of unknown_: the first key that stands there for the second time, or null. Valid until the next call.
const Reader::UnknownKey* Reader::first_duplicate(size_t from, size_t to) {
  if (to - from <= 16) {
    for (size_t i = from; i < to; ++i)
      for (size_t j = from; j < i; ++j)
        if (unknown_[i].view() == unknown_[j].view()) return &unknown_[i];
    return nullptr;
  }
  sorted_.assign(unknown_.begin() + static_cast<ptrdiff_t>(from), unknown_.begin() + static_cast<ptrdiff_t>(to));
  std::sort(sorted_.begin(), sorted_.end(), [](const UnknownKey& a, const UnknownKey& b) {
    if (a.size != b.size) return a.size < b.size;
    const int order = a.view().compare(b.view());
    return order != 0 ? order < 0 : a.position < b.position;
  });
  const UnknownKey* first = nullptr;
  for (size_t i = 1; i < sorted_.size(); ++i)
    if (sorted_[i].view() == sorted_[i - 1].view() && (first == nullptr || sorted_[i].position < first->position))
      first = &sorted_[i];
  return first;
}

}  // namespace guardvm
