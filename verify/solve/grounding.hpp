// From a formula of a kind to a finite problem that has a solution exactly when some action satisfies the formula.
//
// SOUND (small models): the classes of each site are merged to the cells that the formula's own predicates tell apart.
//   Sites that compare with each other share their cells, and each cell offers as many different members as there are
//   such sites, so every pattern of equalities and orders is there. A set needs per cell as many elements as the
//   greatest count asked of it, plus one; a list as many rows as its quantifiers and requirements need together to be
//   true or false: taking all other rows away changes none of them.
// SOUND (texts): where a question speaks of a pattern that classes do not tell (Domain::is_open), the constants that it
//   names are values as before, and every other string is a free text: one per place of the sites, rows and elements of
//   the group, all different, each with a flag per pattern (Problem::texts). More are not needed: no action has more
//   strings in the places that are asked about.
// SOUND (approvals): requirements look at one group, one age and the person of an approval. When nothing else asks
// about
//   the list, any set of approvals is as good as one approval per person, group and age that it has; so its rows are
//   these triples, each there or not. Persons are those that an attribute names, and strangers: as many as the
//   requirements of two and more need together, at least one. Someone who serves a requirement of one can be the same
//   person as any other stranger: uniting two persons makes no requirement met that was not.
// SOUND (symmetry): members of a cell that is not ordered can change places, so the i-th site uses one of its first i.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "verify/model/kind_model.hpp"
#include "verify/solve/problem.hpp"

namespace guard::verify {

inline constexpr uint32_t kNoRow = 0xffffffffu;

// One value that sites of a group can have.
struct GroupValue {
  Value value;
  uint32_t rank = 0;       // equal values have one rank; ordered groups ascend
  uint32_t cls = 0;        // of the domain
  uint32_t member = 0;     // the how manieth of its cell
  uint32_t text = kNoRow;  // of Problem::texts: a free text, whose value is empty here
};

// What the variables of a problem stand for.
struct Grounding {
  Problem problem;
  std::vector<TermId> structure;  // of `required`: what holds of every action
  struct Instance {
    SiteId site;
    uint32_t row = kNoRow;         // of the list, for columns and elements of their sets
    uint32_t group = kNoRow;       // Scalar, Presence, Signal, Element: into `groups`
    uint32_t variable = kNoRow;    // Scalar, Presence, Signal; Set, List: its presence, kNoRow when it is always there
    uint32_t first_flag = kNoRow;  // Set: one flag variable per value of its elements' group; List: one per row
    uint32_t flags = 0;
    uint32_t fixed = kNoRow;  // of a list of fixed rows: the value of the group that it has, or the set's one element
  };
  std::vector<Instance> instances;  // by site, then row
  std::vector<std::vector<GroupValue>> groups;
  std::vector<uint32_t> named;  // per group: members from this one on are used by rows of lists only
  [[nodiscard]] const Instance* find(SiteId site, uint32_t row) const;
  std::map<std::pair<SiteId, uint32_t>, uint32_t> index;
};

class Grounder {
 public:
  explicit Grounder(KindModel& model) : model_(model) {}
  [[nodiscard]] std::unique_ptr<Grounding> ground(const std::vector<Formula>& required);
  // The same, and the terms of further formulas, which are not required; with the variables and values that the
  // formulas `beside` need as well.
  [[nodiscard]] std::unique_ptr<Grounding> ground(const std::vector<Formula>& required,
                                                  const std::vector<Formula>& further, std::vector<TermId>& terms,
                                                  const std::vector<Formula>& beside = {});
  // Of the last problem: whether a value of the group stands for the class as well.
  [[nodiscard]] bool stands_for(uint32_t group, uint32_t value, uint32_t cls) const;
  // Of the last problem: all classes that the value stands for.
  [[nodiscard]] const ClassSet& classes(uint32_t group, uint32_t value) const {
    return cells_[group].sets[cells_[group].cell_of_value[value]];
  }

