// What the emitter's files share: the set, its sources, the pools, the code writer.
#pragma once
#include <unordered_map>

#include "base/span.hpp"
#include "check/model.hpp"
#include "codegen/code_writer.hpp"
#include "codegen/emit.hpp"
#include "codegen/pools.hpp"
#include "diag/diagnostic.hpp"

namespace guard::codegen {

struct Context {
  const check::PolicySet& set;
  const Sources& sources;
  const EmitOptions& options;
  Diagnostics& diagnostics;
  Pools pools;
  CodeWriter code;
  std::vector<uint32_t> source_row;  // per FileId: row of Sources, or kNone

  Context(const check::PolicySet& policies, const Sources& texts, const EmitOptions& emit_options, Diagnostics& diags);

  [[nodiscard]] format::SpanRow span(Span span) const;
  [[nodiscard]] const check::Kind& kind(check::KindId id) const { return set.kinds[static_cast<uint32_t>(id)]; }
};

// ---- schema_writer.cpp ----
void write_schema(Context& context);  // Meta, Enums, Kinds, Leaves, Windows, Zones, Data, Sources
void write_requirements(Context& context);

// ---- rule_writer.cpp ----
void write_rules(Context& context);       // Rules, Exceptions, BreakGlasses, Assumptions
void write_provenance(Context& context);  // Invariants, Covers, Severities: with Excerpts, what --strip leaves out
void write_excerpts(Context& context);    // Excerpts, ExcerptBytes

// ---- node_writer.cpp ----
// The condition's tree in ConditionNodes; kNone for `true`.
uint32_t write_node(Context& context, const check::Condition& condition, const Scope& scope);

// ---- entry_writer.cpp ----
void write_entries(Context& context, Stats& stats);  // Entries and, per kind, the index

// ---- bundle_writer.cpp ----
[[nodiscard]] std::string write_bundle(const Sections& sections);

}  // namespace guard::codegen
