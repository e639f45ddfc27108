// From a formula of a kind to a finite problem that has a solution exactly when some action satisfies the formula.
//
// SOUND (small models): the classes of each site are merged to the cells that the formula's own predicates tell apart.
//   Sites that compare with each other share their cells, and each cell offers as many different members as there are
//   such sites, so every pattern of equalities and orders is there. A set needs per cell as many elements as the
//   greatest count asked of it, plus one; a list as many rows as its quantifiers and requirements need together to be
//   true or false: taking all other rows away changes none of them.
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
  uint32_t rank = 0;  // equal values have one rank; ordered groups ascend
  uint32_t cls = 0;   // of the domain
};

// What the variables of a problem stand for.
struct Grounding {
  Problem problem;
  struct Instance {
    SiteId site;
    uint32_t row = kNoRow;         // of the list, for columns and elements of their sets
    uint32_t group = kNoRow;       // Scalar, Presence, Signal, Element: into `groups`
    uint32_t variable = kNoRow;    // Scalar, Presence, Signal; Set, List: its presence, kNoRow when it is always there
    uint32_t first_flag = kNoRow;  // Set: one flag variable per value of its elements' group; List: one per row
    uint32_t flags = 0;
  };
  std::vector<Instance> instances;  // by site, then row
  std::vector<std::vector<GroupValue>> groups;
  [[nodiscard]] const Instance* find(SiteId site, uint32_t row) const;
  std::map<std::pair<SiteId, uint32_t>, uint32_t> index;
};

class Grounder {
 public:
  explicit Grounder(KindModel& model) : model_(model) {}
  [[nodiscard]] std::unique_ptr<Grounding> ground(const std::vector<Formula>& required);
  // Of the last problem: whether a value of the group stands for the class as well.
  [[nodiscard]] bool stands_for(uint32_t group, uint32_t value, uint32_t cls) const;

 private:
  struct SiteUse {
    std::vector<PredId> preds;
    uint32_t need = 1;  // Element: members per cell that counts ask for
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
    std::vector<ClassSet> sets;  // per cell
    std::vector<uint32_t> cell_of_value;
    std::map<PredId, std::vector<bool>> truth;  // per cell
  };

  void collect(Formula f);
  void touch(SiteId site);
  void join(SiteId a, SiteId b);
  SiteId group_root(SiteId site);
  void make_groups();
  void make_cells(uint32_t group);
  void fill_cells(uint32_t group, const std::vector<ClassSet>& cells);
  void make_variables();
  void add_variable(SiteId site, uint32_t row);
  void add_structure();
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
  std::map<SiteId, bool> ordered_;        // roots of groups that an Order joins
  std::map<SiteId, uint32_t> list_rows_;  // rows that a list needs
  std::vector<bool> seen_;
  std::vector<Cells> cells_;
  std::vector<std::vector<std::vector<Interval>>> intervals_;  // per group and cell, of numbers
  std::unordered_map<Key, TermId, HashKey> built_;
};

}  // namespace guard::verify
