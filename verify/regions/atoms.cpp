// Groups of tests and their cells.
#include "verify/regions/atoms.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace guard::verify {
namespace {

void add_site(const KindModel& model, SiteId id, std::set<SiteId>& sites) {
  if (!sites.insert(id).second) return;
  const Site& site = model.site(id);
  for (const SiteId above : {site.parent, site.list, site.set}) {
    if (above != kNoSite) add_site(model, above, sites);
  }
}

void add_sites(const KindModel& model, Formula f, std::set<SiteId>& sites) {
  const Node& node = model.formulas[f];
  switch (node.op) {
    case Op::False:
    case Op::True:
      return;
    case Op::Not:
      return add_sites(model, Formula{node.a}, sites);
    case Op::And:
    case Op::Or:
      add_sites(model, Formula{node.a}, sites);
      return add_sites(model, Formula{node.b}, sites);
    case Op::Lit:
      return add_site(model, SiteId{node.a}, sites);
    case Op::Equal:
    case Op::Order:
      add_site(model, SiteId{node.a}, sites);
      return add_site(model, SiteId{node.b}, sites);
    case Op::Linear:
      for (const LinearTerm& term : model.formulas.linear(node.a).terms) add_site(model, term.site, sites);
      return;
    case Op::CountSet:
    case Op::CountList:
    case Op::Persons:
      add_site(model, SiteId{node.a}, sites);
      return add_sites(model, Formula{node.c}, sites);
  }
}

// Depth first over the atoms, one solution ahead: only the other side of each atom is asked for.
class CellSearch {
 public:
  CellSearch(Problem& problem, Solver& solver, std::vector<TermId> terms)
      : problem_(problem), solver_(solver), terms_(std::move(terms)) {
    for (const TermId term : terms_) opposites_.push_back(problem_.opposite(term));
  }

  [[nodiscard]] bool run(std::vector<std::vector<bool>>& cells) {
    Assignment first;
    if (!ask(first)) return !failed_;
    return visit(0, first, cells);
  }

 private:
  bool ask(Assignment& solution) {
    const auto& all = problem_.required;
    if (std::find(all.begin(), all.end(), kFalseTerm) != all.end()) return false;
    const Verdict verdict = solver_.search(problem_, solution);
    failed_ = failed_ || verdict == Verdict::Unknown;
    return verdict == Verdict::Possible;
  }

  bool visit(size_t at, const Assignment& solution, std::vector<std::vector<bool>>& cells) {
    if (failed_ || cells.size() > AtomGroups::kMaxCells) return false;
    if (at == terms_.size()) {
      cells.push_back(cell_);
      return true;
    }
    const bool own = problem_.holds(terms_[at], solution);
    for (const bool side : {own, !own}) {
      problem_.required.push_back(side ? terms_[at] : opposites_[at]);
      cell_.push_back(side);
      Assignment other;
      const bool possible = side == own || ask(other);
      const bool done = !possible || visit(at + 1, side == own ? solution : other, cells);
      cell_.pop_back();
      problem_.required.pop_back();
      if (!done || failed_) return false;
    }
    return true;
  }

  Problem& problem_;
  Solver& solver_;
  std::vector<TermId> terms_, opposites_;
  std::vector<bool> cell_;
  bool failed_ = false;
};

}  // namespace

std::vector<SiteId> sites_of(const KindModel& model, Formula atom) {
  std::set<SiteId> sites;
  add_sites(model, atom, sites);
  return {sites.begin(), sites.end()};
}

void AtomGroups::collect(Formula f, std::vector<Formula>& atoms) {
  std::vector<Formula> stack{f};
  while (!stack.empty()) {
    const Formula at = stack.back();
    stack.pop_back();
    if (seen_[static_cast<uint32_t>(at)]) continue;
    seen_[static_cast<uint32_t>(at)] = true;
    const Node& node = model_.formulas[at];
    if (node.op == Op::False || node.op == Op::True) continue;
    if (node.op != Op::Not && node.op != Op::And && node.op != Op::Or) {
      atoms.push_back(at);
      continue;
    }
    if (node.op != Op::Not) stack.push_back(Formula{node.b});
    stack.push_back(Formula{node.a});
  }
}

