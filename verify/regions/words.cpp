// Tests to text. Whatever a predicate can ask has a notation; quantifiers stand in parentheses, since their bodies
// reach as far as they can.
#include "verify/regions/words.hpp"

#include <algorithm>

#include "read/values.hpp"
#include "verify/regions/atoms.hpp"

namespace guard::verify {
namespace {

std::string quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += std::string("\\u{") + kHex[byte >> 4] + kHex[byte & 15] + "}";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

const char* sign(Compare compare) {
  switch (compare) {
    case Compare::Eq:
      return " == ";
    case Compare::Ne:
      return " != ";
    case Compare::Lt:
      return " < ";
    case Compare::Le:
      return " <= ";
    case Compare::Gt:
      return " > ";
    case Compare::Ge:
      return " >= ";
  }
  return "";
}

std::string listed(const std::vector<std::string>& items) {
  std::string out = "{ ";
  for (size_t i = 0; i < items.size(); ++i) out += (i > 0 ? ", " : "") + items[i];
  return out + " }";
}

std::string duration(int64_t ns) {
  std::string out;
  guardvm::append_duration(out, ns);
  return out;
}

}  // namespace

Words::Words(KindModel& model) : model_(model) {
  for (uint32_t i = 0; i < model.row().leaves.count; ++i) {
    const std::string path = model.path(SiteId{i});
    taken_.push_back(path.substr(0, path.find('.')));
  }
}

std::string Words::variable(SiteId collection) const {
  const std::string path = model_.path(collection);
  const size_t last = path.rfind('.');
  const std::string first(1, path[last == std::string::npos ? 0 : last + 1]);
  std::string out = first;
  const Site& own = model_.site(collection);
  if (own.list != kNoSite && variable(own.list) == out) out += first;
  while (std::find(taken_.begin(), taken_.end(), out) != taken_.end()) out += first;
  return out;
}

std::string Words::name(SiteId id) const {
  const Site& site = model_.site(id);
  if (site.kind == SiteKind::Element) return variable(site.set);
  return site.list == kNoSite ? model_.path(id) : variable(site.list) + "." + model_.path(id);
}

std::string Words::number(SiteId id, int64_t value) const {
  const format::LeafRow& leaf = model_.leaf(id);
  std::string out;
  switch (model_.site(id).kind == SiteKind::Element ? leaf.element : leaf.type) {
    case format::Type::Bool:
      return value != 0 ? "true" : "false";
    case format::Type::Decimal:
      guardvm::append_decimal(out, value, leaf.scale);
      return out;
    case format::Type::Timestamp:
      guardvm::append_timestamp(out, value);
      return out;
    case format::Type::Duration:
      return duration(value);
    case format::Type::Enum: {
      const guardvm::Bundle& bundle = model_.world().bundle;
      const format::Range words = bundle.view().Enums[leaf.enum_id].words;
      return std::string(bundle.text(bundle.view().Strings[words.first + static_cast<uint32_t>(value)]));
    }
    default:
      return std::to_string(value);
  }
}

Words::Text Words::compared(SiteId id, const std::string& name, Compare compare, int64_t value) const {
  const format::LeafRow& leaf = model_.leaf(id);
  const format::Type type = model_.site(id).kind == SiteKind::Element ? leaf.element : leaf.type;
  if (type == format::Type::Bool) {
    const bool one = partition::holds(compare, value < 1 ? 1 : (value > 1 ? -1 : 0));
    const bool zero = partition::holds(compare, value < 0 ? 1 : (value > 0 ? -1 : 0));
    if (one == zero) return {one ? "true" : "false", one ? "false" : "true", {}, {}};
    return one ? Text{name, "not " + name, {}, {}} : Text{"not " + name, name, {}, {}};
  }
  if (model_.site(id).age) {
    const std::string sum = model_.path(model_.now_site()) + " - " + name;
    return {sum + sign(compare) + duration(value), sum + sign(opposite(compare)) + duration(value), {}, {}};
  }
  const std::string constant = number(id, value);
  Text text{name + sign(compare) + constant, name + sign(opposite(compare)) + constant, {}, {}};
  if (compare == Compare::Eq || compare == Compare::Ne) text.subject = name, text.constant = constant;
  return text;
}

Words::Text Words::lit(SiteId id, PredId pred_id) const {
  const Preds& preds = model_.world().preds;
  const Pred& pred = preds[pred_id];
  const Site& site = model_.site(id);
  const std::string own = name(id);
  if (site.kind == SiteKind::Signal && pred.kind == Pred::Kind::NumberCompare) {
    static constexpr const char* kStates[] = {"fresh", "missing", "stale"};
    const std::string state = kStates[static_cast<size_t>(pred.number)];
    return {own + " is " + state, own + " is not " + state, {}, {}};
  }
  std::vector<std::string> constants;
  switch (pred.kind) {
    case Pred::Kind::Present:
      return {own + " is present", own + " is missing", {}, {}};
    case Pred::Kind::NumberCompare:
      return compared(id, own, pred.compare, pred.number);
    case Pred::Kind::NumberIn:
      for (const int64_t value : preds.numbers(pred.index)) constants.push_back(number(id, value));
      break;
    case Pred::Kind::TextIn:
    case Pred::Kind::VersionIn:
      for (const std::string_view text : preds.texts(pred.index)) constants.push_back(quoted(text));
      break;
    case Pred::Kind::VersionCompare: {
      const std::string version = quoted(preds.texts(pred.index)[0]);
      return {own + sign(pred.compare) + version, own + sign(opposite(pred.compare)) + version, {}, {}};
    }
    case Pred::Kind::TextMatch: {
      const Preds::Row& row = preds.pattern(pred.index);
      const format::PatternRow& pattern = row.bundle->view().Patterns[row.row];
      const std::string_view text = row.bundle->text(pattern.text);
      static constexpr const char* kWords[] = {" starts with ", " ends with ", " contains ", " matches ", " matches "};
      const std::string constant = pattern.match == format::Match::Regex ? "/" + std::string(text) + "/" : quoted(text);
      const std::string yes = own + kWords[static_cast<size_t>(pattern.match)] + constant;
      return {yes, "not " + yes, {}, {}};
    }
    case Pred::Kind::Window: {
      const std::string window = preds.window_name(pred.index, model_.world().before);
      return {own + " in " + window, own + " not in " + window, {}, {}};
    }
  }
  if (constants.size() == 1) return {own + " == " + constants[0], own + " != " + constants[0], own, constants[0]};
  return {own + " in " + listed(constants), own + " not in " + listed(constants), {}, {}};
}

Words::Text Words::linear(const LinearSum& sum) const {
  // Ages back to the timestamps they were made of: value = now - age.
  std::vector<std::pair<SiteId, __int128>> terms;
  __int128 now = 0, moments = 0;
  unsigned scale = 0;
  bool timely = false;
  for (const LinearTerm& term : sum.terms) {
    const format::LeafRow& leaf = model_.leaf(term.site);
    const format::Type type = model_.site(term.site).kind == SiteKind::Element ? leaf.element : leaf.type;
    if (type == format::Type::Decimal) scale = std::max<unsigned>(scale, leaf.scale);
    timely = timely || type == format::Type::Timestamp || type == format::Type::Duration;
    if (term.site == model_.now_site()) {
      now += term.coefficient;
    } else if (model_.site(term.site).age) {
      now += term.coefficient;
      terms.emplace_back(term.site, -static_cast<__int128>(term.coefficient));
      moments -= term.coefficient;
    } else {
      terms.emplace_back(term.site, term.coefficient);
      if (type == format::Type::Timestamp) moments += term.coefficient;
    }
  }
  moments += now;
  if (now != 0) terms.insert(terms.begin(), {model_.now_site(), now});
  std::stable_partition(terms.begin(), terms.end(), [](const auto& term) { return term.second > 0; });
  std::string text;
  for (const auto& [site, coefficient] : terms) {
    const format::LeafRow& leaf = model_.leaf(site);
    __int128 factor = coefficient < 0 ? -coefficient : coefficient;
    for (unsigned s = leaf.type == format::Type::Decimal ? leaf.scale : 0; s < scale; ++s) factor /= 10;
    text += coefficient < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
    if (factor != 1) text += std::to_string(static_cast<int64_t>(factor)) + " * ";
    text += name(site);
  }
  const auto value = static_cast<int64_t>(sum.constant);
  std::string constant;
  if (timely && moments != 0) {
    guardvm::append_timestamp(constant, value);
  } else if (timely) {
    constant = duration(value);
  } else {
    guardvm::append_decimal(constant, value, scale);
  }
  return {text + sign(sum.compare) + constant, text + sign(opposite(sum.compare)) + constant, {}, {}};
}

Words::Text Words::requirement(Formula f) const {
  const RequirementWords& words = model_.requirements.at(f);
  std::vector<std::string> from;
  for (const std::string_view group : words.from) from.push_back(quoted(group));
  std::string text =
      model_.path(SiteId{model_.row().approvals}) + " has " + std::to_string(words.count) + " from " + listed(from);
  if (words.within_ns >= 0) text += " within " + duration(words.within_ns);
  for (size_t i = 0; i < words.excluding.size(); ++i) {
    text += (i == 0 ? " excluding " : ", ") + model_.path(words.excluding[i]);
  }
  if (words.including_actor) text += " including the actor";
  return {text, "not " + text, {}, {}};
}

Words::Text Words::counted(const Node& node) const {
  const SiteId site{node.a};
  const std::string own = name(site);
  const Formula of{node.c};
  if (node.compare == Compare::Eq && node.b == 0 && of == kTrue)
    return {own + " is empty", own + " is not empty", {}, {}};
  const std::string rest = variable(site) + " in " + own + ": " + body(of, true, false) + ")";
  const auto amount = [&](const std::string& words) -> Text {
    return {"(" + words + " " + rest, "not (" + words + " " + rest, {}, {}};
  };
  uint32_t limit = node.b;
  switch (node.compare) {
    case Compare::Gt:
      ++limit;
      [[fallthrough]];
    case Compare::Ge: {
      if (limit > 1) return amount("at least " + std::to_string(limit));
      const Node& inner = model_.formulas[of];
      const Pred::Kind kind = inner.op == Op::Lit ? model_.world().preds[PredId{inner.b}].kind : Pred::Kind::Present;
      if (node.op == Op::CountSet && (kind == Pred::Kind::TextIn || kind == Pred::Kind::VersionIn)) {
        std::vector<std::string> texts;
        for (const std::string_view text : model_.world().preds.texts(model_.world().preds[PredId{inner.b}].index)) {
          texts.push_back(quoted(text));
        }
        if (texts.size() == 1) return {texts[0] + " in " + own, texts[0] + " not in " + own, {}, {}};
        return {own + " has any " + listed(texts), "not " + own + " has any " + listed(texts), {}, {}};
      }
      return amount("any");
    }
    case Compare::Lt:
      GUARD_CHECK(limit > 0, "a count below zero");
      return amount("at most " + std::to_string(limit - 1));
    case Compare::Le:
      return amount("at most " + std::to_string(limit));
    case Compare::Eq:
    case Compare::Ne:
      break;
  }
  Text text = amount(limit == 0 ? "any" : "exactly " + std::to_string(limit));
  if ((limit == 0) == (node.compare == Compare::Eq)) std::swap(text.yes, text.no);
  return text;
}

Words::Text Words::test(Formula atom) const {
  const Node& node = model_.formulas[atom];
  switch (node.op) {
    case Op::Lit:
      return lit(SiteId{node.a}, PredId{node.b});
    case Op::Equal:
    case Op::Order: {
      const Compare compare = node.op == Op::Equal ? Compare::Eq : node.compare;
      const std::string a = name(SiteId{node.a}), b = name(SiteId{node.b});
      return {a + sign(compare) + b, a + sign(opposite(compare)) + b, {}, {}};
    }
    case Op::Linear:
      return linear(model_.formulas.linear(node.a));
    case Op::CountSet:
    case Op::CountList:
      return counted(node);
    case Op::Persons:
      return requirement(atom);
    case Op::False:
    case Op::True:
    case Op::Not:
    case Op::And:
    case Op::Or:
      break;
  }
  GUARD_CHECK(false, "no test");
}

std::vector<SiteId> Words::guarded(Formula atom, bool of_rows) const {
  const Node& node = model_.formulas[atom];
  SiteId itself = kNoSite;
  if (node.op == Op::Lit && model_.world().preds[PredId{node.b}].kind == Pred::Kind::Present) itself = SiteId{node.a};
  std::vector<SiteId> out;
  for (const SiteId site : sites_of(model_, atom)) {
    const Site& own = model_.site(site);
    const bool in_row = own.list != kNoSite;
    if (site == itself || !own.optional || own.kind == SiteKind::Element || (in_row && !of_rows)) continue;
    out.push_back(site);
  }
  return out;
}

std::string Words::body(Formula f, bool positive, bool tight) const {
  if (f == kTrue || f == kFalse) return (f == kTrue) == positive ? "true" : "false";
  const Node& node = model_.formulas[f];
  if (node.op == Op::Not) return body(Formula{node.a}, !positive, tight);
  const auto wrap = [&](const std::string& text) { return tight ? "(" + text + ")" : text; };
  if (node.op == Op::And || node.op == Op::Or) {
    return wrap(body(Formula{node.a}, positive, true) + ((node.op == Op::And) == positive ? " and " : " or ") +
                body(Formula{node.b}, positive, true));
  }
  const Text text = test(f);
  const std::vector<SiteId> guards = guarded(f, true);
  if (guards.empty()) return positive ? text.yes : text.no;
  std::string out;
  for (const SiteId site : guards) out += name(site) + (positive ? " is present and " : " is missing or ");
  return wrap(out + (positive ? text.yes : text.no));
}

std::vector<Literal> Words::literals(Formula atom) {
  const Text text = test(atom);
  Formulas& f = model_.formulas;
  const Node node = f[atom];
  const bool is_state = node.op == Op::Lit && model_.site(SiteId{node.a}).kind == SiteKind::Signal;
  std::vector<Formula> needed;
  std::vector<std::string> guards;
  for (const SiteId site : guarded(atom, false)) {
    needed.push_back(model_.present(site));
    guards.push_back(name(site) + " is present");
  }
  for (const SiteId site : sites_of(model_, atom)) {
    if (!is_state && model_.site(site).kind == SiteKind::Signal) {
      needed.push_back(model_.signal_is(site, SignalState::Fresh));
    }
  }
  const Formula base = f.all(needed);
  Literal yes{f.both(base, atom), guards, text.yes, text.subject, text.constant, false};
  Literal no{f.both(base, f.negation(atom)), guards, text.no, text.subject, text.constant, true};
  if (node.op == Op::Lit && !text.subject.empty() && text.yes.find(" != ") == text.subject.size()) {
    yes.negative = true;
    no.negative = false;
  }
  return {std::move(yes), std::move(no)};
}

}  // namespace guard::verify
