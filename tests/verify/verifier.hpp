// `guardc verify` as a process: a set's files in, its findings out.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/property/adapter.hpp"

namespace guard::oracle {

struct VerifierFinding {
  std::string id, severity, subject, message, region, text;  // text: the whole finding as JSON
  std::vector<std::string> rules;
  std::string witness;  // a record as JSON, or empty
};

struct VerifierReport {
  int exit = -1;
  std::string failure;  // why there is no report
  std::vector<VerifierFinding> findings;
  size_t inconclusive = 0;
};

// One entry of `guardc diff`.
struct VerifierChange {
  std::string from, to, region, action, text;
};
struct DiffReport {
  int exit = -1;
  std::string failure;
  std::vector<VerifierChange> changes;
  size_t inconclusive = 0;
};

class Verifier {
 public:
  // `folder` is where sets are written to, one at a time.
  Verifier(std::string guardc, std::string folder, std::string as_of, std::string engine);
  ~Verifier();
  // Whether guardc has the command.
  [[nodiscard]] bool has(const std::string& command) const;
  [[nodiscard]] VerifierReport verify(const property::Files& files, const property::Files& baseline = {}) const;
  [[nodiscard]] DiffReport diff(const property::Files& before, const property::Files& after) const;

 private:
  struct Output {
    int exit = -1;
    std::string failure;  // there is no report with this key
    nlohmann::json report;
    std::string on_error;
  };
  [[nodiscard]] std::string write(const std::string& name, const property::Files& files) const;
  [[nodiscard]] Output run(const std::string& arguments, const char* key) const;

  std::string guardc_, folder_, as_of_, engine_;
};

}  // namespace guard::oracle
