// Counts, per string attribute and constant, the entries that name it; see index_scope.hpp.
#include "codegen/index_scope.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "codegen/patterns.hpp"

namespace guard::codegen {
namespace {

// An entry with more constants would stand in too many lists; of a list with more entries, bits are faster than code.
constexpr size_t kMostConstants = 16, kMostListed = 32;

// The constants that a condition asks a string attribute to be one of; none: it is another test.
std::vector<std::string> constants_of(const ir::Condition& condition) {
  if (condition.kind != ir::Condition::Kind::Atom) return {};
  const check::Condition& atom = *condition.atom;
  if (atom.operand.from != check::Operand::From::Leaf) return {};
  if (atom.kind == check::Condition::Kind::StringIn)
    return atom.texts.size() <= kMostConstants ? atom.texts : std::vector<std::string>{};
  if (atom.kind != check::Condition::Kind::StringMatch) return {};
  Shape shape = shape_of(atom.match, atom.texts[0]);
  if (shape.kind != Shape::Kind::Equal) return {};
  return {std::move(shape.text)};
}

uint32_t parts(const ir::Condition& condition) {
  return condition.kind == ir::Condition::Kind::And ? static_cast<uint32_t>(condition.children.size()) : 1;
}

size_t words_of(const check::PolicySet& set, const check::Type& type) {
  return set.enums[static_cast<uint32_t>(type.enum_id)].words.size();
}

check::Compare opposite(check::Compare compare) {
  switch (compare) {
    case check::Compare::Eq:
      return check::Compare::Ne;
    case check::Compare::Ne:
      return check::Compare::Eq;
    case check::Compare::Lt:
      return check::Compare::Ge;
    case check::Compare::Le:
      return check::Compare::Gt;
    case check::Compare::Gt:
      return check::Compare::Le;
    case check::Compare::Ge:
      return check::Compare::Lt;
  }
  return compare;
}

// The numbers from `first` to `last` that compare so with `number`, when they are a range.
bool bound(NumberRange& range, check::Compare compare, int64_t number, int64_t first, int64_t last) {
  range.least = first;
  range.most = last;
  switch (compare) {
    case check::Compare::Eq:
      range.least = range.most = number;
      return true;
    case check::Compare::Ne:
      if (number == first) ++range.least;
      if (number == last) --range.most;
      return number == first || number == last;
    case check::Compare::Lt:
      if (number == INT64_MIN) return false;
      range.most = number - 1;
      return true;
    case check::Compare::Le:
      range.most = number;
      return true;
    case check::Compare::Gt:
      if (number == INT64_MAX) return false;
      range.least = number + 1;
      return true;
    case check::Compare::Ge:
      range.least = number;
      return true;
  }
  return false;
}

struct Naming {
  uint32_t entry, part;
  std::vector<std::string> constants;
};

}  // namespace

const ir::Condition& part_of(const ir::Condition& condition, uint32_t part) {
  return condition.kind == ir::Condition::Kind::And ? condition.children[part] : condition;
}

std::optional<NumberRange> range_of(const ir::Condition& condition, const check::PolicySet& set,
                                    const check::Kind& kind) {
  const bool negated = condition.kind == ir::Condition::Kind::Not;
  const ir::Condition& test = negated ? condition.children[0] : condition;
  if (test.kind != ir::Condition::Kind::Atom) return std::nullopt;
  const check::Condition& atom = *test.atom;
  const bool is_flag = atom.kind == check::Condition::Kind::Bool;
  if (!is_flag && atom.kind != check::Condition::Kind::NumberCompare) return std::nullopt;
  if (atom.operand.from != check::Operand::From::Leaf) return std::nullopt;
  const check::Leaf& leaf = kind.leaves[atom.operand.index];
  // The negation of a test holds of what is absent; a range does not.
  if (negated && (leaf.optional || leaf.parent != check::kNoLeaf)) return std::nullopt;
  NumberRange range;
  range.leaf = atom.operand.index;
  // The values there are; of flags and words few.
  const size_t words = is_flag ? 2 : leaf.type.kind == check::TypeKind::Enum ? words_of(set, leaf.type) : 0;
  const int64_t first = words > 0 ? 0 : INT64_MIN, last = words > 0 ? static_cast<int64_t>(words) - 1 : INT64_MAX;
  const check::Compare compare = is_flag ? check::Compare::Eq : atom.compare;
  if (!bound(range, negated ? opposite(compare) : compare, is_flag ? 1 : atom.number, first, last)) return std::nullopt;
  range.share = words == 0 ? 0.5 : static_cast<double>(range.most - range.least + 1) / static_cast<double>(words);
  return range;
}

Scoping choose_scope(const std::vector<ir::Condition>& conditions) {
  std::map<uint32_t, std::vector<Naming>> namings;  // per leaf, one an entry
  for (uint32_t entry = 0; entry < conditions.size(); ++entry) {
    for (uint32_t part = 0; part < parts(conditions[entry]); ++part) {
      const ir::Condition& own = part_of(conditions[entry], part);
      std::vector<std::string> constants = constants_of(own);
      if (constants.empty()) continue;
      std::vector<Naming>& known = namings[own.atom->operand.index];
      if (known.empty() || known.back().entry != entry) known.push_back({entry, part, std::move(constants)});
    }
  }
  Scoping best;
  best.parts.assign(conditions.size(), kNoPart);
  size_t most = 1;  // One entry alone needs no list.
  for (const auto& [leaf, own] : namings) {
    std::unordered_map<std::string_view, size_t> listed;
    for (const Naming& naming : own) {
      for (const std::string& constant : naming.constants) ++listed[constant];
    }
    std::vector<const Naming*> kept;
    for (const Naming& naming : own) {
      bool fits = true;
      for (const std::string& constant : naming.constants) fits = fits && listed[constant] <= kMostListed;
      if (fits) kept.push_back(&naming);
    }
    if (kept.size() <= most) continue;
    most = kept.size();
    best.leaf = leaf;
    best.parts.assign(conditions.size(), kNoPart);
    for (const Naming* naming : kept) best.parts[naming->entry] = naming->part;
  }
  return best;
}

}  // namespace guard::codegen
