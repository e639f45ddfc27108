// All relevant actions of a kind; see space.hpp.
#include "space.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tests/reference/evaluate.hpp"
#include "tests/reference/ruling.hpp"
#include "tests/reference/text_forms.hpp"
#include "tests/reference/windows.hpp"

namespace guard::oracle {
namespace {

using check::Condition;
using check::TypeKind;
using reference::Value;
using K = Condition::Kind;

constexpr size_t kMaxOptions = 700;
constexpr size_t kMaxActions = 60'000;

uint32_t raw(check::LeafId id) { return static_cast<uint32_t>(id); }

Value present(int64_t number, const std::string& text = "") {
  Value out;
  out.present = true;
  out.number = number;
  out.text = text;
  return out;
}

}  // namespace

Space::Space(const check::PolicySet& set, check::KindId kind, int64_t from_ns, int64_t to_ns)
    : set_(set), kind_id_(kind), kind_(set.kinds[static_cast<uint32_t>(kind)]), domains_(set, kind) {
  make_moments(from_ns, to_ns);
  Part now{Role::Now, {}};
  for (const auto& [first, last] : instants_) now.options.push_back({{raw(kind_.now), present(first)}});
  parts_.push_back(std::move(now));
  for (uint32_t leaf = 0; leaf < kind_.leaves.size(); ++leaf) {
    if (leaf == raw(kind_.now) || kind_.leaves[leaf].parent != check::kNoLeaf) continue;
    Part part;
    if (leaf == raw(kind_.approvals)) {
      part = {Role::Approvals, approval_options()};
    } else if (leaf == raw(kind_.break_glass)) {
      part = {Role::Other, break_glass_options()};
    } else if (kind_.leaves[leaf].type.kind == TypeKind::Signal) {
      part = {Role::Signal, signal_options(leaf)};
    } else {
      part = {Role::Other, leaf_options(leaf)};
    }
    parts_.push_back(std::move(part));
  }
  size_ = 1;
  for (Part& part : parts_) {
    part.stride = size_;
    size_ *= part.options.size();
    if (size_ > kMaxActions) throw Unsupported("too many actions");
  }
}

std::string Space::truths_at(int64_t instant) const {
  std::string out;
  const reference::Evaluation evaluation(set_, kind_, std::vector<Value>(kind_.leaves.size(), present(0)), instant);
  for (const PlacedAtom& placed : domains_.atoms()) {
    const Condition& c = *placed.atom;
    const bool constant = (c.kind == K::NumberCompare || c.kind == K::NumberIn) &&
                          c.operand.from == check::Operand::From::Leaf && c.operand.index == raw(kind_.now);
    if (constant || c.kind == K::InWindow) out += evaluation.truth(c) == reference::Truth::True ? '1' : '0';
  }
  for (const int64_t threshold : age_thresholds_) out += instant < threshold ? '1' : '0';
  for (const check::Exception& exception : set_.exceptions) out += instant < exception.expires_ns ? '1' : '0';
  return out;
}

void Space::make_moments(int64_t from_ns, int64_t to_ns) {
  std::set<int64_t> candidates = {from_ns, to_ns - 1, to_ns - kEdge - 1};
  for (const PlacedAtom& placed : domains_.atoms()) {
    const Condition& c = *placed.atom;
    if (c.kind == K::InWindow)
      for (const int64_t boundary : reference::window_boundaries(set_, c.window)) candidates.insert(boundary);
    if ((c.kind != K::NumberCompare && c.kind != K::NumberIn) || c.operand.index != raw(kind_.now)) continue;
    for (const int64_t n : c.kind == K::NumberIn ? c.numbers : std::vector<int64_t>{c.number})
      candidates.insert({n - 1, n, n + 1});
  }
  age_thresholds_ = domains_.age_thresholds();
  candidates.insert(age_thresholds_.begin(), age_thresholds_.end());
  for (const check::Exception& exception : set_.exceptions) candidates.insert(exception.expires_ns);
  std::map<std::string, size_t> known;
  for (const int64_t at : candidates) {
    if (at < from_ns || at >= to_ns) continue;
    moments_.push_back({at, truths_at(at)});
    const auto [place, is_new] = known.emplace(moments_.back().truths, instants_.size());
    if (is_new) instants_.push_back({at, at});
    if (at < to_ns - kEdge) instants_[place->second].second = at;
  }
}

std::vector<Space::Option> Space::product(std::vector<Option> a, const std::vector<Option>& b) {
  std::vector<Option> out;
  if (a.size() * b.size() > kMaxOptions) throw Unsupported("too many options");
  for (const Option& first : a)
    for (const Option& second : b) {
      out.push_back(first);
      out.back().insert(out.back().end(), second.begin(), second.end());
    }
  return out;
}

// Options of an attribute with all that stands below it.
std::vector<Space::Option> Space::leaf_options(uint32_t leaf) {
  const check::Leaf& here = kind_.leaves[leaf];
  std::vector<Option> out;
  if (here.type.kind == TypeKind::Presence) {
    std::vector<Option> inside(1, {{leaf, present(1)}});
    for (uint32_t child = 0; child < kind_.leaves.size(); ++child)
      if (raw(kind_.leaves[child].parent) == leaf) inside = product(std::move(inside), leaf_options(child));
    out = std::move(inside);
  } else {
    for (const Choice& choice : domains_.of_leaf(leaf)) out.push_back({{leaf, choice.value, choice.relative}});
    if (!domains_.is_read(leaf) && !out.empty()) out.resize(1);
  }
  if (here.optional || here.type.kind == TypeKind::Presence) out.insert(out.begin(), Option{});
  return out;
}

std::vector<Space::Option> Space::signal_options(uint32_t leaf) {
  std::vector<Option> values(1);
  for (uint32_t child = 0; child < kind_.leaves.size(); ++child)
    if (raw(kind_.leaves[child].parent) == leaf) values = product(std::move(values), leaf_options(child));
  Option stale = values[0], given = {{leaf, present(0), true}};
  stale.push_back({leaf, present(-kind_.leaves[leaf].max_age_ns - 1), true});
  std::vector<Option> out = product({given}, values);
  out.insert(out.begin(), {Option{}, stale});
  return out;
}

std::vector<Space::Option> Space::approval_options() const {
  std::set<std::string> all_groups;
  std::set<int64_t> limits;
  std::set<int> excluding;
  bool counts_actor = false;
  size_t most = 0;
  for (const check::Requirement& requirement : set_.requirements) {
    if (requirement.kind != kind_id_) continue;
    all_groups.insert(requirement.from.begin(), requirement.from.end());
    if (requirement.within_ns) limits.insert(*requirement.within_ns);
    for (const check::LeafId id : requirement.excluding) excluding.insert(-2 - static_cast<int>(raw(id)));
    counts_actor = counts_actor || requirement.including_actor;
    most = std::max<size_t>(most, requirement.count);
  }
  const std::vector<std::string> groups(all_groups.begin(), all_groups.end());
  if (groups.empty()) return {Option{{raw(kind_.approvals), present(0), false, {}}}};
  std::vector<int64_t> ages(limits.begin(), limits.end());
  if (ages.empty())
    ages.push_back(0);
  else
    ages.push_back(ages.back() + 1);
  // What one person may have approved: for each group the youngest approval, or none.
  std::vector<std::vector<Approval>> states(1);
  for (const std::string& group : groups) {
    std::vector<std::vector<Approval>> more;
    for (const std::vector<Approval>& state : states) {
      more.push_back(state);
      for (const int64_t age : ages) {
        more.push_back(state);
        more.back().push_back({0, {group}, age});
      }
    }
    states = std::move(more);
  }
  const auto of_person = [](std::vector<Approval> state, int person) {
    for (Approval& approval : state) approval.person = person;
    return state;
  };
  std::vector<Approval> everything;
  for (const std::string& group : groups) everything.push_back({0, {group}, ages[0]});
  std::vector<std::vector<Approval>> lists(1);
  const auto multiply = [&](const std::vector<std::vector<Approval>>& options) {
    std::vector<std::vector<Approval>> more;
    for (const std::vector<Approval>& list : lists)
      for (const std::vector<Approval>& option : options) {
        more.push_back(list);
        more.back().insert(more.back().end(), option.begin(), option.end());
      }
    lists = std::move(more);
    if (lists.size() > kMaxOptions) throw Unsupported("too many approvals");
  };
  const auto options_of = [&](int person, bool counts) {
    std::vector<std::vector<Approval>> options;
    if (!counts) return std::vector<std::vector<Approval>>{{}, of_person(everything, person)};
    for (const std::vector<Approval>& state : states) options.push_back(of_person(state, person));
    return options;
  };
  if (kind_.actor != check::kNoLeaf) multiply(options_of(-1, counts_actor));
  for (const int person : excluding) multiply(options_of(person, true));
  // Others: as many as can be needed, alike ones in one order only.
  std::vector<std::pair<std::vector<Approval>, size_t>> others = {{{}, states.size() - 1}};
  for (size_t person = 1; person <= most; ++person) {
    std::vector<std::pair<std::vector<Approval>, size_t>> more;
    for (const auto& [list, up_to] : others)
      for (size_t s = 0; s <= up_to; ++s) {
        more.push_back({list, s});
        const std::vector<Approval> next = of_person(states[s], static_cast<int>(person));
        more.back().first.insert(more.back().first.end(), next.begin(), next.end());
      }
    others = std::move(more);
  }
  std::vector<std::vector<Approval>> of_others;
  for (auto& [list, up_to] : others) of_others.push_back(std::move(list));
  // One that counts for nothing: from the future.
  of_others.push_back(of_person(everything, 1));
  for (Approval& approval : of_others.back()) approval.age_ns = -1;
  multiply(of_others);
  std::vector<Option> out;
  for (const std::vector<Approval>& list : lists) out.push_back({{raw(kind_.approvals), present(0), false, list}});
  return out;
}

std::vector<Space::Option> Space::break_glass_options() const {
  std::set<int64_t> ages = {0};
  bool any = false;
  for (const check::BreakGlass& glass : set_.break_glass)
    if (reference::condition_on_kind(glass.on, kind_id_)) ages.insert(glass.duration_ns), any = true;
  std::vector<Option> out(1);
  if (!any) return out;
  for (const int64_t age : ages)
    out.push_back({{raw(kind_.break_glass), present(1)},
                   {raw(kind_.break_glass_by), present(0), false, {}, true},
                   {raw(kind_.break_glass_reason), present(0, "r")},
                   {raw(kind_.break_glass_at), present(-age), true}});
  // Three that are not valid: of somebody else, without a reason, from the future.
  const Option valid = out[1];
  for (size_t part = 1; part <= 3; ++part) {
    out.push_back(valid);
    Setting& setting = out.back()[part];
    setting.by_actor = false;
    setting.value = part == 1 ? present(0, "someone else") : part == 2 ? present(0) : present(1);
  }
  return out;
}

void Space::apply(const Option& option, Action& action) const {
  for (const Setting& setting : option) {
    Value& value = action.values[setting.leaf];
    value = setting.value;
    if (setting.relative) {
      const reference::Wide sum = reference::Wide(action.now) + setting.value.number;
      value.number = static_cast<int64_t>(sum);
    }
    if (setting.by_actor) value.text = action.values[raw(kind_.actor)].text;
    for (const Approval& approval : setting.approvals) {
      std::vector<Value> row(kind_.leaves[setting.leaf].columns.size(), present(0));
      row[kind_.approval_by].text =
          approval.person > 0
              ? "someone " + std::to_string(approval.person)
              : action.values[approval.person == -1 ? raw(kind_.actor) : static_cast<uint32_t>(-2 - approval.person)]
                    .text;
      row[kind_.approval_groups].texts = approval.groups;
      row[kind_.approval_at].number = action.now - approval.age_ns;
      value.rows.push_back(std::move(row));
    }
  }
}

Action Space::at(size_t index) const {
  Action out;
  out.values.resize(kind_.leaves.size());
  out.now = instants_[option(index, 0)].first;
  // Approvals and the break-glass record name people, so they come last.
  for (const bool people : {false, true})
    for (size_t p = 0; p < parts_.size(); ++p) {
      const Option& chosen = parts_[p].options[option(index, p)];
      const bool names =
          parts_[p].role == Role::Approvals || (!chosen.empty() && chosen[0].leaf == raw(kind_.break_glass));
      if (names == people) apply(chosen, out);
    }
  return out;
}

Action Space::late(size_t index) const {
  Action out = at(index);
  out.now = instants_[option(index, 0)].second;
  for (auto& value : out.values) value = {};
  for (const bool people : {false, true})
    for (size_t p = 0; p < parts_.size(); ++p) {
      const Option& chosen = parts_[p].options[option(index, p)];
      const bool names =
          parts_[p].role == Role::Approvals || (!chosen.empty() && chosen[0].leaf == raw(kind_.break_glass));
      if (names == people && parts_[p].role != Role::Now) apply(chosen, out);
    }
  out.values[raw(kind_.now)] = present(out.now);
  return out;
}

std::string Space::fixed_key(const Action& action) const {
  std::string out = std::to_string(action.now);
  for (uint32_t leaf = 0; leaf < kind_.leaves.size(); ++leaf) {
    const check::Leaf& here = kind_.leaves[leaf];
    if (leaf == raw(kind_.approvals) || here.type.kind == TypeKind::Signal || here.signal != check::kNoLeaf) continue;
    const Value& value = action.values[leaf];
    out += value.present ? "|" + std::to_string(value.number) + value.text : "|-";
    for (const int64_t number : value.numbers) out += "," + std::to_string(number);
    for (const std::string& text : value.texts) out += "," + text;
    for (const std::vector<Value>& row : value.rows) {
      out += "[";
      for (const Value& cell : row) {
        out += cell.present ? ";" + std::to_string(cell.number) + cell.text : ";-";
        for (const std::string& text : cell.texts) out += "," + text;
        for (const int64_t number : cell.numbers) out += "," + std::to_string(number);
      }
    }
  }
  return out;
}

// The action's instant and later ones: the first and the last of every combination from then on, and the instants at
// which an age that is asked is reached.
std::vector<int64_t> Space::later(const Action& action) const {
  std::map<std::string, std::pair<int64_t, int64_t>> seen;
  for (const Moment& moment : moments_)
    if (moment.at >= action.now)
      seen.emplace(moment.truths, std::pair{moment.at, moment.at}).first->second.second = moment.at;
  std::set<int64_t> out = {action.now};
  for (const auto& [truths, at] : seen) out.insert({at.first, at.second});
  for (const PlacedAtom& placed : domains_.atoms()) {
    const Condition& c = *placed.atom;
    if (c.kind != K::Linear || c.terms.size() != 2) continue;
    for (const check::LinearTerm& term : c.terms) {
      if (term.operand.from != check::Operand::From::Leaf || term.operand.index == raw(kind_.now) ||
          term.operand.type.kind != TypeKind::Timestamp || !action.values[term.operand.index].present)
        continue;
      for (int64_t step = -1; step <= 1; ++step) {
        const reference::Wide at =
            reference::Wide(action.values[term.operand.index].number) - term.coefficient * c.number + step;
        if (at > action.now && at <= moments_.back().at) out.insert(static_cast<int64_t>(at));
      }
    }
  }
  if (kind_.break_glass != check::kNoLeaf && action.values[raw(kind_.break_glass)].present)
    for (const check::BreakGlass& glass : set_.break_glass) {
      const reference::Wide at = reference::Wide(action.values[raw(kind_.break_glass_at)].number) + glass.duration_ns;
      if (at > action.now && at <= moments_.back().at) out.insert(static_cast<int64_t>(at));
    }
  return {out.begin(), out.end()};
}

}  // namespace guard::oracle
