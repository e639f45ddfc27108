// See coverage.hpp. Reads the condition trees that the bundle carries, so it speaks of the conditions as their authors
// wrote them.
#include "driver/coverage.hpp"

#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "decide/explain.hpp"

namespace guard::driver {

namespace fmt = guardvm::format;

size_t count_complete(const std::vector<CoverageItem>& items) {
  return static_cast<size_t>(
      std::count_if(items.begin(), items.end(), [](const auto& item) { return item.complete(); }));
}

unsigned percent_complete(const Coverage& coverage) {
  const size_t all = coverage.rules.size() + coverage.conditions.size();
  const size_t complete = count_complete(coverage.rules) + count_complete(coverage.conditions);
  return all == 0 ? 100 : static_cast<unsigned>(complete * 100 / all);
}

CoverageCollector::CoverageCollector(const guardvm::Bundle& bundle, std::vector<std::string> sources)
    : bundle_(bundle), view_(bundle.view()), sources_(std::move(sources)), engine_(bundle, guardvm::Tier::Linear) {
  for (uint32_t i = 0; i < view_.Rules.size(); ++i) {
    const fmt::RuleRow& rule = view_.Rules[i];
    if (rule.mode == fmt::Mode::Off) continue;
    rules_[i] = {std::string(bundle_.text(rule.id)), place(rule.span), {}, false, false, rule.has_condition != 0};
  }
  for (const fmt::EntryRow& entry : view_.Entries) {
    if (entry.what == fmt::What::Assumption) continue;  // a broken assumption is an error, which decides nothing else
    const std::string name = owner(entry);
    list_conditions(entry.node, name);
    list_conditions(entry.until_node, name);
  }
}

std::string CoverageCollector::owner(const fmt::EntryRow& entry) const {
  switch (entry.what) {
    case fmt::What::Rule:
      return std::string(bundle_.text(view_.Rules[entry.object].id));
    case fmt::What::Exception:
      return std::string(bundle_.text(view_.Exceptions[entry.object].id));
    case fmt::What::BreakGlass:
      return std::string(bundle_.text(view_.BreakGlasses[entry.object].id));
    case fmt::What::Assumption:
      return {};
  }
  return {};
}

std::string CoverageCollector::place(const fmt::SpanRow& span) const {
  const std::string path =
      sources_.empty() ? std::string(bundle_.text(view_.Sources[span.file].path)) : sources_.at(span.file);
  return path + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

CoverageCollector::Place CoverageCollector::key(const fmt::SpanRow& span) {
  return {span.file, span.line, span.column, span.line + span.lines, span.end_column};
}

void CoverageCollector::list_conditions(uint32_t node, const std::string& owner) {
  if (node == fmt::kNone) return;
  const fmt::ConditionNode& row = view_.ConditionNodes[node];
  if (row.kind == fmt::NodeKind::Atom) {
    conditions_.try_emplace(
        key(row.span), CoverageItem{std::string(bundle_.text(row.text)), place(row.span), owner, false, false, true});
  }
  for (uint32_t i = 0; i < row.children().count; ++i) list_conditions(view_.Indices[row.children().first + i], owner);
}

void CoverageCollector::add_conditions(uint32_t node) {
  if (node == fmt::kNone) return;
  const fmt::ConditionNode& row = view_.ConditionNodes[node];
  if (row.kind == fmt::NodeKind::Atom) {
    CoverageItem& item = conditions_.at(key(row.span));
    const guardvm::Truth truth = guardvm::evaluate_node(engine_.facts(), node);
    item.yes |= truth == guardvm::Truth::True;
    item.no |= truth == guardvm::Truth::False;
  }
  for (uint32_t i = 0; i < row.children().count; ++i) add_conditions(view_.Indices[row.children().first + i]);
}

void CoverageCollector::add(const guardvm::Action& action, const guardvm::Decision& decision) {
  guardvm::Decision again;
  engine_.decide(action, again);
  const fmt::KindRow& kind = view_.Kinds[decision.kind];
  for (uint32_t i = 0; i < kind.entries.count; ++i) {
    const fmt::EntryRow& entry = view_.Entries[kind.entries.first + i];
    if (entry.what == fmt::What::Assumption) continue;
    add_conditions(entry.node);
    add_conditions(entry.until_node);
    const auto rule = rules_.find(entry.object);
    if (entry.what != fmt::What::Rule || rule == rules_.end()) continue;
    const bool fired = std::any_of(decision.rules.begin(), decision.rules.end(),
                                   [&](const guardvm::FiredRule& one) { return one.rule == entry.object; });
    (fired ? rule->second.yes : rule->second.no) = true;
  }
}

void CoverageCollector::go_on_from(const Coverage& coverage) {
  const auto join = [](auto& items, const std::vector<CoverageItem>& seen) {
    GUARD_CHECK(items.size() == seen.size(), "coverage of another bundle");
    size_t i = 0;
    for (auto& [key, item] : items) {
      item.yes |= seen[i].yes;
      item.no |= seen[i++].no;
    }
  };
  join(rules_, coverage.rules);
  join(conditions_, coverage.conditions);
}

void CoverageCollector::list_atoms(uint32_t node, std::vector<uint32_t>& atoms) const {
  if (node == fmt::kNone) return;
  const fmt::ConditionNode& row = view_.ConditionNodes[node];
  if (row.kind == fmt::NodeKind::Atom) atoms.push_back(node);
  for (uint32_t i = 0; i < row.children().count; ++i) list_atoms(view_.Indices[row.children().first + i], atoms);
}

std::vector<verify::Side> CoverageCollector::sides() const {
  std::vector<verify::Side> sides;
  for (uint32_t kind = 0; kind < view_.Kinds.size(); ++kind) {
    const fmt::Range entries = view_.Kinds[kind].entries;
    for (uint32_t entry = entries.first; entry < entries.first + entries.count; ++entry) {
      const fmt::EntryRow& row = view_.Entries[entry];
      if (row.what == fmt::What::Assumption) continue;
      std::vector<uint32_t> nodes;
      if (row.what == fmt::What::Rule && rules_.contains(row.object)) nodes.push_back(fmt::kNone);
      list_atoms(row.node, nodes);
      list_atoms(row.until_node, nodes);
      for (const uint32_t node : nodes) {
        for (const bool yes : {true, false}) sides.push_back({kind, entry, node, yes});
      }
    }
  }
  return sides;
}

const CoverageItem& CoverageCollector::item(const verify::Side& side) const {
  if (side.node == fmt::kNone) return rules_.at(view_.Entries[side.entry].object);
  return conditions_.at(key(view_.ConditionNodes[side.node].span));
}

bool CoverageCollector::is_open(const verify::Side& side) const {
  const CoverageItem& own = item(side);
  return side.yes ? !own.yes : !own.no && own.can_be_no;
}

Coverage CoverageCollector::take() && {
  Coverage coverage;
  for (auto& [rule, item] : rules_) coverage.rules.push_back(std::move(item));
  for (auto& [where, item] : conditions_) coverage.conditions.push_back(std::move(item));
  return coverage;
}

}  // namespace guard::driver
