// Sites of a kind and the domains of their values.
#include "verify/model/kind_model.hpp"

#include <algorithm>
#include <map>

#include "guardvm/opcodes.hpp"
#include "read/values.hpp"

namespace guard::verify {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
const std::vector<int64_t> kTimeSteps = {86400 * kSecond, 3600 * kSecond, 60 * kSecond, kSecond, 1'000'000, 1};

// Sums that depend on the clock itself, and comparisons with a moment, make their timestamps absolute.
void note_absolute(const format::View& view, const format::Instr& instr, std::vector<std::vector<uint32_t>>& absolute) {
  const auto op = static_cast<guardvm::Opcode>(instr.op);
  const auto note = [&](const format::OperandRow& operand) {
    if (operand.type != format::Type::Timestamp) return;
    if (operand.from == format::From::Leaf) {
      if (view.Kinds[operand.kind].now != operand.index) absolute[operand.kind].push_back(operand.index);
    } else if (operand.from == format::From::Column) {
      absolute[operand.kind].push_back((operand.list + 1) << 16 | operand.index);
    }
  };
  if (op == guardvm::Opcode::NumberCompare || op == guardvm::Opcode::NumberIn) note(view.Operands[instr.a]);
  if (op != guardvm::Opcode::Linear) return;
  const format::LinearRow& row = view.Linears[instr.b];
  __int128 total = 0;
  for (uint32_t i = 0; i < row.terms.count; ++i) {
    const format::LinearTermRow& term = view.LinearTerms[row.terms.first + i];
    const format::OperandRow& operand = view.Operands[term.operand];
    if (operand.type == format::Type::Timestamp) total += term.coefficient;
    // A lookup's value is a constant: the sum then speaks of a moment.
    if (operand.type == format::Type::Timestamp && operand.from == format::From::Lookup)
      total += 2 * (__int128{1} << 64);
  }
  if (total == 0) return;
  for (uint32_t i = 0; i < row.terms.count; ++i) {
    note(view.Operands[view.LinearTerms[row.terms.first + i].operand]);
  }
}

}  // namespace

World::World(const guardvm::Bundle& bundle_, int64_t as_of_ns)
    : bundle(bundle_),
      as_of(as_of_ns),
      from(bundle_.view().Meta[0].horizon_from_ns),
      to(bundle_.view().Meta[0].horizon_to_ns),
      preds(bundle_),
      windows(preds, from, to),
      absolute(bundle_.view().Kinds.size()) {
  for (const format::Instr& instr : bundle.view().Code) note_absolute(bundle.view(), instr, absolute);
  for (auto& list : absolute) std::sort(list.begin(), list.end());
}

KindModel::KindModel(World& world, uint32_t kind) : world_(world), kind_(kind), row_(world.bundle.view().Kinds[kind]) {
  add_leaves();
  joined_.resize(sites_.size());
  for (uint32_t i = 0; i < joined_.size(); ++i) joined_[i] = i;
  used_.resize(sites_.size());
}

SiteId KindModel::add_site(uint32_t leaf_row, SiteId list, const std::vector<SiteId>& siblings) {
  const format::LeafRow& leaf = world_.bundle.view().Leaves[leaf_row];
  Site site;
  site.leaf = leaf_row;
  site.list = list;
  site.optional = leaf.optional != 0;
  if (leaf.parent != format::kNone) site.parent = siblings[leaf.parent];
  switch (leaf.type) {
    case format::Type::Set:
      site.kind = SiteKind::Set;
      break;
    case format::Type::List:
      site.kind = SiteKind::List;
      break;
    case format::Type::Presence:
      site.kind = SiteKind::Presence;
      break;
    case format::Type::Signal:
      site.kind = SiteKind::Signal;
      site.optional = false;  // Missing is one of its states.
      break;
    default:
      site.kind = SiteKind::Scalar;
      break;
  }
  if (leaf.type == format::Type::Timestamp && !(list == kNoSite && siblings.size() == row_.now)) {
    const uint32_t key = list == kNoSite
                             ? static_cast<uint32_t>(siblings.size())
                             : (static_cast<uint32_t>(list) + 1) << 16 | static_cast<uint32_t>(siblings.size());
    const auto& absolute = world_.absolute[kind_];
    site.age = !std::binary_search(absolute.begin(), absolute.end(), key);
  }
  sites_.push_back(site);
  return SiteId{static_cast<uint32_t>(sites_.size() - 1)};
}

// Leaves first, so that a leaf's number is its site; then columns, then elements.
void KindModel::add_leaves() {
  const format::View& view = world_.bundle.view();
  std::vector<SiteId> leaves;
  for (uint32_t i = 0; i < row_.leaves.count; ++i) leaves.push_back(add_site(row_.leaves.first + i, kNoSite, leaves));
  first_column_.assign(row_.leaves.count, kNoSite);
  for (uint32_t i = 0; i < row_.leaves.count; ++i) {
    const format::Range columns = view.Leaves[row_.leaves.first + i].columns;
    if (sites_[i].kind != SiteKind::List) continue;
    std::vector<SiteId> own;
    first_column_[i] = SiteId{static_cast<uint32_t>(sites_.size())};
    for (uint32_t c = 0; c < columns.count; ++c) own.push_back(add_site(columns.first + c, SiteId{i}, own));
  }
  const size_t count = sites_.size();
  for (uint32_t i = 0; i < count; ++i) {
    if (sites_[i].kind != SiteKind::Set) continue;
    Site element;
    element.kind = SiteKind::Element;
    element.leaf = sites_[i].leaf;
    element.list = sites_[i].list;
    element.set = SiteId{i};
    sites_[i].element = SiteId{static_cast<uint32_t>(sites_.size())};
    sites_.push_back(element);
  }
}

