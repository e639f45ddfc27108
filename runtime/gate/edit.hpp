// Puts values into a JSON record: what the gate adds to an action (its instant, signals, approvals), and how
// `action new` builds one from nothing.
//
//   std::string out;
//   append_edited(out, record, {{{"commit", "sha"}, "\"6f1e…\""}});
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "read/json_value.hpp"

namespace guardvm::gate {

struct Edit {
  std::vector<std::string_view> path;  // keys from the root, at least one; borrowed
  std::string json;                    // the value that stands there afterwards; empty: the member is taken out
};

// Appends the object with each edit's value in the place of what it has there, or added behind its members. Keys are
// compared with escapes resolved, as the reader does. A value on the way that is no object stays as it is, for the
// reader to refuse. REQUIRES: `object` is an object of a checked text; no edit's path begins with another's;
// what is taken out is there.
void append_edited(std::string& out, JsonValue object, const std::vector<Edit>& edits);

// The value at a path, keys compared likewise; absent when there is none.
[[nodiscard]] JsonValue value_at(JsonValue object, const std::vector<std::string_view>& path);

// The keys that lead to a leaf (a column: from its row).
[[nodiscard]] std::vector<std::string_view> keys_of(const Bundle& bundle, const format::LeafRow& leaf);
// The attribute of a kind. REQUIRES: `leaf` is one of the kind's.
[[nodiscard]] const format::LeafRow& leaf_of(const Bundle& bundle, const format::KindRow& kind, uint32_t leaf);

// The kind of this name, or kNone.
[[nodiscard]] uint32_t find_kind(const Bundle& bundle, std::string_view name);
// The kind that the caller gave, or else the one that the record names; kNone: no kind of the schema.
[[nodiscard]] uint32_t kind_of(const Bundle& bundle, JsonValue record, std::string_view given);

}  // namespace guardvm::gate
