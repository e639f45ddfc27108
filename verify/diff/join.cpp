// Sites and formulas of one bundle's kind in the model of another's.
#include "verify/diff/join.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace guard::verify {
namespace {

constexpr uint32_t kNoLeaf = format::kNone;

// Of words, or a set of them.
bool is_enum(const format::LeafRow& leaf) {
  return (leaf.type == format::Type::Set ? leaf.element : leaf.type) == format::Type::Enum;
}

// Leaves by what a record says: the path, and whether it is a signal's state, which has the path of its value.
using Key = std::pair<std::string, bool>;
using Paths = std::map<Key, uint32_t>;

struct Leaves {
  const guardvm::Bundle& bundle;
  const format::KindRow& row;
  Paths leaves;  // of the kind, by position

  Leaves(const guardvm::Bundle& bundle_, uint32_t kind) : bundle(bundle_), row(bundle_.view().Kinds[kind]) {
    for (uint32_t i = 0; i < row.leaves.count; ++i) leaves.emplace(key(leaf(i)), i);
  }
  [[nodiscard]] const format::LeafRow& leaf(uint32_t i) const { return bundle.view().Leaves[row.leaves.first + i]; }
  [[nodiscard]] const format::LeafRow& column(const format::LeafRow& list, uint32_t c) const {
    return bundle.view().Leaves[list.columns.first + c];
  }
  [[nodiscard]] Key key(const format::LeafRow& leaf) const {
    return {std::string(bundle.text(leaf.path)), leaf.type == format::Type::Signal};
  }
  [[nodiscard]] std::vector<std::string_view> words(const format::LeafRow& leaf) const {
    std::vector<std::string_view> out;
    if (!is_enum(leaf)) return out;
    const format::Range range = bundle.view().Enums[leaf.enum_id].words;
    for (uint32_t i = 0; i < range.count; ++i) out.push_back(bundle.text(bundle.view().Strings[range.first + i]));
    return out;
  }
  [[nodiscard]] std::vector<std::string_view> json(const format::LeafRow& leaf) const {
    std::vector<std::string_view> out;
    for (uint32_t i = 0; i < leaf.json.count; ++i) {
      out.push_back(bundle.text(bundle.view().Strings[leaf.json.first + i]));
    }
    return out;
  }
  [[nodiscard]] Paths columns(const format::LeafRow& list) const {
    Paths out;
    for (uint32_t c = 0; c < list.columns.count; ++c) out.emplace(key(column(list, c)), c);
    return out;
  }
};

bool is_number(format::Type type) { return type == format::Type::Int || type == format::Type::Decimal; }

// What keeps two leaves from being one attribute, or nothing.
std::string unlike(const Leaves& a, const format::LeafRow& x, const Leaves& b, const format::LeafRow& y) {
  if (x.type != y.type || x.element != y.element || x.scale != y.scale) return "its type changed";
  if (a.json(x) != b.json(y)) return "its place in the record changed";
  if (x.max_age_ns != y.max_age_ns) return "its maximum age changed";
  return {};
}

bool contains_all(std::vector<std::string_view> large, std::vector<std::string_view> small) {
  std::sort(large.begin(), large.end());
  std::sort(small.begin(), small.end());
  return std::includes(large.begin(), large.end(), small.begin(), small.end());
}

void note_changes(const Leaves& a, const format::LeafRow& x, const Leaves& b, const format::LeafRow& y,
                  const SchemaChange& place, std::vector<SchemaChange>& out) {
  SchemaChange change = place;
  const std::string why = unlike(a, x, b, y);
  if (!why.empty()) change.what = why;
  if (a.words(x) != b.words(y)) {
    const bool more = contains_all(b.words(y), a.words(x)), fewer = contains_all(a.words(x), b.words(y));
    change.what = more ? (fewer ? "its words are in another order" : "it has more words")
                       : (fewer ? "it has fewer words" : "it has other words");
  }
  if (why.empty() && (x.min != y.min || x.max != y.max)) {
    change.what = y.min <= x.min && y.max >= x.max   ? "its range is wider"
                  : y.min >= x.min && y.max <= x.max ? "its range is narrower"
                                                     : "its range is another one";
  }
  if (x.optional != y.optional)
    change.what = y.optional != 0 ? "it may be absent now" : "it may not be absent any more";
  if (!change.what.empty()) out.push_back(std::move(change));
}

}  // namespace

