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

  [[nodiscard]] bool run(std::vector<AtomGroup::Cell>& cells) {
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

  bool visit(size_t at, const Assignment& solution, std::vector<AtomGroup::Cell>& cells) {
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
  AtomGroup::Cell cell_;
  bool failed_ = false;
};

}  // namespace

std::vector<SiteId> sites_of(const KindModel& model, Formula atom) {
  std::set<SiteId> sites;
  add_sites(model, atom, sites);
  return {sites.begin(), sites.end()};
}

bool AtomGroup::holds(const Formulas& formulas, Formula f, const Cell& cell) const {
  const Node& node = formulas[f];
  switch (node.op) {
    case Op::False:
      return false;
    case Op::True:
      return true;
    case Op::Not:
      return !holds(formulas, Formula{node.a}, cell);
    case Op::And:
      return holds(formulas, Formula{node.a}, cell) && holds(formulas, Formula{node.b}, cell);
    case Op::Or:
      return holds(formulas, Formula{node.a}, cell) || holds(formulas, Formula{node.b}, cell);
    case Op::Lit:
    case Op::Equal:
    case Op::Order:
    case Op::Linear:
    case Op::CountSet:
    case Op::CountList:
    case Op::Persons:
      break;
  }
  const auto at = std::find(atoms.begin(), atoms.end(), f);
  GUARD_CHECK(at != atoms.end(), "a test that is not of the group");
  return cell[static_cast<size_t>(at - atoms.begin())];
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
  for (size_t i = 0; i < atoms.size(); ++i) {
    AtomGroup& group = groups_[group_of.at(root(first[i]))];
    places_[atoms[i]] = {group_of.at(root(first[i])), static_cast<uint32_t>(group.atoms.size())};
    group.atoms.push_back(atoms[i]);
  }
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
  std::vector<AtomGroup::Cell> by_class(domain.classes(), AtomGroup::Cell(group.atoms.size(), false));
  for (size_t a = 0; a < group.atoms.size(); ++a) {
    for (const ClassSet::Interval& part : domain.of(PredId{model_.formulas[group.atoms[a]].b}).intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) by_class[cls][a] = true;
    }
  }
  std::set<AtomGroup::Cell> known;
  if (site.optional) {
    group.cells.emplace_back(group.atoms.size(), false);
    known.insert(group.cells[0]);
  }
  for (AtomGroup::Cell& cell : by_class) {
    if (known.insert(cell).second) group.cells.push_back(std::move(cell));
  }
  return true;
}

bool AtomGroups::find_cells(Grounder& grounder, Solver& solver) {
  for (AtomGroup& group : groups_) {
    if (!plain_cells(group)) {
      std::vector<TermId> terms;
      const std::unique_ptr<Grounding> grounding = grounder.ground({}, group.atoms, terms);
      if (!CellSearch(grounding->problem, solver, std::move(terms)).run(group.cells)) return false;
      std::sort(group.cells.begin(), group.cells.end());
    }
    if (group.cells.size() > kMaxCells) return false;
  }
  return true;
}

}  // namespace guard::verify
