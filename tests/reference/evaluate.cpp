// Truth of conditions; see evaluate.hpp.
#include "evaluate.hpp"

#include <algorithm>
#include <set>

#include "text_forms.hpp"
#include "windows.hpp"

namespace guard::reference {
namespace {

using check::Compare;
using check::Condition;
using check::Operand;
using check::SignalState;
using check::TypeKind;

uint32_t raw(check::LeafId id) { return static_cast<uint32_t>(id); }
Truth two_valued(bool b) { return b ? Truth::True : Truth::False; }

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool contains(const std::vector<int64_t>& list, int64_t x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}
bool contains(const std::vector<std::string>& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}
bool contains_version(const std::vector<std::string>& list, const std::string& x) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& v) { return compare_version_texts(v, x) == 0; });
}

bool string_matches(const Condition& c, const std::string& text) {
  const std::string& pattern = c.texts[0];
  switch (c.match) {
    case check::Match::StartsWith:
      return text.starts_with(pattern);
    case check::Match::EndsWith:
      return text.ends_with(pattern);
    case check::Match::Contains:
      return text.find(pattern) != std::string::npos;
    case check::Match::Glob:
      return glob_matches(pattern, text);
    case check::Match::Regex: {
      const auto regex = parse_regex(pattern);
      return regex && regex_matches(*regex, text);
    }
  }
  return false;
}

// Whether the set value holds the i-th constant of the atom.
bool set_has(const Condition& c, const Value& value, size_t i) {
  const TypeKind element = c.operand.type.element;
  if (element == TypeKind::Version) return contains_version(value.texts, c.texts[i]);
  if (element == TypeKind::String) return contains(value.texts, c.texts[i]);
  return contains(value.numbers, c.numbers[i]);
}

bool unknown(const Read& read) { return read.state == Read::State::Missing || read.state == Read::State::Stale; }

}  // namespace

Truth truth_not(Truth a) { return a == Truth::True ? Truth::False : a == Truth::False ? Truth::True : Truth::Unknown; }
Truth truth_and(Truth a, Truth b) { return std::min(a, b); }
Truth truth_or(Truth a, Truth b) { return std::max(a, b); }

bool compare_holds(int comparison, Compare compare) {
  switch (compare) {
    case Compare::Eq:
      return comparison == 0;
    case Compare::Ne:
      return comparison != 0;
    case Compare::Lt:
      return comparison < 0;
    case Compare::Le:
      return comparison <= 0;
    case Compare::Gt:
      return comparison > 0;
    case Compare::Ge:
      return comparison >= 0;
  }
  return false;
}

bool is_quantifier(const Condition& c) {
  using K = Condition::Kind;
  return c.kind == K::Any || c.kind == K::All || c.kind == K::AtLeast || c.kind == K::AtMost || c.kind == K::Exactly;
}
bool is_connective(const Condition& c) {
  using K = Condition::Kind;
  return c.kind == K::Constant || c.kind == K::And || c.kind == K::Or || c.kind == K::Not;
}
bool uses_window(const Condition& c) {
  return c.kind == Condition::Kind::InWindow || std::any_of(c.children.begin(), c.children.end(), uses_window);
}

Evaluation::Evaluation(const check::PolicySet& set, const check::Kind& kind, const std::vector<Value>& values,
                       int64_t now)
    : set_(set), kind_(kind), values_(values), now_(now) {
  set_now(now);
}

void Evaluation::set_now(int64_t now) {
  now_ = now;
  values_[raw(kind_.now)].number = now;
}

Evaluation Evaluation::with_fresh_signals() const {
  Evaluation out = *this;
  for (size_t i = 0; i < kind_.leaves.size(); ++i)
    if (kind_.leaves[i].type.kind == TypeKind::Signal) out.values_[i].number = now_;
  return out;
}

SignalState Evaluation::signal_state(check::LeafId signal) const {
  const Value& value = values_[raw(signal)];
  if (!value.present) return SignalState::Missing;
  const Wide age = Wide(now_) - value.number;
  return age < 0 || age > kind_.leaves[raw(signal)].max_age_ns ? SignalState::Stale : SignalState::Fresh;
}

