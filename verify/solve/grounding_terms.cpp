// Terms of a finite problem: each test over the values that its sites were given. Negation is pushed to the literals.
#include <algorithm>

#include "verify/solve/grounding.hpp"

namespace guard::verify {

Grounding::Instance& Grounder::instance(SiteId site, uint32_t row) {
  return out_->instances[out_->index.at({site, row})];
}

TermId Grounder::present(SiteId site, uint32_t row, bool positive) {
  const Grounding::Instance& own = instance(site, row);
  Problem& problem = out_->problem;
  const SiteKind kind = model_.site(site).kind;
  if (own.variable == kNoRow) return positive ? kTrueTerm : kFalseTerm;
  Mask mask = empty_mask(problem.variables[own.variable].values);
  if (kind == SiteKind::Set || kind == SiteKind::List) {
    set_bit(mask, positive ? 1 : 0);
    return problem.lit(own.variable, std::move(mask));
  }
  const Variable& variable = problem.variables[own.variable];
  for (uint32_t v = 0; v < variable.values; ++v) {
    bool there = !(variable.absent && v == 0);
    if (kind == SiteKind::Signal) {
      there = out_->groups[own.group][v].value.number != static_cast<int64_t>(SignalState::Missing);
    }
    if (there == positive) set_bit(mask, v);
  }
  return problem.lit(own.variable, std::move(mask));
}

TermId Grounder::build(Formula f, bool positive, uint32_t row, uint32_t element) {
  if (f == kFalse || f == kTrue) return (f == kTrue) == positive ? kTrueTerm : kFalseTerm;
  const Node node = model_.formulas[f];
  if (node.op == Op::Not) return build(Formula{node.a}, !positive, row, element);
  const Key key{f, positive, node.reads_row ? row : kNoRow, node.reads_element ? element : kNoRow};
  const auto found = built_.find(key);
  if (found != built_.end()) return found->second;
  const TermId term = make(node, positive, key.row, key.element);
  built_.emplace(key, term);
  return term;
}

TermId Grounder::make(const Node& node, bool positive, uint32_t row, uint32_t element) {
  switch (node.op) {
    case Op::And:
    case Op::Or: {
      // A chain of one connective, right-nested, is one term.
      std::vector<TermId> children{build(Formula{node.a}, positive, row, element)};
      Formula rest{node.b};
      while (model_.formulas[rest].op == node.op) {
        children.push_back(build(Formula{model_.formulas[rest].a}, positive, row, element));
        rest = Formula{model_.formulas[rest].b};
      }
      children.push_back(build(rest, positive, row, element));
      const bool conjunction = (node.op == Op::And) == positive;
      return conjunction ? out_->problem.all(std::move(children)) : out_->problem.any(std::move(children));
    }
    case Op::Lit:
      return make_lit(node, positive, row, element);
    case Op::Equal:
    case Op::Order:
      return make_relation(node, positive, row, element);
    case Op::Linear:
      return make_sum(node, positive, row);
    case Op::CountSet:
    case Op::CountList:
      return make_count(node, positive, row);
    case Op::Persons:
      return make_persons(node, positive);
    case Op::False:
    case Op::True:
    case Op::Not:
      break;
  }
  GUARD_CHECK(false, "a node without a term");
}

// Whether a value of the group satisfies the predicate: a constant, or of a free text its flag.
TermId Grounder::satisfies(uint32_t group, uint32_t value, PredId pred, bool positive) {
  const Cells& cells = cells_[group];
  const uint32_t text = out_->groups[group][value].text;
  if (text != kNoRow) {
    const FreeText& own = out_->problem.texts[text];
    const auto at = std::find(own.matches.begin(), own.matches.end(), pred);
    if (at != own.matches.end()) {
      const auto flag = own.first_flag + static_cast<uint32_t>(at - own.matches.begin());
      return out_->problem.lit(flag, {positive ? uint64_t{2} : uint64_t{1}});
    }
  }
  return cells.truth.at(pred)[cells.cell_of_value[value]] == positive ? kTrueTerm : kFalseTerm;
}

TermId Grounder::make_lit(const Node& node, bool positive, uint32_t row, uint32_t element) {
  const SiteId site{node.a};
  const Site& own = model_.site(site);
  if (own.kind == SiteKind::Set || own.kind == SiteKind::List) return present(site, row_for(site, row), positive);
  const uint32_t group = uses_[site].group;
  const PredId pred{node.b};
  if (own.kind == SiteKind::Element) return satisfies(group, element, pred, positive);
  const Grounding::Instance& at = instance(site, row_for(site, row));
  if (at.fixed != kNoRow) return satisfies(group, at.fixed, pred, positive);
  const Cells& cells = cells_[group];
  const std::vector<bool>& truth = cells.truth.at(pred);
  const Variable& variable = out_->problem.variables[at.variable];
  Mask mask = empty_mask(variable.values);
  const uint32_t offset = variable.absent ? 1 : 0;
  if (variable.absent && !positive) set_bit(mask, 0);
  std::vector<TermId> texts;
  for (uint32_t v = offset; v < variable.values; ++v) {
    if (out_->groups[group][v - offset].text != kNoRow) {
      const TermId term = satisfies(group, v - offset, pred, positive);
      if (term != kTrueTerm && term != kFalseTerm) {
        Mask one = empty_mask(variable.values);
        set_bit(one, v);
        texts.push_back(out_->problem.all({out_->problem.lit(at.variable, std::move(one)), term}));
      } else if (term == kTrueTerm) {
        set_bit(mask, v);
      }
    } else if (truth[cells.cell_of_value[v - offset]] == positive) {
      set_bit(mask, v);
    }
  }
  texts.push_back(out_->problem.lit(at.variable, std::move(mask)));
  return out_->problem.any(std::move(texts));
}

// Equal, or in an order: over the ranks that the two can have.
TermId Grounder::make_relation(const Node& node, bool positive, uint32_t row, uint32_t element) {
  const SiteId a{node.a}, b{node.b};
  const std::vector<GroupValue>& values = out_->groups[uses_[a].group];
  const Compare compare = node.op == Op::Equal ? Compare::Eq : node.compare;
  // The literal that a site has one of the values for which `fits`, or that it has none of them.
  const auto literal = [&](SiteId site, bool in, const auto& fits) {
    if (model_.site(site).kind == SiteKind::Element) return fits(values[element].rank) == in ? kTrueTerm : kFalseTerm;
    const Grounding::Instance& at = instance(site, row_for(site, row));
    if (at.fixed != kNoRow) return fits(values[at.fixed].rank) == in ? kTrueTerm : kFalseTerm;
    const Variable& variable = out_->problem.variables[at.variable];
    const uint32_t offset = variable.absent ? 1 : 0;
    Mask mask = empty_mask(variable.values);
    if (variable.absent && !in) set_bit(mask, 0);
    for (uint32_t v = offset; v < variable.values; ++v) {
      if (fits(values[v - offset].rank) == in) set_bit(mask, v);
    }
    return out_->problem.lit(at.variable, std::move(mask));
  };
  std::vector<TermId> parts;
  for (uint32_t v = 0; v < values.size(); ++v) {
    if (v > 0 && values[v].rank == values[v - 1].rank) continue;
    const uint32_t rank = values[v].rank;
    const auto is_rank = [&](uint32_t r) { return r == rank; };
    const auto fits = [&](uint32_t r) { return partition::holds(compare, rank < r ? -1 : (rank > r ? 1 : 0)); };
    const std::vector<TermId> pair{literal(a, positive, is_rank), literal(b, positive, fits)};
    parts.push_back(positive ? out_->problem.all(pair) : out_->problem.any(pair));
  }
  return positive ? out_->problem.any(std::move(parts)) : out_->problem.all(std::move(parts));
}

TermId Grounder::make_sum(const Node& node, bool positive, uint32_t row) {
  const LinearSum& sum = model_.formulas.linear(node.a);
  GroundSum ground;
  ground.compare = sum.compare;
  ground.constant = sum.constant;
  for (const LinearTerm& term : sum.terms) {
    ground.terms.emplace_back(instance(term.site, row_for(term.site, row)).variable, term.coefficient);
  }
  return out_->problem.sum(std::move(ground), !positive);
}

// How many of `size` children hold, against the limit; negated children where few of them may hold.
template <typename Child>
TermId Grounder::counted(Compare compare, uint32_t limit, uint32_t size, bool positive, const Child& child) {
  Problem& problem = out_->problem;
  const auto at_least = [&](uint32_t n) {
    if (n == 0) return kTrueTerm;
    if (n > size) return kFalseTerm;
    std::vector<TermId> children;
    for (uint32_t i = 0; i < size; ++i) children.push_back(child(i, true));
    return problem.at_least(n, std::move(children));
  };
  const auto fewer_than = [&](uint32_t n) {  // At least size - (n - 1) do not hold.
    if (n == 0) return kFalseTerm;
    if (n > size) return kTrueTerm;
    std::vector<TermId> children;
    for (uint32_t i = 0; i < size; ++i) children.push_back(child(i, false));
    return problem.at_least(size - n + 1, std::move(children));
  };
  switch (compare) {
    case Compare::Ge:
      return positive ? at_least(limit) : fewer_than(limit);
    case Compare::Gt:
      return positive ? at_least(limit + 1) : fewer_than(limit + 1);
    case Compare::Lt:
      return positive ? fewer_than(limit) : at_least(limit);
    case Compare::Le:
      return positive ? fewer_than(limit + 1) : at_least(limit + 1);
    case Compare::Eq:
    case Compare::Ne:
      break;
  }
  if ((compare == Compare::Eq) == positive) return problem.all({at_least(limit), fewer_than(limit + 1)});
  return problem.any({fewer_than(limit), at_least(limit + 1)});
}

TermId Grounder::make_count(const Node& node, bool positive, uint32_t row) {
  const SiteId site{node.a};
  const bool list = node.op == Op::CountList;
  const Grounding::Instance own = instance(site, row_for(site, row));
  if (own.fixed != kNoRow) {  // A set of one element.
    return counted(node.compare, node.b, 1, positive,
                   [&](uint32_t, bool holds) { return build(Formula{node.c}, holds, row, own.fixed); });
  }
  const auto child = [&](uint32_t i, bool holds) {
    const TermId flag = out_->problem.lit(own.first_flag + i, {holds ? uint64_t{2} : uint64_t{1}});
    const TermId body = build(Formula{node.c}, holds, list ? i : row, list ? kNoRow : i);
    return holds ? out_->problem.all({flag, body}) : out_->problem.any({flag, body});
  };
  return counted(node.compare, node.b, own.flags, positive, child);
}

// Different persons: per person that the rows can name, whether some row of theirs counts.
TermId Grounder::make_persons(const Node& node, bool positive) {
  const SiteId list{node.a};
  const Grounding::Instance own = instance(list, kNoRow);
  Problem& problem = out_->problem;
  const auto row_counts = [&](uint32_t r, bool holds) {
    const TermId flag = problem.lit(own.first_flag + r, {holds ? uint64_t{2} : uint64_t{1}});
    const TermId body = build(Formula{node.c}, holds, r, kNoRow);
    return holds ? problem.all({flag, body}) : problem.any({flag, body});
  };
  if (node.b == 1) return counted(Compare::Ge, 1, own.flags, positive, row_counts);
  const SiteId by = model_.column_site(list, model_.row().approval_by);
  const auto persons = static_cast<uint32_t>(out_->groups[uses_[by].group].size());
  const auto person_counts = [&](uint32_t person, bool holds) {
    std::vector<TermId> rows;
    for (uint32_t r = 0; r < own.flags; ++r) {
      if (is_fixed(list)) {
        if (fixed_rows_[r].person == person) rows.push_back(row_counts(r, holds));
        continue;
      }
      const uint32_t variable = instance(by, r).variable;
      const uint32_t offset = problem.variables[variable].absent ? 1 : 0;
      Mask mask = empty_mask(problem.variables[variable].values);
      set_bit(mask, person + offset);
      if (!holds) {
        const Mask all = full_mask(problem.variables[variable].values);
        for (size_t i = 0; i < mask.size(); ++i) mask[i] = all[i] & ~mask[i];
      }
      const std::vector<TermId> pair{problem.lit(variable, std::move(mask)), row_counts(r, holds)};
      rows.push_back(holds ? problem.all(pair) : problem.any(pair));
    }
    return holds ? problem.any(std::move(rows)) : problem.all(std::move(rows));
  };
  return counted(Compare::Ge, node.b, persons, positive, person_counts);
}

}  // namespace guard::verify
