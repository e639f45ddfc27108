// Bytecode to formulas: one piece of code of one kind. Internal to model/.
#pragma once
#include <functional>
#include <utility>
#include <vector>

#include "guardvm/opcodes.hpp"
#include "verify/model/kind_model.hpp"

namespace guard::verify {

class CodeReader {
 public:
  explicit CodeReader(KindModel& model) : model_(model), view_(model.world().bundle.view()) {}

  // The flag at the end of [begin, end). `set`: the set whose element the code may read.
  Formula read(uint32_t begin, uint32_t end, SiteId set);
  Formula requirement(const format::RequirementRow& row, bool of_actor_only);
  // Sum of coefficient * site, compared.
  using Terms = std::vector<std::pair<SiteId, int64_t>>;
  Formula linear(Terms terms, Compare compare, __int128 constant);
  Formula equal(SiteId a, SiteId b);

 private:
  Formula test(const format::Instr& instr, SiteId set);
  Formula set_test(const format::Instr& instr, SiteId set);
  Formula quantifier(uint32_t at, SiteId set);
  Formula unary(uint32_t operand, const Pred& pred, SiteId set);
  Formula present(uint32_t operand, SiteId set);
  Formula empty(uint32_t operand, SiteId set);
  Formula equality(uint32_t a, uint32_t b, SiteId set, bool text);
  Formula version_order(uint32_t a, Compare compare, uint32_t b, SiteId set);
  Formula linear_row(uint32_t row, size_t from, Terms terms, Compare compare, __int128 constant, SiteId set);
  Formula single(SiteId site, int64_t coefficient, Compare compare, __int128 constant);

  [[nodiscard]] const format::OperandRow& operand(uint32_t index) const { return view_.Operands[index]; }
  [[nodiscard]] bool is_lookup(uint32_t index) const { return operand(index).from == format::From::Lookup; }
  [[nodiscard]] SiteId direct(uint32_t index, SiteId set) const;
  // The key of the lookup is one of those whose cell satisfies `holds`.
  Formula keys_where(uint32_t lookup, SiteId set, const std::function<bool(const format::DataCell&)>& holds);
  [[nodiscard]] partition::Value cell_value(uint32_t lookup, const format::DataCell& cell) const;
  // The different values of a lookup's cells.
  [[nodiscard]] std::vector<partition::Value> cell_values(uint32_t lookup) const;
  [[nodiscard]] Formulas& formulas() const { return model_.formulas; }
  [[nodiscard]] Preds& preds() const { return model_.world().preds; }

  KindModel& model_;
  const format::View& view_;
};

}  // namespace guard::verify
