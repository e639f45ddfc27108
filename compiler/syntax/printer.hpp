// Nodes to a layout, with the comments that stand before each. Internal to print*.cpp.
//
// Comments are not part of the tree. The printer goes through them in step with the leaves that have a span: what stood
// before a leaf is put out before it (`reach`), so no comment is lost wherever it stood.
#pragma once
#include <string_view>
#include <vector>

#include "base/span.hpp"
#include "syntax/layout.hpp"
#include "syntax/tree.hpp"

namespace guard::syntax {

[[nodiscard]] std::string_view outcome_word(OutcomeWord outcome);

struct CommentCursor {
  const std::vector<Comment>* comments = nullptr;
  size_t next = 0;
  [[nodiscard]] const Comment* before(uint32_t offset) const {
    if (comments == nullptr || next == comments->size() || (*comments)[next].span.begin >= offset) return nullptr;
    return &(*comments)[next];
  }
};

class Printer {
 public:
  Printer(Layout& out, CommentCursor& comments, const Sources& sources)
      : out_(out), comments_(comments), sources_(sources) {}

  void section_head(const Section& section);
  void item(const Item& item);
  void condition(const Condition& condition);

 private:
  // Puts out the comments that stand before a place.
  void reach(Span span) { reach(span.file == kNoFile ? 0 : span.begin); }
  void reach(uint32_t offset);
  void reach_end(Span span);  // before the closing bracket that ends the span
  [[nodiscard]] bool comment_before(Span span) const;

  // Leaves and lists.
  void text(std::string_view text) { out_.text(text); }
  void leaf(std::string_view text, Span span);
  void as_written(Span span);
  void name(const Name& name) { leaf(name.text, name.span); }
  void path(const Path& path);
  void string(const Text& text);
  void scalar(const Scalar& scalar);
  template <typename List, typename Each>
  void comma_list(const List& list, Each each);  // fills lines
  template <typename List, typename Each>
  void braces(const List& list, Span span, Each each);  // one per line if they do not fit on one

  // Values and conditions (print_condition.cpp).
  void value(const Value& value);
  void record(const Record& record);
  void entry(const Entry& entry);
  void operand(const Operand& operand);
  void expr(const Expr& expr);
  void primary(const Primary& primary);
  void approval_terms(const ApprovalTerms& terms);
  void chain(const Condition& condition, std::string_view word);
  void child(const Condition& parent, size_t index);
  void quantifier(const Condition& condition);
  void atom(const Condition& condition);

  // Schema, rules, windows, tests (print_part.cpp).
  void enum_body(const EnumBody& body);
  void fields(const std::vector<Field>& fields, Span span);
  void field(const Field& field);
  void mark(const Mark& mark);
  void type(const Type& type);
  void kinds(const Kinds& kinds);
  void names(const std::vector<Name>& names);
  void rule_ref(const RuleRef& ref);
  void rule_refs(const std::vector<RuleRef>& refs);
  void moment(const Moment& moment);
  void clauses(const std::vector<Clause>& clauses);
  void clause(const Clause& clause);
  void window_term(const WindowTerm& term);
  void window_expr(const WindowExpr& window);
  void test_step(const TestStep& step);
  void zone(const std::optional<Text>& zone);
  void arguments(const std::vector<Argument>& arguments);

  void node(const DefaultItem& item, Span span);
  void node(const UnguardedItem& item, Span span);
  void node(const BlockingWinsItem& item, Span span);
  void node(const KindAtItem& item, Span span);
  void node(const EnumItem& item, Span span);
  void node(const RecordItem& item, Span span);
  void node(const ActionItem& item, Span span);
  void node(const SeverityItem& item, Span span);
  void node(const LetItem& item, Span span);
  void node(const DefineItem& item, Span span);
  void node(const WindowItem& item, Span span);
  void node(const DataItem& item, Span span);
  void node(const FixtureItem& item, Span span);
  void node(const TestItem& item, Span span);
  void node(const AssumeItem& item, Span span);
  void node(const OwnerItem& item, Span span);
  void node(const RuleItem& item, Span span);
  void node(const TemplateItem& item, Span span);
  void node(const UseItem& item, Span span);
  void node(const ExceptionItem& item, Span span);
  void node(const BreakGlassItem& item, Span span);
  void node(const InvariantItem& item, Span span);
  void node(const CoverItem& item, Span span);

  Layout& out_;
  CommentCursor& comments_;
  const Sources& sources_;
};

template <typename List, typename Each>
void Printer::comma_list(const List& list, Each each) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      out_.text(",");
      out_.fill();
    }
    each(list[i]);
  }
}

template <typename List, typename Each>
void Printer::braces(const List& list, Span span, Each each) {
  out_.begin();
  out_.text("{");
  out_.indent();
  if (!list.empty()) out_.line();
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      out_.text(",");
      out_.line();
    }
    each(list[i]);
  }
  reach_end(span);
  out_.dedent();
  if (!list.empty()) out_.line();
  out_.text("}");
  out_.end();
}

}  // namespace guard::syntax
