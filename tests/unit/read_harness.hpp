// What the tests of the reader share: a reader with a schema made by hand, and what two other parsers say of a text.
#pragma once
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "read/reader.hpp"
#include "read_schema.hpp"

namespace guardvm::test {

// Random tests print it with every failure; GUARD_SEED sets another.
inline uint64_t seed() {
  const char* text = std::getenv("GUARD_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20260302;
}

inline std::string code_name(ErrorCode code) {
  switch (code) {
#define GUARD_ERROR(Name, code, meaning) \
  case ErrorCode::Name:                  \
    return code;
#include "tables/errors.def"
#undef GUARD_ERROR
  }
  return "?";
}

// What reading a record gave, on a reader whose view of the bytes ends where they end (so that sanitizers see a read
// past it).
struct Outcome {
  bool good = false;
  Action action;
  ReadError error;
  [[nodiscard]] std::string summary() const { return good ? "ok" : code_name(error.code) + " " + error.at; }
};

class Harness {
 public:
  Harness(std::vector<std::string> kind_json, std::vector<EnumSpec> enums, std::vector<KindSpec> kinds)
      : schema_(std::move(kind_json), std::move(enums), std::move(kinds)), reader_(schema_.view(), *schema_.plan) {
    EXPECT_EQ(schema_.plan->problem, "");
  }
  const Outcome& read(std::string_view json, const ReadOptions& options = ReadOptions()) {
    const std::unique_ptr<char[]> exact(new char[json.size()]);
    std::copy(json.begin(), json.end(), exact.get());
    outcome_.error = {};
    outcome_.good = reader_.read({exact.get(), json.size()}, options, outcome_.action, outcome_.error);
    return outcome_;
  }
  std::string summary(std::string_view json, const ReadOptions& options = ReadOptions()) {
    return read(json, options).summary();
  }
  const Slot& slot(std::string_view path) const {
    const auto& leaves = schema_.kinds[outcome_.action.kind].leaves;
    for (size_t i = 0; i < leaves.size(); ++i)
      if (leaves[i].path == path) return outcome_.action.slots[i];
    ADD_FAILURE() << "no leaf " << path;
    return outcome_.action.slots[0];
  }
  [[nodiscard]] const ReadSchema& schema() const { return schema_; }
  Reader& reader() { return reader_; }

 private:
  ReadSchema schema_;
  Reader reader_;
  Outcome outcome_;
};

inline Harness pipeline() { return {{"kind"}, pipeline_enums(), pipeline_kinds()}; }

// A small schema for single values: one optional attribute of each type.
inline Harness one_of_each() {
  const std::vector<LeafSpec> columns = {
      {.path = "name"}, {.path = "tags", .type = Type::Set}, {.path = "note", .optional = true}};
  return {{"kind"},
          {{"Word", {"red", "green", "a_word_of_more_than_14_bytes", "caf\xc3\xa9"}}},
          {{"k",
            {{.path = "bool", .type = Type::Bool, .optional = true},
             {.path = "int", .type = Type::Int, .optional = true},
             {.path = "small", .type = Type::Int, .optional = true, .min = -5, .max = 5},
             {.path = "decimal", .type = Type::Decimal, .optional = true, .min = -100000, .max = 100000, .scale = 3},
             {.path = "text", .optional = true},
             {.path = "word", .type = Type::Enum, .optional = true, .enum_id = 0},
             {.path = "version", .type = Type::Version, .optional = true},
             {.path = "time", .type = Type::Timestamp, .optional = true},
             {.path = "span", .type = Type::Duration, .optional = true},
             {.path = "texts", .type = Type::Set, .optional = true},
             {.path = "words", .type = Type::Set, .element = Type::Enum, .optional = true, .enum_id = 0},
             {.path = "ints", .type = Type::Set, .element = Type::Int, .optional = true, .min = 0, .max = 9},
             {.path = "versions", .type = Type::Set, .element = Type::Version, .optional = true},
             {.path = "rows", .type = Type::List, .optional = true, .columns = columns},
             {.path = "record", .type = Type::Presence},
             {.path = "record.inner", .parent = 14},
             {.path = "secret", .type = Type::Int, .optional = true, .sensitive = true, .min = 0, .max = 9},
             {.path = "secret_word", .type = Type::Enum, .optional = true, .sensitive = true, .enum_id = 0},
             {.path = "an attribute with a rather long name/and ~ signs", .optional = true}}}}};
}

inline ReadOptions strictly() { return {{}, false, 0, true}; }
inline ReadOptions at(int64_t ns) { return {{}, true, ns, false}; }
inline ReadOptions kind(std::string_view name) { return {name, false, 0, false}; }

inline bool is_syntax(ErrorCode code) {
  return code == ErrorCode::MalformedJson || code == ErrorCode::InvalidUtf8 || code == ErrorCode::TrailingBytes;
}

inline bool nlohmann_accepts(const std::string& text) { return nlohmann::json::accept(text); }
inline bool simdjson_accepts(const std::string& text) {
  simdjson::dom::parser parser;
  return parser.parse(text).error() == simdjson::SUCCESS;
}

}  // namespace guardvm::test