SiteId KindModel::column_site(SiteId list, uint32_t column) const {
  return SiteId{static_cast<uint32_t>(first_column_[static_cast<uint32_t>(list)]) + column};
}

uint32_t KindModel::root(uint32_t site) {
  while (joined_[site] != site) site = joined_[site] = joined_[joined_[site]];
  return site;
}

void KindModel::join(SiteId a, SiteId b) {
  const uint32_t x = root(static_cast<uint32_t>(a)), y = root(static_cast<uint32_t>(b));
  joined_[std::max(x, y)] = std::min(x, y);
}

Formula KindModel::lit(SiteId site, const Pred& pred, Formulas::Place where) {
  const PredId id = world_.preds.intern(pred);
  std::vector<PredId>& used = used_[static_cast<uint32_t>(site)];
  if (used.empty() || used.back() != id) used.push_back(id);
  return formulas.lit(site, id, where);
}

std::unique_ptr<Domain> KindModel::make_domain(const Site& site) {
  const format::LeafRow& leaf = world_.bundle.view().Leaves[site.leaf];
  const format::Type type = site.kind == SiteKind::Element ? leaf.element : leaf.type;
  Bounds bounds;
  switch (site.kind) {
    case SiteKind::Presence:
      bounds.min = bounds.max = 1;
      return make_number_domain(world_.preds, bounds);
    case SiteKind::Signal:
      bounds.min = 0;
      bounds.max = 2;
      return make_number_domain(world_.preds, bounds);
    default:
      break;
  }
  if (&site == &sites_[row_.now]) return make_instant_domain(world_.preds, world_.windows, world_.from, world_.to);
  switch (type) {
    case format::Type::String:
      return make_text_domain(world_.preds);
    case format::Type::Version:
      return make_version_domain(world_.preds);
    case format::Type::Bool:
      bounds.min = 0;
      bounds.max = 1;
      break;
    case format::Type::Enum:
      bounds.min = 0;
      bounds.max = static_cast<int64_t>(world_.bundle.view().Enums[leaf.enum_id].words.count) - 1;
      break;
    case format::Type::Timestamp:
      bounds.min = guardvm::kFirstInstant_ns;
      bounds.max = guardvm::kLastInstant_ns;
      bounds.steps = kTimeSteps;
      if (site.age) {  // Ages that a timestamp can have at every instant.
        bounds.min = min_age();
        bounds.max = max_age();
      }
      break;
    case format::Type::Duration:
      bounds.steps = kTimeSteps;
      break;
    default:
      bounds.min = site.range ? site.range->first : leaf.min;
      bounds.max = site.range ? site.range->second : leaf.max;
      break;
  }
  return make_number_domain(world_.preds, bounds);
}

Result<bool> KindModel::close() {
  std::vector<int64_t> domain_of(sites_.size(), -1);
  for (uint32_t i = 0; i < sites_.size(); ++i) {
    if (sites_[i].kind == SiteKind::Set || sites_[i].kind == SiteKind::List) continue;
    const uint32_t r = root(i);
    if (domain_of[r] < 0) {
      domain_of[r] = static_cast<int64_t>(domains_.size());
      domains_.push_back(make_domain(sites_[i]));
    }
    sites_[i].domain = static_cast<uint32_t>(domain_of[r]);
    for (const PredId pred : used_[i]) domains_[sites_[i].domain]->use(pred);
    // Every test of presence, and of each state, has a class of its own; the tests are made here, so that their numbers
    // do not depend on which question is asked first.
    if (sites_[i].list == kNoSite && sites_[i].optional) (void)present(SiteId{i});
    if (sites_[i].kind == SiteKind::Signal) {
      for (const SignalState state : {SignalState::Fresh, SignalState::Missing, SignalState::Stale}) {
        domains_[sites_[i].domain]->use(world_.preds.number(Compare::Eq, static_cast<int64_t>(state)));
        (void)signal_is(SiteId{i}, state);
      }
    }
  }
  for (auto& domain : domains_) {
    Result<bool> closed = domain->close();
    if (!closed.ok()) return closed;
  }
  return true;
}

int64_t KindModel::min_age() const { return world_.to - 1 - guardvm::kLastInstant_ns; }
int64_t KindModel::max_age() const {
  // 344 years do not fit 64 bits of nanoseconds.
  const __int128 age = static_cast<__int128>(world_.from) - guardvm::kFirstInstant_ns;
  return age > INT64_MAX ? INT64_MAX : static_cast<int64_t>(age);
}

size_t KindModel::class_count() const {
  size_t total = 0;
  for (const auto& domain : domains_) total += domain->classes();
  return total;
}

std::string KindModel::path(SiteId id) const { return std::string(world_.bundle.text(leaf(id).path)); }

}  // namespace guard::verify
