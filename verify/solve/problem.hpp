// A finite problem: variables with a few values each, and terms over them that must all hold.
//
// Terms are monotone over literals (no negation): a literal says that a variable's value is one of a set. Engines give
// one value per variable, or say that there are none.
//
// A solution may have to be one of texts too: flags say which predicates a text satisfies, and whether there are such
// texts is no term. `Solver` asks it of each solution, and adds what makes it impossible to `lemmas`.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "verify/model/domain.hpp"

namespace guard::verify {

enum class TermId : uint32_t {};
inline constexpr TermId kFalseTerm = TermId{0};
inline constexpr TermId kTrueTerm = TermId{1};
using Mask = std::vector<uint64_t>;  // a bit per value

struct Variable {
  uint32_t values = 0;
  // Numbers, when a sum reads it: per value (without `absent`) the numbers it stands for.
  std::vector<std::vector<Interval>> intervals;
  bool absent = false;
  std::vector<uint32_t> order;  // values, the readable ones first
};

struct Term {
  enum class Op : uint8_t { False, True, Lit, And, Or, AtLeast, Linear };
  Op op = Op::False;
  bool negated = false;   // Linear
  uint32_t variable = 0;  // Lit
  uint32_t row = 0;       // Lit: mask; AtLeast: how many; Linear: sum
  std::vector<TermId> children;
};

struct GroundSum {
  std::vector<std::pair<uint32_t, int64_t>> terms;  // variable, coefficient
  partition::Compare compare = partition::Compare::Eq;
  __int128 constant = 0;
};

// A text that no class stands for. Of the texts of one search, each is another one.
struct FreeText {
  TextSearch* search = nullptr;
  uint32_t first_flag = 0;       // variables of two values: whether it satisfies the predicates of `matches`
  std::vector<PredId> matches;   // TextMatch
  std::vector<PredId> excluded;  // TextIn: it is none of their constants
  bool late = false;             // only approvals and signals have it as a value
};

struct Assignment {
  std::vector<uint32_t> values;       // per variable
  std::vector<int64_t> numbers;       // per variable: of those that sums read
  std::map<uint32_t, int64_t> exact;  // numbers of variables that are to be shown as just these
};

class Problem {
 public:
  Problem();
  std::vector<Variable> variables;
  std::vector<GroundSum> sums;
  std::vector<TermId> required;  // all of them
  std::vector<FreeText> texts;
  std::vector<TermId> lemmas;  // required too: what is known of the texts

  [[nodiscard]] const Term& term(TermId id) const { return terms_[static_cast<uint32_t>(id)]; }
  [[nodiscard]] const Mask& mask(uint32_t row) const { return masks_[row]; }
  [[nodiscard]] size_t size() const { return terms_.size(); }
  [[nodiscard]] bool has_sums() const { return !sums.empty(); }

  [[nodiscard]] TermId lit(uint32_t variable, Mask mask);
  [[nodiscard]] TermId all(std::vector<TermId> children);
  [[nodiscard]] TermId any(std::vector<TermId> children);
  [[nodiscard]] TermId at_least(uint32_t count, std::vector<TermId> children);
  [[nodiscard]] TermId sum(GroundSum sum, bool negated);
  // The term with each literal and sum replaced by what `leaf` gives for it. COST: the terms below it, each once.
  using Leaf = std::function<TermId(TermId)>;
  [[nodiscard]] TermId rewrite(TermId term, const Leaf& leaf);
  // The term when the marked variables have the values and numbers of the solution.
  [[nodiscard]] TermId fix(TermId term, const std::vector<bool>& marked, const Assignment& solution);
  // What must hold in the end: `required` and `lemmas`.
  [[nodiscard]] std::vector<TermId> all_required() const;
  // Whether the term is true in a full assignment, or when `leaf` says which literals and sums are.
  [[nodiscard]] bool holds(TermId term, const Assignment& solution) const;
  [[nodiscard]] bool holds_where(TermId term, const std::function<bool(const Term&)>& leaf) const;
  [[nodiscard]] bool leaf_holds(const Term& leaf, const Assignment& solution) const;
  // Whether `is` holds of one of the terms, or of one below them; each is asked once, until it does.
  [[nodiscard]] bool any_below(const std::vector<TermId>& terms, const std::function<bool(const Term&)>& is) const;
  // The term's opposite.
  [[nodiscard]] TermId opposite(TermId term);

 private:
  TermId add(Term term);
  TermId make_opposite(TermId term);
  TermId rewrite(TermId term, const Leaf& leaf, std::unordered_map<uint32_t, TermId>& known);
  std::vector<Term> terms_;
  std::vector<Mask> masks_;
  std::map<Mask, uint32_t> known_masks_;
  std::map<std::pair<uint32_t, uint32_t>, TermId> known_lits_;
  std::unordered_map<uint32_t, TermId> known_opposites_;
};

enum class Verdict : uint8_t { Possible, Impossible, Unknown };

[[nodiscard]] inline Mask empty_mask(uint32_t values) { return Mask((values + 63) / 64, 0); }
inline void set_bit(Mask& mask, uint32_t bit) { mask[bit / 64] |= uint64_t{1} << (bit % 64); }
[[nodiscard]] inline bool has_bit(const Mask& mask, uint32_t bit) { return (mask[bit / 64] >> (bit % 64) & 1) != 0; }
[[nodiscard]] Mask full_mask(uint32_t values);

}  // namespace guard::verify
