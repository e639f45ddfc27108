// See promotion.hpp.
#include "verify/diff/promotion.hpp"

#include <algorithm>
#include <map>

#include "verify/diff/join.hpp"

namespace guard::verify {
namespace {

using format::Mode;

constexpr std::string_view kModes[] = {"off", "shadow", "advisory", "enforce"};

// The rule of an id on a side, or nullptr.
const RuleOnKind* find(const Side& side, const std::string& id) {
  const auto at = std::find_if(side.rules.begin(), side.rules.end(), [&](const RuleOnKind& rule) {
    return side.bundle->text(side.bundle->view().Rules[rule.rule].id) == id;
  });
  return at == side.rules.end() ? nullptr : &*at;
}

bool same(const RuleOnKind* a, const RuleOnKind* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->effect == b->effect && a->fires == b->fires && a->surely == b->surely && a->met == b->met;
}

bool speaks_of(const guardvm::Bundle& bundle, uint32_t kind, const std::string& id) {
  const format::Range entries = bundle.view().Kinds[kind].entries;
  const auto rows = bundle.view().Entries.subspan(entries.first, entries.count);
  return std::any_of(rows.begin(), rows.end(), [&](const format::EntryRow& row) {
    return row.what == format::What::Rule && bundle.text(bundle.view().Rules[row.object].id) == id;
  });
}

}  // namespace

std::vector<Promotion> promotions(const guardvm::Bundle& before, const guardvm::Bundle& after, int64_t as_of_ns) {
  std::map<std::string_view, Mode> modes;
  for (const format::RuleRow& row : before.view().Rules) modes.emplace(before.text(row.id), row.mode);
  std::vector<Promotion> raised;
  for (uint32_t rule = 0; rule < after.view().Rules.size(); ++rule) {
    const format::RuleRow& row = after.view().Rules[rule];
    const auto old_one = modes.find(after.text(row.id));
    if (row.mode != Mode::Enforce || old_one == modes.end() || old_one->second == Mode::Enforce) continue;
    raised.push_back(
        {rule, std::string(old_one->first), std::string(kModes[static_cast<size_t>(old_one->second)]), true});
  }
  if (raised.empty()) return raised;
  World old_world(before, as_of_ns), new_world(after, as_of_ns);
  std::map<std::string_view, uint32_t> old_kinds;
  for (uint32_t k = 0; k < before.view().Kinds.size(); ++k)
    old_kinds.emplace(before.text(before.view().Kinds[k].name), k);
  for (uint32_t k = 0; k < after.view().Kinds.size(); ++k) {
    const auto old_one = old_kinds.find(after.text(after.view().Kinds[k].name));
    std::unique_ptr<JointKind> joint;
    for (Promotion& one : raised) {
      const bool there = speaks_of(after, k, one.id);
      if (old_one == old_kinds.end()) {
        one.same = one.same && !there;
        continue;
      }
      if (!there && !speaks_of(before, old_one->second, one.id)) continue;
      if (!joint) joint = join_kinds(old_world, old_one->second, new_world, k);
      one.same =
          one.same && joint->failure.empty() && same(find(joint->old_side, one.id), find(joint->new_side, one.id));
    }
    if (old_one != old_kinds.end()) old_kinds.erase(old_one);
  }
  for (const auto& [name, kind] : old_kinds) {
    for (Promotion& one : raised) one.same = one.same && !speaks_of(before, kind, one.id);
  }
  return raised;
}

}  // namespace guard::verify
