// The nearest change that lets an action pass: candidate values from the conditions of the rules that decide, tried one
// by one and then in pairs, each by a full decision. Exact in what it claims (every answer was decided to be allowed),
// a search in what it finds.
#include <algorithm>
#include <array>
#include <deque>

#include "decide/explain.hpp"
#include "decide/text.hpp"
#include "guardvm/opcodes.hpp"
#include "read/values.hpp"

namespace guardvm {
namespace {

using format::Instr;
using format::Type;

constexpr uint32_t kConstantsTried = 16;  // Of one set constant.
constexpr uint32_t kEntriesTried = 256;   // Allow rules looked at when none fired.
constexpr size_t kPairsFrom = 160;        // Candidates that are combined in pairs.
constexpr size_t kMostCandidates = 4096;  // Each is compared with all before it.

struct Candidate {
  Change::How how = Change::How::Set;
  uint32_t leaf = 0;
  Slot slot;  // Set, Add, Remove: the value or element
  bool operator==(const Candidate& o) const {
    if (how != o.how || leaf != o.leaf || slot.size != o.slot.size) return false;
    return slot.size > 0 ? slot.string() == o.slot.string() : slot.number == o.slot.number;
  }
};

class Search {
 public:
  Search(Engine& engine, const Action& original) : engine_(engine), facts_(engine.facts()), original_(original) {}

  void collect(const Decision& decision) {
    const format::KindRow& kind = *facts_.kind;
    for (const FiredRule& rule : decision.rules) {
      if (rule.status == Status::Applied) code(facts_.view->Entries[rule.entry].match);
    }
    uint32_t tried = 0;
    for (uint32_t i = 0; i < kind.entries.count && tried < kEntriesTried; ++i) {
      const format::EntryRow& entry = facts_.view->Entries[kind.entries.first + i];
      if (entry.what != format::What::Rule) continue;
      const format::RuleRow& rule = facts_.view->Rules[entry.object];
      if (rule.effect != format::Effect::Allow || rule.mode != format::Mode::Enforce) continue;
      code(entry.match);
      ++tried;
    }
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.leaf < b.leaf; });
  }

