// Symbolic execution: from the last instruction back to the first, what the flag will be at the end if it is true, and
// if it is false, at this place. Jumps go forward only, so each place is met once.
#include "verify/model/code_reader.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace guard::verify {
namespace {

using guardvm::Opcode;
using partition::Value;

Compare swapped(Compare compare) {
  switch (compare) {
    case Compare::Lt:
      return Compare::Gt;
    case Compare::Le:
      return Compare::Ge;
    case Compare::Gt:
      return Compare::Lt;
    case Compare::Ge:
      return Compare::Le;
    case Compare::Eq:
    case Compare::Ne:
      break;
  }
  return compare;
}

}  // namespace

Formula CodeReader::read(uint32_t begin, uint32_t end, SiteId set) {
  std::vector<uint32_t> starts;
  for (uint32_t at = begin; at < end;) {
    starts.push_back(at);
    const auto op = static_cast<Opcode>(view_.Code[at].op);
    if (op == Opcode::Any || op == Opcode::All) at += view_.Code[at].b;
    if (op == Opcode::Count) at += 1 + view_.Code[at].b;
    ++at;
  }
  struct Ends {
    Formula if_true, if_false;
  };
  std::vector<Ends> ends(end - begin + 1, Ends{kTrue, kFalse});
  Ends next{kTrue, kFalse};
  for (size_t i = starts.size(); i > 0; --i) {
    const uint32_t at = starts[i - 1];
    const format::Instr& instr = view_.Code[at];
    const auto fixed = [&](Formula flag) {
      const Formula chosen = formulas().choose(flag, next.if_true, next.if_false);
      return Ends{chosen, chosen};
    };
    Ends here = next;
    switch (static_cast<Opcode>(instr.op)) {
      case Opcode::True:
        here = {next.if_true, next.if_true};
        break;
      case Opcode::False:
        here = {next.if_false, next.if_false};
        break;
      case Opcode::Not:
        here = {next.if_false, next.if_true};
        break;
      case Opcode::JumpIfFalse:
        here = {next.if_true, ends[instr.b - begin].if_false};
        break;
      case Opcode::JumpIfTrue:
        here = {ends[instr.b - begin].if_true, next.if_false};
        break;
      case Opcode::Any:
      case Opcode::All:
      case Opcode::Count:
        here = fixed(quantifier(at, set));
        break;
      default:
        here = fixed(test(instr, set));
        break;
    }
    ends[at - begin] = next = here;
  }
  return next.if_false;  // The flag is false at the beginning.
}

SiteId CodeReader::direct(uint32_t index, SiteId set) const {
  const format::OperandRow& row = operand(index);
  switch (row.from) {
    case format::From::Leaf:
      return SiteId{row.index};
    case format::From::Column:
      return model_.column_site(SiteId{row.list}, row.index);
    case format::From::Element:
      GUARD_CHECK(set != kNoSite, "an element outside of its set");
      return model_.site(set).element;
    case format::From::Lookup:
      break;
  }
  GUARD_CHECK(false, "a lookup where an attribute belongs");
}

Formula CodeReader::keys_where(uint32_t lookup, SiteId set, const std::function<bool(const format::DataCell&)>& holds) {
  const format::OperandRow& row = operand(lookup);
  const format::DataRow& data = view_.Data[row.data];
  std::vector<std::string_view> keys;
  for (uint32_t k = 0; k < data.keys.count; ++k) {
    const format::DataCell& cell = view_.DataCells[data.cells + k * data.fields.count + row.index];
    if (cell.present != 0 && holds(cell)) {
      keys.push_back(model_.world().bundle.text(view_.Strings[data.keys.first + k]));
    }
  }
  if (keys.empty()) return kFalse;
  return unary(row.key, {Pred::Kind::TextIn, Compare::Eq, 0, preds().text_set(std::move(keys))}, set);
}

Value CodeReader::cell_value(uint32_t lookup, const format::DataCell& cell) const {
  const format::Type type = operand(lookup).type;
  if (type == format::Type::String || type == format::Type::Version) {
    return {true, 0, std::string(model_.world().bundle.text(cell.text))};
  }
  return {true, cell.number, {}};
}

