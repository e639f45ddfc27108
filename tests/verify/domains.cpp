// Values of attributes; see domains.hpp.
#include "domains.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "tests/reference/evaluate.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

using check::Condition;
using check::TypeKind;
using reference::Truth;
using reference::Value;
using K = Condition::Kind;

constexpr size_t kSmallRange = 24, kMaxElements = 6, kMaxRows = 250, kMaxCandidates = 1500;

Value number_value(int64_t number) {
  Value out;
  out.present = true;
  out.number = number;
  return out;
}
Value text_value(const std::string& text) {
  Value out;
  out.present = true;
  out.text = text;
  return out;
}
bool is_text(TypeKind kind) { return kind == TypeKind::String || kind == TypeKind::Version; }

bool reads_lookup(const Condition& c) {
  if (c.operand.from == check::Operand::From::Lookup || c.second.from == check::Operand::From::Lookup) return true;
  return std::any_of(c.terms.begin(), c.terms.end(),
                     [](const check::LinearTerm& term) { return term.operand.from == check::Operand::From::Lookup; });
}

// The parts of a pattern that stand for themselves.
std::vector<std::string> literal_parts(const std::string& pattern) {
  std::vector<std::string> out(1);
  for (const char c : pattern) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.') {
      out.back() += c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

std::vector<std::string> version_neighbours(const std::string& text) {
  const std::optional<reference::Version> v = reference::parse_version(text);
  if (!v) return {};
  const std::string head = v->major + "." + v->minor + ".";
  const std::string next = head + std::to_string(std::stoll(v->patch) + 1);
  std::vector<std::string> out = {text, head + v->patch + "-0", head + v->patch, next + "-0", next};
  if (!v->prerelease.empty()) {
    std::string pre;
    for (const std::string& part : v->prerelease) pre += (pre.empty() ? "-" : ".") + part;
    out.push_back(head + v->patch + pre + ".0");
  }
  return out;
}

}  // namespace

Domains::Domains(const check::PolicySet& set, check::KindId kind)
    : set_(set), kind_(set.kinds[static_cast<uint32_t>(kind)]), atoms_(placed_atoms(set, kind)) {
  for (const PlacedAtom& placed : atoms_) {
    const std::vector<Place> places = places_of(placed);
    const bool together = places.size() > 1;
    for (size_t i = 0; i < places.size(); ++i) {
      join(places[0], places[i]);
      Component& component = *component_of(places[i]);
      if (placed.atom->kind == K::VersionOrder) component.ordered = true;
      if (together && reads_lookup(*placed.atom)) component.keys = true;
    }
    // The set itself is asked about its elements.
    if (placed.atom->operand.type.kind == TypeKind::Set && !places.empty()) {
      Place elements = places[0];
      elements.element = true;
      join(elements, elements);
    }
  }
  // Who is excluded from approving may be the actor.
  for (const check::Requirement& requirement : set.requirements) {
    if (requirement.kind != kind || kind_.actor == check::kNoLeaf) continue;
    for (const check::LeafId leaf : requirement.excluding)
      join({static_cast<uint32_t>(kind_.actor)}, {static_cast<uint32_t>(leaf)});
  }
}

void Domains::join(const Place& a, const Place& b) {
  Component* first = component_of(a);
  if (!first) {
    components_.emplace_back();
    components_.back().places.push_back(a);
  }
  Component* second = component_of(b);
  first = component_of(a);
  if (!second) {
    first->places.push_back(b);
    return;
  }
  if (first == second) return;
  first->places.insert(first->places.end(), second->places.begin(), second->places.end());
  first->ordered = first->ordered || second->ordered;
  first->keys = first->keys || second->keys;
  components_.erase(components_.begin() + (second - components_.data()));
}

Domains::Component* Domains::component_of(const Place& place) {
  for (Component& component : components_)
    if (std::find(component.places.begin(), component.places.end(), place) != component.places.end()) return &component;
  return nullptr;
}

const check::Leaf& Domains::leaf_of(const Place& place) const {
  const check::Leaf& leaf = kind_.leaves[place.leaf];
  return place.column < 0 ? leaf : leaf.columns[static_cast<size_t>(place.column)];
}

bool Domains::is_read(uint32_t leaf) const {
  return std::any_of(components_.begin(), components_.end(), [&](const Component& component) {
    return std::any_of(component.places.begin(), component.places.end(),
                       [&](const Place& place) { return place.leaf == leaf; });
  });
}

std::vector<Choice> Domains::of_leaf(uint32_t leaf) { return values({leaf}); }

