// The report for people: every finding, then a summary line.
#include "verify/report/finding_text.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

std::string milliseconds(int64_t ns) {
  const std::string digits = std::to_string(ns / 1000);
  return (digits.size() > 3 ? digits.substr(0, digits.size() - 3) : "0") + "." +
         std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') +
         (digits.size() > 3 ? digits.substr(digits.size() - 3) : digits) + " ms";
}

}  // namespace

std::string text(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  std::string out;
  const FindingText writer(bundle, options);
  for (const Finding& finding : report.findings) out += writer.all(finding);
  for (const Finding& finding : report.inconclusive) out += writer.all(finding);
  out += summary(report) + ", as of " + Checker::instant_text(report.as_of_ns) + "\n";
  if (report.changes) out += "\nagainst the base:\n" + diff_text(*report.changes);
  if (!options.stats) return out;
  out += "classes            " + std::to_string(report.classes) + "\n";
  out += "queries by boxes   " + std::to_string(report.engines.boxes) + " in " + milliseconds(report.engines.boxes_ns) +
         "\n";
  out += "queries by z3      " + std::to_string(report.engines.z3) + " in " + milliseconds(report.engines.z3_ns) + "\n";
  for (const CheckTime& time : report.times) {
    out += std::string(time.check) + std::string(time.check.size() < 27 ? 27 - time.check.size() : 1, ' ') +
           milliseconds(time.ns) + "\n";
  }
  return out;
}

}  // namespace guard::verify::rendering
