// The commands of guardc: one file each. A command takes its options as a value, writes to standard output and standard
// error, and gives the exit code (runtime/tables/exit_codes.def).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diag/diagnostic.hpp"
#include "driver/run_tests.hpp"
#include "guardvm/exit_codes.hpp"
#include "verify/diff/diff.hpp"
#include "verify/verify.hpp"

namespace guard::driver {

struct BuildOptions {
  std::vector<std::string> paths, baseline;
  std::string output;
  bool stats = false, strip = false;
};
[[nodiscard]] guardvm::Exit run_build(const BuildOptions& options);

struct CheckCommandOptions {
  std::vector<std::string> paths, baseline;
  DiagFormat format = DiagFormat::Text;
};
[[nodiscard]] guardvm::Exit run_check(const CheckCommandOptions& options);

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
};
[[nodiscard]] guardvm::Exit run_fmt(const FmtOptions& options);

struct TestCommandOptions {
  std::vector<std::string> paths, baseline;
  std::string filter;
  bool coverage = false;
  std::optional<unsigned> min_coverage;  // percent
  TestFormat format = TestFormat::Text;
  std::string write_missing;  // file for the tests that the set lacks; empty: none is written
};
[[nodiscard]] guardvm::Exit run_test(const TestCommandOptions& options);

struct DumpOptions {
  std::string bundle;
  std::optional<std::string> rule, kind;
};
[[nodiscard]] guardvm::Exit run_dump(const DumpOptions& options);

struct VerifyOptions {
  std::vector<std::string> paths, baseline;
  std::string as_of;  // a date or a timestamp; empty: today
  verify::EngineMode engine = verify::EngineMode::Auto;
  verify::ReportFormat format = verify::ReportFormat::Text;
  Severity fail_on = Severity::Warning;
  bool stats = false;
  std::vector<std::string> outputs;     // FORMAT=FILE, beside `format` on standard output
  std::vector<std::string> severities;  // CHECK=error|warning|note|off
  std::string witness_dir;              // where the actions are written; empty: nowhere
  std::string base;                     // the set as it was: a folder, a file or a bundle; empty: none
  std::string base_ref;                 // the same, from git: a commit; empty: none
  std::string evidence;                 // a report of `guardvm report --format json --require …`; empty: none
  bool new_only = false;                // only findings that the base does not have
  unsigned jobs = 0;                    // threads; 0: one per core
};
[[nodiscard]] guardvm::Exit run_verify(const VerifyOptions& options);

struct DiffOptions {
  std::string before, after;  // each a folder, a file or a bundle
  std::string as_of;          // as for verify
  verify::EngineMode engine = verify::EngineMode::Auto;
  verify::DiffFormat format = verify::DiffFormat::Text;
};
[[nodiscard]] guardvm::Exit run_diff(const DiffOptions& options);

// "guardc: message" on standard error; the exit code of usage and I/O.
[[nodiscard]] guardvm::Exit usage_error(const std::string& message);
// Writes all of it, or says why not.
[[nodiscard]] bool write_output(const std::string& text);

}  // namespace guard::driver