std::vector<int64_t> Domains::age_thresholds() {
  for (const Component& component : components_)
    for (const Place& place : component.places)
      if (!place.element && place.leaf != static_cast<uint32_t>(kind_.now) &&
          leaf_of(place).type.kind == TypeKind::Timestamp)
        static_cast<void>(numbers(place, leaf_of(place).type));
  return {thresholds_.begin(), thresholds_.end()};
}

std::vector<Choice> Domains::values(const Place& place) {
  const check::Type& type = leaf_of(place).type;
  if (type.kind == TypeKind::List) return lists(place.leaf);
  if (type.kind == TypeKind::Set) return sets(place, type);
  if (!is_text(type.kind)) return numbers(place, type);
  std::vector<Choice> out;
  for (const std::string& text : texts(place, type.kind == TypeKind::Version)) out.push_back({text_value(text)});
  return out;
}

std::vector<Choice> Domains::numbers(const Place& place, const check::Type& type) {
  std::vector<Choice> out;
  const bool counted_whole = type.kind == TypeKind::Int && type.max - type.min <= int64_t{kSmallRange};
  if (type.kind == TypeKind::Bool || type.kind == TypeKind::Enum || counted_whole) {
    int64_t from = 0, to = 1;
    if (type.kind == TypeKind::Int) from = type.min, to = type.max;
    if (type.kind == TypeKind::Enum)
      to = static_cast<int64_t>(set_.enums[static_cast<uint32_t>(type.enum_id)].words.size()) - 1;
    for (int64_t n = from; n <= to; ++n) out.push_back({number_value(n)});
    return out;
  }
  int64_t least = type.min, most = type.max;
  if (type.kind == TypeKind::Timestamp) least = reference::first_instant(), most = reference::last_instant();
  if (type.kind == TypeKind::Duration) least = -1000 * reference::kDay, most = 1000 * reference::kDay;
  std::set<int64_t> absolute = {least, most}, relative;
  for (const PlacedAtom& placed : atoms_) {
    const std::vector<Place> places = places_of(placed);
    if (std::find(places.begin(), places.end(), place) == places.end()) continue;
    const Condition& c = *placed.atom;
    if (reads_lookup(c)) throw Unsupported("a number beside a lookup");
    for (const int64_t n : c.kind == K::NumberIn ? c.numbers : std::vector<int64_t>{c.number})
      if (c.kind == K::NumberIn || c.kind == K::NumberCompare) absolute.insert({n - 1, n, n + 1});
    if (c.kind != K::Linear) continue;
    const uint32_t now = static_cast<uint32_t>(kind_.now);
    const size_t other = c.terms.size() == 2 && c.terms[0].operand.index == now ? 1 : 0;
    if (c.terms.size() != 2 || place.column >= 0 || c.terms[1 - other].operand.index != now ||
        c.terms[0].coefficient != -c.terms[1].coefficient ||
        (c.terms[0].coefficient != 1 && c.terms[1].coefficient != 1))
      throw Unsupported("a sum over a wide range");
    const int64_t offset = c.terms[other].coefficient * c.number;
    relative.insert({offset - 1, offset, offset + 1});
  }
  for (const int64_t n : absolute)
    for (const int64_t offset : relative)
      if (n != least && n != most) thresholds_.insert(n - offset);
  for (const int64_t n : absolute)
    if (n >= least && n <= most) out.push_back({number_value(n)});
  for (const int64_t n : relative) out.push_back({number_value(n), true});
  return out;
}

std::string Domains::signature(const Component& component, const std::string& text) const {
  std::string out;
  for (const PlacedAtom& placed : atoms_) {
    const std::vector<Place> places = places_of(placed);
    if (places.size() != 1 ||
        std::find(component.places.begin(), component.places.end(), places[0]) == component.places.end())
      continue;
    const Condition& c = *placed.atom;
    if (reference::is_quantifier(c) || c.kind == K::SetEmpty || c.operand.type.kind == TypeKind::List) continue;
    if (c.kind == K::SetHasAny || c.kind == K::SetHasAll) continue;  // their literals are told apart below
    const Place& place = places[0];
    std::vector<Value> values(kind_.leaves.size());
    std::vector<Value> row;
    const Value value = text_value(text);
    reference::Scope scope;
    if (place.element) {
      scope.element = &value;
    } else if (place.column >= 0) {
      row.resize(kind_.leaves[place.leaf].columns.size());
      row[static_cast<size_t>(place.column)] = value;
      scope.row = &row;
    } else {
      values[place.leaf] = value;
      if (const check::LeafId signal = kind_.leaves[place.leaf].signal; signal != check::kNoLeaf)
        values[static_cast<uint32_t>(signal)].present = true;
    }
    const reference::Evaluation evaluation(set_, kind_, values, 0);
    out += evaluation.truth(c, scope) == Truth::True ? '1' : '0';
  }
  for (const PlacedAtom& placed : atoms_) {
    const Condition& c = *placed.atom;
    if (c.kind != K::SetHasAny && c.kind != K::SetHasAll) continue;
    Place elements = places_of(placed)[0];
    elements.element = true;
    if (std::find(component.places.begin(), component.places.end(), elements) == component.places.end()) continue;
    for (const std::string& literal : c.texts) out += literal == text ? '1' : '0';
  }
  if (component.keys)
    for (const check::DataTable& table : set_.data)
      for (const auto& [key, row] : table.rows) out += key == text ? '1' : '0';
  return out;
}