std::vector<SchemaChange> schema_changes(const guardvm::Bundle& before, uint32_t old_kind, const guardvm::Bundle& after,
                                         uint32_t new_kind) {
  const Leaves a(before, old_kind), b(after, new_kind);
  const std::string kind(before.text(a.row.name));
  std::vector<SchemaChange> out;
  const auto compare = [&](const Paths& olds, const Paths& news, const std::string& prefix, const auto& old_leaf,
                           const auto& new_leaf, const auto& below) {
    for (const auto& [key, i] : olds) {
      const std::string& path = key.first;
      const auto found = news.find(key);
      if (found == news.end()) {
        out.push_back({kind, prefix + path, "removed"});
        continue;
      }
      note_changes(a, old_leaf(i), b, new_leaf(found->second), {kind, prefix + path, {}}, out);
      below(path, old_leaf(i), new_leaf(found->second));
    }
    for (const auto& [key, i] : news) {
      if (!olds.contains(key)) out.push_back({kind, prefix + key.first, "added"});
    }
  };
  const auto nothing = [](const std::string&, const format::LeafRow&, const format::LeafRow&) {};
  compare(
      a.leaves, b.leaves, "", [&](uint32_t i) -> const format::LeafRow& { return a.leaf(i); },
      [&](uint32_t i) -> const format::LeafRow& { return b.leaf(i); },
      [&](const std::string& path, const format::LeafRow& x, const format::LeafRow& y) {
        if (x.type != format::Type::List || y.type != format::Type::List) return;
        compare(
            a.columns(x), b.columns(y), path + ".",
            [&](uint32_t i) -> const format::LeafRow& { return a.column(x, i); },
            [&](uint32_t i) -> const format::LeafRow& { return b.column(y, i); }, nothing);
      });
  // A signal's state and value are one attribute.
  const auto same = [](const SchemaChange& x, const SchemaChange& y) {
    return x.attribute == y.attribute && x.what == y.what;
  };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

// Takes over what the kind of `from` says into the model of `to`.
class Joiner {
 public:
  Joiner(KindModel& to, const KindModel& from)
      : to_(to), from_(from), main_(to.world().bundle, to.kind()), other_(from.world().bundle, from.kind()) {
    site_of_.assign(from.sites_.size(), kNoSite);
  }

  // Why `to` cannot be the main one; empty: it can, and the sites are known.
  [[nodiscard]] std::string match() {
    for (const auto& [key, i] : other_.leaves) {
      const std::string& path = key.first;
      const auto found = main_.leaves.find(key);
      if (found == main_.leaves.end()) return "each of the two has attributes that the other has not";
      const std::string why = match(path, SiteId{i}, SiteId{found->second});
      if (!why.empty()) return why;
      if (from_.site(SiteId{i}).kind != SiteKind::List) continue;
      const Paths columns = main_.columns(main_.leaf(found->second));
      for (const auto& [column, c] : other_.columns(other_.leaf(i))) {
        const auto own = columns.find(column);
        if (own == columns.end()) return "each of the two has attributes that the other has not";
        const std::string not_one = match(path + "." + column.first, from_.column_site(SiteId{i}, c),
                                          to_.column_site(SiteId{found->second}, own->second));
        if (!not_one.empty()) return not_one;
      }
    }
    return marks();
  }

  [[nodiscard]] Formula take(Formula f) {
    const auto found = known_.find(static_cast<uint32_t>(f));
    if (found != known_.end()) return found->second;
    const Formula made = make(f);
    known_.emplace(static_cast<uint32_t>(f), made);
    return made;
  }

  // What fits each side's schema, and attributes that take what either takes. To be called before the model is closed.
  void widen(Formula& main_fits, Formula& other_fits) {
    for (uint32_t i = 0; i < site_of_.size(); ++i) {
      const SiteId own{i}, site = site_of_[i];
      if (site == kNoSite || from_.site(own).kind == SiteKind::Element) continue;
      widen_site(own, site, main_fits, other_fits);
    }
    // What only the main one has is there for it alone; the other side does not look.
  }

 private:
  std::string match(const std::string& path, SiteId own, SiteId site) {
    const format::LeafRow &x = from_.leaf(own), &y = to_.leaf(site);
    const std::string why = unlike(other_, x, main_, y);
    if (!why.empty()) return "`" + path + "`: " + why;
    if (!contains_all(main_.words(y), other_.words(x))) {
      return "`" + path + "`: each of the two has words that the other has not, or another attribute narrows";
    }
    site_of_[static_cast<uint32_t>(own)] = site;
    if (from_.site(own).kind == SiteKind::Set) {
      site_of_[static_cast<uint32_t>(from_.site(own).element)] = to_.site(site).element;
    }
    return {};
  }

  std::string marks() const {
    const auto leaf = [&](uint32_t own, uint32_t main) {
      return own == kNoLeaf ? main == kNoLeaf : main != kNoLeaf && site_of_[own] == SiteId{main};
    };
    const format::KindRow &a = from_.row(), &b = to_.row();
    const bool same = leaf(a.now, b.now) && leaf(a.actor, b.actor) && leaf(a.approvals, b.approvals) &&
                      leaf(a.break_glass, b.break_glass);
    return same ? ""
                : "the attributes that are marked as the instant, the actor, the approvals or the break-glass changed";
  }

  Formula make(Formula f) {
    const Node& node = from_.formulas[f];
    Formulas& out = to_.formulas;
    const auto site = [&](uint32_t own) { return site_of_[own]; };
    switch (node.op) {
      case Op::False:
      case Op::True:
        return f;
      case Op::Not:
        return out.negation(take(Formula{node.a}));
      case Op::And:
      case Op::Or: {
        // Chains are long: from the end.
        std::vector<Formula> parts{Formula{node.a}};
        Formula rest{node.b};
        for (; from_.formulas[rest].op == node.op; rest = Formula{from_.formulas[rest].b}) {
          parts.push_back(Formula{from_.formulas[rest].a});
        }
        Formula made = take(rest);
        for (size_t i = parts.size(); i > 0; --i) {
          const Formula part = take(parts[i - 1]);
          made = node.op == Op::And ? out.both(part, made) : out.either(part, made);
        }
        return made;
      }
      case Op::Lit:
        return literal(SiteId{node.a}, PredId{node.b});
      case Op::Equal:
      case Op::Order: {
        const SiteId a = site(node.a), b = site(node.b);
        to_.join(a, b);
        const Formulas::Place place{node.reads_row, node.reads_element};
        return node.op == Op::Equal ? out.equal(a, b, place) : out.order(a, node.compare, b, place);
      }
      case Op::Linear: {
        LinearSum sum = from_.formulas.linear(node.a);
        for (LinearTerm& term : sum.terms) term.site = site_of_[static_cast<uint32_t>(term.site)];
        std::sort(sum.terms.begin(), sum.terms.end(), [](const auto& x, const auto& y) { return x.site < y.site; });
        return out.linear(std::move(sum), {node.reads_row, node.reads_element});
      }
      case Op::CountSet:
        return out.count_set(site(node.a), node.compare, node.b, take(Formula{node.c}), to_.place(site(node.a)));
      case Op::CountList:
        return out.count_list(site(node.a), node.compare, node.b, take(Formula{node.c}));
      case Op::Persons: {
        const Formula made = out.persons(site(node.a), node.b, take(Formula{node.c}));
        const auto words = from_.requirements.find(f);
        if (words == from_.requirements.end()) return made;
        RequirementWords own = words->second;
        for (SiteId& excluded : own.excluding) excluded = site_of_[static_cast<uint32_t>(excluded)];
        to_.requirements.emplace(made, std::move(own));
        return made;
      }
    }
    GUARD_CHECK(false, "a node that cannot be taken over");
  }

  Formula literal(SiteId own, PredId id) {
    const SiteId site = site_of_[static_cast<uint32_t>(own)];
    const format::LeafRow& leaf = from_.leaf(own);
    const Preds& preds = from_.world().preds;
    const Pred& pred = preds[id];
    if (is_enum(leaf) && pred.kind != Pred::Kind::Present && other_.words(leaf) != main_.words(to_.leaf(site))) {
      std::vector<int64_t> numbers;  // the same words by their numbers there
      const std::vector<std::string_view> words = other_.words(leaf), mains = main_.words(to_.leaf(site));
      for (size_t w = 0; w < words.size(); ++w) {
        if (!preds.holds(id, {true, static_cast<int64_t>(w), {}})) continue;
        numbers.push_back(std::find(mains.begin(), mains.end(), words[w]) - mains.begin());
      }
      std::sort(numbers.begin(), numbers.end());
      return among(site, std::move(numbers));
    }
    const Pred taken = to_.world().preds[to_.world().preds.take(preds, id)];
    return to_.lit(site, taken, to_.place(site));
  }

  Formula among(SiteId site, std::vector<int64_t> numbers) {
    const uint32_t set = to_.world().preds.number_set(std::move(numbers));
    return to_.lit(site, {Pred::Kind::NumberIn, Compare::Eq, 0, set}, to_.place(site));
  }

  // The values of one side that the other one refuses.
  Formula refused(SiteId value, const format::LeafRow& by, const std::vector<std::string_view>& words,
                  const std::vector<std::string_view>& all) {
    Formulas& f = to_.formulas;
    if (is_enum(by)) {
      std::vector<int64_t> numbers;
      for (size_t w = 0; w < all.size(); ++w) {
        if (std::find(words.begin(), words.end(), all[w]) == words.end()) numbers.push_back(static_cast<int64_t>(w));
      }
      return numbers.empty() ? kFalse : among(value, std::move(numbers));
    }
    const Formulas::Place place = to_.place(value);
    return f.either(to_.lit(value, {Pred::Kind::NumberCompare, Compare::Lt, by.min, 0}, place),
                    to_.lit(value, {Pred::Kind::NumberCompare, Compare::Gt, by.max, 0}, place));
  }

  void widen_site(SiteId own, SiteId site, Formula& main_fits, Formula& other_fits) {
    const format::LeafRow &x = from_.leaf(own), &y = to_.leaf(site);
    Formulas& f = to_.formulas;
    Site& joint = to_.sites_[static_cast<uint32_t>(site)];
    const bool of_set = joint.kind == SiteKind::Set;
    const SiteId value = of_set ? joint.element : site;
    const format::Type type = of_set ? y.element : y.type;
    std::vector<std::pair<Formula, bool>> faults;  // of the main side?
    const bool ranges = is_number(type) && (x.min != y.min || x.max != y.max);
    if (ranges) {
      to_.sites_[static_cast<uint32_t>(value)].range = {std::min(x.min, y.min), std::max(x.max, y.max)};
      if (x.min < y.min || x.max > y.max) faults.emplace_back(refused(value, y, {}, {}), true);
      if (y.min < x.min || y.max > x.max) faults.emplace_back(refused(value, x, {}, {}), false);
    }
    if (type == format::Type::Enum && other_.words(x).size() != main_.words(y).size()) {
      faults.emplace_back(refused(value, x, other_.words(x), main_.words(y)), false);
    }
    if (of_set) {
      for (auto& [fault, of_main] : faults) fault = f.count_set(site, Compare::Ge, 1, fault, to_.place(site));
    }
    if (x.optional != y.optional && joint.kind != SiteKind::Signal) {
      joint.optional = true;
      const Formula there = to_.lit(site, {}, to_.place(site));
      const Formula above = joint.parent == kNoSite ? kTrue : to_.present(joint.parent);
      faults.emplace_back(f.both(above, f.negation(there)), y.optional == 0);
    }
    for (auto& [fault, of_main] : faults) {
      if (joint.list != kNoSite) fault = f.count_list(joint.list, Compare::Ge, 1, fault);
      Formula& fits = of_main ? main_fits : other_fits;
      fits = f.both(fits, f.negation(fault));
    }
  }

  KindModel& to_;
  const KindModel& from_;
  Leaves main_, other_;
  std::vector<SiteId> site_of_;  // per site of `from`
  std::unordered_map<uint32_t, Formula> known_;
};

namespace {

// Timestamps that one of the two compares with a moment are no ages for the other one either.
void share_absolute(World& a, uint32_t kind_a, World& b, uint32_t kind_b) {
  const Leaves from(a.bundle, kind_a), to(b.bundle, kind_b);
  std::vector<uint32_t>& out = b.absolute[kind_b];
  for (const uint32_t key : a.absolute[kind_a]) {
    const uint32_t list = key >> 16;
    const uint32_t leaf = list == 0 ? key : list - 1;
    const auto found = to.leaves.find(from.key(from.leaf(leaf)));
    if (found == to.leaves.end()) continue;
    if (list == 0) {
      out.push_back(found->second);
      continue;
    }
    const Paths columns = to.columns(to.leaf(found->second));
    const auto column = columns.find(from.key(from.column(from.leaf(leaf), key & 0xffff)));
    if (column != columns.end()) out.push_back((found->second + 1) << 16 | column->second);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

bool default_allows(const guardvm::Bundle& bundle, uint32_t kind) {
  return bundle.view().Kinds[kind].default_outcome == 0;
}

std::vector<Side::Glass> glasses_of(DecisionModel& decision) {
  std::vector<Side::Glass> out;
  for (const GlassOnKind& glass : decision.glasses) {
    const format::BreakGlassRow& row = decision.model.world().bundle.view().BreakGlasses[glass.glass];
    out.push_back({decision.runs(glass), row.obligations});
  }
  return out;
}

// With the bundle of `main` as the main one.
std::unique_ptr<JointKind> join_into(World& main, uint32_t main_kind, World& other, uint32_t other_kind,
                                     bool main_is_new) {
  auto joint = std::make_unique<JointKind>();
  joint->main = std::make_unique<DecisionModel>(main, main_kind);
  DecisionModel& own = *joint->main;
  DecisionModel theirs(other, other_kind);
  Joiner joiner(own.model, theirs.model);
  joint->failure = joiner.match();
  if (!joint->failure.empty()) return joint;
  Side& side = main_is_new ? joint->new_side : joint->old_side;
  Side& taken = main_is_new ? joint->old_side : joint->new_side;
  joint->at_time = own.at_time;
  main.before = main_is_new ? &other.bundle : &main.bundle;
  side = {&main.bundle, main_kind, own.rules, glasses_of(own), own.holds, default_allows(main.bundle, main_kind)};
  taken = {&other.bundle,
           other_kind,
           {},
           glasses_of(theirs),
           joiner.take(theirs.holds),
           default_allows(other.bundle, other_kind)};
  for (RuleOnKind rule : theirs.rules) {
    for (Formula* f : {&rule.fires, &rule.surely, &rule.met, &rule.excepted}) *f = joiner.take(*f);
    taken.rules.push_back(std::move(rule));
  }
  for (Side::Glass& glass : taken.glasses) glass.runs = joiner.take(glass.runs);
  joiner.widen(side.fits, taken.fits);
  for (const KindModel* model : {&own.model, &theirs.model}) {
    if (!model->unsupported().empty()) joint->failure = model->unsupported()[0];
  }
  const Result<bool> closed = own.model.close();
  if (!closed.ok()) joint->failure = closed.error();
  return joint;
}

}  // namespace

std::unique_ptr<JointKind> join_kinds(World& before, uint32_t old_kind, World& after, uint32_t new_kind) {
  share_absolute(before, old_kind, after, new_kind);
  share_absolute(after, new_kind, before, old_kind);
  std::unique_ptr<JointKind> joint = join_into(after, new_kind, before, old_kind, true);
  if (joint->failure.empty()) return joint;
  std::unique_ptr<JointKind> other = join_into(before, old_kind, after, new_kind, false);
  return other->failure.empty() ? std::move(other) : std::move(joint);
}

}  // namespace guard::verify
