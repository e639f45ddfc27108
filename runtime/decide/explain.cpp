// Explaining: Kleene truth over the condition tree, and the smallest set of atoms that makes it so.
#include "decide/explain.hpp"

#include <algorithm>

namespace guardvm {
namespace {

using format::ConditionNode;
using format::NodeKind;

Truth negate(Truth t) { return static_cast<Truth>(2 - static_cast<uint8_t>(t)); }

Truth atom_truth(const Facts& facts, const ConditionNode& node, TimeIs time) {
  if (time == TimeIs::Unknown && node.uses_time != 0) return Truth::Unknown;
  if (run(facts, node.surely())) return Truth::True;
  return run(facts, node.possibly(*facts.view)) ? Truth::Unknown : Truth::False;
}

// Atoms that keep `node` from sinking below `floor` (want_high) or from rising above it (not want_high).
std::vector<Reason> keepers(const Facts& facts, uint32_t index, Truth bound, bool want_high) {
  const ConditionNode& node = facts.view->ConditionNodes[index];
  const auto child = [&](uint32_t i) { return facts.view->Indices[node.children().first + i]; };
  const auto good = [&](uint32_t i) {
    const Truth truth = evaluate_node(facts, child(i));
    return want_high ? truth >= bound : truth <= bound;
  };
  switch (node.kind) {
    case NodeKind::Constant:
      return {};
    case NodeKind::Atom:
      return {{index, evaluate_node(facts, index)}};
    case NodeKind::Not:
      return keepers(facts, child(0), negate(bound), !want_high);
    case NodeKind::And:
    case NodeKind::Or:
      break;
  }
  std::vector<Reason> reasons;
  if ((node.kind == NodeKind::And) == want_high) {  // Every child is needed.
    for (uint32_t i = 0; i < node.children().count; ++i) {
      for (const Reason& reason : keepers(facts, child(i), bound, want_high)) {
        if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
      }
    }
    return reasons;
  }
  bool first = true;
  for (uint32_t i = 0; i < node.children().count; ++i) {  // One child suffices: the one with the fewest atoms.
    if (!good(i)) continue;
    std::vector<Reason> candidate = keepers(facts, child(i), bound, want_high);
    if (first || candidate.size() < reasons.size()) reasons = std::move(candidate);
    first = false;
  }
  return reasons;
}

}  // namespace

Truth evaluate_node(const Facts& facts, uint32_t index, TimeIs time) {
  const ConditionNode& node = facts.view->ConditionNodes[index];
  const auto child = [&](uint32_t i) {
    return evaluate_node(facts, facts.view->Indices[node.children().first + i], time);
  };
  switch (node.kind) {
    case NodeKind::Constant:
      return node.value != 0 ? Truth::True : Truth::False;
    case NodeKind::Atom:
      return atom_truth(facts, node, time);
    case NodeKind::Not:
      return negate(child(0));
    case NodeKind::And: {
      Truth truth = Truth::True;
      for (uint32_t i = 0; i < node.children().count && truth != Truth::False; ++i) truth = std::min(truth, child(i));
      return truth;
    }
    case NodeKind::Or: {
      Truth truth = Truth::False;
      for (uint32_t i = 0; i < node.children().count && truth != Truth::True; ++i) truth = std::max(truth, child(i));
      return truth;
    }
  }
  return Truth::Unknown;
}

std::vector<Reason> sufficient(const Facts& facts, uint32_t node, Truth at_least) {
  return keepers(facts, node, at_least, true);
}

}  // namespace guardvm
