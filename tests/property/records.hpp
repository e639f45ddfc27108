// Random action records for a checked policy set, as JSON text, and records broken on purpose.
//
// Values are drawn from the set's own constants and their neighbours, instants from the boundaries of its windows, and
// values of one type from each other, so that conditions go both ways.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/model.hpp"
#include "random.hpp"
#include "tests/reference/record.hpp"

namespace guard::property {

struct GeneratedRecord {
  std::string json;
  reference::Options options;  // kind, at and strict
};

class RecordSource {
 public:
  // REQUIRES: the set outlives the source.
  RecordSource(const check::PolicySet& set, uint64_t seed);

  [[nodiscard]] GeneratedRecord next();
  // A record with something wrong in it, usually.
  [[nodiscard]] GeneratedRecord broken();

 private:
  // What a leaf's values are drawn from.
  struct Pool {
    std::vector<int64_t> numbers;
    std::vector<std::string> texts;
  };
  struct KindPools {
    std::map<std::string, Pool> by_place;  // "3", "3.1" for a column
    std::vector<int64_t> ages;             // durations that conditions add to timestamps
    std::vector<int64_t> instants;
    std::vector<std::string> groups;
  };
  struct Json;  // a JSON value under construction

  void collect(size_t kind);
  void collect_condition(KindPools& pools, const check::Condition& c, const std::string& list);
  void collect_operand(KindPools& pools, const check::Operand& operand, const check::Condition& c,
                       const std::string& list);
  void collect_instants(KindPools& pools, size_t kind);

  int64_t number(const check::Type& type, const Pool& pool, check::TypeKind kind);
  int64_t instant_near(const KindPools& pools);
  std::string text(const Pool& pool, bool version);
  std::string version_near(const std::string& version);
  std::string scalar_json(const check::Leaf& leaf, check::TypeKind kind, const Pool& pool, const KindPools& pools);
  std::string timestamp_json(int64_t ns);
  std::string spoiled(check::TypeKind kind);
  std::string string_json(const std::string& text);
  std::string leaf_json(const check::Leaf& leaf, const std::string& place, const KindPools& pools);
  std::string row_json(const check::Leaf& list, const std::string& place, const KindPools& pools, bool approvals);
  void leaves_json(const std::vector<check::Leaf>& leaves, const std::string& prefix, const KindPools& pools,
                   Json& root, bool approvals);
  void put(Json& root, const std::vector<std::string>& path, std::string scalar);
  std::string print(Json& json);
  std::string space();
  std::string person();

  const check::PolicySet& set_;
  Random random_;
  std::vector<KindPools> pools_;
  // Of the record being made:
  const check::Kind* kind_ = nullptr;
  int64_t now_ = 0;
  bool odd_layout_ = false;
  // What is to be wrong in it: a value of this type, or no kind.
  std::optional<check::TypeKind> spoil_;
  bool without_kind_ = false;
  std::vector<std::string> recent_texts_, recent_versions_;
  std::vector<int64_t> recent_numbers_;
  std::string actor_;
};

}  // namespace guard::property
