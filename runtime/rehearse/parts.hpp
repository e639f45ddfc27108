// What the forms of a report share: the order of rules, and how times, quotients and days are said.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rehearse/report.hpp"

namespace guardvm::rehearse {

using NamedRule = std::pair<std::string, const RuleHistory*>;
// Rules that were in shadow or advisory: what would have blocked most first.
[[nodiscard]] std::vector<NamedRule> rehearsed_rules(const Rehearsal& rehearsal);
// Rules that fired while enforced: what blocked most first.
[[nodiscard]] std::vector<NamedRule> enforced_rules(const Rehearsal& rehearsal);
// Pairs of a service and an actor, those counted more than once, most first.
[[nodiscard]] std::vector<std::pair<Pair, Repeat>> repeated(const RuleHistory& rule);

[[nodiscard]] std::string timestamp_text(int64_t ns);
[[nodiscard]] std::string day_text(Day day);               // 2026-03-06
[[nodiscard]] std::string date_text(int64_t ns);           // of the day (UTC) of an instant
[[nodiscard]] std::string value_text(const Value& value);  // at most three fraction digits; "-" when there is none
// "5h 20m": the two largest units; under a second: "0s".
[[nodiscard]] std::string wait_text(int64_t ns);
[[nodiscard]] std::string subject_text(const std::string& service, const std::string& actor);  // "web by ann"
[[nodiscard]] std::string grouped(uint64_t number);                                            // "93,094"
// "1 action", "2 actions"
[[nodiscard]] std::string counted(uint64_t number, std::string_view one);
[[nodiscard]] int64_t wait_ns(const Run& run);

// Days put together so that there are few enough to draw: all of the period, also days without anything.
struct Bins {
  Day first = 0, last = 0;
  int32_t days = 1;  // in each
  std::vector<std::array<uint64_t, 5>> counts;
};
[[nodiscard]] Bins bins_of(const Period& period, size_t most);
// The bin of a day of the period.
[[nodiscard]] size_t bin_of(const Bins& bins, Day day);
[[nodiscard]] std::string_view bin_word(const Bins& bins);  // "day", "week", …

}  // namespace guardvm::rehearse
