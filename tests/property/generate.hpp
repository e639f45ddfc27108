// Random policy sets as source text: every feature of the language, small domains so that rules meet.
//
//   GeneratedSet set = generate_set(seed);
//   auto files = set.files();      // what a compiler gets; data files among them
//
// A set is kept in pieces so that a failing one can be shrunk by leaving pieces out. Every set type-checks: one that
// does not is a bug of the generator.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace guard::property {

struct Piece {
  size_t section = 0;  // 0: the schema; then the policies
  std::string text;
  bool fixed = false;  // never left out: the section's head
  size_t group = 0;    // pieces of one group are left out together; 0: alone
};

struct GeneratedSet {
  uint64_t seed = 0;
  std::vector<Piece> pieces;
  std::vector<std::pair<std::string, std::string>> data_files;

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> files() const;
};

[[nodiscard]] GeneratedSet generate_set(uint64_t seed);

// The small family (small_sets.cpp), by index, and every action of one of its kinds.
[[nodiscard]] size_t small_set_count();
[[nodiscard]] GeneratedSet small_set(size_t index);
[[nodiscard]] std::vector<std::string> small_records(const std::string& kind);

}  // namespace guard::property
