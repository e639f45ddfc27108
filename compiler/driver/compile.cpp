// See compile.hpp.
#include "driver/compile.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "syntax/parse.hpp"
#include "verify/checks/finding.hpp"

namespace guard::driver {

namespace {

namespace fs = std::filesystem;

// `path` as the .guard file `from` means it: relative to the folder that file is in.
std::string beside(const std::string& from, const std::string& path) {
  return (fs::path(from).parent_path() / path).lexically_normal().string();
}

// The bundle names sources by where they stand in their set, not by how the command line led to them.
void name_sources(check::PolicySet& set, const std::vector<InputFile>& files) {
  for (check::SourceDigest& source : set.sources) {
    const auto index = static_cast<size_t>(source.file);
    if (index < files.size()) source.path = files[index].set_path;
  }
  std::sort(set.sources.begin(), set.sources.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
}

}  // namespace

std::vector<std::string> Compiled::source_paths() const {
  std::vector<std::string> paths;
  if (!set) return paths;
  for (const check::SourceDigest& source : set->sources) paths.push_back(sources.file(source.file).path);
  return paths;
}

std::vector<std::string> finding_ids() {
  std::vector<std::string> ids;
  for (size_t i = 0; i < verify::check_count(); ++i)
    ids.emplace_back(verify::check_info(static_cast<verify::CheckId>(i)).id);
  return ids;
}

Compiled compile_files(const std::vector<InputFile>& files, const CompileOptions& options) {
  Compiled out;
  check::CheckOptions check_options;
  check_options.findings = finding_ids();
  for (const InputFile& file : files) {
    const FileId id = out.sources.add(file.path, file.text);
    if (file.baseline) check_options.baseline.push_back(id);
  }
  std::vector<syntax::File> trees;
  for (size_t i = 0; i < files.size(); ++i) {
    trees.push_back(syntax::parse(FileId{static_cast<uint32_t>(i)}, out.sources, out.diagnostics));
  }
  check_options.read_file = options.read_file ? options.read_file : [&](FileId from, const std::string& path) {
    return read_file(beside(out.sources.file(from).path, path));
  };
  if (!out.diagnostics.has_errors()) out.set = check::check(trees, out.sources, check_options, out.diagnostics);
  if (out.set) name_sources(*out.set, files);
  if (out.ok() && options.emit) {
    codegen::EmitOptions emit_options;
    emit_options.strip = options.strip;
    std::optional<std::string> bytes = codegen::emit(*out.set, out.sources, emit_options, out.diagnostics, &out.stats);
    GUARD_CHECK(bytes.has_value() || out.diagnostics.has_errors(), "no bundle, and no diagnostic that says why");
    if (bytes) out.bundle = std::move(*bytes);
  }
  out.diagnostics.finish();
  return out;
}

Compiled compile_text(const std::vector<std::pair<std::string, std::string>>& files, const CompileOptions& options) {
  std::vector<InputFile> inputs;
  std::map<std::string, std::string> others;
  for (const auto& [path, text] : files) {
    if (path.ends_with(".guard")) {
      inputs.push_back({path, path, text, false});
    } else {
      others.emplace(path, text);
    }
  }
  CompileOptions own = options;
  if (!own.read_file) {
    own.read_file = [&](FileId from, const std::string& path) -> Result<std::string> {
      const auto found = others.find(beside(inputs[static_cast<size_t>(from)].path, path));
      if (found == others.end()) return Failure{"there is no such file"};
      return found->second;
    };
  }
  return compile_files(inputs, own);
}

Result<Compiled> compile_paths(const std::vector<std::string>& paths, const std::vector<std::string>& baseline,
                               const CompileOptions& options) {
  std::vector<std::string> all = baseline;
  all.insert(all.end(), paths.begin(), paths.end());
  Result<std::vector<InputFile>> files = collect(all);
  if (!files.ok()) return Failure{files.error()};
  if (!baseline.empty()) {
    Result<std::vector<InputFile>> mandatory = collect(baseline);
    if (!mandatory.ok()) return Failure{mandatory.error()};
    for (size_t i = 0; i < mandatory.value().size(); ++i) files.value()[i].baseline = true;
  }
  return compile_files(files.value(), options);
}

}  // namespace guard::driver