AtomGroups::AtomGroups(KindModel& model, const std::vector<Formula>& formulas)
    : model_(model), seen_(model.formulas.size(), false) {
  std::vector<Formula> atoms;
  for (const Formula f : formulas) collect(f, atoms);
  // What the words of the tests need beside them.
  std::set<SiteId> all;
  for (const Formula atom : atoms) add_sites(model, atom, all);
  for (const SiteId site : all) {
    const Site& own = model.site(site);
    if (own.list != kNoSite) continue;
    if (own.kind == SiteKind::Signal) {
      for (const SignalState state : {SignalState::Fresh, SignalState::Missing, SignalState::Stale}) {
        atoms.push_back(model.signal_is(site, state));
      }
    } else if (own.optional) {
      atoms.push_back(model.present(site));
    }
  }
  std::sort(atoms.begin(), atoms.end());
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  // Union-find over the sites.
  std::map<SiteId, SiteId> above;
  const auto root = [&](SiteId site) {
    while (above.at(site) != site) site = above.at(site);
    return site;
  };
  for (const SiteId site : all) above[site] = site;
  std::vector<SiteId> first;
  for (const Formula atom : atoms) {
    const std::vector<SiteId> own = sites_of(model, atom);
    first.push_back(own[0]);
    for (const SiteId site : own) {
      const SiteId x = root(own[0]), y = root(site);
      above[std::max(x, y)] = std::min(x, y);
    }
  }
  std::map<SiteId, uint32_t> group_of;
  for (const SiteId site : all) {
    const auto [at, is_new] = group_of.try_emplace(root(site), static_cast<uint32_t>(groups_.size()));
    if (is_new) groups_.emplace_back();
    groups_[at->second].sites.push_back(site);
  }
  for (size_t i = 0; i < atoms.size(); ++i) groups_[group_of.at(root(first[i]))].atoms.push_back(atoms[i]);
}

void AtomGroups::number_bits(AtomGroup& group, size_t count) {
  group.bits = {bits_, bits_ + static_cast<uint32_t>(count)};
  bits_ = group.bits.last;
}

// A plain attribute: the classes of its domain by what they say to the tests, and its absence.
bool AtomGroups::plain_cells(AtomGroup& group) {
  if (group.sites.size() != 1) return false;
  const Site& site = model_.site(group.sites[0]);
  if (site.kind != SiteKind::Scalar) return false;
  Domain& domain = model_.domain(group.sites[0]);
  for (const Formula atom : group.atoms) {
    const Node& node = model_.formulas[atom];
    if (node.op != Op::Lit || domain.is_open(PredId{node.b})) return false;
  }
  std::vector<Cell> by_class(domain.classes(), Cell(group.atoms.size(), false));
  for (size_t a = 0; a < group.atoms.size(); ++a) {
    for (const ClassSet::Interval& part : domain.of(PredId{model_.formulas[group.atoms[a]].b}).intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) by_class[cls][a] = true;
    }
  }
  std::set<Cell> known;
  std::vector<Cell> cells;
  if (site.optional) {
    cells.emplace_back(group.atoms.size(), false);
    known.insert(cells[0]);
  }
  for (Cell& cell : by_class) {
    if (known.insert(cell).second) cells.push_back(std::move(cell));
  }
  for (const Formula atom : group.atoms) atoms_.emplace(atom, kNone);
  size_t bits = 0;
  while (size_t{1} << bits < cells.size()) ++bits;
  number_bits(group, bits);
  for (size_t c = 0; c < cells.size(); ++c) {
    Cell number;
    for (size_t b = bits; b > 0; --b) number.push_back((c >> (b - 1) & 1) != 0);
    const Diagram own = sets_.point(group.bits, number);
    group.cells = sets_.either(group.cells, own);
    for (size_t a = 0; a < group.atoms.size(); ++a) {
      if (cells[c][a]) atoms_[group.atoms[a]] = sets_.either(atoms_[group.atoms[a]], own);
    }
  }
  return true;
}

// Tests whether a set has one of some elements. SOUND: sets are made of any classes of elements, of which each says to
// the tests what it says. So a way to turn out is one where each test that is true has a class to be true by, and the
// class makes no other test true that is not.
bool AtomGroups::set_cells(AtomGroup& group) {
  const Site& site = model_.site(group.sites[0]);
  if (group.sites.size() != 2 || site.kind != SiteKind::Set || site.optional || site.list != kNoSite) return false;
  if (group.sites[1] != site.element) return false;
  Domain& domain = model_.domain(site.element);
  for (const Formula atom : group.atoms) {
    const Node& node = model_.formulas[atom];
    if (node.op != Op::CountSet || node.compare != Compare::Ge || node.b != 1) return false;
    const Node& body = model_.formulas[Formula{node.c}];
    if (body.op != Op::Lit || domain.is_open(PredId{body.b})) return false;
  }
  std::vector<Cell> by_class(domain.classes(), Cell(group.atoms.size(), false));
  for (size_t a = 0; a < group.atoms.size(); ++a) {
    const Node& body = model_.formulas[Formula{model_.formulas[group.atoms[a]].c}];
    for (const ClassSet::Interval& part : domain.of(PredId{body.b}).intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) by_class[cls][a] = true;
    }
  }
  std::sort(by_class.begin(), by_class.end());
  by_class.erase(std::unique(by_class.begin(), by_class.end()), by_class.end());
  number_bits(group, group.atoms.size());
  const auto bit = [&](size_t atom) { return sets_.bit(group.bits.first + static_cast<uint32_t>(atom)); };
  group.cells = kAll;
  for (size_t a = 0; a < group.atoms.size(); ++a) {
    Diagram some = kNone;
    for (const Cell& cls : by_class) {
      if (!cls[a]) continue;
      Diagram every = kAll;
      for (size_t other = group.atoms.size(); other > 0; --other) {
        if (cls[other - 1]) every = sets_.both(bit(other - 1), every);
      }
      some = sets_.either(some, every);
    }
    group.cells = sets_.minus(group.cells, sets_.minus(bit(a), some));
    atoms_[group.atoms[a]] = bit(a);
  }
  return true;
}

