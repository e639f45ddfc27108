// ANTLR's tree to ours: windows, tests, items. See parse_build.hpp.
#include <algorithm>
#include <utility>

#include "syntax/parse_build.hpp"

namespace guard::syntax {

namespace {

using P = GuardParser;

OutcomeWord outcome_word(antlr4::ParserRuleContext* context) {
  switch (context->getStart()->getType()) {
    case P::ALLOW:
      return OutcomeWord::Allow;
    case P::DENY:
      return OutcomeWord::Deny;
    default:
      return OutcomeWord::Hold;
  }
}

TestStep::Status status_word(antlr4::ParserRuleContext* context) {
  switch (context->getStart()->getType()) {
    case P::APPLIED:
      return TestStep::Status::Applied;
    case P::OVERRIDDEN:
      return TestStep::Status::Overridden;
    case P::EXCEPTED:
      return TestStep::Status::Excepted;
    case P::SHADOW:
      return TestStep::Status::Shadow;
    case P::ADVISORY:
      return TestStep::Status::Advisory;
    default:
      return TestStep::Status::Silent;
  }
}

uint8_t day_number(std::string_view word) {
  constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  return static_cast<uint8_t>(std::find(std::begin(kDays), std::end(kDays), word) - std::begin(kDays));
}

}  // namespace

// ---- windows ----

std::optional<Text> Builder::zone(P::ZoneContext* context) {
  if (context == nullptr) return std::nullopt;
  return text(context->STRING()->getSymbol());
}

WindowTerm Builder::window_term(P::WindowTermContext* context) {
  WindowTerm out{};
  out.span = span(context);
  if (auto* weekly = dynamic_cast<P::WeeklyTermContext*>(context)) {
    out.kind = WindowTerm::Kind::Weekly;
    for (P::DayRangeContext* range : weekly->dayRange()) {
      const uint8_t from = day_number(spelling(range->getStart()));
      out.days.emplace_back(from, day_number(spelling(range->getStop())));
    }
    if (weekly->TIME().size() == 2) {
      out.from_time = plain_text(weekly->TIME(0));
      out.to_time = plain_text(weekly->TIME(1));
    }
    out.zone = zone(weekly->zone());
  } else if (auto* daily = dynamic_cast<P::DailyTermContext*>(context)) {
    out.kind = WindowTerm::Kind::Daily;
    out.from_time = plain_text(daily->TIME(0));
    out.to_time = plain_text(daily->TIME(1));
    out.zone = zone(daily->zone());
  } else if (auto* dated = dynamic_cast<P::DatedTermContext*>(context)) {
    out.kind = WindowTerm::Kind::Dated;
    out.from_date = plain_text(dated->DATE(0));
    out.from_time = plain_text(dated->TIME(0));
    out.to_date = plain_text(dated->DATE(1));
    out.to_time = plain_text(dated->TIME(1));
    out.zone = zone(dated->zone());
  } else if (auto* day = dynamic_cast<P::DayTermContext*>(context)) {
    out.kind = WindowTerm::Kind::Day;
    out.from_date = plain_text(day->DATE());
    out.zone = zone(day->zone());
  } else {
    out.kind = WindowTerm::Kind::Named;
    out.name = name(as<P::NamedTermContext>(context).name());
  }
  return out;
}

WindowExpr Builder::window_expr(P::WindowExprContext* context) {
  WindowExpr out;
  out.span = span(context);
  const size_t except = context->EXCEPT() == nullptr ? SIZE_MAX : context->EXCEPT()->getSymbol()->getTokenIndex();
  for (P::WindowTermContext* part : context->windowTerm()) {
    auto& list = part->getStart()->getTokenIndex() > except ? out.except : out.terms;
    list.push_back(window_term(part));
  }
  return out;
}

// ---- tests ----

TestStep Builder::test_step(P::TestStepContext* context) {
  TestStep out{};
  out.span = span(context);
  const auto given = [&](TestStep::Kind kind, auto& step) {
    out.kind = kind;
    out.text = text(step.STRING()->getSymbol());
    if (step.name() != nullptr) out.as = name(step.name());
  };
  if (auto* record_step = dynamic_cast<P::GivenRecordContext*>(context)) {
    out.kind = TestStep::Kind::GivenRecord;
    out.record = record(record_step->record());
  } else if (auto* json = dynamic_cast<P::GivenJsonContext*>(context)) {
    given(TestStep::Kind::GivenJson, *json);
  } else if (auto* file = dynamic_cast<P::GivenFileContext*>(context)) {
    given(TestStep::Kind::GivenFile, *file);
  } else if (auto* expected = dynamic_cast<P::ExpectOutcomeContext*>(context)) {
    out.kind = TestStep::Kind::ExpectOutcome;
    out.outcome = outcome_word(expected->testOutcome());
    out.rules = rule_refs(expected->ruleRefs());
  } else if (auto* error = dynamic_cast<P::ExpectErrorContext*>(context)) {
    out.kind = TestStep::Kind::ExpectError;
    if (error->STRING() != nullptr) out.text = text(error->STRING()->getSymbol());
  } else if (auto* status = dynamic_cast<P::ExpectStatusContext*>(context)) {
    out.kind = TestStep::Kind::ExpectStatus;
    out.rules.push_back(rule_ref(status->ruleRef()));
    out.status = status_word(status->status());
  } else {
    auto& obligation = as<P::ExpectObligationContext>(context);
    out.kind = TestStep::Kind::ExpectObligation;
    out.name = name(obligation.name());
    out.value = value(obligation.value());
  }
  return out;
}

// ---- items ----

Section Builder::section(P::SectionHeadContext* head) {
  return {head->SCHEMA() != nullptr, name(head->name()), {}, span(head)};
}

std::vector<Argument> Builder::arguments(const std::vector<P::ArgContext*>& contexts) {
  std::vector<Argument> out;
  for (P::ArgContext* context : contexts) out.push_back({name(context->name()), value(context->value())});
  return out;
}

ExceptionItem Builder::exception_item(P::ExceptionItemContext* context) {
  ExceptionItem out;
  out.name = name(context->name());
  out.rules = rule_refs(context->ruleRefs());
  for (P::ExceptionClauseContext* part : context->exceptionClause()) {
    const auto set = [&](auto& slot, auto value_given) {
      if (slot) {
        out.repeated.push_back(span(part));
      } else {
        slot = std::move(value_given);
      }
    };
    switch (part->getStart()->getType()) {
      case P::ON:
        set(out.kinds, kinds(as<P::ExceptionOnContext>(part).kinds()));
        break;
      case P::WHEN:
        set(out.when, condition(as<P::ExceptionWhenContext>(part).condition()));
        break;
      case P::EXPIRES:
        set(out.expires, moment(as<P::ExceptionExpiresContext>(part).moment()));
        break;
      case P::OWNER:
        set(out.owner, text(as<P::ExceptionOwnerContext>(part).STRING()->getSymbol()));
        break;
      default:
        set(out.reason, text(as<P::ExceptionReasonContext>(part).STRING()->getSymbol()));
        break;
    }
  }
  return out;
}

BreakGlassItem Builder::break_glass_item(P::BreakGlassItemContext* context) {
  BreakGlassItem out;
  out.name = name(context->name());
  out.kinds = kinds(context->kinds());
  for (P::BreakGlassClauseContext* part : context->breakGlassClause()) {
    const auto set = [&](auto& slot, auto value_given) {
      if (slot) {
        out.repeated.push_back(span(part));
      } else {
        slot = std::move(value_given);
      }
    };
    switch (part->getStart()->getType()) {
      case P::WHO:
        set(out.who, condition(as<P::BreakGlassWhoContext>(part).condition()));
        break;
      case P::WHEN:
        set(out.when, condition(as<P::BreakGlassWhenContext>(part).condition()));
        break;
      case P::LIFTS: {
        if (std::exchange(out.lifts_given, true)) {
          out.repeated.push_back(span(part));
          break;
        }
        auto& lifts = as<P::BreakGlassLiftsContext>(part);
        out.lifts_span = span(part);
        out.lifts_every = lifts.EVERY() != nullptr;
        out.even_mandatory = lifts.EVEN() != nullptr;
        out.lifts = rule_refs(lifts.ruleRefs());
        break;
      }
      case P::FOR:
        set(out.duration, scalar(as<P::BreakGlassForContext>(part).DURATION()->getSymbol()));
        break;
      default: {
        auto& oblige = as<P::BreakGlassObligeContext>(part);
        out.obligations.push_back({name(oblige.name()), value(oblige.value())});
        break;
      }
    }
  }
  return out;
}

InvariantItem Builder::invariant_item(P::InvariantItemContext* context) {
  InvariantItem out;
  out.name = name(context->name());
  out.kinds = kinds(context->kinds());
  out.never = context->NEVER() != nullptr;
  for (P::OutcomeContext* part : context->outcome()) out.outcomes.push_back(outcome_word(part));
  if (context->condition() != nullptr) out.when = condition(context->condition());
  return out;
}

Item Builder::item(P::ItemContext* context) {
  Item out{BlockingWinsItem{}, span(context)};
  switch (context->getStart()->getType()) {
    case P::RULE: {
      auto& rule = as<P::RuleItemContext>(context);
      out.node = RuleItem{name(rule.name()), kinds(rule.kinds()), clauses(rule.clause())};
      return out;
    }
    case P::TEMPLATE: {
      auto& made = as<P::TemplateItemContext>(context);
      TemplateItem item{name(made.name()), {}, kinds(made.kinds()), clauses(made.clause())};
      for (P::ParamContext* param : made.param()) item.params.push_back({name(param->name()), type(param->type())});
      out.node = std::move(item);
      return out;
    }
    case P::USE: {
      auto& use = as<P::UseItemContext>(context);
      out.node = UseItem{name(use.name(0)), arguments(use.arg()), name(use.name(1))};
      return out;
    }
    case P::EXCEPTION:
      out.node = exception_item(&as<P::ExceptionItemContext>(context));
      return out;
    case P::BREAK:
      out.node = break_glass_item(&as<P::BreakGlassItemContext>(context));
      return out;
    case P::INVARIANT:
      out.node = invariant_item(&as<P::InvariantItemContext>(context));
      return out;
    case P::COVER: {
      auto& cover = as<P::CoverItemContext>(context);
      CoverItem item{kinds(cover.kinds()), {}};
      if (cover.condition() != nullptr) item.when = condition(cover.condition());
      out.node = std::move(item);
      return out;
    }
    case P::TEST: {
      auto& test = as<P::TestItemContext>(context);
      TestItem item{text(test.STRING()->getSymbol()), {}};
      for (P::TestStepContext* step : test.testStep()) item.steps.push_back(test_step(step));
      out.node = std::move(item);
      return out;
    }
    default:
      return other_item(context);
  }
}

// The items that schemas hold, and the short ones of both sections.
Item Builder::other_item(P::ItemContext* context) {
  Item out{BlockingWinsItem{}, span(context)};
  if (auto* fallback = dynamic_cast<P::DefaultItemContext*>(context)) {
    DefaultItem item{outcome_word(fallback->outcome()), {}};
    if (fallback->kinds() != nullptr) item.kinds = kinds(fallback->kinds());
    out.node = std::move(item);
  } else if (auto* unguarded = dynamic_cast<P::UnguardedItemContext*>(context)) {
    out.node = UnguardedItem{names(unguarded->names()->name())};
  } else if (auto* kind_at = dynamic_cast<P::KindAtItemContext*>(context)) {
    out.node = KindAtItem{text(kind_at->STRING()->getSymbol())};
  } else if (auto* words = dynamic_cast<P::EnumItemContext*>(context)) {
    out.node = EnumItem{name(words->name()), enum_body(words->enumBody())};
  } else if (auto* record_item = dynamic_cast<P::RecordItemContext*>(context)) {
    out.node = RecordItem{name(record_item->name()), fields(record_item->fields())};
  } else if (auto* action = dynamic_cast<P::ActionItemContext*>(context)) {
    ActionItem item{{}, fields(action->fields())};
    if (action->name() != nullptr) item.name = name(action->name());
    out.node = std::move(item);
  } else if (auto* severity = dynamic_cast<P::SeverityItemContext*>(context)) {
    out.node = SeverityItem{check_id(severity->checkId()), name(severity->name())};
  } else if (auto* let = dynamic_cast<P::LetItemContext*>(context)) {
    out.node = LetItem{name(let->name()), value(let->value())};
  } else if (auto* define = dynamic_cast<P::DefineItemContext*>(context)) {
    out.node = DefineItem{name(define->name()), condition(define->condition())};
  } else if (auto* window = dynamic_cast<P::WindowItemContext*>(context)) {
    out.node = WindowItem{name(window->name()), window_expr(window->windowExpr())};
  } else if (auto* data = dynamic_cast<P::DataItemContext*>(context)) {
    out.node =
        DataItem{name(data->name()), text(data->STRING()->getSymbol()), type(data->type(0)), type(data->type(1))};
  } else if (auto* fixture = dynamic_cast<P::FixtureItemContext*>(context)) {
    out.node = FixtureItem{name(fixture->name()), record(fixture->record())};
  } else if (auto* assume = dynamic_cast<P::AssumeItemContext*>(context)) {
    std::optional<Kinds> on;
    if (assume->kinds() != nullptr) on = kinds(assume->kinds());
    out.node = AssumeItem{std::move(on), condition(assume->condition())};
  } else if (auto* owner = dynamic_cast<P::OwnerItemContext*>(context)) {
    out.node = OwnerItem{text(owner->STRING()->getSymbol())};
  } else {
    static_cast<void>(as<P::BlockingWinsItemContext>(context));
  }
  return out;
}

}  // namespace guard::syntax
