// The box engine: a box is a set of values per variable. Terms that a box decides are dropped or end it; a literal cuts
// the box; of a disjunction one part after the other is tried, smallest first.
//
// What the box decides about a term stays so in every box inside it, and is kept until the search leaves the box.
//
// SOUND: a part that was tried without success is not tried again under the later ones, so every solution lies in
// exactly the boxes that are searched; Impossible is said only when all are done. COST: at most kMaxBoxes boxes.
#include <algorithm>

#include "verify/solve/engine.hpp"

namespace guard::verify {
namespace {

constexpr uint64_t kMaxBoxes = 4000;

class Search {
 public:
  explicit Search(const Problem& problem)
      : problem_(problem), known_(problem.size(), Truth::Open), asked_(problem.size(), 0) {
    for (const Variable& variable : problem.variables) {
      first_.push_back(static_cast<uint32_t>(box_.size()));
      Mask mask = full_mask(variable.values);
      const uint32_t offset = variable.absent ? 1 : 0;
      for (uint32_t i = 0; i < variable.intervals.size(); ++i) {  // A value without a number is none.
        if (variable.intervals[i].empty()) mask[(i + offset) / 64] &= ~(uint64_t{1} << ((i + offset) % 64));
      }
      empty_ = empty_ || std::all_of(mask.begin(), mask.end(), [](uint64_t word) { return word == 0; });
      box_.insert(box_.end(), mask.begin(), mask.end());
    }
    first_.push_back(static_cast<uint32_t>(box_.size()));
  }

  Verdict run() {
    if (empty_) return Verdict::Impossible;
    if (problem_.has_sums() && reads_sums()) return Verdict::Unknown;
    std::vector<Open> open;
    for (const TermId term : problem_.required) open.push_back({term, 0, {}});
    if (!search(std::move(open))) return exhausted_ ? Verdict::Unknown : Verdict::Impossible;
    return Verdict::Possible;
  }

  void take(Assignment& solution) const {
    for (size_t v = 0; v < problem_.variables.size(); ++v) {
      uint32_t chosen = 0;
      for (const uint32_t value : problem_.variables[v].order) {
        if ((box_[first_[v] + value / 64] >> (value % 64) & 1) == 0) continue;
        chosen = value;
        break;
      }
      solution.values.push_back(chosen);
      const Variable& variable = problem_.variables[v];
      const uint32_t offset = variable.absent ? 1 : 0;
      const bool number = !variable.intervals.empty() && chosen >= offset;
      solution.numbers.push_back(number ? variable.intervals[chosen - offset][0].low : 0);
    }
  }

 private:
  // A term that must hold; of a disjunction or a count only the children from `skip` on are left to try.
  struct Open {
    TermId term;
    uint32_t skip;
    std::vector<TermId> rest;  // AtLeast after a branch: the children that are left
    uint32_t need = 0;
  };
  enum class Truth : uint8_t { False, Open, True };

  bool reads_sums() const {
    return problem_.any_below(problem_.required, [](const Term& term) { return term.op == Term::Op::Linear; });
  }

  Truth literal(const Term& term) const {
    const Mask& mask = problem_.mask(term.row);
    bool some = false, all = true;
    for (size_t i = 0; i < mask.size(); ++i) {
      const uint64_t own = box_[first_[term.variable] + i];
      some = some || (own & mask[i]) != 0;
      all = all && (own & ~mask[i]) == 0;
    }
    return all ? Truth::True : (some ? Truth::Open : Truth::False);
  }

  Truth truth(TermId id) {
    const auto at = static_cast<uint32_t>(id);
    if (known_[at] != Truth::Open || asked_[at] == box_number_) return known_[at];
    asked_[at] = box_number_;
    const Truth own = evaluate(problem_.term(id));
    if (own == Truth::Open) return own;
    known_[at] = own;
    decided_.push_back(at);
    return own;
  }

  Truth evaluate(const Term& term) {
    switch (term.op) {
      case Term::Op::False:
        return Truth::False;
      case Term::Op::True:
        return Truth::True;
      case Term::Op::Lit:
        return literal(term);
      case Term::Op::And: {
        bool open = false;
        for (const TermId child : term.children) {
          const Truth own = truth(child);
          if (own == Truth::False) return Truth::False;
          open = open || own == Truth::Open;
        }
        return open ? Truth::Open : Truth::True;
      }
      case Term::Op::Or: {
        bool open = false;
        for (const TermId child : term.children) {
          const Truth own = truth(child);
          if (own == Truth::True) return Truth::True;
          open = open || own == Truth::Open;
        }
        return open ? Truth::Open : Truth::False;
      }
      case Term::Op::AtLeast: {
        uint32_t yes = 0, maybe = 0;
        for (const TermId child : term.children) {
          const Truth own = truth(child);
          yes += own == Truth::True ? 1 : 0;
          maybe += own == Truth::Open ? 1 : 0;
        }
        if (yes >= term.row) return Truth::True;
        return yes + maybe < term.row ? Truth::False : Truth::Open;
      }
      case Term::Op::Linear:
        break;
    }
    return Truth::Open;
  }

