// Cells of a group in words: a short disjunction of conjunctions of its tests, or a short conjunction of disjunctions.
//
// SOUND: every conjunction lies inside the wanted cells and together they have all of them; the other form is the same
//   of the cells that are not wanted, from outside.
#include <algorithm>
#include <optional>

#include "verify/regions/regions.hpp"

namespace guard::verify {
namespace {

using Cells = std::vector<bool>;
using Indices = std::vector<size_t>;

struct Test {
  Literal literal;
  Cells cells;       // where it is true
  size_t order = 0;  // attributes as they are declared, constants as they ascend
};

bool inside(const Cells& a, const Cells& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] && !b[i]) return false;
  }
  return true;
}

class Chooser {
 public:
  Chooser(KindModel& model, Words& words, const AtomGroup& group, const Cells& wanted) : wanted_(wanted) {
    for (const Formula atom : group.atoms) {
      for (Literal& literal : words.literals(atom)) {
        Test test{std::move(literal), {}, tests_.size()};
        for (const AtomGroup::Cell& cell : group.cells) {
          test.cells.push_back(group.holds(model.formulas, test.literal.formula, cell));
        }
        tests_.push_back(std::move(test));
      }
    }
    // What is said in fewer words is kept longer.
    std::stable_sort(tests_.begin(), tests_.end(), [](const Test& a, const Test& b) {
      return a.literal.guards.size() + (a.literal.negative ? 1 : 0) <
             b.literal.guards.size() + (b.literal.negative ? 1 : 0);
    });
  }

  // Per part the tests in it. `any`: a disjunction of conjunctions.
  std::vector<Indices> parts(bool any) const {
    std::vector<Indices> out;
    Cells open = wanted_;
    if (!any) open.flip();
    for (size_t c = 0; c < open.size(); ++c) {
      if (!open[c]) continue;
      Indices part = one(c, any);
      const Cells whole = together(part, any);
      for (size_t i = 0; i < open.size(); ++i) open[i] = open[i] && whole[i] != any;
      out.push_back(std::move(part));
    }
    // Those that the others make needless.
    for (size_t i = out.size(); i > 0; --i) {
      Cells rest = wanted_;
      if (!any) rest.flip();
      for (size_t other = 0; other < out.size(); ++other) {
        if (other == i - 1) continue;
        const Cells whole = together(out[other], any);
        for (size_t c = 0; c < rest.size(); ++c) rest[c] = rest[c] && whole[c] != any;
      }
      if (std::find(rest.begin(), rest.end(), true) == rest.end())
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
    for (Indices& part : out)
      std::sort(part.begin(), part.end(), [&](size_t a, size_t b) { return order(a) < order(b); });
    std::sort(out.begin(), out.end(), [&](const Indices& a, const Indices& b) {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                          [&](size_t x, size_t y) { return order(x) < order(y); });
    });
    return out;
  }