Read Evaluation::read(const Operand& operand, const Scope& scope, Value& storage) const {
  const auto found = [](const Value* value) {
    return Read{value->present ? Read::State::There : Read::State::Absent, value};
  };
  switch (operand.from) {
    case Operand::From::Leaf: {
      const check::Leaf& leaf = kind_.leaves[operand.index];
      if (leaf.signal != check::kNoLeaf && leaf.type.kind != TypeKind::Signal) {
        const SignalState state = signal_state(leaf.signal);
        if (state == SignalState::Missing) return {Read::State::Missing, nullptr};
        if (state == SignalState::Stale) return {Read::State::Stale, nullptr};
      }
      return found(&values_[operand.index]);
    }
    case Operand::From::Column:
      return scope.row ? found(&(*scope.row)[operand.index]) : Read{};
    case Operand::From::Element:
      return scope.element ? found(scope.element) : Read{};
    case Operand::From::Lookup:
      break;
  }
  Value key_storage;
  const Read key = read(operand.key[0], scope, key_storage);
  if (key.state != Read::State::There) return {key.state, nullptr};
  const check::DataTable& table = set_.data[static_cast<uint32_t>(operand.data)];
  const auto row = table.rows.find(key.value->text);
  if (row == table.rows.end()) return {};
  const check::DataCell& cell = row->second[operand.index];
  storage.present = cell.present;
  storage.number = cell.constant.number;
  storage.text = cell.constant.text;
  storage.texts = cell.texts;
  std::sort(storage.texts.begin(), storage.texts.end());
  return found(&storage);
}

ApprovalCount Evaluation::approvals(check::RequirementId id) const {
  const check::Requirement& requirement = set_.requirements[static_cast<uint32_t>(id)];
  ApprovalCount out;
  if (kind_.approvals == check::kNoLeaf) return out;
  std::set<std::string> persons;
  for (const std::vector<Value>& row : values_[raw(kind_.approvals)].rows) {
    const std::string& person = row[kind_.approval_by].text;
    const int64_t at = row[kind_.approval_at].number;
    const std::vector<std::string>& groups = row[kind_.approval_groups].texts;
    if (at > now_ || (requirement.within_ns && Wide(now_) - at > *requirement.within_ns)) continue;
    if (std::none_of(groups.begin(), groups.end(), [&](const std::string& g) { return contains(requirement.from, g); }))
      continue;
    if (!requirement.including_actor && kind_.actor != check::kNoLeaf && values_[raw(kind_.actor)].present &&
        person == values_[raw(kind_.actor)].text)
      continue;
    bool excluded = false;
    for (check::LeafId leaf : requirement.excluding)
      excluded = excluded || (values_[raw(leaf)].present && values_[raw(leaf)].text == person);
    if (!excluded) persons.insert(person);
  }
  out.have = static_cast<uint32_t>(persons.size());
  out.met = out.have >= requirement.count;
  return out;
}

Truth Evaluation::truth(const Condition& c, const Scope& scope) const {
  if (is_connective(c)) return connective(c, scope);
  if (&c == forced_) return forced_truth_;
  return is_quantifier(c) ? quantifier(c, scope) : atom(c, scope);
}

Truth Evaluation::connective(const Condition& c, const Scope& scope) const {
  Truth out = two_valued(c.value);
  switch (c.kind) {
    case Condition::Kind::Not:
      return truth_not(truth(c.children[0], scope));
    case Condition::Kind::And:
      out = Truth::True;
      for (const Condition& child : c.children) out = truth_and(out, truth(child, scope));
      return out;
    case Condition::Kind::Or:
      out = Truth::False;
      for (const Condition& child : c.children) out = truth_or(out, truth(child, scope));
      return out;
    default:
      return out;
  }
}

std::vector<Scope> Evaluation::scopes(const Condition& quantifier, const Scope& outer,
                                      std::vector<Value>& storage) const {
  std::vector<Scope> out;
  Value lookup;
  const Read list = read(quantifier.operand, outer, lookup);
  if (list.state != Read::State::There) return out;
  const Value& value = *list.value;
  if (quantifier.operand.type.kind == TypeKind::List) {
    for (const std::vector<Value>& row : value.rows) out.push_back({&row, nullptr});
    return out;
  }
  for (const std::string& text : value.texts) {
    storage.emplace_back().present = true;
    storage.back().text = text;
  }
  for (int64_t number : value.numbers) {
    storage.emplace_back().present = true;
    storage.back().number = number;
  }
  for (const Value& element : storage) out.push_back({outer.row, &element});
  return out;
}

