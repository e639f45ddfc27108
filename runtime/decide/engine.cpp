// Deciding at one instant, by either tier.
#include "decide/engine.hpp"

namespace guardvm {

Engine::Engine(const Bundle& bundle, Tier tier) : bundle_(bundle), tier_(tier), windows_(bundle.view()) {
  size_t leaves = 0, entries = 0;
  for (const format::KindRow& kind : bundle.view().Kinds) {
    leaves = std::max<size_t>(leaves, kind.leaves.count);
    entries = std::max<size_t>(entries, kind.entries.count);
    kind_signals_.push_back({static_cast<uint32_t>(signals_.size()), 0});
    for (uint32_t i = 0; i < kind.leaves.count; ++i) {
      if (bundle.view().Leaves[kind.leaves.first + i].type != format::Type::Signal) continue;
      signals_.push_back(i);
      ++kind_signals_.back().count;
    }
  }
  copied_.resize(leaves);
  combiner_.reserve(bundle.view());
  if (tier == Tier::Linear) matched_.reserve(entries);
  facts_.view = &bundle.view();
  facts_.windows = &windows_;
}

void Engine::stand_on(const Action& action, Slot* slots) {
  action_ = &action;
  slots_ = slots;
  facts_.kind = &bundle_.view().Kinds[action.kind];
  facts_.slots = slots;
  facts_.elements = action.elements.data();
  facts_.rows = action.rows.data();
  set_instant(slots[facts_.kind->now].number);
}

void Engine::take(const Action& action) {
  const format::KindRow& kind = bundle_.view().Kinds[action.kind];
  std::copy(action.slots.begin(), action.slots.begin() + kind.leaves.count, copied_.begin());
  stand_on(action, copied_.data());
}

void Engine::decide(const Action& action, Decision& decision) {
  take(action);
  decide_taken(decision);
}

void Engine::decide(Action& action, Decision& decision) {
  stand_on(action, action.slots.data());
  decide_taken(decision);
}

void Engine::decide_taken(Decision& decision) {
  decision.kind = action_->kind;
  decision.kind_known = true;
  const uint32_t glass = facts_.kind->break_glass;
  decision.break_glass_requested = glass != format::kNone && slots_[glass].present != 0;
  decide_now(decision);
}

void Engine::set_instant(int64_t now_ns) {
  const format::KindRow& kind = *facts_.kind;
  facts_.now_ns = now_ns;
  slots_[kind.now].number = now_ns;
  const format::Range signals = kind_signals_[static_cast<size_t>(&kind - bundle_.view().Kinds.data())];
  for (uint32_t i = signals.first; i < signals.first + signals.count; ++i) {
    Slot& slot = slots_[signals_[i]];
    slot.state =
        static_cast<uint8_t>(signal_state(bundle_.view().Leaves[kind.leaves.first + signals_[i]], slot, now_ns));
  }
}

bool Engine::outside_horizon(Decision& decision) const {
  const format::MetaRow& meta = bundle_.view().Meta[0];
  if (facts_.kind->uses_windows == 0) return false;
  if (meta.horizon_from_ns <= facts_.now_ns && facts_.now_ns < meta.horizon_to_ns) return false;
  decision.outcome = Outcome::Error;
  decision.by_default = false;
  decision.has_would = false;
  decision.rules.clear();
  decision.break_glass.clear();
  decision.error.code = ErrorCode::OutsideHorizon;
  decision.error.at.clear();
  decision.error.message = "the instant is outside the bundle's zone data: build the bundle anew with newer data";
  return true;
}

void Engine::match_linear() {
  const format::KindRow& kind = *facts_.kind;
  matched_.clear();
  for (uint32_t i = 0; i < kind.entries.count; ++i) {
    if (run(facts_, bundle_.view().Entries[kind.entries.first + i].match)) matched_.push_back(i);
  }
}

void Engine::decide_among(const std::vector<uint32_t>& entries, Decision& decision) {
  if (outside_horizon(decision)) return;
  matched_.clear();
  for (const uint32_t entry : entries) {
    if (run(facts_, bundle_.view().Entries[facts_.kind->entries.first + entry].match)) matched_.push_back(entry);
  }
  combiner_.combine(facts_, matched_, decision);
}

void Engine::decide_now(Decision& decision) {
  if (outside_horizon(decision)) return;
  if (tier_ == Tier::Linear) {
    match_linear();
    combiner_.combine(facts_, matched_, decision);
    return;
  }
  classes_.classify(facts_, index_.prepare(facts_));
  combiner_.combine(facts_, index_.match(facts_, classes_), decision);
}

std::vector<Engine::Missing> Engine::missing(const Decision& decision) const {
  std::vector<Missing> list;
  if (decision.outcome != Outcome::Hold) return list;
  const format::View& view = bundle_.view();
  for (const FiredRule& rule : decision.rules) {
    if (rule.status != Status::Applied || rule.met) continue;
    const format::EntryRow& entry = view.Entries[rule.entry];
    Missing item;
    item.rule = rule.rule;
    item.entry = rule.entry;
    if (rule.degraded) {
      item.what = Missing::What::Signal;
      for (uint32_t i = 0; i < entry.signals.count; ++i) {
        item.index = view.Indices[entry.signals.first + i];
        item.state = static_cast<SignalState>(slots_[item.index].state);
        if (item.state != SignalState::Fresh) list.push_back(item);
      }
      continue;
    }
    if (rule.effect == format::Effect::Hold) {
      item.what = Missing::What::Until;
      list.push_back(item);
      continue;
    }
    for (uint32_t g = 0; g < entry.groups.count; ++g) {
      item.index = entry.groups.first + g;
      const format::Range any = view.RequirementGroups[item.index].alternatives;
      item.have.clear();
      bool met = false;
      for (uint32_t a = 0; a < any.count; ++a) {
        const format::RequirementRow& row = view.Requirements[view.Indices[any.first + a]];
        item.have.push_back(count_approvers(facts_, row));
        met = met || item.have.back() >= row.count;
      }
      if (!met) list.push_back(item);
    }
  }
  return list;
}

}  // namespace guardvm
