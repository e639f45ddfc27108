// The words for what a change does, which every report uses.
#include "verify/report/changes.hpp"

#include <array>

namespace guard::verify::rendering {
namespace {

constexpr auto kClasses = std::to_array<ChangeInfo>({
#define GUARD_CHANGE(Name, kebab, title, help) {kebab, title, help},
#include "verify/diff/changes.def"
#undef GUARD_CHANGE
});

ChangeClass class_of(const Change& change) {
  if (change.what == ChangeOf::Requirements) return ChangeClass::Requirements;
  if (change.what == ChangeOf::Obligations) return ChangeClass::Obligations;
  if (change.to == "allow") return ChangeClass::NewlyAllowed;
  if (change.to == "deny") return ChangeClass::NewlyDenied;
  return change.to == "hold" ? ChangeClass::NewlyHeld : ChangeClass::NewlyError;
}

}  // namespace

std::span<const ChangeInfo> change_classes() { return kClasses; }
const ChangeInfo& change_info(ChangeClass id) { return kClasses.at(static_cast<size_t>(id)); }

std::vector<ChangeEntry> change_entries(const DiffReport& report) {
  std::vector<ChangeEntry> out;
  for (const Change& change : report.changes) {
    out.push_back({class_of(change), "`" + change.kind + "`: " + change_title(change), &change});
  }
  for (const SchemaChange& change : report.schema) out.push_back({ChangeClass::Schema, schema_text(change), nullptr});
  for (const std::string& what : report.inconclusive) out.push_back({ChangeClass::NotCompared, what, nullptr});
  return out;
}

std::string change_title(const Change& change) {
  const std::string title(change_info(class_of(change)).title);
  return title + (change.what == ChangeOf::Outcome ? ", was `" + change.from + "`" : ", still `" + change.to + "`");
}

std::string schema_text(const SchemaChange& change) {
  return "`" + change.kind + "`" + (change.attribute.empty() ? "" : ", attribute `" + change.attribute + "`") + ": " +
         change.what;
}

std::string change_count(const DiffReport& report) {
  const size_t count = report.changes.size();
  return count == 0 ? "no change" : std::to_string(count) + (count == 1 ? " change" : " changes");
}

}  // namespace guard::verify::rendering
