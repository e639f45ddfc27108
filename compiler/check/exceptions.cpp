// Exceptions and break glass: what may pass in spite of a blocking rule, until when, and who answers for it.
#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "check/constants.hpp"
#include "check/names.hpp"
#include "check/rules.hpp"
#include "check/windows.hpp"

namespace guard::check {

namespace {

struct Missing {
  const char* what;
  const char* hint;
};

// One diagnostic for all clauses that an item lacks.
void report_missing(Context& context, const syntax::Name& name, const std::vector<Missing>& missing) {
  if (missing.empty()) return;
  std::string message = "`" + name.text + "` needs ";
  for (size_t i = 0; i < missing.size(); ++i) {
    message += std::string(i == 0 ? "" : i + 1 == missing.size() ? " and " : ", ") + missing[i].what;
  }
  Diagnostic& diagnostic = context.report(DiagId::MissingClause, name.span, std::move(message));
  for (const Missing& m : missing) diagnostic.help(m.hint);
}

void repeated(Context& context, const std::vector<Span>& spans) {
  for (const Span span : spans) context.report(DiagId::RepeatedClause, span, "the clause is already given");
}

// The kinds that any of the rules speaks of.
std::vector<KindId> kinds_of(const Context& context, const std::vector<RuleId>& rules) {
  std::vector<KindId> kinds;
  for (const RuleId id : rules) {
    for (const RuleOnKind& on : context.set.rules[static_cast<uint32_t>(id)].on) kinds.push_back(on.kind);
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

std::vector<RuleId> blocking_rules(Context& context, const Scope& scope, const std::vector<syntax::RuleRef>& refs,
                                   bool even_mandatory) {
  std::vector<RuleId> rules;
  std::unordered_set<uint32_t> named;
  for (const syntax::RuleRef& ref : refs) {
    const auto rule = resolve_blocking_rule(context, scope, ref, even_mandatory);
    if (!rule) continue;
    if (!named.insert(static_cast<uint32_t>(*rule)).second) {
      context.report(DiagId::RepeatedClause, ref.span, "the rule is already named");
      continue;
    }
    rules.push_back(*rule);
  }
  std::sort(rules.begin(), rules.end());
  return rules;
}

void build_exception(Context& context, Scope& scope, const syntax::ExceptionItem& item, Span span) {
  const bool fresh = new_id(context, scope, item.name);
  Exception exception;
  exception.id = scope.policy + "." + item.name.text;
  exception.span = span;
  exception.has_condition = item.when.has_value();
  repeated(context, item.repeated);
  exception.rules = blocking_rules(context, scope, item.rules, false);
  std::vector<KindId> kinds = kinds_of(context, exception.rules);
  if (item.kinds) {
    const std::vector<KindId> wanted = resolve_kinds(context, *item.kinds);
    std::vector<KindId> common;
    std::set_intersection(wanted.begin(), wanted.end(), kinds.begin(), kinds.end(), std::back_inserter(common));
    if (!item.kinds->every && !kinds.empty() && common.size() < wanted.size()) {
      context.report(DiagId::NoCommonKind, item.kinds->span,
                     "no rule that is excepted here speaks of all these action kinds");
    }
    kinds = std::move(common);
  }
  exception.on = conditions_on(context, scope, kinds, item.when, span);
  std::vector<Missing> missing;
  if (!item.expires)
    missing.push_back({"an expiry", "add `expires 2026-12-31 in \"Europe/London\"`"});
  else if (const auto expires = resolve_moment(context, *item.expires))
    exception.expires_ns = *expires;
  if (!item.owner || item.owner->value.empty())
    missing.push_back({"an owner", "add `owner \"team\"`"});
  else
    exception.owner = item.owner->value;
  if (!item.reason || item.reason->value.empty())
    missing.push_back({"a reason", "add `reason \"…\"`"});
  else
    exception.reason = item.reason->value;
  report_missing(context, item.name, missing);
  if (fresh) context.set.exceptions.push_back(std::move(exception));
}

bool has_marks(Context& context, const syntax::BreakGlassItem& item, const std::vector<KindId>& kinds) {
  for (const KindId id : kinds) {
    const Kind& kind = context.kind(id);
    if (kind.break_glass != kNoLeaf && kind.actor != kNoLeaf) continue;
    context.report(DiagId::NoBreakGlassMark, item.name.span,
                   "`" + kind.name + "` has no attribute marked " +
                       (kind.break_glass == kNoLeaf ? "`break glass(person, reason, time)`" : "`identity`"));
    return false;
  }
  return true;
}

void build_one_break_glass(Context& context, Scope& scope, const syntax::BreakGlassItem& item, Span span) {
  const bool fresh = new_id(context, scope, item.name);
  BreakGlass glass;
  glass.id = scope.policy + "." + item.name.text;
  glass.span = span;
  glass.every = item.lifts_every;
  glass.even_mandatory = item.even_mandatory;
  glass.baseline = scope.baseline;
  repeated(context, item.repeated);
  const std::vector<KindId> kinds = resolve_kinds(context, item.kinds);
  const bool marked = has_marks(context, item, kinds);
  std::vector<Missing> missing;
  if (!item.who) missing.push_back({"to say who may use it", "add `who actor.groups has any { … }`"});
  if (!item.lifts_given) missing.push_back({"to say what it lifts", "add `lifts every rule` or `lifts policy.rule`"});
  glass.rules = blocking_rules(context, scope, item.lifts, item.even_mandatory);
  if (!item.duration) {
    missing.push_back({"to say how long it lasts", "add `for 2h`"});
  } else {
    Site site;
    site.scope = &scope;
    const auto duration = literal_of(context, site, *item.duration);
    if (duration && duration->number <= 0)
      context.report(DiagId::BadDuration, item.duration->span, "break glass lasts longer than zero");
    if (duration) glass.duration_ns = duration->number;
  }
  report_missing(context, item.name, missing);
  std::vector<ConditionOnKind> who = conditions_on(context, scope, kinds, item.who, span);
  std::vector<ConditionOnKind> when = conditions_on(context, scope, kinds, item.when, span);
  if (marked && who.size() == kinds.size() && when.size() == kinds.size()) {
    for (size_t i = 0; i < kinds.size(); ++i) {
      std::vector<Condition> parts;
      if (item.who) parts.push_back(std::move(who[i].condition));
      if (item.when) parts.push_back(std::move(when[i].condition));
      const bool one = parts.size() == 1;
      glass.on.push_back({kinds[i], parts.empty() ? constant_condition(true, span)
                                    : one         ? std::move(parts[0])
                                                  : joined(Condition::Kind::And, std::move(parts), span)});
    }
  }
  Site site;
  site.scope = &scope;
  for (const syntax::Argument& oblige : item.obligations) {
    auto obligation =
        build_obligation(context, site, oblige.name, oblige.value, join(oblige.name.span, oblige.value.span));
    if (!obligation) continue;
    for (const Obligation& other : glass.obligations) {
      if (other.name == obligation->name)
        context.report(DiagId::RepeatedClause, oblige.name.span, "`" + other.name + "` is already obliged");
    }
    glass.obligations.push_back(std::move(*obligation));
  }
  if (fresh) context.set.break_glass.push_back(std::move(glass));
}

template <typename Item, typename Build>
void each(Context& context, const Build& build) {
  for (const auto& scope : context.policies) {
    for (const syntax::Section* section : scope->sections) {
      for (const syntax::Item& item : section->items) {
        if (const auto* node = std::get_if<Item>(&item.node)) build(context, *scope, *node, item.span);
      }
    }
  }
}

}  // namespace

void build_exceptions(Context& context) {
  each<syntax::ExceptionItem>(context, build_exception);
  std::sort(context.set.exceptions.begin(), context.set.exceptions.end(),
            [](const Exception& a, const Exception& b) { return a.id < b.id; });
}

void build_break_glass(Context& context) {
  each<syntax::BreakGlassItem>(context, build_one_break_glass);
  std::sort(context.set.break_glass.begin(), context.set.break_glass.end(),
            [](const BreakGlass& a, const BreakGlass& b) { return a.id < b.id; });
}

}  // namespace guard::check
