// Parts of items to a layout: schema, rules, windows, tests. See printer.hpp.
#include <utility>

#include "syntax/printer.hpp"
#include "syntax/text.hpp"

namespace guard::syntax {

namespace {

std::string_view word(Mode mode) {
  switch (mode) {
    case Mode::Off:
      return "off";
    case Mode::Shadow:
      return "shadow";
    case Mode::Advisory:
      return "advisory";
    case Mode::Enforce:
      return "enforce";
  }
  return {};
}

std::string_view word(MissingPolicy policy) {
  switch (policy) {
    case MissingPolicy::Block:
      return "block";
    case MissingPolicy::Hold:
      return "hold";
    case MissingPolicy::Ignore:
      return "ignore";
  }
  return {};
}

std::string_view word(TestStep::Status status) {
  switch (status) {
    case TestStep::Status::Applied:
      return "applied";
    case TestStep::Status::Overridden:
      return "overridden";
    case TestStep::Status::Excepted:
      return "excepted";
    case TestStep::Status::Shadow:
      return "shadow";
    case TestStep::Status::Advisory:
      return "advisory";
    case TestStep::Status::Silent:
      return "silent";
  }
  return {};
}

// `deny unless …`, `allow overrides …`, `deny because …`: an effect and the clause right behind it share a line.
bool shares_line(Clause::Kind effect, Clause::Kind next) {
  using Kind = Clause::Kind;
  const bool is_effect = effect == Kind::Deny || effect == Kind::Allow || effect == Kind::Warn;
  return is_effect && (next == Kind::When || next == Kind::Unless || next == Kind::Overrides || next == Kind::Because);
}

}  // namespace

std::string_view outcome_word(OutcomeWord outcome) {
  switch (outcome) {
    case OutcomeWord::Allow:
      return "allow";
    case OutcomeWord::Deny:
      return "deny";
    case OutcomeWord::Hold:
      return "hold";
  }
  return {};
}

// ---- schema ----

// When both separators were used, which is a mistake that the checker reports, the first is printed as `<`.
void Printer::enum_body(const EnumBody& body) {
  reach(body.span);
  out_.begin();
  text("{");
  out_.indent();
  out_.line();
  for (size_t i = 0; i < body.words.size(); ++i) {
    if (i > 0) {
      text(body.ordered && (!body.mixed || i == 1) ? " <" : ",");
      out_.fill();
    }
    name(body.words[i]);
  }
  reach_end(body.span);
  out_.dedent();
  out_.line();
  text("}");
  out_.end();
}

void Printer::fields(const std::vector<Field>& fields, Span span) {
  braces(fields, span, [this](const Field& part) { field(part); });
}

void Printer::field(const Field& field) {
  reach(field.span);
  if (field.signal) text("signal ");
  name(field.name);
  text(": ");
  type(field.type);
  if (field.max_age) {
    text(" max age ");
    scalar(*field.max_age);
  }
  for (const Mark& part : field.marks) mark(part);
}

void Printer::mark(const Mark& mark) {
  text(" ");
  reach(mark.span);
  switch (mark.kind) {
    case Mark::Kind::Now:
      text("now");
      return;
    case Mark::Kind::Sensitive:
      text("sensitive");
      return;
    case Mark::Kind::At:
      text("at ");
      string(mark.pointer);
      return;
    case Mark::Kind::Identity:
      text("identity");
      if (!mark.path) return;
      text(" ");
      path(*mark.path);
      return;
    case Mark::Kind::Approvals:
    case Mark::Kind::BreakGlass:
      text(mark.kind == Mark::Kind::Approvals ? "approvals(" : "break glass(");
      for (size_t i = 0; i < mark.fields.size(); ++i) {
        if (i > 0) text(", ");
        name(mark.fields[i]);
      }
      text(")");
      return;
  }
}

void Printer::type(const Type& given) {
  reach(given.span);
  switch (given.kind) {
    case Type::Kind::Int:
      text("int");
      if (!given.min || !given.max) return;
      text(" ");
      scalar(*given.min);
      text("..");
      scalar(*given.max);
      return;
    case Type::Kind::Decimal:
      text("decimal(");
      scalar(*given.precision);
      text(", ");
      scalar(*given.scale);
      text(")");
      return;
    case Type::Kind::Set:
    case Type::Kind::List:
      text(given.kind == Type::Kind::Set ? "set<" : "list<");
      type(given.inner.front());
      text(">");
      return;
    case Type::Kind::Record:
      text("record ");
      fields(given.fields, given.span);
      return;
    case Type::Kind::Enum:
      text("enum ");
      enum_body(given.body);
      return;
    case Type::Kind::Optional:
      type(given.inner.front());
      text("?");
      return;
    case Type::Kind::Named:
      name(given.name);
      return;
  }
}

// ---- rules ----

void Printer::names(const std::vector<Name>& names) {
  out_.begin();
  out_.indent();
  comma_list(names, [this](const Name& part) { name(part); });
  out_.dedent();
  out_.end();
}

void Printer::kinds(const Kinds& kinds) {
  reach(kinds.span);
  if (kinds.every) {
    text("every action");
  } else {
    names(kinds.names);
  }
}

void Printer::rule_ref(const RuleRef& ref) {
  name(ref.first);
  if (!ref.second) return;
  text(".");
  name(*ref.second);
}

void Printer::rule_refs(const std::vector<RuleRef>& refs) {
  out_.begin();
  out_.indent();
  comma_list(refs, [this](const RuleRef& ref) { rule_ref(ref); });
  out_.dedent();
  out_.end();
}

void Printer::zone(const std::optional<Text>& zone) {
  if (!zone) return;
  text(" in ");
  string(*zone);
}

void Printer::moment(const Moment& moment) {
  reach(moment.span);
  if (moment.timestamp) {
    scalar(*moment.timestamp);
    return;
  }
  leaf(moment.date->value, moment.date->span);
  if (moment.time) {
    text(" ");
    leaf(moment.time->value, moment.time->span);
  }
  zone(moment.zone);
}

void Printer::clauses(const std::vector<Clause>& clauses) {
  out_.indent();
  for (size_t i = 0; i < clauses.size(); ++i) {
    const bool shares = i > 0 && shares_line(clauses[i - 1].kind, clauses[i].kind) && !comment_before(clauses[i].span);
    if (shares) {
      text(" ");
    } else {
      out_.hard();
    }
    clause(clauses[i]);
  }
  out_.dedent();
}

void Printer::clause(const Clause& given) {
  using Kind = Clause::Kind;
  reach(given.span);
  switch (given.kind) {
    case Kind::When:
    case Kind::Unless:
    case Kind::HoldUntil:
      text(given.kind == Kind::When ? "when " : given.kind == Kind::Unless ? "unless " : "hold until ");
      condition(*given.condition);
      return;
    case Kind::Deny:
      text("deny");
      return;
    case Kind::Allow:
      text("allow");
      return;
    case Kind::Overrides:
      text("overrides ");
      rule_refs(given.rules);
      return;
    case Kind::Require:
      text("require ");
      out_.begin();
      out_.indent();
      for (size_t i = 0; i < given.alternatives.size(); ++i) {
        const Requirement& part = given.alternatives[i];
        if (i > 0) {
          out_.line();
          reach(part.span);
          text("or ");
        }
        leaf(std::to_string(part.count) + (part.count == 1 ? " approval " : " approvals "), part.span);
        approval_terms(part.terms);
      }
      out_.dedent();
      out_.end();
      return;
    case Kind::Warn:
      text("warn");
      return;
    case Kind::Oblige:
      text("oblige ");
      name(given.name);
      text(" = ");
      value(*given.value);
      return;
    case Kind::Because:
      text("because ");
      string(given.text);
      return;
    case Kind::IfMissing:
      text("if missing: ");
      text(word(given.missing));
      return;
    case Kind::Mode:
      text("mode ");
      text(word(given.mode));
      if (!given.until) return;
      text(" until ");
      moment(*given.until);
      return;
    case Kind::Mandatory:
      text("mandatory");
      return;
    case Kind::Owner:
      text("owner ");
      string(given.text);
      return;
    case Kind::Accept:
      text("accept ");
      name(given.name);
      if (given.until) {
        text(" until ");
        moment(*given.until);
      }
      if (given.owner) {
        text(" owner ");
        string(*given.owner);
      }
      text(" because ");
      string(given.text);
      return;
  }
}

void Printer::arguments(const std::vector<Argument>& arguments) {
  out_.begin();
  text("(");
  out_.indent();
  if (!arguments.empty()) out_.soft();
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) {
      text(",");
      out_.line();
    }
    name(arguments[i].name);
    text(": ");
    value(arguments[i].value);
  }
  out_.dedent();
  if (!arguments.empty()) out_.soft();
  text(")");
  out_.end();
}

