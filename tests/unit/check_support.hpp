// For tests of the checker: sources with expectations written into them, and checked sets as readable text.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/check.hpp"

namespace guard::checktest {

// A schema with one of everything, used by most cases. Kinds: deploy, migrate.
extern const char* const kSchema;

struct Outcome {
  std::optional<check::PolicySet> set;
  std::vector<std::string> got;       // "id@file:line:column", sorted by place
  std::vector<std::string> expected;  // the same, from the markers
  std::string text;                   // all diagnostics, rendered
};

struct Options {
  std::map<std::string, std::string> data;  // files that `data` and `given file` may read
  std::vector<std::string> baseline;        // names of files
};

// Checks one or several sources: `//--- name` lines split a text into files. A marker `«id»` stands right before the
// place where a diagnostic is expected; markers are taken out before parsing.
[[nodiscard]] Outcome check_text(const std::string& text, const Options& options = {});

// The same for a text that stands in a policy, after kSchema; rules that make both kinds covered are added.
[[nodiscard]] Outcome check_policy(const std::string& text, const Options& options = {});

// A condition in prefix form: "(and (string-in service [a]) (not (bool hot)))".
[[nodiscard]] std::string shape(const check::PolicySet& set, const check::Condition& condition);
// The condition of the rule `p.r` on its first kind.
[[nodiscard]] std::string shape_of_rule(const std::string& condition);

}  // namespace guard::checktest
