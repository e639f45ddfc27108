// See parts.hpp.
#include "rehearse/parts.hpp"

#include <algorithm>

#include "read/values.hpp"

namespace guardvm::rehearse {

namespace {

std::vector<NamedRule> sorted(std::vector<NamedRule> list, uint64_t RuleHistory::*most, uint64_t RuleHistory::*then) {
  std::stable_sort(list.begin(), list.end(), [most, then](const NamedRule& a, const NamedRule& b) {
    return a.second->*most != b.second->*most ? a.second->*most > b.second->*most : a.second->*then > b.second->*then;
  });
  return list;
}

Day day_of(int64_t ns) { return static_cast<Day>(ns / kDay_ns - (ns % kDay_ns < 0 ? 1 : 0)); }

}  // namespace

bool Report::met() const {
  return std::all_of(judged.begin(), judged.end(), [](const Judged& each) { return each.verdict.met; });
}

std::vector<NamedRule> rehearsed_rules(const Rehearsal& rehearsal) {
  std::vector<NamedRule> list;
  for (const auto& [id, rule] : rehearsal.rules())
    if (rule.rehearsed()) list.emplace_back(id, &rule);
  return sorted(std::move(list), &RuleHistory::would_block, &RuleHistory::rehearsed_fired);
}

std::vector<NamedRule> enforced_rules(const Rehearsal& rehearsal) {
  std::vector<NamedRule> list;
  for (const auto& [id, rule] : rehearsal.rules())
    if (rule.fired > rule.rehearsed_fired) list.emplace_back(id, &rule);
  return sorted(std::move(list), &RuleHistory::blocked, &RuleHistory::fired);
}

std::vector<std::pair<Pair, Repeat>> repeated(const RuleHistory& rule) {
  std::vector<std::pair<Pair, Repeat>> list;
  for (const auto& pair : rule.pairs)
    if (pair.second.count > 1) list.emplace_back(pair);
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  return list;
}

std::string timestamp_text(int64_t ns) {
  std::string out;
  append_timestamp(out, ns);
  return out;
}

std::string day_text(Day day) { return timestamp_text(day * kDay_ns).substr(0, 10); }

std::string date_text(int64_t ns) { return timestamp_text(ns).substr(0, 10); }

std::string value_text(const Value& value) {
  if (value.under == 0) return "-";
  const uint64_t thousandths = (value.over * 1000 + value.under / 2) / value.under;
  std::string out;
  append_decimal(out, static_cast<int64_t>(thousandths), 3);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string wait_text(int64_t ns) {
  const int64_t seconds = ns / kSecond_ns;
  static constexpr std::pair<int64_t, char> kUnits[] = {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}};
  std::string out;
  int64_t rest = seconds, parts = 0;
  for (const auto& [unit, letter] : kUnits) {
    if (rest < unit && parts == 0 && unit > 1) continue;
    if (++parts > 2) break;
    if (rest / unit > 0 || parts == 1) {
      if (!out.empty()) out += ' ';
      out += std::to_string(rest / unit) + letter;
    }
    rest %= unit;
  }
  return out;
}

std::string subject_text(const std::string& service, const std::string& actor) {
  if (actor.empty()) return service.empty() ? "(unknown)" : service;
  return service.empty() ? "by " + actor : service + " by " + actor;
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(uint64_t number, std::string_view one) {
  return grouped(number) + ' ' + std::string(one) + (number == 1 ? "" : "s");
}

int64_t wait_ns(const Run& run) { return run.period.last_ns - run.period.first_ns; }

Bins bins_of(const Period& period, size_t most) {
  Bins bins;
  if (period.empty()) return bins;
  bins.first = day_of(period.first_ns);
  bins.last = day_of(period.last_ns);
  const int32_t days = bins.last - bins.first + 1;
  for (const int32_t width : {1, 7, 28, 91, 364, 3640, 36400, 364000}) {
    bins.days = width;
    const auto count = static_cast<size_t>((days + width - 1) / width);
    if (count > most) continue;
    bins.counts.resize(count);
    break;
  }
  return bins;
}

size_t bin_of(const Bins& bins, Day day) { return static_cast<size_t>((day - bins.first) / bins.days); }

std::string_view bin_word(const Bins& bins) {
  switch (bins.days) {
    case 1:
      return "day";
    case 7:
      return "week";
    case 28:
      return "4 weeks";
    case 91:
      return "13 weeks";
    default:
      return "52 weeks or more";
  }
}

}  // namespace guardvm::rehearse
