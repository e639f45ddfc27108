// From atoms to dims, classes and true atoms; see index_dims.hpp.
#include "codegen/index_dims.hpp"

#include <algorithm>
#include <numeric>

#include "partition/version.hpp"

namespace guard::codegen {
namespace {

using check::TypeKind;
using CheckKind = check::Condition::Kind;
using partition::ClassSet;

// Budgets of one dim's automata: past them a pattern is indexed by a literal part of it, and its automaton stays in the
// code.
constexpr size_t kGroupPatterns = 128, kGroupStates = 4000, kGroups = 8, kInfixStates = 20000;
constexpr size_t kGroupCells = size_t{1} << 20;

Classifier classifier_of(TypeKind type) {
  switch (type) {
    case TypeKind::Bool:
      return Classifier::Flag;
    case TypeKind::Int:
    case TypeKind::Decimal:
    case TypeKind::Enum:
    case TypeKind::Timestamp:
    case TypeKind::Duration:
      return Classifier::Numbers;
    case TypeKind::String:
      return Classifier::Strings;
    case TypeKind::Version:
      return Classifier::Versions;
    case TypeKind::Signal:
      return Classifier::Signal;
    case TypeKind::Set:
    case TypeKind::List:
    case TypeKind::Presence:
      return Classifier::Presence;
  }
  return Classifier::Presence;
}

bool version_before(const std::string& a, const std::string& b) { return partition::compare_versions(a, b) < 0; }

// Classes of Numbers and Versions: 0 absent, 1 + 2i the gap below cut i, 2 + 2i cut i.
uint32_t point(size_t cut) { return static_cast<uint32_t>(2 + 2 * cut); }

// The classes whose values compare with cut i as asked.
ClassSet compared(check::Compare compare, size_t cut, uint32_t classes) {
  const uint32_t at = point(cut);
  switch (compare) {
    case check::Compare::Eq:
      return {at, at + 1};
    case check::Compare::Lt:
      return {1, at};
    case check::Compare::Le:
      return {1, at + 1};
    case check::Compare::Gt:
      return {at + 1, classes};
    case check::Compare::Ge:
      return {at, classes};
    case check::Compare::Ne: {
      ClassSet result(1, at);
      result.append(at + 1, classes);
      return result;
    }
  }
  return {};
}

bool compare_numbers(check::Compare compare, int64_t a, int64_t b) {
  switch (compare) {
    case check::Compare::Eq:
      return a == b;
    case check::Compare::Ne:
      return a != b;
    case check::Compare::Lt:
      return a < b;
    case check::Compare::Le:
      return a <= b;
    case check::Compare::Gt:
      return a > b;
    case check::Compare::Ge:
      return a >= b;
  }
  return false;
}

}  // namespace

struct Dims::Test {
  uint32_t leaf = 0;
  Classifier classifier = Classifier::Flag;
  const check::Condition* atom = nullptr;  // null: the signal is fresh
  std::string equal;                       // Strings: the constant it is, when a glob says so
  std::vector<TextAtom> atoms;             // multi dims: one of them is true
  bool negated = false;                    // multi dims: none of them is
  bool needs_all = false;                  // multi dims: all of them are

