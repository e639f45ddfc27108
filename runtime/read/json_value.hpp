// Values of a JSON text that is no action record (a line of a decision log, a key, a signal): views, nothing is copied.
//
//   guardvm::JsonText text;
//   if (!text.parse(bytes)) refuse(text.problem());            // checked as strictly as an action record
//   for (JsonMembers m(text.value()); m.next();)
//     if (m.key() == "value") m.value().append_text(out);
//
// A JsonValue may also stand in text that nobody has checked (see `at`): it never reads past the NUL; what is no JSON
// reads as absent, or as some other value, so who needs certainty parses first.
// Cost: a value's end is looked for once, about 1 ns a byte; going into it looks for the ends of its parts.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace guardvm {

struct ReadError;

class JsonValue {
 public:
  JsonValue() = default;  // absent
  // The value that starts at `p` or behind spaces there. REQUIRES: a NUL behind the text, and 16 more readable bytes.
  [[nodiscard]] static JsonValue at(const char* p);

  [[nodiscard]] bool there() const { return end_ != nullptr; }
  [[nodiscard]] bool is_object() const { return first() == '{'; }
  [[nodiscard]] bool is_array() const { return first() == '['; }
  [[nodiscard]] bool is_string() const { return first() == '"'; }
  [[nodiscard]] bool is_null() const { return first() == 'n'; }
  [[nodiscard]] bool is_true() const { return first() == 't'; }
  // As it is written.
  [[nodiscard]] std::string_view raw() const { return there() ? std::string_view(begin_, end_) : std::string_view(); }
  // The text of a string without `\`, as a view; empty for anything else. `append_text` takes every string.
  [[nodiscard]] std::string_view plain_text() const;
  // Appends the text of a string, escapes resolved. False: no string, or a bad escape.
  bool append_text(std::string& out) const;
  // A whole number from 0 on, without fraction or exponent. False: something else, or more than 64 bits.
  bool number(uint64_t& out) const;
  // The value of a key of an object, the first so written (keys are compared without resolving escapes); else absent.
  [[nodiscard]] JsonValue member(std::string_view key) const;

 private:
  friend class JsonMembers;
  friend class JsonElements;
  JsonValue(const char* begin, const char* end) : begin_(begin), end_(end) {}
  [[nodiscard]] char first() const { return there() ? *begin_ : '\0'; }
  const char* begin_ = nullptr;
  const char* end_ = nullptr;  // null: absent
};

// The members of an object, in order; none of anything else.
class JsonMembers {
 public:
  explicit JsonMembers(JsonValue object);
  bool next();                                                 // false: no more
  [[nodiscard]] std::string_view key() const { return key_; }  // as written between its quotes
  [[nodiscard]] JsonValue key_value() const { return {key_.data() - 1, key_.data() + key_.size() + 1}; }  // a string
  [[nodiscard]] JsonValue value() const { return value_; }

 private:
  const char* p_;  // null: at the end
  std::string_view key_;
  JsonValue value_;
};

// The elements of an array, in order; none of anything else.
class JsonElements {
 public:
  explicit JsonElements(JsonValue array);
  bool next();
  [[nodiscard]] JsonValue value() const { return value_; }

 private:
  const char* p_;
  JsonValue value_;
};

// Owns a copy of a text. One per thread; reuse it.
class JsonText {
 public:
  JsonText();
  JsonText(JsonText&&) noexcept;
  ~JsonText();
  // Copies and checks the text: RFC 8259, UTF-8, no key twice, at most kLimitRecordDepth levels. False: `problem`.
  bool parse(std::string_view text);
  [[nodiscard]] JsonValue value() const { return value_; }  // until the next parse
  [[nodiscard]] const std::string& problem() const;

 private:
  struct Checker;
  std::unique_ptr<Checker> checker_;
  std::unique_ptr<ReadError> error_;
  JsonValue value_;
};

}  // namespace guardvm
