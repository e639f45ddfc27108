// Tests in the words of the language, as a policy's author writes them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "verify/model/kind_model.hpp"

namespace guard::verify {

// A condition of one test, and the actions for which the language calls it true.
struct Literal {
  Formula formula = kTrue;          // where it is true: also the guards hold, and the signals that it reads are fresh
  std::vector<std::string> guards;  // `x is present`, to stand beside it; from the outside in
  std::string text;
  // `x == a` and `x != a` by their parts, so that several can be one `in`. Empty: none of these.
  std::string subject, constant;
  bool negative = false;
};

class Words {
 public:
  explicit Words(KindModel& model);
  // The test, and its opposite.
  [[nodiscard]] std::vector<Literal> literals(Formula atom);

 private:
  struct Text {
    std::string yes, no;            // the test and its opposite
    std::string subject, constant;  // yes is `subject == constant`
  };
  [[nodiscard]] Text test(Formula atom) const;
  [[nodiscard]] Text lit(SiteId site, PredId pred) const;
  [[nodiscard]] Text compared(SiteId site, const std::string& name, Compare compare, int64_t number) const;
  [[nodiscard]] Text linear(const LinearSum& sum) const;
  [[nodiscard]] Text counted(const Node& node) const;
  [[nodiscard]] Text requirement(Formula f) const;
  // The body of a quantifier; `tight`: it stands beside others.
  [[nodiscard]] std::string body(Formula f, bool positive, bool tight) const;
  // The optional attributes that a test reads, from the outside in.
  [[nodiscard]] std::vector<SiteId> guarded(Formula atom, bool of_rows) const;
  [[nodiscard]] std::string name(SiteId site) const;
  [[nodiscard]] std::string variable(SiteId collection) const;
  [[nodiscard]] std::string number(SiteId site, int64_t value) const;

  KindModel& model_;
  std::vector<std::string> taken_;  // names that no variable can have
};

}  // namespace guard::verify
