// Questions that vary the instant: when does the decision change, when does a hold open.
//
// SOUND: between two consecutive edges of the time conditions of the rules that could match, no such condition changes
// its
//   value, so neither does the decision; walking edge by edge therefore meets the first change.
#include <algorithm>

#include "decide/engine.hpp"
#include "decide/explain.hpp"
#include "decide/windows.hpp"
#include "guardvm/opcodes.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

using format::Instr;

// Collects the earliest edge after `now`.
class Edges {
 public:
  // `renewed`: signals are as fresh at every later instant as they are now.
  explicit Edges(const Facts& facts, bool renewed = false) : facts_(facts), renewed_(renewed) {}
  [[nodiscard]] int64_t next() const { return next_; }

  void at(__int128 instant) {
    if (instant > facts_.now_ns && instant < next_) next_ = static_cast<int64_t>(instant);
  }
  void code(format::Range range, const Frame& frame = {}) { walk(range.first, range.first + range.count, frame); }
  void requirement(const format::RequirementRow& row);
  void signals();

 private:
  void walk(uint32_t begin, uint32_t end, const Frame& frame);
  void instruction(const Instr& instr, const Frame& frame);
  void linear(const format::LinearRow& row, const Frame& frame);

  const Facts& facts_;
  bool renewed_;
  int64_t next_ = INT64_MAX;
};

void Edges::walk(uint32_t begin, uint32_t end, const Frame& frame) {
  for (uint32_t i = begin; i < end;) {
    const Instr& instr = facts_.view->Code[i];
    const auto op = static_cast<Opcode>(instr.op);
    if (op != Opcode::Any && op != Opcode::All && op != Opcode::Count) {
      instruction(instr, frame);
      ++i;
      continue;
    }
    const uint32_t body = i + (op == Opcode::Count ? 2 : 1);
    const Walk rows = walk_of(facts_, instr.a, frame);
    for (uint32_t r = 0; r < rows.count; ++r) walk(body, body + instr.b, rows.frame(frame, r));
    i = body + instr.b;
  }
}

void Edges::instruction(const Instr& instr, const Frame& frame) {
  const format::View& view = *facts_.view;
  const auto is_now = [&](uint32_t operand) {
    const format::OperandRow& row = view.Operands[operand];
    return row.from == format::From::Leaf && row.index == facts_.kind->now;
  };
  switch (static_cast<Opcode>(instr.op)) {
    case Opcode::NumberCompare:
      if (!is_now(instr.a)) return;
      at(view.Numbers[instr.b]);
      at(static_cast<__int128>(view.Numbers[instr.b]) + 1);
      return;
    case Opcode::NumberIn: {
      if (!is_now(instr.a)) return;
      const format::Range set = view.NumberSets[instr.b];
      for (uint32_t i = 0; i < set.count; ++i) {
        at(view.Numbers[set.first + i]);
        at(static_cast<__int128>(view.Numbers[set.first + i]) + 1);
      }
      return;
    }
    case Opcode::InWindow:
      at(next_window_edge(view, instr.b, facts_.now_ns));
      return;
    case Opcode::Approvals:
      requirement(view.Requirements[instr.b]);
      return;
    case Opcode::Linear:
      linear(view.Linears[instr.b], frame);
      return;
    case Opcode::SignalIs:
      if (!renewed_) signals();
      return;
    default:
      return;
  }
}

// Edges of `k * now + rest op constant`: the instants around the zero of the left side minus the right.
void Edges::linear(const format::LinearRow& row, const Frame& frame) {
  __int128 rest = -static_cast<__int128>(row.constant);
  __int128 slope = 0;
  for (uint32_t i = 0; i < row.terms.count; ++i) {
    const format::LinearTermRow& term = facts_.view->LinearTerms[row.terms.first + i];
    const format::OperandRow& operand = facts_.view->Operands[term.operand];
    if (operand.from == format::From::Leaf && operand.index == facts_.kind->now) {
      slope += term.coefficient;
      continue;
    }
    const Value value = value_of(facts_, term.operand, frame);
    if (!value.slot.present) return;
    rest += static_cast<__int128>(term.coefficient) * value.slot.number;
  }
  if (slope == 0) return;
  __int128 zero = -rest / slope;
  if ((-rest % slope != 0) && ((-rest < 0) != (slope < 0))) --zero;  // Floor.
  at(zero);
  at(zero + 1);
}

void Edges::requirement(const format::RequirementRow& row) {
  const format::KindRow& kind = *facts_.kind;
  const Slot& list = facts_.leaf(kind.approvals);
  if (!list.present) return;
  const uint32_t stride = facts_.view->Leaves[kind.leaves.first + kind.approvals].columns.count;
  for (uint32_t i = 0; i < list.size; ++i) {
    const int64_t given = facts_.rows[list.first + static_cast<uint64_t>(i) * stride + kind.approval_at].number;
    at(given);
    if (row.within_ns >= 0) at(static_cast<__int128>(given) + row.within_ns + 1);
  }
}

void Edges::signals() {
  const format::KindRow& kind = *facts_.kind;
  for (uint32_t i = 0; i < kind.leaves.count; ++i) {
    const format::LeafRow& leaf = facts_.view->Leaves[kind.leaves.first + i];
    const Slot& slot = facts_.leaf(i);
    if (leaf.type != format::Type::Signal || !slot.present) continue;
    at(slot.number);
    at(static_cast<__int128>(slot.number) + leaf.max_age_ns + 1);
  }
}

