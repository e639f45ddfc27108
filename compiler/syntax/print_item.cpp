// Items to a layout, each from its parts. See printer.hpp.
#include <algorithm>
#include <functional>
#include <utility>

#include "syntax/printer.hpp"

namespace guard::syntax {

// ---- items ----

// For what the tree does not hold. The comments inside are part of the text.
void Printer::as_written(Span span) {
  text(sources_.text(span));
  while (comments_.before(span.end) != nullptr) ++comments_.next;
}

void Printer::section_head(const Section& section) {
  reach(section.span);
  text(section.schema ? "schema " : "policy ");
  name(section.name);
}

void Printer::item(const Item& given) {
  reach(given.span);
  std::visit([&](const auto& part) { node(part, given.span); }, given.node);
}

void Printer::node(const DefaultItem& item, Span) {
  text("default ");
  text(outcome_word(item.outcome));
  if (!item.kinds) return;
  text(" on ");
  kinds(*item.kinds);
}

void Printer::node(const UnguardedItem& item, Span) {
  text("unguarded ");
  names(item.kinds);
}

void Printer::node(const BlockingWinsItem&, Span) { text("blocking wins"); }

void Printer::node(const KindAtItem& item, Span) {
  text("kind at ");
  string(item.pointer);
}

void Printer::node(const EnumItem& item, Span) {
  text("enum ");
  name(item.name);
  text(" ");
  enum_body(item.body);
}

void Printer::node(const RecordItem& item, Span span) {
  text("record ");
  name(item.name);
  text(" ");
  fields(item.fields, span);
}

void Printer::node(const ActionItem& item, Span span) {
  text("action ");
  if (item.name) {
    name(*item.name);
    text(" ");
  }
  fields(item.fields, span);
}

void Printer::node(const SeverityItem& item, Span) {
  text("severity ");
  name(item.check);
  text(" = ");
  name(item.severity);
}

void Printer::node(const LetItem& item, Span) {
  text("let ");
  name(item.name);
  text(" = ");
  value(item.value);
}

void Printer::node(const DefineItem& item, Span) {
  text("define ");
  name(item.name);
  text(" = ");
  condition(item.condition);
}

void Printer::node(const WindowItem& item, Span) {
  text("window ");
  name(item.name);
  text(" = ");
  window_expr(item.window);
}

void Printer::node(const DataItem& item, Span) {
  text("data ");
  name(item.name);
  text(" from ");
  string(item.file);
  text(": map<");
  type(item.key);
  text(", ");
  type(item.value);
  text(">");
}

void Printer::node(const FixtureItem& item, Span) {
  text("fixture ");
  name(item.name);
  text(" = ");
  record(item.record);
}

void Printer::node(const TestItem& item, Span span) {
  text("test ");
  string(item.name);
  text(" {");
  out_.indent();
  for (const TestStep& step : item.steps) {
    out_.hard();
    test_step(step);
  }
  reach_end(span);
  out_.dedent();
  if (!item.steps.empty()) out_.hard();
  text("}");
}

void Printer::node(const AssumeItem& item, Span) {
  text("assume ");
  if (item.kinds) {
    text("on ");
    kinds(*item.kinds);
    text(": ");
  }
  condition(item.condition);
}

void Printer::node(const OwnerItem& item, Span) {
  text("owner ");
  string(item.owner);
}

void Printer::node(const RuleItem& item, Span) {
  text("rule ");
  name(item.name);
  text(" on ");
  kinds(item.kinds);
  clauses(item.clauses);
}

void Printer::node(const TemplateItem& item, Span) {
  text("template ");
  name(item.name);
  out_.begin();
  text("(");
  out_.indent();
  if (!item.params.empty()) out_.soft();
  for (size_t i = 0; i < item.params.size(); ++i) {
    if (i > 0) {
      text(",");
      out_.line();
    }
    name(item.params[i].name);
    text(": ");
    type(item.params[i].type);
  }
  out_.dedent();
  if (!item.params.empty()) out_.soft();
  text(")");
  out_.end();
  text(" on ");
  kinds(item.kinds);
  clauses(item.clauses);
}

void Printer::node(const UseItem& item, Span) {
  text("use ");
  name(item.name);
  arguments(item.args);
  text(" as ");
  name(item.as);
}

namespace {

// The parts of an item that has named parts, printed in the order in which the author wrote them.
struct Part {
  Span span;
  std::function<void()> print;
};
void in_order(std::vector<Part>& parts, Layout& out) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.span.begin < b.span.begin; });
  out.indent();
  for (const Part& part : parts) {
    out.hard();
    part.print();
  }
  out.dedent();
}

}  // namespace

void Printer::node(const ExceptionItem& item, Span) {
  text("exception ");
  name(item.name);
  text(" for ");
  rule_refs(item.rules);
  std::vector<Part> parts;
  const auto add = [&](Span span, std::string_view word, std::function<void()> print) {
    parts.push_back({span, [this, span, word, print = std::move(print)] {
                       reach(span);
                       text(word);
                       print();
                     }});
  };
  if (item.kinds) add(item.kinds->span, "on ", [&] { kinds(*item.kinds); });
  if (item.when) add(item.when->span, "when ", [&] { condition(*item.when); });
  if (item.expires) add(item.expires->span, "expires ", [&] { moment(*item.expires); });
  if (item.owner) add(item.owner->span, "owner ", [&] { string(*item.owner); });
  if (item.reason) add(item.reason->span, "reason ", [&] { string(*item.reason); });
  for (const Span& span : item.repeated) add(span, "", [&] { as_written(span); });
  in_order(parts, out_);
}

void Printer::node(const BreakGlassItem& item, Span) {
  text("break glass ");
  name(item.name);
  text(" on ");
  kinds(item.kinds);
  std::vector<Part> parts;
  const auto add = [&](Span span, std::string_view word, std::function<void()> print) {
    parts.push_back({span, [this, span, word, print = std::move(print)] {
                       reach(span);
                       text(word);
                       print();
                     }});
  };
  if (item.who) add(item.who->span, "who ", [&] { condition(*item.who); });
  if (item.when) add(item.when->span, "when ", [&] { condition(*item.when); });
  if (item.lifts_given) {
    add(item.lifts_span, item.lifts_every ? "lifts every rule" : "lifts ", [&] {
      if (!item.lifts_every) rule_refs(item.lifts);
      if (item.even_mandatory) text(" even mandatory");
    });
  }
  if (item.duration) add(item.duration->span, "for ", [&] { scalar(*item.duration); });
  for (const Argument& obligation : item.obligations) {
    add(obligation.name.span, "oblige ", [&] {
      name(obligation.name);
      text(" = ");
      value(obligation.value);
    });
  }
  for (const Span& span : item.repeated) add(span, "", [&] { as_written(span); });
  in_order(parts, out_);
}

void Printer::node(const InvariantItem& item, Span) {
  text("invariant ");
  name(item.name);
  text(" on ");
  kinds(item.kinds);
  out_.indent();
  out_.hard();
  text(item.never ? "never " : "always ");
  for (size_t i = 0; i < item.outcomes.size(); ++i) {
    if (i > 0) text(" or ");
    text(outcome_word(item.outcomes[i]));
  }
  if (item.when) {
    text(" when ");
    condition(*item.when);
  }
  out_.dedent();
}

void Printer::node(const CoverItem& item, Span) {
  text("cover ");
  kinds(item.kinds);
  if (!item.when) return;
  text(" when ");
  condition(*item.when);
}

}  // namespace guard::syntax
