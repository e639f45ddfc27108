// An action record read against the schema of a policy set: values by leaf, or the first thing that does not fit.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/model.hpp"
#include "document.hpp"

namespace guard::reference {

struct Options {
  std::optional<std::string> kind;
  std::optional<std::string> at;
  bool strict = false;
  bool with_valid_until = true;  // false: the key is left out
  std::string bundle_digest;     // "sha256:…"
};

// The value of one leaf or column. A Signal leaf: present means given, number is its as-of instant.
struct Value {
  bool present = false;
  int64_t number = 0;
  std::string text;
  std::vector<int64_t> numbers;          // Set of int or enum: ascending, distinct
  std::vector<std::string> texts;        // Set of string or version: ascending by bytes, distinct
  std::vector<std::vector<Value>> rows;  // List
};

struct RecordError {
  std::string code;
  std::string at;  // JSON pointer
};

struct Record {
  std::optional<check::KindId> kind;
  std::vector<Value> values;  // by LeafId
  std::vector<std::string> ignored;
  std::optional<RecordError> error;
};

// Where things stand in the JSON of one kind.
struct Place {
  std::map<std::string, Place> children;
  const check::Leaf* leaf = nullptr;
  uint32_t index = 0;  // of `leaf`
  bool is_kind = false;
  bool is_as_of = false;  // `leaf` is the signal
};

// The pointer with one more step, escaped.
[[nodiscard]] std::string pointer_step(const std::string& pointer, std::string_view key);

class RecordReader {
 public:
  explicit RecordReader(const check::PolicySet& set);
  [[nodiscard]] Record read(std::string_view json, const Options& options) const;

 private:
  struct KindPlaces {
    Place root;
    std::map<uint32_t, Place> rows;  // by list leaf
  };
  friend class RecordWalk;
  const check::PolicySet& set_;
  std::vector<KindPlaces> places_;
  Place unknown_;  // only the kind has a place
};

}  // namespace guard::reference