bool AtomGroups::asked_cells(AtomGroup& group, Grounder& grounder, Solver& solver, KnownCells& known) {
  const auto [at, is_new] = known.try_emplace(group.atoms);
  std::vector<Cell>& cells = at->second;
  if (is_new) {
    std::vector<TermId> terms;
    const std::unique_ptr<Grounding> grounding = grounder.ground({}, group.atoms, terms);
    if (!CellSearch(grounding->problem, solver, std::move(terms)).run(cells)) {
      known.erase(at);
      return false;
    }
  }
  if (cells.size() > kMaxCells) return false;
  number_bits(group, group.atoms.size());
  for (const Cell& cell : cells) group.cells = sets_.either(group.cells, sets_.point(group.bits, cell));
  for (size_t a = 0; a < group.atoms.size(); ++a) {
    atoms_[group.atoms[a]] = sets_.bit(group.bits.first + static_cast<uint32_t>(a));
  }
  return true;
}

bool AtomGroups::find_cells(Grounder& grounder, Solver& solver, KnownCells& known) {
  for (AtomGroup& group : groups_) {
    if (!plain_cells(group) && !set_cells(group) && !asked_cells(group, grounder, solver, known)) return false;
  }
  return true;
}

void AtomGroups::keep(Formula test) {
  const SiteId site = sites_of(model_, test)[0];
  for (AtomGroup& group : groups_) {
    if (std::binary_search(group.sites.begin(), group.sites.end(), site)) group.cells = points(test, group.cells);
  }
}

// What is required one after the other narrows what the rest is looked at in: most of it says little there.
void AtomGroups::restrict(Formula f, bool positive, Diagram& within, std::unordered_set<uint64_t>& done) {
  if (!done.insert(uint64_t{static_cast<uint32_t>(f)} << 1 | (positive ? 1 : 0)).second) return;
  const Node& node = model_.formulas[f];
  if (node.op == Op::Not) return restrict(Formula{node.a}, !positive, within, done);
  if (node.op == (positive ? Op::And : Op::Or)) {
    Formula rest = f;
    for (; model_.formulas[rest].op == node.op; rest = Formula{model_.formulas[rest].b}) {
      restrict(Formula{model_.formulas[rest].a}, positive, within, done);
    }
    return restrict(rest, positive, within, done);
  }
  std::unordered_map<Formula, Diagram> known;
  const Diagram own = part(f, within, known);
  within = positive ? own : sets_.minus(within, own);
}

Diagram AtomGroups::part(Formula f, Diagram within, std::unordered_map<Formula, Diagram>& known) {
  const Node& node = model_.formulas[f];
  switch (node.op) {
    case Op::False:
      return kNone;
    case Op::True:
      return within;
    case Op::Not:
      return sets_.minus(within, part(Formula{node.a}, within, known));
    case Op::And:
    case Op::Or:
      break;
    case Op::Lit:
    case Op::Equal:
    case Op::Order:
    case Op::Linear:
    case Op::CountSet:
    case Op::CountList:
    case Op::Persons: {
      const auto atom = atoms_.find(f);
      GUARD_CHECK(atom != atoms_.end(), "a test that is of no group");
      return sets_.both(within, atom->second);
    }
  }
  const auto found = known.find(f);
  if (found != known.end()) return found->second;
  // Chains are long: from the end.
  std::vector<Formula> chain{Formula{node.a}};
  Formula rest{node.b};
  for (; model_.formulas[rest].op == node.op; rest = Formula{model_.formulas[rest].b}) {
    chain.push_back(Formula{model_.formulas[rest].a});
  }
  Diagram result = part(rest, within, known);
  for (size_t i = chain.size(); i > 0; --i) {
    const Diagram own = part(chain[i - 1], within, known);
    result = node.op == Op::And ? sets_.both(own, result) : sets_.either(own, result);
  }
  known.emplace(f, result);
  return result;
}

Diagram AtomGroups::points(Formula f, Diagram within) {
  std::unordered_set<uint64_t> done;
  restrict(f, true, within, done);
  return within;
}

}  // namespace guard::verify
