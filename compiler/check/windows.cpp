// Windows: expressions of weekly hours, days and dated intervals become ordered steps.
#include "check/windows.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "check/constants.hpp"
#include "check/names.hpp"
#include "check/zones.hpp"

namespace guard::check {

namespace {

using TK = syntax::WindowTerm::Kind;
constexpr uint32_t kMinutesPerDay = 1440;

std::optional<int64_t> date_of(Context& context, const syntax::Text& text) {
  const auto day = parse_date(text.value);
  if (!day) context.report(DiagId::BadTime, text.span, "there is no day `" + text.value + "`");
  return day;
}

std::optional<uint32_t> time_of(Context& context, const syntax::Text& text, bool end) {
  const auto minutes = parse_time(text.value, end);
  if (!minutes) {
    context.report(DiagId::BadTime, text.span, "`" + text.value + "` is no time of the day")
        .help(end ? "times go from 00:00 to 24:00" : "times go from 00:00 to 23:59");
  }
  return minutes;
}

bool in_horizon(Context& context, int64_t ns, Span span) {
  if (ns >= context.set.horizon_from_ns && ns <= context.set.horizon_to_ns) return true;
  context.report(DiagId::OutsideHorizon, span,
                 "the moment is outside the zone data, which reaches from " +
                     timestamp_text(context.set.horizon_from_ns) + " to " + timestamp_text(context.set.horizon_to_ns));
  return false;
}

class WindowBuilder {
 public:
  explicit WindowBuilder(Context& context) : context_(context) {}

  void build(Symbol& symbol) {
    if (symbol.state == Symbol::State::Done || symbol.state == Symbol::State::Broken) return;
    if (symbol.state == Symbol::State::Working) {
      context_.report(DiagId::RecursiveDefinition, symbol.name.span, "`" + symbol.name.text + "` is defined by itself");
      symbol.state = Symbol::State::Broken;
      return;
    }
    symbol.state = Symbol::State::Working;
    const auto& item = std::get<syntax::WindowItem>(symbol.item->node);
    Window window;
    window.name = item.name.text;
    window.span = symbol.item->span;
    bool good = bases(*symbol.scope, item.window);
    const size_t before = context_.diagnostics.error_count();
    const std::string zone = good ? inherited_zone(item.window) : "";
    zone_reported_ = !good || context_.diagnostics.error_count() > before;
    std::set<std::string> zones;
    for (const syntax::WindowTerm& term : item.window.terms) good = step(term, false, zone, zones, window) && good;
    for (const syntax::WindowTerm& term : item.window.except) good = step(term, true, zone, zones, window) && good;
    window.text = text_of(item.window);
    if (window.steps.size() > limits::kWindowSteps.value) {
      context_.exceeded(limits::kWindowSteps, symbol.name.span);
      good = false;
    }
    if (!good || symbol.state == Symbol::State::Broken) {
      symbol.state = Symbol::State::Broken;
      return;
    }
    symbol.window = WindowId{static_cast<uint32_t>(context_.set.windows.size())};
    symbol.state = Symbol::State::Done;
    if (context_.set.windows.size() == limits::kWindows.value) context_.exceeded(limits::kWindows, symbol.name.span);
    context_.set.windows.push_back(std::move(window));
    zones_.push_back(std::move(zones));
  }

 private:
  std::string text_of(const syntax::WindowExpr& expr) const {
    if (expr.span.file != kNoFile) return one_line(context_.sources, expr.span);
    return {};
  }

  Symbol* base(const Scope& scope, const syntax::WindowTerm& term) {
    Symbol* symbol = scope.find(term.name.text);
    if (symbol == nullptr) {
      Diagnostic& diagnostic =
          context_.report(DiagId::UnknownName, term.name.span, "there is no window `" + term.name.text + "`");
      std::vector<std::string> known;
      for (const Scope* s = &scope; s != nullptr; s = s->outer) {
        for (const Symbol* other : s->order) {
          if (other->kind == Symbol::Kind::Window) known.push_back(other->name.text);
        }
      }
      suggest(diagnostic, term.name.text, known);
      return nullptr;
    }
    if (symbol->kind != Symbol::Kind::Window) {
      context_.report(DiagId::MisusedName, term.name.span,
                      "`" + term.name.text + "` is " + symbol_word(symbol->kind) + ", not a window");
      return nullptr;
    }
    symbol->used = true;
    return symbol;
  }

