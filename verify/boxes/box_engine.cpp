// The box engine: a box is a set of values per variable, and a range of numbers per variable that sums read. Terms that
// a box decides are dropped or end it; a literal cuts the box, and a sum its ranges; of a disjunction one part after
// the other is tried, smallest first; of a sum that is left at the end one number, then the others.
//
// What the box decides about a term stays so in every box inside it, and is kept until the search leaves the box.
//
// SOUND: a part that was tried without success is not tried again under the later ones, so every solution lies in
// exactly the boxes that are searched; Impossible is said only when all are done. COST: at most kMaxBoxes boxes.
#include <algorithm>

#include "verify/boxes/ranges.hpp"
#include "verify/solve/engine.hpp"

namespace guard::verify {
namespace {

constexpr uint64_t kMaxBoxes = 1000;
// Ranges that sums cut (`a < b`, `b < a`) can shrink by one a time: after so many rounds they are left as they are.
constexpr uint32_t kMaxRounds = 16;

class Search {
 public:
  explicit Search(const Problem& problem)
      : problem_(problem), ranges_(problem), known_(problem.size(), Truth::Open), asked_(problem.size(), 0) {
    for (const Variable& variable : problem.variables) {
      first_.push_back(static_cast<uint32_t>(box_.size()));
      const Mask mask = full_mask(variable.values);
      box_.insert(box_.end(), mask.begin(), mask.end());
    }
    first_.push_back(static_cast<uint32_t>(box_.size()));
  }

  Verdict run() {
    for (uint32_t v = 0; v < problem_.variables.size(); ++v) {
      if (!agree(v)) return Verdict::Impossible;
    }
    std::vector<Open> open;
    for (const TermId term : problem_.all_required()) open.push_back({term});
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
      solution.numbers.push_back(ranges_.number(static_cast<uint32_t>(v), chosen));
    }
  }

 private:
  // A term that must hold. Of a disjunction or a count that was looked at before: how many of the children must hold
  // that are left, which stand in `children_`.
  struct Open {
    TermId term;
    uint32_t need = 0;  // 0: it was not looked at
    uint32_t first = 0, count = 0;
  };
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
    return ranges_.truth(problem_.sums[term.row], term.negated);
  }

  // The variable's values and its range fit together: values without a number in it are gone, and it ends where they
  // end. False: nothing is left.
  bool agree(uint32_t v) {
    const std::span<uint64_t> values(&box_[first_[v]], first_[v + 1] - first_[v]);
    return ranges_.agree(v, values);
  }

  // Keeps the values that are in the mask, or those that are not.
  bool cut(const Term& term, bool inside) {
    const Mask& mask = problem_.mask(term.row);
    bool less = false, left = false;
    for (size_t i = 0; i < mask.size(); ++i) {
      uint64_t& word = box_[first_[term.variable] + i];
      const uint64_t kept = word & (inside ? mask[i] : ~mask[i]);
      less = less || kept != word;
      word = kept;
      left = left || word != 0;
    }
    if (!less) return left;
    changed_ = true;
    ++box_number_;
    return left && agree(term.variable);
  }

  bool cut_ranges(const GroundSum& sum, bool negated) {
    touched_.clear();
    if (!ranges_.cut(sum, negated, touched_)) return false;
    if (touched_.empty()) return true;
    changed_ = changed_ || rounds_ < kMaxRounds;
    ++box_number_;
    return std::all_of(touched_.begin(), touched_.end(), [&](uint32_t v) { return agree(v); });
  }

  struct Box {
    std::vector<uint64_t> values;
    Ranges ranges;
    size_t decided;
  };
  [[nodiscard]] Box here() const { return {box_, ranges_, decided_.size()}; }
  // Back to an earlier box: what was decided since is open again.
  void restore(const Box& box) {
    box_ = box.values;
    ranges_ = box.ranges;
    ++box_number_;
    for (size_t i = box.decided; i < decided_.size(); ++i) known_[decided_[i]] = Truth::Open;
    decided_.resize(box.decided);
  }

  // Adds what the term asks to `out`, or cuts the box. False: the term cannot hold.
  bool narrow(const Open& item, std::vector<Open>& out) {
    const Term& term = problem_.term(item.term);
    switch (term.op) {
      case Term::Op::False:
        return false;
      case Term::Op::True:
        return true;
      case Term::Op::Lit:
        return cut(term, true);
      case Term::Op::And:
        return std::all_of(term.children.begin(), term.children.end(),
                           [&](TermId child) { return narrow({child}, out); });
      case Term::Op::Or:
      case Term::Op::AtLeast:
        return narrow_some(item, term, out);
      case Term::Op::Linear:
        break;
    }
    const GroundSum& sum = problem_.sums[term.row];
    if (!cut_ranges(sum, term.negated)) return false;
    const Truth own = truth(item.term);
    if (own == Truth::Open) out.push_back({item.term});
    return own != Truth::False;
  }

