// ANTLR's tree of one section head or item to ours. Reports what the grammar lets pass but the tree cannot hold: bad
// escapes, counts that are too large, nesting and chains past the limits. Internal to parse*.cpp.
#pragma once
#include <optional>
#include <vector>

#include "GuardParser.h"
#include "base/result.hpp"
#include "syntax/parse_tokens.hpp"
#include "syntax/tree.hpp"

namespace guard::syntax {

class Builder {
 public:
  explicit Builder(Reporter& reporter) : reporter_(reporter) {}
  Section section(GuardParser::SectionHeadContext* head);
  Item item(GuardParser::ItemContext* context);

 private:
  using P = GuardParser;
  using Node = antlr4::tree::TerminalNode;

  // Spans and leaves.
  [[nodiscard]] Span span(antlr4::ParserRuleContext* context) const;
  [[nodiscard]] Span span(antlr4::Token* token) const;
  [[nodiscard]] std::string spelling(antlr4::Token* token) const;
  Name name(antlr4::ParserRuleContext* context);
  std::vector<Name> names(const std::vector<P::NameContext*>& contexts);
  Path path(P::PathContext* context);
  Text text(antlr4::Token* token);
  Text plain_text(Node* node);  // a date or a time, as written
  Scalar scalar(antlr4::Token* token);
  Scalar scalar(P::ScalarContext* context, bool negative);
  Scalar integer(P::IntegerContext* context);
  uint32_t count(Node* node);

  // Values and conditions (parse_condition.cpp).
  Value value(P::ValueContext* context);
  Value set_literal(P::SetLiteralContext* context);
  Record record(P::RecordContext* context);
  Record record_body(P::RecordBodyContext* context);
  Entry entry(P::EntryContext* context);
  Operand operand(P::OperandContext* context);
  Primary primary(P::PrimaryContext* context);
  Expr expr(P::ExprContext* context);
  ApprovalTerms approval_terms(P::ApprovalTermsContext* context);
  Condition condition(P::ConditionContext* context);  // resets the depth
  Condition nested(P::ConditionContext* context);
  Condition chain(P::ConditionContext* context, Condition::Kind kind);
  Condition quantifier(P::ConditionContext* context, Condition::Kind kind);
  Condition atom(P::AtomContext* context);
  void predicate(P::PredicateContext* context, Condition& out);

  // Schema, rules, windows, tests.
  EnumBody enum_body(P::EnumBodyContext* context);
  std::vector<Field> fields(P::FieldsContext* context);
  Field field(P::FieldContext* context);
  Mark mark(P::MarkContext* context);
  Type type(P::TypeContext* context);
  Type plain_type(P::TypeContext* context);
  Kinds kinds(P::KindsContext* context);
  RuleRef rule_ref(P::RuleRefContext* context);
  std::vector<RuleRef> rule_refs(P::RuleRefsContext* context);
  Name check_id(P::CheckIdContext* context);
  Moment moment(P::MomentContext* context);
  Requirement requirement(P::RequirementContext* context);
  Clause clause(P::ClauseContext* context);
  std::vector<Clause> clauses(const std::vector<P::ClauseContext*>& contexts);
  std::optional<Text> zone(P::ZoneContext* context);
  WindowTerm window_term(P::WindowTermContext* context);
  WindowExpr window_expr(P::WindowExprContext* context);
  TestStep test_step(P::TestStepContext* context);
  ExceptionItem exception_item(P::ExceptionItemContext* context);
  BreakGlassItem break_glass_item(P::BreakGlassItemContext* context);
  InvariantItem invariant_item(P::InvariantItemContext* context);
  std::vector<Argument> arguments(const std::vector<P::ArgContext*>& contexts);
  Item other_item(P::ItemContext* context);

  Reporter& reporter_;
  size_t depth_ = 0;
  bool depth_reported_ = false;
};

// The context as the alternative it is known to be; anything else is a bug of ours.
template <typename To>
To& as(antlr4::ParserRuleContext* context) {
  auto* result = dynamic_cast<To*>(context);
  GUARD_CHECK(result != nullptr, "the grammar and the tree builder differ");
  return *result;
}

}  // namespace guard::syntax
