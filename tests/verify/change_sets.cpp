// Small changes of policy sets; see write_sets.hpp.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/property/adapter.hpp"
#include "tests/property/random.hpp"
#include "write_sets.hpp"

namespace guard::oracle {
namespace {

using property::GeneratedSet;
using property::Piece;
using property::Random;

// Both ways; the first four only widen the schema.
const std::vector<std::pair<std::string, std::string>> kWider = {
    {"n: int 0..3", "n: int 0..4"},
    {"{ dev, staging, prod }", "{ dev, staging, prod, test }"},
    {"{ low < mid < high }", "{ low < mid < high < top }"},
};
const std::vector<std::pair<std::string, std::string>> kEdits = {
    {" >= ", " > "},
    {" < ", " <= "},
    {" == ", " != "},
    {" and ", " or "},
    {"prod", "staging"},
    {"\n  deny", "\n  allow"},
    {"1 approval ", "2 approvals "},
    {"\"ops\"", "\"dba\""},
    {"24h", "48h"},
    {"starts with", "ends with"},
    {"has any", "has all"},
    {"default allow", "default deny"},
    {"(any ", "(all "},
    {"is missing", "is present"},
    {"if missing: ignore", "if missing: hold"},
    {"\n  mode shadow", ""},
    {"time in office", "time in freeze"},
    {"2027-02-01", "2027-06-01"},
    {"page = 1", "page = 2"},
    {"red", "green"},
    {"mid", "high"},
    {"> 0", "> 1"},
};

bool replace_one(Random& random, std::string& text, const std::string& from, const std::string& to) {
  std::vector<size_t> places;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) places.push_back(at);
  if (places.empty() || from.empty()) return false;
  text.replace(random.pick(places), from.size(), to);
  return true;
}

bool edit(Random& random, GeneratedSet& set) {
  const size_t how = random.below(10);
  const auto policy_piece = [&]() -> Piece* {
    std::vector<Piece*> all;
    for (Piece& piece : set.pieces)
      if (piece.section == 1 && !piece.fixed) all.push_back(&piece);
    return all.empty() ? nullptr : random.pick(all);
  };
  Piece* piece = policy_piece();
  if (!piece) return false;
  if (how == 0) {
    set.pieces.erase(set.pieces.begin() + (piece - set.pieces.data()));
    return true;
  }
  if (how == 1) {
    const auto& [narrow, wide] = random.pick(kWider);
    for (Piece& one : set.pieces)
      if (one.section == 0 && replace_one(random, one.text, narrow, wide)) return true;
    return false;
  }
  std::string from, to;
  std::tie(from, to) = random.pick(kEdits);
  if (random.chance(50) && !to.empty()) std::swap(from, to);
  if (from.starts_with("default"))
    return std::any_of(set.pieces.begin(), set.pieces.end(),
                       [&](Piece& one) { return one.section == 0 && replace_one(random, one.text, from, to); });
  return replace_one(random, piece->text, from, to);
}

}  // namespace

GeneratedSet change_set(const GeneratedSet& set, uint64_t seed) {
  Random random(seed);
  if (random.chance(12)) {
    GeneratedSet out = set;
    std::vector<Piece> policy;
    std::erase_if(out.pieces, [&](const Piece& piece) {
      if (piece.section == 1 && !piece.fixed) policy.push_back(piece);
      return piece.section == 1 && !piece.fixed;
    });
    random.shuffle(policy);
    out.pieces.insert(out.pieces.end(), policy.begin(), policy.end());
    return out;
  }
  for (int attempt = 0; attempt < 200; ++attempt) {
    GeneratedSet out = set;
    if (!edit(random, out) || (random.chance(30) && !edit(random, out))) continue;
    std::string reasons;
    if (property::compile(out.files(), reasons)) return out;
  }
  return set;
}

}  // namespace guard::oracle