  bool cut(const Term& term) {
    const Mask& mask = problem_.mask(term.row);
    bool left = false;
    for (size_t i = 0; i < mask.size(); ++i) {
      uint64_t& word = box_[first_[term.variable] + i];
      if ((word & ~mask[i]) != 0) {
        changed_ = true;
        ++box_number_;
      }
      word &= mask[i];
      left = left || word != 0;
    }
    return left;
  }

  // Back to an earlier box: what was decided since is open again.
  void restore(const std::vector<uint64_t>& box, size_t decided) {
    box_ = box;
    ++box_number_;
    for (size_t i = decided; i < decided_.size(); ++i) known_[decided_[i]] = Truth::Open;
    decided_.resize(decided);
  }

  // Adds what the term asks to `out`, or cuts the box. False: the term cannot hold.
  bool narrow(Open item, std::vector<Open>& out) {
    const Term& term = problem_.term(item.term);
    switch (term.op) {
      case Term::Op::False:
        return false;
      case Term::Op::True:
        return true;
      case Term::Op::Lit:
        return cut(term);
      case Term::Op::And:
        for (const TermId child : term.children) {
          if (!narrow({child, 0, {}}, out)) return false;
        }
        return true;
      case Term::Op::Or: {
        const std::vector<TermId>& children = item.need == 1 ? item.rest : term.children;
        std::vector<TermId> left;
        for (const TermId child : children) {
          const Truth own = truth(child);
          if (own == Truth::True) return true;
          if (own == Truth::Open) left.push_back(child);
        }
        if (left.empty()) return false;
        if (left.size() == 1) return narrow({left[0], 0, {}}, out);
        out.push_back({item.term, 0, std::move(left), 1});
        return true;
      }
      case Term::Op::AtLeast: {
        uint32_t need = item.rest.empty() ? term.row : item.need;
        std::vector<TermId> left;
        for (const TermId child : item.rest.empty() ? term.children : item.rest) {
          const Truth own = truth(child);
          if (own == Truth::True && --need == 0) return true;
          if (own == Truth::Open) left.push_back(child);
        }
        if (left.size() < need) return false;
        if (left.size() > need) {
          out.push_back({item.term, 0, std::move(left), need});
          return true;
        }
        for (const TermId child : left) {
          if (!narrow({child, 0, {}}, out)) return false;
        }
        return true;
      }
      case Term::Op::Linear:
        break;
    }
    return false;
  }

  bool search(std::vector<Open> open) {
    if (++boxes_ > kMaxBoxes) exhausted_ = true;
    if (exhausted_) return false;
    do {
      changed_ = false;
      std::vector<Open> next;
      for (Open& item : open) {
        if (!narrow(std::move(item), next)) return false;
      }
      open = std::move(next);
    } while (changed_);
    if (open.empty()) return true;
    // The item with the fewest parts.
    const auto best = std::min_element(open.begin(), open.end(), [](const Open& a, const Open& b) {
      return a.rest.size() - a.need < b.rest.size() - b.need;
    });
    const Open chosen = std::move(*best);
    open.erase(best);
    const std::vector<uint64_t> before = box_;
    const size_t decided = decided_.size();
    const bool either = problem_.term(chosen.term).op == Term::Op::Or;
    std::vector<Open> first = open;
    if (!either) first.push_back({chosen.term, 0, rest_of(chosen), chosen.need - 1});
    first.push_back({chosen.rest[0], 0, {}});
    if (!either && chosen.need == 1) first.erase(first.end() - 2);
    if (search(std::move(first))) return true;
    restore(before, decided);
    // Without the first part: a literal among it is false from here on.
    if (!exclude(chosen.rest[0])) return false;
    open.push_back({chosen.term, 0, rest_of(chosen), chosen.need});
    return search(std::move(open));
  }

  static std::vector<TermId> rest_of(const Open& item) { return {item.rest.begin() + 1, item.rest.end()}; }

  // What is known when the term does not hold: of a literal its complement, of a disjunction that of each part.
  bool exclude(TermId id) {
    const Term& term = problem_.term(id);
    if (term.op == Term::Op::Or) {
      return std::all_of(term.children.begin(), term.children.end(), [&](TermId child) { return exclude(child); });
    }
    if (term.op != Term::Op::Lit) return true;
    const Mask& mask = problem_.mask(term.row);
    bool left = false;
    for (size_t i = 0; i < mask.size(); ++i) {
      uint64_t& word = box_[first_[term.variable] + i];
      if ((word & mask[i]) != 0) ++box_number_;
      word &= ~mask[i];
      left = left || word != 0;
    }
    return left;
  }

  const Problem& problem_;
  std::vector<uint32_t> first_;
  std::vector<uint64_t> box_;
  std::vector<Truth> known_;       // per term
  std::vector<uint32_t> asked_;    // per term: the box in which it was asked last
  std::vector<uint32_t> decided_;  // terms that are not open, in order
  uint32_t box_number_ = 1;
  uint64_t boxes_ = 0;
  bool exhausted_ = false, changed_ = false, empty_ = false;
};

}  // namespace

Verdict BoxEngine::solve(const Problem& problem, Assignment& solution) {
  Search search(problem);
  const Verdict verdict = search.run();
  if (verdict == Verdict::Possible) search.take(solution);
  return verdict;
}

}  // namespace guard::verify
