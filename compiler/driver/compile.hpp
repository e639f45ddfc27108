// From sources to a bundle: parse, check, emit.
//
//   driver::Compiled compiled = driver::compile_text({{"p.guard", text}}, {});
//   if (!compiled.ok()) print(render(compiled.diagnostics, compiled.sources, DiagFormat::Text));
//
// The same sources give the same bytes, wherever they stand and in whatever order they are named.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/span.hpp"
#include "check/check.hpp"
#include "codegen/emit.hpp"
#include "diag/diagnostic.hpp"
#include "driver/sources.hpp"

namespace guard::driver {

struct CompileOptions {
  bool emit = true;           // false: check only
  bool strip = false;         // leave out what only `verify` reads
  check::ReadFile read_file;  // data files and files of tests; none: those of the given files
};

struct Compiled {
  std::optional<check::PolicySet> set;  // checked without an error
  std::string bundle;                   // empty unless emitted
  codegen::Stats stats;
  Diagnostics diagnostics;  // finished: sorted
  Sources sources;
  // Where each source of the bundle stands, in its order: the bundle itself names them from the folder that was given.
  [[nodiscard]] std::vector<std::string> source_paths() const;
  [[nodiscard]] bool ok() const { return set.has_value() && !diagnostics.has_errors(); }
};

// What verification can find, by name: `severity`, `accept` and `--severity` may name nothing else.
[[nodiscard]] std::vector<std::string> finding_ids();

// Files whose name does not end in `.guard` are what `data … from` and `given file` may name.
[[nodiscard]] Compiled compile_text(const std::vector<std::pair<std::string, std::string>>& files,
                                    const CompileOptions& options);
[[nodiscard]] Compiled compile_files(const std::vector<InputFile>& files, const CompileOptions& options);
// Collects the files of `paths`, and of `baseline` (the organisation's set, whose rules are mandatory), and compiles
// them. Failure: a path that cannot be read, or no file at all.
[[nodiscard]] Result<Compiled> compile_paths(const std::vector<std::string>& paths,
                                             const std::vector<std::string>& baseline, const CompileOptions& options);

}  // namespace guard::driver
