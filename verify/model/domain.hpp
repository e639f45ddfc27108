// What the values of a site can be, as classes that no predicate on it tells apart, with as many members as are asked.
//
// Sites that compare with each other share one domain. `use` every predicate, `close`, then ask. Classes of ordered
// domains ascend. A class with fewer members than asked for has no more.
//
// Patterns can be too many for classes. Those are open: a class of one string still tells whether it matches, the class
// of many does not, and texts are searched for when a question speaks of such a pattern.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "partition/class_set.hpp"
#include "verify/model/predicates.hpp"

namespace guard::verify {

using partition::ClassSet;
using partition::Value;

class TextSearch;

struct Interval {  // of numbers, both ends included
  int64_t low = 0, high = 0;
};

class Domain {
 public:
  Domain() = default;
  Domain(const Domain&) = delete;
  Domain& operator=(const Domain&) = delete;
  virtual ~Domain() = default;

  virtual void use(PredId pred) = 0;
  // Failure: a budget was hit; says which.
  [[nodiscard]] virtual Result<bool> close() = 0;
  [[nodiscard]] uint32_t classes() const { return classes_; }
  [[nodiscard]] ClassSet all() const { return {0, classes_}; }
  // The classes whose values satisfy the predicate: all of their values. REQUIRES: closed; the predicate was used.
  [[nodiscard]] const ClassSet& of(PredId pred);
  // Those of which some value may satisfy it: the same unless the predicate is open.
  [[nodiscard]] virtual ClassSet possible(PredId pred) { return of(pred); }
  [[nodiscard]] virtual bool is_open(PredId /*pred*/) const { return false; }
  // Of strings, else nullptr.
  [[nodiscard]] virtual TextSearch* search() { return nullptr; }
  // At least min(count, size of the class) different values, the readable ones first.
  [[nodiscard]] virtual const std::vector<Value>& members(uint32_t cls, size_t count) = 0;
  // Different texts of one precedence: elements of a set of versions. Others: as members.
  [[nodiscard]] virtual std::vector<Value> spellings(uint32_t cls, size_t count) { return members(cls, count); }
  // Smaller is shown first: the policy's own literals, small before large.
  [[nodiscard]] uint64_t preference(uint32_t cls);
  // Whether smaller classes are always shown first.
  [[nodiscard]] virtual bool prefers_first() const { return false; }
  // Numbers only: the values of a class.
  [[nodiscard]] virtual std::vector<Interval> intervals(uint32_t cls) const;
  [[nodiscard]] virtual bool ordered() const = 0;

 protected:
  [[nodiscard]] virtual ClassSet evaluate(PredId pred) = 0;
  [[nodiscard]] virtual uint64_t preference_of(uint32_t cls) const = 0;
  uint32_t classes_ = 0;

 private:
  std::unordered_map<uint32_t, ClassSet> known_;
  std::vector<uint64_t> preferences_;
};

struct Bounds {
  int64_t min = INT64_MIN, max = INT64_MAX;
  std::vector<int64_t> steps = {1};  // values that are multiples of an earlier step read better
};
[[nodiscard]] std::unique_ptr<Domain> make_number_domain(const Preds& preds, Bounds bounds);
[[nodiscard]] std::unique_ptr<Domain> make_version_domain(const Preds& preds);
[[nodiscard]] std::unique_ptr<Domain> make_text_domain(const Preds& preds);

// Instants of [from, to), told apart by windows and constants.
class WindowTable;
[[nodiscard]] std::unique_ptr<Domain> make_instant_domain(const Preds& preds, WindowTable& windows, int64_t from,
                                                          int64_t to);

}  // namespace guard::verify
