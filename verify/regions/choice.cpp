// Cells of a group in words: a short disjunction of conjunctions of its tests, or a short conjunction of disjunctions.
//
// SOUND: every conjunction lies inside the wanted cells and together they have all of them; the other form is the same
//   of the cells that are not wanted, from outside.
#include "verify/regions/choice.hpp"

#include <algorithm>
#include <tuple>

namespace guard::verify {

Chooser::Chooser(KindModel& model, Words& words, AtomGroups& atoms, const AtomGroup& group)
    : model_(model), atoms_(atoms), sets_(atoms.sets()), group_(group) {
  // By attribute, and constants as they ascend, whichever of two bundles they were read from first.
  std::vector<Formula> atoms_in_order = group.atoms;
  const auto key = [&](Formula atom) {
    const Node& node = model.formulas[atom];
    if (node.op != Op::Lit) return std::tuple(sites_of(model, atom)[0], Pred::Kind::Present, int64_t{0});
    const Pred& pred = model.world().preds[PredId{node.b}];
    return std::tuple(SiteId{node.a}, pred.kind, pred.number);
  };
  std::stable_sort(atoms_in_order.begin(), atoms_in_order.end(), [&](Formula a, Formula b) { return key(a) < key(b); });
  for (const Formula atom : atoms_in_order) {
    for (Literal& literal : words.literals(atom)) {
      const Diagram cells = atoms.points(literal.formula, group.cells);
      tests_.push_back({std::move(literal), cells, tests_.size()});
    }
  }
  // What is said in fewer words is kept longer.
  std::stable_sort(tests_.begin(), tests_.end(), [](const Test& a, const Test& b) {
    return a.literal.guards.size() + (a.literal.negative ? 1 : 0) <
           b.literal.guards.size() + (b.literal.negative ? 1 : 0);
  });
}

Diagram Chooser::together(const Part& part, bool conjunction) {
  Diagram out = conjunction ? group_.cells : kNone;
  for (const size_t t : part) {
    out = conjunction ? sets_.both(out, tests_[t].cells) : sets_.either(out, tests_[t].cells);
  }
  return out;
}

bool Chooser::fits(Diagram whole, Diagram wanted, bool conjunction) {
  return conjunction ? sets_.inside(whole, wanted) : sets_.inside(wanted, whole);
}

// All tests that are true of the cell (a conjunction), or that are not (a disjunction), less those it does not need.
Chooser::Part Chooser::one(const std::vector<bool>& cell, Diagram wanted, bool conjunction) {
  Part part;
  for (size_t t = 0; t < tests_.size(); ++t) {
    if (sets_.has(tests_[t].cells, group_.bits, cell) == conjunction) part.push_back(t);
  }
  GUARD_CHECK(fits(together(part, conjunction), wanted, conjunction), "a region that no condition says");
  for (const size_t t : part) {
    if (fits(tests_[t].cells, wanted, conjunction)) return {t};
  }
  std::vector<Diagram> before{together({}, conjunction)};  // what the first ones say together
  for (const size_t t : part) {
    before.push_back(conjunction ? sets_.both(before.back(), tests_[t].cells)
                                 : sets_.either(before.back(), tests_[t].cells));
  }
  Part needed;
  Diagram behind = together({}, conjunction);
  for (size_t i = part.size(); i > 0; --i) {
    const Diagram others = conjunction ? sets_.both(before[i - 1], behind) : sets_.either(before[i - 1], behind);
    if (fits(others, wanted, conjunction)) continue;
    needed.push_back(part[i - 1]);
    const Diagram own = tests_[part[i - 1]].cells;
    behind = conjunction ? sets_.both(behind, own) : sets_.either(behind, own);
  }
  std::reverse(needed.begin(), needed.end());
  return needed;
}

// Per part the tests in it. `any`: a disjunction of conjunctions.
std::vector<Chooser::Part> Chooser::parts(Diagram wanted, bool any) {
  const Diagram all = any ? wanted : sets_.minus(group_.cells, wanted);
  const auto left = [&](Diagram cells, Diagram whole) {
    return any ? sets_.minus(cells, whole) : sets_.both(cells, whole);
  };
  std::vector<Part> out;
  std::vector<Diagram> wholes;
  for (Diagram open = all; open != kNone; open = left(open, wholes.back())) {
    out.push_back(one(sets_.first(open, group_.bits), wanted, any));
    wholes.push_back(together(out.back(), any));
  }
  // Those that the others make needless.
  for (size_t i = out.size(); i > 0; --i) {
    Diagram rest = all;
    for (size_t other = 0; other < out.size(); ++other) {
      if (other != i - 1) rest = left(rest, wholes[other]);
    }
    if (rest != kNone) continue;
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(i - 1));
    wholes.erase(wholes.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
  for (Part& part : out) {
    std::sort(part.begin(), part.end(), [&](size_t a, size_t b) { return tests_[a].order < tests_[b].order; });
  }
  std::sort(out.begin(), out.end(), [&](const Part& a, const Part& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [&](size_t x, size_t y) { return tests_[x].order < tests_[y].order; });
  });
  return out;
}

Choice Chooser::write(const std::vector<Part>& parts, bool any) const {
  Choice choice;
  std::vector<std::string> texts;
  std::vector<Formula> formulas;
  // Tests of one attribute against constants, alone in their parts, are one `in`.
  std::vector<bool> done(parts.size(), false);
  for (size_t i = 0; i < parts.size(); ++i) {
    std::vector<Formula> own;
    for (const size_t t : parts[i]) own.push_back(tests_[t].literal.formula);
    formulas.push_back(any ? model_.formulas.all(own) : model_.formulas.any(own));
    if (done[i]) continue;
    Part same{i};
    const Literal& first = tests_[parts[i][0]].literal;
    for (size_t j = i + 1; j < parts.size() && parts[i].size() == 1 && !first.subject.empty(); ++j) {
      const Literal& other = tests_[parts[j][0]].literal;
      if (parts[j].size() != 1 || other.subject != first.subject || other.guards != first.guards) continue;
      if (first.negative == any || other.negative == any) continue;
      same.push_back(j);
      done[j] = true;
    }
    if (same.size() == 1) {
      texts.push_back(part_text(parts[i], any, parts.size() > 1));
      continue;
    }
    std::string text;
    for (const std::string& guard : first.guards) text += guard + " and ";
    text += first.subject + (first.negative ? " not in { " : " in { ");
    for (size_t j = 0; j < same.size(); ++j) text += (j > 0 ? ", " : "") + tests_[parts[same[j]][0]].literal.constant;
    texts.push_back(text + " }");
  }
  for (size_t i = 0; i < texts.size(); ++i) choice.text += (i > 0 ? (any ? " or " : " and ") : "") + texts[i];
  choice.alternatives = any ? texts.size() > 1 : (parts.size() == 1 && parts[0].size() > 1);
  choice.formula = any ? model_.formulas.any(formulas) : model_.formulas.all(formulas);
  return choice;
}

// The words of a plain enum: `x == a`, `x in { a, b }`, or without one of them. Nothing: it is none, its absence is
// among the cells, or one test says it.
std::optional<Choice> Chooser::listed(Diagram wanted) {
  if (group_.sites.size() != 1) return std::nullopt;
  const SiteId id = group_.sites[0];
  const format::LeafRow& leaf = model_.leaf(id);
  if (model_.site(id).kind != SiteKind::Scalar || leaf.type != format::Type::Enum) return std::nullopt;
  for (const Test& test : tests_) {
    if (test.cells == wanted) return std::nullopt;
  }
  const guardvm::Bundle& bundle = model_.world().bundle;
  const format::Range range = bundle.view().Enums[leaf.enum_id].words;
  std::vector<std::string> in, out;
  std::vector<Formula> formulas;
  Diagram met = kNone;
  for (uint32_t w = 0; w < range.count; ++w) {
    std::vector<Formula> all;
    for (const Formula atom : group_.atoms) {
      if (model_.formulas[atom].op != Op::Lit) return std::nullopt;
      const bool own = model_.world().preds.holds(PredId{model_.formulas[atom].b}, {true, w, {}});
      all.push_back(own ? atom : model_.formulas.negation(atom));
    }
    const Formula word = model_.formulas.all(all);
    const Diagram cell = atoms_.points(word, group_.cells);
    const bool is_wanted = sets_.meet(cell, wanted);
    (is_wanted ? in : out).emplace_back(bundle.text(bundle.view().Strings[range.first + w]));
    if (!is_wanted || sets_.meet(cell, met)) continue;
    met = sets_.either(met, cell);
    formulas.push_back(word);
  }
  if (met != wanted) return std::nullopt;  // also absent
  const std::string path = model_.path(id);
  Choice choice;
  choice.formula = model_.formulas.any(formulas);
  if (model_.site(id).optional) choice.text = path + " is present and ";
  if (out.size() == 1 && in.size() > 1) {
    choice.text += path + " != " + out[0];
  } else if (in.size() == 1) {
    choice.text += path + " == " + in[0];
  } else {
    choice.text += path + " in { ";
    for (size_t i = 0; i < in.size(); ++i) choice.text += (i > 0 ? ", " : "") + in[i];
    choice.text += " }";
  }
  return choice;
}

std::string Chooser::part_text(const Part& part, bool conjunction, bool beside) const {
  std::vector<std::string> texts;
  for (const size_t t : part) {
    std::string own;
    for (const std::string& guard : tests_[t].literal.guards) {
      if (!conjunction) {
        own += guard + " and ";
      } else if (std::find(texts.begin(), texts.end(), guard) == texts.end()) {
        texts.push_back(guard);
      }
    }
    own += tests_[t].literal.text;
    if (std::find(texts.begin(), texts.end(), own) == texts.end()) texts.push_back(std::move(own));
  }
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) out += (i > 0 ? (conjunction ? " and " : " or ") : "") + texts[i];
  return !conjunction && beside && texts.size() > 1 ? "(" + out + ")" : out;
}

Choice Chooser::choose(Diagram wanted) {
  if (const std::optional<Choice> listed = this->listed(wanted)) return *listed;
  const std::vector<Part> any = parts(wanted, true), all = parts(wanted, false);
  const auto length = [](const std::vector<Part>& parts) {
    size_t total = 0;
    for (const Part& part : parts) total += part.size();
    return total;
  };
  const bool first = length(any) <= length(all);
  return write(first ? any : all, first);
}

}  // namespace guard::verify
