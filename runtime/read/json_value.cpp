// See json_value.hpp. The scanning is that of the reader of action records (scan.hpp), and so is the check.
#include "read/json_value.hpp"

#include "read/reader.hpp"
#include "read/scan.hpp"

namespace guardvm {

namespace {

// Each gives the position behind, or null when the text ends first or is no JSON there. `p` is at the opening quote.
const char* behind_string(const char* p) {
  p = scan::find_special(p + 1);
  while (*p != '"') {
    if (*p == '\\') {
      if (p[1] == '\0') return nullptr;
      ++p;
    } else if (static_cast<unsigned char>(*p) < 0x20) {
      return nullptr;
    }
    p = scan::find_special(p + 1);
  }
  return p + 1;
}

const char* behind_value(const char* p) {
  if (*p == '"') return behind_string(p);
  if (*p != '{' && *p != '[') {
    const char* const begin = p;
    while (scan::goes_on(p)) ++p;
    return p == begin ? nullptr : p;
  }
  size_t depth = 0;
  while (true) {
    switch (*p) {
      case '"':
        p = behind_string(p);
        if (p == nullptr) return nullptr;
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return p + 1;
        break;
      case '\0':
        return nullptr;
      default:
        break;
    }
    ++p;
  }
}

// Behind a value or an opening bracket: the position of the next item, or null.
const char* next_item(const char* p, bool first, char close) {
  p = scan::skip_space(p);
  if (*p == close) return nullptr;
  if (first) return p;
  return *p == ',' ? scan::skip_space(p + 1) : nullptr;
}

}  // namespace

JsonValue JsonValue::at(const char* p) {
  p = scan::skip_space(p);
  return {p, behind_value(p)};
}

std::string_view JsonValue::plain_text() const {
  if (!is_string()) return {};
  const std::string_view text = raw().substr(1, raw().size() - 2);
  return text.find('\\') == std::string_view::npos ? text : std::string_view();
}

bool JsonValue::append_text(std::string& out) const {
  if (!is_string()) return false;
  const char* const last = end_ - 1;
  const char* p = begin_ + 1;
  while (p != last) {
    if (*p != '\\') {
      const char* const next = scan::find_special(p + 1);
      out.append(p, next);
      p = next;
      continue;
    }
    char bytes[4];
    char* end = bytes;
    const char* bad = nullptr;
    std::string_view wanted;
    p = scan::decode_escape(p, end, bad, wanted);
    if (p == nullptr) return false;
    out.append(bytes, end);
  }
  return true;
}

bool JsonValue::number(uint64_t& out) const {
  const std::string_view digits = raw();
  if (digits.empty() || digits.size() > 20 || (digits[0] == '0' && digits.size() > 1)) return false;
  uint64_t value = 0;
  for (const char c : digits) {
    if (!scan::is_digit(c)) return false;
    if (__builtin_mul_overflow(value, uint64_t{10}, &value)) return false;
    if (__builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) return false;
  }
  out = value;
  return true;
}

JsonValue JsonValue::member(std::string_view key) const {
  for (JsonMembers members(*this); members.next();)
    if (members.key() == key) return members.value();
  return {};
}

JsonMembers::JsonMembers(JsonValue object) : p_(object.is_object() ? object.begin_ + 1 : nullptr) {}

bool JsonMembers::next() {
  if (p_ == nullptr) return false;
  const char* p = next_item(p_, !value_.there(), '}');
  p_ = nullptr;
  if (p == nullptr || *p != '"') return false;
  const char* const behind = behind_string(p);
  if (behind == nullptr) return false;
  key_ = {p + 1, behind - 1};
  p = scan::skip_space(behind);
  if (*p != ':') return false;
  value_ = JsonValue::at(p + 1);
  p_ = value_.end_;
  return value_.there();
}

JsonElements::JsonElements(JsonValue array) : p_(array.is_array() ? array.begin_ + 1 : nullptr) {}

bool JsonElements::next() {
  if (p_ == nullptr) return false;
  const char* const p = next_item(p_, !value_.there(), ']');
  p_ = nullptr;
  if (p == nullptr) return false;
  value_ = JsonValue::at(p);
  p_ = value_.end_;
  return value_.there();
}

struct JsonText::Checker {
  ReadPlan plan;
  Reader reader{format::View{}, plan};
};

JsonText::JsonText() : checker_(std::make_unique<Checker>()), error_(std::make_unique<ReadError>()) {}
JsonText::JsonText(JsonText&&) noexcept = default;
JsonText::~JsonText() = default;

bool JsonText::parse(std::string_view text) {
  value_ = {};
  if (!checker_->reader.check(text, *error_)) return false;
  value_ = JsonValue::at(checker_->reader.text());
  return true;
}

const std::string& JsonText::problem() const { return error_->message; }

}  // namespace guardvm