  // Builds the windows that the expression names; notes them for its steps.
  bool bases(const Scope& scope, const syntax::WindowExpr& expr) {
    bool good = true;
    std::vector<std::pair<const syntax::WindowTerm*, Symbol*>> found;
    const auto visit = [&](const syntax::WindowTerm& term) {
      if (term.kind != TK::Named) return;
      Symbol* symbol = base(scope, term);
      if (symbol != nullptr) build(*symbol);
      good = good && symbol != nullptr && symbol->state == Symbol::State::Done;
      found.emplace_back(&term, symbol);
    };
    for (const syntax::WindowTerm& term : expr.terms) visit(term);
    for (const syntax::WindowTerm& term : expr.except) visit(term);
    bases_ = std::move(found);
    return good;
  }

  // The zone of terms that name none: the expression's first, or the only one of the windows that it names.
  std::string inherited_zone(const syntax::WindowExpr& expr) {
    for (const auto* terms : {&expr.terms, &expr.except}) {
      for (const syntax::WindowTerm& term : *terms) {
        if (term.zone) return use_zone(context_, *term.zone) ? term.zone->value : "";
      }
    }
    std::set<std::string> zones;
    for (const auto& [term, symbol] : bases_) {
      const auto& of_base = zones_[static_cast<uint32_t>(symbol->window)];
      zones.insert(of_base.begin(), of_base.end());
    }
    return zones.size() == 1 ? *zones.begin() : "";
  }

  bool step(const syntax::WindowTerm& term, bool exclude, const std::string& inherited, std::set<std::string>& zones,
            Window& window) {
    WindowStep step;
    step.exclude = exclude;
    if (term.kind == TK::Named) {
      const auto found =
          std::find_if(bases_.begin(), bases_.end(), [&](const auto& entry) { return entry.first == &term; });
      if (found == bases_.end() || found->second == nullptr || found->second->state != Symbol::State::Done)
        return false;
      step.kind = WindowStep::Kind::Window;
      step.window = found->second->window;
      const auto& of_base = zones_[static_cast<uint32_t>(step.window)];
      zones.insert(of_base.begin(), of_base.end());
      window.steps.push_back(std::move(step));
      return true;
    }
    std::string zone = inherited;
    if (term.zone) {
      if (!use_zone(context_, *term.zone)) return false;
      zone = term.zone->value;
    } else if (zone.empty()) {
      if (zone_reported_) return false;
      context_.report(DiagId::NeedsZone, term.span, "no time zone is named").help("add `in \"Europe/London\"`");
      return false;
    }
    zones.insert(zone);
    step.zone = zone;
    if (!local_step(term, step)) return false;
    window.steps.push_back(std::move(step));
    return true;
  }

  bool local_step(const syntax::WindowTerm& term, WindowStep& step) {
    switch (term.kind) {
      case TK::Weekly:
      case TK::Daily:
        return weekly(term, step);
      case TK::Dated:
        return dated(term, step);
      case TK::Day: {
        const auto day = date_of(context_, *term.from_date);
        if (!day || !in_horizon(context_, *day * kNsPerDay, term.from_date->span)) return false;
        step.kind = WindowStep::Kind::LocalDay;
        step.day = *day;
        return true;
      }
      case TK::Named:
        break;
    }
    return false;
  }

  bool weekly(const syntax::WindowTerm& term, WindowStep& step) {
    step.kind = WindowStep::Kind::Weekly;
    uint32_t from = 0, to = kMinutesPerDay;
    if (term.from_time) {
      const auto begin = time_of(context_, *term.from_time, false), end = time_of(context_, *term.to_time, true);
      if (!begin || !end) return false;
      from = *begin;
      to = *end;
      if (from == to) {
        context_
            .report(DiagId::EmptyWindow, join(term.from_time->span, term.to_time->span),
                    "the window ends when it begins")
            .help("a whole day is 00:00 to 24:00");
        return false;
      }
      if (to < from) to += kMinutesPerDay;  // over midnight: it belongs to the day it opens on
    }
    std::set<uint32_t> days;
    for (const auto& [first, last] : term.days) {
      for (uint32_t day = first;; day = (day + 1) % 7) {
        days.insert(day);
        if (day == last) break;
      }
    }
    if (term.kind == TK::Daily) days = {0, 1, 2, 3, 4, 5, 6};
    for (const uint32_t day : days) step.minutes.emplace_back(day * kMinutesPerDay + from, day * kMinutesPerDay + to);
    return true;
  }

