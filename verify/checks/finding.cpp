// The table of findings.
#include "verify/checks/finding.hpp"

#include <iterator>

namespace guard::verify {
namespace {

constexpr CheckInfo kTable[] = {
#define GUARD_FINDING(Name, kebab, severity, help) {kebab, Severity::severity, help},
#include "verify/checks/checks.def"
#undef GUARD_FINDING
};

}  // namespace

const CheckInfo& check_info(CheckId id) { return kTable[static_cast<size_t>(id)]; }
size_t check_count() { return std::size(kTable); }
std::optional<CheckId> find_check(std::string_view id) {
  for (size_t i = 0; i < std::size(kTable); ++i) {
    if (kTable[i].id == id) return static_cast<CheckId>(i);
  }
  return std::nullopt;
}

}  // namespace guard::verify
