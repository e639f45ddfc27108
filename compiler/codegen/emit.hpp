// The emitter: a checked policy set in, the bytes of a bundle out.
//
//   std::optional<std::string> bytes = guard::codegen::emit(set, sources, {.strip = false}, diagnostics, &stats);
//
// Deterministic to the byte: nothing depends on addresses, time or hash order. Nothing is returned when a limit was
// exceeded (an automaton too large, a bundle too large): then `diagnostics` has an error. Pure, no I/O. COST: about
// linear in the rules; 100,000 rules in seconds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/span.hpp"
#include "check/model.hpp"
#include "diag/diagnostic.hpp"

namespace guard::codegen {

struct EmitOptions {
  bool strip = false;       // leave out source excerpts, invariants, covers, severities and acceptances
  bool prune_index = true;  // leave attributes to code where that is faster (for tests of the index: false)
};

// For `guardc build --stats`.
struct Stats {
  struct Dim {
    std::string attribute;   // path of the leaf
    std::string classifier;  // "numbers", "strings", "text patterns", …
    uint64_t classes = 0;    // or atoms
    uint64_t bytes = 0;      // of its rows
  };
  struct Kind {
    std::string name;
    uint64_t entries = 0, exact = 0;  // decided by the index alone
    uint64_t worst_steps = 0;
    std::vector<Dim> dims;
  };
  struct Section {
    std::string name;
    uint64_t items = 0, bytes = 0;
  };
  uint64_t rules = 0, bytes = 0;
  std::vector<Kind> kinds;
  std::vector<Section> sections;
};

[[nodiscard]] std::optional<std::string> emit(const check::PolicySet& set, const Sources& sources,
                                              const EmitOptions& options, Diagnostics& diagnostics,
                                              Stats* stats = nullptr);

// The statistics as lines of text.
[[nodiscard]] std::string to_text(const Stats& stats);

}  // namespace guard::codegen
