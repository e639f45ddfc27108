// Values, expressions and conditions to a layout. See printer.hpp.
#include <utility>

#include "syntax/printer.hpp"
#include "syntax/text.hpp"

namespace guard::syntax {

namespace {

using Kind = Condition::Kind;

// How tightly a condition binds; a quantifier binds as tightly as `not`, but its body reaches as far as it can.
int rank(Kind kind) {
  switch (kind) {
    case Kind::Implies:
      return 1;
    case Kind::Or:
      return 2;
    case Kind::And:
      return 3;
    case Kind::Not:
    case Kind::Any:
    case Kind::All:
    case Kind::AtLeast:
    case Kind::AtMost:
    case Kind::Exactly:
      return 4;
    case Kind::Paren:
    case Kind::Compare:
    case Kind::In:
    case Kind::Has:
    case Kind::HasApprovals:
    case Kind::Is:
    case Kind::Affix:
    case Kind::Matches:
    case Kind::Since:
    case Kind::Bare:
      return 5;
  }
  return 5;
}

bool is_quantifier(Kind kind) {
  return kind == Kind::Any || kind == Kind::All || kind == Kind::AtLeast || kind == Kind::AtMost ||
         kind == Kind::Exactly;
}

// Whether what follows the condition would be read as part of a quantifier's body at its end.
bool open_ended(const Condition& condition) {
  if (is_quantifier(condition.kind)) return true;
  const bool joins = condition.kind == Kind::Not || condition.kind == Kind::And || condition.kind == Kind::Or ||
                     condition.kind == Kind::Implies;
  return joins && open_ended(condition.children.back());
}

// Never so for a tree that was parsed: there the author's parentheses are nodes.
bool needs_parentheses(const Condition& parent, size_t index) {
  const Condition& child = parent.children[index];
  if (is_quantifier(parent.kind)) return false;
  const bool last = index + 1 == parent.children.size();
  if (!last && open_ended(child)) return true;
  if (parent.kind == Kind::Not || (parent.kind == Kind::Implies && last)) return rank(child.kind) < rank(parent.kind);
  return rank(child.kind) <= rank(parent.kind);
}

std::string_view word(CompareOp op) {
  switch (op) {
    case CompareOp::Eq:
      return " == ";
    case CompareOp::Ne:
      return " != ";
    case CompareOp::Lt:
      return " < ";
    case CompareOp::Le:
      return " <= ";
    case CompareOp::Gt:
      return " > ";
    case CompareOp::Ge:
      return " >= ";
  }
  return {};
}

std::string_view word(IsWhat what) {
  switch (what) {
    case IsWhat::Missing:
      return "missing";
    case IsWhat::Present:
      return "present";
    case IsWhat::Stale:
      return "stale";
    case IsWhat::Fresh:
      return "fresh";
    case IsWhat::Empty:
      return "empty";
  }
  return {};
}

std::string_view word(Affix affix) {
  switch (affix) {
    case Affix::StartsWith:
      return " starts with ";
    case Affix::EndsWith:
      return " ends with ";
    case Affix::Contains:
      return " contains ";
  }
  return {};
}

}  // namespace

void Printer::reach(uint32_t offset) {
  while (const Comment* comment = comments_.before(offset)) {
    out_.comment(comment->text, comment->own_line);
    ++comments_.next;
  }
}

void Printer::reach_end(Span span) {
  if (span.file != kNoFile && span.end > 0) reach(span.end - 1);
}

bool Printer::comment_before(Span span) const {
  return span.file != kNoFile && comments_.before(span.begin) != nullptr;
}

void Printer::leaf(std::string_view text, Span span) {
  reach(span);
  out_.text(text);
}

void Printer::path(const Path& path) {
  std::string whole;
  for (const Name& part : path.parts) whole += (whole.empty() ? "" : ".") + part.text;
  leaf(whole, path.span);
}

void Printer::string(const Text& text) { leaf(quote(text.value), text.span); }

void Printer::scalar(const Scalar& scalar) {
  reach(scalar.span);
  if (scalar.negative) text("-");
  if (scalar.kind == ScalarKind::String) {
    text(quote(scalar.text));
  } else if (scalar.kind == ScalarKind::Regex) {
    text("/" + scalar.text + "/");
  } else {
    text(scalar.text);
  }
}

void Printer::value(const Value& given) {
  reach(given.span);
  switch (given.kind) {
    case Value::Kind::Scalar:
      scalar(*given.scalar);
      break;
    case Value::Kind::Name:
      path(given.path);
      break;
    case Value::Kind::Record:
      record(*given.record);
      break;
    case Value::Kind::Set:
    case Value::Kind::List: {
      const bool set = given.kind == Value::Kind::Set;
      const auto edge = [&] {
        if (given.elements.empty()) return;
        if (set) {
          out_.line();
        } else {
          out_.soft();
        }
      };
      out_.begin();
      text(set ? "{" : "[");
      out_.indent();
      edge();
      comma_list(given.elements, [this](const Value& element) { value(element); });
      reach_end(given.span);
      out_.dedent();
      edge();
      text(set ? "}" : "]");
      out_.end();
      break;
    }
  }
}

void Printer::record(const Record& record) {
  reach(record.span);
  if (record.head) {
    name(*record.head);
    if (record.braces) text(record.with ? " with " : " ");
  }
  if (record.braces) braces(record.entries, record.span, [this](const Entry& part) { entry(part); });
}

void Printer::entry(const Entry& entry) {
  name(entry.name);
  text(": ");
  if (entry.missing) {
    text("missing");
    return;
  }
  value(entry.value.front());
  if (!entry.as_of) return;
  text(" as of ");
  scalar(*entry.as_of);
}

void Printer::operand(const Operand& given) {
  path(given.path);
  if (given.key.empty()) return;
  text("[");
  operand(given.key.front());
  text("]");
  if (!given.rest) return;
  text(".");
  path(*given.rest);
}

void Printer::primary(const Primary& given) {
  if (given.operand) {
    operand(*given.operand);
  } else {
    scalar(*given.scalar);
  }
}

void Printer::expr(const Expr& expr) {
  reach(expr.span);
  for (size_t i = 0; i < expr.terms.size(); ++i) {
    const Term& term = expr.terms[i];
    if (i == 0) {
      if (term.negative) text("-");
    } else {
      text(term.negative ? " - " : " + ");
    }
    for (size_t factor = 0; factor < term.factors.size(); ++factor) {
      if (factor > 0) text(" * ");
      primary(term.factors[factor]);
    }
  }
}

void Printer::approval_terms(const ApprovalTerms& terms) {
  text("from ");
  value(terms.from);
  if (terms.within || terms.within_name) text(" within ");
  if (terms.within) scalar(*terms.within);
  if (terms.within_name) name(*terms.within_name);
  if (!terms.excluding.empty()) text(" excluding ");
  out_.begin();
  out_.indent();
  comma_list(terms.excluding, [this](const Path& person) { path(person); });
  out_.dedent();
  out_.end();
  if (terms.including_actor) text(" including the actor");
}

void Printer::condition(const Condition& given) {
  reach(given.span);
  switch (given.kind) {
    case Kind::Not:
      text("not ");
      child(given, 0);
      break;
    case Kind::And:
      chain(given, "and ");
      break;
    case Kind::Or:
      chain(given, "or ");
      break;
    case Kind::Implies:
      chain(given, "implies ");
      break;
    case Kind::Paren:
      text("(");
      condition(given.children.front());
      reach_end(given.span);
      text(")");
      break;
    case Kind::Any:
    case Kind::All:
    case Kind::AtLeast:
    case Kind::AtMost:
    case Kind::Exactly:
      quantifier(given);
      break;
    case Kind::Compare:
    case Kind::In:
    case Kind::Has:
    case Kind::HasApprovals:
    case Kind::Is:
    case Kind::Affix:
    case Kind::Matches:
    case Kind::Since:
    case Kind::Bare:
      atom(given);
      break;
  }
}

void Printer::child(const Condition& parent, size_t index) {
  const bool parentheses = needs_parentheses(parent, index);
  if (parentheses) text("(");
  condition(parent.children[index]);
  if (parentheses) text(")");
}

void Printer::chain(const Condition& given, std::string_view word) {
  out_.begin();
  out_.indent();
  for (size_t i = 0; i < given.children.size(); ++i) {
    if (i > 0) {
      out_.line();
      reach(given.children[i].span);
      text(word);
    }
    child(given, i);
  }
  out_.dedent();
  out_.end();
}

void Printer::quantifier(const Condition& given) {
  switch (given.kind) {
    case Kind::Any:
      text("any ");
      break;
    case Kind::All:
      text("all ");
      break;
    case Kind::AtLeast:
      text("at least " + std::to_string(given.count) + " ");
      break;
    case Kind::AtMost:
      text("at most " + std::to_string(given.count) + " ");
      break;
    default:
      text("exactly " + std::to_string(given.count) + " ");
      break;
  }
  name(given.variable);
  text(" in ");
  operand(*given.operand);
  text(":");
  out_.begin();
  out_.indent();
  out_.line();
  child(given, 0);
  out_.dedent();
  out_.end();
}

void Printer::atom(const Condition& given) {
  if (given.kind == Kind::Since) {
    scalar(*given.duration);
    text(" since ");
    operand(*given.operand);
    return;
  }
  expr(*given.left);
  switch (given.kind) {
    case Kind::Compare:
      text(word(given.op));
      expr(*given.right);
      break;
    case Kind::In:
      text(given.negated ? " not in " : " in ");
      if (given.operand) operand(*given.operand);
      if (given.value) value(*given.value);
      break;
    case Kind::Has:
      text(given.has_all ? " has all " : " has any ");
      value(*given.value);
      break;
    case Kind::HasApprovals:
      text(" has " + std::to_string(given.count) + " ");
      approval_terms(*given.approvals);
      break;
    case Kind::Is:
      text(given.negated ? " is not " : " is ");
      text(word(given.what));
      break;
    case Kind::Affix:
      text(word(given.affix));
      value(*given.value);
      break;
    case Kind::Matches:
      text(" matches ");
      value(*given.value);
      break;
    default:
      break;
  }
}

}  // namespace guard::syntax
