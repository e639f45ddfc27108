// The emitter's order of work, and its statistics.
#include "codegen/emit.hpp"

#include <sodium.h>

#include "codegen/context.hpp"
#include "guardvm/limits.hpp"

namespace guard::codegen {
namespace {

// Every offset in a bundle is 32 bits wide; a section that passed them would be cut off silently.
bool fits(const Sections& sections) {
  uint64_t bytes = 0;
  bool fits = true;
#define GUARD_SECTION_SIZE(id, name, item)                      \
  bytes += sections.name.size() * sizeof(sections.name[0]) + 8; \
  fits = fits && sections.name.size() < guardvm::format::kNone;
  GUARD_SECTIONS(GUARD_SECTION_SIZE)
#undef GUARD_SECTION_SIZE
  return fits && bytes <= guardvm::kLimitBundleBytes;
}

void fill(Stats& stats, const check::PolicySet& set, const Sections& sections, size_t bytes) {
  stats.rules = set.rules.size();
  stats.bytes = bytes;
#define GUARD_SECTION_STATS(id, name, item) \
  if (!sections.name.empty())               \
    stats.sections.push_back({#name, sections.name.size(), sections.name.size() * sizeof(sections.name[0])});
  GUARD_SECTIONS(GUARD_SECTION_STATS)
#undef GUARD_SECTION_STATS
}

}  // namespace

std::optional<std::string> emit(const check::PolicySet& set, const Sources& sources, const EmitOptions& options,
                                Diagnostics& diagnostics, Stats* stats) {
  GUARD_CHECK(sodium_init() >= 0, "libsodium does not start");
  const size_t errors = diagnostics.error_count();
  Stats own;
  Stats& seen = stats != nullptr ? *stats : own;
  seen = {};
  Context context(set, sources, options, diagnostics);
  if (!options.strip) write_excerpts(context);
  write_schema(context);
  write_requirements(context);
  write_rules(context);
  write_entries(context, seen);
  if (!options.strip) write_provenance(context);
  context.code.finish();
  if (!fits(context.pools.sections)) {
    const Span where = set.rules.empty() ? Span{} : set.rules.front().span;
    diagnostics
        .report(DiagId::LimitExceeded, where,
                "the bundle would have more than " + std::to_string(guardvm::kLimitBundleBytes) +
                    " bytes (limit `bundle-bytes`)")
        .help("split the policy set into several bundles");
  }
  if (diagnostics.error_count() > errors) return std::nullopt;
  std::string bytes = write_bundle(context.pools.sections);
  fill(seen, set, context.pools.sections, bytes.size());
  return bytes;
}

std::string to_text(const Stats& stats) {
  std::string out = "rules " + std::to_string(stats.rules) + ", bytes " + std::to_string(stats.bytes) + "\n";
  for (const Stats::Kind& kind : stats.kinds) {
    out += "kind " + kind.name + ": " + std::to_string(kind.entries) + " entries, " + std::to_string(kind.exact) +
           " decided by the index alone, worst case " + std::to_string(kind.worst_steps) + " steps\n";
    for (const Stats::Dim& dim : kind.dims) {
      out += "  " + dim.attribute + " (" + dim.classifier + "): " + std::to_string(dim.classes) + " classes, " +
             std::to_string(dim.bytes) + " bytes\n";
    }
  }
  for (const Stats::Section& section : stats.sections) {
    out += "section " + section.name + ": " + std::to_string(section.items) + " items, " +
           std::to_string(section.bytes) + " bytes\n";
  }
  return out;
}

}  // namespace guard::codegen
