// The schema section: enums, records, kinds, defaults, marks, and where attributes stand in the record.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/context.hpp"

namespace guard::check {

// Chooses the one schema section of the files; reports when there is none or several different ones.
void find_schema(Context& context);

// Fills enums, kinds, their leaves and the attribute maps from the chosen section.
void build_schema(Context& context);

// A scalar or set type; nothing when it is another kind of type or was reported. `path` names an anonymous enum.
[[nodiscard]] std::optional<Type> scalar_type(Context& context, const syntax::Type& type, const std::string& path);

// "/a/b~1c" as keys.
[[nodiscard]] std::optional<std::vector<std::string>> pointer_keys(std::string_view text);

// Flattens the fields of a kind into its leaves and its attribute map, and applies their marks (schema_leaves.cpp).
void flatten_kind(Context& context, KindId kind, const std::vector<const syntax::ActionItem*>& common,
                  const syntax::ActionItem& action);
// A record that no kind uses must still be sound.
void check_unused_record(Context& context, const syntax::RecordItem& item);

}  // namespace guard::check