  // Of a disjunction or a count: which children are left, and what must hold when that many must.
  bool narrow_some(const Open& item, const Term& term, std::vector<Open>& out) {
    const bool known = item.need > 0;
    const auto count = known ? item.count : static_cast<uint32_t>(term.children.size());
    const auto child = [&](uint32_t i) { return known ? children_[item.first + i] : term.children[i]; };
    Open left{item.term, known ? item.need : (term.op == Term::Op::Or ? 1 : term.row)};
    left.first = static_cast<uint32_t>(children_.size());
    for (uint32_t i = 0; i < count; ++i) {
      const TermId own = child(i);
      const Truth is = truth(own);
      if (is == Truth::True && --left.need == 0) {
        children_.resize(left.first);
        return true;
      }
      if (is == Truth::Open) children_.push_back(own);
    }
    left.count = static_cast<uint32_t>(children_.size()) - left.first;
    if (left.count < left.need) return false;
    if (left.count > left.need) {
      if (known && left.count == count) {  // as it was
        children_.resize(left.first);
        left = item;
      }
      out.push_back(left);
      return true;
    }
    for (uint32_t i = 0; i < left.count; ++i) {
      if (!narrow({children_[left.first + i]}, out)) return false;
    }
    return true;
  }

  // Searches the box in which the terms must hold. What it noted in `children_` is gone afterwards.
  bool search(std::vector<Open> open) {
    const size_t before = children_.size();
    const bool found = search_box(std::move(open));
    children_.resize(before);
    return found;
  }

  bool search_box(std::vector<Open> open) {
    if (++boxes_ > kMaxBoxes) exhausted_ = true;
    if (exhausted_) return false;
    rounds_ = 0;
    do {
      changed_ = false;
      ++rounds_;
      std::vector<Open> next;
      for (const Open& item : open) {
        if (!narrow(item, next)) return false;
      }
      open = std::move(next);
    } while (changed_);
    if (open.empty()) return true;
    // The item with the fewest parts; sums come last.
    const auto parts = [](const Open& item) { return item.need == 0 ? UINT32_MAX : item.count - item.need; };
    const auto best =
        std::min_element(open.begin(), open.end(), [&](const Open& a, const Open& b) { return parts(a) < parts(b); });
    if (best->need == 0) return search_sum(problem_.term(best->term), std::move(open));
    const Open chosen = *best;
    const TermId tried = children_[chosen.first];
    open.erase(best);
    const Box before = here();
    std::vector<Open> first = open;
    if (chosen.need > 1) first.push_back({chosen.term, chosen.need - 1, chosen.first + 1, chosen.count - 1});
    first.push_back({tried});
    if (search(std::move(first))) return true;
    restore(before);
    // Without the first part: a literal among it is false from here on.
    if (!exclude(tried)) return false;
    open.push_back({chosen.term, chosen.need, chosen.first + 1, chosen.count - 1});
    return search(std::move(open));
  }

  // What is known when the term does not hold: of a literal its complement, of a disjunction that of each part.
  bool exclude(TermId id) {
    const Term& term = problem_.term(id);
    if (term.op == Term::Op::Or) {
      return std::all_of(term.children.begin(), term.children.end(), [&](TermId child) { return exclude(child); });
    }
    if (term.op != Term::Op::Lit) return true;
    return cut(term, false);
  }

  // Of a sum that is open: the number of one variable that favours it, then all others.
  bool search_sum(const Term& term, std::vector<Open> open) {
    const Ranges::Pick pick = ranges_.pick(problem_.sums[term.row], term.negated);
    const Box before = here();
    for (const bool just : {true, false}) {
      ranges_.keep(pick, just);
      ++box_number_;
      if (agree(pick.variable) && search(open)) return true;
      restore(before);
    }
    return false;
  }

  const Problem& problem_;
  std::vector<uint32_t> first_;
  std::vector<uint64_t> box_;
  Ranges ranges_;
  std::vector<TermId> children_;   // of open terms, those that are left
  std::vector<uint32_t> touched_;  // variables whose range became smaller
  std::vector<Truth> known_;       // per term
  std::vector<uint32_t> asked_;    // per term: the box in which it was asked last
  std::vector<uint32_t> decided_;  // terms that are not open, in order
  uint32_t box_number_ = 1;
  uint64_t boxes_ = 0;
  uint32_t rounds_ = 0;
  bool exhausted_ = false, changed_ = false;
};

}  // namespace

Verdict BoxEngine::solve(const Problem& problem, Assignment& solution) {
  Search search(problem);
  const Verdict verdict = search.run();
  if (verdict == Verdict::Possible) search.take(solution);
  return verdict;
}

}  // namespace guard::verify
