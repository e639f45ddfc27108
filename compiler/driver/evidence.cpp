// See evidence.hpp.
#include "driver/evidence.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "driver/sources.hpp"
#include "verify/diff/promotion.hpp"

namespace guard::driver {
namespace {

using Json = nlohmann::json;

std::string listed(const Json& lacks) {
  std::string out;
  for (const Json& one : lacks) out += (out.empty() ? "" : "; ") + one.get<std::string>();
  return out;
}

// Per rule that the report judges, what it lacks; empty: nothing.
std::map<std::string, std::string> judged(const Json& report) {
  std::map<std::string, std::string> out;
  const Json& requirement = report.at("requirement");
  if (requirement.is_null()) return out;
  for (const Json& rule : requirement.at("rules")) {
    const std::string lacks = listed(rule.at("lacks"));
    const bool met = rule.at("met").get<bool>();
    out[rule.at("id").get<std::string>()] = met ? "" : (lacks.empty() ? "the requirement is not met" : lacks);
  }
  return out;
}

}  // namespace

Result<std::vector<std::pair<uint32_t, std::string>>> unproven(const std::string& path, const guardvm::Bundle& before,
                                                               const guardvm::Bundle& after, int64_t as_of_ns) {
  const Result<std::string> text = read_file(path);
  if (!text.ok()) return Failure{text.error()};
  std::map<std::string, std::string> evidence;
  try {
    const Json report = Json::parse(text.value());
    if (report.at("report") != 1) return Failure{"`" + path + "` is a report of another form"};
    if (report.at("requirement").is_null())
      return Failure{"`" + path + "` judges no rule: make it with `guardvm report --format json --require EXPR`"};
    evidence = judged(report);
  } catch (const Json::exception& problem) {
    return Failure{"`" + path + "` is not what `guardvm report --format json` writes: " + problem.what()};
  }
  std::vector<std::pair<uint32_t, std::string>> out;
  for (const verify::Promotion& one : verify::promotions(before, after, as_of_ns)) {
    const std::string start = "is raised from " + one.from + " to enforce ";
    const auto found = evidence.find(one.id);
    if (found == evidence.end()) {
      out.emplace_back(one.rule, start + "without evidence: the report does not judge it");
    } else if (!found->second.empty()) {
      out.emplace_back(one.rule, start + "before its evidence is there: " + found->second);
    } else if (!one.same) {
      out.emplace_back(one.rule, start + "and changed at once: what is enforced is not what was rehearsed");
    }
  }
  return out;
}

}  // namespace guard::driver
