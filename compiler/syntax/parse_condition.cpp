// ANTLR's tree to ours: values, expressions and conditions. See parse_build.hpp.
#include <algorithm>
#include <utility>

#include "syntax/limits.hpp"
#include "syntax/parse_build.hpp"

namespace guard::syntax {

Value Builder::value(P::ValueContext* context) {
  Value out{Value::Kind::Scalar, span(context), {}, {}, {}, {}};
  if (auto* scalar_value = dynamic_cast<P::ScalarValueContext*>(context)) {
    out.scalar = scalar(scalar_value->scalar(), scalar_value->MINUS() != nullptr);
    out.scalar->span = out.span;
  } else if (auto* named = dynamic_cast<P::NameValueContext*>(context)) {
    out.kind = Value::Kind::Name;
    out.path = path(named->path());
  } else if (auto* set = dynamic_cast<P::SetValueContext*>(context)) {
    return set_literal(set->setLiteral());
  } else if (auto* body = dynamic_cast<P::RecordValueContext*>(context)) {
    out.kind = Value::Kind::Record;
    out.record = record_body(body->recordBody());
  } else {
    out.kind = Value::Kind::List;
    for (P::ValueContext* element : as<P::ListValueContext>(context).value()) out.elements.push_back(value(element));
  }
  return out;
}

Value Builder::set_literal(P::SetLiteralContext* context) {
  Value out{Value::Kind::Set, span(context), {}, {}, {}, {}};
  for (P::ValueContext* element : context->value()) out.elements.push_back(value(element));
  return out;
}

Record Builder::record(P::RecordContext* context) {
  if (context->recordBody() != nullptr) return record_body(context->recordBody());
  Record out;
  out.span = span(context);
  out.head = name(context->name());
  return out;
}

Record Builder::record_body(P::RecordBodyContext* context) {
  Record out;
  out.span = span(context);
  if (context->name() != nullptr) out.head = name(context->name());
  out.with = context->WITH() != nullptr;
  out.braces = true;
  for (P::EntryContext* part : context->entry()) out.entries.push_back(entry(part));
  return out;
}

Entry Builder::entry(P::EntryContext* context) {
  Entry out;
  out.name = name(context->name());
  P::EntryValueContext* given = context->entryValue();
  if (given->value() == nullptr) {
    out.missing = true;
  } else {
    out.value.push_back(value(given->value()));
    if (given->TIMESTAMP() != nullptr) out.as_of = scalar(given->TIMESTAMP()->getSymbol());
  }
  return out;
}

Operand Builder::operand(P::OperandContext* context) {
  Operand out;
  out.span = span(context);
  out.path = path(context->path(0));
  if (context->operand() != nullptr) out.key.push_back(operand(context->operand()));
  if (context->path().size() > 1) out.rest = path(context->path(1));
  return out;
}

Primary Builder::primary(P::PrimaryContext* context) {
  Primary out;
  out.span = span(context);
  if (context->operand() != nullptr) {
    out.operand = operand(context->operand());
  } else {
    out.scalar = scalar(context->scalar(), false);
  }
  return out;
}

Expr Builder::expr(P::ExprContext* context) {
  Expr out;
  out.span = span(context);
  bool negative = false;
  Span sign = out.span;
  // Children: [-] product { (+|-) product }.
  for (antlr4::tree::ParseTree* child : context->children) {
    if (auto* node = dynamic_cast<Node*>(child)) {
      negative = node->getSymbol()->getType() == P::MINUS;
      sign = span(node->getSymbol());
      continue;
    }
    auto& product = as<P::ProductContext>(dynamic_cast<antlr4::ParserRuleContext*>(child));
    Term term;
    term.negative = negative;
    term.span = negative ? join(sign, span(&product)) : span(&product);
    for (P::PrimaryContext* factor : product.primary()) term.factors.push_back(primary(factor));
    out.terms.push_back(std::move(term));
  }
  return out;
}

ApprovalTerms Builder::approval_terms(P::ApprovalTermsContext* context) {
  ApprovalTerms out{value(context->value()), {}, {}, {}, context->INCLUDING() != nullptr, span(context)};
  if (context->DURATION() != nullptr) out.within = scalar(context->DURATION()->getSymbol());
  if (context->name() != nullptr) out.within_name = name(context->name());
  for (P::PathContext* person : context->path()) out.excluding.push_back(path(person));
  return out;
}

Condition Builder::condition(P::ConditionContext* context) {
  depth_ = 0;
  depth_reported_ = false;
  return nested(context);
}

// INVARIANT: `and` and `or` add no depth: they are chains, and the parser's own recursion guard bounds what lies
// between.
Condition Builder::nested(P::ConditionContext* context) {
  using Kind = Condition::Kind;
  if (dynamic_cast<P::AndConditionContext*>(context) != nullptr) return chain(context, Kind::And);
  if (dynamic_cast<P::OrConditionContext*>(context) != nullptr) return chain(context, Kind::Or);
  if (auto* leaf = dynamic_cast<P::AtomConditionContext*>(context)) return atom(leaf->atom());

  Condition out{};
  out.span = span(context);
  if (depth_ == limits::kNesting) {
    if (!std::exchange(depth_reported_, true)) {
      reporter_
          .report(DiagId::TooDeep, out.span.begin, out.span.end,
                  "this condition is nested more than " + std::to_string(limits::kNesting) + " levels deep")
          .help("name a part of it with `define`");
    }
    out.kind = Kind::Bare;
    out.left = Expr{{Term{false, {Primary{{}, Scalar{ScalarKind::True, false, "true", out.span}, out.span}}, out.span}},
                    out.span};
    return out;
  }
  ++depth_;
  if (auto* negation = dynamic_cast<P::NotConditionContext*>(context)) {
    out.kind = Kind::Not;
    out.op_span = span(negation->NOT()->getSymbol());
    out.children.push_back(nested(negation->condition()));
  } else if (auto* implication = dynamic_cast<P::ImpliesConditionContext*>(context)) {
    out.kind = Kind::Implies;
    out.op_span = span(implication->IMPLIES()->getSymbol());
    for (P::ConditionContext* side : implication->condition()) out.children.push_back(nested(side));
  } else if (auto* paren = dynamic_cast<P::ParenConditionContext*>(context)) {
    out.kind = Kind::Paren;
    out.op_span = span(paren->LPAREN()->getSymbol());
    out.children.push_back(nested(paren->condition()));
  } else if (auto* each = dynamic_cast<P::QuantifiedConditionContext*>(context)) {
    out = quantifier(context, each->ANY() != nullptr ? Kind::Any : Kind::All);
  } else if (auto* counted = dynamic_cast<P::CountedConditionContext*>(context)) {
    out = quantifier(context, counted->LEAST() != nullptr ? Kind::AtLeast : Kind::AtMost);
  } else {
    out = quantifier(context, Kind::Exactly);
  }
  --depth_;
  return out;
}

// ANTLR nests `a and b and c` to the left; one node holds the whole chain here. A loop, since chains may be long.
Condition Builder::chain(P::ConditionContext* context, Condition::Kind kind) {
  Condition out{};
  out.kind = kind;
  out.span = span(context);
  std::vector<P::ConditionContext*> operands;
  P::ConditionContext* left = context;
  while (true) {
    auto* conjunction = kind == Condition::Kind::And ? dynamic_cast<P::AndConditionContext*>(left) : nullptr;
    auto* disjunction = kind == Condition::Kind::Or ? dynamic_cast<P::OrConditionContext*>(left) : nullptr;
    if (conjunction == nullptr && disjunction == nullptr) break;
    out.op_span = span((conjunction != nullptr ? conjunction->AND() : disjunction->OR())->getSymbol());
    operands.push_back(conjunction != nullptr ? conjunction->condition(1) : disjunction->condition(1));
    left = conjunction != nullptr ? conjunction->condition(0) : disjunction->condition(0);
  }
  operands.push_back(left);
  if (operands.size() > limits::kOperands) {
    reporter_.report(DiagId::TooLong, out.op_span.begin, out.op_span.end,
                     "this condition joins " + std::to_string(operands.size()) + " parts; at most " +
                         std::to_string(limits::kOperands) + " are allowed");
    operands.erase(operands.begin(), operands.end() - static_cast<std::ptrdiff_t>(limits::kOperands));
  }
  std::reverse(operands.begin(), operands.end());
  for (P::ConditionContext* operand : operands) out.children.push_back(nested(operand));
  return out;
}

Condition Builder::quantifier(P::ConditionContext* context, Condition::Kind kind) {
  Condition out{};
  out.kind = kind;
  out.span = span(context);
  out.op_span = span(context->getStart());
  const auto fill = [&](auto& c) {
    out.variable = name(c.name());
    out.operand = operand(c.operand());
    out.children.push_back(nested(c.condition()));
  };
  if (auto* each = dynamic_cast<P::QuantifiedConditionContext*>(context)) {
    fill(*each);
  } else if (auto* counted = dynamic_cast<P::CountedConditionContext*>(context)) {
    out.count = count(counted->INT());
    out.op_span = join(out.op_span, span(counted->INT()->getSymbol()));
    fill(*counted);
  } else {
    auto& exactly = as<P::ExactlyConditionContext>(context);
    out.count = count(exactly.INT());
    out.op_span = join(out.op_span, span(exactly.INT()->getSymbol()));
    fill(exactly);
  }
  return out;
}

Condition Builder::atom(P::AtomContext* context) {
  Condition out{};
  out.span = span(context);
  out.op_span = out.span;
  if (auto* since = dynamic_cast<P::SinceAtomContext*>(context)) {
    out.kind = Condition::Kind::Since;
    out.op_span = span(since->SINCE()->getSymbol());
    out.duration = scalar(since->DURATION()->getSymbol());
    out.operand = operand(since->operand());
    return out;
  }
  auto& atom = as<P::ExprAtomContext>(context);
  out.kind = Condition::Kind::Bare;
  out.left = expr(atom.expr());
  if (atom.predicate() != nullptr) predicate(atom.predicate(), out);
  return out;
}

namespace {

CompareOp compare_op(size_t type) {
  switch (type) {
    case GuardParser::EQ:
      return CompareOp::Eq;
    case GuardParser::NE:
      return CompareOp::Ne;
    case GuardParser::LT:
      return CompareOp::Lt;
    case GuardParser::LE:
      return CompareOp::Le;
    case GuardParser::GT:
      return CompareOp::Gt;
    default:
      return CompareOp::Ge;
  }
}

IsWhat is_what(GuardParser::IsPredicateContext& context) {
  if (context.MISSING() != nullptr) return IsWhat::Missing;
  if (context.PRESENT() != nullptr) return IsWhat::Present;
  if (context.STALE() != nullptr) return IsWhat::Stale;
  if (context.FRESH() != nullptr) return IsWhat::Fresh;
  return IsWhat::Empty;
}

}  // namespace

void Builder::predicate(P::PredicateContext* context, Condition& out) {
  using Kind = Condition::Kind;
  out.op_span = span(context->getStart());
  if (auto* comparison = dynamic_cast<P::ComparePredicateContext*>(context)) {
    out.kind = Kind::Compare;
    out.op = compare_op(context->getStart()->getType());
    out.right = expr(comparison->expr());
  } else if (auto* in = dynamic_cast<P::InPredicateContext*>(context)) {
    out.kind = Kind::In;
    out.negated = in->NOT() != nullptr;
    out.op_span = join(out.op_span, span(in->IN()->getSymbol()));
    if (in->operand() != nullptr) out.operand = operand(in->operand());
    if (in->setLiteral() != nullptr) out.value = set_literal(in->setLiteral());
  } else if (auto* has = dynamic_cast<P::HasPredicateContext*>(context)) {
    out.kind = Kind::Has;
    out.has_all = has->ALL() != nullptr;
    out.op_span = join(out.op_span, span((out.has_all ? has->ALL() : has->ANY())->getSymbol()));
    out.value = value(has->value());
  } else if (auto* approved = dynamic_cast<P::ApprovalsPredicateContext*>(context)) {
    out.kind = Kind::HasApprovals;
    out.count = count(approved->INT());
    out.approvals = approval_terms(approved->approvalTerms());
  } else if (auto* is = dynamic_cast<P::IsPredicateContext*>(context)) {
    out.kind = Kind::Is;
    out.negated = is->NOT() != nullptr;
    out.what = is_what(*is);
    out.op_span = span(context);
  } else if (auto* affix = dynamic_cast<P::AffixPredicateContext*>(context)) {
    out.kind = Kind::Affix;
    out.affix = affix->STARTS() != nullptr ? Affix::StartsWith : Affix::EndsWith;
    out.op_span = join(out.op_span, span(affix->WITH()->getSymbol()));
    out.value = value(affix->value());
  } else if (auto* contains = dynamic_cast<P::ContainsPredicateContext*>(context)) {
    out.kind = Kind::Affix;
    out.affix = Affix::Contains;
    out.value = value(contains->value());
  } else {
    auto& matches = as<P::MatchesPredicateContext>(context);
    out.kind = Kind::Matches;
    if (matches.name() != nullptr) {
      const Name named = name(matches.name());
      out.value = Value{Value::Kind::Name, named.span, {}, Path{{named}, named.span}, {}, {}};
    } else {
      const Scalar pattern = scalar((matches.STRING() != nullptr ? matches.STRING() : matches.REGEX())->getSymbol());
      out.value = Value{Value::Kind::Scalar, pattern.span, pattern, {}, {}, {}};
    }
  }
}

}  // namespace guard::syntax