std::vector<std::string> Domains::candidates(const Component& component, bool version) const {
  std::vector<std::string> literals;
  for (const PlacedAtom& placed : atoms_) {
    const Condition& c = *placed.atom;
    const std::vector<Place> places = places_of(placed);
    const bool here = std::any_of(places.begin(), places.end(), [&](Place place) {
      place.element = place.element || c.operand.type.kind == TypeKind::Set;
      return std::find(component.places.begin(), component.places.end(), place) != component.places.end();
    });
    if (!here) continue;
    const bool pattern = c.kind == K::StringMatch && (c.match == check::Match::Glob || c.match == check::Match::Regex);
    if (c.operand.from != check::Operand::From::Lookup)
      for (const std::string& text : c.texts)
        for (const std::string& part : pattern ? literal_parts(text) : std::vector<std::string>{text})
          if (std::find(literals.begin(), literals.end(), part) == literals.end()) literals.push_back(part);
    if (reads_lookup(c))
      for (const check::DataTable& table : set_.data)
        for (const auto& [key, row] : table.rows)
          if (std::find(literals.begin(), literals.end(), key) == literals.end()) literals.push_back(key);
  }
  std::vector<std::string> out;
  const auto add = [&](const std::string& text) {
    if (out.size() < kMaxCandidates && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  };
  if (version) {
    for (const std::string text : {"1.0.0", "0.0.0-0", "0.0.0", "99.0.0"}) add(text);
    for (const std::string& literal : literals)
      for (const std::string& text : version_neighbours(literal)) add(text);
    std::stable_sort(out.begin(), out.end(), [](const std::string& a, const std::string& b) {
      return reference::compare_version_texts(a, b) < 0;
    });
    return out;
  }
  std::string letters;
  for (const std::string& literal : literals) {
    add(literal);
    for (const char c : literal)
      if (letters.find(c) == std::string::npos) letters += c;
  }
  add("z"), add(""), add("zz");
  letters += 'z';
  std::vector<std::string> tokens = literals, joined = {""};
  tokens.push_back("z");
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> longer;
    for (const std::string& head : joined)
      for (const std::string& token : tokens)
        if (longer.size() < kMaxCandidates / 3) longer.push_back(head + token);
    for (const std::string& text : longer) add(text);
    joined = std::move(longer);
  }
  if (letters.size() > 4) return out;
  joined = {""};
  for (size_t length = 1; length <= 5 && out.size() < kMaxCandidates; ++length) {
    std::vector<std::string> longer;
    for (const std::string& head : joined)
      for (const char c : letters) longer.push_back(head + c);
    for (const std::string& text : longer) add(text);
    joined = std::move(longer);
  }
  return out;
}

std::vector<std::string> Domains::texts(const Place& place, bool version) {
  if (const auto known = known_texts_.find(place); known != known_texts_.end()) return known->second;
  const Component* component = component_of(place);
  if (!component) return {version ? "1.0.0" : "z"};
  size_t copies = component->places.size();
  for (const Place& one : component->places)
    if (one.element) copies = std::max(copies, counted(one) + component->places.size() - 1);
  std::vector<std::string> out;
  std::map<std::string, size_t> kept;
  std::string before;
  for (const std::string& text : candidates(*component, version)) {
    const std::string seen = signature(*component, text);
    if (component->ordered && seen != before) kept[seen] = 0;  // another run of the order
    before = seen;
    if (kept[seen]++ < copies) out.push_back(text);
  }
  for (const Place& one : component->places) known_texts_[one] = out;
  return out;
}