 private:
  struct SiteUse {
    std::vector<PredId> preds;
    uint32_t need = 1;      // Element: members per cell that counts ask for
    uint32_t together = 1;  // Element: members that all counts ask for
    bool number = false;
    uint32_t group = kNoRow;
  };
  struct Key {
    Formula f;
    bool positive;
    uint32_t row, element;
    bool operator==(const Key&) const = default;
  };
  struct HashKey {
    size_t operator()(const Key& k) const {
      uint64_t h = static_cast<uint64_t>(k.f) * 0x9e3779b97f4a7c15u + (k.positive ? 1 : 0);
      h = (h ^ k.row) * 0xff51afd7ed558ccdu;
      h = (h ^ (h >> 31) ^ k.element) * 0xc4ceb9fe1a85ec53u;
      return static_cast<size_t>(h ^ (h >> 33));
    }
  };
  struct Cells {  // of one group
    std::vector<SiteId> sites;
    bool related = false, runs = false;
    uint32_t scalars = 0;        // sites of the action that are compared
    std::vector<ClassSet> sets;  // per cell
    std::vector<uint32_t> cell_of_value;
    std::map<PredId, std::vector<bool>> truth;  // per cell
    uint32_t strangers = 0;                     // the cell of persons of whom nothing is asked; kNoRow: all cells
    bool open = false;                          // the last cell is that of the free texts
    std::vector<PredId> matches, excluded;      // open: as in FreeText
  };

  void collect(Formula f);
  void touch(SiteId site);
  void join(SiteId a, SiteId b);
  SiteId group_root(SiteId site);
  void make_groups();
  void make_cells(uint32_t group);
  void fill_cells(uint32_t group, const std::vector<ClassSet>& cells);
  [[nodiscard]] bool has_strangers(const Cells& cells, uint32_t cell) const {
    return cells.strangers == kNoRow || cells.strangers == cell;
  }
  void add_texts(uint32_t group);
  void add_text_flags();
  void make_variables();
  void add_variable(SiteId site, uint32_t row);
  void add_structure();
  void add_symmetry(uint32_t variable, SiteId site, uint32_t row);
  void choose_fixed_list();
  void make_fixed_rows();
  [[nodiscard]] bool is_late(SiteId site) const;
  [[nodiscard]] TermId satisfies(uint32_t group, uint32_t value, PredId pred, bool positive);
  [[nodiscard]] bool is_fixed(SiteId list) const { return fixed_list_ == list; }
  [[nodiscard]] uint32_t rows_of(SiteId site) const;
  [[nodiscard]] bool can_be_absent(SiteId site) const;

  Grounding::Instance& instance(SiteId site, uint32_t row);
  TermId present(SiteId site, uint32_t row, bool positive);
  TermId build(Formula f, bool positive, uint32_t row, uint32_t element);
  TermId make(const Node& node, bool positive, uint32_t row, uint32_t element);
  TermId make_lit(const Node& node, bool positive, uint32_t row, uint32_t element);
  TermId make_relation(const Node& node, bool positive, uint32_t row, uint32_t element);
  TermId make_sum(const Node& node, bool positive, uint32_t row);
  TermId make_count(const Node& node, bool positive, uint32_t row);
  TermId make_persons(const Node& node, bool positive);
  template <typename Child>
  TermId counted(Compare compare, uint32_t limit, uint32_t size, bool positive, const Child& child);
  [[nodiscard]] uint32_t row_for(SiteId site, uint32_t row) const {
    return model_.site(site).list == kNoSite ? kNoRow : row;
  }

  KindModel& model_;
  std::unique_ptr<Grounding> out_;
  std::map<SiteId, SiteUse> uses_;
  std::map<SiteId, SiteId> joined_;
  std::map<SiteId, bool> ordered_;  // roots of groups that an Order joins
  struct ListUse {
    uint32_t rows = 0;       // that quantifiers and requirements need together
    uint32_t strangers = 0;  // of requirements of two or more
    bool quantified = false, persons = false;
  };
  struct FixedRow {
    uint32_t person = kNoRow, group = 0, at = 0;  // values of the columns' groups
  };
  std::map<SiteId, ListUse> lists_;
  SiteId fixed_list_ = kNoSite;  // the approvals, when only requirements ask about them
  std::vector<FixedRow> fixed_rows_;
  std::vector<uint32_t> seen_;  // per formula: the turn that saw it last
  uint32_t turn_ = 0;
  std::vector<Cells> cells_;
  std::vector<std::vector<std::vector<Interval>>> intervals_;  // per group and cell, of numbers
  std::unordered_map<Key, TermId, HashKey> built_;
};

}  // namespace guard::verify