  // The first single candidate, else the first pair on two leaves, with which the action is allowed.
  std::vector<Candidate> find() {
    for (const Candidate& one : candidates_) {
      if (allowed({&one, nullptr})) return {one};
    }
    const size_t count = std::min(candidates_.size(), kPairsFrom);
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = i + 1; j < count; ++j) {
        if (candidates_[i].leaf == candidates_[j].leaf && candidates_[i].how == Change::How::Set) continue;
        if (spent_ >= kNearestBudget) return {};
        if (allowed({&candidates_[i], &candidates_[j]})) return {candidates_[i], candidates_[j]};
      }
    }
    return {};
  }

 private:
  const format::LeafRow& leaf_row(uint32_t leaf) const { return facts_.view->Leaves[facts_.kind->leaves.first + leaf]; }

  bool fixed(uint32_t leaf) const {
    const format::KindRow& kind = *facts_.kind;
    return leaf == kind.now || leaf == kind.actor || leaf == kind.approvals || leaf == kind.break_glass ||
           leaf == kind.break_glass_by || leaf == kind.break_glass_reason || leaf == kind.break_glass_at ||
           leaf_row(leaf).type == Type::Signal || leaf_row(leaf).type == Type::Presence;
  }

  void add(Change::How how, uint32_t leaf, Slot slot) {
    if (fixed(leaf) || candidates_.size() >= kMostCandidates) return;
    slot.present = how != Change::How::Clear;
    const Candidate candidate{how, leaf, slot};
    if (std::find(candidates_.begin(), candidates_.end(), candidate) == candidates_.end())
      candidates_.push_back(candidate);
  }
  void set_number(uint32_t leaf, __int128 number) {
    const format::LeafRow& row = leaf_row(leaf);
    if (row.type == Type::Enum && (number < 0 || number >= facts_.view->Enums[row.enum_id].words.count)) return;
    if ((row.type == Type::Int || row.type == Type::Decimal) && (number < row.min || number > row.max)) return;
    if (number < kFirstInstant_ns || number > kLastInstant_ns) return;
    Slot slot;
    slot.number = static_cast<int64_t>(number);
    add(Change::How::Set, leaf, slot);
  }
  Slot text_slot(std::string_view text) const {
    Slot slot;
    slot.text = text.data();
    slot.size = static_cast<uint32_t>(text.size());
    return slot;
  }
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  void code(format::Range range) {
    for (uint32_t i = range.first; i < range.first + range.count; ++i) instruction(facts_.view->Code[i]);
  }

  void numbers(const Instr& instr, uint32_t leaf) {
    const format::View& view = *facts_.view;
    if (instr.op == static_cast<uint8_t>(Opcode::NumberCompare)) {
      for (const int64_t step : {0, -1, 1}) set_number(leaf, static_cast<__int128>(view.Numbers[instr.b]) + step);
    } else {
      const format::Range set = view.NumberSets[instr.b];
      for (uint32_t i = 0; i < std::min(set.count, kConstantsTried); ++i) set_number(leaf, view.Numbers[set.first + i]);
    }
    if (leaf_row(leaf).type != Type::Enum) return;
    for (uint32_t w = 0; w < std::min(view.Enums[leaf_row(leaf).enum_id].words.count, kConstantsTried); ++w)
      set_number(leaf, w);
  }

  void strings(const Instr& instr, uint32_t leaf, Change::How how) {
    const format::Range set = facts_.view->StringSets[instr.b];
    for (uint32_t i = 0; i < std::min(set.count, kConstantsTried); ++i) {
      add(how, leaf, text_slot(facts_.text(facts_.view->Strings[set.first + i])));
    }
    if (how == Change::How::Add) strings(instr, leaf, Change::How::Remove);
    if (how == Change::How::Set) add(how, leaf, text_slot("other"));
  }

  // A string that matches: the affix, or the glob with its wildcards left out; and one that hardly does.
  void pattern(const Instr& instr, uint32_t leaf) {
    const format::PatternRow& row = facts_.view->Patterns[instr.b];
    std::string text;
    const std::string_view source = facts_.text(row.text);
    for (size_t i = 0; i < source.size(); ++i) {
      if (row.match == format::Match::Glob && source[i] == '*') continue;
      if (row.match == format::Match::Glob && source[i] == '\\' && i + 1 < source.size()) ++i;
      text += row.match == format::Match::Glob && source[i] == '?' ? 'x' : source[i];
    }
    if (row.match != format::Match::Regex) add(Change::How::Set, leaf, text_slot(keep(std::move(text))));
    add(Change::How::Set, leaf, text_slot("other"));
  }

  void two_leaves(const Instr& instr) {
    const format::OperandRow& second = facts_.view->Operands[instr.b];
    const format::OperandRow& first = facts_.view->Operands[instr.a];
    const auto copy = [&](const format::OperandRow& to, uint32_t from) {
      const Value value = value_of(facts_, from, {});
      if (to.from == format::From::Leaf && value.slot.present) add(Change::How::Set, to.index, value.slot);
    };
    if (needs_frame(facts_, instr.a) || needs_frame(facts_, instr.b)) return;  // Rows and elements are not changed.
    copy(first, instr.b);
    copy(second, instr.a);
  }

  void linear(const Instr& instr) {
    const format::LinearRow& row = facts_.view->Linears[instr.b];
    for (uint32_t t = 0; t < row.terms.count; ++t) {
      const format::LinearTermRow& term = facts_.view->LinearTerms[row.terms.first + t];
      const format::OperandRow& operand = facts_.view->Operands[term.operand];
      if (operand.from != format::From::Leaf || term.coefficient == 0) continue;
      __int128 rest = row.constant;
      for (uint32_t o = 0; o < row.terms.count; ++o) {
        const format::LinearTermRow& other = facts_.view->LinearTerms[row.terms.first + o];
        if (needs_frame(facts_, other.operand)) return;
        if (o != t) rest -= static_cast<__int128>(other.coefficient) * value_of(facts_, other.operand, {}).slot.number;
      }
      for (const int64_t step : {0, -1, 1}) set_number(operand.index, rest / term.coefficient + step);
    }
  }

  void instruction(const Instr& instr) {
    const auto op = static_cast<Opcode>(instr.op);
    if (op == Opcode::Linear) return linear(instr);
    if (op == Opcode::StringEqual || op == Opcode::EnumEqual || op == Opcode::VersionOrder) return two_leaves(instr);
    const OpInfo* info = op_info(instr.op);
    if (info == nullptr || info->a != Field::Operand) return;
    const format::OperandRow& operand = facts_.view->Operands[instr.a];
    if (operand.from != format::From::Leaf) return;
    const uint32_t leaf = operand.index;
    switch (op) {
      case Opcode::Bool:
        set_number(leaf, facts_.leaf(leaf).number == 0 ? 1 : 0);
        return;
      case Opcode::NumberCompare:
      case Opcode::NumberIn:
        return numbers(instr, leaf);
      case Opcode::StringIn:
      case Opcode::VersionIn:
        return strings(instr, leaf, Change::How::Set);
      case Opcode::StringMatch:
        return pattern(instr, leaf);
      case Opcode::VersionCompare:
        add(Change::How::Set, leaf, text_slot(facts_.text(facts_.view->Strings[instr.b])));
        add(Change::How::Set, leaf, text_slot("0.0.0-0"));
        add(Change::How::Set, leaf, text_slot("999999.0.0"));
        return;
      case Opcode::SetHasAnyText:
      case Opcode::SetHasAllText:
        return strings(instr, leaf, Change::How::Add);
      case Opcode::SetHasAnyNumber:
      case Opcode::SetHasAllNumber:
        return set_words(instr, leaf);
      case Opcode::Present:
      case Opcode::SetEmpty:
      case Opcode::Any:
      case Opcode::All:
      case Opcode::Count:
        return clear(leaf);
      default:
        return;
    }
  }

  void set_words(const Instr& instr, uint32_t leaf) {
    const format::Range set = facts_.view->NumberSets[instr.b];
    for (uint32_t i = 0; i < std::min(set.count, kConstantsTried); ++i) {
      Slot slot;
      slot.number = facts_.view->Numbers[set.first + i];
      add(Change::How::Add, leaf, slot);
      add(Change::How::Remove, leaf, slot);
    }
  }

  void clear(uint32_t leaf) {
    const format::LeafRow& row = leaf_row(leaf);
    if (facts_.leaf(leaf).present && (row.type == Type::Set || row.type == Type::List || row.optional != 0)) {
      add(Change::How::Clear, leaf, Slot{});
    }
  }

  // Writes the candidate into the trial action. False: it changes nothing or cannot be written.
  bool apply(const Candidate& candidate) {
    Slot& slot = trial_.slots[candidate.leaf];
    const format::LeafRow& row = leaf_row(candidate.leaf);
    if (row.parent != format::kNone && !trial_.slots[row.parent].present) return false;
    if (candidate.how == Change::How::Set) {
      slot = candidate.slot;
      return true;
    }
    if (candidate.how == Change::How::Clear) {
      if (row.type == Type::Set || row.type == Type::List)
        slot.size = 0;
      else
        slot.present = 0;
      return true;
    }
    return change_set(slot, candidate, row.element == Type::String || row.element == Type::Version);
  }

  bool change_set(Slot& slot, const Candidate& candidate, bool texts) {
    const auto less = [texts](const Slot& a, const Slot& b) {
      return texts ? a.string() < b.string() : a.number < b.number;
    };
    std::vector<Slot> own;
    if (slot.present)
      own.assign(trial_.elements.begin() + static_cast<ptrdiff_t>(slot.first),
                 trial_.elements.begin() + static_cast<ptrdiff_t>(slot.first + slot.size));
    const auto at = std::lower_bound(own.begin(), own.end(), candidate.slot, less);
    const bool has = at != own.end() && !less(candidate.slot, *at);
    if (has == (candidate.how == Change::How::Add)) return false;
    if (has)
      own.erase(at);
    else
      own.insert(at, candidate.slot);
    slot.first = trial_.elements.size();
    slot.size = static_cast<uint32_t>(own.size());
    slot.present = 1;
    trial_.elements.insert(trial_.elements.end(), own.begin(), own.end());
    return true;
  }

  bool allowed(const std::array<const Candidate*, 2>& changes) {
    trial_ = original_;
    for (const Candidate* change : changes) {
      if (change != nullptr && !apply(*change)) return false;
    }
    ++spent_;
    engine_.decide(trial_, trial_decision_);
    return trial_decision_.outcome == Outcome::Allow;
  }

  Engine& engine_;
  const Facts& facts_;
  const Action& original_;
  Action trial_;
  Decision trial_decision_;
  std::vector<Candidate> candidates_;
  std::deque<std::string> texts_;
  uint32_t spent_ = 0;
};

}  // namespace

std::string_view change_word(Change::How how) {
  static constexpr std::array<std::string_view, 4> kWords = {"set", "add", "remove", "clear"};
  return kWords[static_cast<size_t>(how)];
}

std::vector<Change> nearest_allowed(Engine& engine, const Decision& decision) {
  if (decision.outcome == Outcome::Error || decision.outcome == Outcome::Allow) return {};
  const Action& original = engine.action();
  const int64_t instant = engine.facts().now_ns;
  std::vector<Change> changes;
  {
    Search search(engine, original);
    search.collect(decision);
    for (const Candidate& candidate : search.find()) {
      const format::LeafRow& row = engine.facts().view->Leaves[engine.facts().kind->leaves.first + candidate.leaf];
      Change change;
      change.attribute = engine.bundle().text(row.path);
      change.how = candidate.how;
      if (candidate.how != Change::How::Clear) append_slot(change.value, engine.facts(), row, candidate.slot);
      changes.push_back(std::move(change));
    }
  }
  Decision restored;
  engine.decide(original, restored);
  engine.set_instant(instant);
  return changes;
}

}  // namespace guardvm