// ---- windows ----

void Printer::window_term(const WindowTerm& term) {
  static constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  reach(term.span);
  const auto part = [&](std::string_view before, const std::optional<Text>& given) {
    if (!given) return;
    text(before);
    leaf(given->value, given->span);
  };
  switch (term.kind) {
    case WindowTerm::Kind::Weekly:
      for (size_t i = 0; i < term.days.size(); ++i) {
        const auto [from, to] = term.days[i];
        if (i > 0) text(" and ");
        text(kDays[from]);
        // `mon..mon` says no more than `mon`, and is the same in the tree.
        if (from != to) text(".." + std::string(kDays[to]));
      }
      part(" ", term.from_time);
      part(" to ", term.to_time);
      break;
    case WindowTerm::Kind::Daily:
      part("", term.from_time);
      part(" to ", term.to_time);
      break;
    case WindowTerm::Kind::Dated:
      part("", term.from_date);
      part(" ", term.from_time);
      part(" to ", term.to_date);
      part(" ", term.to_time);
      break;
    case WindowTerm::Kind::Day:
      part("", term.from_date);
      break;
    case WindowTerm::Kind::Named:
      name(term.name);
      break;
  }
  zone(term.zone);
}

void Printer::window_expr(const WindowExpr& window) {
  reach(window.span);
  out_.begin();
  out_.indent();
  for (size_t i = 0; i < window.terms.size(); ++i) {
    if (i > 0) {
      out_.line();
      reach(window.terms[i].span);
      text("or ");
    }
    window_term(window.terms[i]);
  }
  if (!window.except.empty()) {
    out_.line();
    reach(window.except.front().span);
    text("except ");
    out_.begin();
    out_.indent();
    comma_list(window.except, [this](const WindowTerm& term) { window_term(term); });
    out_.dedent();
    out_.end();
  }
  out_.dedent();
  out_.end();
}

// ---- tests ----

void Printer::test_step(const TestStep& step) {
  reach(step.span);
  const auto given = [&](std::string_view word) {
    text(word);
    string(step.text);
    if (!step.as) return;
    text(" as ");
    name(*step.as);
  };
  switch (step.kind) {
    case TestStep::Kind::GivenRecord:
      text("given ");
      record(*step.record);
      return;
    case TestStep::Kind::GivenJson:
      given("given json ");
      return;
    case TestStep::Kind::GivenFile:
      given("given file ");
      return;
    case TestStep::Kind::ExpectOutcome:
      text("expect ");
      text(outcome_word(step.outcome));
      if (step.rules.empty()) return;
      text(" by ");
      rule_refs(step.rules);
      return;
    case TestStep::Kind::ExpectError:
      text("expect error");
      if (step.text.value.empty()) return;
      text(" ");
      string(step.text);
      return;
    case TestStep::Kind::ExpectStatus:
      text("expect ");
      rule_ref(step.rules.front());
      text(" is ");
      text(word(step.status));
      return;
    case TestStep::Kind::ExpectObligation:
      text("expect oblige ");
      name(step.name);
      text(" = ");
      value(*step.value);
      return;
  }
}

}  // namespace guard::syntax
