// What a change of a policy set does, as the reports name it: one row of changes.def per entry.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verify/diff/diff.hpp"

namespace guard::verify::rendering {

enum class ChangeClass : uint8_t {
#define GUARD_CHANGE(Name, kebab, title, help) Name,
#include "verify/diff/changes.def"
#undef GUARD_CHANGE
};
struct ChangeInfo {
  std::string_view id, title, help;
};
[[nodiscard]] std::span<const ChangeInfo> change_classes();  // by ChangeClass
[[nodiscard]] const ChangeInfo& change_info(ChangeClass id);

struct ChangeEntry {
  ChangeClass id;
  std::string message;
  const Change* change;  // null: it is about the schema, or was not compared
};
// Everything in the report, in its order. The entries point into it.
[[nodiscard]] std::vector<ChangeEntry> change_entries(const DiffReport& report);

// "newly allowed, was `deny`"
[[nodiscard]] std::string change_title(const Change& change);
// "`deploy`, attribute `canary`: removed"
[[nodiscard]] std::string schema_text(const SchemaChange& change);
// "no change", "3 changes"
[[nodiscard]] std::string change_count(const DiffReport& report);

}  // namespace guard::verify::rendering