  Choice write(KindModel& model, const std::vector<Indices>& parts, bool any) const {
    Choice choice;
    std::vector<std::string> texts;
    std::vector<Formula> formulas;
    // Tests of one attribute against constants, alone in their parts, are one `in`.
    std::vector<bool> done(parts.size(), false);
    for (size_t i = 0; i < parts.size(); ++i) {
      std::vector<Formula> own;
      for (const size_t t : parts[i]) own.push_back(tests_[t].literal.formula);
      formulas.push_back(any ? model.formulas.all(own) : model.formulas.any(own));
      if (done[i]) continue;
      Indices same{i};
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
    choice.formula = any ? model.formulas.any(formulas) : model.formulas.all(formulas);
    return choice;
  }

  // The words of a plain enum: `x == a`, `x in { a, b }`, or without one of them. Nothing: it is none, its absence is
  // among the cells, or one test says it.
  std::optional<Choice> listed(KindModel& model, const AtomGroup& group) const {
    if (group.sites.size() != 1) return std::nullopt;
    const SiteId id = group.sites[0];
    const format::LeafRow& leaf = model.leaf(id);
    if (model.site(id).kind != SiteKind::Scalar || leaf.type != format::Type::Enum) return std::nullopt;
    for (const Test& test : tests_) {
      if (test.cells == wanted_) return std::nullopt;
    }
    const guardvm::Bundle& bundle = model.world().bundle;
    const format::Range range = bundle.view().Enums[leaf.enum_id].words;
    std::vector<std::string> in, out;
    std::vector<Formula> formulas;
    std::vector<bool> met(wanted_.size(), false);
    for (uint32_t w = 0; w < range.count; ++w) {
      AtomGroup::Cell own;
      for (const Formula atom : group.atoms) {
        if (model.formulas[atom].op != Op::Lit) return std::nullopt;
        own.push_back(model.world().preds.holds(PredId{model.formulas[atom].b}, {true, w, {}}));
      }
      const auto at = static_cast<size_t>(std::find(group.cells.begin(), group.cells.end(), own) - group.cells.begin());
      GUARD_CHECK(at < wanted_.size(), "a word that is in no cell");
      (wanted_[at] ? in : out).emplace_back(bundle.text(bundle.view().Strings[range.first + w]));
      if (!wanted_[at] || met[at]) continue;
      met[at] = true;
      std::vector<Formula> all;
      for (size_t a = 0; a < group.atoms.size(); ++a) {
        all.push_back(own[a] ? group.atoms[a] : model.formulas.negation(group.atoms[a]));
      }
      formulas.push_back(model.formulas.all(all));
    }
    if (met != wanted_) return std::nullopt;  // also absent
    const std::string path = model.path(id);
    Choice choice;
    choice.formula = model.formulas.any(formulas);
    if (model.site(id).optional) choice.text = path + " is present and ";
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

 private:
  size_t order(size_t test) const { return tests_[test].order; }

  Cells together(const Indices& part, bool conjunction) const {
    Cells out(wanted_.size(), conjunction);
    for (const size_t t : part) {
      for (size_t c = 0; c < out.size(); ++c) {
        out[c] = conjunction ? out[c] && tests_[t].cells[c] : out[c] || tests_[t].cells[c];
      }
    }
    return out;
  }

  // All tests that are true of the cell (a conjunction), or that are not (a disjunction), less those it does not need.
  Indices one(size_t cell, bool conjunction) const {
    Indices part;
    for (size_t t = 0; t < tests_.size(); ++t) {
      if (tests_[t].cells[cell] == conjunction) part.push_back(t);
    }
    const auto fits = [&](const Indices& tests) {
      const Cells whole = together(tests, conjunction);
      return conjunction ? inside(whole, wanted_) : inside(wanted_, whole);
    };
    GUARD_CHECK(fits(part), "a region that no condition says");
    for (const size_t t : part) {
      if (fits({t})) return {t};
    }
    for (size_t i = part.size(); i > 0; --i) {
      Indices fewer = part;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i - 1));
      if (fits(fewer)) part = std::move(fewer);
    }
    return part;
  }

  std::string part_text(const Indices& part, bool conjunction, bool beside) const {
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

  const Cells& wanted_;
  std::vector<Test> tests_;
};

size_t length(const std::vector<Indices>& parts) {
  size_t total = 0;
  for (const Indices& part : parts) total += part.size();
  return total;
}

}  // namespace

Choice choose_words(KindModel& model, Words& words, const AtomGroup& group, const std::vector<bool>& cells) {
  const Chooser chooser(model, words, group, cells);
  if (const std::optional<Choice> listed = chooser.listed(model, group)) return *listed;
  const std::vector<Indices> any = chooser.parts(true), all = chooser.parts(false);
  const bool first = length(any) <= length(all);
  return chooser.write(model, first ? any : all, first);
}

}  // namespace guard::verify