  bool dated(const syntax::WindowTerm& term, WindowStep& step) {
    step.kind = WindowStep::Kind::Interval;
    const auto from_day = date_of(context_, *term.from_date), to_day = date_of(context_, *term.to_date);
    const auto from = time_of(context_, *term.from_time, false), to = time_of(context_, *term.to_time, true);
    if (!from_day || !to_day || !from || !to) return false;
    if (!in_horizon(context_, *from_day * kNsPerDay, term.from_date->span) ||
        !in_horizon(context_, *to_day * kNsPerDay, term.to_date->span)) {
      return false;
    }
    step.from_ns = instant_of_local(step.zone, *from_day * kSecondsPerDay + int64_t{*from} * 60);
    step.to_ns = instant_of_local(step.zone, *to_day * kSecondsPerDay + int64_t{*to} * 60);
    if (step.from_ns >= step.to_ns) {
      context_.report(DiagId::EmptyWindow, term.span, "the window ends before it begins");
      return false;
    }
    return in_horizon(context_, step.from_ns, term.from_date->span) &&
           in_horizon(context_, step.to_ns, term.to_date->span);
  }

  Context& context_;
  std::vector<std::pair<const syntax::WindowTerm*, Symbol*>> bases_;
  bool zone_reported_ = false;                // what terms without a zone would inherit was reported
  std::vector<std::set<std::string>> zones_;  // per window
};

}  // namespace

void set_horizon(Context& context) {
  const auto ns = [](int year) {
    const std::chrono::sys_days day{std::chrono::year(year) / std::chrono::January / 1};
    return int64_t{day.time_since_epoch().count()} * kNsPerDay;
  };
  context.set.horizon_from_ns = ns(context.options.horizon_from_year);
  context.set.horizon_to_ns = ns(context.options.horizon_to_year);
}

void build_windows(Context& context) {
  WindowBuilder builder(context);
  const auto build = [&](Scope& scope) {
    std::vector<Symbol*> windows;
    for (Symbol* symbol : scope.order) {
      if (symbol->kind == Symbol::Kind::Window) windows.push_back(symbol);
    }
    std::sort(windows.begin(), windows.end(),
              [](const Symbol* a, const Symbol* b) { return a->name.text < b->name.text; });
    for (Symbol* symbol : windows) builder.build(*symbol);
  };
  build(context.schema_scope);
  for (const auto& scope : context.policies) build(*scope);
}

std::optional<int64_t> resolve_moment(Context& context, const syntax::Moment& moment) {
  if (moment.timestamp) {
    const auto ns = parse_timestamp(moment.timestamp->text);
    if (!ns) {
      context.report(DiagId::BadTimestamp, moment.timestamp->span,
                     "`" + moment.timestamp->text + "` is not a timestamp of 1678 to 2261");
      return std::nullopt;
    }
    if (!in_horizon(context, *ns, moment.span)) return std::nullopt;
    return ns;
  }
  const auto day = date_of(context, *moment.date);
  std::optional<uint32_t> minutes = 0;
  if (moment.time) minutes = time_of(context, *moment.time, true);
  if (!moment.zone) {
    context.report(DiagId::NeedsZone, moment.span, "no time zone is named").help("add `in \"Europe/London\"`");
    return std::nullopt;
  }
  if (!use_zone(context, *moment.zone) || !day || !minutes) return std::nullopt;
  if (!in_horizon(context, *day * kNsPerDay, moment.span)) return std::nullopt;
  return instant_of_local(moment.zone->value, *day * kSecondsPerDay + int64_t{*minutes} * 60);
}

}  // namespace guard::check
