// See set_bundle.hpp.
#include "driver/set_bundle.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "driver/commands.hpp"
#include "driver/compile.hpp"
#include "read/values.hpp"

namespace guard::driver {
namespace {

bool is_bundle(const std::vector<std::string>& paths) {
  std::error_code ignored;
  return paths.size() == 1 && !paths[0].ends_with(".guard") && std::filesystem::is_regular_file(paths[0], ignored);
}

}  // namespace

std::optional<int64_t> instant_of(const std::string& text) {
  if (text.empty()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const int64_t ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    return ns - ns % guardvm::kDay_ns;
  }
  int64_t ns = 0;
  const bool date_only = text.find('T') == std::string::npos;
  if (!guardvm::parse_timestamp(date_only ? text + "T00:00:00Z" : text, ns)) return std::nullopt;
  return ns;
}

std::string cannot_verify(const guardvm::Bundle& bundle, int64_t as_of_ns) {
  const guardvm::format::MetaRow& meta = bundle.view().Meta[0];
  if (as_of_ns < meta.horizon_from_ns || as_of_ns >= meta.horizon_to_ns) {
    return "`--as-of` lies outside the zone data of the bundle";
  }
  if (meta.stripped != 0) return "the bundle was built with --strip: what verification reads was left out";
  return {};
}

std::variant<LoadedSet, guardvm::Exit> load_set(const std::vector<std::string>& paths,
                                                const std::vector<std::string>& baseline) {
  if (is_bundle(paths)) {
    guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::load(paths[0]);
    if (bundle.ok()) return LoadedSet{std::move(bundle.value()), {}};
    std::fprintf(stderr, "guardc: %s: %s\n", paths[0].c_str(), bundle.error().message.c_str());
    return guardvm::Exit::Refused;
  }
  Result<Compiled> result = compile_paths(paths, baseline, {});
  if (!result.ok()) return usage_error(result.error());
  const Compiled& compiled = result.value();
  std::fputs(render(compiled.diagnostics, compiled.sources, DiagFormat::Text).c_str(), stderr);
  if (!compiled.ok()) return guardvm::Exit::Refused;
  guardvm::Loaded<guardvm::Bundle> bundle = guardvm::Bundle::from_bytes(compiled.bundle);
  if (!bundle.ok()) internal_error(bundle.error().message.c_str(), __FILE__, __LINE__);
  return LoadedSet{std::move(bundle.value()), compiled.source_paths()};
}

}  // namespace guard::driver
