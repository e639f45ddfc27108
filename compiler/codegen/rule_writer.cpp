// Rules, exceptions, break-glasses, assumptions; and what only verify needs: invariants, covers, severities, excerpts.
#include <algorithm>

#include "base/deflate.hpp"
#include "check/constants.hpp"
#include "codegen/context.hpp"
#include "codegen/values.hpp"
#include "ir/settle.hpp"

namespace guard::codegen {
namespace {

std::vector<uint32_t> rule_ids(const std::vector<check::RuleId>& rules) {
  std::vector<uint32_t> out;
  for (const check::RuleId id : rules) out.push_back(static_cast<uint32_t>(id));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string json_value(const check::Constant& value) {
  switch (value.type.kind) {
    case check::TypeKind::Bool:
      return value.number != 0 ? "true" : "false";
    case check::TypeKind::String:
    case check::TypeKind::Version:
      return json_string(value.text);
    case check::TypeKind::Decimal:
      return decimal_text(value.number, value.type.scale);
    case check::TypeKind::Duration:
      return json_string(duration_text(value.number));
    default:
      return std::to_string(value.number);
  }
}

format::Range write_obligations(Context& context, const std::vector<check::Obligation>& obligations) {
  std::vector<format::ObligationRow> rows;
  for (const check::Obligation& obligation : obligations) {
    rows.push_back({context.pools.text(obligation.name), context.pools.text(json_value(obligation.value))});
  }
  return context.pools.obligations.add(rows);
}

format::Range write_accepted(Context& context, const check::Rule& rule) {
  if (context.options.strip) return {0, 0};
  std::vector<std::string> pairs;
  for (const check::Acceptance& accepted : rule.accepted) {
    pairs.insert(pairs.end(), {accepted.check, accepted.reason});
    if (!accepted.owner.empty()) pairs.insert(pairs.end(), {"owner", accepted.owner});
    if (accepted.until_ns) pairs.insert(pairs.end(), {"until", check::timestamp_text(*accepted.until_ns)});
  }
  return context.pools.strings(pairs);
}

void write_rule(Context& context, const check::Rule& rule) {
  format::RuleRow row{};
  row.id = context.pools.text(rule.id);
  row.policy = context.pools.text(rule.policy);
  row.owner = context.pools.text(rule.owner);
  row.message = context.pools.text(rule.message_source);
  row.span = context.span(rule.span);
  row.overrides = context.pools.indices(rule_ids(rule.overrides));
  row.obligations = write_obligations(context, rule.obligations);
  row.accepted = write_accepted(context, rule);
  row.mode_until_ns = rule.mode_until_ns.value_or(INT64_MAX);
  row.effect = static_cast<format::Effect>(rule.effect);
  row.mode = static_cast<format::Mode>(rule.mode);
  row.if_missing = static_cast<format::IfMissing>(rule.if_missing);
  row.mandatory = rule.mandatory ? 1 : 0;
  row.baseline = rule.baseline ? 1 : 0;
  row.mandatory_said = rule.mandatory_said ? 1 : 0;
  row.has_condition = rule.has_condition ? 1 : 0;
  context.pools.sections.Rules.push_back(row);
}

format::Range write_checks(Context& context, const std::vector<check::ConditionOnKind>& on) {
  std::vector<format::CheckOnKindRow>& rows = context.pools.sections.CheckOnKinds;
  const auto first = static_cast<uint32_t>(rows.size());
  for (const check::ConditionOnKind& item : on) {
    const Scope scope{item.kind};
    const check::Kind& kind = context.kind(item.kind);
    format::CheckOnKindRow row{};
    row.kind = static_cast<uint32_t>(item.kind);
    row.node = write_node(context, item.condition, scope);
    row.surely = context.code.code(ir::settle(item.condition, kind, ir::Truth::Surely), scope);
    row.possibly = context.code.code(ir::settle(item.condition, kind, ir::Truth::Possibly), scope);
    rows.push_back(row);
  }
  return {first, static_cast<uint32_t>(rows.size()) - first};
}

// guardvm::Outcome: Allow 0, Deny 1, Hold 2.
uint8_t outcome_bit(syntax::OutcomeWord outcome) {
  switch (outcome) {
    case syntax::OutcomeWord::Allow:
      return 1u << 0;
    case syntax::OutcomeWord::Deny:
      return 1u << 1;
    case syntax::OutcomeWord::Hold:
      return 1u << 2;
  }
  return 0;
}

}  // namespace

void write_rules(Context& context) {
  Sections& out = context.pools.sections;
  for (const check::Rule& rule : context.set.rules) write_rule(context, rule);
  for (const check::Exception& exception : context.set.exceptions) {
    format::ExceptionRow row{};
    row.id = context.pools.text(exception.id);
    row.owner = context.pools.text(exception.owner);
    row.reason = context.pools.text(exception.reason);
    row.span = context.span(exception.span);
    row.rules = context.pools.indices(rule_ids(exception.rules));
    row.expires_ns = exception.expires_ns;
    row.has_condition = exception.has_condition ? 1 : 0;
    out.Exceptions.push_back(row);
  }
  for (const check::BreakGlass& item : context.set.break_glass) {
    format::BreakGlassRow row{};
    row.id = context.pools.text(item.id);
    row.span = context.span(item.span);
    row.rules = context.pools.indices(rule_ids(item.rules));
    row.obligations = write_obligations(context, item.obligations);
    row.duration_ns = item.duration_ns;
    row.every = item.every ? 1 : 0;
    row.even_mandatory = item.even_mandatory ? 1 : 0;
    row.baseline = item.baseline ? 1 : 0;
    out.BreakGlasses.push_back(row);
  }
  for (const check::Assumption& item : context.set.assumptions) {
    out.Assumptions.push_back({context.pools.text(item.text), context.span(item.span)});
  }
}

void write_provenance(Context& context) {
  Sections& out = context.pools.sections;
  for (const check::Invariant& item : context.set.invariants) {
    format::InvariantRow row{};
    row.id = context.pools.text(item.id);
    row.text = context.pools.text(item.text);
    row.span = context.span(item.span);
    row.on = write_checks(context, item.on);
    row.never = item.never ? 1 : 0;
    for (const syntax::OutcomeWord outcome : item.outcomes) {
      row.outcomes = static_cast<uint8_t>(row.outcomes | outcome_bit(outcome));
    }
    out.Invariants.push_back(row);
  }
  for (const check::Cover& item : context.set.covers) {
    format::CoverRow row{};
    row.policy = context.pools.text(item.policy);
    row.text = context.pools.text(item.text);
    row.span = context.span(item.span);
    row.on = write_checks(context, item.on);
    out.Covers.push_back(row);
  }
  for (const auto& [check, severity] : context.set.severities) {
    out.Severities.push_back({context.pools.text(check), context.pools.text(severity)});
  }
}

// The whole lines that each span touches, once.
void write_excerpts(Context& context) {
  std::vector<Span> spans;
  const check::PolicySet& set = context.set;
  for (const auto& rule : set.rules) spans.push_back(rule.span);
  for (const auto& exception : set.exceptions) spans.push_back(exception.span);
  for (const auto& item : set.break_glass) spans.push_back(item.span);
  for (const auto& item : set.assumptions) spans.push_back(item.span);
  for (const auto& item : set.invariants) spans.push_back(item.span);
  for (const auto& item : set.covers) spans.push_back(item.span);
  struct Lines {
    uint32_t source, first, last;
    FileId file;
    auto operator<=>(const Lines&) const = default;
  };
  std::vector<Lines> lines;
  for (const Span& span : spans) {
    const auto file = static_cast<size_t>(span.file);
    if (file >= context.source_row.size() || context.source_row[file] == format::kNone) continue;
    const uint32_t last = span.end > span.begin ? span.end - 1 : span.end;
    lines.push_back({context.source_row[file], context.sources.locate(span.file, span.begin).line,
                     context.sources.locate(span.file, last).line, span.file});
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  Sections& out = context.pools.sections;
  std::string all;
  for (const Lines& part : lines) {
    const SourceFile& file = context.sources.file(part.file);
    const size_t begin = file.line_starts[part.first - 1];
    const size_t end = part.last < file.line_starts.size() ? file.line_starts[part.last] : file.text.size();
    const std::string_view text = std::string_view(file.text).substr(begin, end - begin);
    out.Excerpts.push_back(
        {static_cast<uint32_t>(all.size()), static_cast<uint32_t>(text.size()), part.source, part.first});
    all += text;
  }
  const std::string bytes = deflate(all);
  out.ExcerptBytes.assign(bytes.begin(), bytes.end());
}

}  // namespace guard::codegen
