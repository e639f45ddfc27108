// One kind of a bundle as formulas: its sites, what their values can be, and any piece of its bytecode as a formula.
//
//   KindModel model(world, kind);
//   Formula fires = model.code(entry.match);      // decode everything that will be asked ...
//   auto closed = model.close();                  // ... then fix the classes of values
//
// INVARIANT: `code` is made from the bundle's bytecode alone (symbolic execution of the one flag and its forward
// jumps), so what is proved is said of what runs. Timestamps are seen by their age at the instant wherever every test
// of them is relative to it; the set then needs no clock arithmetic.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guardvm/bundle.hpp"
#include "verify/model/domain.hpp"
#include "verify/model/formula.hpp"
#include "verify/model/instant_domain.hpp"

namespace guard::verify {

namespace format = guardvm::format;

// What all kinds share: the bundle and the time that is spoken about.
struct World {
  World(const guardvm::Bundle& bundle_, int64_t as_of_ns);
  const guardvm::Bundle& bundle;
  const guardvm::Bundle* before = nullptr;  // of two that are compared, the older one
  int64_t as_of, from, to;  // the instants [from, to) of the bundle's horizon; `from` <= as_of < `to`
  Preds preds;
  WindowTable windows;
  // Per kind: leaves, and (list << 16 | column), that some test compares with an absolute time.
  std::vector<std::vector<uint32_t>> absolute;
};

enum class SiteKind : uint8_t { Scalar, Set, List, Presence, Signal, Element };
struct Site {
  SiteKind kind = SiteKind::Scalar;
  uint32_t leaf = 0;                                 // row of Leaves
  SiteId parent = kNoSite;                           // must be present for this one to be
  SiteId list = kNoSite;                             // a column: its list
  SiteId element = kNoSite;                          // Set: the site of its elements
  SiteId set = kNoSite;                              // Element: its set
  bool optional = false;                             // may be absent although its parent is present
  std::optional<std::pair<int64_t, int64_t>> range;  // of numbers, wider than the leaf's: another bundle's
  bool age = false;                                  // a timestamp, seen as instant minus value
  uint32_t domain = 0;                               // Scalar, Element, Signal, Presence (after close)
};

// A signal's state as a number of its domain.
enum class SignalState : uint8_t { Fresh, Missing, Stale };

// What a formula of a requirement says, for writing it down.
struct RequirementWords {
  uint32_t count = 0;
  std::vector<std::string_view> from;
  int64_t within_ns = -1;  // -1: any age
  std::vector<SiteId> excluding;
  bool including_actor = false;
};

class KindModel {
 public:
  KindModel(World& world, uint32_t kind);
  KindModel(const KindModel&) = delete;
  KindModel& operator=(const KindModel&) = delete;

  // The flag at the end of the code. REQUIRES: not closed yet.
  [[nodiscard]] Formula code(format::Range range);
  [[nodiscard]] Formula requirement(uint32_t requirement);
  // Some approval of the actor's own counts towards the requirement.
  [[nodiscard]] Formula approver_is_actor(const format::RequirementRow& row);
  [[nodiscard]] Formula actor_alone();                                 // All approvals are the actor's own.
  [[nodiscard]] Formula at_instant(Compare compare, int64_t instant);  // of `now`
  // The record is there, names the actor, gives a reason, and its time runs.
  [[nodiscard]] Formula break_glass_runs(int64_t duration_ns);
  [[nodiscard]] Formula present(SiteId site);
  [[nodiscard]] Formula signal_is(SiteId site, SignalState state);

  // Failure: a domain is too large.
  [[nodiscard]] Result<bool> close();

  Formulas formulas;
  std::map<Formula, RequirementWords> requirements;  // by the formula that `requirement` gave
  [[nodiscard]] World& world() const { return world_; }
  [[nodiscard]] uint32_t kind() const { return kind_; }
  [[nodiscard]] const format::KindRow& row() const { return row_; }
  [[nodiscard]] const Site& site(SiteId id) const { return sites_[static_cast<uint32_t>(id)]; }
  [[nodiscard]] size_t site_count() const { return sites_.size(); }
  [[nodiscard]] const format::LeafRow& leaf(SiteId id) const { return world_.bundle.view().Leaves[site(id).leaf]; }
  [[nodiscard]] SiteId leaf_site(uint32_t leaf) const { return SiteId{leaf}; }
  [[nodiscard]] SiteId column_site(SiteId list, uint32_t column) const;
  [[nodiscard]] SiteId now_site() const { return SiteId{row_.now}; }
  [[nodiscard]] Domain& domain(SiteId id) const { return *domains_[site(id).domain]; }
  [[nodiscard]] int64_t min_age() const;  // ages that a timestamp can have at every instant
  [[nodiscard]] int64_t max_age() const;
  [[nodiscard]] size_t class_count() const;
  [[nodiscard]] std::string path(SiteId id) const;  // as the author writes it
  [[nodiscard]] const std::vector<std::string>& unsupported() const { return unsupported_; }

 private:
  friend class CodeReader;
  friend class Joiner;
  void add_leaves();
  SiteId add_site(uint32_t leaf_row, SiteId list, const std::vector<SiteId>& siblings);
  void join(SiteId a, SiteId b);
  uint32_t root(uint32_t site);
  Formula lit(SiteId site, const Pred& pred, Formulas::Place place);
  [[nodiscard]] Formulas::Place place(SiteId site) const {
    return {this->site(site).list != kNoSite, this->site(site).kind == SiteKind::Element};
  }
  std::unique_ptr<Domain> make_domain(const Site& site);

  World& world_;
  uint32_t kind_;
  const format::KindRow& row_;
  std::vector<Site> sites_;
  std::vector<SiteId> first_column_;       // per leaf: of a list
  std::vector<uint32_t> joined_;           // union-find over sites that compare with each other
  std::vector<std::vector<PredId>> used_;  // per site
  std::vector<std::unique_ptr<Domain>> domains_;
  std::vector<std::string> unsupported_;
  bool clock_in_sums_ = false;                        // a sum reads the instant itself
  std::unordered_map<uint64_t, Formula> known_code_;  // code that was decoded before
};

}  // namespace guard::verify
