// The verifier's report of one set against the oracle's table: what is missed, what is spurious, whether each witness
// shows what its finding says, and whether the regions of the gaps are exactly the actions that nobody speaks of.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "findings.hpp"
#include "tests/property/adapter.hpp"
#include "verifier.hpp"

namespace guard::oracle {

struct Disagreement {
  std::string kind;  // missed, spurious, severity, witness, region
  std::string id;
  std::string text;
};

struct Comparison {
  std::vector<Disagreement> disagreements;
  std::map<std::string, size_t> findings;  // of the oracle, by id
  size_t witnesses = 0;
  size_t regions = 0;
};

// `only`: of one check.
[[nodiscard]] Comparison compare(const property::Files& files, const Table& table, const VerifierReport& report,
                                 const std::string& only);

// The disagreements about regions alone: `gaps` are the gap findings of the report.
[[nodiscard]] std::vector<Disagreement> compare_gaps(const property::Files& files, const Table& table,
                                                     const std::vector<VerifierFinding>& gaps);

[[nodiscard]] std::string finding_text(const Finding& finding);

}  // namespace guard::oracle