  // Strings: how many constants it is one of, and each.
  [[nodiscard]] size_t texts() const {
    return atom == nullptr                        ? 0
           : atom->kind == CheckKind::StringIn    ? atom->texts.size()
           : atom->kind == CheckKind::StringMatch ? 1
                                                  : 0;
  }
  [[nodiscard]] const std::string& text(size_t i) const {
    return atom->kind == CheckKind::StringIn ? atom->texts[i] : equal;
  }
};

bool Dims::may_be_absent(uint32_t leaf) const {
  return kind_.leaves[leaf].optional || kind_.leaves[leaf].parent != check::kNoLeaf;
}

uint32_t Dims::dim_of(uint32_t leaf, Classifier classifier) {
  const auto [at, is_new] = dim_ids_.try_emplace({leaf, classifier}, static_cast<uint32_t>(dims_.size()));
  if (is_new) {
    Dim dim;
    dim.leaf = leaf;
    dim.classifier = classifier;
    dim.multi =
        classifier == Classifier::TextAtoms || classifier == Classifier::SetAtoms || classifier == Classifier::Windows;
    dims_.push_back(std::move(dim));
  }
  return at->second;
}

std::optional<Dims::Test> Dims::atom_test(const check::Condition& atom) const {
  Test test;
  test.atom = &atom;
  test.leaf = atom.operand.index;
  if (atom.kind == CheckKind::InWindow) {
    test.leaf = static_cast<uint32_t>(kind_.now);
    test.classifier = Classifier::Windows;
    TextAtom window;
    window.kind = TextAtom::Kind::Window;
    window.numbers = {static_cast<int64_t>(atom.window)};
    test.atoms.push_back(std::move(window));
    return test;
  }
  switch (atom.kind) {
    case CheckKind::Linear:
    case CheckKind::Approvals:
    case CheckKind::StringEqual:
    case CheckKind::EnumEqual:
    case CheckKind::VersionOrder:
      return std::nullopt;
    default:
      break;
  }
  if (atom.operand.from != check::Operand::From::Leaf) return std::nullopt;
  const check::Type& type = kind_.leaves[test.leaf].type;
  test.classifier = classifier_of(type.kind);
  switch (atom.kind) {
    case CheckKind::Bool:
    case CheckKind::NumberCompare:
    case CheckKind::NumberIn:
    case CheckKind::VersionCompare:
    case CheckKind::VersionIn:
    case CheckKind::Present:
    case CheckKind::SignalIs:
    case CheckKind::StringIn:
      return test;
    case CheckKind::StringMatch: {
      const Shape shape = shape_of(atom.match, atom.texts[0]);
      if (shape.kind == Shape::Kind::Equal) {
        test.equal = shape.text;
        return test;
      }
      test.classifier = Classifier::TextAtoms;
      TextAtom pattern;
      pattern.match = atom.match;
      pattern.texts = atom.texts;
      test.atoms.push_back(std::move(pattern));
      return test;
    }
    case CheckKind::SetHasAny:
    case CheckKind::SetHasAll: {
      if (type.element == TypeKind::Version || (atom.texts.empty() && atom.numbers.empty())) return std::nullopt;
      test.classifier = Classifier::SetAtoms;
      test.needs_all = atom.kind == CheckKind::SetHasAll;
      TextAtom constants;
      constants.kind = TextAtom::Kind::Constants;
      if (!test.needs_all) {
        constants.texts = atom.texts;
        constants.numbers = atom.numbers;
        test.atoms.push_back(std::move(constants));
        return test;
      }
      for (const std::string& text : atom.texts) {
        constants.texts = {text};
        test.atoms.push_back(constants);
      }
      for (const int64_t number : atom.numbers) {
        constants.numbers = {number};
        test.atoms.push_back(constants);
      }
      return test;
    }
    case CheckKind::SetEmpty: {
      if (type.kind != TypeKind::Set) return std::nullopt;
      test.classifier = Classifier::SetAtoms;
      test.negated = true;
      TextAtom any;
      any.kind = TextAtom::Kind::Any;
      test.atoms.push_back(std::move(any));
      return test;
    }
    default:
      return std::nullopt;
  }
}

// `any g in set: <one or several of: element in constants, element matches pattern>`.
std::optional<Dims::Test> Dims::element_test(const ir::Condition& condition) const {
  const check::Operand& set = condition.atom->operand;
  if (condition.quantifier != ir::Condition::Quantifier::Any || set.from != check::Operand::From::Leaf)
    return std::nullopt;
  const check::Type& type = kind_.leaves[set.index].type;
  if (type.kind != TypeKind::Set || type.element == TypeKind::Version) return std::nullopt;
  Test test;
  test.atom = condition.atom;
  test.leaf = set.index;
  test.classifier = Classifier::SetAtoms;
  const ir::Condition& body = condition.children[0];
  const size_t parts = body.kind == ir::Condition::Kind::Or ? body.children.size() : 1;
  for (size_t i = 0; i < parts; ++i) {
    const ir::Condition& part = body.kind == ir::Condition::Kind::Or ? body.children[i] : body;
    if (part.kind != ir::Condition::Kind::Atom || part.atom->operand.from != check::Operand::From::Element)
      return std::nullopt;
    const check::Condition& atom = *part.atom;
    TextAtom item;
    item.kind = TextAtom::Kind::Constants;
    if (atom.kind == CheckKind::StringIn) {
      item.texts = atom.texts;
    } else if (atom.kind == CheckKind::NumberIn) {
      item.numbers = atom.numbers;
    } else if (atom.kind == CheckKind::NumberCompare && atom.compare == check::Compare::Eq) {
      item.numbers = {atom.number};
    } else if (atom.kind == CheckKind::StringMatch) {
      const Shape shape = shape_of(atom.match, atom.texts[0]);
      if (shape.kind == Shape::Kind::Equal) {
        item.texts = {shape.text};
      } else {
        item.kind = TextAtom::Kind::Pattern;
        item.match = atom.match;
        item.texts = atom.texts;
      }
    } else {
      return std::nullopt;
    }
    test.atoms.push_back(std::move(item));
  }
  return test;
}

std::optional<Dims::Test> Dims::test_of(const ir::Condition& condition) const {
  switch (condition.kind) {
    case ir::Condition::Kind::Atom:
      return atom_test(*condition.atom);
    case ir::Condition::Kind::Quantifier:
      return element_test(condition);
    case ir::Condition::Kind::Fresh: {
      Test test;
      test.leaf = static_cast<uint32_t>(condition.signal);
      test.classifier = Classifier::Signal;
      return test;
    }
    default:
      return std::nullopt;
  }
}

void Dims::collect(const ir::Condition& condition) {
  using Kind = ir::Condition::Kind;
  if (condition.kind == Kind::And || condition.kind == Kind::Or || condition.kind == Kind::Not) {
    for (const ir::Condition& child : condition.children) collect(child);
    return;
  }
  std::optional<Test> test = test_of(condition);
  if (!test) return;
  Dim& dim = dims_[dim_of(test->leaf, test->classifier)];
  if (dim.multi) {
    for (TextAtom& atom : test->atoms) {
      const auto [at, is_new] = dim.atom_ids.try_emplace(std::move(atom), static_cast<uint32_t>(dim.atoms.size()));
      if (is_new) dim.atoms.push_back(at->first);
    }
    if (test->negated && may_be_absent(test->leaf)) dim_of(test->leaf, Classifier::Presence);
    return;
  }
  if (test->atom == nullptr) return;
  if (dim.classifier == Classifier::Strings) {
    for (size_t i = 0; i < test->texts(); ++i) dim.seen.insert(test->text(i));
  }
  const check::Condition& atom = *test->atom;
  if (dim.classifier == Classifier::Numbers) {
    if (atom.kind == CheckKind::NumberCompare) dim.numbers.push_back(atom.number);
    if (atom.kind == CheckKind::NumberIn)
      dim.numbers.insert(dim.numbers.end(), atom.numbers.begin(), atom.numbers.end());
  } else if (dim.classifier == Classifier::Versions) {
    dim.seen.insert(atom.texts.begin(), atom.texts.end());
  }
}

void Dims::close() {
  for (Dim& dim : dims_) {
    if (dim.multi) {
      close_multi(dim);
      continue;
    }
    std::sort(dim.numbers.begin(), dim.numbers.end());
    dim.numbers.erase(std::unique(dim.numbers.begin(), dim.numbers.end()), dim.numbers.end());
    dim.texts.assign(dim.seen.begin(), dim.seen.end());
    dim.seen.clear();
    std::sort(dim.texts.begin(), dim.texts.end());
    switch (dim.classifier) {
      case Classifier::Flag:
      case Classifier::Signal:
        dim.classes = 3;
        break;
      case Classifier::Numbers:
        dim.classes = static_cast<uint32_t>(2 + 2 * dim.numbers.size());
        break;
      case Classifier::Versions: {
        std::stable_sort(dim.texts.begin(), dim.texts.end(), version_before);
        const auto same = [](const std::string& a, const std::string& b) { return !version_before(a, b); };
        dim.texts.erase(std::unique(dim.texts.begin(), dim.texts.end(), same), dim.texts.end());
        dim.classes = static_cast<uint32_t>(2 + 2 * dim.texts.size());
        break;
      }
      case Classifier::Strings:
        dim.classes = static_cast<uint32_t>(2 + dim.texts.size());
        break;
      default:
        dim.classes = 2;
        break;
    }
  }
}

// Decides how each pattern is indexed. Affixes and infixes have tables of their own; the rest goes into product
// automata, as far as the budgets reach.
void Dims::close_multi(Dim& dim) {
  dim.shapes.resize(dim.atoms.size());
  dim.weak.assign(dim.atoms.size(), 0);
  std::vector<uint32_t> general;
  for (uint32_t i = 0; i < dim.atoms.size(); ++i) {
    if (dim.atoms[i].kind != TextAtom::Kind::Pattern) continue;
    dim.shapes[i] = shape_of(dim.atoms[i].match, dim.atoms[i].texts[0]);
    if (dim.shapes[i].kind == Shape::Kind::General) general.push_back(i);
  }
  std::sort(general.begin(), general.end(), [&](uint32_t a, uint32_t b) { return dim.atoms[a] < dim.atoms[b]; });
  std::vector<partition::Pattern> patterns;
  patterns.reserve(general.size());
  for (const uint32_t atom : general) patterns.push_back(to_pattern(dim.atoms[atom].match, dim.atoms[atom].texts[0]));
  size_t cells = 0;
  std::vector<uint32_t> left;
  for (size_t first = 0; first < general.size(); first += kGroupPatterns) {
    const size_t last = std::min(general.size(), first + kGroupPatterns);
    if (dim.groups.size() >= kGroups || cells >= kGroupCells) {
      left.insert(left.end(), general.begin() + static_cast<std::ptrdiff_t>(first),
                  general.begin() + static_cast<std::ptrdiff_t>(last));
      continue;
    }
    std::vector<const partition::Pattern*> part;
    for (size_t i = first; i < last; ++i) part.push_back(&patterns[i]);
    std::vector<uint32_t> refused;
    const partition::GroupLimits limits{kGroupStates, kGroupStates, kGroups - dim.groups.size()};
    for (partition::Group& group : partition::group(part, limits, refused)) {
      for (uint32_t& member : group.members) member = general[first + member];
      const size_t own = static_cast<size_t>(group.dfa.states) * group.dfa.classes;
      if (cells + own > kGroupCells) {
        left.insert(left.end(), group.members.begin(), group.members.end());
        continue;
      }
      cells += own;
      dim.groups.push_back(std::move(group));
    }
    for (const uint32_t member : refused) left.push_back(general[first + member]);
  }
  for (const uint32_t atom : left) {
    dim.shapes[atom] = weakened(dim.atoms[atom].match, dim.atoms[atom].texts[0]);
    dim.weak[atom] = dim.shapes[atom].kind == Shape::Kind::General ? 2 : 1;
  }
  size_t infix_bytes = 0;
  for (uint32_t i = 0; i < dim.atoms.size(); ++i) {
    if (dim.atoms[i].kind != TextAtom::Kind::Pattern || dim.shapes[i].kind != Shape::Kind::Infix) continue;
    infix_bytes += dim.shapes[i].text.size();
    if (infix_bytes > kInfixStates) dim.weak[i] = 2;
  }
  dim.classes = static_cast<uint32_t>(dim.atoms.size());
}

ClassSet Dims::class_set(const Dim& dim, const Test& test) const {
  const bool present = test.atom != nullptr && test.atom->kind == CheckKind::Present;
  if (dim.classifier == Classifier::Signal) {
    if (present) {  // given: fresh or stale
      ClassSet given(0, 1);
      given.append(2, 3);
      return given;
    }
    const auto state = test.atom == nullptr ? 0u : static_cast<uint32_t>(test.atom->signal_state);
    return {state, state + 1};
  }
  if (present) return {1, dim.classes};
  const check::Condition& atom = *test.atom;
  ClassSet result;
  switch (dim.classifier) {
    case Classifier::Flag:
      for (uint32_t value = 0; value < 2; ++value) {
        const bool in = atom.kind == CheckKind::Bool ? value == 1
                        : atom.kind == CheckKind::NumberCompare
                            ? compare_numbers(atom.compare, value, atom.number)
                            : std::binary_search(atom.numbers.begin(), atom.numbers.end(), value);
        if (in) result.append(1 + value, 2 + value);
      }
      return result;
    case Classifier::Strings:
      for (size_t i = 0; i < test.texts(); ++i) {
        const std::string& text = test.text(i);
        const auto at = std::lower_bound(dim.texts.begin(), dim.texts.end(), text) - dim.texts.begin();
        result.append(static_cast<uint32_t>(2 + at), static_cast<uint32_t>(3 + at));
      }
      return result;
    case Classifier::Numbers: {
      const auto cut = [&](int64_t n) {
        return static_cast<size_t>(std::lower_bound(dim.numbers.begin(), dim.numbers.end(), n) - dim.numbers.begin());
      };
      if (atom.kind == CheckKind::NumberCompare) return compared(atom.compare, cut(atom.number), dim.classes);
      for (const int64_t n : atom.numbers) result.append(point(cut(n)), point(cut(n)) + 1);
      return result;
    }
    case Classifier::Versions: {
      const auto cut = [&](const std::string& v) {
        return static_cast<size_t>(std::lower_bound(dim.texts.begin(), dim.texts.end(), v, version_before) -
                                   dim.texts.begin());
      };
      if (atom.kind == CheckKind::VersionCompare) return compared(atom.compare, cut(atom.texts[0]), dim.classes);
      std::vector<size_t> cuts;
      for (const std::string& version : atom.texts) cuts.push_back(cut(version));
      std::sort(cuts.begin(), cuts.end());
      for (const size_t at : cuts) result.append(point(at), point(at) + 1);
      return result;
    }
    default:
      return result;
  }
}

std::vector<Literal> Dims::literals_of(const ir::Condition& condition, bool positive) const {
  const std::optional<Test> test = test_of(condition);
  if (!test) return {};
  Literal literal;
  literal.dim = dim_ids_.at({test->leaf, test->classifier});
  const Dim& dim = dims_[literal.dim];
  if (!dim.multi) {
    literal.classes = class_set(dim, *test);
    if (!positive) literal.classes = partition::complement(literal.classes, dim.classes);
    return {literal};
  }
  literal.negative = test->negated == positive;
  for (const TextAtom& atom : test->atoms) literal.atoms.push_back(dim.atom_ids.at(atom));
  std::sort(literal.atoms.begin(), literal.atoms.end());
  literal.atoms.erase(std::unique(literal.atoms.begin(), literal.atoms.end()), literal.atoms.end());
  if (test->needs_all && literal.atoms.size() > 1) {
    // One element that must be there is a necessary condition; that one of several is absent is none that a row can
    // say.
    if (literal.negative) return {};
    literal.atoms.resize(1);
    literal.exact = false;
  }
  for (const uint32_t atom : literal.atoms) {
    if (dim.weak[atom] == 0) continue;
    if (literal.negative || dim.weak[atom] == 2) return {};
    literal.exact = false;
  }
  if (!test->negated || !may_be_absent(test->leaf)) return {literal};
  // `is empty` is false of an absent set.
  if (!positive) return {};
  Literal present;
  present.dim = dim_ids_.at({test->leaf, Classifier::Presence});
  present.classes = ClassSet(1, 2);
  return {present, literal};
}

}  // namespace guard::codegen
