// What a formula needs: the sites it reads, their cells, and the variables; see grounding.hpp for why it is enough.
#include "verify/solve/grounding.hpp"

#include <algorithm>
#include <set>

namespace guard::verify {
namespace {

// Rows or elements that must be kept so that a comparison of their number stays as it is.
uint32_t needed(Compare compare, uint32_t limit) {
  return compare == Compare::Ge || compare == Compare::Lt ? limit : limit + 1;
}

}  // namespace

const Grounding::Instance* Grounding::find(SiteId site, uint32_t row) const {
  const auto at = index.find({site, row});
  return at == index.end() ? nullptr : &instances[at->second];
}

std::unique_ptr<Grounding> Grounder::ground(const std::vector<Formula>& required) {
  std::vector<TermId> none;
  return ground(required, {}, none);
}

std::unique_ptr<Grounding> Grounder::ground(const std::vector<Formula>& required, const std::vector<Formula>& further,
                                            std::vector<TermId>& terms, const std::vector<Formula>& beside) {
  out_ = std::make_unique<Grounding>();
  uses_.clear();
  joined_.clear();
  ordered_.clear();
  lists_.clear();
  fixed_list_ = kNoSite;
  fixed_rows_.clear();
  cells_.clear();
  built_ = {};  // Clearing costs all buckets that the largest problem ever needed.
  intervals_.clear();
  seen_.resize(model_.formulas.size(), 0);
  ++turn_;
  for (const Formula f : required) collect(f);
  for (const Formula f : further) collect(f);
  for (const Formula f : beside) collect(f);
  choose_fixed_list();
  make_groups();
  make_fixed_rows();
  make_variables();
  for (const Formula f : required) {
    const TermId term = build(f, true, kNoRow, kNoRow);
    if (term == kTrueTerm) continue;
    out_->problem.required.push_back(term);
  }
  for (const Formula f : further) terms.push_back(build(f, true, kNoRow, kNoRow));
  add_structure();
  auto& all = out_->problem.required;
  all.insert(all.end(), out_->structure.begin(), out_->structure.end());
  return std::move(out_);
}

void Grounder::touch(SiteId site) {
  const auto [at, is_new] = uses_.try_emplace(site);
  if (!is_new) return;
  const Site& own = model_.site(site);
  if (own.parent != kNoSite) touch(own.parent);
  if (own.list != kNoSite) touch(own.list);
  if (own.set != kNoSite) touch(own.set);
  if (own.kind == SiteKind::Set) touch(own.element);
}

void Grounder::join(SiteId a, SiteId b) {
  const SiteId x = group_root(a), y = group_root(b);
  if (x == y) {
    joined_.try_emplace(x, x);
    return;
  }
  joined_[std::max(x, y)] = std::min(x, y);
  joined_.try_emplace(std::min(x, y), std::min(x, y));
}

SiteId Grounder::group_root(SiteId site) {
  auto at = joined_.find(site);
  while (at != joined_.end() && at->second != site) {
    site = at->second;
    at = joined_.find(site);
  }
  return site;
}

void Grounder::collect(Formula f) {
  std::vector<Formula> stack{f};
  while (!stack.empty()) {
    const Formula at = stack.back();
    stack.pop_back();
    if (seen_[static_cast<uint32_t>(at)] == turn_) continue;
    seen_[static_cast<uint32_t>(at)] = turn_;
    const Node& node = model_.formulas[at];
    const SiteId a{node.a}, b{node.b};
    switch (node.op) {
      case Op::False:
      case Op::True:
        break;
      case Op::Not:
        stack.push_back(Formula{node.a});
        break;
      case Op::And:
      case Op::Or:
        stack.push_back(Formula{node.b});
        stack.push_back(Formula{node.a});
        break;
      case Op::Lit: {
        touch(a);
        std::vector<PredId>& preds = uses_[a].preds;
        const PredId pred{node.b};
        if (std::find(preds.begin(), preds.end(), pred) == preds.end()) preds.push_back(pred);
        break;
      }
      case Op::Equal:
      case Op::Order:
        touch(a);
        touch(b);
        join(a, b);
        if (node.op == Op::Order) ordered_[a] = ordered_[b] = true;
        break;
      case Op::Linear:
        for (const LinearTerm& term : model_.formulas.linear(node.a).terms) {
          touch(term.site);
          uses_[term.site].number = true;
        }
        break;
      case Op::CountSet: {
        touch(a);
        SiteUse& use = uses_[model_.site(a).element];
        use.need = std::max(use.need, needed(node.compare, node.b));
        use.together += needed(node.compare, node.b);
        stack.push_back(Formula{node.c});
        break;
      }
      case Op::CountList:
        touch(a);
        lists_[a].rows += needed(node.compare, node.b);
        lists_[a].quantified = true;
        stack.push_back(Formula{node.c});
        break;
      case Op::Persons:
        touch(a);
        lists_[a].rows += node.b;
        lists_[a].persons = true;
        if (node.b > 1) {  // Rows are told apart by their persons.
          lists_[a].strangers += node.b;
          const SiteId by = model_.column_site(a, model_.row().approval_by);
          touch(by);
          join(by, by);
        }
        stack.push_back(Formula{node.c});
        break;
    }
  }
}

uint32_t Grounder::rows_of(SiteId site) const {
  const SiteId list = model_.site(site).kind == SiteKind::List ? site : model_.site(site).list;
  if (list == kNoSite) return 1;
  if (is_fixed(list)) return static_cast<uint32_t>(fixed_rows_.size());
  const auto at = lists_.find(list);
  return at == lists_.end() ? 0 : at->second.rows;
}

// Approvals that only requirements ask about, by person, groups and age.
void Grounder::choose_fixed_list() {
  const SiteId list{model_.row().approvals};
  const auto own = lists_.find(list);
  if (own == lists_.end() || own->second.quantified || !own->second.persons) return;
  const SiteId by = model_.column_site(list, model_.row().approval_by);
  const SiteId at = model_.column_site(list, model_.row().approval_at);
  const SiteId groups = model_.column_site(list, model_.row().approval_groups);
  for (const auto& [site, use] : uses_) {
    if (model_.site(site).list != list) continue;
    if (site != by && site != at && site != groups && site != model_.site(groups).element) return;
    if (use.number || can_be_absent(site)) return;
  }
  if (uses_.contains(at) && uses_.contains(groups)) fixed_list_ = list;
}

void Grounder::make_fixed_rows() {
  if (fixed_list_ == kNoSite) return;
  const format::KindRow& row = model_.row();
  const SiteId by = model_.column_site(fixed_list_, row.approval_by);
  const SiteId at = model_.column_site(fixed_list_, row.approval_at);
  const SiteId element = model_.site(model_.column_site(fixed_list_, row.approval_groups)).element;
  std::vector<uint32_t> persons;
  if (uses_.contains(by)) {
    // Whoever an attribute can name, and the strangers.
    const uint32_t group = uses_[by].group;
    const std::vector<GroupValue>& values = out_->groups[group];
    for (uint32_t v = 0; v < values.size(); ++v) {
      const bool stranger = has_strangers(cells_[group], cells_[group].cell_of_value[v]) || values[v].text != kNoRow;
      if (values[v].member < cells_[group].scalars || stranger) persons.push_back(v);
    }
  } else {
    persons.push_back(kNoRow);
  }
  for (const uint32_t person : persons) {
    for (uint32_t g = 0; g < out_->groups[uses_[element].group].size(); ++g) {
      for (uint32_t a = 0; a < out_->groups[uses_[at].group].size(); ++a) fixed_rows_.push_back({person, g, a});
    }
  }
}

bool Grounder::can_be_absent(SiteId site) const {
  const Site& own = model_.site(site);
  return own.kind != SiteKind::Signal && (own.optional || own.parent != kNoSite);
}

void Grounder::make_groups() {
  std::map<SiteId, uint32_t> group_of_root;
  for (auto& [site, use] : uses_) {
    const SiteKind kind = model_.site(site).kind;
    if (kind == SiteKind::Set || kind == SiteKind::List) continue;
    const SiteId root = group_root(site);
    const auto [at, is_new] = group_of_root.try_emplace(root, static_cast<uint32_t>(cells_.size()));
    if (is_new) cells_.emplace_back();
    Cells& cells = cells_[at->second];
    use.group = at->second;
    cells.sites.push_back(site);
    cells.related = cells.related || joined_.contains(site);
    cells.runs = cells.runs || use.number || ordered_.contains(site);
  }
  out_->groups.resize(cells_.size());
  for (uint32_t g = 0; g < cells_.size(); ++g) make_cells(g);
}

// Classes that no predicate of the group tells apart are one cell; of a group with an order, neighbours only.
void Grounder::make_cells(uint32_t group) {
  Cells& cells = cells_[group];
  Domain& domain = model_.domain(cells.sites[0]);
  std::vector<PredId> preds;
  for (const SiteId site : cells.sites) preds.insert(preds.end(), uses_[site].preds.begin(), uses_[site].preds.end());
  std::sort(preds.begin(), preds.end());
  preds.erase(std::unique(preds.begin(), preds.end()), preds.end());
  cells.open = std::any_of(preds.begin(), preds.end(), [&](PredId pred) { return domain.is_open(pred); });
  std::vector<uint64_t> excluded((preds.size() + 63) / 64, 0);
  for (size_t p = 0; p < preds.size() && cells.open; ++p) {
    const Pred::Kind kind = model_.world().preds[preds[p]].kind;
    if (kind == Pred::Kind::TextMatch) cells.matches.push_back(preds[p]);
    if (kind != Pred::Kind::TextIn) continue;
    cells.excluded.push_back(preds[p]);
    excluded[p / 64] |= uint64_t{1} << (p % 64);
  }
  std::vector<uint32_t> points{0, domain.classes()};
  for (const PredId pred : preds) {
    for (const ClassSet::Interval& part : domain.of(pred).intervals()) {
      points.push_back(part.first);
      points.push_back(part.last);
    }
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  const size_t segments = points.size() - 1, words = (preds.size() + 63) / 64;
  std::vector<uint64_t> signature(segments * words, 0);
  for (size_t p = 0; p < preds.size(); ++p) {
    for (const ClassSet::Interval& part : domain.of(preds[p]).intervals()) {
      auto s = static_cast<size_t>(std::lower_bound(points.begin(), points.end(), part.first) - points.begin());
      for (; points[s] < part.last; ++s) signature[s * words + p / 64] |= uint64_t{1} << (p % 64);
    }
  }
  std::vector<ClassSet> sets;
  std::vector<size_t> segment_of;  // a segment of each cell
  std::map<std::vector<uint64_t>, uint32_t> known;
  for (size_t s = 0; s < segments; ++s) {
    const auto first = signature.begin() + static_cast<std::ptrdiff_t>(s * words);
    const std::vector<uint64_t> own(first, first + static_cast<std::ptrdiff_t>(words));
    // What is none of the constants that are asked for is a free text.
    bool named = !cells.open;
    for (size_t w = 0; w < words; ++w) named = named || (own[w] & excluded[w]) != 0;
    if (!named) continue;
    if (cells.runs) known.clear();  // Neighbouring segments always differ in some predicate.
    const auto [at, is_new] = known.try_emplace(own, static_cast<uint32_t>(sets.size()));
    if (is_new) {
      sets.emplace_back();
      segment_of.push_back(s);
    }
    sets[at->second].append(points[s], points[s + 1]);
  }
  for (size_t p = 0; p < preds.size(); ++p) {
    std::vector<bool>& truth = cells.truth[preds[p]];
    for (const size_t s : segment_of) truth.push_back((signature[s * words + p / 64] >> (p % 64) & 1) != 0);
    if (cells.open) truth.push_back(model_.world().preds[preds[p]].kind == Pred::Kind::Present);
  }
  cells.sets = std::move(sets);
  fill_cells(group, cells.sets);
  if (cells.open) add_texts(group);
}

// Given with approvals and signals, maybe only after the action is held.
bool Grounder::is_late(SiteId site) const {
  const Site& own = model_.site(site);
  const SiteId approvals{model_.row().approvals};
  return model_.leaf(site).signal != format::kNone || (approvals != kNoSite && own.list == approvals);
}

// A free text for each place of the group's sites: those of the action itself first.
void Grounder::add_texts(uint32_t group) {
  Cells& cells = cells_[group];
  Problem& problem = out_->problem;
  uint32_t own = 0, late = 0;
  for (const SiteId site : cells.sites) {
    const Site& at = model_.site(site);
    uint32_t places = at.kind == SiteKind::Element ? uses_[site].together : 1;
    if (at.list != kNoSite) places *= std::max(1u, lists_[at.list].rows);
    (is_late(site) ? late : own) += places;
  }
  const auto cell = static_cast<uint32_t>(cells.sets.size());
  cells.sets.emplace_back();
  for (uint32_t i = 0; i < own + late; ++i) {
    GroupValue value;
    value.value.present = true;
    value.rank = static_cast<uint32_t>(out_->groups[group].size());
    value.cls = model_.domain(cells.sites[0]).classes() - 1;  // As a string that nobody names.
    value.member = i;
    value.text = static_cast<uint32_t>(problem.texts.size());
    out_->groups[group].push_back(std::move(value));
    cells.cell_of_value.push_back(cell);
    problem.texts.push_back({model_.domain(cells.sites[0]).search(), 0, cells.matches, cells.excluded, i >= own});
  }
}

bool Grounder::stands_for(uint32_t group, uint32_t value, uint32_t cls) const {
  const Cells& cells = cells_[group];
  return cells.sets[cells.cell_of_value[value]].contains(cls);
}

// The values that each cell offers.
namespace {

// The first cell of at least so many values; kNoRow: there is none.
uint32_t cell_of_many(Domain& domain, const std::vector<ClassSet>& cells, size_t values) {
  for (uint32_t c = 0; c < cells.size(); ++c) {
    size_t found = 0;
    for (const ClassSet::Interval& part : cells[c].intervals()) {
      for (uint32_t cls = part.first; cls < part.last && found < values; ++cls) {
        found += domain.members(cls, values - found).size();
      }
    }
    if (found >= values) return c;
  }
  return kNoRow;
}

}  // namespace

void Grounder::fill_cells(uint32_t group, const std::vector<ClassSet>& sets) {
  Cells& cells = cells_[group];
  Domain& domain = model_.domain(cells.sites[0]);
  uint32_t scalars = 0, strangers = 0, elements = 0;
  bool number = false;
  for (const SiteId site : cells.sites) {
    if (model_.site(site).kind == SiteKind::Element) {
      elements = std::max(elements, uses_[site].need);
    } else if (const SiteId list = model_.site(site).list; list == kNoSite) {
      ++cells.scalars;
    } else if (is_fixed(list)) {
      strangers += std::max(1u, lists_[list].strangers);
    } else {
      // Rows are compared with each other by persons only.
      const bool apart = lists_[list].strangers > 0 && site == model_.column_site(list, model_.row().approval_by);
      // Persons of whom nothing is asked but who they are can all be of one cell, if there are as many in it.
      const bool plain = apart && uses_[site].preds.empty();
      (plain ? strangers : scalars) += apart ? std::max(1u, rows_of(site)) : 1;
    }
    number = number || uses_[site].number;
  }
  scalars += cells.scalars;
  if (strangers > 0 && cells.related) cells.strangers = cell_of_many(domain, sets, scalars + elements + strangers);
  out_->named.resize(cells_.size(), 0);
  out_->named[group] = cells.scalars;
  std::vector<GroupValue>& values = out_->groups[group];
  for (uint32_t c = 0; c < sets.size(); ++c) {
    const uint32_t compared =
        std::max(1u, scalars + elements + (has_strangers(cells, c) || cells.runs ? strangers : 0));
    const uint32_t need = cells.related ? compared : std::max(1u, elements);
    const size_t enough = need + (domain.prefers_first() ? 0 : 1000);
    std::vector<uint32_t> classes;
    for (const ClassSet::Interval& part : sets[c].intervals()) {
      for (uint32_t cls = part.first; cls < part.last && (cells.runs || classes.size() < enough); ++cls) {
        classes.push_back(cls);
      }
    }
    if (!cells.runs) {
      // As many classes as members are asked for are enough: each has one.
      const auto last = classes.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(need, classes.size()));
      std::partial_sort(classes.begin(), last, classes.end(), [&](uint32_t a, uint32_t b) {
        return std::pair(domain.preference(a), a) < std::pair(domain.preference(b), b);
      });
      classes.erase(last, classes.end());
    }
    uint32_t taken = 0;
    for (const uint32_t cls : classes) {
      if (taken >= need || (number && taken > 0)) break;
      const auto found = elements > 1 ? domain.spellings(cls, need) : domain.members(cls, number ? 1 : need);
      for (const Value& value : found) {
        if (taken >= need) break;
        const bool same_rank = elements > 1 && domain.ordered() && taken > 0 && values.back().cls == cls &&
                               model_.leaf(cells.sites[0]).element == format::Type::Version;
        values.push_back({value, same_rank ? values.back().rank : static_cast<uint32_t>(values.size()), cls, taken});
        cells.cell_of_value.push_back(c);
        ++taken;
      }
    }
  }
  if (!number) return;
  // A cell of numbers is one interval; its value stands for all of it.
  std::vector<GroupValue> cells_only;
  std::vector<uint32_t> numbers;
  for (uint32_t v = 0; v < values.size(); ++v) {
    if (v > 0 && cells.cell_of_value[v] == cells.cell_of_value[v - 1]) continue;
    cells_only.push_back(values[v]);
    numbers.push_back(cells.cell_of_value[v]);
  }
  values = std::move(cells_only);
  cells.cell_of_value = std::move(numbers);
  for (uint32_t v = 0; v < values.size(); ++v) values[v].rank = v;
  intervals_.resize(cells_.size());
  for (const ClassSet& set : sets) {
    std::vector<Interval> parts;
    for (const ClassSet::Interval& part : set.intervals()) {
      for (uint32_t cls = part.first; cls < part.last; ++cls) {
        for (const Interval& interval : domain.intervals(cls)) {
          if (!parts.empty() && parts.back().high != INT64_MAX && parts.back().high + 1 == interval.low) {
            parts.back().high = interval.high;
          } else {
            parts.push_back(interval);
          }
        }
      }
    }
    intervals_[group].push_back(std::move(parts));
  }
}

void Grounder::make_variables() {
  for (const auto& [site, use] : uses_) {
    const Site& own = model_.site(site);
    if (own.kind == SiteKind::Element) continue;
    const bool in_row = own.list != kNoSite;
    for (uint32_t row = 0; row < (in_row ? rows_of(site) : 1); ++row) add_variable(site, in_row ? row : kNoRow);
  }
  add_text_flags();
}

void Grounder::add_text_flags() {
  Problem& problem = out_->problem;
  for (FreeText& text : problem.texts) {
    text.first_flag = static_cast<uint32_t>(problem.variables.size());
    Variable flag;
    flag.values = 2;
    flag.order = {0, 1};
    problem.variables.insert(problem.variables.end(), text.matches.size(), flag);
  }
}

void Grounder::add_variable(SiteId site, uint32_t row) {
  Problem& problem = out_->problem;
  const SiteUse& use = uses_[site];
  Grounding::Instance instance;
  instance.site = site;
  instance.row = row;
  const auto flag = [&] {
    Variable variable;
    variable.values = 2;
    variable.order = {0, 1};
    problem.variables.push_back(std::move(variable));
    return static_cast<uint32_t>(problem.variables.size() - 1);
  };
  const Site& own = model_.site(site);
  if (own.list != kNoSite && is_fixed(own.list)) {
    const FixedRow& fixed = fixed_rows_[row];
    const format::KindRow& kind = model_.row();
    instance.group = own.kind == SiteKind::Set ? uses_[own.element].group : use.group;
    instance.fixed = site == model_.column_site(own.list, kind.approval_by)   ? fixed.person
                     : site == model_.column_site(own.list, kind.approval_at) ? fixed.at
                                                                              : fixed.group;
  } else if (own.kind == SiteKind::Set || own.kind == SiteKind::List) {
    if (can_be_absent(site)) instance.variable = flag();
    const uint32_t group = own.kind == SiteKind::Set ? uses_[own.element].group : kNoRow;
    instance.group = group;
    instance.flags = own.kind == SiteKind::Set ? static_cast<uint32_t>(out_->groups[group].size()) : rows_of(site);
    instance.first_flag = static_cast<uint32_t>(problem.variables.size());
    for (uint32_t i = 0; i < instance.flags; ++i) flag();
  } else {
    instance.group = use.group;
    const std::vector<GroupValue>& values = out_->groups[use.group];
    Variable variable;
    variable.absent = can_be_absent(site);
    const uint32_t offset = variable.absent ? 1 : 0;
    variable.values = static_cast<uint32_t>(values.size()) + offset;
    if (variable.absent) variable.order.push_back(0);
    for (uint32_t v = 0; v < values.size(); ++v) variable.order.push_back(v + offset);
    Domain& domain = model_.domain(site);
    std::stable_sort(variable.order.begin() + offset, variable.order.end(), [&](uint32_t a, uint32_t b) {
      return domain.preference(values[a - offset].cls) < domain.preference(values[b - offset].cls);
    });
    if (use.number) variable.intervals = intervals_[use.group];
    instance.variable = static_cast<uint32_t>(problem.variables.size());
    problem.variables.push_back(std::move(variable));
    add_symmetry(instance.variable, site, row);
  }
  out_->index[{site, row}] = static_cast<uint32_t>(out_->instances.size());
  out_->instances.push_back(instance);
}

// The i-th site of a group, in order of declaration and rows, has one of the first i members of a cell; late texts are
// for late sites.
void Grounder::add_symmetry(uint32_t variable, SiteId site, uint32_t row) {
  const uint32_t group = uses_[site].group;
  const Cells& cells = cells_[group];
  if (cells.runs || (!cells.related && !cells.open)) return;
  uint32_t place = 0;
  for (const SiteId other : cells.sites) {
    if (other == site) break;
    if (model_.site(other).kind != SiteKind::Element) ++place;
  }
  if (row != kNoRow && lists_[model_.site(site).list].strangers > 0)
    place += row * static_cast<uint32_t>(cells.sites.size());
  const std::vector<GroupValue>& values = out_->groups[group];
  const Variable& own = out_->problem.variables[variable];
  const uint32_t offset = own.absent ? 1 : 0;
  Mask mask = empty_mask(own.values);
  if (own.absent) set_bit(mask, 0);
  for (uint32_t v = 0; v < values.size(); ++v) {
    const uint32_t text = values[v].text;
    const bool in =
        text != kNoRow ? is_late(site) || !out_->problem.texts[text].late : !cells.related || values[v].member <= place;
    if (in) set_bit(mask, v + offset);
  }
  const TermId term = out_->problem.lit(variable, std::move(mask));
  if (term != kTrueTerm) out_->structure.push_back(term);
}

// Who can be there without whom; and rows are filled from the first on.
void Grounder::add_structure() {
  Problem& problem = out_->problem;
  const auto require = [&](TermId a, TermId b) {
    const TermId term = problem.any({a, b});
    if (term != kTrueTerm) out_->structure.push_back(term);
  };
  for (const Grounding::Instance& own : out_->instances) {
    const Site& site = model_.site(own.site);
    if (own.fixed == kNoRow && site.parent != kNoSite && site.kind != SiteKind::Signal) {
      const uint32_t row = row_for(site.parent, own.row);
      require(present(site.parent, row, true), present(own.site, own.row, false));
      if (!site.optional) require(present(site.parent, row, false), present(own.site, own.row, true));
    }
    for (uint32_t i = 0; i < own.flags; ++i) {
      const TermId off = problem.lit(own.first_flag + i, {1});
      require(off, present(own.site, own.row, true));
      if (site.kind == SiteKind::List && i > 0 && !is_fixed(own.site))
        require(off, problem.lit(own.first_flag + i - 1, {2}));
    }
  }
}

}  // namespace guard::verify
