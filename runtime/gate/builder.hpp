// Builds an action's record from names and texts, as command lines and environments have them, by the schema.
//
//   RecordBuilder builder(bundle, kind);
//   std::string problem = builder.set("canary", "50");        // a number, since the schema says so
//   std::string record = builder.record();                     // to be read by the schema: it may lack things
//
// A name is an attribute's path in the schema (`actor.id`), wherever it stands in the record.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/edit.hpp"

namespace guardvm::gate {

class RecordBuilder {
 public:
  // REQUIRES: `kind` is one of the bundle's, which outlives the builder.
  RecordBuilder(const Bundle& bundle, uint32_t kind);

  // Each gives what is wrong, one sentence; empty: nothing.
  // The text becomes what the attribute's type has in JSON; a set gets one more element.
  [[nodiscard]] std::string set(std::string_view name, std::string_view text);
  // The value as JSON: of an attribute, or of a record of several (`actor`).
  [[nodiscard]] std::string set_json(std::string_view name, std::string_view json);
  // Whatever the environment has for attributes that are not set: PREFIX and the path in capitals, `_` between its
  // parts. An empty variable counts as not there. Sets and lists are JSON there.
  [[nodiscard]] std::string take_environment(const std::string& prefix);

  [[nodiscard]] std::string record() const;

 private:
  struct Value {
    std::string name;
    Edit edit;
    std::vector<std::string> elements;  // of a set that is built element by element
    bool is_set = false;
  };
  [[nodiscard]] const format::LeafRow* find(std::string_view name) const;
  [[nodiscard]] std::string unknown(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> path_of(std::string_view name) const;
  [[nodiscard]] std::string add(std::string_view name, std::string json);
  [[nodiscard]] bool touches(const std::vector<std::string_view>& path) const;

  const Bundle& bundle_;
  const format::KindRow& kind_;
  std::vector<Value> values_;
};

}  // namespace guardvm::gate
