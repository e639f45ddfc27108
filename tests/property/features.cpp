// Counting what decides; see features.hpp.
#include "features.hpp"

#include <algorithm>

#include "tests/reference/text_forms.hpp"
#include "tests/reference/windows.hpp"

namespace guard::property {
namespace {

using check::Condition;
using check::TypeKind;
using reference::Truth;

void mark(Features& out, Feature feature) { out.set(static_cast<size_t>(feature)); }

bool is_order(check::Compare compare) { return compare != check::Compare::Eq && compare != check::Compare::Ne; }

std::string joined_path(const check::Leaf& leaf) {
  std::string out;
  for (const std::string& key : leaf.json) out += (out.empty() ? "" : ".") + key;
  return out;
}

}  // namespace

const char* feature_text(Feature feature) {
  switch (feature) {
#define GUARD_FEATURE(Name, what) \
  case Feature::Name:             \
    return what;
#include "features.def"
#undef GUARD_FEATURE
    case Feature::Count:
      break;
  }
  return "";
}

size_t FeatureCounts::print(std::string& out, uint64_t floor) const {
  size_t below = 0;
  for (size_t f = 0; f < kFeatureCount; ++f) {
    const bool reading = f >= static_cast<size_t>(kFirstOfReading);
    const bool low = counts_[f] < (reading ? floor / 5 : floor);
    below += low;
    std::string count = std::to_string(counts_[f]);
    out += std::string(count.size() < 9 ? 9 - count.size() : 0, ' ') + count + (low ? " * " : "   ") +
           feature_text(static_cast<Feature>(f)) + "\n";
  }
  return below;
}

Features FeatureFinder::of_error(const std::string& code) {
  Features out;
  for (size_t f = 0; f < kFeatureCount; ++f)
    if (feature_text(static_cast<Feature>(f)) == "error " + code) out.set(f);
  return out;
}

void FeatureFinder::operand_features(const check::Kind& kind, const check::Operand& operand, Features& out) const {
  using From = check::Operand::From;
  switch (operand.from) {
    case From::Leaf: {
      const check::Leaf& leaf = kind.leaves[operand.index];
      if (leaf.optional) mark(out, Feature::OptionalRead);
      if (leaf.signal != check::kNoLeaf)
        mark(out, Feature::SignalRead);
      else if (joined_path(leaf) != leaf.path)
        mark(out, Feature::PointerRead);
      break;
    }
    case From::Column:
      mark(out, Feature::ColumnRead);
      break;
    case From::Element:
      mark(out, Feature::ElementRead);
      break;
    case From::Lookup:
      mark(out, Feature::LookupRead);
      break;
  }
}

void FeatureFinder::window_features(check::WindowId window, Features& out) const {
  using Kind = check::WindowStep::Kind;
  for (const check::WindowStep& step : set_.windows[static_cast<uint32_t>(window)].steps) {
    if (step.exclude) mark(out, Feature::WindowExcept);
    switch (step.kind) {
      case Kind::Weekly:
        mark(out, Feature::WindowWeekly);
        for (const auto& [begin, end] : step.minutes)
          if (end > (begin / 1440 + 1) * 1440) mark(out, Feature::WindowMidnight);
        break;
      case Kind::LocalDay:
        mark(out, Feature::WindowDay);
        break;
      case Kind::Interval:
        mark(out, Feature::WindowDated);
        break;
      case Kind::Window:
        mark(out, Feature::WindowNamed);
        window_features(step.window, out);
        break;
    }
  }
}

// What the source says around the atom: its item begins at the last line before it that is not indented.
void FeatureFinder::written_features(const Condition& atom, Features& out) const {
  const auto file = static_cast<size_t>(atom.span.file);
  if (file >= texts_.size() || atom.span.begin >= texts_[file].size()) return;
  const std::string& text = texts_[file];
  size_t line = text.rfind('\n', atom.span.begin);
  while (line != std::string::npos && line > 0 && (text[line + 1] == ' ' || text[line + 1] == '}'))
    line = text.rfind('\n', line - 1);
  const std::string item = line == std::string::npos ? "" : text.substr(line + 1, 12);
  if (item.starts_with("define ")) mark(out, Feature::Define);
  if (item.starts_with("template ")) mark(out, Feature::Template);
  if (atom.text.find("let") != std::string::npos) mark(out, Feature::Let);
  if (atom.text.find("par") != std::string::npos) mark(out, Feature::Parameter);
}

Features FeatureFinder::of_atom(const check::Kind& kind, const Condition& c, bool nested) {
  using K = Condition::Kind;
  const auto found = known_.find({&kind, &c});
  if (found != known_.end()) return found->second;
  Features out;
  const TypeKind type = c.operand.type.kind;
  const bool reads = c.kind != K::SignalIs && c.kind != K::InWindow && c.kind != K::Approvals && c.kind != K::Linear &&
                     c.kind != K::Present;
  if (reads) operand_features(kind, c.operand, out);
  const auto by_element = [&] {
    const TypeKind element = c.operand.type.element;
    return element == TypeKind::String ? Feature::SetHasAnyString
           : element == TypeKind::Int  ? Feature::SetHasAnyInt
           : element == TypeKind::Enum ? Feature::SetHasAnyEnum
                                       : Feature::SetHasAnyVersion;
  };
  switch (c.kind) {
    case K::Constant:
    case K::And:
    case K::Or:
    case K::Not:
      break;
    case K::Bool:
      mark(out, Feature::BoolAtom);
      break;
    case K::NumberCompare:
      if (type == TypeKind::Int) mark(out, Feature::IntCompare);
      if (type == TypeKind::Decimal) mark(out, Feature::DecimalCompare);
      if (type == TypeKind::Enum) mark(out, is_order(c.compare) ? Feature::EnumOrder : Feature::EnumIs);
      if (type == TypeKind::Duration) mark(out, Feature::DurationCompare);
      if (type == TypeKind::Bool) mark(out, Feature::BoolAtom);
      if (type == TypeKind::Timestamp) {
        const bool now = c.operand.from == check::Operand::From::Leaf && check::LeafId{c.operand.index} == kind.now;
        mark(out, now ? Feature::InstantCompare : Feature::TimestampCompare);
      }
      break;
    case K::NumberIn:
      mark(out, Feature::NumberIn);
      break;
    case K::StringIn:
      mark(out, c.texts.size() == 1 ? Feature::StringIs : Feature::StringIn);
      break;
    case K::StringMatch: {
      constexpr std::array<Feature, 5> kMatches = {Feature::StartsWith, Feature::EndsWith, Feature::Contains,
                                                   Feature::Glob, Feature::Regex};
      mark(out, kMatches[static_cast<size_t>(c.match)]);
      break;
    }
    case K::VersionCompare:
      mark(out, Feature::VersionCompare);
      break;
    case K::VersionIn:
      mark(out, Feature::VersionIn);
      break;
    case K::Present:
      mark(out, c.operand.from == check::Operand::From::Lookup ? Feature::PresentLookup
                : type == TypeKind::Presence                   ? Feature::PresentRecord
                                                               : Feature::PresentValue);
      break;
    case K::SignalIs:
      mark(out, c.signal_state == check::SignalState::Missing ? Feature::SignalMissing
                : c.signal_state == check::SignalState::Stale ? Feature::SignalStale
                                                              : Feature::SignalFresh);
      break;
    case K::SetHasAny:
      mark(out, by_element());
      break;
    case K::SetHasAll:
      mark(out, Feature::SetHasAll);
      break;
    case K::SetEmpty:
      mark(out, type == TypeKind::List ? Feature::ListEmpty : Feature::SetEmpty);
      break;
    case K::InWindow:
      window_features(c.window, out);
      break;
    case K::StringEqual:
      mark(out, Feature::StringEqual);
      break;
    case K::EnumEqual:
      mark(out, Feature::EnumEqual);
      break;
    case K::VersionOrder:
      mark(out, Feature::VersionOrder);
      break;
    case K::Linear: {
      bool now = false, factor = false;
      for (const check::LinearTerm& term : c.terms) {
        operand_features(kind, term.operand, out);
        now = now || (term.operand.from == check::Operand::From::Leaf && check::LeafId{term.operand.index} == kind.now);
        factor = factor || (term.coefficient != 1 && term.coefficient != -1);
      }
      const TypeKind term = c.terms[0].operand.type.kind;
      if (factor) mark(out, Feature::LinearCoefficient);
      mark(out, term == TypeKind::Int       ? Feature::LinearInt
                : term == TypeKind::Decimal ? Feature::LinearDecimal
                : term == TypeKind::Enum    ? Feature::LinearEnum
                : now                       ? Feature::LinearAge
                                            : Feature::LinearTime);
      break;
    }
    case K::Approvals:
      mark(out, Feature::ApprovalsAtom);
      break;
    case K::Any:
      mark(out, Feature::Any);
      break;
    case K::All:
      mark(out, Feature::All);
      break;
    case K::AtLeast:
      mark(out, Feature::AtLeast);
      break;
    case K::AtMost:
      mark(out, Feature::AtMost);
      break;
    case K::Exactly:
      mark(out, Feature::Exactly);
      break;
  }
  // `list is empty` reaches the checked set as "not any row", or as itself.
  const bool emptiness = c.kind == K::Any && c.children[0].kind == K::Constant;
  if (emptiness) {
    out.reset();
    mark(out, Feature::ListEmpty);
  } else if (reference::is_quantifier(c)) {
    mark(out, type == TypeKind::List ? Feature::ListQuantifier : Feature::SetQuantifier);
    if (nested) mark(out, Feature::NestedQuantifier);
  }
  written_features(c, out);
  known_.emplace(std::pair(&kind, &c), out);
  return out;
}

template <typename State>
bool FeatureFinder::pivots_in(reference::Evaluation& evaluation, const Condition& root, const Condition& c, bool nested,
                              const State& state, Features& out) {
  bool any = false;
  const bool quantifier = reference::is_quantifier(c);
  for (const Condition& child : c.children)
    any = pivots_in(evaluation, root, child, nested || quantifier, state, out) || any;
  if (reference::is_connective(c)) return any;
  evaluation.force(nullptr, Truth::False);
  const auto before = state(evaluation.truth(root));
  // Inside a quantifier an atom has a truth per row: both values are tried at all rows.
  bool turns = false;
  for (const Truth flipped : {Truth::True, Truth::False}) {
    evaluation.force(&c, flipped);
    turns = turns || state(evaluation.truth(root)) != before;
  }
  evaluation.force(nullptr, Truth::False);
  if (!turns) return any;
  out |= of_atom(evaluation.kind(), c, nested);
  if (c.kind == Condition::Kind::InWindow) window_instant(evaluation, c, out);
  if (!nested && evaluation.truth(c) == Truth::Unknown) mark(out, Feature::UnknownTruth);
  return true;
}

template <typename State>
bool FeatureFinder::pivots(reference::Evaluation& evaluation, const Condition& root, const State& state,
                           Features& out) {
  return pivots_in(evaluation, root, root, false, state, out);
}

void FeatureFinder::window_instant(const reference::Evaluation& evaluation, const Condition& atom,
                                   Features& out) const {
  const int64_t now = evaluation.now();
  for (const check::Zone& zone : set_.zones)
    for (const check::ZoneRow& row : zone.rows)
      if (row.from_ns > set_.horizon_from_ns && now > row.from_ns - 180 * reference::kMinute &&
          now < row.from_ns + 180 * reference::kMinute)
        mark(out, Feature::WindowAtClockChange);
  const bool here = reference::in_window(set_, atom.window, now);
  const bool first = now > set_.horizon_from_ns && reference::in_window(set_, atom.window, now - 1) != here;
  const bool last = now + 1 < set_.horizon_to_ns && reference::in_window(set_, atom.window, now + 1) != here;
  if (first || last) mark(out, Feature::WindowAtBoundary);
}

void FeatureFinder::conditions(reference::Evaluation& evaluation, const reference::Ruling& ruling, Features& out) {
  const check::KindId kind = reference::kind_id(set_, evaluation.kind());
  const auto surely = [](Truth truth) { return truth == Truth::True; };
  for (const check::Rule& rule : set_.rules) {
    const check::RuleOnKind* on = reference::rule_on_kind(rule, kind);
    if (!on || rule.mode == syntax::Mode::Off) continue;
    const bool blocking = check::is_blocking(rule.effect);
    const bool wants_surety =
        rule.effect == check::Effect::Allow || (blocking && rule.if_missing == syntax::MissingPolicy::Ignore);
    const bool shows_doubt = blocking && rule.if_missing == syntax::MissingPolicy::Hold;
    pivots(
        evaluation, on->condition,
        [&](Truth t) {
          return shows_doubt ? static_cast<int>(t) : wants_surety ? int(t == Truth::True) : int(t != Truth::False);
        },
        out);
    if (!blocking || evaluation.truth(on->condition) != Truth::Unknown) continue;
    mark(out, rule.if_missing == syntax::MissingPolicy::Block  ? Feature::MissingBlock
              : rule.if_missing == syntax::MissingPolicy::Hold ? Feature::MissingHold
                                                               : Feature::MissingIgnore);
  }
  for (const reference::Fired& fired : ruling.fired)
    if (fired.on->until && !fired.degraded && pivots(evaluation, *fired.on->until, surely, out))
      mark(out, Feature::UntilCondition);
  const auto lifts = [&](const std::vector<check::RuleId>& rules, bool every) {
    return std::any_of(ruling.fired.begin(), ruling.fired.end(), [&](const reference::Fired& fired) {
      const auto id = check::RuleId{static_cast<uint32_t>(fired.rule - set_.rules.data())};
      const bool named = every || std::find(rules.begin(), rules.end(), id) != rules.end();
      return named && check::is_blocking(fired.rule->effect) && fired.rule->mode == syntax::Mode::Enforce;
    });
  };
  for (const check::Exception& exception : set_.exceptions) {
    const Condition* condition = reference::condition_on_kind(exception.on, kind);
    if (condition && evaluation.now() < exception.expires_ns && lifts(exception.rules, false) &&
        pivots(evaluation, *condition, surely, out))
      mark(out, Feature::ExceptionCondition);
  }
  const check::LeafId glass_leaf = evaluation.kind().break_glass;
  if (glass_leaf != check::kNoLeaf && evaluation.values()[static_cast<uint32_t>(glass_leaf)].present)
    for (const check::BreakGlass& glass : set_.break_glass) {
      const Condition* condition = reference::condition_on_kind(glass.on, kind);
      if (condition && lifts(glass.rules, glass.every) && pivots(evaluation, *condition, surely, out))
        mark(out, Feature::BreakGlassCondition);
    }
  for (const check::Assumption& assumption : set_.assumptions) {
    const Condition* condition = reference::condition_on_kind(assumption.on, kind);
    if (condition && pivots(evaluation, *condition, surely, out)) mark(out, Feature::Assumption);
  }
}

void FeatureFinder::statuses(const reference::Evaluation& evaluation, const reference::Ruling& ruling,
                             Features& out) const {
  using reference::Status;
  for (const reference::Fired& fired : ruling.fired) {
    if (fired.on != nullptr && fired.rule->on.size() > 1) mark(out, Feature::SeveralKinds);
    for (const check::MessagePart& part : fired.on->message) {
      if (part.kind == check::MessagePart::Kind::Value) mark(out, Feature::MessageValue);
      if (part.kind == check::MessagePart::Kind::Element) mark(out, Feature::MessageElement);
    }
    if (fired.status == Status::Overridden) mark(out, Feature::Overridden);
    if (fired.status == Status::Shadow) mark(out, Feature::Shadow);
    if (fired.status == Status::Advisory) mark(out, Feature::Advisory);
    if (fired.status == Status::Excepted) {
      const bool glass = std::any_of(set_.break_glass.begin(), set_.break_glass.end(),
                                     [&](const auto& g) { return g.id == fired.by; });
      mark(out, glass ? Feature::BreakGlass : Feature::Excepted);
      if (glass && fired.rule->mandatory) mark(out, Feature::BreakGlassMandatory);
    }
    if (fired.status != Status::Applied) continue;
    if (fired.rule->mandatory) mark(out, Feature::Mandatory);
    for (const auto& group : fired.on->requirements) {
      if (fired.degraded) break;
      if (group.size() > 1) mark(out, Feature::RequireChoice);
      if (fired.on->requirements.size() > 1) mark(out, Feature::RequireSeveral);
      for (check::RequirementId id : group) {
        const check::Requirement& requirement = set_.requirements[static_cast<uint32_t>(id)];
        if (requirement.within_ns) mark(out, Feature::RequireWithin);
        if (!requirement.excluding.empty()) mark(out, Feature::RequireExcluding);
        if (requirement.including_actor) mark(out, Feature::RequireIncluding);
      }
    }
    switch (fired.effect) {
      case check::Effect::Deny:
        mark(out, Feature::Deny);
        break;
      case check::Effect::Require:
        mark(out, fired.met ? Feature::RequireMet : Feature::RequireUnmet);
        break;
      case check::Effect::Hold:
        mark(out, fired.met ? Feature::HoldMet : Feature::HoldUnmet);
        break;
      case check::Effect::Allow:
        mark(out, Feature::Allow);
        if (fired.can_be_unmet) mark(out, fired.met ? Feature::AllowMet : Feature::AllowUnmet);
        break;
      case check::Effect::Warn:
        mark(out, Feature::Warn);
        break;
      case check::Effect::Oblige:
        mark(out, Feature::Oblige);
        break;
    }
  }
  if (ruling.would && *ruling.would != ruling.outcome) mark(out, Feature::Would);
  if (ruling.by_default)
    mark(out, ruling.outcome == reference::Outcome::Allow ? Feature::DefaultAllow : Feature::DefaultDeny);
  (void)evaluation;
}

Features FeatureFinder::find(const reference::Record& record, const reference::Evaluation& evaluation,
                             const reference::Ruling& ruling) {
  Features out;
  reference::Evaluation trial = evaluation;
  conditions(trial, ruling, out);
  statuses(evaluation, ruling, out);
  if (!record.ignored.empty()) mark(out, Feature::IgnoredKeys);
  return out;
}

}  // namespace guard::property
