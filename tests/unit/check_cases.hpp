// The table of mistakes, by subject. See check_test.cpp for what the markers mean.
#pragma once
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace guard::checktest {

struct Case {
  std::string name;
  std::string text;
  bool whole = false;                       // the whole source; else it stands in policy `p` after the common schema
  std::map<std::string, std::string> data;  // files that may be read
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const std::vector<Case>& schema_cases();
const std::vector<Case>& condition_cases();
const std::vector<Case>& rule_cases();
const std::vector<Case>& other_cases();

}  // namespace guard::checktest
