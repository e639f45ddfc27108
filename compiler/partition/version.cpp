// Version precedence: section 11 of semver 2.0.0.
#include "partition/version.hpp"

#include <algorithm>
#include <array>

namespace guard::partition {
namespace {

struct Parts {
  std::array<std::string_view, 3> numbers;
  std::string_view pre_release;  // empty: a release
};

std::string_view take_until(std::string_view& rest, char end) {
  const size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return part;
}

Parts split(std::string_view version) {
  version = version.substr(0, version.find('+'));
  std::string_view core = take_until(version, '-');
  Parts parts;
  for (auto& number : parts.numbers) number = take_until(core, '.');
  parts.pre_release = version;
  return parts;
}

// Digits without leading zeros: the longer is the greater.
int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_number = is_number(a), b_number = is_number(b);
  if (a_number && b_number) return compare_digits(a, b);
  if (a_number != b_number) return a_number ? -1 : 1;
  return a.compare(b);
}

std::string increment(std::string_view digits) {
  std::string result(digits);
  for (size_t i = result.size(); i > 0; --i) {
    if (result[i - 1] != '9') {
      ++result[i - 1];
      return result;
    }
    result[i - 1] = '0';
  }
  return "1" + result;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  Parts left = split(a), right = split(b);
  for (size_t i = 0; i < 3; ++i) {
    if (const int order = compare_digits(left.numbers[i], right.numbers[i]); order != 0) return order;
  }
  if (left.pre_release.empty() || right.pre_release.empty()) {
    return left.pre_release.empty() ? (right.pre_release.empty() ? 0 : 1) : -1;
  }
  while (!left.pre_release.empty() && !right.pre_release.empty()) {
    const std::string_view x = take_until(left.pre_release, '.'), y = take_until(right.pre_release, '.');
    if (const int order = compare_identifiers(x, y); order != 0) return order;
  }
  if (left.pre_release.empty()) return right.pre_release.empty() ? 0 : -1;
  return 1;
}

std::optional<std::string> version_between(const std::optional<std::string>& low,
                                           const std::optional<std::string>& high) {
  const auto fits = [&](const std::string& version) { return !high || compare_versions(version, *high) < 0; };
  std::array<std::string, 3> tries;
  if (!low) {
    tries = {"0.0.0", "0.0.0-0", "0.0.0-0"};
  } else {
    const Parts parts = split(*low);
    const auto number = [&](size_t i) { return std::string(parts.numbers[i]); };
    const std::string next_patch = number(0) + "." + number(1) + "." + increment(parts.numbers[2]);
    // The last one is the direct successor: when it does not fit, nothing does.
    if (parts.pre_release.empty()) {
      tries = {number(0) + "." + increment(parts.numbers[1]) + ".0", next_patch, next_patch + "-0"};
    } else {
      const std::string core = number(0) + "." + number(1) + "." + number(2);
      tries = {core, core, core + "-" + std::string(parts.pre_release) + ".0"};
    }
  }
  for (const std::string& version : tries) {
    if (fits(version)) return version;
  }
  return std::nullopt;
}

}  // namespace guard::partition