// How many alike elements the quantifiers over a set can tell apart.
size_t Domains::counted(const Place& place) const {
  size_t out = 1;
  for (const PlacedAtom& placed : atoms_) {
    const Condition& c = *placed.atom;
    if (!reference::is_quantifier(c)) continue;
    Place over = places_of(placed)[0];
    over.element = place.element;
    if (over != place) continue;
    if (c.kind == K::AtLeast) out = std::max<size_t>(out, c.count);
    if (c.kind == K::AtMost || c.kind == K::Exactly) out = std::max<size_t>(out, c.count + 1);
  }
  return out;
}

std::vector<Choice> Domains::sets(const Place& place, const check::Type& type) {
  Place elements = place;
  elements.element = true;
  std::vector<Value> pool;
  if (is_text(type.element)) {
    for (const std::string& text : texts(elements, type.element == TypeKind::Version)) pool.push_back(text_value(text));
  } else {
    check::Type element = type;
    element.kind = type.element;
    for (const Choice& choice : numbers(elements, element)) pool.push_back(choice.value);
  }
  if (pool.size() > kMaxElements) throw Unsupported("a set of too many elements");
  std::vector<Choice> out;
  for (size_t bits = 0; bits < size_t{1} << pool.size(); ++bits) {
    Choice choice;
    choice.value.present = true;
    for (size_t i = 0; i < pool.size(); ++i) {
      if (!(bits >> i & 1)) continue;
      if (is_text(type.element))
        choice.value.texts.push_back(pool[i].text);
      else
        choice.value.numbers.push_back(pool[i].number);
    }
    std::sort(choice.value.texts.begin(), choice.value.texts.end());
    out.push_back(std::move(choice));
  }
  return out;
}

// Rows that the atoms of the bodies tell apart; all of them when a body reads the action too.
std::vector<std::vector<Value>> Domains::rows(uint32_t leaf) {
  std::vector<std::vector<Value>> out(1);
  const std::vector<check::Leaf>& columns = kind_.leaves[leaf].columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::vector<Value> options;
    if (columns[i].optional) options.emplace_back();
    if (columns[i].type.kind == TypeKind::Presence) throw Unsupported("a record in a row");
    for (const Choice& choice : values({leaf, static_cast<int>(i)})) options.push_back(choice.value);
    std::vector<std::vector<Value>> longer;
    for (const std::vector<Value>& row : out)
      for (const Value& option : options) {
        longer.push_back(row);
        longer.back().push_back(option);
      }
    out = std::move(longer);
    if (out.size() > 4000) throw Unsupported("rows of too many columns");
  }
  // Atom by atom, not body by body: what replaces an atom must be told apart too.
  std::vector<const Condition*> atoms;
  bool alone = true;
  for (const PlacedAtom& placed : atoms_) {
    if (!placed.list || placed.list->operand.index != leaf) continue;
    for (const Place& place : places_of(placed)) alone = alone && place.leaf == leaf;
    alone = alone && !placed.in_set;
    atoms.push_back(placed.atom);
  }
  if (!alone) return out;
  std::map<std::string, std::vector<Value>> by_truth;
  const reference::Evaluation evaluation(set_, kind_, std::vector<Value>(kind_.leaves.size()), 0);
  for (const std::vector<Value>& row : out) {
    std::string truths;
    for (const Condition* atom : atoms)
      truths += static_cast<char>('0' + static_cast<int>(evaluation.truth(*atom, {&row, nullptr})));
    by_truth.emplace(truths, row);
  }
  out.clear();
  for (auto& [truths, row] : by_truth) out.push_back(std::move(row));
  return out;
}

std::vector<Choice> Domains::lists(uint32_t leaf) {
  size_t longest = 1;
  for (const PlacedAtom& placed : atoms_) {
    const Condition& c = *placed.atom;
    if (!reference::is_quantifier(c) || places_of(placed)[0] != Place{leaf}) continue;
    longest += c.kind == K::AtLeast ? c.count : c.kind == K::AtMost || c.kind == K::Exactly ? c.count + 1 : 1;
  }
  const std::vector<std::vector<Value>> pool = rows(leaf);
  longest = std::min<size_t>(longest, 4);
  std::vector<Choice> out(1);
  out[0].value.present = true;
  // Lists of one more row each round, the rows in the order of the pool: multisets.
  std::vector<std::pair<Value, size_t>> last = {{out[0].value, 0}};
  for (size_t length = 1; length <= longest; ++length) {
    std::vector<std::pair<Value, size_t>> next;
    for (const auto& [value, from] : last)
      for (size_t r = from; r < pool.size(); ++r) {
        next.push_back({value, r});
        next.back().first.rows.push_back(pool[r]);
        out.push_back({next.back().first});
      }
    last = std::move(next);
    if (out.size() > kMaxRows) throw Unsupported("too many lists");
  }
  return out;
}

}  // namespace guard::oracle
