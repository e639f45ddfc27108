// Strings, values that are only checked, the search for the kind, and duplicate keys among those the schema does not know.
//
// Unknown keys are collected while their object is open and compared when it closes (sorted, so that a hostile object of a
// million keys costs no more than sorting them); an error that comes first asks the open objects too (report.cpp).
#include <algorithm>

#include "guardvm/limits.hpp"
#include "read/reader.hpp"
#include "read/scan.hpp"

namespace guardvm {

using format::kNone;

// ---- strings ----

// `special` is the first character of the string at p that is not plain. Strings with escapes are copied to the scratch.
const char* Reader::read_string_slowly(const char* p, const char* special, std::string_view& text) {
  const char* copied = p + 1;  // up to here in the scratch, when there are escapes
  char* out = nullptr;
  const char* q = special;
  while (true) {
    if (*q == '"') break;
    if (static_cast<unsigned char>(*q) >= 0x80) {
      const unsigned length = scan::utf8_sequence(q);
      if (length == 0)
        return fail_at(ErrorCode::InvalidUtf8, q, "", "byte " + std::to_string(q - begin_) + " is not part of valid UTF-8");
      q = scan::find_special(q + length);
      continue;
    }
    if (*q != '\\') return fail_malformed(q, q == end_ ? "the closing `\"` of a string" : "a control character to be escaped");
    if (out == nullptr) out = scratch();
    out = std::copy(copied, q, out);
    q = read_escape(q, out);
    if (q == nullptr) return nullptr;
    copied = q;
    q = scan::find_special(q);
  }
  if (out == nullptr) {
    text = {p + 1, static_cast<size_t>(q - p - 1)};
  } else {
    out = std::copy(copied, q, out);
    text = {scratch_end_, static_cast<size_t>(out - scratch_end_)};
    scratch_end_ = out;
  }
  return q + 1;
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
  static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  if (const size_t found = p[1] == '\0' ? std::string_view::npos : kNames.find(p[1]); found != std::string_view::npos) {
    *out++ = kMeanings[found];
    return p + 2;
  }
  if (p[1] != 'u') return fail_malformed(p + 1, "one of `\"\\/bfnrtu` behind `\\`");
  const int unit = scan::hex4(p + 2);
  if (unit < 0) return fail_malformed(p, "4 hexadecimal digits behind `\\u`");
  auto point = static_cast<uint32_t>(unit);
  const char* behind = p + 6;
  if (point >= 0xd800 && point <= 0xdfff) {
    const int low = point < 0xdc00 && behind[0] == '\\' && behind[1] == 'u' ? scan::hex4(behind + 2) : -1;
    if (low < 0xdc00 || low > 0xdfff) return fail_malformed(p, "both halves of a surrogate pair");
    point = 0x10000 + ((point - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
    behind += 6;
  }
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
  return behind;
}

// ---- values that are only checked ----

// `p` is behind a key; gives the position of its value.
const char* Reader::colon(const char* p) {
  p = scan::skip_space(p);
  if (*p != ':') return fail_malformed(p, "`:`");
  return scan::skip_space(p + 1);
}

const char* Reader::skip_literal(const char* p, std::string_view word) {
  for (size_t i = 0; i < word.size(); ++i)
    if (p[i] != word[i]) return fail_malformed(p + i, "`true`, `false` or `null`");
  return p + word.size();
}

const char* Reader::skip_value(const char* p) {
  switch (*p) {
    case '"': {
      std::string_view text;
      return read_string(p, text);
    }
    case '{': return skip_object(p);
    case '[': return skip_array(p);
    case 't': return skip_literal(p, "true");
    case 'f': return skip_literal(p, "false");
    case 'n': return skip_literal(p, "null");
    default: break;
  }
  if (*p != '-' && !scan::is_digit(*p)) return fail_malformed(p, "a value");
  const char* bad = nullptr;
  const char* const behind = scan::skip_number(p, bad);
  return behind != nullptr ? behind : fail_malformed(bad, "a digit, or the end of the number");
}

const char* Reader::skip_array(const char* p) {
  Frame frame{frame_};
  frame.is_array = true;
  open(frame);
  if (++depth_ > kLimitRecordDepth) return fail_too_deep();
  p = scan::skip_space(p + 1);
  while (*p != ']') {
    p = skip_value(p);
    if (p == nullptr) return nullptr;
    ++frame.index;
    p = scan::skip_space(p);
    if (*p == ']') break;
    if (*p != ',') return fail_malformed(p, "`,` or `]`");
    p = scan::skip_space(p + 1);
    if (*p == ']') return fail_malformed(p, "a value");
  }
  --depth_;
  close(frame);
  return p + 1;
}

// The members of an object, whose values `value` reads.
template <typename Value>
const char* Reader::skip_members(const char* p, Value value) {
  Frame frame{frame_};
  open(frame);
  if (++depth_ > kLimitRecordDepth) return fail_too_deep();
  p = scan::skip_space(p + 1);
  while (*p != '}') {
    if (*p != '"') return fail_malformed(p, "a key in double quotes");
    const char* const key_begin = p;
    p = read_string(p, frame.key);
    if (p == nullptr) return nullptr;
    if (keep_keys_) push_key(frame.key, key_begin);
    p = colon(p);
    if (p == nullptr) return nullptr;
    p = value(p, frame.key);
    if (p == nullptr) return nullptr;
    p = scan::skip_space(p);
    if (*p == '}') break;
    if (*p != ',') return fail_malformed(p, "`,` or `}`");
    p = scan::skip_space(p + 1);
    if (*p == '}') return fail_malformed(p, "a key in double quotes");
  }
  if (unknown_.size() != frame.keys_base && !close_keys(frame)) return nullptr;
  --depth_;
  close(frame);
  return p + 1;
}

const char* Reader::skip_object(const char* p) {
  return skip_members(p, [this](const char* at, std::string_view) { return skip_value(at); });
}

// A value of another type than expected, or null. Its text is checked as far as it is one token.
const char* Reader::odd_value(const char* p, std::string_view expected, bool nullable) {
  const bool element = frame_ != nullptr && frame_->is_array;
  std::string_view found;
  switch (*p) {
    case '{': found = "an object"; break;
    case '[': found = "an array"; break;
    case '"': found = "a string"; break;
    case 'n': found = "null"; break;
    case 't':
    case 'f': found = "a boolean"; break;
    default: found = "a number"; break;
  }
  const char* behind = *p == '{' || *p == '[' ? p : skip_value(p);
  if (behind == nullptr) return nullptr;
  if (*p == 'n') {
    if (nullable && !element) return behind;
    return fail(ErrorCode::NullValue, p, "expected " + std::string(expected) + ", found null");
  }
  return fail(ErrorCode::WrongType, p, "expected " + std::string(expected) + ", found " + std::string(found));
}

// ---- the kind ----

// `p` is at the `{` of the record.
bool Reader::find_kind(const char* p) {
  const auto kinds = static_cast<uint32_t>(plan_.lists.size() - 1);
  if (!options_->kind.empty()) {
    kind_ = plan_.find_word(kinds, options_->kind);
    return kind_ != kNone || fail_kind(ErrorCode::UnknownKind, nullptr, options_->kind) != nullptr;
  }
  if (peek_kind(p)) return true;
  // Duplicates are left to the pass over the record, which knows what else is wrong before them; unless there is none.
  kind_found_ = false;
  for (const bool keep : {false, true}) {
    keep_keys_ = keep;
    frame_ = nullptr;
    depth_ = 0;
    scratch_end_ = nullptr;
    unknown_.clear();
    search_kind_from_root(p);
    if (kind_found_) break;
  }
  keep_keys_ = true;
  frame_ = nullptr;
  depth_ = 0;
  scratch_end_ = nullptr;
  return kind_found_;
}

// The usual case: the kind is the first key of the record and as plain as can be. Only looks; the pass over the record checks.
bool Reader::peek_kind(const char* p) {
  p = scan::skip_space(p + 1);
  if (plan_.kind_path.size() != 1 || !scan::starts_with(p, end_, plan_.kind_key)) return false;
  p = scan::skip_space(p + plan_.kind_key.size + 2);
  if (*p != ':') return false;
  p = scan::skip_space(p + 1);
  const WordList& kinds = plan_.lists.back();
  const QuotedWord* const word = scan::match_word(p, end_, plan_, kinds);
  if (word == nullptr) return false;
  kind_ = static_cast<uint32_t>(word - &plan_.words[kinds.first]);
  return true;
}

void Reader::search_kind_from_root(const char* p) {
  p = search_kind(p, 0);
  if (p == nullptr) return;
  p = scan::skip_space(p);
  if (p != end_)
    fail_at(ErrorCode::TrailingBytes, p, "", "something follows the record, from byte " + std::to_string(p - begin_) + " on");
  else
    fail_kind(ErrorCode::MissingKind, p, {});
}

// Null: found, or an error.
const char* Reader::search_kind(const char* p, size_t step) {
  return skip_members(p, [this, step](const char* at, std::string_view key) {
    return key == plan_.kind_path[step] ? search_kind_value(at, step) : skip_value(at);
  });
}

const char* Reader::search_kind_value(const char* p, size_t step) {
  if (step + 1 < plan_.kind_path.size()) return *p == '{' ? search_kind(p, step + 1) : odd_value(p, "an object", false);
  if (*p != '"') return odd_value(p, "a string", false);
  std::string_view text;
  if (read_string(p, text) == nullptr) return nullptr;
  kind_ = plan_.find_word(static_cast<uint32_t>(plan_.lists.size() - 1), text);
  if (kind_ == kNone) return fail_kind(ErrorCode::UnknownKind, p, text);
  kind_found_ = true;
  return nullptr;
}

// ---- duplicate keys ----

void Reader::push_key(std::string_view key, const char* begin) {
  unknown_.push_back({key.data(), static_cast<uint32_t>(key.size()), static_cast<uint32_t>(begin - begin_)});
}

bool Reader::close_keys(const Frame& frame) {
  if (const UnknownKey* twice = first_duplicate(frame.keys_base, unknown_.size())) {
    const UnknownKey key = *twice;
    return fail_duplicate(begin_ + key.position, key.view()) != nullptr;
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
