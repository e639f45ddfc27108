// The values that attributes take in the enumeration: enough of them that every combination of truths that any value
// could give is given by one of these. Chosen from the text of the conditions and by asking the reference evaluator;
// nothing here knows the product's partition.
//
// Numbers: a small range whole, else every constant with its neighbours and both ends. Strings: every short string over
// the letters of the constants, and joined constants; of strings that no condition tells apart a few are kept (as many
// as attributes that are compared with each other, so that they can be equal and different). Sets: all subsets of such
// elements. Lists: as many rows as the quantifiers can count, of all combinations of columns that they tell apart.
#pragma once
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "places.hpp"
#include "tests/reference/record.hpp"

namespace guard::oracle {

// A set outside what the oracle can enumerate; the caller leaves it out and counts it.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Choice {
  reference::Value value;
  bool relative = false;  // the number is added to the instant
};

class Domains {
 public:
  // REQUIRES: the set outlives the domains.
  Domains(const check::PolicySet& set, check::KindId kind);

  // The present values of an attribute that is not the instant, a Presence or Signal leaf, or the approvals list.
  [[nodiscard]] std::vector<Choice> of_leaf(uint32_t leaf);
  [[nodiscard]] bool is_read(uint32_t leaf) const;
  // Instants at which an attribute whose age is asked can no longer, or can now, lie on one side of a constant too.
  [[nodiscard]] std::vector<int64_t> age_thresholds();
  [[nodiscard]] const std::vector<PlacedAtom>& atoms() const { return atoms_; }

 private:
  struct Component {
    std::vector<Place> places;
    bool ordered = false;  // versions compared with each other
    bool keys = false;     // a key of a lookup that is compared with another attribute
  };
  void join(const Place& a, const Place& b);
  [[nodiscard]] Component* component_of(const Place& place);
  [[nodiscard]] const check::Leaf& leaf_of(const Place& place) const;
  [[nodiscard]] std::vector<Choice> values(const Place& place);
  [[nodiscard]] std::vector<Choice> numbers(const Place& place, const check::Type& type);
  [[nodiscard]] std::vector<std::string> texts(const Place& place, bool version);
  [[nodiscard]] std::vector<std::string> candidates(const Component& component, bool version) const;
  [[nodiscard]] std::string signature(const Component& component, const std::string& text) const;
  [[nodiscard]] std::vector<Choice> sets(const Place& place, const check::Type& type);
  [[nodiscard]] std::vector<Choice> lists(uint32_t leaf);
  [[nodiscard]] std::vector<std::vector<reference::Value>> rows(uint32_t leaf);
  [[nodiscard]] size_t counted(const Place& place) const;

  const check::PolicySet& set_;
  const check::Kind& kind_;
  std::vector<PlacedAtom> atoms_;
  std::vector<Component> components_;
  std::map<Place, std::vector<std::string>> known_texts_;
  std::set<int64_t> thresholds_;  // filled by `numbers`
};

}  // namespace guard::oracle