Truth Evaluation::quantifier(const Condition& c, const Scope& scope) const {
  Value lookup;
  const Read list = read(c.operand, scope, lookup);
  if (unknown(list)) return Truth::Unknown;
  if (list.state == Read::State::Absent) return Truth::False;
  std::vector<Value> storage;
  uint32_t total = 0, surely = 0, possibly = 0;
  for (const Scope& inner : scopes(c, scope, storage)) {
    const Truth body = truth(c.children[0], inner);
    total += 1;
    surely += body == Truth::True;
    possibly += body != Truth::False;
  }
  const auto three = [](bool sure, bool possible) {
    return sure ? Truth::True : possible ? Truth::Unknown : Truth::False;
  };
  switch (c.kind) {
    case Condition::Kind::Any:
      return three(surely > 0, possibly > 0);
    case Condition::Kind::All:
      return three(surely == total, possibly == total);
    case Condition::Kind::AtLeast:
      return three(surely >= c.count, possibly >= c.count);
    case Condition::Kind::AtMost:
      return three(possibly <= c.count, surely <= c.count);
    default:
      return three(surely == c.count && possibly == c.count, surely <= c.count && possibly >= c.count);
  }
}

bool Evaluation::one_operand(const Condition& c, const Value& value) const {
  switch (c.kind) {
    case Condition::Kind::Bool:
      return value.number != 0;
    case Condition::Kind::NumberCompare:
      return compare_holds(order(value.number, c.number), c.compare);
    case Condition::Kind::NumberIn:
      return contains(c.numbers, value.number);
    case Condition::Kind::StringIn:
      return contains(c.texts, value.text);
    case Condition::Kind::StringMatch:
      return string_matches(c, value.text);
    case Condition::Kind::VersionCompare:
      return compare_holds(compare_version_texts(value.text, c.texts[0]), c.compare);
    case Condition::Kind::VersionIn:
      return contains_version(c.texts, value.text);
    case Condition::Kind::SetEmpty:
      return value.texts.empty() && value.numbers.empty() && value.rows.empty();
    case Condition::Kind::SetHasAny:
      for (size_t i = 0; i < c.texts.size() + c.numbers.size(); ++i)
        if (set_has(c, value, i)) return true;
      return false;
    case Condition::Kind::SetHasAll:
      for (size_t i = 0; i < c.texts.size() + c.numbers.size(); ++i)
        if (!set_has(c, value, i)) return false;
      return true;
    default:
      return false;
  }
}

Truth Evaluation::linear(const Condition& c, const Scope& scope) const {
  Wide sum = 0;
  bool absent = false;
  for (const check::LinearTerm& term : c.terms) {
    Value lookup;
    const Read operand = read(term.operand, scope, lookup);
    if (unknown(operand)) return Truth::Unknown;
    if (operand.state == Read::State::Absent)
      absent = true;
    else
      sum += Wide(term.coefficient) * operand.value->number;
  }
  return two_valued(!absent && compare_holds(order(sum, Wide(c.number)), c.compare));
}

Truth Evaluation::atom(const Condition& c, const Scope& scope) const {
  switch (c.kind) {
    case Condition::Kind::InWindow:
      return two_valued(in_window(set_, c.window, now_));
    case Condition::Kind::Approvals:
      return two_valued(approvals(c.requirement).met);
    case Condition::Kind::SignalIs:
      return two_valued(signal_state(check::LeafId{c.operand.index}) == c.signal_state);
    case Condition::Kind::Linear:
      return linear(c, scope);
    default:
      break;
  }
  Value first_storage, second_storage;
  const Read first = read(c.operand, scope, first_storage);
  if (unknown(first)) return Truth::Unknown;
  const bool there = first.state == Read::State::There;
  if (c.kind == Condition::Kind::Present) return two_valued(there);
  const bool two_operands = c.kind == Condition::Kind::StringEqual || c.kind == Condition::Kind::EnumEqual ||
                            c.kind == Condition::Kind::VersionOrder;
  if (!two_operands) return two_valued(there && one_operand(c, *first.value));
  const Read second = read(c.second, scope, second_storage);
  if (unknown(second)) return Truth::Unknown;
  if (!there || second.state == Read::State::Absent) return Truth::False;
  const Value &a = *first.value, &b = *second.value;
  if (c.kind == Condition::Kind::StringEqual) return two_valued(a.text == b.text);
  if (c.kind == Condition::Kind::EnumEqual) return two_valued(a.number == b.number);
  return two_valued(compare_holds(compare_version_texts(a.text, b.text), c.compare));
}

}  // namespace guard::reference