std::vector<Value> CodeReader::cell_values(uint32_t lookup) const {
  const format::OperandRow& row = operand(lookup);
  const format::DataRow& data = view_.Data[row.data];
  std::vector<Value> values;
  for (uint32_t k = 0; k < data.keys.count; ++k) {
    const format::DataCell& cell = view_.DataCells[data.cells + k * data.fields.count + row.index];
    if (cell.present != 0) values.push_back(cell_value(lookup, cell));
  }
  const auto before = [](const Value& a, const Value& b) {
    return std::tie(a.number, a.text) < std::tie(b.number, b.text);
  };
  std::sort(values.begin(), values.end(), before);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Formula CodeReader::unary(uint32_t index, const Pred& pred, SiteId set) {
  if (is_lookup(index)) {
    const PredId id = preds().intern(pred);
    return keys_where(index, set,
                      [&](const format::DataCell& cell) { return preds().holds(id, cell_value(index, cell)); });
  }
  const SiteId site = direct(index, set);
  return model_.lit(site, pred, model_.place(site));
}

Formula CodeReader::present(uint32_t index, SiteId set) {
  if (is_lookup(index)) return keys_where(index, set, [](const format::DataCell&) { return true; });
  return model_.present(direct(index, set));
}

Formula CodeReader::empty(uint32_t index, SiteId set) {
  if (is_lookup(index)) {
    return keys_where(index, set, [&](const format::DataCell& cell) { return view_.StringSets[cell.set].count == 0; });
  }
  const SiteId site = direct(index, set);
  const Formula none = model_.site(site).kind == SiteKind::List
                           ? formulas().count_list(site, Compare::Eq, 0, kTrue)
                           : formulas().count_set(site, Compare::Eq, 0, kTrue, model_.place(site));
  return formulas().both(model_.present(site), none);
}

Formula CodeReader::equal(SiteId a, SiteId b) {
  if (a == b) return model_.present(a);
  model_.join(a, b);
  const Formulas::Place x = model_.place(a), y = model_.place(b);
  return formulas().equal(a, b, {x.row || y.row, x.element || y.element});
}

// Strings, or words of an enum. A lookup is equal where its key has some value and the other one is that value.
Formula CodeReader::equality(uint32_t a, uint32_t b, SiteId set, bool text) {
  if (!is_lookup(a) && is_lookup(b)) std::swap(a, b);
  if (!is_lookup(a)) return equal(direct(a, set), direct(b, set));
  std::vector<Formula> parts;
  for (const Value& value : cell_values(a)) {
    const Pred is_value = text ? Pred{Pred::Kind::TextIn, Compare::Eq, 0, preds().text_set({preds().keep(value.text)})}
                               : Pred{Pred::Kind::NumberCompare, Compare::Eq, value.number, 0};
    parts.push_back(formulas().both(unary(a, is_value, set), unary(b, is_value, set)));
  }
  return formulas().any(parts);
}

Formula CodeReader::version_order(uint32_t a, Compare compare, uint32_t b, SiteId set) {
  if (is_lookup(a) && !is_lookup(b)) return version_order(b, swapped(compare), a, set);
  if (!is_lookup(b)) {
    const SiteId x = direct(a, set), y = direct(b, set);
    if (x == y) return partition::holds(compare, 0) ? model_.present(x) : kFalse;
    model_.join(x, y);
    const Formulas::Place p = model_.place(x), q = model_.place(y);
    return formulas().order(x, compare, y, {p.row || q.row, p.element || q.element});
  }
  std::vector<Formula> parts;
  for (const Value& value : cell_values(b)) {
    const uint32_t constant = preds().text_set({preds().keep(value.text)});
    parts.push_back(formulas().both(unary(b, {Pred::Kind::VersionCompare, Compare::Eq, 0, constant}, set),
                                    unary(a, {Pred::Kind::VersionCompare, compare, 0, constant}, set)));
  }
  return formulas().any(parts);
}

// Lookups among the terms are split by their values first; `terms` are what came before `from`.
Formula CodeReader::linear_row(uint32_t index, size_t from, Terms terms, Compare compare, __int128 constant,
                               SiteId set) {
  const format::LinearRow& row = view_.Linears[index];
  for (size_t i = from; i < row.terms.count; ++i) {
    const format::LinearTermRow& term = view_.LinearTerms[row.terms.first + i];
    if (!is_lookup(term.operand)) {
      terms.emplace_back(direct(term.operand, set), term.coefficient);
      continue;
    }
    std::vector<Formula> parts;
    for (const Value& value : cell_values(term.operand)) {
      const Formula is_value = unary(term.operand, {Pred::Kind::NumberCompare, Compare::Eq, value.number, 0}, set);
      const __int128 less = constant - static_cast<__int128>(term.coefficient) * value.number;
      parts.push_back(formulas().both(is_value, linear_row(index, i + 1, terms, compare, less, set)));
    }
    return formulas().any(parts);
  }
  return linear(std::move(terms), compare, constant);
}

Formula CodeReader::linear(Terms terms, Compare compare, __int128 constant) {
  std::map<SiteId, __int128> sum;
  const SiteId now = model_.now_site();
  std::vector<Formula> parts;
  Formulas::Place where;
  for (const auto& [site, coefficient] : terms) {
    parts.push_back(model_.present(site));
    const Formulas::Place place = model_.place(site);
    where = {where.row || place.row, where.element || place.element};
    if (model_.site(site).age) {  // value = now - age
      sum[now] += coefficient;
      sum[site] -= coefficient;
    } else {
      sum[site] += coefficient;
    }
  }
  LinearSum rest;
  rest.compare = compare;
  rest.constant = constant;
  for (const auto& [site, coefficient] : sum) {
    if (coefficient == 0) continue;
    if (coefficient > INT64_MAX || coefficient < -INT64_MAX) {
      model_.unsupported_.push_back("a sum whose coefficients exceed 64 bits");
      return kFalse;
    }
    rest.terms.push_back({site, static_cast<int64_t>(coefficient)});
  }
  if (rest.terms.empty()) {
    parts.push_back(partition::holds(compare, constant > 0 ? -1 : (constant < 0 ? 1 : 0)) ? kTrue : kFalse);
  } else if (rest.terms.size() == 1) {
    parts.push_back(single(rest.terms[0].site, rest.terms[0].coefficient, compare, constant));
  } else {
    for (const LinearTerm& term : rest.terms) {
      // Each value is a number of its own: the classes of the site are intervals.
      if (term.site == now) model_.clock_in_sums_ = true;
    }
    parts.push_back(formulas().linear(std::move(rest), where));
  }
  return formulas().all(parts);
}

// coefficient * site `compare` constant, as a comparison of the site.
Formula CodeReader::single(SiteId site, int64_t coefficient, Compare compare, __int128 constant) {
  __int128 factor = coefficient;
  if (factor < 0) {
    factor = -factor;
    constant = -constant;
    compare = swapped(compare);
  }
  const bool whole = constant % factor == 0;
  __int128 bound = floor_div(constant, factor);
  const Formula there = model_.present(site);
  if (!whole) {
    if (compare == Compare::Eq) return kFalse;
    if (compare == Compare::Ne) return there;
    if (compare == Compare::Lt) compare = Compare::Le;  // below a fraction: at most its floor
    if (compare == Compare::Ge) compare = Compare::Gt;
  }
  if (bound > INT64_MAX || bound < INT64_MIN) {
    const int order = bound > 0 ? -1 : 1;  // every value against the bound
    return partition::holds(compare, order) ? there : kFalse;
  }
  if (model_.site(site).age && (bound < model_.min_age() + 1 || bound > model_.max_age() - 1)) {
    model_.unsupported_.push_back("`" + model_.path(site) + "` is compared with an age of centuries");
    return kFalse;
  }
  return model_.lit(site, {Pred::Kind::NumberCompare, compare, static_cast<int64_t>(bound), 0}, model_.place(site));
}

Formula CodeReader::quantifier(uint32_t at, SiteId set) {
  const format::Instr& instr = view_.Code[at];
  const auto op = static_cast<Opcode>(instr.op);
  const SiteId site = direct(instr.a, set);
  const bool list = model_.site(site).kind == SiteKind::List;
  const uint32_t begin = at + (op == Opcode::Count ? 2 : 1);
  const Formula body = read(begin, begin + instr.b, list ? set : site);
  const auto count = [&](Compare compare, uint32_t limit, Formula of) {
    return list ? formulas().count_list(site, compare, limit, of)
                : formulas().count_set(site, compare, limit, of, model_.place(site));
  };
  if (op == Opcode::Any) return count(Compare::Ge, 1, body);
  if (op == Opcode::All) return count(Compare::Eq, 0, formulas().negation(body));
  return count(static_cast<Compare>(instr.aux), view_.Code[at + 1].b, body);
}

Formula CodeReader::requirement(const format::RequirementRow& row, bool of_actor_only) {
  const format::KindRow& kind = model_.row();
  const SiteId list{kind.approvals};
  const SiteId by = model_.column_site(list, kind.approval_by), at = model_.column_site(list, kind.approval_at);
  const SiteId groups = model_.column_site(list, kind.approval_groups);
  const SiteId now = model_.now_site();
  std::vector<Formula> parts;
  parts.push_back(linear({{now, 1}, {at, -1}}, Compare::Ge, 0));
  if (row.within_ns >= 0) parts.push_back(linear({{now, 1}, {at, -1}}, Compare::Le, row.within_ns));
  const Pred from{Pred::Kind::TextIn, Compare::Eq, 0, preds().text_set_of(row.from)};
  const SiteId element = model_.site(groups).element;
  parts.push_back(formulas().count_set(groups, Compare::Ge, 1, model_.lit(element, from, model_.place(element)),
                                       model_.place(groups)));
  if (row.including_actor == 0) parts.push_back(formulas().negation(equal(by, SiteId{kind.actor})));
  for (uint32_t i = 0; i < row.excluding.count; ++i) {
    parts.push_back(formulas().negation(equal(by, SiteId{view_.Indices[row.excluding.first + i]})));
  }
  if (of_actor_only) {
    parts.push_back(equal(by, SiteId{kind.actor}));
    return formulas().persons(list, 1, formulas().all(parts));
  }
  return formulas().persons(list, row.count, formulas().all(parts));
}

Formula CodeReader::set_test(const format::Instr& instr, SiteId set) {
  const auto op = static_cast<Opcode>(instr.op);
  const bool text = op == Opcode::SetHasAnyText || op == Opcode::SetHasAllText;
  const bool number = op == Opcode::SetHasAnyNumber || op == Opcode::SetHasAllNumber;
  const bool every = op == Opcode::SetHasAllText || op == Opcode::SetHasAllNumber || op == Opcode::SetHasAllVersion;
  // What an element must be: one of the constants, or each of them in turn.
  std::vector<Pred> wanted;
  if (number) {
    const format::Range range = view_.NumberSets[instr.b];
    if (!every) wanted.push_back({Pred::Kind::NumberIn, Compare::Eq, 0, preds().number_set_of(instr.b)});
    for (uint32_t i = 0; every && i < range.count; ++i) {
      wanted.push_back({Pred::Kind::NumberCompare, Compare::Eq, view_.Numbers[range.first + i], 0});
    }
  } else {
    const uint32_t own = preds().text_set_of(instr.b);
    const Pred::Kind kind = text ? Pred::Kind::TextIn : Pred::Kind::VersionIn;
    if (!every) wanted.push_back({kind, Compare::Eq, 0, own});
    const std::vector<std::string_view> texts = preds().texts(own);
    for (size_t i = 0; every && i < texts.size(); ++i) {
      wanted.push_back({kind, Compare::Eq, 0, preds().text_set({texts[i]})});
    }
  }
  std::vector<Formula> parts;
  for (const Pred& pred : wanted) {
    if (is_lookup(instr.a)) {  // Sets of texts.
      const PredId id = preds().intern(pred);
      parts.push_back(keys_where(instr.a, set, [&](const format::DataCell& cell) {
        const format::Range own = view_.StringSets[cell.set];
        for (uint32_t i = 0; i < own.count; ++i) {
          const std::string_view element = model_.world().bundle.text(view_.Strings[own.first + i]);
          if (preds().holds(id, {true, 0, std::string(element)})) return true;
        }
        return false;
      }));
      continue;
    }
    const SiteId site = direct(instr.a, set), element = model_.site(site).element;
    parts.push_back(formulas().count_set(site, Compare::Ge, 1, model_.lit(element, pred, model_.place(element)),
                                         model_.place(site)));
  }
  return formulas().all(parts);
}

Formula CodeReader::test(const format::Instr& instr, SiteId set) {
  const auto compare = static_cast<Compare>(instr.aux);
  switch (static_cast<Opcode>(instr.op)) {
    case Opcode::Bool:
      return unary(instr.a, {Pred::Kind::NumberCompare, Compare::Ne, 0, 0}, set);
    case Opcode::NumberCompare:
      return unary(instr.a, {Pred::Kind::NumberCompare, compare, view_.Numbers[instr.b], 0}, set);
    case Opcode::NumberIn:
      return unary(instr.a, {Pred::Kind::NumberIn, Compare::Eq, 0, preds().number_set_of(instr.b)}, set);
    case Opcode::StringIn:
      return unary(instr.a, {Pred::Kind::TextIn, Compare::Eq, 0, preds().text_set_of(instr.b)}, set);
    case Opcode::StringMatch:
      return unary(instr.a, {Pred::Kind::TextMatch, Compare::Eq, 0, preds().pattern_of(instr.b)}, set);
    case Opcode::VersionCompare: {
      const std::string_view version = model_.world().bundle.text(view_.Strings[instr.b]);
      return unary(instr.a, {Pred::Kind::VersionCompare, compare, 0, preds().text_set({version})}, set);
    }
    case Opcode::VersionIn:
      return unary(instr.a, {Pred::Kind::VersionIn, Compare::Eq, 0, preds().text_set_of(instr.b)}, set);
    case Opcode::Present:
      return present(instr.a, set);
    case Opcode::SignalIs:
      return model_.signal_is(direct(instr.a, set), static_cast<SignalState>(instr.aux));
    case Opcode::SetHasAnyText:
    case Opcode::SetHasAllText:
    case Opcode::SetHasAnyNumber:
    case Opcode::SetHasAllNumber:
    case Opcode::SetHasAnyVersion:
    case Opcode::SetHasAllVersion:
      return set_test(instr, set);
    case Opcode::SetEmpty:
      return empty(instr.a, set);
    case Opcode::InWindow:
      return model_.lit(model_.now_site(), {Pred::Kind::Window, Compare::Eq, 0, preds().window_of(instr.b)}, {});
    case Opcode::StringEqual:
      return equality(instr.a, instr.b, set, true);
    case Opcode::EnumEqual:
      return equality(instr.a, instr.b, set, false);
    case Opcode::VersionOrder:
      return version_order(instr.a, compare, instr.b, set);
    case Opcode::Linear:
      return linear_row(instr.b, 0, {}, compare, view_.Linears[instr.b].constant, set);
    case Opcode::Approvals:
      return model_.requirement(instr.b);
    case Opcode::True:
    case Opcode::False:
    case Opcode::Not:
    case Opcode::JumpIfFalse:
    case Opcode::JumpIfTrue:
    case Opcode::Any:
    case Opcode::All:
    case Opcode::Count:
    case Opcode::CountLimit:
      break;  // Handled by `read`.
  }
  GUARD_CHECK(false, "an instruction without a formula");
}

Formula KindModel::code(format::Range range) {
  const uint64_t key = uint64_t{range.first} << 32 | range.count;
  const auto found = known_code_.find(key);
  if (found != known_code_.end()) return found->second;
  const Formula formula = CodeReader(*this).read(range.first, range.first + range.count, kNoSite);
  known_code_.emplace(key, formula);
  return formula;
}

Formula KindModel::requirement(uint32_t requirement) {
  const Formula made = CodeReader(*this).requirement(world_.bundle.view().Requirements[requirement], false);
  const format::View& view = world_.bundle.view();
  const format::RequirementRow& row = view.Requirements[requirement];
  RequirementWords& words = requirements[made];
  words.count = row.count;
  words.from = world_.preds.texts(world_.preds.text_set_of(row.from));
  words.within_ns = row.within_ns;
  words.including_actor = row.including_actor != 0;
  words.excluding.clear();
  for (uint32_t i = 0; i < row.excluding.count; ++i) {
    words.excluding.push_back(SiteId{view.Indices[row.excluding.first + i]});
  }
  return made;
}

Formula KindModel::approver_is_actor(const format::RequirementRow& row) {
  return CodeReader(*this).requirement(row, true);
}

Formula KindModel::actor_alone() {
  const SiteId list{row_.approvals}, by = column_site(list, row_.approval_by);
  const Formula own = CodeReader(*this).equal(by, SiteId{row_.actor});
  return formulas.negation(formulas.persons(list, 1, formulas.negation(own)));
}

Formula KindModel::at_instant(Compare compare, int64_t instant) {
  return lit(now_site(), {Pred::Kind::NumberCompare, compare, instant, 0}, {});
}

Formula KindModel::present(SiteId id) {
  const Site& own = site(id);
  if (own.kind == SiteKind::Signal) return formulas.negation(signal_is(id, SignalState::Missing));
  if (!own.optional && own.parent == kNoSite) return kTrue;
  return lit(id, {}, place(id));
}

Formula KindModel::signal_is(SiteId id, SignalState state) {
  return lit(id, {Pred::Kind::NumberCompare, Compare::Eq, static_cast<int64_t>(state), 0}, place(id));
}

Formula KindModel::break_glass_runs(int64_t duration_ns) {
  CodeReader reader(*this);
  const SiteId at{row_.break_glass_at}, reason{row_.break_glass_reason};
  const uint32_t nothing = world_.preds.text_set({std::string_view{}});
  return formulas.all({present(SiteId{row_.break_glass}), reader.equal(SiteId{row_.break_glass_by}, SiteId{row_.actor}),
                       formulas.both(present(reason),
                                     formulas.negation(lit(reason, {Pred::Kind::TextIn, Compare::Eq, 0, nothing}, {}))),
                       reader.linear({{now_site(), 1}, {at, -1}}, Compare::Ge, 0),
                       reader.linear({{now_site(), 1}, {at, -1}}, Compare::Lt, duration_ns)});
}

}  // namespace guard::verify
