// See replayable.hpp.
#include "tool/replayable.hpp"

#include "read/plan.hpp"
#include "read/values.hpp"
#include "rehearse/counts.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

ReadLeaves::ReadLeaves(const Bundle& bundle) : bundle_(bundle) {
  const format::View& view = bundle.view();
  for (const format::KindRow& kind : view.Kinds) {
    std::vector<bool>& read = read_.emplace_back(kind.leaves.count, false);
    for (const uint32_t leaf : {kind.now, kind.actor, kind.approvals, kind.break_glass, kind.break_glass_by,
                                kind.break_glass_reason, kind.break_glass_at})
      if (leaf < read.size()) read[leaf] = true;
  }
  for (const format::OperandRow& operand : view.Operands) {
    std::vector<bool>& read = read_[operand.kind];
    if (operand.from == format::From::Leaf && operand.index < read.size()) read[operand.index] = true;
  }
  for (const format::RequirementRow& row : view.Requirements)
    for (uint32_t i = 0; i < row.excluding.count; ++i)
      for (std::vector<bool>& read : read_)
        if (const uint32_t leaf = view.Indices[row.excluding.first + i]; leaf < read.size()) read[leaf] = true;
}

bool ReadLeaves::harmless(uint32_t kind, std::string_view pointer) const {
  const ReadPlan& plan = bundle_.read_plan();
  if (pointer.find('~') != std::string_view::npos) return false;
  uint32_t node = plan.kinds[kind].root;
  while (!pointer.empty()) {
    const size_t end = pointer.find('/', 1);
    node = plan.find_child(node, pointer.substr(1, end == std::string_view::npos ? end : end - 1));
    if (node == 0) return true;
    if (plan.nodes[node].op == ReadOp::List) return false;  // what is within is not told apart
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
  }
  const PlanNode& found = plan.nodes[node];
  return found.op == ReadOp::String && found.leaf < read_[kind].size() && !read_[kind][found.leaf];
}

std::optional<Replayable> replayable(const log::RecordView& record) {
  if (!record.action.is_object()) return std::nullopt;
  Replayable found;
  found.action = record.action.raw();
  found.given.kind = record.given.member("kind").plain_text();
  found.given.has_at = parse_timestamp(record.given.member("at").plain_text(), found.given.at_ns);
  found.given.strict = record.given.member("strict").is_true();
  found.decided = outcome_named(record.outcome);
  return found;
}

}  // namespace guardvm::tool
