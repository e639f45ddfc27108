// The reference evaluator: the language's second, independent meaning.
//
//   std::string json = guard::reference::decide(set, record, options);
//
// It evaluates the checked policy set directly and prints the decision as one line of JSON. It is naive on purpose: it
// shares nothing with the lowering, the emitter or the runtime, so that an agreement says something. `Evaluator` does
// the same for many records of one set and remembers what depends on the set alone.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "check/model.hpp"
#include "record.hpp"
#include "ruling.hpp"
#include "time_search.hpp"

namespace guard::reference {

// What a decision was made from, for those who count or explain.
struct Trace {
  Record record;
  std::optional<Evaluation> evaluation;  // the record was read
  std::optional<Ruling> ruling;          // the same; may be an error
  std::string error;                     // its code, or empty
};

class Evaluator {
 public:
  // REQUIRES: the set outlives the evaluator.
  explicit Evaluator(const check::PolicySet& set);

  [[nodiscard]] std::string decide(std::string_view record_json, const Options& options, Trace* trace = nullptr);

  // The steps of `decide`, for those who want to look inside.
  [[nodiscard]] Record read(std::string_view record_json, const Options& options) const;
  // REQUIRES: the record has no error.
  [[nodiscard]] Evaluation evaluation(const Record& record) const;
  [[nodiscard]] std::string to_json(const Record& record, const Evaluation& evaluation, const Ruling& ruling,
                                    const Options& options);

 private:
  WindowTimeline& timeline(check::KindId kind);
  [[nodiscard]] std::string missing_json(const Evaluation& evaluation, const Ruling& ruling, bool with_opens);
  [[nodiscard]] std::string opens_json(const Evaluation& evaluation, const check::Condition& until);
  // What valid_until compares.
  [[nodiscard]] std::string essence(const Evaluation& evaluation, const Ruling& ruling);

  const check::PolicySet& set_;
  RecordReader reader_;
  std::map<check::KindId, WindowTimeline> timelines_;
};

[[nodiscard]] std::string decide(const check::PolicySet& set, std::string_view record_json, const Options& options);

}  // namespace guard::reference
