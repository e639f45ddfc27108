// An action as a log may hold it: on one line, with a keyed digest in the place of each sensitive value.
//
// LOG.md, "Sensitive values", says what is replaced and how a digest is made. SOUND: every value below which the schema
// has a sensitive attribute is either gone into, an object or list that the schema has there, or replaced as a whole,
// whatever it is; so are values of keys that the schema does not know, in kinds that have a sensitive attribute: they
// may be one, misspelt.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "log/crypto.hpp"
#include "read/json_value.hpp"

namespace guardvm::log {

class Redactor {
 public:
  explicit Redactor(const Bundle& bundle);

  // Whether records of the kind (any kind: kNone) may hold something to replace; then `append` needs the key.
  [[nodiscard]] bool hides(uint32_t kind) const;

  // Appends the record without spaces between its tokens, and to `replaced` the JSON pointers of what was replaced (of
  // list rows: with their number). REQUIRES: `record` is an object of a checked text; `key` when hides(kind).
  void append(std::string& out, JsonValue record, uint32_t kind, const Key* key, std::vector<std::string>& replaced);

 private:
  void object(JsonValue value, uint32_t node);
  void list(JsonValue value, uint32_t rows);
  void value(JsonValue value, uint32_t node, std::string_view domain);
  void replace(JsonValue value, std::string_view domain);

  const Bundle& bundle_;
  const ReadPlan& plan_;
  std::vector<bool> hides_;  // per node of the plan: it or something below it is sensitive
  std::string* out_ = nullptr;
  const Key* key_ = nullptr;
  std::string pointer_;  // of the value at hand
  std::vector<std::string>* replaced_ = nullptr;
};

// The digest that stands for a value: "blake2b:<name of the key>:<64 digits>". `domain` keeps equal values of different
// attributes apart: the attribute's path.
[[nodiscard]] std::string digest_of(const Key& key, std::string_view domain, JsonValue value);
[[nodiscard]] std::string digest_of(const Key& key, std::string_view domain, std::string_view text);

// Appends checked JSON without spaces between its tokens.
void append_compact(std::string& out, std::string_view json);

}  // namespace guardvm::log
