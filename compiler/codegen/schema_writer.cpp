// Schema, windows, zones, data and sources: row by row what the checked set says.
#include <algorithm>

#include "codegen/context.hpp"
#include "codegen/values.hpp"

namespace guard::codegen {
namespace {

using check::TypeKind;

uint32_t leaf_id(check::LeafId id) { return static_cast<uint32_t>(id); }

void unhex(const std::string& hex, uint8_t (&out)[32]) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (size_t i = 0; i < 32 && 2 * i + 1 < hex.size(); ++i) {
    out[i] = static_cast<uint8_t>(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
  }
}

bool has_enum(const check::Type& type) {
  return type.kind == TypeKind::Enum || (type.kind == TypeKind::Set && type.element == TypeKind::Enum);
}

bool has_range(const check::Type& type) {
  return type.kind == TypeKind::Int || type.kind == TypeKind::Decimal ||
         (type.kind == TypeKind::Set && type.element == TypeKind::Int);
}

format::LeafRow leaf_row(Context& context, const check::Leaf& leaf) {
  format::LeafRow row{};
  row.path = context.pools.text(leaf.path);
  row.json = context.pools.strings(leaf.json);
  if (has_range(leaf.type)) {
    row.min = leaf.type.min;
    row.max = leaf.type.max;
  }
  row.max_age_ns = leaf.max_age_ns;
  row.enum_id = has_enum(leaf.type) ? static_cast<uint32_t>(leaf.type.enum_id) : format::kNone;
  row.parent = leaf_id(leaf.parent);
  row.signal = leaf_id(leaf.signal);
  row.type = static_cast<format::Type>(leaf.type.kind);
  row.element = static_cast<format::Type>(leaf.type.element);
  row.optional = leaf.optional ? 1 : 0;
  row.sensitive = leaf.sensitive ? 1 : 0;
  row.precision = leaf.type.precision;
  row.scale = leaf.type.scale;
  return row;
}

void write_kind(Context& context, const check::Kind& kind) {
  Sections& out = context.pools.sections;
  format::KindRow row{};
  row.name = context.pools.text(kind.name);
  const auto first = static_cast<uint32_t>(out.Leaves.size());
  row.leaves = {first, static_cast<uint32_t>(kind.leaves.size())};
  for (const check::Leaf& leaf : kind.leaves) out.Leaves.push_back(leaf_row(context, leaf));
  for (size_t i = 0; i < kind.leaves.size(); ++i) {
    const std::vector<check::Leaf>& columns = kind.leaves[i].columns;
    if (columns.empty()) continue;
    out.Leaves[first + i].columns = {static_cast<uint32_t>(out.Leaves.size()), static_cast<uint32_t>(columns.size())};
    for (const check::Leaf& column : columns) out.Leaves.push_back(leaf_row(context, column));
  }
  row.now = leaf_id(kind.now);
  row.actor = leaf_id(kind.actor);
  row.approvals = leaf_id(kind.approvals);
  row.approval_by = kind.approval_by;
  row.approval_groups = kind.approval_groups;
  row.approval_at = kind.approval_at;
  row.break_glass = leaf_id(kind.break_glass);
  row.break_glass_by = leaf_id(kind.break_glass_by);
  row.break_glass_reason = leaf_id(kind.break_glass_reason);
  row.break_glass_at = leaf_id(kind.break_glass_at);
  // guardvm::Outcome: Allow 0, Deny 1.
  row.default_outcome = kind.default_outcome == syntax::OutcomeWord::Allow ? 0 : 1;
  row.unguarded = kind.unguarded ? 1 : 0;
  out.Kinds.push_back(row);
}

uint32_t zone_row(const check::PolicySet& set, const std::string& name) {
  for (uint32_t i = 0; i < set.zones.size(); ++i) {
    if (set.zones[i].name == name) return i;
  }
  GUARD_CHECK(false, "a window in a zone without a table");
  return format::kNone;
}

void write_windows(Context& context) {
  Sections& out = context.pools.sections;
  using Kind = check::WindowStep::Kind;
  for (const check::Window& window : context.set.windows) {
    format::WindowRow row{};
    row.name = context.pools.text(window.name);
    row.steps = {static_cast<uint32_t>(out.WindowSteps.size()), static_cast<uint32_t>(window.steps.size())};
    for (const check::WindowStep& step : window.steps) {
      format::WindowStepRow s{};
      s.kind = static_cast<format::StepKind>(step.kind);
      s.exclude = step.exclude ? 1 : 0;
      s.zone = s.window = format::kNone;
      if (step.kind == Kind::Weekly || step.kind == Kind::LocalDay) s.zone = zone_row(context.set, step.zone);
      if (step.kind == Kind::Window) s.window = static_cast<uint32_t>(step.window);
      if (step.kind == Kind::LocalDay) s.from = step.day;
      if (step.kind == Kind::Interval) {
        s.from = step.from_ns;
        s.to = step.to_ns;
      }
      s.minutes = {static_cast<uint32_t>(out.MinuteRanges.size()), static_cast<uint32_t>(step.minutes.size())};
      for (const auto& [begin, end] : step.minutes) out.MinuteRanges.push_back({begin, end});
      out.WindowSteps.push_back(s);
    }
    out.Windows.push_back(row);
  }
  for (const check::Zone& zone : context.set.zones) {
    format::ZoneRow row{};
    row.name = context.pools.text(zone.name);
    row.offsets = {static_cast<uint32_t>(out.ZoneOffsets.size()), static_cast<uint32_t>(zone.rows.size())};
    for (const check::ZoneRow& offset : zone.rows) out.ZoneOffsets.push_back({offset.from_ns, offset.offset_s});
    out.Zones.push_back(row);
  }
}

format::DataCell data_cell(Context& context, const check::DataField& field, const check::DataCell& cell) {
  format::DataCell row{};
  row.set = format::kNone;
  row.present = cell.present ? 1 : 0;
  if (field.type.kind == TypeKind::Set) {
    if (cell.present) row.set = context.pools.string_set(cell.texts);
  } else if (cell.present && (field.type.kind == TypeKind::String || field.type.kind == TypeKind::Version)) {
    row.text = context.pools.text(cell.constant.text);
  } else if (cell.present) {
    row.number = cell.constant.number;
  }
  return row;
}

void write_data(Context& context) {
  Sections& out = context.pools.sections;
  for (const check::DataTable& table : context.set.data) {
    format::DataRow row{};
    row.name = context.pools.text(table.name);
    row.file = context.pools.text(table.file);
    unhex(table.sha256, row.sha256);
    std::vector<std::string> keys;
    for (const auto& [key, cells] : table.rows) keys.push_back(key);
    row.keys = context.pools.strings(keys);
    row.fields = {static_cast<uint32_t>(out.DataFields.size()), static_cast<uint32_t>(table.fields.size())};
    for (const check::DataField& field : table.fields) {
      format::DataFieldRow f{};
      f.name = context.pools.text(field.name);
      f.enum_id = has_enum(field.type) ? static_cast<uint32_t>(field.type.enum_id) : format::kNone;
      f.type = static_cast<format::Type>(field.type.kind);
      f.element = static_cast<format::Type>(field.type.element);
      f.optional = field.optional ? 1 : 0;
      f.scale = field.type.scale;
      out.DataFields.push_back(f);
    }
    row.cells = static_cast<uint32_t>(out.DataCells.size());
    for (const auto& [key, cells] : table.rows) {
      for (size_t i = 0; i < table.fields.size(); ++i)
        out.DataCells.push_back(data_cell(context, table.fields[i], cells[i]));
    }
    out.Data.push_back(row);
  }
}

}  // namespace

Context::Context(const check::PolicySet& policies, const Sources& texts, const EmitOptions& emit_options,
                 Diagnostics& diags)
    : set(policies), sources(texts), options(emit_options), diagnostics(diags), code(policies, pools, diags) {
  source_row.assign(sources.size(), format::kNone);
  for (size_t i = 0; i < set.sources.size(); ++i) {
    const auto file = static_cast<size_t>(set.sources[i].file);
    if (file < source_row.size()) source_row[file] = static_cast<uint32_t>(i);
  }
}

format::SpanRow Context::span(Span span) const {
  const format::SpanRow unknown{0, 0, 0, 0, format::kNoFile};
  const auto file = static_cast<size_t>(span.file);
  if (file >= source_row.size() || source_row[file] == format::kNone) return unknown;
  const LineColumn begin = sources.locate(span.file, span.begin), end = sources.locate(span.file, span.end);
  const auto small = [](uint32_t number) { return static_cast<uint16_t>(std::min(number, 0xffffu)); };
  return {begin.line, small(end.line - begin.line), small(begin.column), small(end.column), small(source_row[file])};
}

void write_schema(Context& context) {
  Sections& out = context.pools.sections;
  const check::PolicySet& set = context.set;
  format::MetaRow meta{};
  meta.schema = context.pools.text(set.schema);
  meta.tzdata = context.pools.text(set.tzdata_version);
  meta.kind_json = context.pools.strings(set.kind_json);
  meta.horizon_from_ns = set.horizon_from_ns;
  meta.horizon_to_ns = set.horizon_to_ns;
  meta.blocking_wins = set.blocking_wins ? 1 : 0;
  meta.stripped = context.options.strip ? 1 : 0;
  out.Meta.push_back(meta);
  for (const check::EnumType& type : set.enums) {
    out.Enums.push_back({context.pools.text(type.name), context.pools.strings(type.words), type.ordered ? 1u : 0u, 0});
  }
  for (const check::Kind& kind : set.kinds) write_kind(context, kind);
  write_windows(context);
  write_data(context);
  for (const check::SourceDigest& source : set.sources) {
    format::SourceRow row{};
    row.path = context.pools.text(source.path);
    unhex(source.sha256, row.sha256);
    out.Sources.push_back(row);
  }
}

void write_requirements(Context& context) {
  for (const check::Requirement& requirement : context.set.requirements) {
    format::RequirementRow row{};
    row.text = context.pools.text(requirement.text);
    row.within_ns = requirement.within_ns.value_or(-1);
    if (requirement.within_ns) row.within_text = context.pools.text(duration_text(*requirement.within_ns));
    row.count = requirement.count;
    row.from = context.pools.string_set(requirement.from);
    std::vector<uint32_t> excluding;
    for (const check::LeafId leaf : requirement.excluding) excluding.push_back(leaf_id(leaf));
    row.excluding = context.pools.indices(excluding);
    row.including_actor = requirement.including_actor ? 1 : 0;
    context.pools.sections.Requirements.push_back(row);
  }
}

}  // namespace guard::codegen
