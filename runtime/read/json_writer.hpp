// Writes JSON: keys and values one after another, on one line.
//
//   JsonWriter json(out);
//   json.open('{');
//   json.member("decision", "deny");
//   json.close('}');
//
// Texts must be valid UTF-8. Nothing checks that brackets match and that each key is given once: the caller's part.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "read/values.hpp"

namespace guardvm {

// Appends a JSON string literal with its quotes. `text` is valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

// Appends keys and values; a comma stands before every key but an object's first.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  void key(std::string_view name) {
    comma();
    append_json_string(out_, name);
    out_ += ':';
    fresh_ = true;
  }
  void open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  void text(std::string_view value) {
    comma();
    append_json_string(out_, value);
  }
  void raw(std::string_view value) {
    comma();
    out_ += value;
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void number(uint64_t value) { raw(std::to_string(value)); }
  void instant(int64_t ns) {
    comma();
    out_ += '"';
    append_timestamp(out_, ns);
    out_ += '"';
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

 private:
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string& out_;
  bool fresh_ = true;
};

}  // namespace guardvm
