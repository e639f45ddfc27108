// The index of a kind with few bit positions: rows of bits in memory of their own, each a whole number of blocks, which
// are intersected whole, without looking where something is left and without a jump that depends on the action.
//
// A class dim has a row per class. A multi dim has a row of the entries that ask nothing of it, one of those that want
// some atom not to be true, and for each source of truth (Classes::Few) a row of the entries that one of its atoms lets
// pass and a row of those that one stops.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "classify/classify.hpp"

namespace guardvm {

class ShortRows {
 public:
  static constexpr uint32_t kMostWords = 64;

  // COST: what the rows take, at most 1 MiB. False: the kind has more bit positions, or its rows would take more.
  bool build(const format::View& view, const format::KindRow& kind, const AtomTable& atoms);

  // Writes the positions of the bits that no dim rules out, ascending, and gives their number. A multi dim with more
  // true atoms than are listed rules nothing out: the caller asks it. `any_time`: nor does one that depends on time.
  // REQUIRES: room for kRoom more than there are candidates.
  size_t find(const Classes& classes, bool any_time, uint32_t* positions) {
    return (this->*way_)(classes, any_time, positions);
  }
  static constexpr size_t kRoom = 4;

 private:
  static constexpr uint32_t kBlockWords = 4;
  struct alignas(32) Block {
    uint64_t words[kBlockWords];
  };
  struct Dim {
    uint32_t dim;
    uint32_t rows;  // first block of the first row; multi dims: that of the entries that ask nothing, then the negative
    bool uses_time;
  };
  uint32_t add_row(const uint64_t* words);
  void add_word(uint32_t row, uint32_t word, uint64_t bits);
  void add_sources(const format::View& view, const format::DimRow& row, uint32_t dim, const AtomTable& atoms);
  template <uint32_t kBlocks, uint32_t kUsed>
  void intersect(const Classes& classes, bool any_time);
  size_t find_all(const Classes& classes, bool any_time, uint32_t* positions);
  // The same with what the processor has.
  size_t find_baseline(const Classes& classes, bool any_time, uint32_t* positions);
  size_t find_avx2(const Classes& classes, bool any_time, uint32_t* positions);

  size_t (ShortRows::*way_)(const Classes& classes, bool any_time, uint32_t* positions) = &ShortRows::find_baseline;

  uint32_t words_ = 0;   // of the bundle's rows
  uint32_t blocks_ = 0;  // of a row
  uint32_t all_ = 0;     // first block of the row of all candidates
  std::vector<Block> rows_;
  std::vector<Dim> class_dims_, multi_dims_;
  std::vector<uint32_t> source_rows_;  // per source: first block of its two rows; empty rows when no atom asks for it
  std::vector<Block> left_, passed_, stopped_;
};

}  // namespace guardvm
