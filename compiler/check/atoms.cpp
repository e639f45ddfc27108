// Atoms other than comparisons: `in`, `has`, `is`, affixes, patterns.
#include <utility>

#include "check/conditions.hpp"
#include "check/constants.hpp"
#include "check/glob.hpp"
#include "check/names.hpp"
#include "check/operands.hpp"
#include "check/regex.hpp"

namespace guard::check {

namespace {

using K = Condition::Kind;

// The attribute on the left of an atom; reports anything else.
std::optional<Found> left_value(Context& context, const Site& site, const syntax::Condition& condition) {
  const syntax::Operand* operand = as_operand(*condition.left);
  if (operand == nullptr) {
    context.report(site, DiagId::NothingToCompare, condition.left->span, "an attribute is needed here");
    return std::nullopt;
  }
  Found found = find_operand(context, site, *operand);
  if (found.kind == Found::Kind::Error) return std::nullopt;
  if (found.kind == Found::Kind::Value || found.kind == Found::Kind::Record) return found;
  context.report(site,
                 found.kind == Found::Kind::Define || found.kind == Found::Kind::Window ? DiagId::MisusedName
                                                                                        : DiagId::NothingToCompare,
                 operand->span, "`" + dotted(operand->path) + "` is no attribute");
  return std::nullopt;
}

std::optional<Condition> wrong_type(Context& context, const Site& site, const syntax::Condition& condition,
                                    const std::string& needs, const Found& found, const std::string& hint = {}) {
  const std::string type = found.kind == Found::Kind::Record ? "record" : type_name(context, found.operand.type);
  const std::string op = one_line(context.sources, condition.op_span);
  Diagnostic& diagnostic = context.report(site, DiagId::TypeMismatch, condition.op_span,
                                          "`" + op + "` needs " + needs + ", found `" + type + "`");
  diagnostic.label(condition.left->span, "`" + type + "`");
  if (!hint.empty()) diagnostic.help(hint);
  return std::nullopt;
}

Condition maybe_not(Condition condition, bool negated) {
  return negated ? negated_atom(std::move(condition)) : condition;
}

// ---- in ----

std::optional<Condition> in_window(Context& context, const Site& site, const syntax::Condition& condition,
                                   const Found& left, const Symbol& window) {
  if (window.state != Symbol::State::Done) return std::nullopt;
  const LeafId now = context.kind(site.kind).now;
  const bool instant = left.kind == Found::Kind::Value && left.operand.from == Operand::From::Leaf &&
                       left.operand.index == static_cast<uint32_t>(now);
  if (!instant) {
    if (now == kNoLeaf) return std::nullopt;
    context
        .report(site, DiagId::WindowsAskTheInstant, condition.left->span,
                "a window is asked of the decision's instant only")
        .help("write `" + context.leaf(site.kind, now).path + " in " + window.name.text + "`");
    return std::nullopt;
  }
  Condition node = new_atom(context, K::InWindow, condition.span);
  node.window = window.window;
  return maybe_not(std::move(node), condition.negated);
}

std::optional<Condition> in_constants(Context& context, const Site& site, const syntax::Condition& condition,
                                      const Found& left, const Literal& literal, Span use, Symbol* let) {
  const Type type = left.kind == Found::Kind::Record ? Type{TypeKind::Presence} : left.operand.type;
  if (type.kind == TypeKind::Set || type.kind == TypeKind::List || type.kind == TypeKind::Presence ||
      type.kind == TypeKind::Bool) {
    return wrong_type(context, site, condition, "a scalar attribute on the left", left,
                      type.kind == TypeKind::Set ? "ask a set with `has any` or `has all`" : "");
  }
  auto set = coerce_set(context, site, literal, type, use, let);
  if (!set) return std::nullopt;
  const bool texts = type.kind == TypeKind::String || type.kind == TypeKind::Version;
  Condition node = new_atom(context,
                            type.kind == TypeKind::String ? K::StringIn
                            : texts                       ? K::VersionIn
                                                          : K::NumberIn,
                            condition.span);
  node.operand = left.operand;
  node.numbers = std::move(set->numbers);
  node.texts = std::move(set->texts);
  return maybe_not(std::move(node), condition.negated);
}

void put(Condition& node, Constant constant) {
  if (constant.type.kind == TypeKind::String || constant.type.kind == TypeKind::Version) {
    node.texts.push_back(std::move(constant.text));
  } else {
    node.numbers.push_back(constant.number);
  }
}

// The literal that an expression is: a scalar, a let, a parameter, or an enum word. Nothing, without a report,
// otherwise.
std::optional<Literal> constant_side(Context& context, const Site& site, const syntax::Expr& expr, bool& reported) {
  const size_t before = context.diagnostics.error_count();
  bool negative = false;
  std::optional<Literal> literal;
  if (const syntax::Scalar* scalar = as_scalar(expr, negative)) {
    literal = literal_of(context, site, *scalar, negative);
  } else if (const syntax::Operand* operand = as_operand(expr)) {
    const Found found = find_operand(context, site, *operand, true);
    if (found.kind == Found::Kind::Literal) {
      literal = *found.literal;
      if (found.symbol != nullptr) found.symbol->used = true;
    } else if (operand->path.parts.size() == 1 && operand->key.empty() &&
               context.words.contains(operand->path.parts[0].text)) {
      literal.emplace();
      literal->kind = Literal::Kind::Word;
      literal->text = operand->path.parts[0].text;
      literal->span = operand->span;
    }
  }
  reported = context.diagnostics.error_count() > before;
  return literal;
}

// `"hotfix" in commit.tags`
std::optional<Condition> in_attribute(Context& context, const Site& site, const syntax::Condition& condition,
                                      const Found& right) {
  const Operand& set = right.operand;
  if (right.kind != Found::Kind::Value || set.type.kind != TypeKind::Set) {
    Diagnostic& diagnostic = context.report(
        site, DiagId::TypeMismatch, condition.operand->span,
        "`in` needs a set or a window on the right, found `" +
            (right.kind == Found::Kind::Record ? std::string("record") : type_name(context, set.type)) + "`");
    if (right.kind == Found::Kind::Value && set.type.kind == TypeKind::List) {
      diagnostic.help("of a list, ask about its rows: `any x in " + dotted(condition.operand->path) + ": …`");
    }
    return std::nullopt;
  }
  bool reported = false;
  const auto literal = constant_side(context, site, *condition.left, reported);
  if (!literal) {
    if (reported) return std::nullopt;
    const auto left = left_value(context, site, condition);
    if (left) {
      context
          .report(site, DiagId::SetNeedsConstants, condition.span,
                  "`" + set.text + "` is compared with constants only, not with an attribute")
          .help("ask its elements one by one: `any x in " + set.text + ": x == …`");
    }
    return std::nullopt;
  }
  auto constant = coerce(context, site, *literal, element_type(set.type), condition.left->span);
  if (!constant) return std::nullopt;
  Condition node = new_atom(context, K::SetHasAny, condition.span);
  node.operand = set;
  put(node, std::move(*constant));
  return maybe_not(std::move(node), condition.negated);
}

// ---- has ----

std::optional<Condition> has_constants(Context& context, const Site& site, const syntax::Condition& condition,
                                       const Found& left) {
  const syntax::Value& value = *condition.value;
  if (value.kind == syntax::Value::Kind::Name) {
    syntax::Operand operand;
    operand.path = value.path;
    operand.span = value.span;
    if (find_operand(context, site, operand, true).kind == Found::Kind::Value) {
      context.report(site, DiagId::SetNeedsConstants, value.span,
                     "sets are compared with constants only, and `" + dotted(value.path) + "` is an attribute");
      return std::nullopt;
    }
  }
  const auto literal = literal_of(context, site, value, true);
  if (!literal) return std::nullopt;
  Symbol* let = nullptr;
  const bool parameter = site.parameters != nullptr && value.kind == syntax::Value::Kind::Name &&
                         site.parameters->contains(value.path.parts[0].text);
  if (value.kind == syntax::Value::Kind::Name && !parameter) let = site.scope->find(value.path.parts[0].text);
  auto set = coerce_set(context, site, *literal, element_type(left.operand.type), value.span, let);
  if (!set) return std::nullopt;
  Condition node = new_atom(context, condition.has_all ? K::SetHasAll : K::SetHasAny, condition.span);
  node.operand = left.operand;
  node.numbers = std::move(set->numbers);
  node.texts = std::move(set->texts);
  return node;
}

// ---- is ----

std::optional<Condition> is_signal(Context& context, const Site& site, const syntax::Condition& condition,
                                   const Found& left) {
  Condition node = new_atom(context, K::SignalIs, condition.span);
  const Leaf& leaf = context.leaf(site.kind, left.signal);
  node.operand.type = leaf.type;
  node.operand.index = static_cast<uint32_t>(left.signal);
  node.operand.span = condition.left->span;
  node.operand.text = leaf.path;
  bool negated = condition.negated;
  switch (condition.what) {
    case syntax::IsWhat::Missing:
      node.signal_state = SignalState::Missing;
      break;
    case syntax::IsWhat::Present:
      node.signal_state = SignalState::Missing;
      negated = !negated;
      break;
    case syntax::IsWhat::Stale:
      node.signal_state = SignalState::Stale;
      break;
    case syntax::IsWhat::Fresh:
      node.signal_state = SignalState::Fresh;
      break;
    case syntax::IsWhat::Empty:
      return std::nullopt;
  }
  return maybe_not(std::move(node), negated);
}

// The operand whose presence is asked: an optional leaf itself, or the nearest optional record around a required one.
std::optional<Operand> presence_operand(const Context& context, const Site& site, const Found& left) {
  if (left.kind != Found::Kind::Value) return std::nullopt;
  if (left.operand.from == Operand::From::Lookup) return left.operand;
  const Leaf* leaf = leaf_of(context, site, left.operand);
  if (leaf == nullptr) return std::nullopt;
  if (leaf->optional) return left.operand;
  const bool column = left.operand.from == Operand::From::Column;
  for (LeafId parent = leaf->parent; parent != kNoLeaf; parent = leaf->parent) {
    if (column) {
      for (const Variable& variable : site.variables) {
        if (variable.row) leaf = &context.leaf(site.kind, variable.list).columns[static_cast<uint32_t>(parent)];
      }
    } else {
      leaf = &context.leaf(site.kind, parent);
    }
    if (leaf->optional) {
      Operand operand = left.operand;
      operand.index = static_cast<uint32_t>(parent);
      operand.type = leaf->type;
      return operand;
    }
  }
  return std::nullopt;
}

std::optional<Condition> is_present(Context& context, const Site& site, const syntax::Condition& condition,
                                    const Found& left) {
  auto operand = presence_operand(context, site, left);
  if (!operand) {
    const std::string name = one_line(context.sources, condition.left->span);
    Diagnostic& diagnostic =
        context.report(site, DiagId::AlwaysPresent, condition.span, "`" + name + "` is never missing");
    if (left.kind == Found::Kind::Value && reads_signal(context, site, left.operand)) {
      diagnostic.help("ask the signal: `" +
                      context.leaf(site.kind, context.leaf(site.kind, LeafId{left.operand.index}).signal).path +
                      " is missing`");
    }
    return std::nullopt;
  }
  Condition node = new_atom(context, K::Present, condition.span);
  node.operand = std::move(*operand);
  return maybe_not(std::move(node), condition.negated != (condition.what == syntax::IsWhat::Missing));
}

std::optional<Condition> is_empty(Context& context, const Site& site, const syntax::Condition& condition,
                                  const Found& left) {
  const TypeKind kind = left.kind == Found::Kind::Value ? left.operand.type.kind : TypeKind::Presence;
  if (kind == TypeKind::Set || kind == TypeKind::List) {
    Condition node = new_atom(context, K::SetEmpty, condition.span);
    node.operand = left.operand;
    return maybe_not(std::move(node), condition.negated);
  }
  return wrong_type(context, site, condition, "a set or a list", left,
                    kind == TypeKind::String ? "an empty string is compared: `== \"\"`" : "");
}

// ---- patterns ----

// The one string that an affix is compared with.
std::optional<std::string> text_constant(Context& context, const Site& site, const syntax::Value& value) {
  const auto literal = literal_of(context, site, value);
  if (!literal) return std::nullopt;
  auto constant = coerce(context, site, *literal, Type{TypeKind::String}, value.span);
  if (!constant) return std::nullopt;
  return std::move(constant->text);
}

bool good_pattern(Context& context, const Site& site, const Literal& literal, Span use) {
  if (literal.text.size() > limits::kPatternBytes.value) {
    context.exceeded(limits::kPatternBytes, use);
    return false;
  }
  std::string why;
  if (literal.kind == Literal::Kind::String) {
    if (const auto glob = parse_glob(literal.text); !glob.ok()) why = glob.error();
  } else {
    const auto regex = parse_regex(literal.text);
    if (!regex.ok()) {
      why = regex.error();
    } else if (regex.value().positions > limits::kPatternStates.value) {
      context.exceeded(limits::kPatternStates, use);
      return false;
    }
  }
  if (why.empty()) return true;
  context.report(site, DiagId::BadPattern, use, why);
  return false;
}

}  // namespace

std::optional<Condition> build_in(Context& context, Site& site, const syntax::Condition& condition) {
  if (!condition.operand) {
    const auto left = left_value(context, site, condition);
    const auto literal = literal_of(context, site, *condition.value, true);
    if (!left || !literal) return std::nullopt;
    return in_constants(context, site, condition, *left, *literal, condition.value->span, nullptr);
  }
  const Found right = find_operand(context, site, *condition.operand);
  switch (right.kind) {
    case Found::Kind::Error:
      return std::nullopt;
    case Found::Kind::Value:
    case Found::Kind::Record:
      return in_attribute(context, site, condition, right);
    case Found::Kind::Window:
    case Found::Kind::Literal: {
      const auto left = left_value(context, site, condition);
      if (!left) return std::nullopt;
      if (right.kind == Found::Kind::Window) return in_window(context, site, condition, *left, *right.symbol);
      return in_constants(context, site, condition, *left, *right.literal, condition.operand->span, right.symbol);
    }
    case Found::Kind::Define:
    case Found::Kind::Word:
      break;
  }
  context.report(site, DiagId::MisusedName, condition.operand->span,
                 "`" + dotted(condition.operand->path) + "` is " +
                     (right.kind == Found::Kind::Word ? "an enum word" : "a condition") +
                     "; `in` needs a set or a window");
  return std::nullopt;
}

std::optional<Condition> build_has(Context& context, Site& site, const syntax::Condition& condition) {
  const auto left = left_value(context, site, condition);
  if (!left) return std::nullopt;
  if (left->kind != Found::Kind::Value || left->operand.type.kind != TypeKind::Set) {
    return wrong_type(context, site, condition, "a set attribute on the left", *left);
  }
  return has_constants(context, site, condition, *left);
}

std::optional<Condition> build_has_approvals(Context& context, Site& site, const syntax::Condition& condition) {
  const auto left = left_value(context, site, condition);
  if (!left) return std::nullopt;
  const LeafId approvals = context.kind(site.kind).approvals;
  const bool list = left->kind == Found::Kind::Value && left->operand.from == Operand::From::Leaf &&
                    approvals != kNoLeaf && left->operand.index == static_cast<uint32_t>(approvals);
  if (!list && approvals != kNoLeaf) {
    context.report(site, DiagId::TypeMismatch, condition.left->span,
                   "approvals are asked of `" + context.leaf(site.kind, approvals).path + "`");
    return std::nullopt;
  }
  const auto requirement = build_requirement(context, site, condition.count, *condition.approvals, condition.span);
  if (!requirement) return std::nullopt;
  Condition node = new_atom(context, K::Approvals, condition.span);
  node.requirement = *requirement;
  return node;
}

std::optional<Condition> build_is(Context& context, Site& site, const syntax::Condition& condition) {
  const auto left = left_value(context, site, condition);
  if (!left) return std::nullopt;
  if (condition.what == syntax::IsWhat::Empty) return is_empty(context, site, condition, *left);
  if (left->signal != kNoLeaf) return is_signal(context, site, condition, *left);
  if (condition.what == syntax::IsWhat::Stale || condition.what == syntax::IsWhat::Fresh) {
    Diagnostic& diagnostic =
        context.report(site, DiagId::NotASignal, condition.span,
                       "`" + one_line(context.sources, condition.left->span) + "` is not a signal");
    if (left->kind == Found::Kind::Value && reads_signal(context, site, left->operand)) {
      const LeafId signal = context.leaf(site.kind, LeafId{left->operand.index}).signal;
      diagnostic.help("ask the whole signal, `" + context.leaf(site.kind, signal).path + "`");
    }
    return std::nullopt;
  }
  return is_present(context, site, condition, *left);
}

std::optional<Condition> build_affix(Context& context, Site& site, const syntax::Condition& condition) {
  const auto left = left_value(context, site, condition);
  if (!left) return std::nullopt;
  if (left->kind != Found::Kind::Value || left->operand.type.kind != TypeKind::String) {
    const bool set = left->kind == Found::Kind::Value && left->operand.type.kind == TypeKind::Set;
    return wrong_type(context, site, condition, "a string on the left", *left,
                      set ? "ask a set with `… in` or `has any`" : "");
  }
  auto text = text_constant(context, site, *condition.value);
  if (!text) return std::nullopt;
  Condition node = new_atom(context, K::StringMatch, condition.span);
  node.operand = left->operand;
  node.match = condition.affix == syntax::Affix::StartsWith ? Match::StartsWith
               : condition.affix == syntax::Affix::EndsWith ? Match::EndsWith
                                                            : Match::Contains;
  node.texts.push_back(std::move(*text));
  return node;
}

std::optional<Condition> build_matches(Context& context, Site& site, const syntax::Condition& condition) {
  const auto left = left_value(context, site, condition);
  const auto literal = literal_of(context, site, *condition.value, false);
  if (!left || !literal) return std::nullopt;
  if (left->kind != Found::Kind::Value || left->operand.type.kind != TypeKind::String) {
    return wrong_type(context, site, condition, "a string on the left", *left);
  }
  if (literal->kind != Literal::Kind::String && literal->kind != Literal::Kind::Regex) {
    context
        .report(site, DiagId::TypeMismatch, condition.value->span,
                "`matches` needs a pattern, found `" + std::string(literal_kind(*literal)) + "`")
        .help("a glob is a string, a regular expression stands between slashes");
    return std::nullopt;
  }
  if (!good_pattern(context, site, *literal, condition.value->span)) return std::nullopt;
  Condition node = new_atom(context, K::StringMatch, condition.span);
  node.operand = left->operand;
  node.match = literal->kind == Literal::Kind::String ? Match::Glob : Match::Regex;
  node.texts.push_back(literal->text);
  return node;
}

}  // namespace guard::check