void entry_edges(const Facts& facts, const format::EntryRow& entry, Edges& edges) {
  const format::View& view = *facts.view;
  edges.code(entry.match);
  edges.code(entry.surely);
  edges.code(entry.until);
  for (uint32_t g = 0; g < entry.groups.count; ++g) {
    const format::Range any = view.RequirementGroups[entry.groups.first + g].alternatives;
    for (uint32_t a = 0; a < any.count; ++a) edges.requirement(view.Requirements[view.Indices[any.first + a]]);
  }
  if (entry.what == format::What::Exception) edges.at(view.Exceptions[entry.object].expires_ns);
  if (entry.what == format::What::BreakGlass && facts.leaf(facts.kind->break_glass).present) {
    const int64_t given = facts.leaf(facts.kind->break_glass_at).number;
    edges.at(given);
    edges.at(static_cast<__int128>(given) + view.BreakGlasses[entry.object].duration_ns);
  }
}

bool same_decision(const Decision& a, const Decision& b) {
  if ((a.outcome == Outcome::Error) != (b.outcome == Outcome::Error) || a.rules.size() != b.rules.size()) return false;
  return std::equal(a.rules.begin(), a.rules.end(), b.rules.begin(), [](const FiredRule& x, const FiredRule& y) {
    return x.rule == y.rule && x.effect == y.effect && x.status == y.status && x.by_what == y.by_what && x.by == y.by;
  });
}

}  // namespace

// Entries that may fire, or may cease to, as time passes: those the index cannot rule out without the time dims and
// whose conditions are not false whatever the instant.
std::vector<uint32_t> Engine::time_candidates() {
  std::vector<uint32_t> entries;
  if (tier_ == Tier::Linear) {
    for (uint32_t i = 0; i < facts_.kind->entries.count; ++i) entries.push_back(i);
  } else {
    classes_.classify(facts_, index_.prepare(facts_));
    entries = index_.match_any_time(facts_, classes_);
  }
  std::erase_if(entries, [this](uint32_t index) {
    const format::EntryRow& entry = bundle_.view().Entries[facts_.kind->entries.first + index];
    if (entry.node == format::kNone) return false;
    const Truth never_fires = entry.what == format::What::Assumption ? Truth::True : Truth::False;
    return evaluate_node(facts_, entry.node, TimeIs::Unknown) == never_fires;
  });
  return entries;
}

int64_t Engine::next_edge(const std::vector<uint32_t>& entries, bool renewed) const {
  Edges edges(facts_, renewed);
  for (const uint32_t entry : entries)
    entry_edges(facts_, bundle_.view().Entries[facts_.kind->entries.first + entry], edges);
  if (facts_.kind->uses_windows != 0) edges.at(bundle_.view().Meta[0].horizon_to_ns);
  return edges.next();
}

bool Engine::valid_until(const Decision& decision, int64_t& instant_ns) {
  if (decision.outcome == Outcome::Error) return false;
  const int64_t now_ns = facts_.now_ns;
  const std::vector<uint32_t> entries = time_candidates();
  const std::vector<Missing> missing_now = missing(decision);
  Decision later = decision;
  bool changed = false;
  for (int64_t edge = next_edge(entries, false); !changed && edge <= kLastInstant_ns;
       edge = next_edge(entries, false)) {
    set_instant(edge);
    decide_among(entries, later);
    changed = !same_decision(decision, later) || missing(later) != missing_now;
    instant_ns = edge;
  }
  set_instant(now_ns);
  return changed;
}

bool Engine::passes_from(const Decision& decision, int64_t& instant_ns) {
  if (decision.outcome != Outcome::Deny && decision.outcome != Outcome::Hold) return false;
  const int64_t now_ns = facts_.now_ns;
  const std::vector<uint32_t> entries = time_candidates();
  const format::Range signals = kind_signals_[decision.kind];
  std::vector<int64_t> given;  // per signal of the kind: the instant of its value
  for (uint32_t i = 0; i < signals.count; ++i) given.push_back(slots_[signals_[signals.first + i]].number);
  Decision later;
  bool passes = false;
  for (uint32_t turn = 0; turn < kMostEdges && !passes; ++turn) {
    const int64_t edge = next_edge(entries, true);
    if (edge > kLastInstant_ns) break;
    for (uint32_t i = 0; i < signals.count; ++i) {
      Slot& slot = slots_[signals_[signals.first + i]];
      if (static_cast<SignalState>(slot.state) == SignalState::Fresh) slot.number = edge;
    }
    set_instant(edge);
    decide_among(entries, later);
    passes = later.outcome == Outcome::Allow;
    instant_ns = edge;
  }
  for (uint32_t i = 0; i < signals.count; ++i) slots_[signals_[signals.first + i]].number = given[i];
  set_instant(now_ns);
  return passes;
}

bool Engine::opens(uint32_t entry, int64_t& instant_ns) {
  const format::EntryRow& row = bundle_.view().Entries[entry];
  const int64_t now_ns = facts_.now_ns;
  const int64_t horizon = facts_.kind->uses_windows != 0 ? bundle_.view().Meta[0].horizon_to_ns : INT64_MAX;
  bool open = false;
  while (!open) {
    Edges edges(facts_);
    edges.code(row.until);
    const int64_t edge = edges.next();
    if (edge > kLastInstant_ns || edge >= horizon) break;
    set_instant(edge);
    open = run(facts_, row.until);
    instant_ns = edge;
  }
  set_instant(now_ns);
  return open;
}

}  // namespace guardvm
