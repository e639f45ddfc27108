// Classification: one look at each attribute tells everything the index needs to know of it.
//
// A class dim gets one class id; a multi dim gets the set of its true atoms. All from the bundle's tables (hash, affixes,
// automata, cuts); the work per attribute does not depend on how many rules test it.
#pragma once
#include <cstdint>
#include <vector>

#include "decide/evaluate.hpp"

namespace guardvm {

[[nodiscard]] constexpr bool is_multi(format::Classifier c) {
  return c == format::Classifier::TextAtoms || c == format::Classifier::SetAtoms || c == format::Classifier::Windows;
}

// The classes of one action, per dim of its kind. Buffers are reused.
class Classes {
 public:
  // Room for every dim of every kind of the view: later calls do not allocate.
  void reserve(const format::View& view);
  void classify(const Facts& facts);
  [[nodiscard]] uint32_t class_of(uint32_t dim) const { return class_[dim]; }
  [[nodiscard]] const uint32_t* atoms(uint32_t dim) const { return atoms_.data() + first_[dim]; }
  [[nodiscard]] uint32_t atom_count(uint32_t dim) const { return class_[dim]; }

 private:
  void add_atom(uint32_t atom);
  void text_atoms(const Facts& facts, const format::DimRow& dim, std::string_view text);
  void set_atoms(const Facts& facts, const format::DimRow& dim, const Slot& slot);

  std::vector<uint32_t> class_;  // class id, or number of atoms
  std::vector<uint32_t> first_;  // multi dims: first in atoms_
  std::vector<uint32_t> atoms_;
  std::vector<uint64_t> seen_;   // bit per atom of the dim at hand
};

}  // namespace guardvm
